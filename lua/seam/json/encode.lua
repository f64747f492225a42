-- SPDX-License-Identifier: MIT
-- Lua values to JSON text. Structure, numbers and null are decided here; lua-cjson escapes the strings.

local array = require("seam.json.array")
local byte_order = require("seam.byte_order")
local lazy = require("seam.lazy")
local number = require("seam.json.number")
local private_cjson = lazy("seam.json.private_cjson")
local utf8 = lazy("seam.json.utf8")

require("seam.uncompiled")()

local M = {}

-- All but the letters of ASCII that lua-cjson writes as they are. Names and ids have none of these: most
-- programs never need it.
local NOT_PLAIN = "[^ !#-.0-Z%[%]^-~]"

local MAX_DEPTH = 64
local MAX_STRING = 256 * 1024
local MAX_TEXT = 1024 * 1024

-- A writer gathers pieces of text and knows where in the value it stands. On the first refusal it keeps the
-- field and the reason, and everything returns false from there.

local function field_name(path, depth)
  local name = ""
  for level = 1, depth do
    local key = path[level]
    if type(key) == "number" then
      name = name .. ("[%d]"):format(key)
    else
      key = key:sub(1, 100):gsub("[%z\1-\31\127-\255]", "?")
      name = name == "" and key or name .. "." .. key
    end
  end
  return name
end

local function refuse(writer, reason)
  writer.field, writer.reason = field_name(writer.path, writer.depth), reason
  return false
end

local function put(writer, text)
  local size = writer.size + #text
  if size > writer.limit then
    return refuse(writer, ("makes the JSON text longer than %d bytes"):format(writer.limit))
  end
  writer.size = size
  writer.count = writer.count + 1
  writer.pieces[writer.count] = text
  return true
end

local function put_string(writer, text, subject)
  if #text > MAX_STRING then return refuse(writer, subject .. "is longer than 256 KiB") end
  if not text:find(NOT_PLAIN) then return put(writer, '"' .. text .. '"') end
  if not utf8.is_valid(text) then return refuse(writer, subject .. "is not valid UTF-8") end
  return put(writer, private_cjson.instance().encode(text))
end

local function put_number(writer, value)
  local text, reason = number.encode(value)
  if not text then return refuse(writer, reason) end
  return put(writer, text)
end

local put_value

--- How many items a sequence has; nil and the reason for any other table.
local function sequence_length(list)
  local count, last = 0, 0
  for key in next, list do
    if type(key) ~= "number" or key < 1 or key % 1 ~= 0 then return nil, "must be a list with the keys 1 to n" end
    count = count + 1
    if key > last then last = key end
  end
  if last ~= count then return nil, "is a list with holes" end
  return count
end

local function put_array(writer, list, item_spec)
  local count, reason = sequence_length(list)
  if not count then return refuse(writer, reason) end
  if not put(writer, "[") then return false end
  local depth = writer.depth + 1
  for index = 1, count do
    if index > 1 and not put(writer, ",") then return false end
    writer.path[depth], writer.depth = index, depth
    if not put_value(writer, list[index], item_spec) then return false end
    writer.depth = depth - 1
  end
  return put(writer, "]")
end

local function sorted_keys(object)
  local keys = {}
  for key in next, object do
    if type(key) ~= "string" then return nil, "has a key that is not a string (" .. type(key) .. ")" end
    keys[#keys + 1] = key
  end
  table.sort(keys, byte_order.is_less)
  return keys
end

local function put_object(writer, object, fields, value_spec)
  local keys, reason = sorted_keys(object)
  if not keys then return refuse(writer, reason) end
  if not put(writer, "{") then return false end
  local depth = writer.depth + 1
  for index, key in ipairs(keys) do
    if index > 1 and not put(writer, ",") then return false end
    if not put_string(writer, key, "has a key that ") or not put(writer, ":") then return false end
    writer.path[depth], writer.depth = key, depth
    if not put_value(writer, object[key], fields and fields[key] or value_spec) then return false end
    writer.depth = depth - 1
  end
  return put(writer, "}")
end

--- Without a spec a table that is not empty is what its keys say.
local function is_list(value, spec)
  if array.is_marked(value) then return true end
  local kind = spec and spec.type
  if kind == "list" then return true end
  if kind == "object" or kind == "record" then return false end
  return rawget(value, 1) ~= nil or type(next(value)) == "number"
end

local function mixes_keys(value)
  local seen = {}
  for key in next, value do seen[type(key)] = true end
  return seen.number and seen.string
end

local function put_table(writer, value, spec)
  if writer.open[value] then return refuse(writer, "contains itself") end
  if writer.depth >= MAX_DEPTH then return refuse(writer, "is nested more than 64 levels deep") end
  if mixes_keys(value) then return refuse(writer, "mixes a list with named fields") end
  writer.open[value] = true
  local done
  if is_list(value, spec) then
    done = put_array(writer, value, spec and spec.item)
  else
    done = put_object(writer, value, spec and spec.fields, spec and spec.item)
  end
  writer.open[value] = nil
  return done
end

function put_value(writer, value, spec)
  local kind = type(value)
  if kind == "string" then return put_string(writer, value, "") end
  if kind == "number" then return put_number(writer, value) end
  if kind == "boolean" then return put(writer, tostring(value)) end
  if kind == "table" then return put_table(writer, value, spec) end
  if kind == "nil" then return refuse(writer, "is nil") end
  if value == private_cjson.null then return put(writer, "null") end
  return refuse(writer, "is a " .. kind .. ", which JSON does not have")
end

--- Writes a value as JSON. Keys are sorted by their bytes, so equal values give equal text.
--- Without a spec a table whose keys are 1..n is an array, any other with string keys an object, `{}` an object.
--- The value is read without metamethods and never changed.
---@param value any
---@param spec table|nil param spec: `{ type = "list", item = spec }`, `{ type = "object", fields = { name = spec } }`
---@param max_bytes number|nil longest text, 1 MiB if nil
---@return string|nil text
---@return string|nil field what was refused: "a.b[2]", "" for the value itself
---@return string|nil reason goes behind the field's name: "is not valid UTF-8"
function M.encode(value, spec, max_bytes)
  local writer = {
    pieces = {}, count = 0, size = 0, limit = max_bytes or MAX_TEXT, path = {}, depth = 0, open = {},
  }
  if not put_value(writer, value, spec) then return nil, writer.field, writer.reason end
  return table.concat(writer.pieces)
end

return M
