-- SPDX-License-Identifier: MIT
-- Device variables. A write wakes scenes and goes to the log, so what has not changed is not written.

local M = {}

local methods = {}
local metatable = { __index = methods }

---@param luup table
---@return table variables
function M.new(luup)
  return setmetatable({ luup = luup }, metatable)
end

---@param service string
---@param name string
---@param device integer
---@return string|nil value nil as well for an empty one
function methods:get(service, name, device)
  local value = self.luup.variable_get(service, name, device)
  if value == nil or value == "" then return nil end
  return value
end

--- A number that users may set.
---@param default number
---@param least number
---@return number
function methods:number(service, name, device, default, least)
  local value = tonumber(self:get(service, name, device))
  if not value or value ~= value then return default end
  return math.max(value, least)
end

--- Writes what differs from what is there.
---@param value any nil leaves what is there
function methods:set(service, name, value, device)
  if value == nil then return end
  value = tostring(value)
  if (self.luup.variable_get(service, name, device) or "") ~= value then
    self.luup.variable_set(service, name, value, device)
  end
end

--- Writes a variable that stands for something that happened: the same may happen again.
function methods:tell(service, name, value, device)
  self.luup.variable_set(service, name, value, device)
end

return M
