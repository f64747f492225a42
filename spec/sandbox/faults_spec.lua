-- SPDX-License-Identifier: MIT
local world_of = require "support.sandbox_world"

local BACK_DOOR = world_of.BACK_DOOR

local world, transport

local function send(path, timeout)
  return transport:perform({
    method = "POST", url = "https://sandbox.invalid" .. path, body = '{"device_id":"' .. BACK_DOOR .. '"}',
    headers = { Authorization = "Bearer seam_test1", ["Content-Type"] = "application/json" }, reads = false,
  }, timeout or 30)
end

local function is_locked()
  return world.sandbox:device("BACK DOOR").properties.locked
end

before_each(function()
  world = world_of.new()
  transport = world.sandbox:transport()
end)

describe("the transport into a sandbox", function()
  it("carries requests and answers as bytes", function()
    local response = send("/locks/get")
    assert.are.equal(200, response.status)
    assert.are.equal("string", type(response.body))
    assert.are.equal("application/json; charset=utf-8", response.headers["content-type"])
    response = transport:perform({
      method = "GET", url = "https://sandbox.invalid/devices/list?limit=1&_strict=true",
      headers = { authorization = "Bearer seam_test1" },
    }, 30)
    assert.truthy(response.body:find('"has_next_page":true', 1, true))
  end)

  it("lets time pass without waiting", function()
    local before, start = os.time(), transport:now()
    transport:sleep(3600)
    assert.are.equal(3600, transport:now() - start)
    assert.are.equal(world_of.START + 3600, world.sandbox:now())
    assert.is_true(os.time() - before < 10)
  end)

  it("does nothing after it was closed", function()
    transport:close()
    local response, failure = send("/locks/unlock_door")
    assert.is_nil(response)
    assert.are.same({ "closed", false }, { failure.code, failure.sent })
    assert.is_true(is_locked())
  end)
end)

