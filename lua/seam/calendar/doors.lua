-- SPDX-License-Identifier: MIT
-- From calendars to what seam.codes wants: entries for one door, or for the doors of many units.

local bookings = require "seam.calendar.bookings"
local errors = require "seam.errors"
local fetch = require "seam.calendar.fetch"
local rules_of = require "seam.calendar.rules"

require("seam.uncompiled")()

local M = {}

local function is_address(source)
  return type(source) == "string" and source:find("^%a[%w+.-]*://") ~= nil
end

local function text_of(source, rules)
  if not is_address(source) then return source end
  if not rules.fetch then return fetch.get(source) end
  local text, err = rules.fetch(source)
  if type(text) == "string" then return text end
  if errors.is_error(err) then return nil, err end
  return nil, errors.new("SeamError", "The calendar could not be fetched: " .. errors.quoted(err or "no reason given"),
    { code = "fetch_failed" })
end

local function read(source, rules)
  local text, err = text_of(source, rules)
  if text == nil and err then return nil, err end
  return bookings.read(text, rules)
end

--- The bookings of a calendar.
---@return seam.calendar.Booking[]|nil
---@return table[]|seam.Error skipped
function M.bookings(source, options)
  local rules, err = rules_of.check(options)
  if not rules then return nil, err end
  return read(source, rules)
end

local function entry_of(booking, key)
  return { key = key or booking.key, name = booking.name, starts_at = booking.starts_at, ends_at = booking.ends_at }
end

--- The entries for one door.
---@return table[]|nil wanted
---@return table[]|seam.Error skipped
function M.wanted(source, options)
  local list, skipped = M.bookings(source, options)
  if not list then return nil, skipped end
  local wanted = {}
  for place, booking in ipairs(list) do wanted[place] = entry_of(booking) end
  return wanted, skipped
end

local function sorted_names(units)
  local names = {}
  for name in pairs(units) do names[#names + 1] = tostring(name) end
  table.sort(names)
  return names
end

local function id_of(device)
  if type(device) == "table" then return rawget(device, "device_id") end
  return type(device) == "string" and device or nil
end

--- A unit has one door, or a list of them.
local function devices_of(value)
  if id_of(value) then return { value } end
  if type(value) ~= "table" or #value == 0 then return nil end
  for _, device in ipairs(value) do
    if not id_of(device) then return nil end
  end
  return value
end

local function check_units(units)
  if type(units) ~= "table" or next(units) == nil then
    return nil, errors.invalid_options("calendar.doors needs units = { [name] = device }")
  end
  for name, value in pairs(units) do
    if type(name) ~= "string" or not devices_of(value) then
      return nil, errors.invalid_options(("units['%s'] of seam.calendar must be a lock, or a list of locks")
        :format(errors.quoted(name)))
    end
  end
  return units
end

local function plain(text)
  return (text:lower():gsub("^%s+", ""):gsub("%s+$", ""))
end

--- The unit a booking is for: its location, or the longest name that its summary has in it.
local function unit_of(booking, names)
  local location, summary, best = plain(booking.location), plain(booking.summary), nil
  for _, name in ipairs(names) do
    if plain(name) == location then return name end
    if summary:find(plain(name), 1, true) and (not best or #name > #best) then best = name end
  end
  return best
end

local function add_all(by_unit, list, skipped, pick)
  for _, booking in ipairs(list) do
    local unit = pick(booking)
    if by_unit[unit] then
      table.insert(by_unit[unit], booking)
    else
      skipped[#skipped + 1] = { uid = booking.uid, summary = booking.summary, reason = "no unit" }
    end
  end
end

--- One calendar for all units.
local function from_one(by_unit, source, rules, names)
  local list, skipped = read(source, rules)
  if not list then return nil, skipped end
  add_all(by_unit, list, skipped, function(booking)
    if rules.unit_of then return rules.unit_of(booking) end
    return unit_of(booking, names)
  end)
  return skipped
end

--- A calendar, or several, for each unit.
local function from_each(by_unit, sources, rules, names)
  local all_skipped = {}
  for unit in pairs(sources) do
    if not by_unit[unit] then
      return nil, errors.invalid_params(nil, ("There is no unit '%s'"):format(errors.quoted(unit)), "calendars")
    end
  end
  for _, unit in ipairs(names) do
    local given = sources[unit]
    -- Without its calendar a unit would look empty, and its guests would lose their codes.
    if given == nil then
      return nil, errors.invalid_params(nil, ("There is no calendar for the unit '%s'"):format(unit), "calendars")
    end
    for _, source in ipairs(type(given) == "table" and given or { given }) do
      local list, skipped = read(source, rules)
      if not list then return nil, skipped end
      add_all(by_unit, list, skipped, function() return unit end)
      for _, item in ipairs(skipped) do
        item.unit, all_skipped[#all_skipped + 1] = unit, item
      end
    end
  end
  return all_skipped
end

--- Every door of every unit, those without guests too: who has left loses the code.
local function as_doors(by_unit, units, names)
  local doors, by_id = {}, {}
  for _, unit in ipairs(names) do
    for _, device in ipairs(devices_of(units[unit])) do
      local id = id_of(device)
      local door = by_id[id] or { device = device, wanted = {}, keys = {} }
      if not by_id[id] then by_id[id], doors[#doors + 1] = door, door end
      for _, booking in ipairs(by_unit[unit]) do
        local key = door.keys[booking.key] and booking.key .. "/" .. unit or booking.key
        door.keys[key] = true
        table.insert(door.wanted, entry_of(booking, key))
      end
    end
  end
  for _, door in ipairs(doors) do door.keys = nil end
  return doors
end

--- The entries for the doors of all units, as codes.sync_all takes them.
---@return table[]|nil doors { device =, wanted = }
---@return table[]|seam.Error skipped
function M.doors(source, options)
  local rules, err = rules_of.check(options)
  if not rules then return nil, err end
  local units
  units, err = check_units(rules.units)
  if not units then return nil, err end
  local names, by_unit = sorted_names(units), {}
  for _, name in ipairs(names) do by_unit[name] = {} end
  local collect = type(source) == "table" and from_each or from_one
  local skipped
  skipped, err = collect(by_unit, source, rules, names)
  if not skipped then return nil, err end
  return as_doors(by_unit, units, names), skipped
end

return M
