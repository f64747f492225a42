-- SPDX-License-Identifier: MIT
-- Checks parameters against an endpoint's row as the API does: unknown names are dropped, wrong types refused.

local errors = require "seam.sandbox.errors"
local json = require "seam.sandbox.json"
local time = require "seam.time"

local M = {}

-- Parameters that may be null although rows do not say so (types 1.1038.0).
local NULLABLE = {
  page_cursor = true, unstable_location_id = true,
  ["/devices/update:name"] = true, ["/devices/update:properties.name"] = true,
}
-- `sync` is undocumented ("only used internally") and so in no row; the API and its fake understand it.
local EXTRA = { sync = { type = "boolean" } }
local NOT_UUIDS = { webhook_id = true }
local NOT_EMPTY = {
  customer_key = true, search = true, user_identifier_key = true, common_code_key = true,
  event_type = true, webhook_id = true, url = true, page_cursor = true,
}

local check

local function type_name(value)
  if value == json.null then return "null" end
  local kind = type(value)
  if kind ~= "table" then return kind end
  return json.is_array(value) and "array" or "object"
end

local function is_uuid(text)
  local shape = ("%x"):rep(8) .. "%-" .. (("%x"):rep(4) .. "%-"):rep(3) .. ("%x"):rep(12)
  return text:find("^" .. shape .. "$") ~= nil
end

--- Epoch seconds of a time parameter; a moment without a zone is taken as UTC, as on a server that runs in UTC.
function M.moment(text)
  return time.parse(text) or time.parse(text .. "Z")
end

local function check_string(value, context)
  local name = context.name
  if (name:find("_id$") or name:find("_ids$")) and not NOT_UUIDS[name] and not is_uuid(value) then
    context:refuse("Invalid uuid")
  elseif value == "" and NOT_EMPTY[name] then
    context:refuse("String must contain at least 1 character(s)")
  end
end

local function check_time(value, context)
  if not M.moment(value) then return context:refuse("Invalid date") end
end

local function check_list(value, context, spec)
  local copy = json.array()
  for place, item in ipairs(value) do
    copy[place] = check(item, context:inner(tostring(place - 1), context.name), spec.item)
  end
  return copy
end

local function check_object(value, context, spec)
  local copy = {}
  for name, inner in pairs(spec.fields or {}) do
    copy[name] = check(value[name], context:inner(name, name), inner)
  end
  return copy
end

local EXPECTED = {
  string = "string", number = "number", boolean = "boolean", time = "string",
  list = "array", object = "object", record = "object",
}

local function fits(value, kind)
  local expected = EXPECTED[kind]
  if not expected then return true end
  local actual = type_name(value)
  -- An empty JSON array and an empty object look alike once decoded.
  if actual == "object" and expected == "array" then return next(value) == nil end
  return actual == expected
end

local function is_nullable(context)
  return NULLABLE[context.name] or NULLABLE[context.endpoint .. ":" .. table.concat(context.path, ".")]
end

function check(value, context, spec)
  if value == nil then
    if spec and spec.required then context:refuse("Required") end
    return nil
  end
  if not spec then return value end
  if value == json.null and (spec.nullable or is_nullable(context)) then return json.null end
  if not fits(value, spec.type) then
    context:refuse("Expected " .. EXPECTED[spec.type] .. ", received " .. type_name(value))
    return nil
  end
  if spec.type == "string" then check_string(value, context) end
  if spec.type == "time" then check_time(value, context) end
  if spec.type == "list" then return check_list(value, context, spec) end
  if spec.type == "object" and spec.fields then return check_object(value, context, spec) end
  return value
end

local Context = {}
Context.__index = Context

function Context:inner(key, name)
  local path = {}
  for place, part in ipairs(self.path) do path[place] = part end
  path[#path + 1] = key
  return setmetatable({ endpoint = self.endpoint, path = path, name = name, issues = self.issues }, Context)
end

function Context:refuse(message)
  self.issues[#self.issues + 1] = { path = self.path, message = message }
end

local function sorted_names(specs)
  local names = {}
  for name in pairs(specs) do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- The checked parameters of a call, without those the endpoint does not know; raises `invalid_input`.
---@param row table the endpoint's row
---@param given table decoded parameters
function M.check(row, given)
  if type_name(given) ~= "object" then
    errors.invalid(nil, "Expected object, received " .. type_name(given))
  end
  local context = setmetatable({ endpoint = row.path, path = {}, name = "", issues = {} }, Context)
  local params = {}
  for _, name in ipairs(sorted_names(row.params or {})) do
    params[name] = check(given[name], context:inner(name, name), row.params[name])
  end
  for name, spec in pairs(EXTRA) do
    if not params[name] then params[name] = check(given[name], context:inner(name, name), spec) end
  end
  if #context.issues > 0 then errors.raise_issues(context.issues) end
  return params
end

return M
