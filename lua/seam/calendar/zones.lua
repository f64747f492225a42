-- SPDX-License-Identifier: MIT
-- Time zones: which moment a clock on the wall means, by a VTIMEZONE of the file or by an offset from the caller.

local components = require "seam.calendar.components"
local moments = require "seam.calendar.moments"

local M = {}

local DAY = moments.DAY
local WEEKDAYS = { SU = 0, MO = 1, TU = 2, WE = 3, TH = 4, FR = 5, SA = 6 }

---@class seam.calendar.Observance standard time, or summer time
---@field from integer offset in seconds until it begins
---@field to integer offset in seconds from then on
---@field starts integer|nil local seconds of the first time it begins; nil: always has
---@field clock integer seconds into the day at which it begins, by the clock of before
---@field rule table|nil month, nth, weekday, monthdays, ends: when it begins in each year (all by the clock of before)
---@field dates integer[] further moments, as local seconds

local function days_in_month(year, month)
  local next_year, next_month = year, month + 1
  if next_month > 12 then next_year, next_month = year + 1, 1 end
  local first = moments.at(("%04d"):format(year), ("%02d"):format(month), "01")
  return (moments.at(("%04d"):format(next_year), ("%02d"):format(next_month), "01") - first) / DAY, first
end

--- Local seconds at which an observance begins in a year; nil where its rule names no such day.
local function onset_in(observance, year)
  local rule = observance.rule
  local count, first = days_in_month(year, rule.month)
  if rule.monthdays then
    for _, day in ipairs(rule.monthdays) do
      local seconds = first + (day - 1) * DAY
      if day <= count and (not rule.weekday or moments.weekday_of(seconds) == rule.weekday) then
        return seconds + observance.clock
      end
    end
    return nil
  end
  local day
  if rule.nth > 0 then
    day = 1 + (rule.weekday - moments.weekday_of(first)) % 7 + (rule.nth - 1) * 7
  else
    local last = first + (count - 1) * DAY
    day = count - (moments.weekday_of(last) - rule.weekday) % 7 + (rule.nth + 1) * 7
  end
  if day < 1 or day > count then return nil end
  return first + (day - 1) * DAY + observance.clock
end

--- Where clocks are put forward, times in the gap still belong to what was before (RFC 5545, 3.3.5).
local function gap_of(observance)
  return math.max(0, observance.to - observance.from)
end

local function latest_by_rule(observance, wall)
  local rule, last = observance.rule, moments.year_of(wall)
  local first = observance.starts and moments.year_of(observance.starts) or last - 1
  local ends = rule.ends
  if ends then last = math.min(last, moments.year_of(ends)) end
  for year = last, first, -1 do
    local onset = onset_in(observance, year)
    if onset and (not observance.starts or onset >= observance.starts) and (not ends or onset <= ends)
      and onset + gap_of(observance) <= wall then
      return onset
    end
  end
end

--- The last time an observance began before a clock on the wall showed this; nil for never.
local function latest_onset(observance, wall)
  local latest = observance.rule and latest_by_rule(observance, wall)
  for _, date in ipairs(observance.dates) do
    if date + gap_of(observance) <= wall and (not latest or date > latest) then latest = date end
  end
  return latest
end

local function offset_by(observances, wall)
  local best, best_onset
  for _, observance in ipairs(observances) do
    local onset = latest_onset(observance, wall)
    if onset and (not best or onset - observance.from > best_onset) then
      best, best_onset = observance, onset - observance.from
    end
  end
  return best and best.to or observances[1].from
end

local function zone_by(observances)
  return function(wall) return offset_by(observances, wall) end
end

local function read_offset(property)
  local sign, hours, minutes, seconds = (property and property.value or ""):match("^([+-])(%d%d)(%d%d)(%d?%d?)$")
  if not sign then return nil end
  local offset = tonumber(hours) * 3600 + tonumber(minutes) * 60 + (tonumber(seconds) or 0)
  return sign == "-" and -offset or offset
end

