-- SPDX-License-Identifier: MIT
-- Places where nobody can wait: what is called there is refused or blocks, and a write whose caller got
-- an error was never sent.

local hosts = require "support.loop_hosts"
local http_peer = require "support.http_peer"
local seam = require "seam.safe"

local DONE = {
  ok = true, action_attempt = { action_attempt_id = "a", action_type = "UNLOCK_DOOR", status = "success" },
}

local is_lua51 = rawget(coroutine, "isyieldable") == nil

describe("A call where nobody can wait", function()
  local peer

  setup(function() peer = http_peer.start() end)
  teardown(function() peer:stop() end)
  before_each(function() peer:script { { reply = { json = DONE } } } end)

  local function new_client(loop)
    return seam.new { api_key = "seam_test_unyieldable_1", endpoint = peer.url, loop = loop }
  end

  --- Calls from inside a C function that calls back.
  local function in_sort(f)
    local value, err
    table.sort({ 2, 1 }, function(a, b)
      if value == nil and err == nil then value, err = f() end
      return a < b
    end)
    return value, err
  end

  local function unlocks() return peer:report().by_path["POST /locks/unlock_door"] or 0 end

  it("in a function of gather blocks, or fails before anything is sent", function()
    local client = new_client()
    local results, err = seam.gather {
      attempt = function() return (in_sort(function() return client.locks.unlock_door "d" end)) end,
    }
    -- Lua 5.1 finds out too late to block.
    if is_lua51 then
      assert.matches("yield across", err.message)
      client.devices.get "d" -- moves on whatever was queued
      assert.equal(0, unlocks())
    else
      assert.equal("success", results.attempt.status)
      assert.equal(1, unlocks())
    end
    client:close()
  end)

  it("on a loop is refused before anything is sent", function()
    local host = hosts["a loop of three functions"]
    local client = new_client(host.loop)
    local err, raised
    local thread = coroutine.create(function()
      local ok, problem = pcall(function()
        local _, refused = in_sort(function() return client.locks.unlock_door "d" end)
        err = refused
      end)
      if not ok then raised = problem end
    end)
    coroutine.resume(thread)
    if is_lua51 then
      assert.matches("yield across", tostring(raised))
    else
      assert.equal("cannot_wait", err.code)
      assert.equal("not_sent", err.outcome)
    end
    host.run(function() client.devices.get "d" end)
    assert.equal(0, unlocks())
    client:close()
  end)

  it("is not made up for later, when the coroutine has caught the error and waits for somebody else", function()
    local host = hosts["a loop of three functions"]
    local client, value = new_client(host.loop), nil
    local thread = coroutine.create(function()
      local ok, attempt = pcall(in_sort, function() return client.locks.unlock_door "d" end)
      value = ok and attempt
      coroutine.yield() -- to a scheduler of its own
    end)
    coroutine.resume(thread)
    assert.is_true(not value, "the caller was to be told that it failed")
    host.run(function() client.devices.get "d" end)
    assert.equal("suspended", coroutine.status(thread))
    assert.equal(0, unlocks())
    client:close()
  end)

  it("in luv's callbacks is refused with the way out", function()
    if hosts.luv.missing then return pending(hosts.luv.missing) end
    local uv = require "luv"
    if not uv.loop_mode then return pending("skipped: this luv cannot tell whether its loop runs") end
    local client, err = new_client "luv", nil
    local timer = uv.new_timer()
    timer:start(0, 0, function()
      timer:close()
      err = select(2, client.locks.unlock_door "d")
    end)
    uv.run()
    assert.equal("cannot_wait", err.code)
    assert.matches("coroutine.wrap", err.message)
    assert.equal(0, unlocks())
    client:close()
  end)

  it("outside of cqueues or copas is refused with the way in", function()
    for _, name in ipairs { "cqueues", "copas" } do
      if not hosts[name].missing then
        local client = new_client(name)
        local _, err = client.locks.unlock_door "d"
        assert.equal("cannot_wait", err.code)
        assert.matches(name, err.message)
        client:close()
      end
    end
    assert.equal(0, unlocks())
  end)
end)
