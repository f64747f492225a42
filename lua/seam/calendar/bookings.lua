-- SPDX-License-Identifier: MIT
-- Events to bookings: who comes when; and what was left out, with the reason.

local errors = require "seam.errors"
local events = require "seam.calendar.events"
local platforms = require "seam.calendar.platforms"
local rules_of = require "seam.calendar.rules"

local M = {}

---@class seam.calendar.Booking
---@field key string the UID; of one of a series with the instance behind a slash
---@field uid string
---@field name string|nil
---@field kind "reservation"|"blocked"|"unclear"
---@field summary string
---@field description string
---@field location string
---@field begins number epoch seconds of check-in
---@field ends number epoch seconds of check-out
---@field starts_at number epoch seconds from which the code works
---@field ends_at number epoch seconds until which it works

--- What is wrong with a calendar.
---@param reason string
---@param line integer|nil
---@return seam.Error
function M.invalid(reason, line)
  local where = line and ("line %d: "):format(line) or ""
  return errors.new("SeamError", "The calendar cannot be used: " .. where .. reason,
    { code = "invalid_calendar", line = line })
end

local function booking_of(event, rules)
  local name = rules.name_of and rules.name_of(event)
  if name == nil then name = platforms.name_of(event) end
  return {
    key = event.instance and event.uid .. "/" .. event.instance or event.uid, uid = event.uid, name = name or nil,
    kind = rules.kind_of and rules.kind_of(event) or platforms.kind_of(event),
    summary = event.summary, description = event.description, location = event.location,
  }
end

--- Why an event is left out; nil where it is not.
local function reason_to_skip(event, booking, rules)
  if event.cancelled then return "cancelled" end
  if event.recurring then return "recurring" end
  if booking.kind == "blocked" and rules.blocked == "skip" then return "blocked" end
  if booking.kind == "unclear" and rules.unclear == "skip" then return "unclear" end
end

--- By the days alone where there are no times: check-out is earlier in the day than check-in.
local function is_backwards(event, booking)
  if event.starts.kind == "date" then return event.ends.seconds < event.starts.seconds end
  return booking.ends < booking.begins
end

local function reason_by_time(booking, rules)
  if booking.ends <= booking.begins then return "empty" end
  if rules.since and booking.ends_at <= rules.since then return "over" end
end

local function skip(skipped, event, reason)
  skipped[#skipped + 1] = { uid = event.uid, summary = event.summary, line = event.line, reason = reason }
end

local function add(list, skipped, event, rules)
  local booking = booking_of(event, rules)
  local reason = reason_to_skip(event, booking, rules)
  if reason == "recurring" and rules.recurring == "refuse" then
    return nil, "the event repeats (RRULE or RDATE), which is not read: say recurring = 'skip' to go without it"
  end
  if reason then
    skip(skipped, event, reason)
    return true
  end
  local ok, why = rules_of.apply(booking, event, rules)
  if not ok then return nil, why end
  if is_backwards(event, booking) then return nil, "the event ends before it begins" end
  reason = reason_by_time(booking, rules)
  if reason then skip(skipped, event, reason) else list[#list + 1] = booking end
  return true
end

--- Reads the bookings of a calendar.
---@param text string
---@param rules table checked
---@return seam.calendar.Booking[]|nil bookings
---@return table[]|seam.Error skipped { uid =, summary =, line =, reason = }, or the error
function M.read(text, rules)
  if type(text) ~= "string" then
    return nil, errors.invalid_params(nil, "A calendar is text, or an address that begins with https://", "calendar")
  end
  local found, superseded, line = events.read(text)
  if not found then return nil, M.invalid(superseded, line) end
  local list, skipped = {}, {}
  for _, event in ipairs(superseded) do skip(skipped, event, "superseded") end
  for _, event in ipairs(found) do
    local ok, reason = add(list, skipped, event, rules)
    if not ok then return nil, M.invalid(reason, event.line) end
  end
  return list, skipped
end

return M