local function numbers(text)
  local list = {}
  for number in text:gmatch("[^,]+") do list[#list + 1] = tonumber(number) end
  table.sort(list)
  return list
end

local RULE_PARTS = { FREQ = true, BYMONTH = true, BYDAY = true, BYMONTHDAY = true, UNTIL = true, WKST = true,
  INTERVAL = true }

--- The yearly rules that time zones are written with; others are refused. `from` is the offset before.
local function read_rule(text, from)
  local parts = {}
  for part in text:gmatch("[^;]+") do
    local name, value = part:match("^(%u+)=(.+)$")
    if not name or not RULE_PARTS[name] then return nil end
    parts[name] = value
  end
  local month = tonumber(parts.BYMONTH)
  if parts.FREQ ~= "YEARLY" or (parts.INTERVAL or "1") ~= "1" or not month then return nil end
  local nth, weekday = (parts.BYDAY or ""):match("^([+-]?%d*)(%u%u)$")
  local rule = {
    month = month, nth = tonumber(nth), weekday = WEEKDAYS[weekday],
    monthdays = parts.BYMONTHDAY and numbers(parts.BYMONTHDAY),
  }
  if parts.UNTIL then
    local moment = moments.read(parts.UNTIL, {})
    if not moment then return nil end
    rule.ends = moment.seconds + (moment.kind == "utc" and from or 0)
  end
  local is_complete = rule.monthdays or rule.nth and rule.nth ~= 0 and rule.weekday
  return is_complete and rule or nil
end

local function read_dates(component, observance)
  for _, property in ipairs(component.properties.RDATE or {}) do
    for value in property.value:gmatch("[^,]+") do
      local moment = moments.read(value, {})
      if not moment then return nil, "its RDATE is no time", property.line end
      observance.dates[#observance.dates + 1] = moment.seconds
    end
  end
  return observance
end

local function read_observance(component)
  local first = components.first
  local from, to = read_offset(first(component, "TZOFFSETFROM")), read_offset(first(component, "TZOFFSETTO"))
  local start, rule = first(component, "DTSTART"), first(component, "RRULE")
  local moment = start and moments.read(start.value, {})
  if not from or not to or not moment then return nil, "a time zone has no offset or no start", component.line end
  local seconds = moment.seconds
  local observance = { from = from, to = to, starts = seconds, clock = seconds % DAY, dates = { seconds } }
  if rule then
    observance.rule = read_rule(rule.value, from)
    if not observance.rule then return nil, "a time zone has a rule that is not understood", rule.line end
  end
  return read_dates(component, observance)
end

--- Reads a VTIMEZONE.
---@param component seam.calendar.Component
---@return string|nil tzid
---@return fun(wall: integer): integer|string offset in seconds of a local time, or the reason
---@return integer|nil line
function M.read(component)
  local tzid = components.first(component, "TZID")
  if not tzid then return nil, "a time zone has no TZID", component.line end
  local observances = {}
  for _, child in ipairs(component.children) do
    if child.name == "STANDARD" or child.name == "DAYLIGHT" then
      local observance, reason, line = read_observance(child)
      if not observance then return nil, reason, line end
      observances[#observances + 1] = observance
    end
  end
  if #observances == 0 then return nil, "a time zone has no offset", component.line end
  table.sort(observances, function(a, b) return a.starts < b.starts end)
  return tzid.value, zone_by(observances)
end

-- When summer time begins and ends. Europe turns all its clocks at 01:00 UTC, America each at its own 02:00.
local SUMMERS = {
  EU = { { month = 3, nth = -1 }, { month = 10, nth = -1 }, utc = 3600 },
  US = { { month = 3, nth = 2 }, { month = 11, nth = 1 }, wall = 7200 },
}

--- A zone with the summer time of the European Union, or of the United States.
---@param standard integer offset in seconds in winter
---@param region "EU"|"US"
---@return fun(wall: integer): integer|nil offset
function M.with_summer(standard, region)
  local summer = SUMMERS[region]
  if not summer then return nil end
  local function observance(rule, from, to)
    return {
      from = from, to = to, dates = {}, clock = summer.wall or summer.utc + from,
      rule = { month = rule.month, nth = rule.nth, weekday = 0 },
    }
  end
  return zone_by {
    observance(summer[1], standard, standard + 3600), observance(summer[2], standard + 3600, standard),
  }
end

local function check_offset(seconds)
  if seconds % 900 == 0 and math.abs(seconds) <= 15 * 3600 then return seconds end
  return nil, "must be an offset such as '+02:00', or so many seconds"
end

--- The zone an option stands for: "+02:00", seconds, or a function that gives the offset of a local time.
---@param value any
---@return (fun(wall: integer): integer)|nil zone
---@return string|integer|nil reason, or the offset where it is always the same
function M.of(value)
  if type(value) == "function" then return value end
  local offset, reason = moments.clock(value, true), nil
  if type(value) == "number" then offset, reason = check_offset(value) end
  if not offset then return nil, reason or "must be an offset such as '+02:00', or so many seconds" end
  return function() return offset end, offset
end

return M
