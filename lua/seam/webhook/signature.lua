-- SPDX-License-Identifier: MIT
-- Svix's signature scheme v1: HMAC-SHA256 in base64 over id, timestamp and body.

local digest = require "seam.webhook.digest"

require("seam.uncompiled")()

local M = {}

local PREFIX = "whsec_"
-- Svix sends one signature for each secret in use: two while one is being replaced.
local MAX_SIGNATURES = 32
local MAX_SIGNATURE_BYTES = 4096

local function decode_secret(secret, raw)
  if type(secret) ~= "string" then return nil end
  if raw then return secret ~= "" and secret or nil end
  if secret:sub(1, #PREFIX) == PREFIX then secret = secret:sub(#PREFIX + 1) end
  local key = digest.base64_decode(secret .. ("="):rep(-#secret % 4))
  return key ~= "" and key or nil
end

--- The keys of one secret or of a list of them; nil when one of them is none.
---@param secret any
---@param raw boolean|nil whether the secrets are the keys themselves, not base64 text
---@return string[]|nil
function M.keys(secret, raw)
  local secrets = type(secret) == "table" and secret or { secret }
  local keys, count = {}, 0
  for _ in pairs(secrets) do count = count + 1 end
  for i = 1, count do
    keys[i] = decode_secret(secrets[i], raw)
    if not keys[i] then return nil end
  end
  return count > 0 and keys or nil
end

--- One signature for each key. Joined, not formatted: Lua 5.1's "%s" ends a text at its first NUL.
---@return string[]|nil signatures
---@return string|nil reason
function M.make(keys, id, timestamp, body)
  local content = id .. "." .. timestamp .. "." .. body
  local signatures = {}
  for i, key in ipairs(keys) do
    local code, reason = digest.hmac_sha256(key, content)
    if not code then return nil, reason end
    signatures[i] = digest.base64_encode(code)
  end
  return signatures
end

--- Whether a signature header is short enough to be looked at.
---@param header string
---@return boolean
function M.is_bounded(header)
  return #header <= MAX_SIGNATURE_BYTES
end

--- Whether one of the header's entries ("v1,<base64>", blanks between them) is one of ours.
--- All of them are compared: how long it takes tells nothing about which one fitted.
---@param own string[]
---@param header string
---@return boolean
function M.matches(own, header)
  local found, count = false, 0
  for entry in header:gmatch("[^ ]+") do
    count = count + 1
    if count > MAX_SIGNATURES then break end
    local version, given = entry:match("^([^,]*),(.*)$")
    for _, signature in ipairs(own) do
      local same = digest.equal(signature, given or "")
      found = found or (same and version == "v1")
    end
  end
  return found
end

return M
