-- SPDX-License-Identifier: MIT
-- Turns what a caller passed into the parameters the API knows, or says what is wrong with it.
-- The caller's tables are only read.

local errors = require "seam.errors"
local json = require "seam.json"
local nearest = require "seam.lazy" "seam.nearest"
local resource = require "seam.resource"
local time = require "seam.lazy" "seam.time"

require("seam.uncompiled")()

local M = {}

-- These only page through a result: they do not count as "at least one parameter".
local PAGING = { limit = true, page_cursor = true }

local convert, convert_fields

local function article(kind)
  return (kind:find("^[aeio]") and "an " or "a ") .. kind
end

--- Where `x` or `xs` was written for `x_id` or `x_ids`: the API's own name.
local function unaliased(name, fields)
  if fields[name .. "_id"] then return name .. "_id" end
  local singular = name:match("^(.+)ies$")
  singular = singular and singular .. "y" or name:match("^(.+)s$")
  if singular and fields[singular .. "_ids"] then return singular .. "_ids" end
  return nil
end

local function is_id_name(name)
  return name:sub(-3) == "_id"
end

local function convert_id(value, name)
  local id = resource.id_for(value, name)
  if id then return id end
  return nil, "must be an id or a resource that has one, got a table without " .. name
end

local function convert_list(value, spec, name)
  if type(value) ~= "table" then return nil, "must be a list, got " .. article(type(value)) end
  local items = json.array {}
  local id_name = name:match("^(.+_id)s$")
  for key, item in next, value do
    if type(key) ~= "number" then return nil, "must be a list, got a table with names in it" end
    local converted, reason, inner = convert(item, spec.item or {}, id_name or name)
    if converted == nil then return nil, reason, "[" .. key .. "]" .. (inner or "") end
    items[key] = converted
  end
  return items
end

local function convert_object(value, spec)
  if type(value) ~= "table" then return nil, "must be a table, got " .. article(type(value)) end
  if not spec.fields then return value end
  local fields, reason, inner = convert_fields(value, spec.fields)
  if not fields then return nil, reason, inner and "." .. inner end
  return fields
end

local function convert_scalar(value, spec, name)
  local kind = type(value)
  if kind == "table" then
    if is_id_name(name) then return convert_id(value, name) end
    return nil, "must be " .. article(spec.type or "scalar") .. ", got a table"
  end
  if kind == "function" or kind == "thread" or kind == "userdata" or kind == "cdata" then
    return nil, "is " .. article(kind) .. ", which cannot be sent"
  end
  return value
end

local CONVERTERS = {
  list = convert_list,
  object = convert_object,
  record = convert_object,
  any = function(value) return value end,
  time = function(value, spec, name)
    if type(value) == "number" then return time.format(value) end
    return convert_scalar(value, spec, name)
  end,
}

--- One value to what is sent; nil with a reason, and the place inside the value, when it cannot be.
function convert(value, spec, name)
  if json.is_null(value) then return value end
  return (CONVERTERS[spec.type] or convert_scalar)(value, spec, name)
end

--- The API's own name for what the caller wrote. Where both `x` (a table of fields) and `x_id` are
--- parameters, a resource means its id.
local function name_for(key, value, fields)
  if fields[key] and not (type(value) == "table" and fields[key .. "_id"] and resource.kind(value)) then
    return key
  end
  return unaliased(key, fields)
end

function convert_fields(given, fields)
  local converted = {}
  for key, value in next, given do
    if type(key) ~= "string" then
      return nil, "must have names, not positions", tostring(key)
    end
    local name = name_for(key, value, fields)
    if not name then return nil, "is unknown" .. nearest.hint(key, fields), key end
    if converted[name] ~= nil then return nil, "is given twice, as an alias too", name end
    local result, reason, inner = convert(value, fields[name], name)
    if result == nil then return nil, reason, name .. (inner or "") end
    -- An empty id would vanish from a query, and a delete would name nobody.
    if result == "" and is_id_name(name) then return nil, "is empty", name end
    converted[name] = result
  end
  return converted
