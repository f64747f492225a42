-- SPDX-License-Identifier: MIT
-- JSON as the simulated API speaks it: requests keep their nulls, answers are always the same bytes (keys in order).

local cjson = require "cjson"

local concat, sort = table.concat, table.sort
local floor = math.floor
local format = string.format

local M = {}

local ARRAY = { __name = "seam.sandbox.array" }
local codec

--- A private copy of cjson: nobody's settings reach us, and ours reach nobody.
local function private_codec()
  if not codec then
    codec = cjson.new()
    codec.decode_invalid_numbers(false)
  end
  return codec
end

M.null = cjson.null

--- Marks a table to be written as an array even when it is empty, and returns it.
function M.array(list)
  return setmetatable(list or {}, ARRAY)
end

function M.is_array(value)
  return type(value) == "table" and (getmetatable(value) == ARRAY or value[1] ~= nil)
end

local encode

-- cjson writes every slash as \/; the API does not.
local function encode_string(text)
  return (private_codec().encode(text):gsub("\\/", "/"))
end

local function encode_array(list)
  local parts = {}
  for i = 1, #list do parts[i] = encode(list[i]) end
  return "[" .. concat(parts, ",") .. "]"
end

local function encode_object(object)
  local names = {}
  for name in pairs(object) do names[#names + 1] = name end
  sort(names)
  local parts = {}
  for i, name in ipairs(names) do
    parts[i] = encode_string(name) .. ":" .. encode(object[name])
  end
  return "{" .. concat(parts, ",") .. "}"
end

local function encode_number(number)
  if number == floor(number) and number > -2 ^ 53 and number < 2 ^ 53 then
    return format("%.0f", number)
  end
  return (format("%.14g", number))
end

function encode(value)
  local kind = type(value)
  if kind == "string" then return encode_string(value) end
  if kind == "number" then return encode_number(value) end
  if kind == "table" then
    if M.is_array(value) then return encode_array(value) end
    return encode_object(value)
  end
  if value == M.null then return "null" end
  return tostring(value)
end

--- JSON text of a value; empty tables are objects unless marked with `array`.
M.encode = encode

--- The value of a JSON text, with `json.null` where it says null; nil when it is not JSON.
function M.decode(text)
  local ok, value = pcall(private_codec().decode, text)
  if ok then return value end
  return nil
end

--- A deep copy without nulls and array marks: what a program that read the JSON would hold.
function M.plain(value)
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, item in pairs(value) do
    if item ~= M.null then copy[key] = M.plain(item) end
  end
  return copy
end

return M
