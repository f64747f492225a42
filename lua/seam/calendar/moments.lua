-- SPDX-License-Identifier: MIT
-- The dates, times and durations of iCalendar as seconds. A local time is kept as the epoch second at which a clock
-- in UTC would show it, until a zone says which moment that is.

local time = require "seam.time"

local M = {}

M.DAY = 86400

---@class seam.calendar.Moment
---@field kind "date"|"utc"|"zoned"|"floating"
---@field seconds integer
---@field tzid string|nil of a zoned one

--- Local seconds of a day and a time of day; nil where there is no such day.
---@return integer|nil
function M.at(year, month, day, hour, minute, second)
  return (time.parse(("%s-%s-%sT%s:%s:%sZ"):format(year, month, day, hour or "00", minute or "00", second or "00")))
end

--- The year of local seconds.
---@param seconds number
---@return integer
function M.year_of(seconds)
  return tonumber(time.format(seconds):sub(1, 4))
end

--- 0 for Sunday.
---@param seconds number
---@return integer
function M.weekday_of(seconds)
  return (math.floor(seconds / M.DAY) + 4) % 7
end

local function date_of(text)
  local year, month, day = text:match("^(%d%d%d%d)(%d%d)(%d%d)$")
  return year and M.at(year, month, day)
end

local function date_time_of(text)
  local year, month, day, hour, minute, second, zulu = text:match("^(%d%d%d%d)(%d%d)(%d%d)T(%d%d)(%d%d)(%d%d)(Z?)$")
  if not year then return nil end
  return M.at(year, month, day, hour, minute, second), zulu == "Z"
end

--- Reads a DATE or DATE-TIME.
---@param value string
---@param params table<string, string>
---@return seam.calendar.Moment|nil
---@return string|nil reason
function M.read(value, params)
  local date = date_of(value)
  if date and params.VALUE ~= "DATE-TIME" then return { kind = "date", seconds = date } end
  local seconds, is_utc = date_time_of(value)
  if not seconds or params.VALUE == "DATE" then return nil, "is neither a date nor a time" end
  if is_utc then return { kind = "utc", seconds = seconds } end
  if params.TZID then return { kind = "zoned", seconds = seconds, tzid = params.TZID } end
  return { kind = "floating", seconds = seconds }
end

local UNITS = { { "H", 3600 }, { "M", 60 }, { "S", 1 } }

--- Reads a DURATION.
---@param value string
---@return integer|nil days of the calendar
---@return integer|string seconds beside them, or the reason
function M.duration(value)
  local sign, rest = value:match("^([+-]?)P(.+)$")
  if not rest then return nil, "is no duration" end
  local factor = sign == "-" and -1 or 1
  local weeks = rest:match("^(%d+)W$")
  if weeks then return factor * tonumber(weeks) * 7, 0 end
  local days, clock = rest:match("^(%d*)D?(.*)$")
  if not rest:find("^%d+D") then days, clock = "0", rest end
  if clock ~= "" and not clock:find("^T.") then return nil, "is no duration" end
  local seconds
  clock, seconds = clock:sub(2), 0
  for _, unit in ipairs(UNITS) do
    local count, after = clock:match("^(%d+)" .. unit[1] .. "(.*)$")
    if count then clock, seconds = after, seconds + tonumber(count) * unit[2] end
  end
  if clock ~= "" then return nil, "is no duration" end
  return factor * tonumber(days), factor * seconds
end

--- Seconds of "15:00", or of "+02:00" where a sign is allowed.
---@param text any
---@param signed boolean|nil
---@return integer|nil
function M.clock(text, signed)
  if type(text) ~= "string" then return nil end
  local sign, hour, minute = text:match("^([+-]?)(%d%d?):?(%d%d)$")
  if not hour or (signed == true) ~= (sign ~= "") then return nil end
  hour, minute = tonumber(hour), tonumber(minute)
  if hour > 23 or minute > 59 then return nil end
  local seconds = hour * 3600 + minute * 60
  return sign == "-" and -seconds or seconds
end

return M
