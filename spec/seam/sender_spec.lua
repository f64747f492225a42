-- SPDX-License-Identifier: MIT
-- One request over time: attempts by the law of retries, and one deadline over all of them.

local caught = require "support.caught"
local fake = require "support.fake_client"
local fake_transport = require "support.fake_transport"
local seam = require "seam"

local lost, ok, attempt, api_error = fake.lost, fake.ok, fake.attempt, fake.api_error
local DEVICE = ok '{"device":{"device_id":"d1"}}'
local HTML = { ["content-type"] = "text/html" }

local function read(client, options) return client.devices.get("d1", options) end
local function unlock(client, options) return client.locks.unlock_door("d1", options) end

-- outcome of an attempt; attempts of a read and of a write; name, code and outcome of a write's error
local LAW = {
  { "nothing sent: connection refused", lost("connect", false), 3, 3, "SeamHttpError", "connect", "not_sent" },
  { "nothing sent: no such name", lost("dns", false), 3, 3, "SeamHttpError", "dns", "not_sent" },
  { "nothing sent: connect time-out", lost("timeout", false), 3, 3, "SeamHttpError", "timeout", "not_sent" },
  { "nothing sent: handshake reset", lost("closed", false), 3, 3, "SeamHttpError", "closed", "not_sent" },
  { "certificate refused", lost("tls", false), 1, 1, "SeamHttpError", "tls", "not_sent" },
  { "TLS alert in the middle", lost("tls", true), 1, 1, "SeamHttpError", "tls", "unknown" },
  { "sent, connection closed", lost("closed", true), 3, 1, "SeamHttpError", "closed", "unknown" },
  { "sent, time-out", lost("timeout", true), 3, 1, "SeamHttpError", "timeout", "unknown" },
  { "sent, the transport does not say", lost("closed", nil), 3, 1, "SeamHttpError", "closed", "unknown" },
  { "answer too large", lost("too_large", true), 1, 1, "SeamHttpError", "too_large", "unknown" },
  { "answer not HTTP", lost("invalid_response", true), 1, 1, "SeamHttpError", "invalid_response", "unknown" },
  { "429", api_error(429, "rate_limited"), 3, 1, "SeamHttpApiError", "rate_limited", "rejected" },
  { "408", api_error(408, "slow"), 3, 1, "SeamHttpApiError", "slow", "rejected" },
  { "409", api_error(409, "conflict"), 1, 1, "SeamHttpApiError", "conflict", "rejected" },
  { "400", api_error(400, "invalid_input"), 1, 1, "SeamHttpInvalidInputError", "invalid_input", "rejected" },
  { "401", api_error(401, "x"), 1, 1, "SeamHttpUnauthorizedError", "x", "rejected" },
  { "404", api_error(404, "gone"), 1, 1, "SeamHttpApiError", "gone", "rejected" },
  { "500", api_error(500, "oh"), 3, 1, "SeamHttpApiError", "oh", "unknown" },
  { "502 in HTML", { status = 502, headers = HTML, body = "<html>" }, 3, 1, "SeamHttpError", "http", "unknown" },
  { "503, empty", { status = 503, body = "" }, 3, 1, "SeamHttpError", "http", "unknown" },
  { "504", api_error(504, "late"), 3, 1, "SeamHttpApiError", "late", "unknown" },
  { "302", { status = 302, body = "" }, 1, 1, "SeamHttpError", "redirect", "rejected" },
  { "200 in HTML", { status = 200, headers = HTML, body = "<html>" }, 1, 1,
    "SeamHttpError", "invalid_response", "unknown" },
  { "200, half a body", ok '{"action_at', 1, 1, "SeamHttpError", "invalid_response", "unknown" },
  { "200, empty", ok "", 1, 1, "SeamHttpError", "invalid_response", "unknown" },
}

