-- SPDX-License-Identifier: MIT
-- Parameters of every kind to the text behind "?", by the rules of seamapi/url-search-params-serializer 3.0.3.

local byte_order = require "seam.lazy" "seam.byte_order"
local json = require "seam.json"
local number = require "seam.lazy" "seam.number"
local utf8 = require "seam.json.utf8"

require("seam.uncompiled")()

local M = {}

local INFINITY = math.huge

-- Tables inside tables, as for JSON; one that contains itself ends here too.
local MAX_DEPTH = 64

local function escape(text)
  if not text:find("[^A-Za-z0-9*%-._]") then return text end
  text = text:gsub("[^A-Za-z0-9*%-._ ]", function(char)
    return ("%%%02X"):format(char:byte())
  end)
  return (text:gsub(" ", "+"))
end

--- Sorting by UTF-16 code units needs U+E000..U+FFFF behind the astral characters, whose UTF-8
--- lead bytes are larger; shifting the two lead bytes concerned gives the same order by bytes.
local function sort_key(name)
  return (name:gsub("[\238\239]", { ["\238"] = "\254", ["\239"] = "\255" }))
end

local function scalar_text(value)
  local kind = type(value)
  if kind == "string" then
    if not utf8.is_valid(value) then return nil, "is not valid UTF-8" end
    return value
  end
  if kind == "boolean" then return tostring(value) end
  if kind ~= "number" then return nil, "is a " .. kind end
  if value ~= value then return nil, "is NaN" end
  if value == INFINITY then return nil, "is Infinity" end
  if value == -INFINITY then return nil, "is -Infinity" end
  return number.to_ecmascript(value)
end

local function array_texts(list)
  local texts, count = {}, #list
  for key in next, list do
    if type(key) ~= "number" or key < 1 or key > count or key % 1 ~= 0 then
      return nil, "is a list with holes or names in it"
    end
  end
  for i = 1, count do
    local item = list[i]
    if json.is_null(item) then
      return nil, "is an array containing null or undefined values which is unsupported"
    elseif type(item) == "table" then
      return nil, "is an array containing a table which is unsupported"
    elseif item == "" then
      return nil, (count == 1 and "is a single element array" or "is an array")
        .. " containing the empty string which is unsupported"
    end
    local text, reason = scalar_text(item)
    if not text then return nil, reason end
    texts[i] = text
  end
  if count == 0 then texts[1] = "" end
  return texts
end

local function is_array(value, spec)
  if spec and spec.type == "list" then return true end
  return json.is_array(value) or #value > 0
end

local collect

local function collect_value(out, name, value, spec, depth)
  if value == "" then return true end
  if json.is_null(value) then
    out[name] = ""
  elseif type(value) ~= "table" then
    local text, reason = scalar_text(value)
    if not text then return nil, name, reason end
    out[name] = text
  elseif is_array(value, spec) then
    local texts, reason = array_texts(value)
    if not texts then return nil, name, reason end
    out[name] = texts
  else
    if depth == MAX_DEPTH then return nil, name, "is nested too deep, or contains itself" end
    return collect(out, name .. ".", value, spec and spec.fields, depth + 1)
  end
  return true
end

function collect(out, prefix, params, specs, depth)
  for key, value in next, params do
    if type(key) ~= "string" then
      return nil, prefix .. tostring(key), "is a " .. type(key) .. " which is unsupported as a parameter name"
    end
    if key:find(".", 1, true) then return nil, key, 'contains one or more dots "." in its name which is unsupported' end
    if not utf8.is_valid(key) then return nil, prefix .. "?", "has a name that is not valid UTF-8" end
    local ok, name, reason = collect_value(out, prefix .. key, value, specs and specs[key], depth)
    if not ok then return nil, name, reason end
  end
  return true
end

local function sorted_names(pairs_by_name)
  local names, keys = {}, {}
  for name in next, pairs_by_name do
    if name ~= "_strict" then names[#names + 1] = name end
  end
  if #names < 2 then return names end
  for _, name in ipairs(names) do keys[name] = sort_key(name) end
  table.sort(names, function(a, b) return byte_order.is_less(keys[a], keys[b]) end)
  return names
end

--- Does what seam.query says.
---@param params table
---@param specs table|nil
---@return string|nil text
---@return string|nil name
---@return string|nil reason
function M.serialize(params, specs)
  local found = {}
  local ok, name, reason = collect(found, "", params, specs, 1)
  if not ok then return nil, name, reason end
  local parts = {}
  for _, key in ipairs(sorted_names(found)) do
    local texts = found[key]
    if type(texts) == "string" then
      parts[#parts + 1] = escape(key) .. "=" .. escape(texts)
    else
      for _, text in ipairs(texts) do parts[#parts + 1] = escape(key) .. "=" .. escape(text) end
    end
  end
  if #parts == 0 and not found._strict then return "" end
  parts[#parts + 1] = "_strict=true"
  return table.concat(parts, "&")
end

return M
