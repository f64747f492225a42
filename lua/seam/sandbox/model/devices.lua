-- SPDX-License-Identifier: MIT
-- What can happen to a lock besides locking: it goes offline, comes back, is removed, gets another battery or mode.

local events = require "seam.sandbox.model.events"
local problems = require "seam.sandbox.model.problems"

local M = {}

--- Why Seam cannot reach the device now: account_disconnected, device_removed, hub_disconnected,
--- device_disconnected; nil when it can.
function M.trouble(device)
  if device.account.disconnected_since then return "account_disconnected" end
  if device.removed_since then return "device_removed" end
  if device.account.site.hub_offline_since then return "hub_disconnected" end
  if device.offline_since then return "device_disconnected" end
  return nil
end

local function lost(world, device, trouble)
  if trouble == "device_removed" then
    events.about_device(world, device, "device.removed")
    return
  end
  local fields = problems.of_device(device)
  fields.error_code = trouble
  events.about_device(world, device,
    device.managed and "device.disconnected" or "device.unmanaged.disconnected", fields)
end

local function found(world, device)
  events.about_device(world, device, device.managed and "device.connected" or "device.unmanaged.connected")
  local reports = device.unreported
  device.unreported = {}
  for _, report in ipairs(reports) do events.about_device(world, device, report.event_type, report.fields) end
  world.on_connected(device)
end

--- Applies a change to the conditions of some devices and reports which of them got lost or came back.
function M.change(world, devices, apply)
  local before = {}
  for place, device in ipairs(devices) do before[place] = M.trouble(device) end
  apply(world.clock:now())
  for place, device in ipairs(devices) do
    local trouble = M.trouble(device)
    if trouble and (not before[place] or trouble == "device_removed" and before[place] ~= trouble) then
      lost(world, device, trouble)
    elseif before[place] and not trouble then
      found(world, device)
    end
  end
end

--- The devices of an account, in list order.
function M.of_account(world, account)
  return world.devices:where(function(device) return device.account == account end)
end

function M.disconnect(world, device)
  M.change(world, { device }, function(now) device.offline_since = device.offline_since or now end)
end

function M.connect(world, device)
  M.change(world, { device }, function() device.offline_since = nil end)
end

function M.remove(world, device)
  M.change(world, { device }, function(now) device.removed_since = device.removed_since or now end)
end

--- The hub (Salto IQ) serves the whole site: all its locks go and come together.
function M.disconnect_hub(world, account)
  M.change(world, M.of_account(world, account), function(now)
    account.site.hub_offline_since = account.site.hub_offline_since or now
  end)
end

function M.connect_hub(world, account)
  M.change(world, M.of_account(world, account), function() account.site.hub_offline_since = nil end)
end

--- An event the lock itself reports: while it cannot be reached it is kept and told on reconnection,
--- with the moment at which it happened.
function M.report(world, device, event_type, fields)
  if not M.trouble(device) then return events.about_device(world, device, event_type, fields) end
  fields.occurred_at = world.clock:now()
  device.unreported[#device.unreported + 1] = { event_type = event_type, fields = fields }
end

--- critical, low, good or full.
function M.battery_status(world, level)
  local limits = world.options.battery_thresholds
  if level <= limits.critical then return "critical" end
  if level <= limits.low then return "low" end
  return level <= limits.good and "good" or "full"
end

function M.set_battery(world, device, level)
  local before = M.battery_status(world, device.battery_level)
  device.battery_level = level
  local status = M.battery_status(world, level)
  if status == before then return end
  M.report(world, device, "device.battery_status_changed", { battery_status = status, battery_level = level })
  local is_low = status == "low" or status == "critical"
  local was_low = before == "low" or before == "critical"
  if is_low and not was_low then M.report(world, device, "device.low_battery", { battery_level = level }) end
end

function M.set_privacy(world, device, on)
  if on == (device.privacy_since ~= nil) then return end
  device.privacy_since = on and world.clock:now() or nil
  M.report(world, device, "device.salto.privacy_mode_" .. (on and "activated" or "deactivated"), {})
end

function M.set_office(world, device, on)
  device.office_since = on and (device.office_since or world.clock:now()) or nil
end

function M.rename(world, device, nickname)
  if device.nickname == nickname then return end
  device.nickname = nickname
  events.about_device(world, device, "device.name_changed", { device_name = nickname or device.name })
end

function M.set_managed(world, device, managed)
  if device.managed == managed then return end
  device.managed = managed
  events.about_device(world, device,
    managed and "device.unmanaged.converted_to_managed" or "device.converted_to_unmanaged")
end

return M
