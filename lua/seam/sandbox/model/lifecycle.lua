-- SPDX-License-Identifier: MIT
-- The life of an access code: waiting, programming, on the lock, over. Every step happens on the sandbox's clock.

local attempts = require "seam.sandbox.model.attempts"
local code_view = require "seam.sandbox.view.access_code"
local devices = require "seam.sandbox.model.devices"
local events = require "seam.sandbox.model.events"
local marks = require "seam.sandbox.model.marks"
local pins = require "seam.sandbox.model.pins"
local problems = require "seam.sandbox.model.problems"
local seats = require "seam.sandbox.model.seats"
local time = require "seam.time"

local M = {}

local program, late

--- Whether the lock itself keeps the time frame (it is told 72 hours ahead).
function M.is_native(code)
  return code.starts_at ~= nil and code.prefers_native
end

local function is_active(world, code)
  return not code.starts_at or world.clock:now() >= code.starts_at
end

local function fail_to_set(world, code)
  marks.drop_warning(code, "delay_in_setting_on_device")
  events.about_code(world, code, "access_code.failed_to_set_on_device", problems.of_code(code))
  attempts.fail(world, code.attempt, "failed_to_set_on_device",
    "The access code could not be set on the lock.")
end

--- The code should be on the lock by now and is not: a warning, and after `late_after` seconds an error.
function late(world, code)
  code.status = "setting"
  if not marks.add_warning(world, code, "delay_in_setting_on_device",
    "Setting the access code on the lock takes longer than it should.") then return end
  events.about_code(world, code, "access_code.delay_in_setting_on_device", problems.of_code(code))
  marks.plan(world, code, "late", world.clock:now() + world.options.late_after, function()
    marks.add_error(world, code, "failed_to_set_on_device",
      "The access code could not be set on the lock; Seam keeps trying.")
    fail_to_set(world, code)
  end)
end

--- Whether programming the device fails this time; counts down a fault that was set for some times only.
function M.fails_now(device)
  local failing = device.failing_programming
  if not failing then return false end
  if failing.times then
    failing.times = failing.times - 1
    if failing.times < 0 then
      device.failing_programming = nil
      return false
    end
  end
  return true
end

local function refuse(world, code, error_code, message)
  code.status = "setting"
  code.stuck = error_code
  if marks.add_error(world, code, error_code, message) then fail_to_set(world, code) end
end

--- Whether the lock takes the code; notes what happens next where it does not.
local function obstructed(world, code)
  if devices.trouble(code.device) then
    code.stuck = "unreachable"
  elseif M.fails_now(code.device) then
    code.stuck = "failing"
    marks.plan(world, code, "program", world.clock:now() + world.options.retry_after, function()
      program(world, code)
    end)
  elseif seats.count_active(world, code.device) >= code.device.max_active_codes then
    refuse(world, code, "no_space_for_access_code_on_device", "The lock holds as many codes as it can.")
    return true
  elseif not seats.take(world, code) then
    -- Salto hands out a PIN all the same; it does not open the door.
    code.pin = code.pin or pins.assign(world, code)
    code.inactive = true
    refuse(world, code, "access_code_inactive", "The site has no user subscription left for this code.")
    return true
  else
    return false
  end
  if is_active(world, code) then late(world, code) end
  return true
end

local function accept(world, code)
  attempts.succeed(world, code.attempt, { access_code = code_view.render(world, code) })
end

local function on_lock(world, code)
  code.status, code.scheduled = "set", false
  events.about_code(world, code, "access_code.set_on_device", { code = code.pin })
end

--- Sends the code to the lock.
function program(world, code)
  if obstructed(world, code) then return end
  code.stuck = nil
  marks.cancel(code, "late")
  marks.clear_problems(code)
  code.mutation = nil
  code.pin = code.pin or pins.assign(world, code)
  code.programmed = true
  seats.count_active(world, code.device)
  if is_active(world, code) then
    on_lock(world, code)
  else
    local native = M.is_native(code)
    code.status, code.scheduled = native and "unset" or "set", native
    events.about_code(world, code,
      native and "access_code.scheduled_on_device" or "access_code.set_on_device", { code = code.pin })
  end
  accept(world, code)
end

local function begin(world, code)
  code.mutation = marks.mutation(world, "creating")
  local waits = M.is_native(code) and not is_active(world, code)
  code.status = waits and "unset" or "setting"
  local delay = code.device.program_delay or world.options.program_delay
  marks.plan(world, code, "program", world.clock:now() + delay, function() program(world, code) end)
end

local function reach_start(world, code)
  if not code.programmed then return late(world, code) end
  if code.status ~= "set" then on_lock(world, code) end
