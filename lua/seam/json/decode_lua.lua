-- SPDX-License-Identifier: MIT
-- JSON text to Lua values in plain Lua, for hosts with neither the C core nor lua-cjson: same values, same strictness.

local number = require("seam.json.number")
local strings = require("seam.json.strings")
local utf8 = require("seam.json.utf8")

require("seam.uncompiled")()

local find, huge, sub = string.find, math.huge, string.sub

local M = {}

local DEFAULT_DEPTH = 64
-- As in src/ljson.h: a text of empty tables would fill the memory.
local FREE_CONTAINERS, BYTES_A_CONTAINER = 65536, 32
local WORDS = { t = { "true", true }, f = { "false", false }, n = { "null" } }

-- Readers take the state { text =, deepest =, left = containers that may still come }, a place and a depth, and
-- return the value and the place behind it; nil for the place and a reason where there is none.

local read_value

local function skip(text, place)
  return find(text, "[^ \t\r\n]", place) or #text + 1
end

local function refusal(reason, place)
  return nil, nil, ("%s at byte %d"):format(reason, place)
end

local function unexpected(state, place)
  return refusal(place > #state.text and "unexpected end" or "unexpected text", place)
end

local function read_number(state, place)
  local token = state.text:match("^%-?%d+%.?%d*[eE]?[+-]?%d*", place)
  local whole, rest = (token or ""):match("^%-?(%d+)(.*)$")
  rest = rest and rest:gsub("^%.%d+", "")
  if not whole or (#whole > 1 and sub(whole, 1, 1) == "0") or not (rest == "" or find(rest, "^[eE][+-]?%d+$")) then
    -- "1-2" is a number with something behind it: the shortest reading decides.
    local short = state.text:match("^%-?%d+", place)
    if not short or rest == nil or not find(rest, "^[+-]") then return refusal("invalid number", place) end
    token = short
  end
  local value = tonumber(token)
  -- A host's locale may have another decimal sign.
  if not value then value = tonumber((token:gsub("%.", ("%.1f"):format(0.5):sub(2, 2)))) end
  if not value or value == huge or value == -huge then return refusal("number out of range", place) end
  return number.normalise(value), place + #token
end

local function read_string(state, place)
  local value, next_place = strings.read(state.text, place)
  if value == nil then return refusal(next_place, place) end
  return value, next_place
end

local function read_items(state, place, depth)
  local list, count = {}, 0
  place = skip(state.text, place)
  if sub(state.text, place, place) == "]" then return list, place + 1 end
  while true do
    local value, next_place, reason = read_value(state, place, depth)
    if not next_place then return nil, nil, reason end
    if value ~= nil then
      count = count + 1
      list[count] = value
    end
    place = skip(state.text, next_place)
    local byte = sub(state.text, place, place)
    if byte == "]" then return list, place + 1 end
    if byte ~= "," then return unexpected(state, place) end
    place = skip(state.text, place + 1)
  end
end

local function read_name(state, place)
  if sub(state.text, place, place) ~= '"' then return unexpected(state, place) end
  local name, next_place, reason = read_string(state, place)
  if not next_place then return nil, nil, reason end
  place = skip(state.text, next_place)
  if sub(state.text, place, place) ~= ":" then return unexpected(state, place) end
  return name, skip(state.text, place + 1)
end

local function read_members(state, place, depth)
  local object = {}
  place = skip(state.text, place)
  if sub(state.text, place, place) == "}" then return object, place + 1 end
  while true do
    local name, value_place, reason = read_name(state, place)
    if not value_place then return nil, nil, reason end
    local value, next_place
    value, next_place, reason = read_value(state, value_place, depth)
    if not next_place then return nil, nil, reason end
    object[name] = value
    place = skip(state.text, next_place)
    local byte = sub(state.text, place, place)
    if byte == "}" then return object, place + 1 end
    if byte ~= "," then return unexpected(state, place) end
    place = skip(state.text, place + 1)
  end
end

local function read_container(state, place, depth, read)
  state.left = state.left - 1
  if state.left < 0 then return refusal("too many tables", place) end
  if depth >= state.deepest then return refusal("nested too deeply", place) end
  return read(state, place + 1, depth + 1)
end

function read_value(state, place, depth)
  local byte = sub(state.text, place, place)
  if byte == '"' then return read_string(state, place) end
  if byte == "{" then return read_container(state, place, depth, read_members) end
  if byte == "[" then return read_container(state, place, depth, read_items) end
  if find(byte, "^[%d-]") then return read_number(state, place) end
  local word = WORDS[byte]
  if word and sub(state.text, place, place + #word[1] - 1) == word[1] then return word[2], place + #word[1] end
  return unexpected(state, place)
end

--- Reads JSON text as `seam.core.decode` does.
---@param text string
---@param max_depth number|nil containers that may stand inside each other, 64 if nil
---@return any value
---@return string|nil reason never holds content
function M.decode(text, max_depth)
  if not utf8.is_valid(text) then return nil, "invalid UTF-8" end
  local state = {
    text = text, deepest = max_depth or DEFAULT_DEPTH,
    left = FREE_CONTAINERS + math.floor(#text / BYTES_A_CONTAINER),
  }
  local value, place, reason = read_value(state, skip(text, 1), 0)
  if not place then return nil, reason end
  place = skip(text, place)
  if place <= #text then return nil, ("unexpected text behind the value at byte %d"):format(place) end
  return value
end

return M
