-- SPDX-License-Identifier: MIT
-- locks: lock_door, unlock_door, and what can be simulated at the keypad.

local attempts = require "seam.sandbox.model.attempts"
local errors = require "seam.sandbox.errors"
local locks = require "seam.sandbox.model.locks"
local lookup = require "seam.sandbox.lookup"
local rate_limit = require "seam.sandbox.rate_limit"
local view = require "seam.sandbox.view.others"

local M = {}

local function require_remote(world, device)
  if device.remote and world.options.remote_unlock then return end
  errors.raise(400, "unsupported_device", device.name .. " cannot be locked or unlocked remotely.",
    { data = { device_id = device.id } })
end

local function operate(action, locked)
  return function(world, params)
    local device = lookup.device(world, params.device_id)
    require_remote(world, device)
    rate_limit.count(world, action, device)
    local attempt = locks.operate(world, device, locked, params.sync)
    return { action_attempt = view.action_attempt(world, attempt) }
  end
end

M["/locks/lock_door"] = operate("lock_door", true)
M["/locks/unlock_door"] = operate("unlock_door", false)

local function require_keypad(device)
  if device.has_keypad then return end
  errors.raise(400, "device_type_not_supported", device.name .. " has no keypad.",
    { data = { device_id = device.id } })
end

local function simulate(action_type, act)
  return function(world, params)
    local device = lookup.device(world, params.device_id)
    require_keypad(device)
    local attempt = attempts.create(world, action_type, device)
    world.clock:after(0, function()
      act(world, device, params)
      attempts.succeed(world, attempt)
    end)
    return { action_attempt = view.action_attempt(world, attempt) }
  end
end

M["/locks/simulate/keypad_code_entry"] = simulate("SIMULATE_KEYPAD_CODE_ENTRY",
  function(world, device, params) locks.enter_code(world, device, params.code) end)

M["/locks/simulate/manual_lock_via_keypad"] = simulate("SIMULATE_MANUAL_LOCK_VIA_KEYPAD",
  function(world, device) locks.turn(world, device, true, { method = "manual" }) end)

return M