end

local function vanish(world, code)
  marks.cancel_all(code)
  code.programmed, code.scheduled = false, false
  seats.release(world, code)
  seats.count_active(world, code.device)
  code.mutation, code.updating = nil, {}
  if code.expired and world.options.keep_expired then
    code.status = "unset"
  else
    world.codes:remove(code.id)
    events.about_code(world, code, "access_code.deleted", { code = marks.or_null(code.pin) })
  end
  attempts.succeed(world, code.removal)
  M.use_free_room(world, code.device)
end

local take_off

local function fail_to_remove(world, code)
  marks.add_error(world, code, "failed_to_remove_from_device",
    "The access code could not be removed from the lock; Seam keeps trying.")
  events.about_code(world, code, "access_code.failed_to_remove_from_device", problems.of_code(code))
  attempts.fail(world, code.removal, "failed_to_remove_from_device",
    "The access code could not be removed from the lock.")
end

local function wait_for_removal(world, code, unreachable)
  local now = world.clock:now()
  code.stuck = "removal"
  if not code.timers.late then
    marks.plan(world, code, "late", now + world.options.late_after, function() fail_to_remove(world, code) end)
  end
  if unreachable then return end
  marks.plan(world, code, "remove", now + world.options.retry_after, function() take_off(world, code) end)
end

--- Takes the code off the lock.
function take_off(world, code)
  if not code.programmed then return vanish(world, code) end
  local unreachable = devices.trouble(code.device)
  if unreachable or M.fails_now(code.device) then return wait_for_removal(world, code, unreachable) end
  events.about_code(world, code, "access_code.removed_from_device")
  vanish(world, code)
end

local function begin_removal(world, code)
  marks.cancel_all(code)
  code.status, code.stuck, code.pending = "removing", nil, nil
  code.mutation, code.updating = marks.mutation(world, "deleting"), {}
  local delay = code.device.program_delay or world.options.program_delay
  marks.plan(world, code, "remove", world.clock:now() + delay, function() take_off(world, code) end)
end

--- Starts, or starts again, the life of a code that is not on the lock.
function M.start(world, code)
  marks.cancel_all(code)
  marks.clear_problems(code)
  code.stuck = nil
  if code.type == "ongoing" then return begin(world, code) end
  M.plan_frame(world, code)
  local lead = M.is_native(code) and world.options.native_lead or world.options.plain_lead
  local program_at = code.starts_at - lead
  if program_at <= world.clock:now() then return begin(world, code) end
  code.status = "unset"
  code.mutation = marks.mutation(world, "deferring_creation", { scheduled_at = time.format(program_at) })
  world.clock:after(0, function() accept(world, code) end)
  marks.plan(world, code, "program", program_at, function() begin(world, code) end)
end

--- Sets the timers of a time frame.
function M.plan_frame(world, code)
  marks.cancel(code, "start")
  marks.cancel(code, "end")
  if code.type == "ongoing" then return end
  if not is_active(world, code) then
    marks.plan(world, code, "start", code.starts_at, function() reach_start(world, code) end)
  end
  marks.plan(world, code, "end", code.ends_at, function()
    code.expired = true
    begin_removal(world, code)
  end)
end

--- The time frame of a code on the lock has changed.
function M.reframe(world, code)
  M.plan_frame(world, code)
  if is_active(world, code) then
    if code.status ~= "set" then on_lock(world, code) end
  elseif M.is_native(code) then
    code.status, code.scheduled = "unset", true
    events.about_code(world, code, "access_code.scheduled_on_device", { code = code.pin })
  end
end

--- Deletes a code; the attempt ends when it is gone.
function M.delete(world, code, attempt)
  code.removal = attempt
  if code.status == "removing" then return end
  marks.add_warning(world, code, "being_deleted", "The access code is being deleted.")
  begin_removal(world, code)
end

--- Goes on with everything that had waited for the device.
function M.resume(world, device)
  for _, code in ipairs(world.codes:where(function(item) return item.device == device end)) do
    if code.stuck == "removal" then
      code.stuck = nil
      marks.cancel(code, "late")
      take_off(world, code)
    elseif code.stuck == "update" then
      world.apply_update(code)
    elseif code.stuck then
      program(world, code)
    end
  end
end

--- A seat or a place on the lock has become free: codes that waited for one get it, the oldest first.
function M.use_free_room(world, device)
  local site = device.account.site
  for _, code in ipairs(world.codes:where(function(item) return item.device.account.site == site end)) do
    if code.stuck == "access_code_inactive" and site.seats < site.seat_limit
      or code.stuck == "no_space_for_access_code_on_device" then
      program(world, code)
    end
  end
end

return M
