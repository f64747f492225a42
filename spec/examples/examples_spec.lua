-- SPDX-License-Identifier: MIT
-- The examples, run as a user runs them: real HTTP, libcurl, bin/seam-sandbox.

local files = require "support.files"
local sandbox_server = require "support.sandbox_server"

--- Some examples count from today.
local function without_dates(text)
  return (text:gsub("%d%d%d%d%-%d%d%-%d%dT[%d:.]+Z", "<moment>"))
end

describe("The examples", function()
  local server

  before_each(function()
    server = sandbox_server.start("--freeze --clock " .. sandbox_server.GUIDE_DAY)
  end)

  after_each(function()
    server:stop()
  end)

  it("walk through Seam's guide, printing what it prints", function()
    local output, status = server:run("examples/salto_guide.lua")
    assert.equal(files.read("spec/golden/salto_guide.txt"), output)
    assert.equal(0, status)
  end)

  it("list, unlock and give codes once an account is connected", function()
    server:run("examples/salto_guide.lua")
    for _, name in ipairs { "list_devices", "unlock", "access_code" } do
      local output, status = server:run("examples/" .. name .. ".lua")
      assert.equal(0, status, name .. " failed: " .. output)
      assert.equal(files.read("spec/golden/" .. name .. ".txt"), without_dates(output))
    end
  end)

  it("wait for a PIN before they print it", function()
    server:run("examples/salto_guide.lua")
    local output, status = server:run("examples/pin_when_ready.lua")
    assert.equal(files.read("spec/golden/pin_when_ready.txt"), output)
    assert.equal(0, status)
    output, status = server:run("examples/pin_when_ready.lua 'EXTRA DOOR'")
    assert.equal("there is no such lock that takes access codes\n", output)
    assert.equal(1, status)
  end)

  it("tell what happened at the doors, and nothing twice", function()
    local cursor = os.tmpname()
    os.remove(cursor)
    finally(function() os.remove(cursor) end)
    local command = ("examples/watch_events.lua %s %s 1"):format(cursor, sandbox_server.GUIDE_DAY)
    server:run("examples/salto_guide.lua")
    local output, status = server:run(command)
    assert.equal(files.read("spec/golden/watch_events.txt"), output)
    assert.equal(0, status)
    assert.equal("0 events\n", (server:run(command)))
    server:run("examples/unlock.lua")
    assert.equal("BACK DOOR\tunlocked\tremote\tno code\n1 events\n", (server:run(command)))
  end)

  it("plan guests' codes on two doors from calendars, and then make them", function()
    local ready = sandbox_server.start("--login --freeze --clock " .. sandbox_server.GUIDE_DAY)
    local planned, status = ready:run "examples/rental_codes.lua"
    local applied, then_status = ready:run "examples/rental_codes.lua apply"
    ready:stop()
    assert.same({ 0, 0 }, { status, then_status }, planned .. applied)
    assert.equal(files.read("spec/golden/rental_codes.txt"), without_dates(planned .. applied))
  end)

  it("lock at night what is open, and report what failed", function()
    server:run "examples/salto_guide.lua"
    local output, status = server:run "examples/night_lock.lua"
    local again, then_status = server:run "examples/night_lock.lua"
    server:run [[-e 'local seam = require "seam"
      seam.devices.simulate.disconnect(seam.locks.get { name = "FRONT_DOOR" })
      seam.locks.unlock_door(seam.locks.get { name = "BACK DOOR" })']]
    local failing, last_status = server:run "examples/night_lock.lua"
    assert.equal(files.read("spec/golden/night_lock.txt"), output .. again .. failing)
    assert.same({ 0, 0, 2 }, { status, then_status, last_status })
  end)

  it("tell of a guest's arrival, once", function()
    local cursor = os.tmpname()
    os.remove(cursor)
    finally(function()
      os.remove(cursor)
      os.remove(cursor .. ".arrived")
    end)
    server:run "examples/salto_guide.lua"
    local enter = [[-e 'local seam = require "seam"
      local door = seam.locks.get { name = "BACK DOOR" }
      for _, code in ipairs(seam.access_codes.list(door)) do
        if code.code then seam.locks.simulate.keypad_code_entry { device_id = door.device_id, code = code.code } end
      end']]
    local command = ("examples/guest_arrived.lua %s %s 1"):format(cursor, sandbox_server.GUIDE_DAY)
    local nobody = server:run(command)
    server:run(enter)
    local output, status = server:run(command)
    server:run(enter)
    local again = server:run(command)
    assert.equal(files.read("spec/golden/guest_arrived.txt"), output)
    assert.same({ 0, "", "" }, { status, nobody, again })
  end)

  it("name the batteries that are low, the emptiest first", function()
    local ready = sandbox_server.start("--login --freeze --battery FRONT_DOOR=0.15 --battery 'EXTRA DOOR=0.04'")
    local output, status = ready:run "examples/battery_report.lua"
    local below, then_status = ready:run "examples/battery_report.lua 10"
    ready:stop()
    local fine, last_status = server:run "examples/battery_report.lua"
    assert.equal(files.read("spec/golden/battery_report.txt"), output)
    assert.same({ 2, 2, 0 }, { status, then_status, last_status }, below)
    assert.equal("0 of 0 locks need a battery\n", fine)
  end)

  it("print a device that a person can read in one line of shell", function()
    server:run("examples/salto_guide.lua")
    local output = server:run([[-e 'print(require("seam").locks.list()[1])']])
    assert.equal('device "BACK DOOR" 681bf7bc-e7c6-48e6-acfe-6dbabd0615c5 (salto_lock, unlocked)\n', output)
  end)

  it("find the locks at once in a sandbox that was started with --login", function()
    local ready = sandbox_server.start "--login"
    local output, status = ready:run("examples/unlock.lua")
    ready:stop()
    assert.equal("BACK DOOR is unlocked\n", output)
    assert.equal(0, status)
  end)

  it("say what is missing when there is no key, without a traceback", function()
    for _, name in ipairs {
      "salto_guide", "list_devices", "unlock", "access_code", "pin_when_ready", "watch_events", "rental_codes",
      "night_lock", "guest_arrived", "battery_report",
    } do
      local output, status = sandbox_server.run_without_key("examples/" .. name .. ".lua")
      assert.equal(1, status)
      assert.matches("Must specify an api_key or personal_access_token%. Attempted reading configuration "
        .. "from the environment, but the environment variable SEAM_API_KEY is not set%.", output)
      assert.is_nil(output:find("traceback", 1, true), "no traceback was expected: " .. output)
    end
  end)
end)
