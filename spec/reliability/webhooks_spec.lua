-- SPDX-License-Identifier: MIT
-- Row 13 of the bar: what the eight public libraries for Svix and Standard Webhooks test, what they do
-- not, and a million messages of which none is from Seam.

local core = require "seam.core"
local errors = require "seam.errors"
local json_random = require "support.json_random"
local mutants = require "support.webhook_mutants"
local safe = require "seam.webhook.safe"
local webhook = require "seam.webhook"

local SECRET, NOW, ID, BODY = mutants.SECRET, mutants.NOW, mutants.ID, mutants.BODY
local OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

local MISSING, INVALID = "Missing required headers", "Invalid Signature Headers"
local OLD, NEW, NO_MATCH = "Message timestamp too old", "Message timestamp too new", "No matching signature found"

local function hook_with(options, secret)
  options = options or {}
  options.now = options.now or function() return NOW end
  return assert(safe.new(secret or SECRET, options))
end

local HOOK = hook_with()

--- The headers of the message, with changes; false takes one away.
local function headers_of(changes, at, body)
  local headers = HOOK:sign(body or BODY, ID, at or NOW)
  for name, value in pairs(changes or {}) do headers[name] = value or nil end
  return headers
end

local GOOD = headers_of()
local SIGNATURE = GOOD["svix-signature"]
local LETTERS = SIGNATURE:sub(4)

--- A signature over a timestamp as it stands, whatever it is: only the timestamp can be at fault then.
local function stamped(timestamp)
  local digest = core.hmac_sha256(core.base64_decode(SECRET:sub(7)), ID .. "." .. timestamp .. "." .. BODY)
  return headers_of { ["svix-timestamp"] = timestamp, ["svix-signature"] = "v1," .. core.base64_encode(digest) }
end

local function signature(value) return headers_of { ["svix-signature"] = value } end

local function renamed(prefix)
  return {
    [prefix .. "id"] = ID, [prefix .. "timestamp"] = tostring(NOW), [prefix .. "signature"] = SIGNATURE,
  }
end

local function with(headers, changes)
  for name, value in pairs(changes) do headers[name] = value end
  return headers
end

-- { title, headers, what is expected: true or the refusal, body, verifier }
local ANY_TIME = hook_with { tolerance = false }

local SHARED = {
  { "a good message", GOOD, true },
  { "no id", headers_of { ["svix-id"] = false }, MISSING },
  { "no timestamp", headers_of { ["svix-timestamp"] = false }, MISSING },
  { "no signature", headers_of { ["svix-signature"] = false }, MISSING },
  { "a wrong signature", signature "v1,dGhpcyBpcyBub3QgaXQ=", NO_MATCH },
  { "part of the signature", signature(SIGNATURE:sub(1, 8)), NO_MATCH },
  { "a signature with nothing behind the version", signature "v1,", NO_MATCH },
  { "the signature of another version only", signature("v2," .. LETTERS), NO_MATCH },
  { "a signature without a comma", signature("v1" .. LETTERS), NO_MATCH },
  { "a text for the timestamp", stamped "now", INVALID },
  { "a fraction in the timestamp", stamped(NOW .. ".0"), INVALID },
  { "a negative timestamp", stamped("-" .. NOW), INVALID },
  { "a message that is too old", headers_of({}, NOW - 301), OLD },
  { "a message that is too new", headers_of({}, NOW + 301), NEW },
  { "several signatures, one of them right", signature("v1,AAAA v2,BBBB " .. SIGNATURE .. " v1,CCCC"), true },
  { "a secret without its prefix", GOOD, true, BODY, hook_with({}, SECRET:sub(7)) },
  { "headers in capitals",
    { ["SVIX-ID"] = ID, ["Svix-Timestamp"] = tostring(NOW), ["svix-SIGNATURE"] = SIGNATURE }, true },
  { "the headers of Standard Webhooks", renamed "webhook-", true },
  { "an old message where the tolerance is off", headers_of({}, NOW - 10 ^ 8), true, BODY, ANY_TIME },
  { "a new message where the tolerance is off", headers_of({}, NOW + 10 ^ 8), true, BODY, ANY_TIME },
  { "a wrong signature where the tolerance is off", signature "v1,AAAA", NO_MATCH, BODY, ANY_TIME },
  { "an empty body", headers_of({}, NOW, ""), "payload", "" },
  { "a body that is no text", GOOD, "The body must be the raw text that arrived, got table", {} },
}

