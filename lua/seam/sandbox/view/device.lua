-- SPDX-License-Identifier: MIT
-- A lock as the API shows it.

local devices = require "seam.sandbox.model.devices"
local json = require "seam.sandbox.json"
local problems = require "seam.sandbox.model.problems"
local seed = require "seam.sandbox.data.seed"
local time = require "seam.time"

local M = {}

M.PROVIDER = { device_provider_name = "salto_ks", display_name = "Salto KS", provider_category = "stable" }

local function battery_word(world, device)
  local words = { full = "fresh", good = "good", low = "low", critical = "very_low" }
  return words[devices.battery_status(world, device.battery_level)]
end

local function salto_metadata(world, device)
  local site = device.account.site
  return {
    lock_id = device.lock_id, lock_type = device.lock_type, model = device.lock_type,
    locked_state = device.locked and "locked" or "unlocked", battery_level = battery_word(world, device),
    customer_reference = device.name, site_id = site.id, site_name = site.name,
  }
end

local function add_keypad(world, device, properties)
  if not device.has_keypad then return end
  properties.supported_code_lengths = json.array({ seed.CODE_LENGTH })
  properties.max_active_codes_supported = device.max_active_codes
  properties.code_constraints = json.array()
  if not world.options.custom_pin then
    properties.code_constraints[1] = { constraint_type = "pin_code_matches_existing_set" }
  end
end

local function properties_of(world, device, online)
  local metadata = salto_metadata(world, device)
  local properties = {
    online = online, name = device.nickname or device.name, appearance = { name = device.name },
    model = {
      display_name = device.model_name, manufacturer_display_name = "Salto",
      has_built_in_keypad = device.has_keypad,
    },
    manufacturer = "salto", has_direct_power = device.direct_power,
    supports_backup_access_code_pool = false, has_native_entry_events = true,
    salto_metadata = metadata,
  }
  local ks_metadata = salto_metadata(world, device)
  ks_metadata.has_custom_pin_subscription = world.options.custom_pin
  properties.salto_ks_metadata = ks_metadata
  add_keypad(world, device, properties)
  if online then
    properties.locked = device.locked
    properties.battery_level = device.battery_level
    properties.battery = {
      level = device.battery_level, status = devices.battery_status(world, device.battery_level),
    }
  end
  return properties
end

-- true: has it and it works; false: has it, not working now; absent: does not have it.
local function add_flags(world, device, view, online)
  local privacy = device.privacy_since ~= nil
  if device.remote then
    view.can_remotely_lock = online
    view.can_remotely_unlock = online and not privacy and world.options.remote_unlock
  end
  if device.has_keypad then
    view.can_program_online_access_codes =
      not (device.account.disconnected_since or device.removed_since)
    view.can_unlock_with_code = not privacy and not device.office_since
  end
  local site = device.account.site
  view.can_simulate_disconnection = not device.offline_since
  view.can_simulate_connection = device.offline_since ~= nil
  view.can_simulate_hub_disconnection = not site.hub_offline_since
  view.can_simulate_hub_connection = site.hub_offline_since ~= nil
  view.can_simulate_removal = not device.removed_since
end

local function capabilities(device)
  local list = json.array()
  if device.has_keypad then list[#list + 1] = "access_code" end
  if device.remote then list[#list + 1] = "lock" end
  return list
end

local function common(world, device, online)
  local view = {
    device_id = device.id, device_type = "salto_lock", workspace_id = world.options.workspace_id,
    connected_account_id = device.account.id, capabilities_supported = capabilities(device),
    custom_metadata = device.custom_metadata, is_managed = device.managed,
    created_at = time.format(device.created_at), display_name = device.nickname or device.name,
    errors = problems.device_errors(device), warnings = problems.device_warnings(device),
  }
  add_flags(world, device, view, online)
  return view
end

--- A device this workspace manages.
function M.render(world, device)
  local online = devices.trouble(device) == nil
  local view = common(world, device, online)
  view.nickname = device.nickname
  view.device_manufacturer = { manufacturer = "salto", display_name = "Salto" }
  view.device_provider = M.PROVIDER
  view.space_ids = json.array()
  view.properties = properties_of(world, device, online)
  return view
end

--- A device it does not manage: fewer properties.
function M.render_unmanaged(world, device)
  local online = devices.trouble(device) == nil
  local view = common(world, device, online)
  local full = properties_of(world, device, online)
  view.properties = {
    name = full.name, online = online, manufacturer = "salto", model = full.model,
    battery = full.battery, battery_level = full.battery_level,
  }
  return view
end

return M
