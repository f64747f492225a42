-- SPDX-License-Identifier: MIT
-- Webhooks: signing, verifying, tolerance, and what is refused.

local caught = require "support.caught"
local safe = require "seam.webhook.safe"
local webhook = require "seam.webhook"

-- The known sign vector of the Svix and Standard Webhooks libraries.
local SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
local VECTOR_ID, VECTOR_TIME = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
local VECTOR_BODY = '{"test": 2432232314}'
local VECTOR_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

local NOW = 1740422679
local BODY = '{"event_id":"e1","event_type":"lock.unlocked","count":6}'

local function hook_at(now, secret, tolerance)
  return webhook.new(secret or SECRET, { now = function() return now end, tolerance = tolerance })
end

local function verify(headers, body, hook)
  hook = hook or hook_at(NOW)
  return hook:verify(body or BODY, headers)
end

local function signed(changes, hook)
  local headers = (hook or hook_at(NOW)):sign(BODY, "msg_1", NOW)
  for name, value in pairs(changes or {}) do headers[name] = value or nil end
  return headers
end

local function refused(reason, headers, body, hook)
  local err = caught("SeamWebhookVerificationError", verify, headers, body, hook)
  assert.equal(reason, err.message)
end

describe("a webhook's sign", function()
  it("gives the known vector", function()
    assert.same({ ["svix-id"] = VECTOR_ID, ["svix-timestamp"] = "1614265330", ["svix-signature"] = VECTOR_SIGNATURE },
      hook_at(NOW):sign(VECTOR_BODY, VECTOR_ID, VECTOR_TIME))
  end)

  it("gives one signature for each secret, and the time of now", function()
    local headers = hook_at(NOW, { SECRET, "whsec_AAAA" }):sign(BODY, "msg_1")
    assert.equal(tostring(NOW), headers["svix-timestamp"])
    local _, count = headers["svix-signature"]:gsub("v1,", "")
    assert.equal(2, count)
  end)
end)

