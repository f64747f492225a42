-- Guests' codes on the doors of a house, from its booking calendars. First it only says what it would do:
--   lua5.4 examples/rental_codes.lua
--   lua5.4 examples/rental_codes.lua apply

local calendar = require "seam.calendar"
local codes = require "seam.codes"
local seam = require "seam"

local DAY = 86400

--- "20280812" for a day so many days from today.
local function day(days_from_today)
  return (os.date("!%Y%m%d", os.time() + days_from_today * DAY))
end

--- What a platform exports. In earnest it is the calendar's address: "https://www.airbnb.com/calendar/ical/...".
local function calendar_of(bookings)
  local lines = { "BEGIN:VCALENDAR", "VERSION:2.0" }
  for _, booking in ipairs(bookings) do
    lines[#lines + 1] = ("BEGIN:VEVENT\nUID:%s\nDTSTART;VALUE=DATE:%s\nDTEND;VALUE=DATE:%s\nSUMMARY:%s\nEND:VEVENT")
      :format(booking.uid, day(booking.first), day(booking.last), booking.summary)
  end
  lines[#lines + 1] = "END:VCALENDAR"
  return table.concat(lines, "\n")
end

local CALENDARS = {
  ["Apartment 1"] = calendar_of {
    { uid = "a1-0001", first = 1, last = 4, summary = "Reserved - Ada Lovelace" },
    { uid = "a1-0002", first = 4, last = 6, summary = "Blocked" },
  },
  ["Apartment 2"] = calendar_of {
    { uid = "a2-0001", first = 2, last = 9, summary = "Reserved - Grace Hopper" },
  },
}

--- The house door is everybody's, the back door is Apartment 1's.
local function units()
  local by_name = {}
  for _, lock in ipairs(seam.locks.list()) do by_name[lock.display_name] = lock end
  local house, back = by_name["FRONT_DOOR"], by_name["BACK DOOR"]
  seam.check(house and back, "this workspace has not the doors FRONT_DOOR and BACK DOOR")
  return { ["Apartment 1"] = { house, back }, ["Apartment 2"] = house }
end

local function main(word)
  local doors, skipped = calendar.doors(CALENDARS, {
    units = units(), check_in = "15:00", check_out = "11:00", zone_offset = "+01:00", daylight_saving = "EU",
    late = 1800, -- seconds for those who forgot something
  })
  for _, item in ipairs(skipped) do print(("%s is left out: %s"):format(item.summary, item.reason)) end
  local dry_run = word ~= "apply"
  for _, result in ipairs(codes.sync_all(seam, doors, { dry_run = dry_run, max_deletes = 5 })) do print(result) end
  if dry_run then print 'Nothing was changed; say "apply" to have it done.' end
end

local ok, err = pcall(main, ...)
if not ok then
  io.stderr:write(tostring(err), "\n")
  os.exit(1)
end
