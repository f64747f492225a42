-- SPDX-License-Identifier: MIT
-- Action attempts: pending, then success or error, with the event of the four kinds that have one.

local events = require "seam.sandbox.model.events"

local M = {}

local EVENTS = {
  LOCK_DOOR = "action_attempt.lock_door",
  UNLOCK_DOOR = "action_attempt.unlock_door",
  SIMULATE_KEYPAD_CODE_ENTRY = "action_attempt.simulate_keypad_code_entry",
  SIMULATE_MANUAL_LOCK_VIA_KEYPAD = "action_attempt.simulate_manual_lock_via_keypad",
}

--- A new pending attempt.
---@param device table|nil the device it acts on
function M.create(world, action_type, device)
  local id = world.ids:uuid()
  return world.attempts:add(id, { id = id, action_type = action_type, status = "pending", device = device })
end

local function finish(world, attempt, status)
  attempt.status = status
  local kind = EVENTS[attempt.action_type]
  if not kind then return end
  local outcome = status == "success" and ".succeeded" or ".failed"
  events.emit(world, kind .. outcome, {
    action_attempt_id = attempt.id, action_type = attempt.action_type, status = status,
    device_id = attempt.device.id, connected_account_id = attempt.device.account.id,
  })
end

--- Ends a pending attempt well; one that has ended stays as it is.
function M.succeed(world, attempt, result)
  if not attempt or attempt.status ~= "pending" then return end
  attempt.result = result or {}
  finish(world, attempt, "success")
end

--- Ends a pending attempt badly; one that has ended stays as it is.
function M.fail(world, attempt, code, message)
  if not attempt or attempt.status ~= "pending" then return end
  attempt.error = { type = code, message = message }
  finish(world, attempt, "error")
end

return M
