-- SPDX-License-Identifier: MIT
-- JSON strings in plain Lua, for hosts without lua-cjson: the same bytes as it writes.

local char, floor = string.char, math.floor

local M = {}

local ESCAPED = { ['"'] = '\\"', ["\\"] = "\\\\", ["/"] = "\\/", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n",
  ["\r"] = "\\r", ["\t"] = "\\t" }
local MEANT = { ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function escape(byte)
  return ESCAPED[byte] or ("\\u%04x"):format(byte:byte())
end

--- Writes a text as a JSON string.
---@param text string valid UTF-8
---@return string
function M.quote(text)
  return '"' .. text:gsub('[%z\1-\31\127"\\/]', escape) .. '"'
end

local function utf8_of(code)
  if code < 0x80 then return char(code) end
  if code < 0x800 then return char(0xC0 + floor(code / 0x40), 0x80 + code % 0x40) end
  if code < 0x10000 then
    return char(0xE0 + floor(code / 0x1000), 0x80 + floor(code / 0x40) % 0x40, 0x80 + code % 0x40)
  end
  return char(0xF0 + floor(code / 0x40000), 0x80 + floor(code / 0x1000) % 0x40, 0x80 + floor(code / 0x40) % 0x40,
    0x80 + code % 0x40)
end

local function unit_at(text, place)
  local digits = text:match("^\\u(%x%x%x%x)", place)
  return digits and tonumber(digits, 16)
end

--- What an escape means, and where it ends; nil and a reason.
local function read_escape(text, place)
  local meant = MEANT[text:sub(place + 1, place + 1)]
  if meant then return meant, place + 2 end
  local unit = unit_at(text, place)
  if not unit then return nil, "invalid escape" end
  if unit < 0xD800 or unit > 0xDFFF then return utf8_of(unit), place + 6 end
  local low = unit < 0xDC00 and unit_at(text, place + 6)
  if not low or low < 0xDC00 or low > 0xDFFF then return nil, "lone surrogate" end
  return utf8_of(0x10000 + (unit - 0xD800) * 0x400 + low - 0xDC00), place + 12
end

--- Reads the string whose opening quote stands at a place.
---@param text string valid UTF-8
---@param place integer
---@return string|nil value
---@return integer|string next the place behind the closing quote, or the reason
function M.read(text, place)
  local pieces, count, start = {}, 0, place + 1
  while true do
    local stop = text:find('[%z\1-\31"\\]', start)
    if not stop then return nil, "unfinished string" end
    count = count + 1
    pieces[count] = text:sub(start, stop - 1)
    local byte = text:sub(stop, stop)
    if byte == '"' then return table.concat(pieces), stop + 1 end
    if byte ~= "\\" then return nil, "control character in a string" end
    local meant, next_place = read_escape(text, stop)
    if not meant then return nil, next_place end
    count = count + 1
    pieces[count], start = meant, next_place
  end
end

return M
