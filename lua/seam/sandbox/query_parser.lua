-- SPDX-License-Identifier: MIT
-- Query text to parameters by Seam's strict rules: repeated names, dot paths, `name=` for null or an empty array.

local json = require "seam.sandbox.json"

local M = {}

local function unescape(text)
  return (text:gsub("+", " "):gsub("%%(%x%x)", function(hex)
    return string.char(tonumber(hex, 16))
  end))
end

--- The names of a form or query in order of appearance, and the list of values of each.
---@param text string without the question mark
function M.pairs(text)
  local names, values = {}, {}
  for pair in text:gmatch("[^&]+") do
    local name, value = pair:match("^([^=]*)=?(.*)$")
    name = unescape(name)
    if not values[name] then
      values[name] = {}
      names[#names + 1] = name
    end
    values[name][#values[name] + 1] = unescape(value)
  end
  return names, values
end

local function scalar(text, spec)
  local kind = spec and spec.type
  if text == "" then return json.null end
  if kind == "number" then return tonumber(text) or text end
  if kind == "boolean" or kind == nil then
    if text == "true" then return true end
    if text == "false" then return false end
  end
  return text
end

local function convert(values, spec)
  if not spec or spec.type ~= "list" then
    if #values == 1 then return scalar(values[1], spec) end
    return json.array(values)
  end
  local list = json.array()
  if #values == 1 and values[1] == "" then return list end
  for place, text in ipairs(values) do list[place] = scalar(text, spec.item) end
  return list
end

local function field(spec, name)
  return spec and spec.fields and spec.fields[name]
end

local function put(params, specs, path, values)
  local first, rest = path:match("^([^.]+)%.(.+)$")
  if not first then
    params[path] = convert(values, specs and specs[path])
    return
  end
  local spec = specs and specs[first]
  if type(params[first]) ~= "table" then params[first] = {} end
  put(params[first], { [rest:match("^[^.]+")] = field(spec, rest:match("^[^.]+")) }, rest, values)
end

--- Parameters of a query. Values get the type their spec asks for where the text allows it, so that the
--- validation afterwards is the one JSON bodies get. `_strict` itself is dropped.
---@param text string
---@param specs table name -> spec of the endpoint's row
function M.parse(text, specs)
  local params = {}
  local names, values = M.pairs(text)
  for _, name in ipairs(names) do
    if name ~= "_strict" and name ~= "" then put(params, specs, name, values[name]) end
  end
  return params
end

return M
