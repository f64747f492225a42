-- SPDX-License-Identifier: MIT
-- What the page is told of locks and codes, as JSON: what it shows and nothing else.

local cjson = require "cjson.safe"

local M = {}

local function list_of(items, shown, ...)
  local list = {}
  for i, item in ipairs(items) do list[i] = shown(item, ...) end
  -- lua-cjson writes an empty table as an object.
  return #list > 0 and cjson.encode(list) or "[]"
end

local function lock_view(lock)
  local properties = lock.properties or {}
  return {
    id = lock.device_id,
    name = lock.display_name,
    locked = properties.locked,
    online = properties.online,
    battery = properties.battery and properties.battery.level,
    can_lock = lock.can_remotely_lock == true,
    can_unlock = lock.can_remotely_unlock == true,
    has_codes = lock.can_program_online_access_codes == true,
  }
end

local function code_view(code, with_pin)
  local problem = code.errors and code.errors[1] or code.warnings and code.warnings[1]
  return {
    id = code.access_code_id,
    name = code.name,
    status = code.status,
    starts_at = code.starts_at,
    ends_at = code.ends_at,
    created_at = code.created_at,
    problem = problem and problem.message,
    pin = with_pin and code.code or nil,
  }
end

--- The locks, and how far that can be trusted.
---@param locks table[]
---@param info table { age = seconds, error = text where Seam cannot be asked }
---@return string json
function M.locks(locks, info)
  return ('{"locks":%s,"age":%d,"down":%s}'):format(list_of(locks, lock_view), info.age, tostring(info.error ~= nil))
end

---@param codes table[]
---@param with_pins boolean
---@return string json
function M.codes(codes, with_pins)
  return '{"codes":' .. list_of(codes, code_view, with_pins) .. "}"
end

return M