local OWN = {
  { "NaN for a timestamp", stamped "nan", INVALID },
  { "infinity for a timestamp", stamped "inf", INVALID },
  { "a hexadecimal timestamp", stamped "0x67bcbcd7", INVALID },
  { "an exponent in the timestamp", stamped "1740422679e0", INVALID },
  { "a blank before the timestamp", stamped(" " .. NOW), INVALID },
  { "a blank behind the timestamp", stamped(NOW .. " "), INVALID },
  { "a line break behind the timestamp", stamped(NOW .. "\n"), INVALID },
  { "a NUL behind the timestamp", stamped(NOW .. "\0"), INVALID },
  { "a sign before the timestamp", stamped("+" .. NOW), INVALID },
  { "leading zeros of the timestamp", stamped("00" .. NOW), INVALID },
  { "a timestamp of 20 digits", stamped("17404226790000000000"), INVALID },
  { "a timestamp of 400 digits", stamped(("9"):rep(400)), INVALID },
  { "a blank timestamp", stamped " ", INVALID },
  { "a signature twice, as OpenResty gives it, with two values", signature { SIGNATURE, "v1,AAAA" }, INVALID },
  { "a timestamp twice, as OpenResty gives it",
    headers_of { ["svix-timestamp"] = { tostring(NOW), tostring(NOW - 1) } }, INVALID },
  { "a header twice with the same value", signature { SIGNATURE, SIGNATURE }, true },
  { "a header that is an empty list", headers_of { ["svix-id"] = {} }, MISSING },
  { "a header that is a nested list", headers_of { ["svix-id"] = { { ID } } }, INVALID },
  { "a header that is a number", headers_of { ["svix-timestamp"] = NOW }, INVALID },
  { "a header that is true", signature(true), INVALID },
  { "a header under two spellings", headers_of { ["Svix-Id"] = "msg_2" }, INVALID },
  { "two families that agree", with(renamed "webhook-", GOOD), true },
  { "two families with other ids", headers_of { ["webhook-id"] = "msg_2" }, INVALID },
  { "two families with other timestamps", headers_of { ["webhook-timestamp"] = tostring(NOW + 1) }, INVALID },
  { "two families, the other one forged", headers_of { ["webhook-signature"] = "v1,AAAA" }, INVALID },
  { "two families, the first one forged", with(renamed "webhook-", { ["svix-signature"] = "v1,AAAA" }), INVALID },
  { "a NUL in the id that was signed without", headers_of { ["svix-id"] = ID .. "\0" }, NO_MATCH },
  { "a NUL in the body that was signed without", GOOD, NO_MATCH, BODY .. "\0" },
  { "a signature of 1 MB", signature("v1," .. ("A"):rep(2 ^ 20)), INVALID },
  { "10,000 signatures", signature(("v1,AAAA "):rep(10000) .. SIGNATURE), INVALID },
  { "33 signatures, the last one right", signature(("v1,A "):rep(32) .. SIGNATURE), NO_MATCH },
  { "32 signatures, the last one right", signature(("v1,A "):rep(31) .. SIGNATURE), true },
  { "a signature without its padding", signature(SIGNATURE:gsub("=", "")), NO_MATCH },
  { "a signature with more padding", signature(SIGNATURE .. "="), NO_MATCH },
  { "a signature with a line break", signature(SIGNATURE .. "\n"), NO_MATCH },
  { "a signature of version v1a", signature("v1a," .. LETTERS), NO_MATCH },
  { "a signature behind a tab", signature("\t" .. SIGNATURE), NO_MATCH },
  { "a signature behind a second comma", signature("v1,," .. LETTERS), NO_MATCH },
  { "a body that the host encoded again", GOOD, NO_MATCH, (BODY:gsub(":", ": ")) },
  { "a signature made for another secret", GOOD, NO_MATCH, BODY, hook_with({}, OTHER) },
  { "a signature in hexadecimal", signature("v1," .. core.base64_decode(LETTERS):gsub(".", function(c)
    return ("%02x"):format(c:byte())
  end)), NO_MATCH },
}

local function verdict(case)
  local hook = case[5] or HOOK
  local body = case[4] == nil and BODY or case[4]
  local event, extra = hook:verify(body, case[2])
  if event then
    assert.equal("lock.unlocked", event.event_type)
    assert.equal(ID, extra)
    return true
  end
  assert.is_true(errors.is_error(extra), "expected one of our errors, got " .. tostring(extra))
  if extra.name == "SeamInvalidWebhookPayloadError" then return "payload" end
  assert.equal("SeamWebhookVerificationError", extra.name)
  return extra.message
