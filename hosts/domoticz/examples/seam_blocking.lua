-- SPDX-License-Identifier: MIT
-- The short way, for your own house: the C core in Domoticz' Lua 5.3, and calls that wait. While they do, every other
-- script of Domoticz waits too, and what takes more than 10 s is reported and left behind. So: 3 s at most, no retries,
-- and no waiting for the lock. For anything more use scripts/seam_locks.lua.
-- Copy it to scripts/dzVents/scripts/, and name a button and a lock.

local BUTTON, LOCK = "Open the door", "681bf7bc-e7c6-48e6-acfe-6dbabd0615c5"

return {
  on = { devices = { BUTTON } },
  logging = { marker = "Seam" },
  execute = function(domoticz, item)
    if not item.active then return end
    local seam = require "seam.safe"
    local client, err = seam.new { timeout = 3, retries = 0, wait_for_action_attempt = false }
    local attempt
    if client then attempt, err = client.locks.unlock_door(LOCK) end
    if attempt then
      domoticz.log("asked to unlock: " .. attempt.action_attempt_id, domoticz.LOG_STATUS)
    else
      domoticz.notify("The door was not opened", tostring(err))
    end
    if client then client.close() end
  end,
}
