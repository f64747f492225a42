-- SPDX-License-Identifier: MIT
-- SHA-256 and HMAC in plain Lua (FIPS 180-4, RFC 2104), for hosts where the C core cannot load. About a millisecond
-- for 64 bytes on Lua 5.1, which has no operators on bits.

local bits = require "seam.webhook.bits"

local band, bxor = bits.band, bits.bxor
local char, floor = string.char, math.floor

local M = {}

local BLOCK = 64
local WORD = 4294967296

--- The first 32 bits of the fractions of the roots (square: the start, cubic: the constants) of the first primes.
local function make_constants()
  local start, constants, candidate = {}, {}, 2
  while #constants < 64 do
    local prime = true
    for divisor = 2, floor(candidate ^ 0.5) do
      if candidate % divisor == 0 then prime = false end
    end
    if prime then
      if #start < 8 then start[#start + 1] = floor(candidate ^ 0.5 % 1 * WORD) end
      constants[#constants + 1] = floor(candidate ^ (1 / 3) % 1 * WORD)
    end
    candidate = candidate + 1
  end
  return start, constants
end

local START, K

local function rotated(word, by)
  local power = 2 ^ by
  local low = word % power
  return (word - low) / power + low * (WORD / power)
end

local function shifted(word, by)
  return floor(word / 2 ^ by)
end

local function schedule(text, offset)
  local words = {}
  for i = 1, 16 do
    local a, b, c, d = text:byte(offset + 4 * i - 3, offset + 4 * i)
    words[i] = ((a * 256 + b) * 256 + c) * 256 + d
  end
  for i = 17, 64 do
    local x, y = words[i - 15], words[i - 2]
    local s0 = bxor(bxor(rotated(x, 7), rotated(x, 18)), shifted(x, 3))
    local s1 = bxor(bxor(rotated(y, 17), rotated(y, 19)), shifted(y, 10))
    words[i] = (words[i - 16] + s0 + words[i - 7] + s1) % WORD
  end
  return words
end

local function compress(state, text, offset)
  local words = schedule(text, offset)
  local a, b, c, d, e, f, g, h = state[1], state[2], state[3], state[4], state[5], state[6], state[7], state[8]
  for i = 1, 64 do
    local s1 = bxor(bxor(rotated(e, 6), rotated(e, 11)), rotated(e, 25))
    local chosen = bxor(g, band(e, bxor(f, g)))
    local t1 = h + s1 + chosen + K[i] + words[i]
    local s0 = bxor(bxor(rotated(a, 2), rotated(a, 13)), rotated(a, 22))
    local majority = bxor(band(a, b), band(c, bxor(a, b)))
    h, g, f, e, d, c, b, a = g, f, e, (d + t1) % WORD, c, b, a, (t1 + s0 + majority) % WORD
  end
  for i, word in ipairs { a, b, c, d, e, f, g, h } do state[i] = (state[i] + word) % WORD end
end

local function big_endian(number, bytes)
  local text = ""
  for _ = 1, bytes do
    text = char(floor(number % 256)) .. text
    number = floor(number / 256)
  end
  return text
end

--- The digest of a text.
---@param text string
---@return string digest 32 bytes
function M.hash(text)
  if not START then START, K = make_constants() end
  local padded = text .. "\128" .. ("\0"):rep((55 - #text) % BLOCK) .. big_endian(#text * 8, 8)
  local state = {}
  for i, word in ipairs(START) do state[i] = word end
  for offset = 0, #padded - BLOCK, BLOCK do compress(state, padded, offset) end
  local digest = ""
  for _, word in ipairs(state) do digest = digest .. big_endian(word, 4) end
  return digest
end

local function masked(key, mask)
  return (key:gsub(".", function(byte) return char(floor(bxor(byte:byte(), mask))) end))
end

--- The message's code under a key.
---@param key string
---@param text string
---@return string code 32 bytes
function M.hmac(key, text)
  if #key > BLOCK then key = M.hash(key) end
  key = key .. ("\0"):rep(BLOCK - #key)
  return M.hash(masked(key, 0x5C) .. M.hash(masked(key, 0x36) .. text))
end

return M
