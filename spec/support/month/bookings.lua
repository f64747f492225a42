-- SPDX-License-Identifier: MIT
-- A month of bookings for many doors, the same on every Lua: who comes when, since when that is known, and what
-- changes meanwhile; and the calendar a platform would export of it.

local time = require "seam.time"

local M = {}

local HOUR, DAY = 3600, 86400

M.START = time.parse "2028-10-05T00:00:00Z"
-- In the middle of it summer time ends.
local WINTER = time.parse "2028-10-29T01:00:00Z"

-- Who changes a booking later than this before the change counts cannot count on its door.
local NOTICE = 9 * HOUR

--- Whole numbers from 1 to n, without the machine's own generator.
---@param seed integer
---@return fun(n: integer): integer
function M.random(seed)
  local state = seed
  return function(n)
    state = state * 16807 % 2147483647
    return math.floor(state / 2147483647 * n) + 1
  end
end

local function local_time(day, hour)
  local wall = M.START + day * DAY + hour * HOUR
  return wall - (wall - HOUR < WINTER and 2 or 1) * HOUR
end

--- A stay of whole days, or one with times of its own (in UTC) as some systems export them.
local function set_times(booking)
  if booking.times then
    booking.starts_at = M.START + booking.first * DAY + booking.times.arrives
    booking.ends_at = M.START + booking.last * DAY + booking.times.leaves
  else
    booking.starts_at, booking.ends_at = local_time(booking.first, 15), local_time(booking.last, 11)
  end
end

local CHANGES = {
  { share = 12, kind = "cancelled" },
  { share = 10, kind = "moved", first = 1, last = 1 },
  { share = 8, kind = "renamed" },
  { share = 8, kind = "longer", last = 1 },
  { share = 8, kind = "shorter", last = -1, nights = 2 },
}

local function pick_change(random, booking)
  local left = random(100)
  for _, change in ipairs(CHANGES) do
    left = left - change.share
    if left <= 0 then return booking.last - booking.first >= (change.nights or 1) and change or nil end
  end
end

--- What a change does to a booking.
function M.apply(booking, change)
  booking.cancelled = change.kind == "cancelled"
  if change.kind == "renamed" then booking.name = booking.name .. " and friends" end
  booking.first, booking.last = booking.first + (change.first or 0), booking.last + (change.last or 0)
  set_times(booking)
end

--- Some time between the booking and the last moment at which the change is in time.
local function moment_of(random, booking, change)
  local latest = booking.starts_at
  if change.kind == "longer" or change.kind == "shorter" then
    latest = booking.ends_at + math.min(change.last, 0) * DAY
  end
  local room = latest - NOTICE - booking.published
  return room > 0 and booking.published + random(room) or nil
end

local function new_booking(random, door, key, first, nights)
  local booking = { door = door, key = key, name = "Guest " .. key, first = first, last = first + nights }
  if random(5) == 1 then
    booking.times = { arrives = 14 * HOUR + random(300) * 60, leaves = 7 * HOUR + random(180) * 60 }
  end
  set_times(booking)
  booking.published = M.START
  if random(5) > 2 then
    booking.published = math.max(M.START, booking.starts_at - NOTICE - random(15 * DAY))
  end
  local change = pick_change(random, booking)
  local at = change and moment_of(random, booking, change)
  if at then booking.change, booking.changes_at = change, at end
  return booking
end

--- One guest after the other.
local function fill_room(random, list, door, count)
  local day = random(3)
  for place = 1, count do
    local nights = random(3)
    list[#list + 1] = new_booking(random, door, ("d%d-%d"):format(door, place), day, nights)
    day = day + nights + random(2) - 1
  end
end

--- A house door: many guests at once, all of them known from the first day on.
local function fill_house(random, list, door, count)
  for place = 1, count do
    local booking = new_booking(random, door, ("d%d-%d"):format(door, place), random(26), random(3))
    booking.published, list[#list + 1] = M.START, booking
  end
end

--- 400 bookings: two house doors with 32 each, all other doors with 7.
---@param seed integer
---@param doors integer
---@return table[]
function M.make(seed, doors)
  local random, list = M.random(seed), {}
  for door = 1, doors do
    if door <= 2 then fill_house(random, list, door, 32) else fill_room(random, list, door, 7) end
  end
  return list
end

local function when(name, booking, day, moment)
  if not booking.times then return ("%s;VALUE=DATE:%s"):format(name, os.date("!%Y%m%d", M.START + day * DAY)) end
  return ("%s:%s"):format(name, os.date("!%Y%m%dT%H%M%SZ", moment))
end

--- The calendar of a door at a moment. Some platforms mark what is cancelled, others leave it out.
---@param bookings table[]
---@param now number
---@return string
function M.calendar(bookings, now)
  local lines = { "BEGIN:VCALENDAR", "VERSION:2.0" }
  for _, booking in ipairs(bookings) do
    local is_marked = booking.cancelled and booking.times
    if booking.published <= now and (is_marked or not booking.cancelled) then
      lines[#lines + 1] = "BEGIN:VEVENT\r\nUID:" .. booking.key
      lines[#lines + 1] = when("DTSTART", booking, booking.first, booking.starts_at)
      lines[#lines + 1] = when("DTEND", booking, booking.last, booking.ends_at)
      lines[#lines + 1] = "SUMMARY:" .. booking.name
      if is_marked then lines[#lines + 1] = "STATUS:CANCELLED" end
      lines[#lines + 1] = "END:VEVENT"
    end
  end
  lines[#lines + 1] = "END:VCALENDAR\r\n"
  return table.concat(lines, "\r\n")
end

return M
