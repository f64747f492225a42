-- SPDX-License-Identifier: MIT
-- The bodies a benchmark is answered with. A device is 1.7 KB: 35 fields of a Salto KS lock at the top and
-- under `properties`, nulls among them, as Seam's schema has them.

local M = {}

local DEVICE = table.concat({
  '{"device_id":"%ID%","device_type":"salto_lock","nickname":null,"display_name":"DOOR %N%",',
  '"workspace_id":"d7418ff3-a476-4f48-9a4b-211d1d21a03d","connected_account_id":"690dead6-e176-4f25-930b-%ACCOUNT%",',
  '"capabilities_supported":["access_code","lock"],"can_remotely_lock":true,"can_remotely_unlock":true,',
  '"can_program_online_access_codes":true,"can_unlock_with_code":true,"can_simulate_removal":true,',
  '"can_simulate_disconnection":true,"device_manufacturer":{"manufacturer":"salto","display_name":"Salto"},',
  '"device_provider":{"device_provider_name":"salto_ks","display_name":"Salto KS","provider_category":"stable"},',
  '"properties":{"online":true,"locked":true,"name":"DOOR %N%","appearance":{"name":"DOOR %N%"},',
  '"model":{"display_name":"Wall Reader PIN","manufacturer_display_name":"Salto","has_built_in_keypad":true},',
  '"manufacturer":"salto","has_direct_power":true,"battery_level":0.%N%,"battery":{"level":0.%N%,"status":"full"},',
  '"supported_code_lengths":[6],"max_active_codes_supported":100,"supports_backup_access_code_pool":false,',
  '"has_native_entry_events":true,"serial_number":null,',
  '"code_constraints":[{"constraint_type":"pin_code_matches_existing_set"}],',
  '"salto_ks_metadata":{"lock_id":"lock_%N%","lock_type":"wall_reader_pin","model":"wall_reader_pin",',
  '"locked_state":"locked","battery_level":"fresh","customer_reference":"DOOR %N%",',
  '"has_custom_pin_subscription":false,"site_id":"site_%N%","site_name":"Caf\195\169 au coin"}},',
  '"location":{"location_name":null,"time_zone":"Europe/Amsterdam"},"space_ids":[],"custom_metadata":{"floor":"%N%"},',
  '"is_managed":true,"created_at":"2026-02-08T22:%M%:09.921Z","errors":[],"warnings":[]}',
})

local function device(number)
  return (DEVICE:gsub("%%(%u+)%%", {
    ID = ("%08x-9c1f-4c3e-8b1a-%012x"):format(number * 7919, number),
    ACCOUNT = ("%012x"):format(number % 10),
    N = ("%d"):format(100 + number),
    M = ("%02d"):format(number % 60),
  }))
end

--- The answer of /devices/get.
---@return string
function M.one()
  return '{"device":' .. device(1) .. ',"ok":true}'
end

--- The answer of /devices/list.
---@param count integer
---@return string
function M.list(count)
  local list = {}
  for number = 1, count do list[number] = device(number) end
  return '{"devices":[' .. table.concat(list, ",") .. '],"pagination":{"next_page_cursor":null,'
    .. '"has_next_page":false,"next_page_url":null},"ok":true}'
end

return M
