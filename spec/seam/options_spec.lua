-- SPDX-License-Identifier: MIT
-- The option tables of a client and of a call.

local options = require "seam.options"

local function refused(check, given)
  local checked, err = check(given)
  assert.is_nil(checked, "expected the options to be refused")
  assert.is_true(err:is "SeamInvalidOptionsError", "expected a SeamInvalidOptionsError, got: " .. tostring(err))
  return (err.message:gsub("^Seam received invalid options: ", ""))
end

describe("seam.options.client", function()
  it("takes every option the client has", function()
    local transport = { perform = print, sleep = print, now = print }
    local given = {
      api_key = "k", personal_access_token = "p", workspace_id = "w", client_session_token = "c", endpoint = "e",
      timeout = 5, retries = 0, wait_for_action_attempt = false, headers = { ["x-trace"] = "1" }, ca_file = "f",
      proxy = "http://127.0.0.1:3128", allow_insecure = true, connect_timeout = 1, max_response_bytes = 10,
      transport = transport,
    }
    local checked = options.client(given)
    assert.same(given, checked)
    assert.equal(transport, checked.transport)
    assert.not_equal(given, checked)
  end)

  it("keeps what was checked when the caller's tables change afterwards", function()
    local given = { headers = { a = "1" }, wait_for_action_attempt = { timeout = 5 } }
    local checked = options.client(given)
    given.headers.a = "1\r\nx: y"
    given.wait_for_action_attempt.timeout = -1
    assert.equal("1", checked.headers.a)
    assert.equal(5, checked.wait_for_action_attempt.timeout)
  end)

  local REFUSED = {
    { "a transport that carries nothing", { transport = {} }, "The transport option must have a method perform" },
    { "a proxy that is no address", { proxy = "nowhere" },
      "The proxy option must be a URL such as http://127.0.0.1:3128" },
    { "a misspelt option", { api_kay = "x" }, "Unknown option 'api_kay'; did you mean 'api_key'?" },
    { "an option that does not exist", { colour = "red" }, "Unknown option 'colour'" },
    { "an option of the call's name in camel case", { waitForActionAttempt = true },
      "Unknown option 'waitForActionAttempt'; did you mean 'wait_for_action_attempt'?" },
    { "a switch to turn verification off", { verify = false }, "Unknown option 'verify'" },
    { "positions", { "seam_key" }, "Unknown option '1'" },
    { "a key that is not a text", { api_key = 5 }, "The api_key option must be a string, got a number" },
    { "a time-out that is not a number", { timeout = "5" }, "The timeout option must be a number, got a string" },
    { "no time at all", { timeout = 0 }, "The timeout option must be a positive number" },
    { "a negative time-out", { timeout = -1 }, "The timeout option must be a positive number" },
    { "an endless time-out", { timeout = math.huge }, "The timeout option must be a positive number" },
    { "a time-out that is NaN", { timeout = 0 / 0 }, "The timeout option must be a positive number" },
    { "half a retry", { retries = 0.5 }, "The retries option must be a whole number from 0 to 10" },
    { "negative retries", { retries = -1 }, "The retries option must be a whole number from 0 to 10" },
    { "too many retries", { retries = 11 }, "The retries option must be a whole number from 0 to 10" },
    { "endless retries", { retries = math.huge }, "The retries option must be a whole number from 0 to 10" },
    { "NaN retries", { retries = 0 / 0 }, "The retries option must be a whole number from 0 to 10" },
    { "a text for a switch", { allow_insecure = "yes" }, "The allow_insecure option must be a boolean, got a string" },
    { "a text for headers", { headers = "x: y" }, "The headers option must be a table, got a string" },
  }
  for _, case in ipairs(REFUSED) do
    it("refuses " .. case[1], function() assert.equal(case[3], refused(options.client, case[2])) end)
  end

  it("refuses what is not a table", function()
    assert.equal("Options must be a table, got a number", refused(options.client, 5))
  end)
end)

