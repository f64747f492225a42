-- SPDX-License-Identifier: MIT
-- The events of calendars as tables: the newest word on each, its times as moments with the zones of its file.

local components = require "seam.calendar.components"
local moments = require "seam.calendar.moments"
local zones = require "seam.calendar.zones"

local M = {}

---@class seam.calendar.Event
---@field uid string
---@field instance string|nil of one of a series: which one, as the file writes it
---@field summary string
---@field description string
---@field location string
---@field cancelled boolean
---@field recurring boolean it stands for many
---@field starts seam.calendar.Moment
---@field ends seam.calendar.Moment
---@field duration_seconds integer what is to be added to `ends`, once it is a moment
---@field zones table<string, fun(wall: integer): integer> of its file
---@field line integer

local first = components.first

local function text_of(component, name)
  local property = first(component, name)
  return property and components.text(property.value) or ""
end

local function number_of(component, name)
  local property = first(component, name)
  return property and tonumber(property.value:match("^%d+$")) or 0
end

local function moment_of(component, name)
  local property = first(component, name)
  if not property then return nil end
  local moment, reason = moments.read(property.value, property.params)
  if not moment then return nil, name .. " " .. reason, property.line end
  return moment
end

local function after(moment, days)
  return { kind = moment.kind, seconds = moment.seconds + days * moments.DAY, tzid = moment.tzid }
end

--- Where an event ends: told, or as long after its start as its duration says; a date alone lasts its day.
local function ends_of(component, starts)
  local ends, reason, line = moment_of(component, "DTEND")
  if ends or reason then return ends, reason, line end
  local property = first(component, "DURATION")
  if not property then return after(starts, starts.kind == "date" and 1 or 0), 0 end
  local days, seconds = moments.duration(property.value)
  if not days then return nil, "DURATION " .. seconds, property.line end
  if starts.kind == "date" and seconds ~= 0 then return nil, "DURATION of a date counts days only", property.line end
  return after(starts, days), seconds
end

local function times_of(event, component)
  local starts, reason, line = moment_of(component, "DTSTART")
  if not starts then return nil, reason or "the event has no DTSTART", line or component.line end
  local ends, extra
  ends, extra, line = ends_of(component, starts)
  if not ends then return nil, extra, line end
  if (starts.kind == "date") ~= (ends.kind == "date") then
    return nil, "the event begins with a date and ends with a time, or the other way round", component.line
  end
  event.starts, event.ends, event.duration_seconds = starts, ends, type(extra) == "number" and extra or 0
  return event
end

local function event_of(component, file)
  local uid, instance = first(component, "UID"), first(component, "RECURRENCE-ID")
  if not uid or uid.value == "" then return nil, "the event has no UID", component.line end
  return times_of({
    uid = components.text(uid.value), instance = instance and instance.value,
    summary = text_of(component, "SUMMARY"), description = text_of(component, "DESCRIPTION"),
    location = text_of(component, "LOCATION"),
    cancelled = file.cancelled or text_of(component, "STATUS"):upper() == "CANCELLED",
    recurring = first(component, "RRULE") ~= nil or first(component, "RDATE") ~= nil,
    sequence = number_of(component, "SEQUENCE"), stamp = text_of(component, "DTSTAMP"),
    zones = file.zones, line = component.line,
  }, component)
end

local function zones_of(calendar)
  local by_id = {}
  for _, child in ipairs(calendar.children) do
    if child.name == "VTIMEZONE" then
      local tzid, zone, line = zones.read(child)
      if not tzid then return nil, zone, line end
      by_id[tzid] = zone
    end
  end
  return by_id
end

local function add_events(list, calendar)
  local by_id, reason, line = zones_of(calendar)
  if not by_id then return nil, reason, line end
  local file = { zones = by_id, cancelled = text_of(calendar, "METHOD"):upper() == "CANCEL" }
  for _, child in ipairs(calendar.children) do
    if child.name == "VEVENT" then
      local event
      event, reason, line = event_of(child, file)
      if not event then return nil, reason, line end
      list[#list + 1] = event
    end
  end
  return list
end

local function is_newer(a, b)
  if a.sequence ~= b.sequence then return a.sequence > b.sequence end
  return a.stamp >= b.stamp
end

--- One event for each UID and instance, the newest; the others beside.
local function newest(list)
  local places, kept, superseded = {}, {}, {}
  for _, event in ipairs(list) do
    local id = event.uid .. "\0" .. (event.instance or "")
    local place = places[id]
    if not place then
      places[id] = #kept + 1
      kept[#kept + 1] = event
    elseif is_newer(event, kept[place]) then
      superseded[#superseded + 1], kept[place] = kept[place], event
    else
      superseded[#superseded + 1] = event
    end
  end
  return kept, superseded
end

--- Reads the events of a stream.
---@param text string
---@return seam.calendar.Event[]|nil events
---@return seam.calendar.Event[]|string superseded older words on the same events, or the reason
---@return integer|nil line
function M.read(text)
  local calendars, reason, line = components.read(text)
  if not calendars then return nil, reason, line end
  local list = {}
  for _, calendar in ipairs(calendars) do
    local ok
    ok, reason, line = add_events(list, calendar)
    if not ok then return nil, reason, line end
  end
  return newest(list)
end

return M