describe("the law of retries", function()
  for _, case in ipairs(LAW) do
    it(("sends a read %d times after: %s"):format(case[3], case[1]), function()
      local client, transport = fake.new { case[2] }
      local err = caught("SeamError", read, client)
      assert.equal(case[3], #transport.requests)
      assert.equal(case[3], err.attempts)
      assert.equal(case[3] - 1, #transport.sleeps)
    end)

    it(("sends a write %d times after: %s, outcome %s"):format(case[4], case[1], case[7]), function()
      local client, transport = fake.new { case[2] }
      local err = caught("SeamError", unlock, client)
      assert.equal(case[4], #transport.requests)
      assert.same({ case[5], case[6], case[7], case[4], "POST", "/locks/unlock_door" },
        { err.name, err.code, err.outcome, err.attempts, err.method, err.path })
    end)
  end

  it("goes by what an endpoint does, not by its method: a DELETE and a PUT are writes", function()
    local client, transport = fake.new { lost("closed", true) }
    caught("SeamHttpError", client.access_codes.delete, "c1")
    caught("SeamHttpError", client.webhooks.update, { webhook_id = "w1", event_types = {} })
    assert.same({ "DELETE", "PUT" }, { transport.requests[1].method, transport.requests[2].method })
    assert.equal(2, #transport.requests)
  end)

  it("ends with the first answer that is one", function()
    local client, transport = fake.new { lost("closed", true), api_error(503), DEVICE }
    assert.equal("d1", read(client).device_id)
    assert.equal(3, #transport.requests)
  end)

  it("sends a write again after it provably never left, and once more only until it may have arrived", function()
    local client, transport = fake.new { lost("connect", false), lost("closed", true), attempt "success" }
    assert.equal("unknown", caught("SeamHttpError", unlock, client).outcome)
    assert.equal(2, #transport.requests)
  end)

  it("sends the same request each time", function()
    local client, transport = fake.new { api_error(503) }
    caught("SeamHttpApiError", read, client)
    assert.same(transport.requests[1].headers, transport.requests[3].headers)
    assert.equal(transport.requests[1].url, transport.requests[3].url)
  end)

  it("retries as often as the call says, or the client", function()
    for _, case in ipairs { { 0, nil, 1 }, { 5, nil, 6 }, { 5, 1, 2 }, { 0, 3, 4 }, { nil, 0, 1 } } do
      local client, transport = fake.new({ api_error(503) }, { retries = case[1] })
      caught("SeamHttpApiError", read, client, { retries = case[2] })
      assert.equal(case[3], #transport.requests)
    end
  end)

  it("spreads the waits between nothing and a growing ceiling", function()
    for _ = 1, 50 do
      local client, transport = fake.new { api_error(503) }
      caught("SeamHttpApiError", read, client)
      assert.is_true(transport.sleeps[1] >= 0 and transport.sleeps[1] < 0.2)
      assert.is_true(transport.sleeps[2] >= 0 and transport.sleeps[2] < 0.4)
    end
  end)

  it("stops retrying when the client's purse is empty, and not before", function()
    local client, transport = fake.new { api_error(503) }
    for _ = 1, 200 do caught("SeamHttpApiError", read, client) end
    assert.equal(200 + 100, #transport.requests)
  end)

  it("fills the purse slowly: five clean calls for one retry", function()
    local client, transport = fake.new { api_error(503) }
    local function count(use)
      local before = #transport.requests
      pcall(use, client)
      return #transport.requests - before
    end
    for _ = 1, 200 do count(read) end
    for _ = 1, 4 do
      transport.answers = { DEVICE }
      count(read)
      transport.answers = { api_error(503) }
      assert.equal(1, count(read))
    end
    transport.answers = { DEVICE }
    count(read)
    transport.answers = { api_error(503) }
    assert.equal(2, count(read))
  end)
end)

describe("Retry-After", function()
  it("is waited for", function()
    local client, transport = fake.new { api_error(429, "x", { ["retry-after"] = "7" }), DEVICE }
    read(client)
    assert.same({ 7 }, transport.sleeps)
  end)

  it("is never waited for past the deadline: the error comes at once, and tells", function()
    for _, header in ipairs { "30", "31", "1000000000000" } do
      local client, transport = fake.new { api_error(429, "x", { ["retry-after"] = header }), DEVICE }
      local err = caught("SeamHttpApiError", read, client)
      assert.equal(tonumber(header), err.retry_after)
      assert.equal(1, err.attempts)
      assert.same({}, transport.sleeps)
      assert.equal(0, transport.clock)
    end
  end)
end)

describe("the time-out", function()
  local function seconds_of(options, call_options, use)
    local client, transport = fake.new({ attempt "success" }, options)
    pcall(use or unlock, client, call_options)
    return transport.requests[1].seconds
  end

  it("is 30 seconds, 10 where a door moves", function()
    assert.equal(30, seconds_of(nil, nil, read))
    assert.equal(10, seconds_of())
    assert.equal(10, seconds_of(nil, nil, function(c) return c.locks.lock_door("d1") end))
  end)

  it("of the client counts, but never lets a door move later than 10 seconds", function()
    assert.equal(60, seconds_of({ timeout = 60 }, nil, read))
    assert.equal(10, seconds_of { timeout = 60 })
    assert.equal(3, seconds_of { timeout = 3 })
  end)

  it("of the call counts for all", function()
    assert.equal(2, seconds_of({ timeout = 60 }, { timeout = 2 }, read))
    assert.equal(15, seconds_of(nil, { timeout = 15 }))
  end)

  it("is one deadline over all attempts and waits", function()
    local slow = lost("closed", true, 4)
    local client, transport = fake.new({ slow }, { timeout = 10, retries = 10 })
    local err = caught("SeamHttpError", read, client)
    assert.equal(3, err.attempts)
    assert.is_true(transport.requests[3].seconds < 2.01)
    assert.is_true(transport.requests[2].seconds <= 6)
  end)

  it("is not overrun to send a door's command late", function()
    local client, transport = fake.new({ lost("connect", false, 9.9) }, { retries = 10 })
    caught("SeamHttpError", unlock, client)
    for _, request in ipairs(transport.requests) do assert.is_true(request.seconds <= 10) end
    assert.is_true(#transport.requests <= 2)
    assert.is_true(transport.clock - 9.9 < 10)
  end)
end)

describe("a closed client", function()
  it("raises a typed error and sends nothing", function()
    local client, transport = fake.new { DEVICE }
    client:close()
    local err = caught("SeamHttpError", read, client)
    assert.same({ "closed", "not_sent", 0 }, { err.code, err.outcome, err.attempts })
    err = caught("SeamHttpError", client.request, { path = "/devices/list" })
    assert.equal("closed", err.code)
    assert.equal(0, #transport.requests)
  end)

  it("is not used for another attempt when it was closed meanwhile", function()
    local transport = fake_transport.new { lost("connect", false) }
    local client = seam.new { api_key = fake.KEY, transport = transport }
    local perform = transport.perform
    function transport:perform(...)
      client:close()
      return perform(self, ...)
    end
    assert.equal(1, caught("SeamHttpError", read, client).attempts)
  end)
end)
