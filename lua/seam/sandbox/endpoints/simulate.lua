-- SPDX-License-Identifier: MIT
-- devices/simulate: connect, disconnect, remove, the hub, and the subscription that Salto does not have.

local devices = require "seam.sandbox.model.devices"
local errors = require "seam.sandbox.errors"
local lookup = require "seam.sandbox.lookup"

local M = {}

local function with_device(act)
  return function(world, params)
    act(world, lookup.device(world, params.device_id))
    return {}
  end
end

M["/devices/simulate/connect"] = with_device(devices.connect)
M["/devices/simulate/disconnect"] = with_device(devices.disconnect)
M["/devices/simulate/remove"] = with_device(devices.remove)

M["/devices/simulate/connect_to_hub"] = with_device(function(world, device)
  devices.connect_hub(world, device.account)
end)

M["/devices/simulate/disconnect_from_hub"] = with_device(function(world, device)
  devices.disconnect_hub(world, device.account)
end)

M["/devices/simulate/paid_subscription"] = with_device(function(_, device)
  errors.raise(400, "device_type_not_supported", "Salto KS locks have no paid subscription to simulate.",
    { data = { device_id = device.id } })
end)

return M
