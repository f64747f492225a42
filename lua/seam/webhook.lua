-- SPDX-License-Identifier: MIT
-- Verifies and signs webhooks as Seam sends them (Svix / Standard Webhooks, version v1).

local core = require "seam.core"
local errors = require "seam.errors"
local json = require "seam.json"
local nearest = require "seam.nearest"

local M = {}

local OPTIONS = { tolerance = true, now = true }

local PREFIX = "whsec_"
local DEFAULT_TOLERANCE = 300
local MAX_SIGNATURES = 32
local MAX_SIGNATURE_BYTES = 4096

---@class seam.Webhook
local methods = {}
local metatable = { __name = "seam.Webhook", __index = methods }

local function decode_secret(secret)
  if type(secret) ~= "string" then return nil end
  if secret:sub(1, #PREFIX) == PREFIX then secret = secret:sub(#PREFIX + 1) end
  local padded = secret .. ("="):rep(-#secret % 4)
  local key = core.base64_decode(padded)
  return key ~= "" and key or nil
end

--- NaN as a tolerance would let every message pass, and a misspelt one would go unnoticed.
local function check_options(options)
  for name in pairs(options) do
    if not OPTIONS[name] then
      return nil, ("Unknown option '%s'%s"):format(tostring(name), nearest.hint(name, OPTIONS))
    end
  end
  local tolerance = options.tolerance
  if tolerance ~= nil and (type(tolerance) ~= "number" or tolerance ~= tolerance or tolerance < 0) then
    return nil, "The tolerance option must be a number of seconds, not negative"
  end
  return true
end

--- Makes a verifier. The keys live in a closure: dumping the object never shows them.
---@param secret string|string[] the webhook's secret, or several while one is being replaced
---@param options table|nil { tolerance = 300 seconds, now = function returning epoch seconds }
---@return seam.Webhook
function M.new(secret, options)
  local secrets = type(secret) == "table" and secret or { secret }
  local keys = {}
  for i = 1, #secrets do keys[i] = decode_secret(secrets[i]) end
  if #keys == 0 or #keys < #secrets then
    error(errors.invalid_options("A webhook secret must be base64 text, with or without whsec_"), 2)
  end
  options = options or {}
  local ok, reason = check_options(options)
  if not ok then error(errors.invalid_options(reason), 2) end
  return setmetatable({
    tolerance = options.tolerance or DEFAULT_TOLERANCE,
    _now = options.now or core.wall,
    _signatures = function(content)
      local signatures = {}
      for i, key in ipairs(keys) do
        signatures[i] = core.base64_encode(core.hmac_sha256(key, content))
      end
      return signatures
    end,
  }, metatable)
end

local function fail(reason)
  error(errors.new("SeamWebhookVerificationError", reason), 0)
end

local function lowered(headers)
  local found = {}
  for name, value in pairs(headers) do
    -- OpenResty hands a repeated header over as a list; an ambiguous one verifies nothing.
    if type(name) == "string" and type(value) == "string" then found[name:lower()] = value end
  end
  return found
end

local function signed_headers(headers)
  local found = lowered(headers)
  local function get(name) return found["svix-" .. name] or found["webhook-" .. name] end
  local id, timestamp, signature = get("id"), get("timestamp"), get("signature")
  if not id or not timestamp or not signature then fail("Missing required headers") end
  return id, timestamp, signature
end

local function check_time(self, timestamp)
  -- Digits only: "nan" is a number to some readers, and then never too old.
  if not timestamp:find("^%d%d?%d?%d?%d?%d?%d?%d?%d?%d?%d?%d?$") then
    fail("Invalid Signature Headers")
  end
  local age = self._now() - tonumber(timestamp)
  if age > self.tolerance then fail("Message timestamp too old") end
  if -age > self.tolerance then fail("Message timestamp too new") end
end

--- Joined, not formatted: Lua 5.1's "%s" ends a text at its first NUL.
local function signed_content(id, timestamp, body)
  return id .. "." .. timestamp .. "." .. body
end

local function matches(self, content, signature)
  local expected = self._signatures(content)
  local found, count = false, 0
  for version, given in signature:gmatch("([^%s,]+),(%S+)") do
    count = count + 1
    if count > MAX_SIGNATURES then break end
    for _, own in ipairs(expected) do
      local same = core.equal(own, given)
      found = found or (same and version == "v1")
    end
  end
  return found
end

local function parse_event(body)
  local event, reason = json.decode(body)
  if type(event) == "table" and type(event.event_id) == "string"
    and type(event.event_type) == "string" then
    return event
  end
  reason = reason or "it has no event_id and event_type"
  error(errors.new("SeamInvalidWebhookPayloadError",
    "The webhook is signed correctly but is not an event: " .. reason), 0)
end

--- Verifies a webhook and returns its event.
---@param body string the raw body, not one that was decoded and encoded again
---@param headers table header names in any case to values
---@return table event
--- Raises SeamWebhookVerificationError when it is not from Seam, SeamInvalidWebhookPayloadError
--- when it is but cannot be read (answer 2xx: sending it again would not help).
function methods:verify(body, headers)
  local id, timestamp, signature = signed_headers(headers)
  check_time(self, timestamp)
  if #signature > MAX_SIGNATURE_BYTES then fail("Invalid Signature Headers") end
  if not matches(self, signed_content(id, timestamp, body), signature) then
    fail("No matching signature found")
  end
  return parse_event(body)
end

--- Signs a body as Seam would, for tests and for the sandbox.
---@param body string
---@param id string the message's id
---@param timestamp integer|nil epoch seconds; now when absent
---@return table<string, string> headers
function methods:sign(body, id, timestamp)
  timestamp = ("%d"):format(math.floor(timestamp or self._now()))
  local signatures = self._signatures(signed_content(id, timestamp, body))
  for i, text in ipairs(signatures) do signatures[i] = "v1," .. text end
  return {
    ["svix-id"] = id,
    ["svix-timestamp"] = timestamp,
    ["svix-signature"] = table.concat(signatures, " "),
  }
end

return M
