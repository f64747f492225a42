-- SPDX-License-Identifier: MIT
-- Errors, warnings, pending mutations and timers that an access code carries.

local json = require "seam.sandbox.json"
local time = require "seam.time"

local M = {}

local function place_of(list, key, value)
  for place, item in ipairs(list) do
    if item[key] == value then return place end
  end
end

local function drop(list, key, value)
  local place = place_of(list, key, value)
  if place then table.remove(list, place) end
end

--- Adds an error of the code itself; an error that is there already stays as it is.
---@return boolean added
function M.add_error(world, code, error_code, message)
  if place_of(code.errors, "error_code", error_code) then return false end
  code.errors[#code.errors + 1] = {
    error_code = error_code, message = message, is_access_code_error = true,
    created_at = time.format(world.clock:now()),
  }
  return true
end

function M.drop_error(code, error_code)
  drop(code.errors, "error_code", error_code)
end

---@return boolean added
function M.add_warning(world, code, warning_code, message)
  if place_of(code.warnings, "warning_code", warning_code) then return false end
  code.warnings[#code.warnings + 1] = {
    warning_code = warning_code, message = message, created_at = time.format(world.clock:now()),
  }
  return true
end

function M.drop_warning(code, warning_code)
  drop(code.warnings, "warning_code", warning_code)
end

--- Forgets what had gone wrong with getting the code onto the lock.
function M.clear_problems(code)
  code.errors, code.warnings, code.inactive = {}, {}, nil
end

local MESSAGES = {
  creating = "The access code is being set on the lock.",
  deferring_creation = "The access code will be set on the lock later.",
  deleting = "The access code is being removed from the lock.",
  updating_name = "The name of the access code is being changed.",
  updating_code = "The PIN of the access code is being changed.",
  updating_time_frame = "The time frame of the access code is being changed.",
}

--- A pending mutation; `more` carries scheduled_at, or from and to.
function M.mutation(world, mutation_code, more)
  local item = {
    mutation_code = mutation_code, message = MESSAGES[mutation_code],
    created_at = time.format(world.clock:now()),
  }
  for name, value in pairs(more or {}) do item[name] = value end
  return item
end

--- Calls `action` at a moment, instead of whatever that timer of the code was set to before.
function M.plan(world, code, name, at, action)
  M.cancel(code, name)
  code.timers[name] = world.clock:at(at, action)
end

function M.cancel(code, name)
  if code.timers[name] then code.timers[name].cancelled = true end
  code.timers[name] = nil
end

function M.cancel_all(code)
  for _, item in pairs(code.timers) do item.cancelled = true end
  code.timers = {}
end

--- ISO text of a moment, or null.
function M.iso(epoch)
  return epoch and time.format(epoch) or json.null
end

--- A value, or null.
function M.or_null(value)
  if value == nil then return json.null end
  return value
end

return M
