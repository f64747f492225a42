-- SPDX-License-Identifier: MIT
-- Webhooks: signing, verifying, tolerance, and what is refused.

local caught = require "support.caught"
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
    { "a header that came twice", signed { ["svix-signature"] = { "a", "b" } }, "Missing required headers" },
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
    { "an empty signature", signed { ["svix-signature"] = "" }, "No matching signature found" },
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
    for _, tolerance in ipairs { 0 / 0, -1, "300" } do
      caught("SeamInvalidOptionsError", webhook.new, SECRET, { tolerance = tolerance })
    end
  end)

  it("refuses options that do not exist, with the nearest right name", function()
    local err = caught("SeamInvalidOptionsError", webhook.new, SECRET, { tolerence = 10 })
    assert.matches("did you mean 'tolerance'?", err.message, 1, true)
  end)

  it("keeps the secret out of the object", function()
    for name, value in pairs(webhook.new(SECRET)) do
      assert.is_nil(tostring(value):find(SECRET:sub(7), 1, true), name)
    end
  end)
end)