describe("a fault of the wire", function()
  it("outage answers 503 without a body, and nothing takes effect", function()
    local fault = world.sandbox:fault{ kind = "outage" }
    local response = send("/locks/unlock_door")
    assert.are.same({ 503, "" }, { response.status, response.body })
    fault:clear()
    assert.is_true(is_locked())
    assert.are.equal(200, send("/locks/get").status)
  end)

  it("hits the given paths only, after so many requests, so many times", function()
    world.sandbox:fault{ kind = "outage", paths = { "/locks/get", "/locks/list" }, skip = 1, times = 2 }
    local seen = {}
    for place, path in ipairs({ "/devices/get", "/locks/get", "/locks/get", "/devices/get", "/locks/list",
      "/locks/get" }) do seen[place] = send(path).status end
    assert.are.same({ 200, 200, 503, 200, 503, 200 }, seen)
  end)

  it("lost_answer takes effect all the same", function()
    world.sandbox:fault{ kind = "lost_answer", path = "/locks/unlock_door", times = 1 }
    local response, failure = send("/locks/unlock_door")
    assert.is_nil(response)
    assert.are.same({ "closed", true }, { failure.code, failure.sent })
    assert.is_false(is_locked())
  end)

  it("lost_answer can look like a timeout, and takes as long", function()
    world.sandbox:fault{ kind = "lost_answer", code = "timeout" }
    local _, failure = send("/locks/unlock_door", 7)
    assert.are.same({ "timeout", true }, { failure.code, failure.sent })
    assert.are.equal(world_of.START + 7, world.sandbox:now())
  end)

  it("refused does not take effect", function()
    world.sandbox:fault{ kind = "refused", times = 1 }
    local _, failure = send("/locks/unlock_door")
    assert.are.same({ "connect", false }, { failure.code, failure.sent })
    assert.is_true(is_locked())
  end)

  it("delayed_answer takes its time, or the caller's patience", function()
    local fault = world.sandbox:fault{ kind = "delayed_answer", seconds = 4 }
    assert.are.equal(200, send("/locks/get", 10).status)
    assert.are.equal(world_of.START + 4, world.sandbox:now())
    local _, failure = send("/locks/unlock_door", 3)
    assert.are.same({ "timeout", true }, { failure.code, failure.sent })
    assert.are.equal(world_of.START + 7, world.sandbox:now())
    fault:clear()
    assert.is_false(is_locked())
  end)

  for kind, wanted in pairs({
    html = { 200, "text/html; charset=utf-8" }, expired_key = { 401, "application/json" },
    rate_limit = { 429, "application/json" }, status = { 500, nil },
  }) do
    it(kind .. " answers " .. wanted[1] .. " instead", function()
      world.sandbox:fault{ kind = kind }
      local response = send("/locks/unlock_door")
      assert.are.equal(wanted[1], response.status)
      assert.are.equal(wanted[2], response.headers["content-type"])
      world.sandbox:clear_faults()
      assert.is_true(is_locked())
    end)
  end

  it("rate_limit says how long where it is told", function()
    world.sandbox:fault{ kind = "rate_limit", seconds = 7, times = 1 }
    assert.are.equal("7", send("/locks/get").headers["retry-after"])
    world.sandbox:fault{ kind = "rate_limit", times = 1 }
    assert.is_nil(send("/locks/get").headers["retry-after"])
  end)

  it("broken_json cuts the answer in two", function()
    world.sandbox:fault{ kind = "broken_json", times = 1 }
    local broken, whole = send("/locks/get"), send("/locks/get")
    assert.are.equal(200, broken.status)
    assert.are.equal(math.floor(#whole.body / 2), #broken.body)
  end)

  it("can be told to let the request take effect", function()
    world.sandbox:fault{ kind = "html", carried_out = true, status = 502, times = 1 }
    assert.are.equal(502, send("/locks/unlock_door").status)
    assert.is_false(is_locked())
  end)

  it("can all be ended at once", function()
    world.sandbox:fault{ kind = "outage" }
    world.sandbox:fault{ kind = "device_offline", device = "BACK DOOR" }
    world.sandbox:clear_faults()
    assert.are.equal(200, send("/locks/get").status)
    assert.is_true(world.sandbox:device("BACK DOOR").properties.online)
  end)

  it("that does not exist is refused with the nearest name", function()
    assert.has_error(function() world.sandbox:fault{ kind = "outrage" } end)
    local _, message = pcall(world.sandbox.fault, world.sandbox, { kind = "outrage" })
    assert.truthy(message:find("did you mean 'outage'", 1, true), message)
    assert.has_error(function() world.sandbox:fault{ kind = "device_offline" } end)
  end)
end)

describe("a client of a sandbox", function()
  it("waits for a slow lock in no time", function()
    world.sandbox:fault{ kind = "slow_action", device = "BACK DOOR", seconds = 6 }
    local client = world.sandbox:client()
    local before = os.time()
    assert.are.equal("success", client.locks.unlock_door(BACK_DOOR).status)
    assert.is_true(os.time() - before < 3)
    assert.is_true(world.sandbox:now() - world_of.START >= 6)
  end)

  it("retries a read through an outage, and never repeats a write whose answer was lost", function()
    local client = world.sandbox:client()
    world.sandbox:fault{ kind = "outage", times = 2 }
    assert.are.equal(3, #client.devices.list())
    world.sandbox:fault{ kind = "lost_answer", path = "/locks/unlock_door", times = 1 }
    local ok, err = pcall(client.locks.unlock_door, BACK_DOOR)
    assert.is_false(ok)
    assert.are.equal("unknown", err.outcome)
    assert.are.equal(1, #world.sandbox:events("lock.unlocked"))
  end)

  it("may be the kind that returns errors", function()
    local client = require("seam.safe").new(world.sandbox:client_options())
    world.sandbox:fault{ kind = "expired_key" }
    local list, err = client.locks.list()
    assert.is_nil(list)
    assert.are.equal("SeamHttpUnauthorizedError", err.name)
  end)
end)
