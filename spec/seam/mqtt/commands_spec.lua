-- SPDX-License-Identifier: MIT
-- Which command is carried out, and what is shown after each way it can end.

local commands = require "seam.mqtt.commands"
local errors = require "seam.errors"
local locks_of = require "seam.mqtt.locks"
local topics_of = require "seam.mqtt.topics"

local ID = "a-lock"

--- A bridge whose calls are answered by `answer`, in coroutines that go on when `answer` has returned.
local function new_bridge(answer, config)
  local bridge = {
    now = 0, calls = {}, said = {}, published = {}, asked = {}, waiting = {},
    topics = topics_of.new("seam", "homeassistant"),
    config = { on_failure = "jammed", allow_unlock = true, repeat_window = 3 },
    health = { good = function() end, bad = function() end },
    report = function(problem) error(problem, 0) end,
  }
  for name, value in pairs(config or {}) do bridge.config[name] = value end
  bridge.log = function(text) bridge.said[#bridge.said + 1] = text end
  bridge.connection = { retain = function(_, topic, payload)
    local list = bridge.published[topic] or {}
    list[#list + 1], bridge.published[topic] = payload, list
  end }
  local function call(name)
    return function(id)
      bridge.calls[#bridge.calls + 1] = name .. " " .. id
      return answer(bridge, name)
    end
  end
  bridge.client = {
    now = function() return bridge.now end,
    locks = {
      lock_door = call "lock", unlock_door = call "unlock",
      list = function()
        return { { device_id = ID, can_remotely_unlock = true, properties = { locked = true } } }
      end,
    },
  }
  bridge.locks = locks_of.new(bridge)
  bridge.locks:list()
  return bridge
end

local function well() return { status = "success" } end

local function suspended(bridge)
  bridge.waiting[#bridge.waiting + 1] = coroutine.running()
  return coroutine.yield()
end

local function states(bridge) return table.concat(bridge.published["seam/lock/a-lock/state"], " ") end

local function failing(name, outcome)
  return function() return nil, errors.new(name, "no", { code = "some_code", outcome = outcome }) end
end

describe("seam.mqtt.commands", function()
  it("shows the movement, and the end once it is confirmed", function()
    local bridge = new_bridge(well)
    commands.receive(bridge, ID, "UNLOCK", false)
    assert.same({ "unlock a-lock" }, bridge.calls)
    assert.equal("LOCKED UNLOCKING UNLOCKED", states(bridge))
  end)

  for _, case in ipairs {
    { "SeamActionAttemptFailedError", "rejected", "jammed", "JAMMED" },
    { "SeamActionAttemptFailedError", "rejected", "previous", "LOCKED" },
    { "SeamHttpApiError", "rejected", "jammed", "LOCKED" },
    { "SeamHttpError", "not_sent", "jammed", "LOCKED" },
    { "SeamHttpError", "unknown", "previous", "None" },
    { "SeamActionAttemptTimeoutError", "unknown", "jammed", "None" },
  } do
    it(("shows %s after a %s, outcome %s, with on_failure = %s"):format(case[4], case[1], case[2], case[3]), function()
      local bridge = new_bridge(failing(case[1], case[2]), { on_failure = case[3] })
      commands.receive(bridge, ID, "UNLOCK", false)
      assert.equal("LOCKED UNLOCKING " .. case[4], states(bridge))
      local attributes = bridge.published["seam/lock/a-lock/attributes"]
      assert.is_truthy(attributes[#attributes]:find('"last_error_code":"some_code"', 1, true))
      assert.equal(1, #bridge.calls)
    end)
  end

  it("carries out nothing that was kept, is unknown, or is not allowed", function()
    local bridge = new_bridge(well, { allow_unlock = false })
    commands.receive(bridge, ID, "LOCK", true)
    commands.receive(bridge, ID, "unlock", false)
    commands.receive(bridge, "other", "LOCK", false)
    commands.receive(bridge, ID, "UNLOCK", false)
    commands.receive(bridge, ID, "", false)
    assert.same({}, bridge.calls)
    assert.equal(4, #bridge.said)
  end)

  it("takes a repetition within the window for the same command, and a later one for a new one", function()
    local bridge = new_bridge(well)
    commands.receive(bridge, ID, "UNLOCK", false)
    bridge.now = 2.9
    commands.receive(bridge, ID, "UNLOCK", false)
    assert.equal(1, #bridge.calls)
    bridge.now = 3.1
    commands.receive(bridge, ID, "UNLOCK", false)
    assert.equal(2, #bridge.calls)
  end)

  it("carries out one at a time, then the last one that came meanwhile", function()
    local bridge = new_bridge(suspended)
    commands.receive(bridge, ID, "UNLOCK", false)
    commands.receive(bridge, ID, "UNLOCK", false)
    commands.receive(bridge, ID, "LOCK", false)
    assert.same({ "unlock a-lock" }, bridge.calls)
    coroutine.resume(bridge.waiting[1], {})
    assert.same({ "unlock a-lock", "lock a-lock" }, bridge.calls)
    commands.receive(bridge, ID, "UNLOCK", false)
    commands.receive(bridge, ID, "LOCK", false)
    coroutine.resume(bridge.waiting[2], {})
    assert.equal(2, #bridge.calls)
    assert.equal("LOCKED UNLOCKING UNLOCKED LOCKING LOCKED", states(bridge))
  end)

  it("lets go of a command that had to wait too long", function()
    local bridge = new_bridge(suspended)
    commands.receive(bridge, ID, "LOCK", false)
    commands.receive(bridge, ID, "UNLOCK", false)
    bridge.now = 10.1
    coroutine.resume(bridge.waiting[1], {})
    assert.same({ "lock a-lock" }, bridge.calls)
  end)

  it("goes on after a defect, and knows that it does not know", function()
    local bridge = new_bridge(function() error "defect" end)
    bridge.report = function(problem) bridge.reported = problem end
    commands.receive(bridge, ID, "UNLOCK", false)
    assert.is_truthy(tostring(bridge.reported):find("defect", 1, true))
    assert.equal("LOCKED UNLOCKING None", states(bridge))
    assert.is_false(bridge.locks:find(ID).busy)
  end)

  it("does not believe what was read while the bolt was moving", function()
    local bridge = new_bridge(suspended)
    local asked = bridge.client.locks.list
    bridge.client.locks.list = function()
      commands.receive(bridge, ID, "UNLOCK", false)
      coroutine.resume(bridge.waiting[1], {})
      return asked()
    end
    bridge.locks:list()
    assert.equal("LOCKED UNLOCKING UNLOCKED", states(bridge))
    bridge.client.locks.list = asked
    bridge.locks:list()
    assert.equal("LOCKED UNLOCKING UNLOCKED LOCKED", states(bridge))
  end)
end)
