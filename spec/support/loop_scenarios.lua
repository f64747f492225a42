-- SPDX-License-Identifier: MIT
-- What must hold however a client waits: one table, run on every loop. Each scenario says what the
-- server does (`script` of support.http_peer), what the program does (`run`, which is given a maker of
-- clients, with the `loop` they are made for, and raises when something is wrong) and what the server
-- must have seen (`check`, which is given the host's limit of connections).
--
-- `run` may run in another process than the specs (nginx): it uses nothing of busted.

local core = require "seam.core"
local seam = require "seam"

local DEVICE = "681bf7bc-e7c6-48e6-acfe-6dbabd0615c5"

local function attempt(status)
  return { ok = true, action_attempt = { action_attempt_id = "a1", action_type = "UNLOCK_DOOR", status = status } }
end

local function slow(seconds, reply)
  return { { recv = "all" }, { wait = seconds }, { reply = reply } }
end

local function expect(actual, expected, what)
  if actual ~= expected then
    error(("%s: expected %s, got %s"):format(what, tostring(expected), tostring(actual)), 2)
  end
end

local function expect_within(seconds, least, most, what)
  if seconds < least or seconds > most then
    error(("%s: expected %g to %g seconds, it took %.3f"):format(what, least, most, seconds), 2)
  end
end

local M = {}

M[1] = {
  name = "succeeds",
  script = { { match = { path = "/devices/get" }, reply = { json = { device = { device_id = DEVICE } } } } },
  run = function(new_client)
    local client = new_client()
    expect(client.devices.get(DEVICE).device_id, DEVICE, "the device")
    expect(client.devices.get(DEVICE).device_id, DEVICE, "the device, asked again")
    client:close()
  end,
  check = function(report)
    expect(report.complete, 2, "requests")
    expect(#report.connections, 1, "connections")
  end,
}

M[2] = {
  name = "hands over the API's error",
  script = { { reply = { status = 404, json = { error = { type = "device_not_found", message = "no" } } } } },
  run = function(new_client)
    local client = new_client { safe = true }
    local device, err = client.devices.get(DEVICE)
    expect(device, nil, "the device")
    expect(err.code, "device_not_found", "the code")
    expect(err.outcome, "rejected", "the outcome")
    client:close()
  end,
}

M[3] = {
  name = "ends at its deadline",
  script = { { play = { { recv = "all" }, { hang = true } } } },
  run = function(new_client)
    local client = new_client { safe = true }
    local started = core.now()
    local value, err = client.locks.unlock_door(DEVICE, { timeout = 0.3 })
    expect(value, nil, "the value")
    expect(err.code, "timeout", "the code")
    expect(err.outcome, "unknown", "the outcome")
    expect_within(core.now() - started, 0.29, 0.6, "a deadline of 0.3 s")
    client:close()
  end,
  check = function(report) expect(report.by_path["POST /locks/unlock_door"], 1, "copies of the write") end,
}

M[4] = {
  name = "waits before it asks again",
  script = {
    { match = { path = "/locks/list" }, times = 1, reply = { status = 503, headers = { ["Retry-After"] = "1" } } },
    { match = { path = "/locks/list" }, reply = { json = { devices = {} } } },
  },
  run = function(new_client)
    local client = new_client()
    local started = core.now()
    expect(#client.locks.list(), 0, "locks")
    expect_within(core.now() - started, 0.99, 1.6, "a pause of 1 s")
    client:close()
  end,
  check = function(report) expect(report.by_path["GET /locks/list"], 2, "questions") end,
}

M[5] = {
  name = "waits for an action attempt",
  script = {
    { match = { path = "/locks/unlock_door" }, reply = { json = attempt "pending" } },
    { match = { path = "/action_attempts/get" }, times = 1, reply = { json = attempt "pending" } },
    { match = { path = "/action_attempts/get" }, reply = { json = attempt "success" } },
  },
  run = function(new_client)
    local client = new_client()
    expect(client.locks.unlock_door(DEVICE).status, "success", "the attempt")
    client:close()
  end,
  check = function(report)
    expect(report.by_path["POST /locks/unlock_door"], 1, "copies of the write")
    expect(report.by_path["GET /action_attempts/get"], 2, "questions")
  end,
}

M[6] = {
  name = "gathers calls that wait at the same time, their action attempts as well",
  script = {
    { match = { path = "/devices/get" }, play = slow(0.3, { json = { device = { device_id = DEVICE } } }) },
    { match = { path = "/locks/unlock_door" }, reply = { json = attempt "pending" } },
    { match = { path = "/action_attempts/get" }, play = slow(0.2, { json = attempt "success" }) },
  },
  run = function(new_client)
    local client = new_client()
    local started = core.now()
    local functions = { device = function() return client.devices.get(DEVICE) end }
    for number = 1, 5 do
      functions[number] = function() return client.locks.unlock_door(DEVICE).status end
    end
    local results = client.gather(functions)
    expect_within(core.now() - started, 0.29, 1.0, "six calls of 0.3 s at once")
    expect(results.device.device_id, DEVICE, "the device")
    for number = 1, 5 do expect(results[number], "success", "attempt " .. number) end
    client:close()
  end,
  check = function(report) expect(report.by_path["POST /locks/unlock_door"], 5, "writes") end,
}

M[7] = {
  name = "tells a gather's first failure when the others have ended",
  script = {
    { match = { path = "/locks/list" }, play = slow(0.2, { json = { devices = {} } }) },
    { match = { path = "/devices/get" }, reply = { status = 404, json = { error = { type = "gone", message = "" } } } },
  },
  run = function(new_client)
    local client = new_client { safe = true }
    local results, err = require("seam.safe").gather({
      locks = function() return client.locks.list() end,
      device = function() return client.devices.get(DEVICE) end,
      broken = function() error("mine", 0) end,
    }, { loop = new_client.loop })
    expect(results, nil, "results")
    expect(seam.is_error(err), true, "an error object")
    expect(#err.results.locks, 0, "the list that arrived")
    expect(err.errors.device.code, "gone", "the device's error")
    expect(err.errors.broken, "mine", "the program's own error")
    client:close()
  end,
}

local MANY = 600 -- more than a host gets connections

M[8] = {
  name = ("carries %d at once over no more connections than the limit"):format(MANY),
  script = { { match = { path = "/devices/get" }, play = slow(0.05, { json = { device = { device_id = DEVICE } } }) } },
  run = function(new_client)
    local client, list, seen = new_client(), {}, 0
    for number = 1, MANY do list[number] = number end
    local results = client.map(list, function(number)
      expect(client.devices.get(DEVICE).device_id, DEVICE, "device " .. number)
      return number * 2
    end, { concurrency = MANY, on_progress = function(done, total)
      seen = seen + 1
      expect(done, seen, "progress")
      expect(total, MANY, "the total")
    end })
    expect(seen, MANY, "calls of on_progress")
    for number = 1, MANY do expect(results[number], number * 2, "result " .. number) end
    client:close()
  end,
  check = function(report, most_connections)
    expect(report.complete, MANY, "requests")
    expect(#report.connections <= most_connections, true,
      ("at most %d connections, not %d"):format(most_connections, #report.connections))
  end,
}

M[9] = {
  name = "ends the calls in flight of a client that is closed",
  script = { { play = { { recv = "all" }, { hang = true } } } },
  run = function(new_client)
    local client = new_client { safe = true }
    local started, err = core.now(), nil
    client.gather {
      function()
        err = select(2, client.devices.get(DEVICE))
        return true
      end,
      function()
        client:sleep(0.2)
        client:close()
        return true
      end,
    }
    expect_within(core.now() - started, 0.19, 0.8, "closing after 0.2 s")
    expect(err.code, "cancelled", "the code")
    expect(err.outcome, "unknown", "the outcome")
    local _, closed = client.locks.unlock_door(DEVICE)
    expect(closed.code, "closed", "a call after close")
    expect(closed.outcome, "not_sent", "the outcome of a call after close")
  end,
  check = function(report) expect(report.by_path["GET /devices/get"], 1, "questions") end,
}

M[10] = {
  name = "says that a server is gone, and goes on with the next",
  script = {
    { match = { path = "/locks/list" }, play = { { recv = "all" }, { rst = true } } },
    { match = { path = "/devices/get" }, reply = { json = { device = { device_id = DEVICE } } } },
  },
  run = function(new_client)
    local client = new_client { safe = true, retries = 1 }
    local _, err = client.locks.list()
    expect(err.code, "closed", "the code")
    expect(err.attempts, 2, "attempts of a read")
    expect(client.devices.get(DEVICE).device_id, DEVICE, "the device")
    local away = new_client { safe = true, endpoint = "closed" }
    _, err = away.locks.unlock_door(DEVICE, { retries = 1 })
    expect(err.code, "connect", "the code without a server")
    expect(err.outcome, "not_sent", "the outcome without a server")
    expect(err.attempts, 2, "attempts of a write that was never sent")
    away:close()
    client:close()
  end,
}

M[11] = {
  name = "shares its connections with the other clients of its kind",
  script = { { match = { path = "/devices/get" }, reply = { json = { device = { device_id = DEVICE } } } } },
  run = function(new_client)
    local kept = new_client()
    expect(kept.devices.get(DEVICE).device_id, DEVICE, "the device")
    for _ = 1, 5 do
      local client = new_client()
      expect(client.devices.get(DEVICE).device_id, DEVICE, "the device")
      client:close()
    end
    expect(kept.devices.get(DEVICE).device_id, DEVICE, "the device")
    kept:close()
  end,
  check = function(report) expect(#report.connections, 1, "connections") end,
}

return M
