-- SPDX-License-Identifier: MIT
-- Seam's locks in Domoticz: the installed scripts in a stand-in for dzVents, against bin/seam-sandbox over HTTP.

local domoticz_stub = require "support.domoticz"
local files = require "support.files"
local sandbox_server = require "support.sandbox_server"
local seam = require "seam"
local socket = require "socket"

describe("Domoticz", function()
  local server, domoticz, locks, client

  local function open(arguments)
    server = sandbox_server.start(arguments or "--login")
    domoticz = domoticz_stub.new { SEAM_API_KEY = server.key, SEAM_ENDPOINT = server.endpoint, PATH = os.getenv "PATH" }
    client = seam.new { api_key = server.key, endpoint = server.endpoint }
    locks = {}
    for _, lock in ipairs(client.locks.list()) do
      if lock.can_remotely_unlock and lock.properties.locked then locks[#locks + 1] = lock end
    end
    for place, lock in ipairs(locks) do
      domoticz:add(10 + place, lock.display_name, lock.device_id, lock.properties.locked)
    end
    domoticz:add(99, "Temperature", nil, false)
  end

  after_each(function()
    server:stop()
    client:close()
    domoticz:remove()
  end)

  local function is_locked(place) return client.devices.get(locks[place]).properties.locked end

  --- How the commands ended, as users' scripts are told.
  local function results()
    local found = {}
    for _, event in ipairs(domoticz.user_events) do
      if event.name == "seam-result" then found[#found + 1] = event.data end
    end
    return found
  end

  local function check_quiet()
    assert.same({}, domoticz.problems)
    assert.is_nil(domoticz:everything_said():find(server.key, 1, true), "the key was shown")
  end

  describe("with Seam at hand", function()
    before_each(function() open() end)
    after_each(check_quiet)

    it("unlocks and locks a door that is pressed, each press sent once", function()
      assert.is_true(is_locked(1))
      assert.is_true(domoticz:press(11, "Unlocked"))
      domoticz:run(5)
      assert.is_false(is_locked(1))
      assert.is_false(domoticz:device(11).locked)
      domoticz:press(11, "Locked")
      domoticz:run(60)
      assert.is_true(is_locked(1))
      assert.same({ 1, 1 }, { domoticz:count("/locks/unlock_door"), domoticz:count("/locks/lock_door") })
      assert.same({}, domoticz.notifications)
      assert.same({}, domoticz:device(11).updates)
    end)

    it("tells users' scripts how it ended", function()
      domoticz:press(11, "Unlocked")
      domoticz:run(5)
      local result = results()[1]
      assert.same({ 11, locks[1].device_id, "Unlocked", true },
        { result.idx, result.device_id, result.want, result.ok })
    end)

    it("leaves a lock alone that is told the state it shows: Domoticz starts no event", function()
      assert.is_false(domoticz:press(11, "Locked"))
      domoticz:run(5)
      assert.equal(0, domoticz:count("/locks/"))
    end)

    it("shows within a minute what happened elsewhere, and starts no event by it", function()
      client.locks.unlock_door(locks[2])
      domoticz:minute()
      assert.same({ { locked = false, silent = true } }, domoticz:device(12).updates)
      assert.is_false(domoticz:device(12).locked)
      domoticz:run(60)
      assert.equal(0, domoticz:count("/locks/unlock_door"))
      domoticz:minute()
      assert.equal(1, #domoticz:device(12).updates)
    end)

    it("shows batteries, and sends them only when they change", function()
      domoticz:minute()
      local level = math.floor(client.devices.get(locks[1]).properties.battery.level * 100 + 0.5)
      assert.equal(level, domoticz:device(11).batteryLevel)
      local sent = domoticz:count("udevice")
      assert.is_true(sent >= 1)
      domoticz:run(60)
      domoticz:minute()
      assert.equal(sent, domoticz:count("udevice"))
    end)

    it("sends a battery that Domoticz did not take once an hour", function()
      domoticz:minute()
      local sent = domoticz:count("udevice")
      for _, device in ipairs(domoticz.devices) do device.batteryLevel = nil end
      domoticz:run(60)
      domoticz:minute()
      assert.equal(sent, domoticz:count("udevice"))
      domoticz:run(3600)
      domoticz:minute()
      assert.equal(2 * sent, domoticz:count("udevice"))
    end)

    it("hands events on, each once", function()
      domoticz.now = os.time()
      domoticz:minute()
      client.locks.unlock_door(locks[1])
      for _ = 1, 3 do
        domoticz:run(60)
        domoticz:minute()
      end
      local unlocked = {}
      for _, event in ipairs(domoticz.user_events) do
        if event.data.event_type == "lock.unlocked" then unlocked[#unlocked + 1] = event.data end
      end
      assert.equal(1, #unlocked)
      assert.same({ 11, locks[1].device_id }, { unlocked[1].idx, unlocked[1].device_id })
    end)

    it("does nothing about other devices", function()
      domoticz:press(99, "Locked")
      domoticz:run(60)
      assert.equal(0, #domoticz.requests)
    end)

    it("does not let an old listing undo a press", function()
      domoticz.hold = function(request) return request.url:find("/locks/list", 1, true) ~= nil end
      domoticz:minute()
      domoticz.hold = nil
      domoticz:press(11, "Unlocked")
      domoticz:run(2)
      domoticz:later(0, domoticz.held)
      domoticz:run(1)
      assert.is_false(domoticz:device(11).locked)
      assert.same({}, domoticz:device(11).updates)
    end)

    it("carries with curl where that is chosen, the key in no command line", function()
      files.write(domoticz.folder .. "/scripts/seam_locks.lua", (files.read("hosts/domoticz/scripts/seam_locks.lua")
        :gsub("local SETTINGS = {", 'local SETTINGS = { carrier = "curl",')))
      domoticz:press(11, "Unlocked")
      domoticz:run(5)
      assert.is_false(is_locked(1))
      domoticz:minute()
      assert.equal(0, domoticz:count("/nowhere"))
      assert.is_true(#domoticz.shell >= 3)
      for _, request in ipairs(domoticz.requests) do assert.is_truthy(request.url:find("udevice", 1, true)) end
      assert.same({}, domoticz.notifications)
    end)

    it("reads the key from a file that nobody else can read, and from no other", function()
      local path = domoticz.folder .. "/scripts/seam.key"
      files.write(path, server.key .. "\n")
      os.execute("chmod 644 " .. path)
      domoticz.variables.SEAM_API_KEY = nil
      domoticz:press(11, "Unlocked")
      domoticz:run(2)
      assert.is_true(domoticz:device(11).locked, "the state is put back")
      assert.is_truthy(domoticz.notifications[1]:find("chmod 600", 1, true))
      assert.equal(0, domoticz:count("/locks/unlock_door"))
      os.execute("chmod 600 " .. path)
      domoticz:press(11, "Unlocked")
      domoticz:run(2)
      assert.is_false(is_locked(1))
      files.write(domoticz.folder .. "/scripts/seam_locks.lua", (files.read("hosts/domoticz/scripts/seam_locks.lua")
        :gsub("local SETTINGS = {", 'local SETTINGS = { carrier = "curl",')))
      domoticz:press(11, "Locked")
      domoticz:run(2)
      assert.is_true(is_locked(1))
    end)

    it("puts the state back when no answer comes, and lets none come too late", function()
      domoticz.hold = function(request) return request.url:find("/locks/unlock_door", 1, true) ~= nil end
      domoticz:press(11, "Unlocked")
      domoticz:run(29)
      assert.is_false(domoticz:device(11).locked)
      domoticz:run(1)
      assert.is_true(domoticz:device(11).locked)
      assert.is_truthy(domoticz.notifications[1]:find("look at the door", 1, true), domoticz.notifications[1])
      assert.equal("unknown", results()[1].outcome)
      domoticz:run(5)
      assert.is_false(domoticz:device(11).locked, "it had happened: the listing says so")
      domoticz:later(0, domoticz.held)
      domoticz:run(5)
      assert.equal(1, #domoticz.notifications)
      assert.equal(1, domoticz:count("/locks/unlock_door"))
    end)

    it("does what was pressed meanwhile, afterwards", function()
      domoticz.hold = function(request) return request.url:find("/locks/unlock_door", 1, true) ~= nil end
      domoticz:press(11, "Unlocked")
      domoticz:press(11, "Locked")
      domoticz:press(11, "Unlocked")
      domoticz:press(11, "Locked")
      assert.same({ 1, 0 }, { domoticz:count("/locks/unlock_door"), domoticz:count("/locks/lock_door") })
      domoticz:later(0, domoticz.held)
      domoticz:run(5)
      assert.same({ 1, 1 }, { domoticz:count("/locks/unlock_door"), domoticz:count("/locks/lock_door") })
      assert.is_true(is_locked(1))
      assert.is_true(domoticz:device(11).locked)
    end)

    it("takes no late answer for the answer to another command", function()
      domoticz.hold = function(request) return request.method == "POST" end
      domoticz:press(11, "Unlocked")
      domoticz:run(30)
      local late = domoticz.held
      domoticz:press(11, "Unlocked")
      domoticz:later(0, late)
      domoticz:run(5)
      assert.equal(1, #results(), "the second command has not ended")
      domoticz:later(0, domoticz.held)
      domoticz:run(5)
      assert.is_true(results()[2].ok)
    end)

    it("takes a press when a command is left over from before Domoticz was started again", function()
      domoticz.hold = function() return true end
      domoticz:press(11, "Unlocked")
      domoticz.queue, domoticz.hold = {}, nil
      domoticz:run(3600)
      domoticz:press(11, "Locked")
      assert.equal(1, domoticz:count("/locks/lock_door"))
      domoticz:run(5)
      assert.is_true(is_locked(1))
    end)

    it("does not carry out late what was pressed before Domoticz was started again", function()
      domoticz.hold = function() return true end
      domoticz:press(11, "Unlocked")
      domoticz.queue, domoticz.hold = {}, nil
      domoticz:run(3600)
      domoticz:minute()
      assert.equal(1, domoticz:count("/locks/unlock_door"))
      domoticz:press(11, domoticz:device(11).locked and "Unlocked" or "Locked")
      domoticz:run(5)
      assert.equal(is_locked(1), domoticz:device(11).locked)
    end)
  end)

  describe("with a slow lock", function()
    it("waits for it without blocking", function()
      open("--login --action-delay 2.5")
      domoticz.pace = 0.4
      domoticz:press(11, "Unlocked")
      assert.equal(1, domoticz:count("/locks/unlock_door"))
      domoticz:run(20)
      assert.is_true(domoticz:count("/action_attempts/get") >= 2)
      assert.is_false(is_locked(1))
      assert.same({}, domoticz.notifications)
      assert.equal("Unlocked", results()[1].want)
      check_quiet()
    end)

    it("puts the state back when it takes too long", function()
      open("--login --action-delay 600")
      domoticz:press(11, "Unlocked")
      domoticz:run(31)
      assert.is_true(domoticz:device(11).locked)
      assert.equal(1, #domoticz.notifications)
      assert.is_truthy(domoticz.notifications[1]:find("look at the door", 1, true))
      assert.equal(1, domoticz:count("/locks/unlock_door"))
      check_quiet()
    end)
  end)

  describe("in trouble", function()
    it("puts the state back when Seam is down, tells it once, and sees that it is over", function()
      open()
      local endpoint = server.endpoint
      domoticz.variables.SEAM_ENDPOINT = "http://127.0.0.1:1"
      domoticz_stub.URL = "http://127.0.0.1:2"
      finally(function() domoticz_stub.URL = "http://127.0.0.1:1" end)
      domoticz:press(11, "Unlocked")
      domoticz:run(0)
      assert.is_true(domoticz:device(11).locked)
      assert.is_truthy(domoticz.notifications[1]:find("not_sent", 1, true), domoticz.notifications[1])
      for _ = 1, 3 do domoticz:minute() end
      assert.equal(2, #domoticz.notifications)
      domoticz.variables.SEAM_ENDPOINT = endpoint
      domoticz:minute()
      assert.is_truthy(domoticz:everything_said():find("can be read again", 1, true))
      assert.equal(2, #domoticz.notifications)
      check_quiet()
    end)

    it("tells of a wrong key, and shows none", function()
      open()
      domoticz.variables.SEAM_API_KEY = "seam_live1wrongwrongwrong0"
      domoticz:press(11, "Unlocked")
      domoticz:run(2)
      assert.is_true(domoticz:device(11).locked)
      assert.is_truthy(domoticz.notifications[1]:find("SeamHttpUnauthorizedError", 1, true))
      assert.is_nil(domoticz:everything_said():find("wrongwrong", 1, true))
      assert.is_true(is_locked(1))
      check_quiet()
    end)

    it("tells that there is no key", function()
      open()
      domoticz.variables.SEAM_API_KEY = nil
      domoticz:minute()
      assert.is_truthy(domoticz.notifications[1]:find("There is no key", 1, true))
      assert.equal(0, #domoticz.requests)
      check_quiet()
    end)

    it("changes nothing when Seam lists no locks", function()
      open("")
      domoticz:add(11, "FRONT DOOR", "6a1b2c3d-0000-4000-8000-000000000000", true)
      domoticz:minute()
      domoticz:minute()
      assert.same({}, domoticz:device(11).updates)
      assert.equal(1, #domoticz.notifications)
      assert.is_truthy(domoticz.notifications[1]:find("Seam does not list 1 of 1 locks", 1, true))
      check_quiet()
    end)

    it("asks nothing where Domoticz has no lock", function()
      open()
      domoticz.devices = {}
      domoticz:minute()
      assert.equal(0, #domoticz.requests)
      check_quiet()
    end)
  end)
end)

describe("the example that blocks", function()
  it("asks the lock, and keeps far below Domoticz' 10 s", function()
    local server = sandbox_server.start("--login --action-delay 600")
    local said, notified = {}, {}
    local domoticz = { LOG_STATUS = 3, log = function(text) said[#said + 1] = text end,
      notify = function(...) notified[#notified + 1] = table.concat({ ... }, ": ") end }
    local environment = require "support.fake_environment"
    environment.set { SEAM_API_KEY = server.key, SEAM_ENDPOINT = server.endpoint }
    local example = dofile("hosts/domoticz/examples/seam_blocking.lua")
    local before = socket.gettime()
    example.execute(domoticz, { active = true })
    server:stop()
    example.execute(domoticz, { active = true })
    example.execute(domoticz, { active = false })
    local took = socket.gettime() - before
    environment.restore()
    assert.is_true(took < 8, "it took " .. took)
    assert.equal(1, #said)
    assert.equal(1, #notified)
    assert.is_truthy(notified[1]:find("outcome not_sent", 1, true), notified[1])
  end)
end)
