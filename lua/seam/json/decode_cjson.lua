-- SPDX-License-Identifier: MIT
-- JSON text to Lua values over lua-cjson, for hosts where the C core cannot load: same values, same strictness.

local number = require("seam.json.number")
local private_cjson = require("seam.json.private_cjson")
local utf8 = require("seam.json.utf8")

local huge = math.huge
local format = string.format

local M = {}

local DEFAULT_DEPTH = 64
-- An exponent this large decides the value, whatever the digits.
local FAR = 1e15
local WORDS = { ["true"] = true, ["false"] = true, ["null"] = true }

--- The text with its strings emptied, for looking at what stands between them; nil and a reason when a string
--- holds a raw control character. What escapes there are is left for lua-cjson to judge.
local function without_strings(text)
  local plain = text:find("\\", 1, true) and text:gsub("\\.", "__") or text
  local outline, strings = plain:gsub('"[^"]*"', '""')
  if plain:find("[\1-\31]") then
    -- A string with a control character is one match fewer: its quotes pair up with those of its neighbours.
    local _, clean = plain:gsub('"[^"\1-\31]*"', "")
    if clean ~= strings then return nil, "control character in a string" end
  end
  return outline, plain
end

local function is_number(token)
  if token:find("^[1-9]%d*$") then return true end
  local whole, rest = token:match("^%-?(%d+)(.*)$")
  if not whole or (#whole > 1 and whole:sub(1, 1) == "0") then return false end
  rest = rest:gsub("^%.%d+", "")
  return rest == "" or rest:find("^[eE][+-]?%d+$") ~= nil
end

--- What lua-cjson would let pass: other words and number forms (nan, 0x10, 01, 1., +1).
local function check_words(outline)
  for token in outline:gmatch("[^%s%[%]{}:,\"]+") do
    if not WORDS[token] and not is_number(token) then return nil, "unexpected text" end
  end
  return true
end

--- "1.25e3" as "125e1".
local function shift_point(whole, fraction, exponent)
  exponent = tonumber((exponent:sub(2):gsub("^%+", ""))) or 0
  exponent = math.max(-FAR, math.min(exponent, FAR)) - #fraction
  return whole .. fraction .. "e" .. format("%.0f", exponent)
end

local function rewrite(outside)
  return (outside:gsub("(%d+)%.(%d+)([eE]?[+-]?%d*)", shift_point))
end

--- lua-cjson reads decimals with the decimal sign that the host had when it was loaded. Under a sign that is no
--- point, numbers are rewritten to have none. `plain` is the text with its escapes masked.
local function without_points(text, plain)
  local pieces, from = {}, 1
  for opening, closing in plain:gmatch('()"[^"]*"()') do
    pieces[#pieces + 1] = rewrite(text:sub(from, opening - 1))
    pieces[#pieces + 1] = text:sub(opening, closing - 1)
    from = closing
  end
  pieces[#pieces + 1] = rewrite(text:sub(from))
  return table.concat(pieces)
end

local clean

--- Drops nulls; an array closes up. Changes the table, which is fresh from the decoder.
local function clean_table(container)
  local count = #container
  if count == 0 then
    for key, value in next, container do
      local cleaned, reason = clean(value)
      if reason then return nil, reason end
      container[key] = cleaned
    end
    return container
  end
  local kept = 0
  for index = 1, count do
    local cleaned, reason = clean(container[index])
    if reason then return nil, reason end
    container[index] = nil
    if cleaned ~= nil then
      kept = kept + 1
      container[kept] = cleaned
    end
  end
  return container
end

function clean(value)
  if value == private_cjson.null then return nil end
  if type(value) == "table" then return clean_table(value) end
  if type(value) ~= "number" then return value end
  if value == huge or value == -huge then return nil, "number out of range" end
  return number.normalise(value)
end

local function check(text)
  if text:find("\0", 1, true) then return nil, "unexpected text" end
  if not utf8.is_valid(text) then return nil, "invalid UTF-8" end
  local outline, plain = without_strings(text)
  if not outline then return nil, plain end
  local passed, reason = check_words(outline)
  if not passed then return nil, reason end
  return plain
end

--- Reads JSON text as `seam.core.decode` does; integers beyond 2^53 are the nearest floats here.
---@param text string
---@param max_depth number|nil containers that may stand inside each other, 64 if nil
---@return any value
---@return string|nil reason never holds content
function M.decode(text, max_depth)
  local plain, reason = check(text)
  if not plain then return nil, reason end
  if format("%.1f", 0.5) ~= "0.5" then text = without_points(text, plain) end
  local cjson = private_cjson.instance()
  cjson.decode_max_depth(max_depth or DEFAULT_DEPTH)
  local read, value = pcall(cjson.decode, text)
  if read then return clean(value) end
  value = tostring(value)
  if not value:find("at character %d+$") then error(value, 0) end
  return nil, "not JSON: " .. value
end

return M
