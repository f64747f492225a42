-- SPDX-License-Identifier: MIT
-- Requests by path, for what has no row yet.

local caught = require "support.caught"
local fake = require "support.fake_client"

local THING = fake.ok('{"thing":{"a":1},"ok":true}', 200, { ["seam-request-id"] = "r1" })

local function requested(given, answers)
  local client, transport = fake.new(answers or { THING })
  local body, meta = client.request(given)
  return transport.requests[1], body, meta
end

describe("client.request", function()
  it("gives the body, then status, request id and headers", function()
    local _, body, meta = requested { path = "/new/thing" }
    assert.same({ thing = { a = 1 }, ok = true }, body)
    assert.same({ 200, "r1", "r1" }, { meta.status, meta.request_id, meta.headers["seam-request-id"] })
  end)

  it("posts to paths it does not know", function()
    local request = requested { path = "/new/thing", params = { a = 1, b = { "x" } } }
    assert.equal("POST", request.method)
    assert.equal("https://x.example/new/thing", request.url)
    assert.matches('"a":1', request.body, 1, true)
    assert.matches('"b":["x"]', request.body, 1, true)
  end)

  it("uses the documented method of paths it knows", function()
    local request = requested { path = "/devices/list", params = { limit = 2 } }
    assert.same({ "GET", "https://x.example/devices/list?limit=2&_strict=true" }, { request.method, request.url })
  end)

  it("uses the caller's method over both", function()
    local request = requested { path = "/devices/list", method = "POST", params = { limit = 2 } }
    assert.same({ "POST", '{"limit":2}' }, { request.method, request.body })
    assert.equal("DELETE", (requested { path = "/new/thing", method = "DELETE" }).method)
  end)

  it("takes headers and a time-out", function()
    local request = requested { path = "/new/thing", headers = { ["x-a"] = "1" }, timeout = 3 }
    assert.same({ "1", 3 }, { request.headers["x-a"], request.seconds })
  end)

  it("does not wait for an action attempt", function()
    local _, body = requested({ path = "/locks/unlock_door", params = { device_id = "d1" } },
      { fake.attempt "pending" })
    assert.equal("pending", body.action_attempt.status)
  end)

  it("raises the API's errors", function()
    local client = fake.new { fake.api_error(400, "invalid_input") }
    local err = caught("SeamHttpInvalidInputError", client.request, { path = "/new/thing" })
    assert.same({ "POST", "/new/thing", "rejected" }, { err.method, err.path, err.outcome })
  end)

  it("takes a colon", function()
    local client = fake.new { THING }
    assert.is_true(client:request({ path = "/new/thing" }).ok)
  end)

  local ATTEMPTS = {
    { "an unknown path once, whatever its method", { path = "/new/thing", method = "GET" }, 1 },
    { "an unknown path again when the caller says it only reads", { path = "/new/thing", reads = true }, 3 },
    { "a known reading path again", { path = "/devices/list" }, 3 },
    { "a known reading path again, posted", { path = "/devices/list", method = "POST" }, 3 },
    { "a known writing path once, whatever the caller says",
      { path = "/locks/unlock_door", params = { device_id = "d1" }, reads = true }, 1 },
    { "a known writing path once, also as a GET",
      { path = "/locks/unlock_door", method = "GET", params = { device_id = "d1" } }, 1 },
  }
  for _, case in ipairs(ATTEMPTS) do
    it("sends " .. case[1], function()
      local client, transport = fake.new { fake.lost("closed", true) }
      caught("SeamHttpError", client.request, case[2])
      assert.equal(case[3], #transport.requests)
    end)
  end

  it("lets no door move later than others do", function()
    assert.equal(10, (requested { path = "/locks/unlock_door", params = { device_id = "d1" } }).seconds)
    assert.equal(30, (requested { path = "/new/thing" }).seconds)
  end)

  local REFUSED = {
    { "no table", "/devices/list", "?" }, { "nothing", nil, "?" }, { "no path", {}, "nil" },
    { "a path without slash", { path = "devices/list" } }, { "a whole URL", { path = "https://evil.example/x" } },
    { "two slashes, which name another host", { path = "//evil.example/x" } },
    { "a query in the path", { path = "/devices/list?x=1" } }, { "a fragment", { path = "/devices/list#x" } },
    { "a line break", { path = "/devices/list\r\nx: y" } }, { "a blank", { path = "/devices list" } },
    { "a percent sign", { path = "/devices/%2e%2e/x" } }, { "an at sign", { path = "/@evil.example" } },
    { "a backslash", { path = "/\\evil.example" } }, { "a NUL", { path = "/devices\0" } },
    { "dots that climb", { path = "/devices/../locks/unlock_door" } },
    { "dots that stay", { path = "/locks/./unlock_door" } },
    { "a doubled slash", { path = "/locks//unlock_door" } },
    { "a slash at the end", { path = "/locks/unlock_door/" } },
    { "a path that is a number", { path = 5 } },
    { "a strange method", { path = "/x", method = "TRACE" } }, { "a method in small letters", { path = "/x",
      method = "get" } },
    { "a method that is none", { path = "/x", method = true } },
    { "parameters that are a text", { path = "/x", params = "d1" } },
    { "a misspelt field", { path = "/x", parms = {} } },
    { "an option that is not for it", { path = "/x", wait_for_action_attempt = true } },
  }
  for _, case in ipairs(REFUSED) do
    it("refuses " .. case[1] .. ", and sends nothing", function()
      local client, transport = fake.new { THING }
      local err = caught("SeamInvalidParamsError", client.request, case[2])
      assert.equal("not_sent", err.outcome)
      assert.equal(0, #transport.requests)
    end)
  end

  it("knows a door by its path in capitals too", function()
    local client, transport = fake.new { { failure = { code = "closed", message = "gone", sent = true } } }
    caught("SeamHttpError", client.request, { path = "/Locks/Unlock_Door", method = "POST", reads = true })
    assert.equal(1, #transport.requests, "a door must not be asked twice")
    assert.equal(10, transport.requests[1].seconds)
  end)

  it("names the nearest field", function()
    local client = fake.new {}
    assert.equal("request has no field 'parms'; did you mean 'params'?",
      caught("SeamInvalidParamsError", client.request, { path = "/x", parms = {} }).message)
  end)

  it("checks options like a call's", function()
    local client = fake.new {}
    caught("SeamInvalidOptionsError", client.request, { path = "/x", timeout = -1 })
    caught("SeamInvalidOptionsError", client.request, { path = "/x", headers = { authorization = "x" } })
  end)

  it("refuses values that cannot be sent, by name", function()
    local client, transport = fake.new {}
    local err = caught("SeamInvalidParamsError", client.request, { path = "/x", params = { a = { b = print } } })
    assert.equal("a.b", err.param)
    err = caught("SeamInvalidParamsError", client.request, { path = "/x", method = "GET", params = { a = 0 / 0 } })
    assert.equal("a", err.param)
    assert.equal(0, #transport.requests)
  end)
end)
