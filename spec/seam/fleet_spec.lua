-- SPDX-License-Identifier: MIT
-- What fleet.report finds out in the sandbox, with everything that can be wrong with a lock.

local caught = require "support.caught"
local errors = require "seam.errors"
local fleet = require "seam.fleet"
local fleet_world = require "support.fleet_world"
local safe = require "seam.safe"
local safe_fleet = require "seam.fleet.safe"

local lock_of = fleet_world.lock
local HOUR = 3600

describe("fleet.report", function()
  local sandbox, client

  before_each(function() sandbox, client = fleet_world.new() end)

  local function give_code(name, more)
    local params = { device = sandbox:device "BACK DOOR", name = name }
    for key, value in pairs(more or {}) do params[key] = value end
    return client.access_codes.create(params)
  end

  local function back_door(options)
    return lock_of(fleet.report(client, options), "BACK DOOR")
  end

  it("finds nothing wrong where nothing is", function()
    give_code "Cleaner"
    sandbox:advance(HOUR)
    local report = fleet.report(client)
    assert.same({
      locks = 3, ok = 3, attention = 0, critical = 0, online = 3, offline = 0, locked = 3, unlocked = 0,
      low_battery = 0, codes = 1, failing_codes = 0, stuck_codes = 0, unmanaged_codes = 0, account_errors = 0,
      failed_calls = 0,
    }, report.totals)
    assert.same({}, report:problems())
    assert.equal(sandbox:now(), report.taken_at)
    local lock = lock_of(report, "BACK DOOR")
    assert.equal("ok", lock.verdict)
    assert.same({}, lock.reasons)
    assert.same({ level = 1, status = "full" }, lock.battery)
    assert.is_true(lock.online and lock.locked)
    assert.equal(1, lock.codes.set)
    assert.equal("jane@example.com", lock.account_name)
    assert.equal(3, report.accounts[1].locks)
  end)

  it("lists locks that can do nothing from afar, and asks them for no codes", function()
    local counting, counts = fleet_world.counting(sandbox)
    assert.is_nil(lock_of(fleet.report(counting), "EXTRA DOOR").codes)
    assert.equal(2, counts["/access_codes/list"])
    assert.equal(2, counts["/access_codes/unmanaged/list"])
    assert.equal(1, counts["/devices/list"])
  end)

  it("asks less where less is wanted", function()
    local counting, counts = fleet_world.counting(sandbox)
    local report = fleet.report(counting, { codes = false })
    assert.is_nil(counts["/access_codes/list"])
    assert.is_nil(lock_of(report, "BACK DOOR").codes)
    report = fleet.report(counting, { codes = "managed" })
    assert.is_nil(counts["/access_codes/unmanaged/list"])
    assert.is_nil(lock_of(report, "BACK DOOR").codes.unmanaged)
    assert.equal(0, lock_of(report, "BACK DOOR").codes.total)
  end)

  it("reads devices, accounts and codes page by page", function()
    for i = 1, 8 do sandbox:connect { email = "p" .. i .. "@example.com" } end
    local pages, list = 0, client.devices.list
    local report = fleet.report(client, { codes = false, filter = { limit = 4 } })
    assert.equal(27, report.totals.locks)
    assert.equal(9, #report.accounts)
    for _ in client.create_paginator(list, { limit = 4 }):pages() do pages = pages + 1 end
    assert.equal(7, pages)
  end)

  it("reports on the locks of a filter", function()
    sandbox:connect { email = "john@example.com" }
    local account = client.connected_accounts.get { email = "john@example.com" }
    local report = fleet.report(client, { filter = { connected_account_id = account.connected_account_id } })
    assert.equal(3, report.totals.locks)
    assert.equal("john@example.com", report.locks[1].account_name)
  end)

  it("says that a lock is offline, and for how long: attention first, critical later", function()
    sandbox:fault { kind = "device_offline", device = "BACK DOOR" }
    sandbox:advance(600)
    local lock = back_door()
    assert.equal("attention", lock.verdict)
    assert.same({ "offline for 10 minutes (device disconnected)" }, lock.reasons)
    assert.is_false(lock.online)
    assert.is_nil(lock.battery)
    sandbox:advance(600)
    assert.equal("critical", back_door().verdict)
    assert.equal("attention", back_door({ thresholds = { offline = HOUR } }).verdict)
  end)

  it("judges batteries by the caller's levels and by the lock's own word", function()
    sandbox:set_battery("BACK DOOR", 0.199)
    assert.same({ "battery low at 19%" }, back_door().reasons)
    assert.equal("attention", back_door().verdict)
    sandbox:set_battery("BACK DOOR", 0.25)
    assert.equal("ok", back_door().verdict)
    assert.equal("attention", back_door({ thresholds = { battery = 0.3 } }).verdict)
    assert.equal("critical", back_door({ thresholds = { battery_critical = 0.26 } }).verdict)
    sandbox:set_battery("BACK DOOR", 0.04)
    local report = fleet.report(client, { thresholds = { battery = 0, battery_critical = 0 } })
    assert.same({ "battery critical at 4%" }, lock_of(report, "BACK DOOR").reasons)
    assert.equal(1, report.totals.low_battery)
  end)

  it("names codes that fail: critical where one should open the door now", function()
    sandbox:fault { kind = "failing_programming", device = "BACK DOOR" }
    give_code "Guest"
    sandbox:advance(HOUR)
    local lock = back_door()
    assert.equal("critical", lock.verdict)
    assert.same({ '1 code failing: "Guest" (failed to set on device)' }, lock.reasons)
    assert.equal(1, lock.codes.failing)
    for i = 2, 5 do give_code("Guest " .. i) end
    sandbox:advance(HOUR)
    assert.matches('^5 codes failing: ".-" %(.-%), ".-" %(.-%), ".-" %(.-%) and 2 more$', back_door().reasons[1])
  end)

  it("does not blame codes for what the lock or the account has", function()
    give_code "Cleaner"
    sandbox:advance(HOUR)
    sandbox:fault { kind = "device_offline", device = "BACK DOOR" }
    assert.equal(0, back_door().codes.failing)
  end)

  it("names codes that are stuck for longer than allowed", function()
    sandbox:fault { kind = "slow_programming", device = "BACK DOOR", seconds = 5 * HOUR }
    give_code "Slow"
    sandbox:advance(500)
    assert.equal("ok", back_door().verdict)
    sandbox:advance(HOUR)
    local lock = back_door()
    assert.equal("attention", lock.verdict)
    assert.same({ '1 code stuck: "Slow" (setting for 1 hour)' }, lock.reasons)
    assert.equal("ok", back_door({ thresholds = { stuck = 2 * HOUR } }).verdict)
  end)

  it("lets codes wait for their time", function()
    give_code("Next month", { starts_at = sandbox:now() + 30 * 86400, ends_at = sandbox:now() + 31 * 86400 })
    sandbox:advance(20 * 86400)
    local lock = back_door()
    assert.equal("ok", lock.verdict, table.concat(lock.reasons, "; "))
    assert.equal(1, lock.codes.upcoming)
    sandbox:advance(9 * 86400)
    assert.equal("ok", back_door().verdict)
  end)

  it("counts codes of others, and minds them where told to", function()
    client.access_codes.simulate.create_unmanaged_access_code {
      device = sandbox:device "BACK DOOR", name = "Owner", code = "123456",
    }
    local lock = back_door()
    assert.equal(1, lock.codes.unmanaged)
    assert.equal("ok", lock.verdict)
    assert.same({ "1 unmanaged code" }, back_door({ thresholds = { unmanaged = 0 } }).reasons)
    assert.equal("ok", back_door({ thresholds = { unmanaged = 1 } }).verdict)
  end)

  it("tells an account that was lost, once per lock and once by itself", function()
    client.connected_accounts.simulate.disconnect(sandbox:device("BACK DOOR").connected_account_id)
    sandbox:advance(HOUR)
    local report = fleet.report(client)
    assert.equal(1, report.totals.account_errors)
    assert.equal("account_disconnected", report.accounts[1].errors[1].code)
    assert.equal(3, report.totals.critical)
    assert.same({ "offline for 1 hour", "account disconnected" }, lock_of(report, "FRONT_DOOR").reasons)
  end)

  it("takes a full site for less than a lost one, and a warning for attention", function()
    for i = 1, 3 do give_code("Guest " .. i) end
    sandbox:advance(HOUR)
    sandbox:set_seat_limit("BACK DOOR", 3)
    local front = lock_of(fleet.report(client), "FRONT_DOOR")
    assert.equal("attention", front.verdict)
    assert.equal("account: salto ks subscription limit exceeded", front.reasons[1])
    sandbox:set_seat_limit("BACK DOOR", 100)
    sandbox:fault { kind = "office_mode", device = "BACK DOOR" }
    assert.same({ "warning: salto ks office mode" }, back_door().reasons)
  end)

  it("makes a failed call the finding of its lock, and of no other", function()
    sandbox:fault { kind = "outage", path = "/access_codes/list", times = 3 }
    local report = fleet.report(client)
    local back, front = lock_of(report, "BACK DOOR"), lock_of(report, "FRONT_DOOR")
    assert.same({ "codes not read: http" }, back.reasons)
    assert.equal("attention", back.verdict)
    assert.equal(503, back.failure.status_code)
    assert.equal("ok", front.verdict)
    assert.equal(0, front.codes.total)
    assert.equal(1, report.totals.failed_calls)
  end)

  it("keeps what it knows of a lock when only the codes of others cannot be read", function()
    give_code "Cleaner"
    sandbox:fault { kind = "outage", path = "/access_codes/unmanaged/list" }
    local lock = back_door()
    assert.equal(1, lock.codes.total)
    assert.is_nil(lock.codes.unmanaged)
    assert.same({ "codes not read: http" }, lock.reasons)
  end)

  it("reports without accounts where these cannot be read", function()
    sandbox:fault { kind = "outage", path = "/connected_accounts/list" }
    local report = fleet.report(client)
    assert.equal(3, report.totals.ok)
    assert.equal("connected accounts", report.failures[1].what)
    assert.equal(1, report.totals.failed_calls)
    assert.matches("Not read: connected accounts", tostring(report))
  end)

  it("stops asking once the API is gone, instead of waiting for every lock", function()
    for i = 1, 30 do sandbox:connect { email = "p" .. i .. "@example.com" } end
    local counting, counts = fleet_world.counting(sandbox)
    sandbox:fault { kind = "outage", path = "/access_codes/list" }
    local report = fleet.report(counting, { codes = "managed" })
    assert.equal(24, report.totals.failed_calls)
    assert.is_true(counts["/access_codes/list"] <= 72, "asked " .. counts["/access_codes/list"] .. " times")
    assert.equal(62, report.totals.attention)
    assert.same({ "codes not read: the API had stopped answering" }, report:problems()[62].reasons)
  end)

  it("stops asking when the key is refused or the API wants fewer calls, too", function()
    for i = 1, 30 do sandbox:connect { email = "p" .. i .. "@example.com" } end
    for _, kind in ipairs { "expired_key", "rate_limit" } do
      local fault = sandbox:fault { kind = kind, path = "/access_codes/list" }
      assert.equal(24, fleet.report(client).totals.failed_calls, kind)
      fault:clear()
    end
  end)

  it("goes on while some calls succeed", function()
    for i = 1, 60 do sandbox:connect { email = "p" .. i .. "@example.com" } end
    local transport, count = sandbox:transport(), 0
    local perform = transport.perform
    function transport.perform(self, request, ...)
      if request.url:find("/access_codes/list", 1, true) then
        count = count + 1
        if count % 2 == 0 then return { status = 503, headers = {}, body = "" } end
      end
      return perform(self, request, ...)
    end
    local flaky = require("seam").new(sandbox:client_options { transport = transport, retries = 0 })
    assert.equal(61, fleet.report(flaky, { codes = "managed" }).totals.failed_calls)
  end)

  it("goes on past locks that the API refuses one by one", function()
    for i = 1, 30 do sandbox:connect { email = "p" .. i .. "@example.com" } end
    sandbox:fault { kind = "status", status = 404, path = "/access_codes/list", body = '{"error":{"type":"gone"}}' }
    assert.equal(62, fleet.report(client).totals.failed_calls)
  end)

  it("fails as a whole where there is nothing to report on, in the way of its own face", function()
    sandbox:fault { kind = "expired_key" }
    local err = caught("SeamHttpUnauthorizedError", fleet.report, client)
    assert.equal(401, err.status_code)
    local report, other = safe_fleet.report(client)
    assert.is_nil(report)
    assert.is_true(errors.is_error(other, "SeamHttpUnauthorizedError"))
  end)

  it("takes clients of both faces", function()
    local _, safe_client = fleet_world.new(safe)
    assert.equal(3, fleet.report(safe_client).totals.ok)
    assert.equal(3, safe_fleet.report(client).totals.ok)
    caught("SeamInvalidParamsError", fleet.report, {})
  end)

  it("keeps no PINs unless told to", function()
    give_code "Cleaner"
    local pin = sandbox:access_codes("BACK DOOR")[1].code
    assert.equal(6, #pin)
    assert.is_nil(back_door().codes.list[1].code)
    assert.equal(pin, back_door({ show_codes = true }).codes.list[1].code)
  end)

  it("waits the way its caller's loop waits, on every Lua", function()
    local transport, waits = sandbox:transport(), 0
    local perform = transport.perform
    function transport.perform(self, ...)
      waits = waits + 1
      coroutine.yield "wait"
      return perform(self, ...)
    end
    local waiting = require("seam").new(sandbox:client_options { transport = transport })
    local report
    local loop = coroutine.create(function() report = fleet.report(waiting, { codes = false }) end)
    repeat
      local ok, said = coroutine.resume(loop)
      assert.is_true(ok, tostring(said))
    until coroutine.status(loop) == "dead"
    assert.equal(3, report.totals.ok)
    assert.equal(2, waits)
  end)

  it("says how far it is", function()
    local said = {}
    local report = fleet.report(client, { on_progress = function(done, total)
      said[#said + 1] = done .. "/" .. total
      error "nobody's business"
    end })
    assert.same({ "1/3", "2/3", "3/3" }, said)
    assert.equal(3, report.totals.ok)
  end)

  it("lists problems worst first, then by name", function()
    sandbox:set_battery("EXTRA DOOR", 0.15)
    sandbox:set_battery("BACK DOOR", 0.15)
    sandbox:set_battery("FRONT_DOOR", 0.01)
    local names = {}
    for i, lock in ipairs(fleet.report(client):problems()) do names[i] = lock.name end
    assert.same({ "FRONT_DOOR", "BACK DOOR", "EXTRA DOOR" }, names)
  end)

  it("refuses options that do not exist, or do not fit", function()
    for text, options in pairs {
      ["did you mean 'thresholds'"] = { threshold = {} },
      ["did you mean 'battery'"] = { thresholds = { batery = 0.2 } },
      ["battery must be a level from 0 to 1"] = { thresholds = { battery = 20 } },
      ["stuck must be a number of seconds"] = { thresholds = { stuck = 0 / 0 } },
      ["concurrency must be a whole number"] = { concurrency = 0 },
      ['codes must be true, false or "managed"'] = { codes = "all" },
    } do
      local err = caught("SeamInvalidOptionsError", fleet.report, client, options)
      assert.truthy(err.message:find(text, 1, true), "expected '" .. text .. "', got: " .. err.message)
    end
  end)
end)

describe("A report", function()
  it("survives devices of which the API says next to nothing", function()
    local fake = require "support.fake_client"
    local client = fake.new {
      fake.ok [[{"devices":[{"device_id":"d1","device_type":"new_lock"},{"device_type":"x_lock","errors":[6],
        "properties":{"battery_level":55,"online":true,"locked":false},"display_name":7},
        {"device_id":"t1","device_type":"ecobee_thermostat","properties":{"online":true}}],
        "pagination":{"has_next_page":false}}]],
      fake.ok [[{"connected_accounts":[{}],"pagination":{"has_next_page":false}}]],
    }
    local report = fleet.report(client, { codes = false })
    assert.equal(2, report.totals.locks)
    assert.same({ "not known whether it is online" }, report.locks[1].reasons)
    assert.equal("ok", report.locks[2].verdict)
    assert.is_nil(report.locks[2].battery)
    assert.equal("7", report.locks[2].name)
    assert.matches("d1", tostring(report))
    assert.matches("</html>", fleet.html(report))
  end)
end)