describe("headers", function()
  it("are taken in any case, with signs that names may have", function()
    assert.is_not_nil((options.call { headers = { ["X-Trace_Id.1~"] = "a b!~" } }))
  end)

  for _, name in ipairs { "authorization", "Authorization", "client-session-token", "seam-publishable-key",
    "seam-workspace", "Seam-SDK-Name", "seam-sdk-version", "content-type", "content-length", "transfer-encoding",
    "Host", "accept-encoding", "connection", "expect" } do
    it(("cannot set %s: the SDK says that itself"):format(name), function()
      assert.equal(("The headers option cannot set %s: the SDK sets it"):format(name:lower()),
        refused(options.call, { headers = { [name] = "x" } }))
    end)
  end

  it("cannot carry a byte that would end them, at any place of name or value", function()
    for byte = 0, 255 do
      if byte < 32 or byte >= 127 then
        local char = string.char(byte)
        for _, text in ipairs { char .. "ab", "a" .. char .. "b", "ab" .. char } do
          assert.is_nil((options.call { headers = { ["x-a"] = text } }), ("value with byte %d"):format(byte))
          assert.is_nil((options.call { headers = { [text] = "x" } }), ("name with byte %d"):format(byte))
        end
      end
    end
  end)

  it("cannot have names that are none", function()
    for _, name in ipairs { "", "a b", "a:b", "a(b" } do
      assert.equal("The headers option has a name that is not an HTTP header name",
        refused(options.call, { headers = { [name] = "x" } }))
    end
    assert.is_nil((options.call { headers = { "x" } }))
  end)

  it("never quote a refused value", function()
    assert.is_nil(refused(options.call, { headers = { ["x-a"] = "CANARY\n" } }):find("CANARY", 1, true))
  end)
end)

describe("seam.options.call", function()
  it("is empty when none were given", function() assert.same({}, (options.call(nil))) end)

  it("takes its four options", function()
    local given = { timeout = 1, retries = 3, wait_for_action_attempt = true, headers = {} }
    assert.same(given, (options.call(given)))
  end)

  it("refuses a client's options, and says which one is meant", function()
    assert.equal("Unknown option 'endpoint'", refused(options.call, { endpoint = "x" }))
    assert.equal("Unknown option 'timeot'; did you mean 'timeout'?", refused(options.call, { timeot = 5 }))
  end)

  it("refuses what is not a table", function()
    assert.equal("Call options must be a table, got a boolean", refused(options.call, true))
  end)
end)

describe("seam.options.wait", function()
  local DEFAULT = { timeout = 10, polling_interval = 1 }

  local CASES = {
    { "the default for nothing", nil, DEFAULT },
    { "the default for true", true, DEFAULT },
    { "no waiting for false", false, false },
    { "a whole table", { timeout = 3, polling_interval = 0.5 }, { timeout = 3, polling_interval = 0.5 } },
    { "a table without interval, filled up", { timeout = 3 }, { timeout = 3, polling_interval = 1 } },
    { "a table without time-out, filled up", { polling_interval = 2 }, { timeout = 10, polling_interval = 2 } },
    { "an empty table, filled up", {}, DEFAULT },
    { "no time at all", { timeout = 0 }, { timeout = 0, polling_interval = 1 } },
  }
  for _, case in ipairs(CASES) do
    it("takes " .. case[1], function() assert.same(case[3], (options.wait(case[2], options.DEFAULT_WAIT))) end)
  end

  it("waits when a call asks for it though the client does not", function()
    assert.same(DEFAULT, (options.wait(true, false)))
    assert.same({ timeout = 2, polling_interval = 1 }, (options.wait({ timeout = 2 }, false)))
    assert.is_false((options.wait(nil, false)))
  end)

  it("fills a call's table from the client's", function()
    assert.same({ timeout = 7, polling_interval = 3 },
      (options.wait({ timeout = 7 }, { timeout = 9, polling_interval = 3 })))
  end)

  it("never changes the defaults", function()
    options.wait({ timeout = 99, polling_interval = 99 }, options.DEFAULT_WAIT)
    assert.same(DEFAULT, options.DEFAULT_WAIT)
  end)

  local REFUSED = {
    { { timeout = -1 }, "The wait_for_action_attempt.timeout option must not be negative, got -1" },
    { { timeout = 0 / 0 }, "The wait_for_action_attempt.timeout option must be a number of seconds" },
    { { timeout = math.huge }, "The wait_for_action_attempt.timeout option must be a number of seconds" },
    { { timeout = "10" }, "The wait_for_action_attempt.timeout option must be a number of seconds" },
    { { polling_interval = 0 }, "The wait_for_action_attempt.polling_interval option must be positive, got 0" },
    { { polling_interval = -0.5 }, "The wait_for_action_attempt.polling_interval option must be positive, got -0.5" },
    { { polling_interval = 0 / 0 }, "The wait_for_action_attempt.polling_interval option must be a number of seconds" },
    { { polling_intervall = 1 },
      "The wait_for_action_attempt option has no field 'polling_intervall'; did you mean 'polling_interval'?" },
    { { 5 }, "The wait_for_action_attempt option has no field '1'" },
    { 5, "The wait_for_action_attempt option must be true, false or a table, got a number" },
    { "yes", "The wait_for_action_attempt option must be true, false or a table, got a string" },
  }
  for _, case in ipairs(REFUSED) do
    it("refuses with: " .. case[2], function()
      for _, check in ipairs { options.client, options.call } do
        assert.equal(case[2], refused(check, { wait_for_action_attempt = case[1] }))
      end
    end)
  end
end)
