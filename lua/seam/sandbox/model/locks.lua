-- SPDX-License-Identifier: MIT
-- The door itself: remote lock and unlock, the keypad, locking again by itself.

local attempts = require "seam.sandbox.model.attempts"
local devices = require "seam.sandbox.model.devices"

local M = {}

local MESSAGES = {
  account_disconnected = "The Salto KS account is not connected.",
  device_removed = "The lock was removed from the Salto KS account.",
  hub_disconnected = "The Salto IQ of the site is not connected.",
  device_disconnected = "The lock is not connected.",
  privacy_mode = "Privacy mode is on.",
  uncategorized_error = "The lock did not obey.",
}

local function obstacle(device, locks)
  local trouble = devices.trouble(device)
  if trouble then return trouble end
  if device.privacy_since and not locks then return "privacy_mode" end
  local failing = device.failing_action
  if failing then
    if failing.times then
      failing.times = failing.times - 1
      if failing.times <= 0 then device.failing_action = nil end
    end
    return failing.error_type, failing.message
  end
end

local function relock_later(world, device)
  if device.relock then device.relock.cancelled = true end
  device.relock = nil
  local seconds = world.options.auto_relock_seconds
  if device.locked or not seconds then return end
  device.relock = world.clock:after(seconds, function()
    M.turn(world, device, true, { method = "automatic" })
  end)
end

--- Moves the bolt and reports it.
---@param fields table what the event carries: method and ids
function M.turn(world, device, locked, fields)
  device.locked = locked
  relock_later(world, device)
  devices.report(world, device, locked and "lock.locked" or "lock.unlocked", fields)
end

local function carry_out(world, attempt, locked)
  local device = attempt.device
  local code, message = obstacle(device, locked)
  if code then
    attempts.fail(world, attempt, code, message or MESSAGES[code] or MESSAGES.uncategorized_error)
    return
  end
  attempts.succeed(world, attempt, { was_confirmed_by_device = true })
  M.turn(world, device, locked, { method = "remote", action_attempt_id = attempt.id })
end

--- Starts locking or unlocking from afar; the attempt ends after `action_delay`.
---@param at_once boolean|nil end it before returning (the API's internal `sync`)
function M.operate(world, device, locked, at_once)
  local attempt = attempts.create(world, locked and "LOCK_DOOR" or "UNLOCK_DOOR", device)
  if at_once then
    carry_out(world, attempt, locked)
  else
    world.clock:after(device.action_delay or world.options.action_delay, function()
      carry_out(world, attempt, locked)
    end)
  end
  return attempt
end

local DENIALS = {
  unknown_code = "No access code of this lock has that PIN.",
  expired_code = "The access code is no longer valid.",
  blocked_by_privacy_mode = "The lock does not accept access codes now.",
  credential_error = "The access code is not active.",
}

--- Whether a code opens its door at the clock's moment, and the reason code where it does not.
local function verdict(world, device, code)
  if not code then return "unknown_code" end
  if device.privacy_since or device.office_since then return "blocked_by_privacy_mode" end
  if code.inactive then return "credential_error" end
  local now = world.clock:now()
  if code.ends_at and now >= code.ends_at then return "expired_code" end
  if not code.programmed or (code.starts_at and now < code.starts_at) then return "unknown_code" end
end

local function find_code(world, device, pin)
  local found = world.codes:newest(function(code) return code.device == device and code.pin == pin end)
  return found[1]
end

--- Someone types a PIN on the keypad.
---@return boolean opened
---@return string|nil reason_code of the denial
function M.enter_code(world, device, pin)
  local code = find_code(world, device, pin)
  local reason = verdict(world, device, code)
  if reason then
    devices.report(world, device, "lock.access_denied", {
      access_code_id = code and code.id or nil,
      reason = { reason_code = reason, message = DENIALS[reason] },
    })
    return false, reason
  end
  M.turn(world, device, false, {
    method = "keycode", access_code_id = code.id, code = pin, access_code_is_managed = code.managed,
  })
  return true
end

return M
