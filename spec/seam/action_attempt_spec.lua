-- SPDX-License-Identifier: MIT
-- Waiting for action attempts: when it asks, how long, and what it makes of what it hears.

local caught = require "support.caught"
local fake = require "support.fake_client"
local fake_transport = require "support.fake_transport"

local lost, ok, attempt, api_error = fake.lost, fake.ok, fake.attempt, fake.api_error
local PENDING, SUCCESS = attempt "pending", attempt "success"

-- Answers of a lock that ends after some seconds of the transport's own clock.
local function lock_that_takes(seconds, status)
  local transport = fake_transport.new { PENDING }
  local perform = transport.perform
  function transport:perform(...)
    self.answers = { self.clock >= seconds - 1e-9 and attempt(status or "success") or PENDING }
    return perform(self, ...)
  end
  return fake.new({}, { transport = transport }), transport
end

local function near(expected, actual, what)
  assert.is_true(math.abs(expected - actual) < 1e-6, ("expected %s of %g s, got %g"):format(what, expected, actual))
end

local function unlock(client, wait)
  return client.locks.unlock_door("d1", { wait_for_action_attempt = wait })
end

describe("an action attempt without an id", function()
  it("is an invalid response to the request that was accepted, outcome unknown", function()
    local client, transport = fake.new { fake.ok '{"action_attempt":{"status":"pending"}}' }
    local err = caught("SeamHttpError", client.locks.unlock_door, "d1")
    assert.equal("invalid_response", err.code)
    assert.equal("unknown", err.outcome)
    assert.equal("/locks/unlock_door", err.path)
    assert.equal(1, #transport.requests)
  end)
end)

describe("the pauses between questions", function()
  it("count from question to question, the first from the request: slow answers delay nothing", function()
    local function slow(status)
      local answer = fake.attempt(status)
      answer.takes = 0.05
      return answer
    end
    local client, transport = fake.new { slow "pending", slow "pending", slow "pending", slow "success" }
    client.locks.unlock_door "d1"
    -- Asked at 0.1, 0.23 and 0.399 after the request was sent; the last answer took 0.05.
    assert.is_true(math.abs(transport.clock - 0.449) < 1e-9, "0.449 s were expected, it took " .. transport.clock)
  end)
end)

describe("waiting for an action attempt", function()
  it("asks nothing when the first answer says how it ended", function()
    local client, transport = fake.new { SUCCESS }
    assert.equal("success", unlock(client).status)
    assert.equal(1, #transport.requests)
  end)

  it("sends the command once, and then asks for the attempt with reads", function()
    local client, transport = fake.new { PENDING, PENDING, SUCCESS }
    assert.equal("success", unlock(client).status)
    assert.equal(3, #transport.requests)
    assert.equal("POST", transport.requests[1].method)
    for i = 2, 3 do
      assert.equal("GET", transport.requests[i].method)
      assert.equal("https://x.example/action_attempts/get?action_attempt_id=a1&_strict=true", transport.requests[i].url)
    end
  end)

  it("asks first after 0.1 s, then after waits 1.3 times longer, never longer than the interval", function()
    local client, transport = lock_that_takes(9)
    unlock(client)
    local expected = 0.1
    for i, slept in ipairs(transport.sleeps) do
      near(expected, slept, "wait " .. i)
      expected = math.min(expected * 1.3, 1)
    end
    near(1, transport.sleeps[#transport.sleeps], "the last wait")
  end)

  it("keeps to an interval shorter than 0.1 s from the first question on", function()
    local client, transport = lock_that_takes(0.2)
    unlock(client, { polling_interval = 0.05 })
    for i, slept in ipairs(transport.sleeps) do near(0.05, slept, "wait " .. i) end
  end)

  it("reports a door that takes 300 ms open within 400", function()
    local client, transport = lock_that_takes(0.3)
    unlock(client)
    assert.is_true(transport.clock <= 0.4, "it took " .. transport.clock)
  end)

  it("gives the attempt as it is when told not to wait", function()
    local client, transport = fake.new { PENDING }
    assert.equal("pending", unlock(client, false).status)
    assert.equal(1, #transport.requests)
  end)

  it("goes by the client's setting, and a call's over it", function()
    local client, transport = fake.new({ PENDING }, { wait_for_action_attempt = false })
    assert.equal("pending", client.locks.unlock_door("d1").status)
    assert.equal(1, #transport.requests)
    client, transport = fake.new({ PENDING, SUCCESS }, { wait_for_action_attempt = false })
    assert.equal("success", unlock(client, true).status)
    assert.equal(2, #transport.requests)
    client, transport = fake.new({ PENDING }, { wait_for_action_attempt = { timeout = 3, polling_interval = 0.5 } })
    caught("SeamActionAttemptTimeoutError", client.locks.unlock_door, "d1",
      { wait_for_action_attempt = { timeout = 2 } })
    near(2, transport.clock, "a wait")
    for _, slept in ipairs(transport.sleeps) do assert.is_true(slept <= 0.5) end
  end)

  it("refuses a bad setting before anything is sent", function()
    local client, transport = fake.new { SUCCESS }
    caught("SeamInvalidOptionsError", unlock, client, { polling_interval = 0 })
    caught("SeamInvalidOptionsError", unlock, client, { timeout = -1 })
    assert.equal(0, #transport.requests)
  end)

  it("waits for a known id as well", function()
    local client, transport = fake.new { PENDING, SUCCESS }
    assert.equal("success", client.action_attempts.get("a1").status)
    assert.equal(2, #transport.requests)
  end)

  it("does not wait for a list of attempts", function()
    local client, transport = fake.new { ok '{"action_attempts":[{"action_attempt_id":"a1","status":"pending"}]}' }
    assert.equal("pending", client.action_attempts.list()[1].status)
    assert.equal(1, #transport.requests)
  end)
end)

describe("the deadline of a wait", function()
  it("ends it with the last attempt seen", function()
    local client, transport = fake.new { PENDING }
    local err = caught("SeamActionAttemptTimeoutError", unlock, client)
    near(10, transport.clock, "a wait")
    assert.equal("Timed out waiting for action attempt after 10s", err.message)
    assert.same({ "unknown", "POST", "/locks/unlock_door" }, { err.outcome, err.method, err.path })
    assert.equal("pending", err.action_attempt.status)
    assert.is_true(err:is "SeamActionAttemptError")
  end)

  it("is the caller's", function()
    local client, transport = fake.new { PENDING }
    local err = caught("SeamActionAttemptTimeoutError", unlock, client, { timeout = 2.5 })
    near(2.5, transport.clock, "a wait")
    assert.equal("Timed out waiting for action attempt after 2.5s", err.message)
  end)

  it("leaves time for one question even when there is none", function()
    local client, transport = fake.new { PENDING, SUCCESS }
    assert.equal("success", unlock(client, { timeout = 0 }).status)
    assert.equal(2, #transport.requests)
    client, transport = fake.new { PENDING }
    caught("SeamActionAttemptTimeoutError", unlock, client, { timeout = 0 })
    assert.equal(2, #transport.requests)
    assert.equal(0, transport.clock)
  end)

  it("shortens the last wait", function()
    local client, transport = fake.new { PENDING }
    caught("SeamActionAttemptTimeoutError", unlock, client, { timeout = 0.15 })
    near(0.1, transport.sleeps[1], "the first wait")
    near(0.05, transport.sleeps[2], "the last wait")
  end)

  it("counts the time that questions take", function()
    local slow = attempt "pending"
    slow.takes = 3
    local client, transport = fake.new { PENDING, slow }
    caught("SeamActionAttemptTimeoutError", unlock, client)
    assert.is_true(#transport.requests <= 5)
    for i = 2, #transport.requests do
      assert.is_true(transport.requests[i].seconds <= 10, "a question may take " .. transport.requests[i].seconds)
    end
    assert.is_true(transport.requests[#transport.requests].seconds < 4)
  end)

  it("lets no question take longer than the client's calls may", function()
    local client, transport = fake.new({ PENDING, SUCCESS }, { timeout = 5 })
    unlock(client, { timeout = 600 })
    assert.equal(5, transport.requests[2].seconds)
  end)

  it("starts when the command was accepted", function()
    local slow = attempt "pending"
    slow.takes = 8
    local client, transport = fake.new { slow, PENDING }
    caught("SeamActionAttemptTimeoutError", unlock, client)
    near(18, transport.clock, "command and wait")
  end)
end)

describe("what waiting makes of an answer", function()
  it("raises a failed attempt with the lock's words", function()
    local failed = attempt("error", ',"error":{"type":"device_offline","message":"The bridge is gone"}')
    local client = fake.new { PENDING, failed }
    local err = caught("SeamActionAttemptFailedError", unlock, client)
    assert.same({ "The bridge is gone", "device_offline", "rejected", "POST", "/locks/unlock_door" },
      { err.message, err.code, err.outcome, err.method, err.path })
    assert.equal("error", err.action_attempt.status)
    assert.is_true(err:is "SeamActionAttemptError")
  end)

  it("has words of its own for a failure without any, or with strange ones", function()
    for _, extra in ipairs { "", ',"error":null', ',"error":"x"', ',"error":{}', ',"error":{"type":5,"message":[]}' } do
      local client = fake.new { attempt("error", extra) }
      local err = caught("SeamActionAttemptFailedError", unlock, client)
      assert.same({ "Action attempt failed", "unknown_error" }, { err.message, err.code })
    end
  end)

  it("never takes an unknown status for success", function()
    for _, status in ipairs { "queued", "SUCCESS", "" } do
      local client = fake.new { attempt(status) }
      local err = caught("SeamActionAttemptTimeoutError", unlock, client)
      assert.equal(status, err.action_attempt.status)
    end
    local client = fake.new { ok '{"action_attempt":{"action_attempt_id":"a1"}}' }
    caught("SeamActionAttemptTimeoutError", unlock, client)
  end)

  local TOLERATED = {
    { "a lost answer", lost("closed", true) }, { "a refused connection", lost("connect", false) },
    { "a time-out", lost("timeout", true) }, { "a 503", api_error(503) }, { "a 429", api_error(429) },
  }
  for _, case in ipairs(TOLERATED) do
    it(("asks on after %s, and never sends the command again"):format(case[1]), function()
      local answers = { PENDING }
      for _ = 1, 8 do answers[#answers + 1] = case[2] end
      answers[#answers + 1] = SUCCESS
      local client, transport = fake.new(answers)
      assert.equal("success", unlock(client).status)
      for i = 2, #transport.requests do assert.equal("GET", transport.requests[i].method) end
    end)
  end

  it("ends with the network's error when no question was answered to the end", function()
    local client = fake.new { PENDING, lost("connect", false) }
    local err = caught("SeamHttpError", unlock, client)
    assert.same({ "connect", "unknown" }, { err.code, err.outcome })
    assert.equal("pending", err.action_attempt.status)
  end)

  it("ends as a time-out when the questions timed out", function()
    local client = fake.new { PENDING, lost("timeout", true, 1) }
    caught("SeamActionAttemptTimeoutError", unlock, client)
  end)

  it("ends at once with an answer that asking again would not change, outcome unknown", function()
    for _, answer in ipairs { api_error(404), api_error(401), lost("tls", true), ok "{}" } do
      local client, transport = fake.new { PENDING, answer }
      local err = caught("SeamError", unlock, client)
      assert.equal(2, #transport.requests)
      assert.equal("unknown", err.outcome)
      assert.equal("pending", err.action_attempt.status)
    end
  end)

  it("waits as long as the server asks between questions, within the deadline", function()
    local client, transport = fake.new({ PENDING, api_error(429, "x", { ["retry-after"] = "2" }), SUCCESS },
      { retries = 0 })
    unlock(client)
    near(2.1, transport.clock, "a wait")
  end)

  it("ends at once when the client is closed meanwhile", function()
    local transport = fake_transport.new { PENDING }
    local client = fake.new({}, { transport = transport })
    local sleep = transport.sleep
    function transport:sleep(seconds)
      client:close()
      return sleep(self, seconds)
    end
    local err = caught("SeamHttpError", unlock, client)
    assert.same({ "closed", "unknown" }, { err.code, err.outcome })
    assert.equal(1, #transport.requests)
    assert.is_true(transport.clock <= 0.1, "it went on for " .. transport.clock)
  end)

  it("ends at once when the attempt has no id to ask for", function()
    local client, transport = fake.new { ok '{"action_attempt":{"status":"pending"}}' }
    local err = caught("SeamError", unlock, client)
    assert.equal("unknown", err.outcome)
    assert.equal(1, #transport.requests)
    assert.is_true(transport.clock <= 0.1)
  end)

  it("masks the secret in the lock's words", function()
    local client = fake.new { attempt("error", (',"error":{"type":"x","message":"bad %s"}'):format(fake.KEY)) }
    local err = caught("SeamActionAttemptFailedError", unlock, client)
    assert.equal("bad [secret]", err.message)
  end)
end)
