-- SPDX-License-Identifier: MIT
-- Calls step by step: what to send, when, and what an answer makes of it.

local caught = require "support.caught"
local fake = require "support.fake_client"
local json = require "seam.json"
local safe_steps = require "seam.steps.safe"
local steps = require "seam.steps"

local JSON = { ["Content-Type"] = "application/json" }

local function attempt(status, more)
  return ('{"action_attempt":{"action_attempt_id":"a1","action_type":"UNLOCK_DOOR","status":"%s"%s}}')
    :format(status, more or "")
end

--- A clock that a spec sets.
local function new_clock()
  local clock = { at = 1000 }
  function clock.now() return clock.at end
  return clock
end

local function near(expected, actual)
  assert.is_true(math.abs(expected - actual) < 1e-6, ("expected %g, got %s"):format(expected, tostring(actual)))
end

local function unlocking(options)
  local client, transport = fake.new {}
  local clock = new_clock()
  local given = { now = clock.now }
  for name, value in pairs(options or {}) do given[name] = value end
  return steps.unlock(client, "d1", given), clock, client, transport
end

describe("a step that writes", function()
  it("hands its request out once, whatever is asked and answered", function()
    local step, _, _, transport = unlocking()
    assert.equal("send", step.state)
    assert.equal("/locks/unlock_door", step:request().path)
    assert.equal("sent", step.state)
    assert.is_nil(step:request())
    local state, err = step:lost("timeout")
    assert.same({ "failed", "timeout", "unknown" }, { state, err.code, err.outcome })
    assert.is_nil(step:request())
    assert.equal(0, #transport.requests)
  end)

  for name, case in pairs {
    ["a 503"] = { 503, "", "unknown" }, ["a 429"] = { 429, '{"error":{"type":"slow","message":"m"}}', "rejected" },
    ["a 401"] = { 401, "{}", "rejected" }, ["half an answer"] = { 200, '{"action_at', "unknown" },
    ["no status"] = { 28, "", "unknown" },
  } do
    it("fails for good with " .. name, function()
      local step = unlocking()
      step:request()
      local state, err = step:answer(case[1], JSON, case[2])
      assert.same({ "failed", case[3] }, { state, err.outcome })
      assert.is_nil(step:request())
    end)
  end

  it("says that nothing was sent where the host is sure", function()
    local step = unlocking()
    step:request()
    local _, err = step:lost("connect", "refused", false)
    assert.same({ "connect", "not_sent", 1 }, { err.code, err.outcome, err.attempts })
  end)

  it("is done with an attempt that has ended, and stays so", function()
    local step = unlocking()
    step:request()
    local state, value = step:answer(200, JSON, attempt "success")
    assert.same({ "done", "success" }, { state, value.status })
    assert.equal("done", (step:answer(500, JSON, "")))
    assert.equal("done", (step:lost()))
    assert.equal(value, select(2, step:result()))
  end)
end)

describe("a step that waits", function()
  it("asks with reads, at the moments of a call that waits", function()
    local step, clock = unlocking()
    step:request()
    local state, seconds = step:answer(200, JSON, attempt "pending")
    local pauses = {}
    while state == "wait" do
      pauses[#pauses + 1] = seconds
      clock.at = clock.at + seconds
      local request = step:request()
      assert.same({ "GET", true }, { request.method, request.reads })
      assert.equal("https://x.example/action_attempts/get?action_attempt_id=a1&_strict=true", request.url)
      state, seconds = step:answer(200, JSON, attempt(#pauses < 12 and "pending" or "success"))
    end
    assert.equal("done", state)
    local expected = 0.1
    for _, pause in ipairs(pauses) do
      near(expected, pause)
      expected = math.min(expected * 1.3, 1)
    end
  end)

  it("repeats a question whose answer was lost, and ends when the time is up", function()
    local step, clock = unlocking { wait_for_action_attempt = { timeout = 3 } }
    step:request()
    local state, told = step:answer(200, JSON, attempt "pending")
    local questions = 0
    while state == "wait" do
      clock.at = clock.at + told
      step:request()
      assert.is_table(step:request(), "a read may be handed out again")
      questions = questions + 1
      state, told = step:lost("timeout")
    end
    assert.equal("failed", state)
    assert.same({ "SeamActionAttemptTimeoutError", "unknown", "/locks/unlock_door" },
      { told.name, told.outcome, told.path })
    near(1003, clock.at)
    assert.is_true(questions > 4)
  end)

  it("ends with the lock's own words, and with what asking again would not change", function()
    local step = unlocking()
    step:request()
    step:answer(200, JSON, attempt "pending")
    step:request()
    local failed = attempt("error", ',"error":{"type":"jammed","message":"The bolt is stuck"}')
    local state, err = step:answer(200, JSON, failed)
    assert.same({ "failed", "jammed", "The bolt is stuck", "POST" }, { state, err.code, err.message, err.method })
    step = unlocking()
    step:request()
    step:answer(200, JSON, attempt "pending")
    step:request()
    state, err = step:answer(401, JSON, "{}")
    assert.same({ "failed", "SeamHttpUnauthorizedError", "unknown" }, { state, err.name, err.outcome })
  end)

  it("does as a call does where it is told not to wait", function()
    local step = unlocking { wait_for_action_attempt = false }
    step:request()
    assert.equal("done", (step:answer(200, JSON, attempt "pending")))
    local client = fake.new({}, { wait_for_action_attempt = { timeout = 2 } })
    assert.same({ timeout = 2, polling_interval = 1 }, steps.lock(client, "d1"):request().wait)
  end)

  it("does not wait longer because a clock was set back", function()
    local step, clock = unlocking { wait_for_action_attempt = { timeout = 5 } }
    step:request()
    local state, told = step:answer(200, JSON, attempt "pending")
    for _ = 1, 20 do
      if state == "wait" then
        clock.at = clock.at + told
        step:request()
        state, told = step:answer(200, JSON, attempt "pending")
      end
      if clock.at > 1002 and clock.at < 1500 then clock.at = clock.at - 900 end
    end
    assert.equal("failed", state)
  end)

  it("masks the secret", function()
    local step = unlocking()
    step:request()
    local _, err = step:answer(500, JSON, "echo " .. fake.KEY)
    assert.equal("echo [secret]", err.body)
  end)
end)

describe("a step that reads", function()
  it("gives value and extra", function()
    local client = fake.new {}
    local step = steps.call(client, "devices.list", { limit = 1 })
    step:request()
    local state, items, pagination = step:answer(200, JSON,
      '{"devices":[{"device_id":"d1"}],"pagination":{"has_next_page":false}}')
    assert.same({ "done", 1, false }, { state, #items, pagination.has_next_page })
  end)

  it("may be repeated a few times", function()
    local client = fake.new {}
    local step = steps.call(client, "/locks/list", nil, { retries = 1 })
    step:request()
    local state, seconds = step:answer(503, JSON, "")
    assert.equal("wait", state)
    assert.is_true(seconds >= 0 and seconds <= 0.2)
    assert.equal("/locks/list", step:request().path)
    assert.equal("failed", (step:answer(503, JSON, "")))
  end)
end)

describe("a saved step", function()
  local function through_json(saved)
    return json.decode(assert(json.encode(saved)))
  end

  it("goes on in another Lua state, before the first answer and between questions", function()
    local step, clock, client = unlocking()
    assert.is_nil(step:save())
    step:request()
    step = steps.resume(client, through_json(step:save()), { now = clock.now })
    assert.is_nil(step:request(), "the write was handed out")
    local state, seconds = step:answer(200, JSON, attempt "pending")
    assert.equal("wait", state)
    near(0.1, seconds)
    clock.at = clock.at + 1
    step = steps.resume(client, through_json(step:save()), { now = clock.now })
    assert.equal("/action_attempts/get", step:request().path)
    step = steps.resume(client, through_json(step:save()), { now = clock.now })
    assert.equal("done", (step:answer(200, JSON, attempt "success")))
    assert.is_nil(step:save())
  end)

  it("keeps its deadline", function()
    local step, clock, client = unlocking { wait_for_action_attempt = { timeout = 3 } }
    step:request()
    step:answer(200, JSON, attempt "pending")
    clock.at = clock.at + 60
    step = steps.resume(client, step:save(), { now = clock.now })
    step:request()
    local state, err = step:answer(200, JSON, attempt "pending")
    assert.same({ "failed", "Timed out waiting for action attempt after 3s" }, { state, err.message })
  end)

  it("holds no secret, and does not repeat a read whose request is gone", function()
    local client = fake.new {}
    local step = steps.call(client, "/locks/list")
    step:request()
    local text = json.encode(step:save())
    assert.is_nil(text:find("1234567890", 1, true))
    assert.equal("failed", (steps.resume(client, json.decode(text)):answer(503, JSON, "")))
  end)

  it("is refused where it is none", function()
    local client = fake.new {}
    for _, saved in ipairs { 5, {}, { version = 1, state = "sent", path = "/nowhere" }, { version = 2 },
      { version = 1, state = "wait", path = "/locks/get", sent_at = 1, last = 1, shift = 0, attempts = 0 } } do
      caught("SeamInvalidParamsError", steps.resume, client, saved)
    end
    caught("SeamInvalidParamsError", steps.resume, client)
  end)
end)

describe("seam.steps", function()
  it("raises what is wrong before anything is handed out; seam.steps.safe returns it", function()
    local client = fake.new {}
    caught("SeamInvalidParamsError", steps.unlock, client)
    caught("SeamInvalidParamsError", steps.call, client, "/locks/open")
    caught("SeamInvalidParamsError", steps.call, {}, "/locks/list")
    caught("SeamInvalidOptionsError", steps.unlock, client, "d1", { now = 5 })
    caught("SeamInvalidOptionsError", steps.unlock, client, "d1", { retry = 5 })
    caught("SeamInvalidOptionsError", steps.unlock, client, "d1", 5)
    local step, err = safe_steps.unlock(client)
    assert.is_nil(step)
    assert.equal("SeamInvalidParamsError", err.name)
  end)

  it("understands a colon, and prints", function()
    local client = fake.new {}
    assert.equal("seam step /locks/lock_door: send", tostring(steps:lock(client, "d1")))
  end)
end)