describe("a webhook's verify", function()
  it("gives the event of what was signed", function()
    assert.same({ event_id = "e1", event_type = "lock.unlocked", count = 6 }, verify(signed()))
  end)

  it("takes headers in any case, and of the other family", function()
    local headers = signed()
    assert.equal("e1", verify({ ["Svix-Id"] = headers["svix-id"], ["SVIX-TIMESTAMP"] = headers["svix-timestamp"],
      ["svix-Signature"] = headers["svix-signature"] }).event_id)
    assert.equal("e1", verify({ ["webhook-id"] = headers["svix-id"], ["webhook-timestamp"] = headers["svix-timestamp"],
      ["webhook-signature"] = headers["svix-signature"] }).event_id)
  end)

  it("takes a header that came twice, as long as both say the same", function()
    local headers = signed()
    assert.equal("e1", verify(signed { ["svix-signature"] = { headers["svix-signature"], headers["svix-signature"] },
      ["Svix-Id"] = "msg_1", ["webhook-timestamp"] = tostring(NOW) }).event_id)
    refused("Invalid Signature Headers", signed { ["Svix-Id"] = "msg_2" })
    refused("Invalid Signature Headers", signed { ["webhook-id"] = "msg_2" })
  end)

  it("gives the message's id behind the event, which prints as a resource", function()
    local event, id = verify(signed())
    assert.equal("msg_1", id)
    assert.matches("^event e1", tostring(event))
  end)

  it("takes a dot for the colon", function()
    assert.equal("e1", hook_at(NOW).verify(BODY, signed()).event_id)
    assert.equal("e1", webhook:new(SECRET, { tolerance = false }):verify(BODY, signed()).event_id) -- luacheck: ignore
  end)

  it("refuses a body or headers that are not there, and says which", function()
    local hook = hook_at(NOW)
    for _, body in ipairs { false, 5, {} } do
      local err = caught("SeamWebhookVerificationError", hook.verify, hook, body, signed())
      assert.equal("invalid_body", err.code)
    end
    assert.matches("raw text that arrived, got nil",
      caught("SeamWebhookVerificationError", hook.verify, hook, nil, signed()).message)
    for _, headers in ipairs { false, "svix-id: x", 5 } do
      assert.equal("missing_headers", caught("SeamWebhookVerificationError", hook.verify, hook, BODY, headers).code)
    end
    caught("SeamWebhookVerificationError", hook.verify, hook, BODY, nil)
  end)

  it("takes a secret with and without prefix, and without padding", function()
    assert.equal("e1", verify(signed(), nil, hook_at(NOW, SECRET:sub(7))).event_id)
    local padded, bare = hook_at(NOW, "whsec_c2VjcmV0IQ=="), hook_at(NOW, "c2VjcmV0IQ")
    assert.equal("e1", verify(signed({}, padded), nil, bare).event_id)
  end)

  it("takes any of several signatures, and any of several secrets", function()
    local right = signed()["svix-signature"]
    assert.equal("e1", verify(signed { ["svix-signature"] = "v1,bm90IHRoaXM= v2,x " .. right }).event_id)
    assert.equal("e1", verify(signed(), nil, hook_at(NOW, { "whsec_AAAA", SECRET })).event_id)
  end)

  it("takes a body with a NUL as it is", function()
    local body, hook = '{"event_id":"e1","event_type":"x\0y"}', hook_at(NOW)
    local err = caught("SeamInvalidWebhookPayloadError", hook.verify, hook, body, hook:sign(body, "msg\0_1", NOW))
    assert.equal("SeamInvalidWebhookPayloadError", err.name)
  end)

  local REFUSED = {
    { "no headers", {}, "Missing required headers" },
    { "no id", signed { ["svix-id"] = false }, "Missing required headers" },
    { "no timestamp", signed { ["svix-timestamp"] = false }, "Missing required headers" },
    { "no signature", signed { ["svix-signature"] = false }, "Missing required headers" },
    { "a header that came twice with two values", signed { ["svix-signature"] = { "a", "b" } },
      "Invalid Signature Headers" },
    { "a header that is no text", signed { ["svix-timestamp"] = NOW }, "Invalid Signature Headers" },
    { "another id", signed { ["svix-id"] = "msg_2" }, "No matching signature found" },
    { "another time", signed { ["svix-timestamp"] = tostring(NOW + 1) }, "No matching signature found" },
    { "a wrong signature", signed { ["svix-signature"] = "v1,bm90IHRoaXM=" }, "No matching signature found" },
    { "half a signature", signed { ["svix-signature"] = signed()["svix-signature"]:sub(1, 20) },
      "No matching signature found" },
    { "another version", signed { ["svix-signature"] = "v2" .. signed()["svix-signature"]:sub(3) },
      "No matching signature found" },
    { "a version that only starts right", signed { ["svix-signature"] = "v1a" .. signed()["svix-signature"]:sub(3) },
      "No matching signature found" },
    { "no version", signed { ["svix-signature"] = signed()["svix-signature"]:sub(4) }, "No matching signature found" },
    { "an empty signature", signed { ["svix-signature"] = "" }, "Missing required headers" },
    { "a blank signature", signed { ["svix-signature"] = " " }, "No matching signature found" },
    { "leading zeros", signed { ["svix-timestamp"] = "0" .. NOW }, "Invalid Signature Headers" },
    { "a text for a time", signed { ["svix-timestamp"] = "soon" }, "Invalid Signature Headers" },
    { "NaN for a time", signed { ["svix-timestamp"] = "nan" }, "Invalid Signature Headers" },
    { "a hexadecimal time", signed { ["svix-timestamp"] = "0x67bcbcd7" }, "Invalid Signature Headers" },
    { "an exponent", signed { ["svix-timestamp"] = "1e9" }, "Invalid Signature Headers" },
    { "a fraction", signed { ["svix-timestamp"] = NOW .. ".5" }, "Invalid Signature Headers" },
    { "a negative time", signed { ["svix-timestamp"] = "-5" }, "Invalid Signature Headers" },
    { "blanks around the time", signed { ["svix-timestamp"] = " " .. NOW }, "Invalid Signature Headers" },
    { "an endless time", signed { ["svix-timestamp"] = ("1"):rep(20) }, "Invalid Signature Headers" },
    { "a signature header that is too long", signed { ["svix-signature"] = ("x"):rep(5000) },
      "Invalid Signature Headers" },
  }
  for _, case in ipairs(REFUSED) do
    it("refuses " .. case[1], function() refused(case[3], case[2]) end)
  end

  it("refuses another body, each bit of it", function()
    for i = 1, #BODY, 7 do
      local changed = BODY:sub(1, i - 1) .. string.char((BODY:byte(i) + 1) % 128) .. BODY:sub(i + 1)
      refused("No matching signature found", signed(), changed)
    end
    refused("No matching signature found", signed(), "")
  end)

  it("refuses another secret", function()
    refused("No matching signature found", signed(), nil, hook_at(NOW, "whsec_AAAA"))
  end)

  it("looks at 32 signatures and no more", function()
    local right, wrong = signed()["svix-signature"], "v1,x "
    assert.equal("e1", verify(signed { ["svix-signature"] = wrong:rep(31) .. right }).event_id)
    refused("No matching signature found", signed { ["svix-signature"] = wrong:rep(32) .. right })
  end)

  it("quotes no secret in its errors", function()
    local err = caught("SeamWebhookVerificationError", verify, signed { ["svix-id"] = "x" })
    assert.is_nil(tostring(err):find(SECRET:sub(7), 1, true))
  end)
end)

