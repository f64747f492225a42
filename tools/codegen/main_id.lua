-- SPDX-License-Identifier: MIT
-- Finds the parameter a bare string stands for, by the rules of review/main_id.lua.

local names = require "tools.codegen.names"

local function own_id(namespace, review)
  local owner = namespace:gsub("%.unmanaged$", ""):gsub("%.simulate$", "")
  if review.own_id[owner] then return review.own_id[owner] end
  return names.singular(owner:match("[^.]+$")) .. "_id"
end

local function only_required_id(params)
  local found
  for name, spec in pairs(params) do
    if spec.required and name:match("_id$") then
      if found then return nil end
      found = name
    end
  end
  return found
end

---@param path string
---@param params table<string, table> the row's parameters
---@param review table tools/codegen/review/main_id.lua
---@return string|nil
return function(path, params, review)
  if review.exceptions[path] then return review.exceptions[path] end
  local namespace, endpoint = names.split(path)
  local own = own_id(namespace, review)
  if endpoint ~= "list" and params[own] then return own end
  return only_required_id(params)
end
