-- SPDX-License-Identifier: MIT
-- The workspace of the guide "Get started with Salto KS Locks": ids, locks and moments it prints.

local M = {}

M.EMAIL_DOMAIN = "example.com"

M.FIRST_ACCOUNT = "690dead6-e176-4f25-930b-9aef7c7137ad"

-- In the order the locks were made. The guide lists them by name. It prints nothing but the id and the moment of
-- FRONT_DOOR, and no flags for EXTRA DOOR; their lock types are our choice.
M.LOCKS = {
  {
    name = "FRONT_DOOR", device_id = "da9dcedb-20ee-46df-8c08-e5268f624377",
    created_at = "2023-02-08T22:14:09.890Z", lock_id = "lock_1", lock_type = "escutcheon_pin",
    model_name = "Escutcheon PIN", has_keypad = true, remote = true, direct_power = false,
  },
  {
    name = "BACK DOOR", device_id = "681bf7bc-e7c6-48e6-acfe-6dbabd0615c5",
    created_at = "2023-02-08T22:14:09.921Z", lock_id = "lock_2", lock_type = "wall_reader_pin",
    model_name = "Wall Reader PIN", has_keypad = true, remote = true, direct_power = true,
  },
  {
    name = "EXTRA DOOR", device_id = "c9fc699a-3f87-4d23-b5c2-1f8ac85aeca1",
    created_at = "2023-02-08T22:14:09.952Z", lock_id = "lock_3", lock_type = "wall_reader",
    model_name = "Wall Reader", has_keypad = false, remote = false, direct_power = true,
  },
}

-- Handed to the first code of each type on BACK DOOR.
M.ACCESS_CODES = {
  time_bound = "631a3a30-3fa7-462a-b3bc-65528ccf8765",
  ongoing = "774986f8-5fad-4911-a4fb-e5a2ef9f15bd",
}
M.ACCESS_CODES_DEVICE = "681bf7bc-e7c6-48e6-acfe-6dbabd0615c5"

M.SITE_NAME = "Sandbox site"
M.CODE_LENGTH = 6

return M
