-- SPDX-License-Identifier: MIT
-- The documented limits: so many calls of a kind for each device in any minute.

local errors = require "seam.sandbox.errors"

local M = {}

local WINDOW = 60

M.LIMITS = {
  lock_door = 15, unlock_door = 15,
  create_access_code = 10, update_access_code = 10, delete_access_code = 20,
}

local function recent(calls, now)
  local kept = {}
  for _, moment in ipairs(calls or {}) do
    if moment > now - WINDOW and moment <= now then kept[#kept + 1] = moment end
  end
  return kept
end

--- Counts a call; raises 429 when the device has had its share.
---@param action string a key of LIMITS
function M.count(world, action, device)
  if not world.options.rate_limits then return end
  local now, key = world.clock:now(), action .. ":" .. device.id
  local calls = recent(world.calls[key], now)
  world.calls[key] = calls
  if #calls < M.LIMITS[action] then
    calls[#calls + 1] = now
    return
  end
  local seconds = math.max(1, math.ceil(calls[1] + WINDOW - now))
  errors.raise(429, "rate_limited", "Too many requests for this device; try again in " .. seconds .. " s.",
    { headers = { ["retry-after"] = ("%d"):format(seconds) }, data = { device_id = device.id } })
end

return M
