-- SPDX-License-Identifier: MIT
-- User subscriptions of a Salto KS site: one for each access code on a lock, warnings at 80 %, none left at 100 %.

local M = {}

local function since(before, holds, now)
  if holds then return before or now end
  return nil
end

local function reassess(world, site)
  local now = world.clock:now()
  site.full_since = since(site.full_since, site.seats >= site.seat_limit, now)
  site.almost_full_since = since(site.almost_full_since, site.seats > site.seat_limit * 0.8, now)
end

--- Takes a seat for a code; false when the site is full.
function M.take(world, code)
  local site = code.device.account.site
  if code.seated then return true end
  if site.seats >= site.seat_limit then return false end
  code.seated = true
  site.seats = site.seats + 1
  reassess(world, site)
  return true
end

--- Gives a code's seat back.
function M.release(world, code)
  if not code.seated then return end
  local site = code.device.account.site
  code.seated = nil
  site.seats = site.seats - 1
  reassess(world, site)
end

--- Changes how many seats the site has bought.
function M.set_limit(world, site, limit)
  site.seat_limit = limit
  reassess(world, site)
end

--- Counts the codes on a lock: its own limit.
function M.count_active(world, device)
  local count = #world.codes:where(function(code) return code.device == device and code.programmed end)
  device.active_codes = count
  device.crowded_since = since(device.crowded_since, count >= device.max_active_codes, world.clock:now())
  return count
end

return M
