-- SPDX-License-Identifier: MIT
-- The HTTP method of every endpoint, written down apart from the generator: what Seam's own
-- JavaScript SDK (@seamapi/http 2.32.0) sends. Everything not named here is a POST.

local M = {}

local function set(text)
  local names = {}
  for name in text:gmatch("%S+") do names["/" .. name] = true end
  return names
end

local GET = set [[
  access_codes/generate_code access_grants/get_related access_methods/get_related spaces/get_related
  acs/access_groups/list_accessible_entrances acs/access_groups/list_users
  acs/credentials/list_accessible_entrances acs/entrances/list_credentials_with_access
  acs/systems/list_compatible_credential_manager_acs_systems acs/users/list_accessible_entrances
  devices/list_device_providers user_identities/list_accessible_devices
  user_identities/list_accessible_entrances user_identities/list_acs_systems
  user_identities/list_acs_users
]]

local DELETE = set [[
  acs/access_groups/remove_user acs/users/remove_from_access_group customers/delete_data
  phones/deactivate spaces/remove_acs_entrances spaces/remove_connected_account
  spaces/remove_devices thermostats/delete_climate_preset user_identities/remove_acs_user
  user_identities/revoke_access_to_device
]]

local PUT = set [[
  access_codes/create_multiple acs/access_groups/add_user acs/users/add_to_access_group
  client_sessions/create spaces/add_acs_entrances spaces/add_connected_account spaces/add_devices
  user_identities/add_acs_user user_identities/grant_access_to_device webhooks/update
]]

local PATCH = set [[
  access_codes/update access_codes/update_multiple access_codes/unmanaged/update
  access_codes/unmanaged/convert_to_managed access_grants/update access_grants/unmanaged/update
  acs/credentials/assign acs/credentials/unassign acs/credentials/update acs/users/update
  client_sessions/grant_access connected_accounts/update devices/update devices/unmanaged/update
  noise_sensors/noise_thresholds/update spaces/update thermostats/daily_programs/update
  thermostats/schedules/update thermostats/set_temperature_threshold
  thermostats/update_climate_preset user_identities/update user_identities/unmanaged/update
  workspaces/update
]]

---@param path string "/locks/list"
---@return string method
function M.of(path)
  local name = path:match("[^/]+$")
  if name == "get" or name == "list" or GET[path] then return "GET" end
  if name == "delete" or DELETE[path] then return "DELETE" end
  if PUT[path] then return "PUT" end
  if PATCH[path] then return "PATCH" end
  return "POST"
end

return M
