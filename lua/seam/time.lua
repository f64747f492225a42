-- SPDX-License-Identifier: MIT
-- ISO 8601 text to epoch seconds and back, by arithmetic alone: no time zone of the host is consulted.

local floor = math.floor
local format = string.format

local M = {}

local DAYS_BEFORE_MONTH = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 }
local DAYS_IN_MONTH = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }
local SECONDS_PER_DAY = 86400

local function is_leap(year)
  return year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
end

local function days_in_month(year, month)
  if month == 2 and is_leap(year) then return 29 end
  return DAYS_IN_MONTH[month]
end

--- Days from 1970-01-01 to the given day of the proleptic Gregorian calendar.
local function days_from_date(year, month, day)
  local past = year - 1
  local leaps = floor(past / 4) - floor(past / 100) + floor(past / 400)
  local days = past * 365 + leaps + DAYS_BEFORE_MONTH[month] + day - 1
  if month > 2 and is_leap(year) then days = days + 1 end
  return days - 719162
end

--- The year a day number falls in, and the day within it (0-based).
local function year_of_days(days)
  local year = floor((days + 719162) / 365.2425) + 1
  if days_from_date(year, 1, 1) > days then year = year - 1 end
  if days_from_date(year + 1, 1, 1) <= days then year = year + 1 end
  return year, days - days_from_date(year, 1, 1)
end

local function date_from_days(days)
  local year, rest = year_of_days(days)
  local month = 1
  while rest >= days_in_month(year, month) do
    rest = rest - days_in_month(year, month)
    month = month + 1
  end
  return year, month, rest + 1
end

--- Formats a moment as the API writes it: UTC, three fraction digits, `Z`.
--- Anything finer than a millisecond is cut off; years outside 0..9999 cannot be written.
---@param epoch number seconds since 1970-01-01T00:00:00Z, may have a fraction
---@return string|nil text for example "2028-08-12T19:24:00.000Z"
---@return string|nil reason why there is none
function M.format(epoch)
  if type(epoch) ~= "number" or epoch ~= epoch then return nil, "is not a number" end
  if epoch < -62167219200 or epoch >= 253402300800 then
    return nil, "is not a moment between the years 0 and 9999 (epoch seconds are wanted)"
  end
  -- Half a microsecond of slack: 0.123 is stored as a little less than 123 milliseconds.
  local milliseconds = floor(epoch * 1000 + 0.0005)
  local seconds = floor(milliseconds / 1000)
  local days = floor(seconds / SECONDS_PER_DAY)
  local year, month, day = date_from_days(days)
  local clock = seconds - days * SECONDS_PER_DAY
  return format("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year, month, day,
    floor(clock / 3600), floor(clock / 60) % 60, clock % 60, milliseconds - seconds * 1000)
end

local function parse_offset(zone)
  if zone == "Z" or zone == "z" then return 0 end
  local sign, hours, minutes = zone:match("^([+-])(%d%d):?(%d%d)$")
  if not sign then
    sign, hours = zone:match("^([+-])(%d%d)$")
    minutes = "0"
  end
  if not sign or tonumber(hours) > 23 or tonumber(minutes) > 59 then return nil end
  local offset = tonumber(hours) * 3600 + tonumber(minutes) * 60
  return sign == "-" and -offset or offset
end

local function parse_clock(text)
  if text == "" then return 0, "Z" end
  local hour, minute, rest = text:match("^[Tt ](%d%d):(%d%d)(.*)$")
  if not hour then return nil end
  local second, fraction = "0", ""
  if rest:sub(1, 1) == ":" then
    second, rest = rest:match("^:(%d%d)(.*)$")
    if not second then return nil end
    local digits, after = rest:match("^[.,](%d+)(.*)$")
    if digits then fraction, rest = digits, after end
  end
  hour, minute, second = tonumber(hour), tonumber(minute), tonumber(second)
  if hour > 23 or minute > 59 or second > 60 then return nil end
  local seconds = hour * 3600 + minute * 60 + second
  -- Adding a zero fraction would turn whole moments into floats on Lua 5.3+; reading "0.5" would fail
  -- under a locale with a decimal comma.
  if fraction:find("[1-9]") then seconds = seconds + tonumber(fraction) / 10 ^ #fraction end
  return seconds, rest
end

--- Reads an ISO 8601 moment: any fraction, `Z` or an offset (`+02:00`, `+0200`, `+02`).
--- A date alone is its midnight in UTC. A clock time without a zone is refused: it names no moment.
---@param text string
---@return number|nil epoch seconds since 1970-01-01T00:00:00Z (whole moments are integers on Lua 5.3+)
---@return string|nil reason why there is none
function M.parse(text)
  if type(text) ~= "string" then return nil, "is not a string" end
  local year, month, day, tail = text:match("^(%d%d%d%d)-(%d%d)-(%d%d)(.*)$")
  if not year then return nil, "is not an ISO 8601 moment" end
  year, month, day = tonumber(year), tonumber(month), tonumber(day)
  if month < 1 or month > 12 or day < 1 or day > days_in_month(year, month) then
    return nil, "is not a day of the calendar"
  end
  local seconds, zone = parse_clock(tail)
  if not seconds then return nil, "is not an ISO 8601 moment" end
  if zone == "" then return nil, "has no time zone: end it in Z or an offset" end
  local offset = parse_offset(zone)
  if not offset then return nil, "is not an ISO 8601 moment" end
  return days_from_date(year, month, day) * SECONDS_PER_DAY + seconds - offset
end

return M
