-- SPDX-License-Identifier: MIT
-- What a report says about a lock, taken from the device and its codes. Pure: data in, data out.

local codes = require "seam.fleet.codes"
local time = require "seam.time"

require("seam.uncompiled")()

local M = {}

local LOCK_FLAGS = {
  "can_remotely_lock", "can_remotely_unlock", "can_program_online_access_codes", "can_program_offline_access_codes",
  "can_unlock_with_code",
}

local function has_capability(device, ...)
  local list = device.capabilities_supported
  for _, own in ipairs(type(list) == "table" and list or {}) do
    for i = 1, select("#", ...) do
      if own == select(i, ...) then return true end
    end
  end
  return false
end

local function properties_of(device)
  return type(device.properties) == "table" and device.properties or {}
end

--- Whether a device is a lock. Flags come first; some locks can do nothing from afar and have none.
---@param device table
---@return boolean
function M.is_lock(device)
  for _, flag in ipairs(LOCK_FLAGS) do
    if device[flag] ~= nil then return true end
  end
  return properties_of(device).locked ~= nil or has_capability(device, "lock", "access_code")
    or tostring(device.device_type):find("lock", 1, true) ~= nil
end

--- Whether there may be codes on the lock.
---@param device table
---@return boolean
function M.takes_codes(device)
  return device.can_program_online_access_codes ~= nil or device.can_program_offline_access_codes ~= nil
    or device.can_unlock_with_code ~= nil or has_capability(device, "access_code")
end

local function battery_of(properties)
  local battery = type(properties.battery) == "table" and properties.battery or {}
  local level, status = battery.level, battery.status
  if level == nil then level = properties.battery_level end
  -- A level that is none (nan, a text) is not known.
  if type(level) ~= "number" or not (level >= 0 and level <= 1) then level = nil end
  if level == nil and status == nil then return nil end
  return { level = level, status = status }
end

--- Errors or warnings in one shape: code, message, since (epoch seconds), account (whether they are the account's).
local function problems_of(list, key)
  local problems = {}
  for _, item in ipairs(type(list) == "table" and list or {}) do
    if type(item) == "table" then
      problems[#problems + 1] = {
        code = tostring(item[key] or "unknown"), message = item.message, since = time.parse(item.created_at),
        account = item.is_connected_account_error == true,
      }
    end
  end
  return problems
end

M.problems_of = problems_of

---@class seam.FleetLock
---@field device_id string
---@field name string
---@field device_type string
---@field account_id string|nil
---@field online boolean|nil nil: the API does not say
---@field locked boolean|nil
---@field battery table|nil level (0 to 1, or nil), status ("critical", "low", "good", "full", or nil)
---@field codes table|nil total, set, upcoming, failing, stuck, unmanaged (nil where unknown), list
---@field failure seam.Error|nil the call that failed for this lock
---@field errors table[] code, message, since, account
---@field warnings table[]
---@field verdict "ok"|"attention"|"critical"
---@field reasons string[] why, worst first; empty when it is ok
---@field findings table[] the same in parts: kind, verdict, text, detail

--- The facts about a lock; the verdict comes later.
---@param device table
---@param answer table|nil managed, unmanaged, failure: nil when codes were not asked for
---@param now number epoch seconds
---@param options table checked options of fleet.report
---@return seam.FleetLock
function M.facts(device, answer, now, options)
  local properties = properties_of(device)
  answer = answer or {}
  return {
    device_id = device.device_id, device_type = device.device_type, account_id = device.connected_account_id,
    name = tostring(device.display_name or properties.name or device.device_id or "lock without a name"),
    online = properties.online, locked = properties.locked, battery = battery_of(properties),
    codes = answer.managed and codes.summary(answer.managed, answer.unmanaged, now, options) or nil,
    failure = answer.failure, not_asked = answer.not_asked,
    errors = problems_of(device.errors, "error_code"), warnings = problems_of(device.warnings, "warning_code"),
  }
end

return M
