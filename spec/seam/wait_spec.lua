-- SPDX-License-Identifier: MIT
-- Waiting for PINs, logins and locks, in the sandbox's time.

local caught = require "support.caught"
local errors = require "seam.errors"
local safe_wait = require "seam.wait.safe"
local sandbox_of = require "seam.sandbox"
local time = require "seam.time"
local wait = require "seam.wait"

local DAY = 86400
local NOBODY = "00000000-0000-4000-8000-000000000000"

--- A frozen sandbox with the guide's locks, a client, and a lock.
local function new_world(options)
  local filled = { freeze = "2028-08-10T12:00:00Z" }
  for name, value in pairs(options or {}) do filled[name] = value end
  local sandbox = sandbox_of.new(filled)
  sandbox:connect()
  local client = sandbox:client()
  return sandbox, client, client.locks.get { name = "BACK DOOR" }
end

--- How long a function took by the client's clock, and what it returned.
local function timed(client, f, ...)
  local started = client:now()
  local value, extra = f(...)
  return client:now() - started, value, extra
end

local function future_code(client, door, days)
  local starts = client:time() + days * DAY
  return client.access_codes.create { device = door, name = "Guest", starts_at = starts, ends_at = starts + DAY }
end

describe("wait.access_code", function()
  it("returns a code that is set with its PIN, soon after it is", function()
    local _, client, door = new_world { program_delay = 20 }
    local code = client.access_codes.create { device = door, name = "Guest" }
    local took, ready = timed(client, wait.access_code, client, code)
    assert.equal("set", ready.status)
    assert.matches("^%d+$", ready.code)
    assert.is_true(took >= 20 and took <= 25, "took " .. took .. " s for 20")
  end)

  it("takes an id, and a code that is ready at once", function()
    local _, client, door = new_world()
    local code = client.access_codes.create { device = door }
    local took, ready = timed(client, wait.access_code, client, code.access_code_id)
    assert.equal(code.access_code_id, ready.access_code_id)
    assert.is_true(took < 1, "took " .. took)
  end)

  it("waits for the PIN alone where only that is wanted, days ahead too", function()
    local _, client, door = new_world()
    local code = future_code(client, door, 5)
    local took, ready = timed(client, wait.access_code, client, code,
      { until_ = "code", timeout = 3 * DAY, polling_interval = 600 })
    assert.equal("unset", ready.status)
    assert.matches("^%d+$", ready.code)
    assert.is_true(took >= 2 * DAY and took <= 2 * DAY + 600, "took " .. took)
  end)

  it("refuses to wait for set before the code starts, and says when it will be programmed", function()
    local _, client, door = new_world()
    local code = future_code(client, door, 5)
    local started = client:now()
    local err = caught("SeamWaitFailedError", wait.access_code, client, code, { timeout = 10 * DAY })
    assert.equal("starts_later", err.code)
    assert.equal("2028-08-12T12:00:00.000Z", time.format(err.programmed_at))
    assert.matches("it will be put on the lock at 2028%-08%-12T12:00:00%.000Z", err.message)
    assert.matches("starts at 2028%-08%-15T12:00:00%.000Z", err.message)
    assert.equal("unknown", err.outcome)
    assert.equal(code.access_code_id, err.resource.access_code_id)
    assert.equal(0, client:now() - started, "nothing was to be waited for")
  end)

  it("says of a code that the lock has already that it opens from its start", function()
    local sandbox, client, door = new_world()
    local code = future_code(client, door, 2)
    sandbox:advance(1)
    local err = caught("SeamWaitFailedError", wait.access_code, client, code)
    assert.equal("starts_later", err.code)
    assert.is_nil(err.programmed_at)
    assert.matches("the lock has it already", err.message)
  end)

  it("falls back on 72 hours where the code does not say when", function()
    local fake = require "support.fake_client"
    local client = fake.new { fake.ok('{"access_code":{"access_code_id":"c1","status":"unset",'
      .. '"starts_at":"2099-01-04T00:00:00Z","ends_at":"2099-01-05T00:00:00Z","errors":[],"warnings":[]}}') }
    local err = caught("SeamWaitFailedError", wait.access_code, client, "c1")
    assert.equal("2099-01-01T00:00:00.000Z", time.format(err.programmed_at))
  end)

  it("goes by what Seam says of a code that the lock cannot schedule, and waits for one that is being set", function()
    local _, client, door = new_world { program_delay = 40 }
    local starts = client:time() + 7200
    local code = client.access_codes.create { device = door, starts_at = starts, ends_at = starts + DAY,
      prefer_native_scheduling = false }
    local err = caught("SeamWaitFailedError", wait.access_code, client, code)
    assert.equal(starts - 3600, err.programmed_at)
    client:sleep(3600)
    assert.equal("set", wait.access_code(client, code).status)
    assert.is_true(client:time() < starts, "an hour before it starts it is set")
  end)

  it("waits through the start when it is told to", function()
    local _, client, door = new_world()
    local code = future_code(client, door, 30)
    local took, ready = timed(client, wait.access_code, client, code,
      { wait_for_start = true, timeout = 31 * DAY, polling_interval = 900 })
    assert.equal("set", ready.status)
    assert.is_true(took >= 30 * DAY and took <= 30 * DAY + 900, "took " .. took)
  end)

  it("stops at an error that will not heal, and says which", function()
    local sandbox, client, door = new_world()
    sandbox:set_seat_limit(door, 0)
    local code = client.access_codes.create { device = door }
    local err = caught("SeamWaitFailedError", wait.access_code, client, code)
    assert.equal("access_code_inactive", err.code)
    assert.equal("rejected", err.outcome)
    assert.equal("access_code_inactive", err.problems[1].error_code)
    assert.matches("no user subscription left", err.message)
    assert.is_true(err:is "SeamWaitError")
    -- The PIN exists, and does not open.
    assert.equal("access_code_inactive",
      caught("SeamWaitFailedError", wait.access_code, client, code, { until_ = "code" }).code)
  end)

  it("goes on through an error that heals", function()
    local sandbox, client, door = new_world { late_after = 60 }
    sandbox:fault { kind = "failing_programming", device = door, times = 4 }
    local code = client.access_codes.create { device = door }
    local seen = {}
    local ready = wait.access_code(client, code, { timeout = 600, on_poll = function(found)
      for _, problem in ipairs(found.errors) do seen[problem.error_code] = true end
    end })
    assert.equal("set", ready.status)
    assert.is_true(seen.failed_to_set_on_device, "the error should have been there on the way")
  end)

  it("lets the caller decide which problems heal", function()
    local sandbox, client, door = new_world { late_after = 60 }
    sandbox:fault { kind = "failing_programming", device = door }
    local code = client.access_codes.create { device = door }
    local err = caught("SeamWaitFailedError", wait.access_code, client, code,
      { timeout = 600, heals = { failed_to_set_on_device = false } })
    assert.equal("failed_to_set_on_device", err.code)
  end)

  it("goes on while the lock is offline, and names what kept it when the time is up", function()
    local sandbox, client, door = new_world()
    local fault = sandbox:fault { kind = "device_offline", device = door }
    local code = client.access_codes.create { device = door }
    local took = client:now()
    local err = caught("SeamWaitTimeoutError", wait.access_code, client, code, { timeout = 120 })
    assert.equal(120, client:now() - took)
    assert.equal("wait_timeout", err.code)
    assert.equal("unknown", err.outcome)
    assert.equal(120, err.elapsed)
    assert.equal("setting", err.resource.status)
    assert.matches("Timed out after 120s waiting for access code .* to be set; its status is setting", err.message)
    assert.matches("device_disconnected", err.message)
    fault:clear()
    assert.equal("set", wait.access_code(client, code).status)
  end)

  it("stops where the code is being removed, is gone, or its account is lost", function()
    local sandbox, client, door = new_world { program_delay = 50 }
    local code = client.access_codes.create { device = door }
    wait.access_code(client, code)
    client.access_codes.delete(code)
    assert.equal("being_deleted", caught("SeamWaitFailedError", wait.access_code, client, code).code)
    sandbox:advance(60)
    assert.equal(404, caught("SeamHttpApiError", wait.access_code, client, code).status_code)

    local other = client.access_codes.create { device = door }
    client.connected_accounts.simulate.disconnect(door.connected_account_id)
    assert.equal("account_disconnected", caught("SeamWaitFailedError", wait.access_code, client, other).code)
  end)

  it("takes a full site for no failure: the code itself may have the last seat", function()
    local sandbox, client, door = new_world()
    sandbox:set_seat_limit(door, 1)
    local ready = wait.access_code(client, (client.access_codes.create { device = door }))
    assert.equal("salto_ks_subscription_limit_exceeded", ready.errors[1].error_code)
  end)

  it("waits for nothing after its end", function()
    local sandbox, client, door = new_world { keep_expired = true }
    local code = future_code(client, door, 1)
    sandbox:advance(3 * DAY)
    local err = caught("SeamWaitFailedError", wait.access_code, client, code)
    assert.equal("ended", err.code)
  end)

  it("refuses options and values that do not exist", function()
    local _, client, door = new_world()
    local function refused(options)
      return caught("SeamInvalidOptionsError", wait.access_code, client, door, options).message
    end
    assert.matches("Unknown option 'polling_intervall'; did you mean 'polling_interval'",
      refused { polling_intervall = 1 })
    assert.matches("until_ option has no value 'sett'; did you mean 'set'", refused { until_ = "sett" })
    assert.matches("timeout option must be a number of seconds", refused { timeout = -1 })
    assert.matches("polling_interval option must be a positive", refused { polling_interval = 0 })
    assert.matches("on_poll option must be a function", refused { on_poll = true })
    assert.matches("Options must be a table", refused(6))
    assert.matches("put that call in parentheses", caught("SeamInvalidOptionsError", function()
      wait.access_code(client, client.access_codes.create { device = door })
    end).message)
    for _, id in ipairs { 6, "", {} } do
      caught("SeamInvalidParamsError", wait.access_code, client, id)
    end
    caught("SeamInvalidParamsError", wait.access_code, "no client", "id")
  end)
end)

