-- SPDX-License-Identifier: MIT
-- What has to hold at the doors of a month: who gets in, who does not, and what is on the lock. `world` is what
-- support.month.world makes.

local time = require "seam.time"

local M = { PREFIX = "guest:" }

-- How near to a moment at which codes change nobody tries a PIN, in seconds.
local BLUR = 90
-- Which codes are tried for sure, in seconds around their two ends; of the others a few.
local NEAR = 300

local function complain(world, text, ...)
  table.insert(world.complaints, time.format(world.sandbox:now()) .. " " .. text:format(...))
end

--- After a sync that went well the door has each wanted code once, and nothing else of ours.
---@param world table
---@param door integer
---@param wanted table[]
function M.inventory(world, door, wanted)
  local found = {}
  for _, code in ipairs(world.sandbox:access_codes(world.doors[door])) do
    local key = code.status ~= "removing" and code.name:match("^" .. M.PREFIX .. "(%S+)")
    if key then found[key] = (found[key] or 0) + 1 end
  end
  for _, entry in ipairs(wanted) do
    world.asked[entry.key] = true
    if entry.ends_at > world.sandbox:now() + BLUR and found[entry.key] ~= 1 then
      complain(world, "door %d has %d codes for %s, expected 1", door, found[entry.key] or 0, entry.key)
    end
    found[entry.key] = nil
  end
  for key in pairs(found) do complain(world, "door %d has a code for %s, which nobody wants", door, key) end
end

--- The bookings that may enter at this moment; nil where one comes or goes just now.
local function guests_at(world, door, now)
  local present = {}
  for _, booking in ipairs(world.by_door[door]) do
    if math.abs(booking.starts_at - now) < BLUR or math.abs(booking.ends_at - now) < BLUR then return nil end
    if not booking.cancelled and booking.starts_at < now and now < booking.ends_at then
      present[M.PREFIX .. booking.key .. " " .. booking.name] = booking
    end
  end
  return present
end

local function try_pin(world, door, code, opens)
  local opened, reason = world.sandbox:enter_code(world.doors[door], code.code)
  world.tried[opens and "opened" or "denied"] = world.tried[opens and "opened" or "denied"] + 1
  if opened ~= opens then
    complain(world, "door %d %s %s (%s)", door, opened and "opened for" or "stayed shut for", code.name, reason or "-")
  end
end

local function is_as_wanted(world, code, booking)
  -- A change that was made just now, or that is on its way to the lock, has time until it counts.
  if world.dirty[booking.door] or #code.pending_mutations > 0 then return true end
  return code.begins == booking.starts_at and code.ends == booking.ends_at
end

--- Whether a code begins or ends about now.
local function is_near(world, code)
  local now = world.sandbox:now()
  return math.abs(code.begins - now) < NEAR or math.abs(code.ends - now) < NEAR
end

--- As it was when its PIN was last seen: a code that is gone has none to ask for.
local function remember(known, code)
  code.begins, code.ends = time.parse(code.starts_at), time.parse(code.ends_at)
  for place, other in ipairs(known) do
    if other.access_code_id == code.access_code_id then
      known[place] = code
      return
    end
  end
  known[#known + 1] = code
end

local function check_code(world, door, code, present)
  local booking = present[code.name]
  if world.foreign[door] and code.access_code_id == world.foreign[door].access_code_id then
    return world.random(4) == 1 and try_pin(world, door, code, true) or nil
  end
  if not code.code then return end
  remember(world.known[door], code)
  if not booking then return end
  present[code.name] = nil
  if code.status ~= "set" then complain(world, "door %d: %s is %s", door, code.name, code.status) end
  if not is_as_wanted(world, code, booking) then complain(world, "door %d: %s has other times", door, code.name) end
  if world.events.pins[code.access_code_id] ~= code.code then
    complain(world, "door %d: no event has told the PIN of %s", door, code.name)
  end
  if not booking.entered or is_near(world, code) then try_pin(world, door, code, true) end
  booking.entered = true
  return code.access_code_id
end

--- A PIN that has to be of no use now; of which bookings that was seen right before the stay and right after it.
local function try_in_vain(world, door, code)
  local key, now = code.name:match("^" .. M.PREFIX .. "(%S+)"), world.sandbox:now()
  try_pin(world, door, code, false)
  local early, late = code.begins - now, now - code.ends
  if early > 0 and early < NEAR then world.refused_before[key] = true end
  if late > 0 and late < NEAR then world.refused_after[key] = true end
end

--- The guests who should be able to get in get in with the PIN that was announced; no other PIN ever known opens.
---@param world table
---@param door integer
function M.door(world, door)
  local present = guests_at(world, door, world.sandbox:now())
  if not present then return world:at(world.sandbox:now() + 2 * BLUR, function() M.door(world, door) end) end
  local inside = {}
  for _, code in ipairs(world.sandbox:access_codes(world.doors[door])) do
    local id = check_code(world, door, code, present)
    if id then inside[id] = true end
  end
  for name in pairs(present) do complain(world, "door %d has no code for %s", door, name) end
  for _, code in ipairs(world.known[door]) do
    local is_chosen = is_near(world, code) or world.random(20) == 1
    if is_chosen and not inside[code.access_code_id] then try_in_vain(world, door, code) end
  end
end

return M
