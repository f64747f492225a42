-- SPDX-License-Identifier: MIT
-- Endpoints whose call makes a lock, door or gate move now. Their calls get the short deadline and
-- are never repeated after an unclear outcome. Not here: what only prepares a later movement
-- (codes, credentials, auto-lock settings) and what pretends to in a sandbox (locks/simulate).

return {
  "/access_methods/unlock_door",
  "/acs/entrances/unlock",
  "/locks/lock_door",
  "/locks/unlock_door",
}