describe("a webhook's tolerance", function()
  local CASES = {
    { 300, nil, true }, { 301, nil, false, "Message timestamp too old" },
    { -300, nil, true }, { -301, nil, false, "Message timestamp too new" },
    { 10, 10, true }, { 11, 10, false, "Message timestamp too old" },
    { 0, 0, true }, { 1, 0, false, "Message timestamp too old" }, { -1, 0, false, "Message timestamp too new" },
  }
  for _, case in ipairs(CASES) do
    it(("of %d s %s a message %d s old"):format(case[2] or 300, case[3] and "takes" or "refuses", case[1]), function()
      local hook = hook_at(NOW + case[1], nil, case[2])
      if case[3] then
        assert.equal("e1", verify(signed(), nil, hook).event_id)
      else
        refused(case[4], signed(), nil, hook)
      end
    end)
  end
end)

describe("a webhook's clock", function()
  it("lets nothing pass when it gives no time", function()
    for _, now in ipairs { 0 / 0, "1740422679", false } do
      refused("The now option's function returned no time", signed(), nil, hook_at(now))
    end
  end)

  it("is not asked where the tolerance is off", function()
    local hook = webhook.new(SECRET, { tolerance = false, now = error })
    assert.equal("e1", verify(signed(), nil, hook).event_id)
    refused("No matching signature found", signed { ["svix-id"] = "msg_2" }, nil, hook)
  end)
end)

