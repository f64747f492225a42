-- SPDX-License-Identifier: MIT
-- What a bare string (or a resource) stands for when it is given instead of a table of parameters.
-- Rules, first match wins; an id no rule finds is nil, and then only a table is accepted:
--   1. `exceptions` below;
--   2. except for list: the id of the namespace's own thing (`own_id`, otherwise the namespace's last
--      word in the singular), where the endpoint has it as a parameter;
--   3. the only required parameter whose name ends in `_id`.

return {
  -- Namespaces whose own id is not spelt like their last word. Those called unmanaged or simulate
  -- are about the same thing as their parent.
  own_id = {
    ["acs.access_groups"] = "acs_access_group_id",
    ["acs.credentials"] = "acs_credential_id",
    ["acs.encoders"] = "acs_encoder_id",
    ["acs.entrances"] = "acs_entrance_id",
    ["acs.systems"] = "acs_system_id",
    ["acs.users"] = "acs_user_id",
    ["locks"] = "device_id",
    ["noise_sensors"] = "device_id",
    ["phones"] = "device_id",
    ["thermostats"] = "device_id",
    ["thermostats.daily_programs"] = "thermostat_daily_program_id",
    ["thermostats.schedules"] = "thermostat_schedule_id",
  },

  -- Lists whose things plainly live in, on or under one other thing, though it may be left out.
  -- Not acs/credentials/list: a user or a system would be equally plain.
  exceptions = {
    ["/access_codes/list"] = "device_id",
    ["/access_methods/list"] = "access_grant_id",
    ["/acs/access_groups/list"] = "acs_system_id",
    ["/acs/encoders/list"] = "acs_system_id",
    ["/acs/entrances/list"] = "acs_system_id",
    ["/acs/systems/list"] = "connected_account_id",
    ["/acs/users/list"] = "acs_system_id",
    ["/action_attempts/list"] = "device_id",
    ["/instant_keys/list"] = "user_identity_id",
  },
}
