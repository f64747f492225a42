-- SPDX-License-Identifier: MIT
-- Making access codes: the rules of a time frame, what a Salto lock can hold, the guide's ids.

local devices = require "seam.sandbox.model.devices"
local errors = require "seam.sandbox.errors"
local events = require "seam.sandbox.model.events"
local lifecycle = require "seam.sandbox.model.lifecycle"
local marks = require "seam.sandbox.model.marks"
local params_check = require "seam.sandbox.params"
local pins = require "seam.sandbox.model.pins"
local seats = require "seam.sandbox.model.seats"
local seed = require "seam.sandbox.data.seed"

local M = {}

local function round(world, given)
  local moment = given
  if type(given) == "string" then moment = params_check.moment(given) end
  if not moment or not world.options.round_times then return moment end
  return math.floor(moment / 60 + 0.5) * 60
end

--- Epoch seconds of a time frame; both nil for an ongoing code. Raises what the API refuses.
---@param starts string|number|nil ISO text or epoch seconds
---@param ends string|number|nil
function M.frame(world, starts, ends)
  if (starts == nil) ~= (ends == nil) then
    errors.invalid(nil, "Both starts_at and ends_at must be provided if one is")
  end
  local starts_at, ends_at = round(world, starts), round(world, ends)
  if not starts_at then return nil end
  if ends_at <= starts_at then errors.invalid("ends_at", "ends_at must be after starts_at") end
  if ends_at <= world.clock:now() then errors.invalid("ends_at", "ends_at must be in the future") end
  return starts_at, ends_at
end

local UNSUPPORTED = {
  { "use_backup_access_code_pool", "Salto KS has no backup access codes" },
  { "is_offline_access_code", "Salto KS has no offline access codes" },
  { "use_offline_access_code", "Salto KS has no offline access codes" },
  { "is_one_time_use", "Salto KS has no one-time access codes" },
}

--- Raises what the lock cannot do.
function M.require_support(device, params)
  if not device.has_keypad then
    errors.raise(400, "unsupported_device", device.name .. " has no keypad for access codes.",
      { data = { device_id = device.id } })
  end
  for _, rule in ipairs(UNSUPPORTED) do
    if params[rule[1]] then errors.invalid(rule[1], rule[2]) end
  end
  if params.attempt_for_offline_device == false and devices.trouble(device) then
    errors.raise(400, "device_offline", "The lock is not connected.", { data = { device_id = device.id } })
  end
end

local function next_id(world, device, kind)
  local guide = world.options.guide_ids and seed.ACCESS_CODES[kind]
  if guide and device.id == seed.ACCESS_CODES_DEVICE and not world.guide_ids[guide] then
    world.guide_ids[guide] = true
    return guide
  end
  return world.ids:uuid()
end

local function blank(world, device, kind)
  return {
    id = next_id(world, device, kind), device = device, type = kind, created_at = world.clock:now(),
    status = "setting", errors = {}, warnings = {}, updating = {}, timers = {}, managed = true,
  }
end

--- Makes a code and starts its life.
---@param plan table starts_at, ends_at, name, pin, native, allow_external, common_code_key, group, attempt
function M.create(world, device, plan)
  local code = blank(world, device, plan.starts_at and "time_bound" or "ongoing")
  code.name, code.requested_pin = plan.name, plan.pin
  code.starts_at, code.ends_at = plan.starts_at, plan.ends_at
  code.prefers_native = plan.native ~= false
  code.allow_external = plan.allow_external or false
  code.common_code_key, code.group, code.attempt = plan.common_code_key, plan.group, plan.attempt
  world.codes:add(code.id, code)
  events.about_code(world, code, "access_code.created")
  lifecycle.start(world, code)
  return code
end

--- A code that somebody made in the Salto app.
function M.create_unmanaged(world, device, name, pin)
  local code = blank(world, device, "ongoing")
  code.name, code.pin, code.managed = name, pin, false
  code.status, code.programmed = "set", true
  world.codes:add(code.id, code)
  seats.take(world, code)
  seats.count_active(world, device)
  events.about_code(world, code, "access_code.unmanaged.created")
  return code
end

--- Takes an unmanaged code over.
function M.take_over(world, code, allow_external)
  code.managed = true
  if allow_external ~= nil then code.allow_external = allow_external end
  events.about_code(world, code, "access_code.unmanaged.converted_to_managed")
end

--- Removes an unmanaged code.
function M.remove_unmanaged(world, code)
  marks.cancel_all(code)
  world.codes:remove(code.id)
  code.programmed = false
  seats.release(world, code)
  seats.count_active(world, code.device)
  events.about_code(world, code, "access_code.unmanaged.removed")
  lifecycle.use_free_room(world, code.device)
end

--- A PIN nobody uses, for generate_code.
function M.suggest(world, device)
  return pins.fresh(world, device.account.site)
end

return M
