-- SPDX-License-Identifier: MIT
-- A device of the API as the values of its topics.

local M = {
  LOCKED = "LOCKED", UNLOCKED = "UNLOCKED", LOCKING = "LOCKING", UNLOCKING = "UNLOCKING", JAMMED = "JAMMED",
  --- Home Assistant's word for "nobody knows".
  UNKNOWN = "None",
}

---@param device table
---@return string
function M.name(device)
  local properties = device.properties or {}
  return device.display_name or properties.name or device.device_id
end

--- Where Seam says the bolt is.
---@param device table
---@return string
function M.bolt(device)
  local locked = (device.properties or {}).locked
  if locked == nil then return M.UNKNOWN end
  return locked and M.LOCKED or M.UNLOCKED
end

--- Charge in percent, as text; nil where the lock tells none.
---@param device table
---@return string|nil
function M.battery(device)
  local properties = device.properties or {}
  local battery = type(properties.battery) == "table" and properties.battery or {}
  local level = battery.level or properties.battery_level
  return type(level) == "number" and ("%d"):format(math.floor(level * 100 + 0.5)) or nil
end

---@param device table
---@return "online"|"offline"
function M.availability(device)
  return (device.properties or {}).online == false and "offline" or "online"
end

--- Whether the lock can be moved from afar at all. False stands for "not now", absent for "never".
---@param device table
---@return boolean
function M.is_movable(device)
  return device.can_remotely_lock ~= nil or device.can_remotely_unlock ~= nil
end

local function codes_of(problems, field, found)
  for _, problem in ipairs(type(problems) == "table" and problems or {}) do
    if type(problem[field]) == "string" then found[#found + 1] = problem[field] end
  end
end

--- Codes of the device's errors and warnings.
---@param device table
---@return string[]
function M.problems(device)
  local found = {}
  codes_of(device.errors, "error_code", found)
  codes_of(device.warnings, "warning_code", found)
  return found
end

return M
