-- SPDX-License-Identifier: MIT
-- The law of retries: what may be sent again, when, and how often.

local errors = require "seam.errors"
local retry = require "seam.retry"

local function lost(code, outcome)
  return errors.new("SeamHttpError", "x", { code = code, outcome = outcome })
end

local function answered(status, code)
  return errors.new("SeamHttpApiError", "x", {
    code = code or "http", status_code = status, outcome = status < 500 and "rejected" or "unknown",
  })
end

-- what happened, may a read go again, may a write
local LAW = {
  { "a refused connection", lost("connect", "not_sent"), true, true },
  { "a name that does not resolve", lost("dns", "not_sent"), true, true },
  { "a time-out before anything was sent", lost("timeout", "not_sent"), true, true },
  { "a connection closed before anything was sent", lost("closed", "not_sent"), true, true },
  { "a refused certificate", lost("tls", "not_sent"), false, false },
  { "a TLS failure in the middle", lost("tls", "unknown"), false, false },
  { "a request that cannot be sent", lost("invalid_request", "not_sent"), false, false },
  { "memory that ran out", lost("memory", "not_sent"), false, false },
  { "a cancelled request", lost("cancelled", "not_sent"), false, false },
  { "a connection closed after the request", lost("closed", "unknown"), true, false },
  { "a time-out after the request", lost("timeout", "unknown"), true, false },
  { "a connection lost in the middle", lost("connect", "unknown"), true, false },
  { "an answer too large", lost("too_large", "unknown"), false, false },
  { "an unreadable answer", lost("invalid_response", "unknown"), false, false },
  { "an unreadable answer with status 200",
    errors.new("SeamHttpError", "x", { code = "invalid_response", status_code = 200, outcome = "unknown" }), false,
      false },
  { "a redirect",
    errors.new("SeamHttpError", "x", { code = "redirect", status_code = 302, outcome = "rejected" }), false, false },
  { "status 400", answered(400), false, false },
  { "status 401", answered(401), false, false },
  { "status 404", answered(404), false, false },
  { "status 408", answered(408), true, false },
  { "status 409", answered(409), false, false },
  { "status 422", answered(422), false, false },
  { "status 429", answered(429), true, false },
  { "status 500", answered(500), true, false },
  { "status 502", answered(502), true, false },
  { "status 503", answered(503), true, false },
  { "status 504", answered(504), true, false },
  { "an API error with a transport's name", answered(503, "tls"), true, false },
}

describe("seam.retry.may_repeat", function()
  local function verdict(may) return may and "may be sent again" or "is never sent again" end

  for _, case in ipairs(LAW) do
    it(("holds: after %s a read %s"):format(case[1], verdict(case[3])), function()
      assert.equal(case[3], retry.may_repeat(true, case[2]))
    end)
    it(("holds: after %s a write %s"):format(case[1], verdict(case[4])), function()
      assert.equal(case[4], retry.may_repeat(false, case[2]))
      assert.equal(case[4], retry.may_repeat(nil, case[2]))
    end)
  end

  it("holds: after a code nobody has heard of nothing is sent again unless it never left", function()
    assert.is_false(retry.may_repeat(true, lost("strange", "unknown")))
    assert.is_false(retry.may_repeat(false, lost("strange", "unknown")))
    assert.is_true(retry.may_repeat(false, lost("strange", "not_sent")))
  end)

  it("holds: what was wrong before it could be sent stays wrong", function()
    assert.is_false(retry.may_repeat(true, errors.invalid_params("/locks/get", "x")))
  end)
end)

describe("seam.retry.delay", function()
  it("spreads over the whole interval from nothing to the ceiling", function()
    assert.equal(0, retry.delay(1, nil, 0))
    assert.equal(0.1, retry.delay(1, nil, 0.5))
    assert.is_true(retry.delay(1, nil, 0.999) < 0.2)
  end)

  it("doubles its ceiling with every attempt, up to five seconds", function()
    local ceilings = {}
    for attempt = 1, 8 do ceilings[attempt] = retry.delay(attempt, nil, 1) end
    assert.same({ 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5, 5 }, ceilings)
  end)

  it("is never shorter than the server asked for", function()
    assert.equal(7, retry.delay(1, 7, 0.5))
    assert.equal(0.2, retry.delay(2, 0.1, 0.5))
    assert.equal(0.1, retry.delay(1, 0, 0.5))
  end)
end)

describe("seam.retry.budget", function()
  local function spend(budget)
    local count = 0
    while budget:take() do count = count + 1 end
    return count
  end

  it("pays for a hundred retries in a row and then for none", function()
    assert.equal(100, spend(retry.budget()))
  end)

  it("earns a retry back with five clean calls", function()
    local budget = retry.budget()
    spend(budget)
    for _ = 1, 4 do budget:refund(false) end
    assert.is_false(budget:take())
    budget:refund(false)
    assert.is_true(budget:take())
    assert.is_false(budget:take())
  end)

  it("gets back what a retry cost when it helped", function()
    local budget = retry.budget()
    spend(budget)
    budget:refund(true)
    assert.is_true(budget:take())
  end)

  it("never holds more than it began with", function()
    local budget = retry.budget()
    for _ = 1, 1000 do budget:refund(true) end
    assert.equal(100, spend(budget))
  end)

  it("belongs to one client", function()
    spend(retry.budget())
    assert.equal(100, spend(retry.budget()))
  end)
end)