end

local function refuses_secret(secret, options)
  local made, err = safe.new(secret, options)
  assert.is_nil(made)
  assert.equal("SeamInvalidOptionsError", err.name)
end

describe("row 13: a webhook, as the public libraries test it,", function()
  for _, case in ipairs(SHARED) do
    it("judges " .. case[1], function() assert.equal(case[3], verdict(case)) end)
  end

  it("wants a secret", function()
    refuses_secret("")
    refuses_secret("whsec_")
    refuses_secret("", { raw = true })
  end)

  it("signs the known vector", function()
    assert.equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
      HOOK:sign('{"test": 2432232314}', ID, 1614265330)["svix-signature"])
  end)

  it("takes a secret without its base64 padding", function()
    local padded, bare = hook_with({}, "whsec_c2VjcmV0IQ=="), hook_with({}, "whsec_c2VjcmV0IQ")
    assert.equal("e1", bare:verify(BODY, padded:sign(BODY, ID)).event_id)
  end)
end)

describe("row 13: a webhook, beyond that,", function()
  for _, case in ipairs(OWN) do
    it("judges " .. case[1], function() assert.equal(case[3], verdict(case)) end)
  end

  it("wants a secret that is base64", function()
    for _, secret in ipairs { "whsec_not base64", "whsec_MfKQ9r8GKYqrTwjU*D8ILPZIo2LaLaSw", "whsec_A",
      SECRET .. "\n" } do
      refuses_secret(secret)
    end
  end)

  it("refuses every message of which one bit of id, timestamp, body or signature is flipped", function()
    local parts = { body = BODY, id = ID, timestamp = tostring(NOW), signature = SIGNATURE }
    local flipped = 0
    for name, text in pairs(parts) do
      for i = 1, #text * 8 do
        local at, bit = math.floor((i - 1) / 8) + 1, 2 ^ ((i - 1) % 8)
        local byte = text:byte(at)
        local other = byte + (math.floor(byte / bit) % 2 == 0 and bit or -bit)
        local changed = text:sub(1, at - 1) .. string.char(other) .. text:sub(at + 1)
        local headers = name == "body" and GOOD or headers_of { ["svix-" .. name] = changed }
        assert.is_nil((HOOK:verify(name == "body" and changed or BODY, headers)), name .. " " .. changed)
        flipped = flipped + 1
      end
    end
    assert.is_true(flipped == (63 + 28 + 10 + 47) * 8, "expected every bit to be flipped, got " .. flipped)
  end)

  it("compares all entries, wherever the right one stands", function()
    local compared, equal = 0, core.equal
    core.equal = function(a, b) -- luacheck: ignore 122
      compared = compared + 1
      return equal(a, b)
    end
    local hook = webhook.new({ SECRET, OTHER }, { now = function() return NOW end })
    local counts = {}
    for place = 1, 5 do
      compared = 0
      local entries = { "v1,A", "v1,B", "v1,C", "v2,D", "v1,E" }
      entries[place] = SIGNATURE
      hook:verify(BODY, signature(table.concat(entries, " ")))
      counts[place] = compared
    end
    core.equal = equal -- luacheck: ignore 122
    assert.same({ 10, 10, 10, 10, 10 }, counts)
  end)

  it("knows a replay of the same id", function()
    local handled = {}
    local hook = hook_with { seen = function(id)
      local before = handled[id]
      handled[id] = true
      return before
    end }
    assert.equal("e1", hook:verify(BODY, GOOD).event_id)
    local event, err = hook:verify(BODY, GOOD)
    assert.is_nil(event)
    assert.equal("replayed", err.code)
  end)
end)

-- The two Lua versions of the bar; the others try fewer.
local MESSAGES = (_VERSION == "Lua 5.4" or rawget(_G, "jit")) and 1000000 or 100000

describe("row 13: a million changed messages", function()
  it("are all refused, by one of our errors", function()
    local random = json_random.source(20250224)
    local hook = assert(safe.new(SECRET, { tolerance = false }))
    local accepted, reasons = nil, {}
    for _ = 1, MESSAGES do
      local body, headers = mutants.next(random)
      local event, err = hook:verify(body, headers)
      if event then accepted = body .. " | " .. headers["svix-id"] .. " | " .. headers["svix-signature"] end
      if not event then reasons[err.code or err.name] = true end
    end
    assert.is_nil(accepted)
    assert.same({ no_match = true, invalid_headers = true, missing_headers = true }, reasons)
  end)
end)
