-- SPDX-License-Identifier: MIT
-- What `require "seam.calendar"` and `require "seam.calendar.safe"` return: bookings, wanted, doors, fetch.

local doors = require "seam.calendar.doors"
local errors = require "seam.errors"
local fetch = require "seam.calendar.fetch"
local receiver = require "seam.receiver"

local M = {}

--- Builds a face.
---@param raises boolean
---@return table calendar
function M.new(raises)
  local finish, calendar = errors.finisher(raises), {}

  local function public(f) return receiver.dropped(calendar, finish, f) end

  --- The bookings of a calendar, and what was left out and why. What cannot be read is an error: half a calendar
  --- would take the codes of the other half away. docs/calendar.md lists the options.
  ---@param source string the text of an iCalendar file, or its address
  ---@param options table|nil check_in, check_out, zone_offset...
  ---@return seam.calendar.Booking[] bookings
  ---@return table[] skipped { uid =, summary =, line =, reason = }
  calendar.bookings = public(doors.bookings)

  --- The same as entries for codes.sync: key, name, starts_at, ends_at (epoch seconds).
  ---@param source string
  ---@param options table|nil
  ---@return table[] wanted
  ---@return table[] skipped
  calendar.wanted = public(doors.wanted)

  --- The same for the doors of many units, for codes.sync_all.
  ---@param source string|table a calendar for all units, or { [unit] = calendar or list of calendars }
  ---@param options table units = { [name] = lock or list of locks }, and those of bookings
  ---@return table[] doors { device =, wanted = }
  ---@return table[] skipped
  calendar.doors = public(doors.doors)

  --- Fetches a calendar's text: GET over https, no redirects, 4 MiB at most.
  ---@param url string
  ---@param options table|nil timeout, max_bytes (seconds, bytes), ca_file, proxy, loop
  ---@return string text
  calendar.fetch = public(fetch.get)

  return calendar
end

return M
