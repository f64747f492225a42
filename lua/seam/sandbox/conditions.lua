-- SPDX-License-Identifier: MIT
-- Faults of locks on demand: offline, slow, failing, in a mode in which codes do not open.

local devices = require "seam.sandbox.model.devices"
local lifecycle = require "seam.sandbox.model.lifecycle"

local M = {}

local KINDS = {}

function KINDS.device_offline(world, device)
  devices.disconnect(world, device)
  return function() devices.connect(world, device) end
end

function KINDS.hub_offline(world, device)
  devices.disconnect_hub(world, device.account)
  return function() devices.connect_hub(world, device.account) end
end

function KINDS.privacy_mode(world, device)
  devices.set_privacy(world, device, true)
  return function() devices.set_privacy(world, device, false) end
end

function KINDS.office_mode(world, device)
  devices.set_office(world, device, true)
  return function() devices.set_office(world, device, false) end
end

function KINDS.slow_action(_, device, fault)
  device.action_delay = fault.seconds or 5
  return function() device.action_delay = nil end
end

function KINDS.slow_programming(_, device, fault)
  device.program_delay = fault.seconds or 60
  return function() device.program_delay = nil end
end

function KINDS.failing_action(_, device, fault)
  device.failing_action = {
    times = fault.times, error_type = fault.error_type or "uncategorized_error", message = fault.message,
  }
  return function() device.failing_action = nil end
end

function KINDS.failing_programming(world, device, fault)
  device.failing_programming = { times = fault.times }
  return function()
    device.failing_programming = nil
    if not devices.trouble(device) then lifecycle.resume(world, device) end
  end
end

M.KINDS = KINDS

--- Puts a lock into a condition; returns what ends it.
function M.add(world, device, fault)
  return KINDS[fault.kind](world, device, fault)
end

return M
