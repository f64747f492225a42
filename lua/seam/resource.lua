-- SPDX-License-Identifier: MIT
-- Resources: the plain tables the API's answers are made of, with a metatable that prints them
-- for a person and remembers which resource they are.

require("seam.uncompiled")()

local M = {}

local metatables = {}

local function name_of(resource)
  local properties = resource.properties
  return resource.display_name or resource.name or resource.full_name
    or (type(properties) == "table" and properties.name)
end

local function device_traits(device)
  local properties = device.properties
  if type(properties) ~= "table" then return device.device_type end
  local lock = properties.locked
  if lock ~= nil then lock = lock and "locked" or "unlocked" end
  return device.device_type, properties.online == false and "offline" or nil, lock
end

--- What a reader wants to see beside name and id. A PIN is never among it.
local function traits_of(kind, resource)
  if kind == "device" or kind == "unmanaged_device" then return device_traits(resource) end
  return resource.action_type or resource.event_type or resource.type, resource.status
end

local function join_present(...)
  local texts = {}
  for i = 1, select("#", ...) do
    local part = select(i, ...)
    if part ~= nil then texts[#texts + 1] = tostring(part) end
  end
  return table.concat(texts, ", ")
end

local function printed(kind, resource)
  local parts = { kind }
  local name, id = name_of(resource), resource[kind .. "_id"]
  if type(name) == "string" then parts[#parts + 1] = '"' .. name .. '"' end
  if type(id) == "string" then parts[#parts + 1] = id end
  local traits = join_present(traits_of(kind, resource))
  if traits ~= "" then parts[#parts + 1] = "(" .. traits .. ")" end
  return table.concat(parts, " ")
end

local function metatable_of(kind)
  local metatable = metatables[kind]
  if not metatable then
    metatable = {
      __name = "seam." .. kind,
      seam_resource = kind,
      __tostring = function(resource) return printed(kind, resource) end,
    }
    metatables[kind] = metatable
  end
  return metatable
end

--- Gives a decoded resource its metatable.
---@param kind string|nil singular resource name, for example "device"; nil leaves the value alone
---@param value any
---@return any value the same value
function M.wrap(kind, value)
  if kind and type(value) == "table" then setmetatable(value, metatable_of(kind)) end
  return value
end

--- Gives every item of a decoded list its metatable.
---@param kind string|nil
---@param list any
---@return any list the same list
function M.wrap_items(kind, list)
  if type(list) == "table" then
    for _, item in ipairs(list) do M.wrap(kind, item) end
  end
  return list
end

--- Gives the items of a batch, lists under plural names, their metatables.
---@param batch table for example { devices = {...}, user_identities = {...} }
---@return table batch the same table
function M.wrap_batch(batch)
  for plural, list in pairs(batch) do
    if type(plural) == "string" then
      M.wrap_items((plural:gsub("ies$", "y"):gsub("s$", "")), list)
    end
  end
  return M.wrap("batch", batch)
end

--- Which resource a table is.
---@param value any
---@return string|nil kind for example "device"; nil when it is not one of our resources
function M.kind(value)
  local metatable = type(value) == "table" and getmetatable(value)
  return type(metatable) == "table" and metatable.seam_resource or nil
end

--- The id a resource stands for when a parameter wants one.
---@param value table
---@param param string for example "device_id"
---@return string|nil
function M.id_for(value, param)
  -- Raw: a client, or whatever else answers to every name, is no resource.
  if type(rawget(value, param)) == "string" then return rawget(value, param) end
  local kind = M.kind(value)
  local own = kind and kind .. "_id"
  -- "from_acs_user_id" takes an acs_user: the parameter's name ends in the resource's own id.
  if own and param:sub(-#own) == own and type(rawget(value, own)) == "string" then return rawget(value, own) end
  return nil
end

return M