describe("a webhook's seen hook", function()
  local function hook_with(seen)
    return webhook.new(SECRET, { now = function() return NOW end, seen = seen })
  end

  it("is asked for the id of a message that is from Seam, and of no other", function()
    local asked = {}
    local hook = hook_with(function(id) asked[#asked + 1] = id end)
    assert.equal("e1", verify(signed(), nil, hook).event_id)
    refused("No matching signature found", signed(), "{}", hook)
    assert.same({ "msg_1" }, asked)
  end)

  it("refuses what was seen, with a code to answer 2xx by", function()
    local err = caught("SeamWebhookVerificationError", verify, signed(), nil, hook_with(function() return true end))
    assert.equal("replayed", err.code)
  end)

  it("lets nothing pass when it cannot say", function()
    local err = caught("SeamWebhookVerificationError", verify, signed(), nil,
      hook_with(function() return nil, "no store" end))
    assert.equal("seen_failed", err.code)
    local ok, problem = pcall(verify, signed(), nil, hook_with(function() error("no store", 0) end))
    assert.is_false(ok)
    assert.equal("no store", problem)
  end)
end)

describe("a webhook signed correctly but not an event", function()
  for _, body in ipairs { "", "not JSON", "[]", "5", "null", "{}", '{"event_id":"e1"}', '{"event_type":"x"}',
    '{"event_id":5,"event_type":"x"}', '{"event_id":"e1","event_type":"x"' } do
    it(("is another error, so that one may answer 2xx: %s"):format(body), function()
      local hook = hook_at(NOW)
      local err = caught("SeamInvalidWebhookPayloadError", hook.verify, hook, body, hook:sign(body, "msg_1", NOW))
      assert.is_false(err:is "SeamWebhookVerificationError")
    end)
  end
end)

describe("seam.webhook.new", function()
  it("refuses secrets that are none", function()
    for _, secret in ipairs { "", "whsec_", "whsec_***", "not base64!", 5, {}, { SECRET, "" }, false } do
      caught("SeamInvalidOptionsError", webhook.new, secret)
    end
    caught("SeamInvalidOptionsError", webhook.new, nil)
  end)

  it("refuses a tolerance that is no number of seconds: every message would pass it", function()
    for _, tolerance in ipairs { 0 / 0, -1, "300", true, {} } do
      caught("SeamInvalidOptionsError", webhook.new, SECRET, { tolerance = tolerance })
    end
  end)

  it("refuses options that do not exist, with the nearest right name", function()
    local err = caught("SeamInvalidOptionsError", webhook.new, SECRET, { tolerence = 10 })
    assert.matches("did you mean 'tolerance'?", err.message, 1, true)
  end)

  it("refuses a list of secrets with a hole, which would drop those behind it", function()
    caught("SeamInvalidOptionsError", webhook.new, { SECRET, nil, SECRET })
    caught("SeamInvalidOptionsError", webhook.new, { SECRET, "***", SECRET })
    caught("SeamInvalidOptionsError", webhook.new, { current = SECRET })
  end)

  it("refuses options of the wrong kind", function()
    for _, options in ipairs { { now = 5 }, { seen = {} }, { raw = "yes" }, "300", false } do
      caught("SeamInvalidOptionsError", webhook.new, SECRET, options)
    end
  end)

  it("takes keys as they are where the secrets are raw", function()
    local hook = webhook.new("fake_secret_0a", { raw = true, tolerance = false })
    assert.equal("e1", hook:verify(BODY, hook:sign(BODY, "m", 5)).event_id)
    caught("SeamInvalidOptionsError", webhook.new, "", { raw = true })
  end)

  it("keeps the secret out of the object", function()
    for name, value in pairs(webhook.new(SECRET)) do
      assert.is_nil(tostring(value):find(SECRET:sub(7), 1, true), name)
    end
    assert.equal("seam webhook", tostring(webhook.new(SECRET)))
  end)
end)

describe("a webhook's sign, misused,", function()
  it("says which argument is wrong", function()
    local hook = hook_at(NOW)
    for name, arguments in pairs { body = { nil, "m" }, id = { BODY, "" }, timestamp = { BODY, "m", "now" } } do
      assert.equal(name, caught("SeamInvalidParamsError", hook.sign, hook, arguments[1], arguments[2],
        arguments[3]).param)
    end
    for _, timestamp in ipairs { 0 / 0, -1, 1 / 0 } do
      caught("SeamInvalidParamsError", hook.sign, hook, BODY, "m", timestamp)
    end
  end)
end)

describe("seam.webhook.safe", function()
  it("returns what seam.webhook returns, and nil and the error where that raises", function()
    local hook = safe.new(SECRET, { now = function() return NOW end })
    local event, id = hook:verify(BODY, hook:sign(BODY, "msg_1"))
    assert.equal("e1", event.event_id)
    assert.equal("msg_1", id)
    local nothing, err = hook:verify(BODY, {})
    assert.is_nil(nothing)
    assert.is_true(err:is "SeamWebhookVerificationError")
    nothing, err = hook:verify("{}", hook:sign("{}", "msg_1"))
    assert.is_nil(nothing)
    assert.is_true(err:is "SeamInvalidWebhookPayloadError")
    nothing, err = safe.new("")
    assert.is_nil(nothing)
    assert.is_true(err:is "SeamInvalidOptionsError")
    nothing, err = hook:sign(BODY)
    assert.is_nil(nothing)
    assert.is_true(err:is "SeamInvalidParamsError")
  end)
end)
