-- SPDX-License-Identifier: MIT
-- Base64 in plain Lua (RFC 4648), which reads what the C core reads.

local char, floor = string.char, math.floor

local M = {}

local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

--- Writes bytes as base64.
---@param bytes string
---@return string
function M.encode(bytes)
  local pieces = {}
  for place = 1, #bytes, 3 do
    local a, b, c = bytes:byte(place, place + 2)
    local word = a * 65536 + (b or 0) * 256 + (c or 0)
    local text = ""
    for _ = 1, 4 do
      local digit = word % 64
      text = ALPHABET:sub(digit + 1, digit + 1) .. text
      word = (word - digit) / 64
    end
    pieces[#pieces + 1] = text:sub(1, c and 4 or b and 3 or 2) .. (c and "" or b and "=" or "==")
  end
  return table.concat(pieces)
end

local values

local function value_of(digit)
  if not values then
    values = {}
    for place = 1, #ALPHABET do values[ALPHABET:sub(place, place)] = place - 1 end
  end
  return values[digit]
end

local function quartet(text, place, kept)
  local word = 0
  for offset = 0, 3 do
    word = word * 64 + (offset <= kept and value_of(text:sub(place + offset, place + offset)) or 0)
  end
  return char(floor(word / 65536), floor(word / 256) % 256, word % 256):sub(1, kept)
end

--- Reads base64.
---@param text string with its padding
---@return string|nil bytes nil when it is not base64
function M.decode(text)
  if #text % 4 ~= 0 or not text:find("^[A-Za-z0-9+/]*=?=?$") then return nil end
  local padding, pieces = #text:match("=*$"), {}
  for place = 1, #text, 4 do
    local kept = place + 4 > #text and 3 - padding or 3
    pieces[#pieces + 1] = quartet(text, place, kept)
  end
  return table.concat(pieces)
end

return M
