-- SPDX-License-Identifier: MIT
-- JSON text to Lua values over lua-cjson, for hosts where the C core cannot load: same values, same strictness.

local number = require("seam.json.number")
local private_cjson = require("seam.json.private_cjson")
local utf8 = require("seam.json.utf8")

require("seam.uncompiled")()

local huge = math.huge

local M = {}

local DEFAULT_DEPTH = 64
-- As in src/ljson.h: a text of empty tables would fill the memory.
local FREE_CONTAINERS, BYTES_A_CONTAINER = 65536, 32
local WORDS = { ["true"] = true, ["false"] = true, ["null"] = true }

--- The text with its strings emptied, for looking at what stands between them; nil and a reason when a string
--- holds a raw control character. Escapes are left for lua-cjson to judge.
local function without_strings(text)
  local plain = text:find("\\", 1, true) and text:gsub("\\.", "__") or text
  local outline, strings = plain:gsub('"[^"]*"', '""')
  if plain:find("[\1-\31]") then
    -- A string with a control character is one match fewer: its quotes pair up with those of its neighbours.
    local _, clean = plain:gsub('"[^"\1-\31]*"', "")
    if clean ~= strings then return nil, "control character in a string" end
  end
  return outline
end

local function is_number(token)
  if token:find("^[1-9]%d*$") then return true end
  local whole, rest = token:match("^%-?(%d+)(.*)$")
  if not whole or (#whole > 1 and whole:sub(1, 1) == "0") then return false end
  rest = rest:gsub("^%.%d+", "")
  return rest == "" or rest:find("^[eE][+-]?%d+$") ~= nil
end

--- False for what lua-cjson would let pass: other words and number forms (nan, 0x10, 01, 1., +1).
local function has_only_json_words(outline)
  for token in outline:gmatch("[^%s%[%]{}:,\"]+") do
    if not WORDS[token] and not is_number(token) then return false end
  end
  return true
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

--- nil, or the reason why the text is refused before lua-cjson sees it.
local function find_fault(text)
  if text:find("\0", 1, true) then return "unexpected text" end
  if not utf8.is_valid(text) then return "invalid UTF-8" end
  local outline, reason = without_strings(text)
  if reason then return reason end
  if not has_only_json_words(outline) then return "unexpected text" end
  local containers = select(2, outline:gsub("[%[{]", ""))
  if containers > FREE_CONTAINERS + math.floor(#text / BYTES_A_CONTAINER) then return "too many tables" end
  return nil
end

--- Reads JSON text as `seam.core.decode` does; integers beyond 2^53 are the nearest floats here.
---@param text string
---@param max_depth number|nil containers that may stand inside each other, 64 if nil
---@return any value
---@return string|nil reason never holds content
function M.decode(text, max_depth)
  local fault = find_fault(text)
  if fault then return nil, fault end
  local cjson = private_cjson.renew()
  cjson.decode_max_depth(max_depth or DEFAULT_DEPTH)
  local read, value = pcall(cjson.decode, text)
  if read then return clean(value) end
  value = tostring(value)
  if not value:find("at character %d+$") then error(value, 0) end
  return nil, "not JSON: " .. value
end

return M