describe("wait.connect_webview", function()
  --- A sandbox where somebody logs in so many seconds from now.
  local function with_login_after(seconds, options, credentials)
    local filled = { freeze = "2028-08-10T12:00:00Z" }
    for name, value in pairs(options or {}) do filled[name] = value end
    local sandbox = sandbox_of.new(filled)
    local client = sandbox:client()
    local webview = client.connect_webviews.create { accepted_providers = { "salto_ks" } }
    sandbox.world.clock:after(seconds, function() sandbox:login(webview, credentials) end)
    return client, webview, sandbox
  end

  it("returns the account once somebody has logged in", function()
    local client, webview = with_login_after(45)
    local took, account, devices = timed(client, wait.connect_webview, client, webview)
    assert.equal("690dead6-e176-4f25-930b-9aef7c7137ad", account.connected_account_id)
    assert.is_nil(devices)
    assert.is_true(took >= 45 and took <= 48, "took " .. took)
  end)

  it("waits for the devices that Seam finds later", function()
    for _, wanted in ipairs { true, 3 } do
      local client, webview = with_login_after(10, { sync_delay = 60 })
      local took, account, devices = timed(client, wait.connect_webview, client, webview, { devices = wanted })
      assert.equal(3, #devices)
      assert.equal(account.connected_account_id, devices[1].connected_account_id)
      assert.is_true(took >= 70 and took <= 76, "took " .. took .. " for " .. tostring(wanted))
    end
  end)

  it("knows no end of the sync where no event tells it: then devices must have settled", function()
    local client, webview, sandbox = with_login_after(10)
    sandbox:fault { kind = "status", status = 200, body = '{"events":[],"ok":true}', path = "/events/list",
      headers = { ["content-type"] = "application/json" } }
    local took, _, devices = timed(client, wait.connect_webview, client, webview, { devices = true })
    assert.equal(3, #devices)
    assert.is_true(took >= 20 and took < 28, "took " .. took)
  end)

  it("says how many devices there are when the time is up", function()
    local client, webview = with_login_after(0)
    local err = caught("SeamWaitTimeoutError", wait.connect_webview, client, webview, { devices = 4, timeout = 30 })
    assert.matches("waiting for the devices of connected account .*; it has 3 so far", err.message)
    assert.equal(3, #err.resource)
  end)

  it("fails when the login fails, and times out when nobody comes", function()
    local client, webview = with_login_after(5, { failed_login_status = "failed" }, { password = "wrong" })
    local err = caught("SeamWaitFailedError", wait.connect_webview, client, webview)
    assert.equal("login_failed", err.code)
    assert.equal("failed", err.resource.status)

    client, webview = with_login_after(900)
    err = caught("SeamWaitTimeoutError", wait.connect_webview, client, webview)
    assert.equal(600, err.elapsed)
    assert.matches("its status is pending", err.message)
  end)
end)

describe("wait.device", function()
  it("waits for online and offline", function()
    local sandbox, client, door = new_world()
    local fault = sandbox:fault { kind = "device_offline", device = door }
    assert.is_false(wait.device(client, door, "offline").properties.online)
    sandbox.world.clock:after(100, function() fault:clear() end)
    local took, device = timed(client, wait.device, client, door.device_id, "online")
    assert.is_true(device.properties.online)
    assert.is_true(took >= 100 and took <= 110, "took " .. took)
  end)

  it("waits for locked and unlocked, of which an offline lock is neither", function()
    local sandbox, client, door = new_world()
    local fault = sandbox:fault { kind = "device_offline", device = door }
    caught("SeamWaitTimeoutError", wait.device, client, door, "locked", { timeout = 5 })
    caught("SeamWaitTimeoutError", wait.device, client, door, "unlocked", { timeout = 5 })
    fault:clear()
    assert.is_true(wait.device(client, door, "locked").properties.locked)
    sandbox.world.clock:after(30, function() sandbox:turn_by_hand(door, false) end)
    assert.is_false(wait.device(client, door, "unlocked").properties.locked)
  end)

  it("waits for a battery to fall or to rise", function()
    local sandbox, client, door = new_world()
    sandbox.world.clock:after(3600, function() sandbox:set_battery(door, 0.15) end)
    local took = timed(client, wait.device, client, door, { battery_below = 0.2 }, { timeout = 7200 })
    assert.is_true(took >= 3600 and took <= 3610, "took " .. took)
    sandbox:set_battery(door, 0.9)
    wait.device(client, door, { battery_above = 0.8 })
    wait.device(client, door, { battery_above = 0.8, battery_below = 0.95 })
    caught("SeamWaitTimeoutError", wait.device, client, door, { battery_above = 0.9 }, { timeout = 1 })
  end)

  it("takes a function", function()
    local _, client, door = new_world()
    local device = wait.device(client, door, function(found) return found.display_name == "BACK DOOR" end)
    assert.equal(door.device_id, device.device_id)
  end)

  it("ends where the device was removed", function()
    local _, client, door = new_world()
    client.devices.simulate.remove(door)
    local err = caught("SeamWaitFailedError", wait.device, client, door, "unlocked")
    assert.equal("device_removed", err.code)
  end)

  it("refuses predicates that mean nothing, naming the nearest", function()
    local _, client, door = new_world()
    local function refused(predicate)
      return caught("SeamInvalidParamsError", wait.device, client, door, predicate).message
    end
    assert.matches("no predicate 'onlin'; did you mean 'online'", refused "onlin")
    assert.matches("no predicate 'nil'", refused(nil))
    assert.matches("no field 'battery_bellow'; did you mean 'battery_below'", refused { battery_bellow = 0.2 })
    assert.matches("battery_below must be a number from 0 to 1", refused { battery_below = 20 })
    assert.matches("wants battery_below or battery_above", refused {})
  end)
end)

describe("wait.resource", function()
  it("waits for anything that can be read, even for what is not there yet", function()
    local sandbox, client, door = new_world()
    sandbox.world.clock:after(60, function() client.access_codes.create { device = door, name = "Late" } end)
    local code = wait.resource(client, function(call_options)
      for _, found in ipairs((client.access_codes.list({ device = door }, call_options))) do
        if found.name == "Late" then return found end
      end
    end, function(found) return found.status == "set" end)
    assert.equal("Late", code.name)
  end)

  it("ends as the predicate's second result says", function()
    local _, client, door = new_world()
    local function read() return client.devices.get(door) end
    local err = caught("SeamWaitFailedError", wait.resource, client, read, function() return nil, "hopeless" end)
    assert.matches("hopeless", err.message)
    local own = errors.new("SeamHttpError", "mine", {})
    assert.equal(own, caught("SeamHttpError", wait.resource, client, read, function() return nil, own end))
  end)

  it("raises on what the caller's functions raise, and what they return in place of an error", function()
    local _, client = new_world()
    local ok, err = pcall(wait.resource, client, function() error("a slip", 0) end, print)
    assert.is_false(ok)
    assert.equal("a slip", err)
    err = caught("SeamWaitFailedError", wait.resource, client, function() return nil, "no way" end, print)
    assert.matches("no way", err.message)
    caught("SeamInvalidParamsError", wait.resource, client, nil, print)
  end)
end)

describe("any wait", function()
  --- Moments (seconds from the start) at which devices/get was asked.
  local function moments_of(options)
    local sandbox, client, door = new_world()
    sandbox:fault { kind = "device_offline", device = door }
    local moments, started = {}, client:now()
    options.on_poll = function() moments[#moments + 1] = client:now() - started end
    caught("SeamWaitTimeoutError", wait.device, client, door, "online", options)
    return moments
  end

  it("asks at once, then less and less often, never rarer than polling_interval, and last at the deadline", function()
    local moments = moments_of { timeout = 60, polling_interval = 4 }
    assert.equal(0, moments[1])
    assert.equal(0.25, moments[2])
    for i = 3, #moments - 1 do
      local pause, before = moments[i] - moments[i - 1], moments[i - 1] - moments[i - 2]
      assert.is_true(pause >= before and pause <= 4, ("pause %d is %s after %s"):format(i, pause, before))
    end
    assert.equal(60, moments[#moments])
    assert.is_true(#moments < 25, #moments .. " questions")
  end)

  it("asks once when it has no time at all", function()
    assert.same({ 0 }, moments_of { timeout = 0 })
  end)

  it("goes on through outages, lost answers, rate limits and nonsense, telling on_poll", function()
    for _, fault in ipairs {
      { kind = "outage", times = 9 }, { kind = "lost_answer", times = 9 }, { kind = "refused", times = 9 },
      { kind = "lost_answer", code = "timeout", times = 2 }, { kind = "rate_limit", times = 9 },
      { kind = "broken_json", times = 4 }, { kind = "html", times = 4 },
    } do
      local sandbox, client, door = new_world { program_delay = 30 }
      local code = client.access_codes.create { device = door }
      fault.path = "/access_codes/get"
      sandbox:fault(fault)
      local told
      local ready = wait.access_code(client, code, { on_poll = function(_, _, err) told = told or err end })
      assert.equal("set", ready.status, fault.kind)
      assert.is_true(errors.is_error(told), "on_poll was not told of " .. fault.kind)
    end
  end)

  it("waits as long as a rate limit asks", function()
    local sandbox, client, door = new_world()
    sandbox:fault { kind = "rate_limit", seconds = 45, times = 1, path = "/devices/get" }
    local patient = sandbox:client { retries = 0 }
    local took = timed(client, wait.device, patient, door, "locked")
    assert.is_true(took >= 45 and took < 46, "took " .. took)
  end)

  it("does not sit out a rate limit that ends after the deadline", function()
    local sandbox, _, door = new_world()
    sandbox:fault { kind = "rate_limit", seconds = 900, path = "/devices/get" }
    local client = sandbox:client()
    local started = client:now()
    local err = caught("SeamWaitTimeoutError", wait.device, client, door, "locked", { timeout = 60 })
    assert.equal("rate_limited", err.last_error.code)
    assert.equal(900, err.retry_after)
    assert.matches("the last question failed: Too many requests", err.message)
    assert.is_true(client:now() - started < 1, "it slept for nothing")
  end)

  it("keeps its deadline when the server is silent", function()
    local sandbox, client, door = new_world()
    sandbox:fault { kind = "lost_answer", code = "timeout" }
    local started = client:now()
    local err = caught("SeamWaitTimeoutError", wait.device, client, door, "locked", { timeout = 20 })
    assert.is_true(client:now() - started <= 21, "took " .. client:now() - started)
    assert.equal("timeout", err.last_error.code)
  end)

  it("ends with a final error of a question, and says what it had seen", function()
    local sandbox, client, door = new_world()
    sandbox:fault { kind = "expired_key", skip = 3, path = "/devices/get" }
    local err = caught("SeamHttpUnauthorizedError", wait.device, client, door, "unlocked")
    assert.equal(door.device_id, err.resource.device_id)
    assert.is_true(err.elapsed > 0)
    sandbox:clear_faults()
    assert.equal(404, caught("SeamHttpApiError", wait.device, client, NOBODY, "online").status_code)
    client:close()
    assert.equal("closed", caught("SeamHttpError", wait.device, client, door, "online").code)
  end)

  it("ends when on_poll returns false, or cancelled true", function()
    local _, client, door = new_world()
    local polls = 0
    local function on_poll(found, elapsed)
      polls = polls + 1
      assert.equal(door.device_id, found.device_id)
      return elapsed < 10 -- true at first
    end
    local err = caught("SeamWaitCancelledError", wait.device, client, door, "unlocked", { on_poll = on_poll })
    assert.equal("wait_cancelled", err.code)
    assert.equal(door.device_id, err.resource.device_id)
    assert.is_true(polls > 2)

    local started = client:now()
    caught("SeamWaitCancelledError", wait.device, client, door, "unlocked", {
      timeout = 3600, polling_interval = 100, cancelled = function() return client:now() - started > 200 end,
    })
    local took = client:now() - started
    assert.is_true(took > 200 and took < 215, "took " .. took .. ": a cancel is to be noticed within a pause")
  end)

  it("returns what became true in the very question after which on_poll ends it", function()
    local _, client, door = new_world()
    local device = wait.device(client, door, "locked", { on_poll = function() return false end })
    assert.equal(door.device_id, device.device_id)
  end)

  it("serves clients of both faces, and raises or not by its own", function()
    local sandbox, client, door = new_world()
    local silent = require("seam.safe").new(sandbox:client_options())
    for _, one in ipairs { client, silent } do
      assert.equal(door.device_id, wait.device(one, door, "locked").device_id)
      assert.equal(404, caught("SeamHttpApiError", wait.device, one, NOBODY, "locked").status_code)
      local device, err = safe_wait.device(one, NOBODY, "locked")
      assert.is_nil(device)
      assert.equal(404, err.status_code)
      assert.equal(door.device_id, safe_wait.device(one, door, "locked").device_id)
    end
    local nothing, err = safe_wait.access_code("no client", "id")
    assert.is_nil(nothing)
    assert.is_true(errors.is_error(err, "SeamInvalidParamsError"))
  end)

  it("understands a colon", function()
    local _, client, door = new_world()
    assert.equal(door.device_id, wait:device(client, door, "locked").device_id)
  end)

  it("lets others work while it waits: every pause is the client's", function()
    local fake = require "support.fake_client"
    local client, transport = fake.new({ fake.ok '{"device":{"device_id":"d1","properties":{"online":false}}}' })
    local sleep = transport.sleep
    function transport:sleep(seconds)
      coroutine.yield(seconds)
      return sleep(self, seconds)
    end
    local pauses, result = {}, nil
    local waiting = coroutine.wrap(function()
      result = { safe_wait.device(client, "d1", "online", { timeout = 1 }) }
      return nil
    end)
    for pause in waiting do pauses[#pauses + 1] = pause end
    assert.is_true(#pauses > 2, "the wait never gave the loop a turn")
    assert.equal("wait_timeout", result[2].code)
  end)
end)
