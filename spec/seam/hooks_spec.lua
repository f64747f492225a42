-- SPDX-License-Identifier: MIT
-- Hooks: what a client tells its owner while a call runs, and what it never tells.

local caught = require "support.caught"
local fake = require "support.fake_client"

local LOCKS = fake.ok('{"devices":[]}', 200, { ["seam-request-id"] = "req-1" })
local REFUSED = fake.lost("connect", false, 0.5)

--- A client whose hooks write everything down, in order.
local function recorded(answers, options)
  local log = {}
  local all = {}
  for _, name in ipairs { "on_request", "on_response", "on_retry" } do
    all[name] = function(report) log[#log + 1] = { name = name, report = report } end
  end
  for name, value in pairs(options or {}) do all[name] = value end
  local client, transport = fake.new(answers, all)
  return client, log, transport
end

local function names_of(log)
  local names = {}
  for i, entry in ipairs(log) do names[i] = entry.name end
  return names
end

--- Every text in a table, keys and values, at any depth.
local function texts_in(value, out)
  out = out or {}
  if type(value) == "table" then
    for key, inner in pairs(value) do
      texts_in(key, out)
      texts_in(inner, out)
    end
  else
    out[#out + 1] = tostring(value)
  end
  return table.concat(out, "\n")
end

describe("Hooks", function()
  it("report each attempt and each pause, in order", function()
    local client, log = recorded { REFUSED, LOCKS }
    client.locks.list()
    assert.same({ "on_request", "on_response", "on_retry", "on_request", "on_response" }, names_of(log))
    assert.equal(1, log[1].report.attempt)
    assert.equal(2, log[4].report.attempt)
  end)

  it("say what was asked", function()
    local client, log = recorded { LOCKS }
    client.locks.list { customer_key = "c 1" }
    local report = log[1].report
    assert.equal("GET", report.method)
    assert.equal("/locks/list", report.path)
    assert.equal("https://x.example/locks/list?customer_key=c+1&_strict=true", report.url)
    assert.equal("Bearer [secret]", report.headers.authorization)
    assert.is_nil(report.body)
  end)

  it("say what was answered", function()
    local client, log = recorded { LOCKS }
    client.locks.list()
    local report = log[2].report
    assert.equal(200, report.status)
    assert.equal("req-1", report.request_id)
    assert.equal(0, report.duration)
    assert.is_nil(report.error)
  end)

  it("say why an attempt failed, how long it took and how long the pause will be", function()
    local client, log = recorded { REFUSED, LOCKS }
    client.locks.list()
    assert.equal("connect", log[2].report.error.code)
    assert.equal(0.5, log[2].report.duration)
    assert.equal("connect", log[3].report.error.code)
    assert.equal(1, log[3].report.attempt)
    local delay = log[3].report.delay
    assert.is_true(delay >= 0 and delay <= 0.2, "a delay of 0 to 0.2 s was expected, got " .. delay)
  end)

  it("never see the key, whatever the server echoes, nor a PIN", function()
    local echo = fake.ok('{"error":{"type":"x","message":"you are ' .. fake.KEY .. '"}}', 400)
    local client, log = recorded { echo }
    caught("SeamHttpApiError", client.access_codes.get, { device_id = "d1", code = "4711" })
    caught("SeamHttpApiError", client.access_codes.create, { device_id = "d1", code = "4711" })
    assert.is_true(#log >= 4)
    local all = texts_in(log)
    assert.is_nil(all:find(fake.KEY, 1, true), "the key must not be told: " .. all)
    assert.is_nil(all:find("4711", 1, true), "the PIN must not be told: " .. all)
  end)

  it("break nothing when they fail", function()
    local function broken() error("the log is full") end
    local client = fake.new({ REFUSED, LOCKS }, { on_request = broken, on_response = broken, on_retry = broken })
    assert.same({}, (client.locks.list()))
  end)

  it("change nothing of a request by changing their table", function()
    local client, transport = fake.new({ LOCKS }, {
      on_request = function(report)
        report.headers.authorization = "Bearer stolen"
        report.url = "https://elsewhere.example"
      end,
    })
    client.locks.list()
    assert.equal("Bearer " .. fake.KEY, transport.requests[1].headers.authorization)
    assert.equal("https://x.example/locks/list", transport.requests[1].url)
  end)

  it("cannot have a write sent again by changing the error they are shown", function()
    local client, transport = fake.new({ fake.api_error(503) }, {
      on_response = function(report) report.error.outcome, report.error.code = "not_sent", "connect" end,
    })
    local err = caught("SeamHttpApiError", client.locks.unlock_door, "d1")
    assert.equal(1, #transport.requests)
    assert.equal("unknown", err.outcome)
  end)

  it("may close the client: nothing is sent after that", function()
    local client, transport
    client, transport = fake.new({ REFUSED, LOCKS }, { on_response = function() client:close() end })
    caught("SeamHttpError", client.locks.list)
    assert.equal(1, #transport.requests)
  end)

  it("must be functions", function()
    local err = caught("SeamInvalidOptionsError", fake.new, {}, { on_retry = "print" })
    assert.matches("on_retry", err.message)
  end)
end)

describe("A write that meets a rate limit", function()
  local LIMITED = fake.api_error(429, "rate_limited", { ["retry-after"] = "3" })
  local DONE = fake.attempt("success")

  it("is not sent again by itself, and says how long to wait", function()
    local client, transport = fake.new { LIMITED, DONE }
    local err = caught("SeamHttpApiError", client.locks.unlock_door, "d1")
    assert.equal(1, #transport.requests)
    assert.equal("rejected", err.outcome)
    assert.equal(3, err.retry_after)
  end)

  it("is sent again after the wait where the caller asked for that", function()
    for _, place in ipairs { "client", "call" } do
      local on = { retry_rate_limited_writes = true }
      local client, transport = fake.new({ LIMITED, DONE }, place == "client" and on or nil)
      assert.equal("success", client.locks.unlock_door("d1", place == "call" and on or nil).status)
      assert.equal(2, #transport.requests)
      assert.is_true(transport.sleeps[1] >= 3, "the server's 3 s were expected, it slept " .. transport.sleeps[1])
    end
  end)

  it("is not sent again when the wait would outlast the deadline", function()
    local late = fake.api_error(429, "rate_limited", { ["retry-after"] = "11" })
    local client, transport = fake.new({ late, DONE }, { retry_rate_limited_writes = true })
    caught("SeamHttpApiError", client.locks.unlock_door, "d1")
    assert.equal(1, #transport.requests)
    assert.equal(0, transport.clock)
  end)

  it("opens nothing else to a second sending", function()
    for _, answer in ipairs { fake.api_error(500), fake.api_error(408), fake.lost("closed", true) } do
      local client, transport = fake.new({ answer, DONE }, { retry_rate_limited_writes = true })
      pcall(client.locks.unlock_door, "d1")
      assert.equal(1, #transport.requests, "a write that may have arrived must not go again")
    end
  end)
end)
