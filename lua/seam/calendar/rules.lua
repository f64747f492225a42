-- SPDX-License-Identifier: MIT
-- When a guest's code works: check-in and check-out for bookings by the day, the zone, and some time more.

local errors = require "seam.errors"
local moments = require "seam.calendar.moments"
local nearest = require "seam.nearest"
local zones = require "seam.calendar.zones"

require("seam.uncompiled")()

local M = {}

local DEFAULTS = {
  check_in = "15:00", check_out = "11:00", early = 0, late = 0, buffer = 0, blocked = "skip", unclear = "keep",
  recurring = "refuse",
}

local function is_seconds(value)
  return type(value) == "number" and value >= 0 and value < 366 * moments.DAY
end

local function clock(value)
  return moments.clock(value) ~= nil, "must be a time of day such as '15:00'"
end

local function seconds(value)
  return is_seconds(value), "must be a number of seconds that is not negative"
end

local function seconds_or_function(value)
  return is_seconds(value) or type(value) == "function", "must be a number of seconds, or a function of the booking"
end

local function one_of(...)
  local words = { ... }
  return function(value)
    for _, word in ipairs(words) do
      if value == word then return true end
    end
    return false, "must be '" .. table.concat(words, "' or '") .. "'"
  end
end

local function of_type(kind)
  return function(value) return type(value) == kind, "must be a " .. kind end
end

local function zone(value)
  local found, reason = zones.of(value)
  return found ~= nil, reason
end

local CHECKS = {
  check_in = clock, check_out = clock, early = seconds_or_function, late = seconds_or_function, buffer = seconds,
  zone_offset = zone, daylight_saving = one_of("EU", "US"), zones = of_type "table", since = of_type "number",
  blocked = one_of("skip", "keep"), unclear = one_of("skip", "keep"), recurring = one_of("refuse", "skip"),
  kind_of = of_type "function", name_of = of_type "function", units = of_type "table", unit_of = of_type "function",
  fetch = of_type "function",
}

local function own_zone(options)
  if options.zone_offset == nil then
    if options.daylight_saving then return nil, "daylight_saving needs a zone_offset: the one of winter" end
    return false
  end
  local found, offset = zones.of(options.zone_offset)
  if not options.daylight_saving then return found end
  if type(offset) ~= "number" then return nil, "daylight_saving needs a zone_offset that is an offset" end
  return zones.with_summer(offset, options.daylight_saving)
end

local function more_zones(options)
  local by_id = {}
  for tzid, value in pairs(options.zones or {}) do
    local found, reason = zones.of(value)
    if not found then return nil, ("zones['%s'] %s"):format(errors.quoted(tzid), reason) end
    by_id[tzid] = found
  end
  return by_id
end

--- Checks options and makes them ready to use.
---@param given table|nil
---@return table|nil rules
---@return seam.Error|nil err SeamInvalidOptionsError
function M.check(given)
  if given ~= nil and type(given) ~= "table" then
    return nil, errors.invalid_options("options of seam.calendar must be a table, got a " .. type(given))
  end
  local rules = {}
  for name, value in pairs(DEFAULTS) do rules[name] = value end
  for name, value in pairs(given or {}) do
    if not CHECKS[name] then
      return nil, errors.invalid_options(("seam.calendar has no option '%s'%s")
        :format(errors.quoted(name), nearest.hint(name, CHECKS)))
    end
    local ok, reason = CHECKS[name](value)
    if not ok then return nil, errors.invalid_options(("The %s option of seam.calendar %s"):format(name, reason)) end
    rules[name] = value
  end
  local reason
  rules.zone, reason = own_zone(rules)
  if rules.zone == nil then return nil, errors.invalid_options(reason) end
  rules.zones, reason = more_zones(rules)
  if not rules.zones then return nil, errors.invalid_options(reason) end
  return rules
end

local function zone_for(moment, event, rules)
  if moment.kind == "utc" then return nil, nil end
  if moment.kind == "zoned" then
    local found = event.zones[moment.tzid] or rules.zones[moment.tzid]
    if found then return found end
    return nil, ("the zone %s is not in the file: say zones = { [%q] = '+01:00' }")
      :format(errors.quoted(moment.tzid), errors.quoted(moment.tzid))
  end
  if rules.zone then return rules.zone end
  return nil, "it has times without a zone: say zone_offset, for example '+01:00'"
end

--- Epoch seconds of a moment; nil and a reason where its zone is not known.
local function epoch_of(moment, clock_seconds, event, rules)
  local wall = moment.seconds + (moment.kind == "date" and clock_seconds or 0)
  local found, reason = zone_for(moment, event, rules)
  if reason then return nil, reason end
  return found and wall - found(wall) or wall
end

local function extra(value, booking)
  if type(value) == "function" then value = value(booking) or 0 end
  return value
end

--- Fills in when a booking's code works.
---@param booking table
---@param event seam.calendar.Event
---@param rules table
---@return table|nil booking
---@return string|nil reason
function M.apply(booking, event, rules)
  local starts_at, ends_at, reason
  starts_at, reason = epoch_of(event.starts, moments.clock(rules.check_in), event, rules)
  if not starts_at then return nil, reason end
  ends_at, reason = epoch_of(event.ends, moments.clock(rules.check_out), event, rules)
  if not ends_at then return nil, reason end
  ends_at = ends_at + event.duration_seconds
  booking.begins, booking.ends = starts_at, ends_at
  booking.starts_at = starts_at - extra(rules.early, booking) - rules.buffer
  booking.ends_at = ends_at + extra(rules.late, booking) + rules.buffer
  return booking
end

return M
