-- SPDX-License-Identifier: MIT
-- Ids, PINs and tokens from a seeded generator: the same calls give the same ids on every Lua.

local floor = math.floor
local format = string.format

local M = {}

local MODULUS = 2147483647
local MULTIPLIER = 48271
local URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
local BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local Ids = {}
Ids.__index = Ids

-- Park and Miller's generator: its products stay below 2^53, so doubles and integers agree.
function Ids:next()
  self.state = self.state * MULTIPLIER % MODULUS
  return self.state
end

--- A whole number from 0 to limit - 1.
function Ids:below(limit)
  return floor(self:next() / MODULUS * limit)
end

--- A version 4 UUID.
function Ids:uuid()
  local parts = {}
  for i = 1, 16 do
    local byte = self:below(256)
    if i == 7 then byte = 64 + byte % 16 end
    if i == 9 then byte = 128 + byte % 64 end
    parts[i] = format("%02x", byte)
    if i == 4 or i == 6 or i == 8 or i == 10 then parts[i] = parts[i] .. "-" end
  end
  return table.concat(parts)
end

--- A PIN; never one that starts with 0, so that it survives a spreadsheet.
function Ids:digits(count)
  local text = tostring(1 + self:below(9))
  while #text < count do text = text .. format("%d", self:below(10)) end
  return text
end

local function pick(self, alphabet, count)
  local out = {}
  for i = 1, count do
    local at = self:below(64) + 1
    out[i] = alphabet:sub(at, at)
  end
  return table.concat(out)
end

--- URL-safe characters, as in a Connect Webview's auth_token.
function Ids:token(count)
  return pick(self, URL_SAFE, count)
end

--- A webhook secret: whsec_ and 24 bytes of base64 (32 characters need no padding).
function Ids:secret()
  return "whsec_" .. pick(self, BASE64, 32)
end

--- A generator. Streams with different names never disturb one another: asking more often for
--- something (request ids, while polling) must not change which ids resources get.
---@param seed integer
---@param stream string
function M.new(seed, stream)
  local state = floor(seed) % (MODULUS - 1) + 1
  for i = 1, #stream do
    state = (state * 31 + stream:byte(i)) % MODULUS
  end
  local ids = setmetatable({ state = state == 0 and 1 or state }, Ids)
  for _ = 1, 8 do ids:next() end
  return ids
end

return M
