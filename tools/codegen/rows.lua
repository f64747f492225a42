-- SPDX-License-Identifier: MIT
-- Turns model.json and the reviewed tables into rows, namespace by namespace. Pure: tables in, tables out.

local main_id = require "tools.codegen.main_id"
local names = require "tools.codegen.names"
local params = require "tools.codegen.params"

local rows = {}

local function method_of(endpoint, preference)
  local has = names.set(endpoint.methods, endpoint.path)
  for _, method in ipairs(preference) do
    if has[method] then return method end
  end
  error(endpoint.path .. " has no method that review/methods.lua knows.", 0)
end

local function resource_of(response, review)
  return review.by_key[response.key] or (response.resource:gsub("^unmanaged_", ""))
end

local function has_required(specs)
  for _, spec in pairs(specs) do
    if spec.required then return true end
  end
  return false
end

-- cjson's null is truthy, so a void response must be asked for by type.
local function response_of(endpoint)
  return type(endpoint.response) == "table" and endpoint.response or nil
end

local function row_of(endpoint, review)
  local response = response_of(endpoint)
  local specs = params.build(endpoint.params, endpoint.path, review.times)
  return {
    path = endpoint.path,
    method = method_of(endpoint, review.methods),
    response_key = response and response.key,
    resource = response and resource_of(response, review.resources),
    main_id = main_id(endpoint.path, specs, review.main_id),
    reads = review.is_reading[endpoint.path] or nil,
    moves_door = review.is_moving[endpoint.path] or nil,
    waits = response and response.key == "action_attempt" and not response.list or nil,
    paginated = endpoint.paginated or nil,
    needs_any = endpoint.requires_params and not has_required(specs) or nil,
    without_workspace = endpoint.workspace ~= "required" or nil,
    params = specs,
  }
end

local function check_known(paths, known, where)
  for path in pairs(paths) do
    if not known[path] then
      error("tools/codegen/review/" .. where .. " names " .. path .. ", which is no documented endpoint.", 0)
    end
  end
end

-- Every endpoint is either reading or writing, and no reviewed line is about nothing.
local function check_review(endpoints, review)
  local known = {}
  for _, endpoint in ipairs(endpoints) do
    local path = endpoint.path
    known[path] = true
    local reading, writing = review.is_reading[path] or false, review.is_writing[path] or false
    if reading == writing then
      error(path .. " must stand once in tools/codegen/review/reads.lua, as reading or as writing.", 0)
    end
  end
  check_known(review.is_reading, known, "reads.lua")
  check_known(review.is_writing, known, "reads.lua")
  check_known(review.is_moving, known, "moves_door.lua")
  check_known(review.main_id.exceptions, known, "main_id.lua")
end

---@param model table model.json, decoded
---@param reviewed table<string, table> the tables of tools/codegen/review by file name
---@return table<string, table<string, table>> rows by namespace and endpoint
function rows.build(model, reviewed)
  local review = {
    is_reading = names.set(reviewed.reads.reads, "reads.lua"),
    is_writing = names.set(reviewed.reads.writes, "reads.lua"),
    is_moving = names.set(reviewed.moves_door, "moves_door.lua"),
    main_id = reviewed.main_id,
    methods = reviewed.methods,
    resources = reviewed.resources,
    times = reviewed.times,
  }
  check_review(model.endpoints, review)
  local namespaces = {}
  for _, endpoint in ipairs(model.endpoints) do
    local namespace, name = names.split(endpoint.path)
    namespaces[namespace] = namespaces[namespace] or {}
    namespaces[namespace][name] = row_of(endpoint, review)
  end
  return namespaces
end

return rows
