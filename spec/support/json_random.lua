-- SPDX-License-Identifier: MIT
-- Seeded random JSON texts together with the value each must become, and damaged versions of them.

local values = require("support.json_values")

local M = {}

--- The same numbers on every Lua: random(n) gives 1..n.
function M.source(seed)
  local state = seed % 2147483646 + 1
  return function(n)
    state = state * 16807 % 2147483647
    return state % n + 1
  end
end

local EXPONENTS = { "e", "E", "e+", "E-", "e-" }
local NAMES = { "id", "name", "a", "b", "device_id", "properties", "created_at_the_very_latest" }
local BLANKS = { "", "", "", "", " ", "\n", "\t", "\r\n  " }

-- { text in JSON, bytes }
local PIECES = {
  { "a", "a" }, { "door ", "door " }, { "0123456789", "0123456789" }, { "\127", "\127" }, { "/", "/" },
  { '\\"', '"' }, { "\\\\", "\\" }, { "\\/", "/" }, { "\\b", "\b" }, { "\\f", "\f" }, { "\\n", "\n" }, { "\\r", "\r" },
  { "\\t", "\t" }, { "\\u0000", "\0" }, { "\\u001F", "\31" }, { "\\u00e9", "\195\169" }, { "\\u20ac", "\226\130\172" },
  { "\\uD83D\\uDE00", "\240\159\152\128" }, { "\195\169", "\195\169" }, { "\226\130\172", "\226\130\172" },
  { "\240\159\152\128", "\240\159\152\128" }, { "\\ufffe", "\239\191\190" }, { "[{,:}]", "[{,:}]" },
  { "null", "null" }, { "-1.5e3", "-1.5e3" },
}

local function string_value(random)
  local text, bytes = {}, {}
  local count = random(40) == 1 and random(400) or random(9) - 1
  for i = 1, count do
    local piece = PIECES[random(#PIECES)]
    text[i], bytes[i] = piece[1], piece[2]
  end
  return '"' .. table.concat(text) .. '"', table.concat(bytes)
end

local function digits(random, count)
  local list = {}
  for i = 1, count do list[i] = ("%d"):format(random(10) - 1) end
  return table.concat(list)
end

local function number_value(random)
  local text = random(3) == 1 and "-" or ""
  text = text .. (random(4) == 1 and "0" or ("%d"):format(random(9)) .. digits(random, random(6) - 1))
  if random(2) == 1 then text = text .. "." .. digits(random, random(random(5) == 1 and 40 or 6)) end
  if random(4) == 1 then
    text = text .. EXPONENTS[random(#EXPONENTS)] .. ("%d"):format(random(random(4) == 1 and 290 or 12))
  end
  local value = tonumber(text)
  -- Under 2^53 both decoders agree on the kind; integer syntax beyond it is out of the generator's reach.
  return text, value == 0 and 0 or values.number(value)
end

local generate

local function blank(random)
  return BLANKS[random(#BLANKS)]
end

local function array_value(random, depth)
  local text, list = {}, {}
  for i = 1, random(6) - 1 do
    local item_text, item = generate(random, depth - 1)
    text[i] = blank(random) .. item_text .. blank(random)
    if item ~= nil then list[#list + 1] = item end
  end
  return "[" .. (text[1] and table.concat(text, ",") or blank(random)) .. "]", list
end

local function object_value(random, depth)
  local text, object = {}, {}
  for i = 1, random(7) - 1 do
    local key_text, key
    if random(2) == 1 then
      key_text, key = string_value(random)
    else
      key = NAMES[random(#NAMES)]
      key_text = '"' .. key .. '"'
    end
    local member_text, member = generate(random, depth - 1)
    text[i] = blank(random) .. key_text .. blank(random) .. ":" .. blank(random) .. member_text .. blank(random)
    object[key] = member
  end
  return "{" .. (text[1] and table.concat(text, ",") or blank(random)) .. "}", object
end

--- A JSON text and its value (nil for null).
function generate(random, depth)
  local kind = random(depth > 0 and 11 or 6)
  if kind == 1 then return "null", nil end
  if kind == 2 then return "true", true end
  if kind == 3 then return "false", false end
  if kind == 4 then return number_value(random) end
  if kind <= 6 then return string_value(random) end
  if kind <= 8 then return array_value(random, depth) end
  return object_value(random, depth)
end

function M.document(random)
  local text, value = generate(random, 6)
  return blank(random) .. text .. blank(random), value
end

local SCRAPS = {
  '"', "\\", ",", ":", "[", "]", "{", "}", "0", "1", "9", "-", "+", ".", "e", "E", "null", "true", "nan", "Infinity",
  "0x1", "\0", "\n", "\t", " ", "\31", "\128", "\195", "\255", "\237\160\128", "\\u", "\\ud800", "\\u0041", "//", "'",
}

--- The text with one thing broken (or, by chance, only changed).
function M.damage(random, text)
  local at = random(#text + 1)
  local kind = random(4)
  if kind == 1 then return text:sub(1, at - 1) .. text:sub(at + random(3)) end
  if kind == 2 then return text:sub(1, at - 1) .. SCRAPS[random(#SCRAPS)] .. text:sub(at) end
  if kind == 3 then return text:sub(1, at - 1) .. SCRAPS[random(#SCRAPS)] .. text:sub(at + 1) end
  local from = random(#text + 1)
  return text:sub(1, at) .. text:sub(from)
end

return M