end

local function from_id(row, id)
  if not row.main_id then
    return nil, errors.invalid_params(row.path,
      ("Parameters for %s must be a table of names: it has no main id that a string could stand for")
      :format(row.path))
  end
  local spec = row.params[row.main_id]
  return { [row.main_id] = spec.type == "list" and { id } or id }
end

--- Whether what from_id made of it has nothing left to convert.
local function is_plain_id(row, given)
  return type(given) == "string" and given ~= "" and row.params[row.main_id].type == "string"
end

--- A resource stands for its own id. Many carry others' ids too (an access code knows its device):
--- a question may go by those, a write must not, or a slip would change something else.
local function from_resource(row, value)
  local own = resource.kind(value) .. "_id"
  if row.params[own] and value[own] then return { [own] = value[own] } end
  local other = row.main_id and value[row.main_id]
  if other and (row.reads or value[own] == nil) then return { [row.main_id] = other } end
  return nil, errors.invalid_params(row.path,
    ("%s does not take %s: name the id it should use"):format(row.path, tostring(value)))
end

--- A string or a resource in place of the table of parameters.
local function as_table(row, given)
  if given == nil or json.is_null(given) then return {} end
  if type(given) == "string" then return from_id(row, given) end
  if type(given) ~= "table" then
    return nil, errors.invalid_params(row.path,
      ("Parameters for %s must be a table, a string or a resource, got %s")
      :format(row.path, article(type(given))))
  end
  if resource.kind(given) then return from_resource(row, given) end
  return given
end

--- An empty text is left out of a query: there it is as good as not given.
local function is_given(row, value)
  if value == "" and (row.method == "GET" or row.method == "DELETE") then return false end
  return value ~= nil
end

-- By row; the keys are weak, and a list knows no row.
local required_of = setmetatable({}, { __mode = "k" })

--- The names a call must give, sorted.
local function required_names(row)
  local required = required_of[row]
  if required then return required end
  required = {}
  for name, spec in pairs(row.params) do
    if spec.required then required[#required + 1] = name end
  end
  table.sort(required)
  required_of[row] = required
  return required
end

local function missing_names(row, params)
  local missing
  for _, name in ipairs(required_names(row)) do
    if not is_given(row, params[name]) then
      missing = missing or {}
      missing[#missing + 1] = name
    end
  end
  return missing
end

local function check_complete(row, params)
  local missing = missing_names(row, params)
  if missing then
    return nil, errors.invalid_params(row.path, ("Required parameters missing for %s: %s")
      :format(row.path, table.concat(missing, ", ")), missing[1])
  end
  if not row.needs_any then return true end
  for name, value in pairs(params) do
    if not PAGING[name] and is_given(row, value) then return true end
  end
  return nil, errors.invalid_params(row.path,
    ("At least one parameter is required for %s"):format(row.path))
end

--- Normalises a caller's parameters for one endpoint: resolves a main id, resources and aliases,
--- writes times as ISO 8601, and checks names and shapes. Values of enums are left to the server.
---@param row table the endpoint's row
---@param given table|string|nil what the caller passed
---@return table|nil params a fresh table with the API's names
---@return seam.Error|nil err SeamInvalidParamsError
function M.normalize(row, given)
  local wanted, err = as_table(row, given)
  if not wanted then return nil, err end
  local params, reason, name
  if is_plain_id(row, given) then
    params = wanted
  else
    params, reason, name = convert_fields(wanted, row.params)
  end
  if not params then
    return nil, errors.invalid_params(row.path,
      ("Invalid parameter '%s' for %s: it %s"):format(errors.quoted(name), row.path, reason),
      errors.quoted(name))
  end
  local complete
  complete, err = check_complete(row, params)
  if not complete then return nil, err end
  return params
end

return M
