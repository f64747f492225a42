-- SPDX-License-Identifier: MIT
-- A month at fifty doors in the sandbox's time: calendars change, seam.codes follows every few hours, guests try
-- their PINs, and much goes wrong. What should not be is written down as a complaint.

local bookings_of = require "support.month.bookings"
local calendar = require "seam.calendar"
local checks = require "support.month.checks"
local codes = require "seam.codes"
local events_of = require "support.month.events"
local sandbox_of = require "seam.sandbox"

local M = {}

local MINUTE, HOUR, DAY = 60, 3600, 86400
local SYNC_EVERY, RETRY_AFTER = 3 * HOUR, 10 * MINUTE

local World = {}
World.__index = World

--- The sandbox's own transport, with 429 answers counted that are no injected fault.
local function counting(self)
  local inner = self.sandbox:transport()
  local transport = setmetatable({}, { __index = function(_, name)
    return function(_, ...) return inner[name](inner, ...) end
  end })
  function transport.perform(_, request, seconds)
    self.requests = self.requests + 1
    local response, err = inner:perform(request, seconds)
    if response and response.status == 429 and response.body:find("for this device", 1, true) then
      self.limits_hit = self.limits_hit + 1
    end
    return response, err
  end
  return transport
end

--- Three locks for each login; two of them take codes.
local function connect_doors(self, count)
  for login = 1, count / 2 do assert(self.sandbox:connect { email = ("house%d@example.com"):format(login) }) end
  local client = self.sandbox:client()
  for device in client.create_paginator(client.devices.list):flatten() do
    if device.can_program_online_access_codes then self.doors[#self.doors + 1] = device.device_id end
  end
  assert(#self.doors == count, #self.doors .. " doors")
end

--- On each tenth door a code that is none of ours, on half of them with a name that looks almost like one.
local function add_foreign_codes(self)
  local client = self.sandbox:client()
  for door = 5, #self.doors, 10 do
    local made = client.access_codes.create {
      device_id = self.doors[door], name = door % 4 == 1 and "guest of the owner" or "Cleaner",
    }
    self.sandbox:advance(HOUR)
    self.foreign[door] = client.access_codes.get(made)
  end
end

function World:at(moment, action)
  local agenda = self.agenda
  local low, high = 1, #agenda + 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    if agenda[middle].at <= moment then low = middle + 1 else high = middle end
  end
  table.insert(agenda, low, { at = moment, action = action })
end

local WRITES = { "/access_codes/create", "/access_codes/update", "/access_codes/delete" }
local TROUBLES = {
  { kind = "lost_answer", paths = WRITES, times = 1 },
  { kind = "lost_answer", paths = WRITES, times = 1, code = "timeout" },
  { kind = "lost_answer", paths = WRITES, times = 1, carried_out = false },
  { kind = "broken_json", paths = WRITES, times = 1 },
  { kind = "outage", times = 1 },
  { kind = "outage", paths = WRITES, times = 2 },
  { kind = "outage", times = 30 },
  { kind = "refused", times = 2 },
  { kind = "rate_limit", seconds = 20, times = 1 },
  { kind = "delayed_answer", seconds = 4, times = 3 },
}

local function arm_troubles(self)
  local armed = {}
  for _ = 1, self.random(5) - 1 do
    local fault = { skip = self.random(5) - 1 }
    for name, value in pairs(TROUBLES[self.random(#TROUBLES)]) do fault[name] = value end
    armed[#armed + 1] = self.sandbox:fault(fault)
  end
  return armed
end

--- Doors whose calendar has changed, or whose last sync had trouble; sometimes all of them.
local function due_doors(self, everything)
  local units, calendars, numbers = {}, {}, {}
  for door, id in ipairs(self.doors) do
    if everything or self.dirty[door] then
      local name = ("door %02d"):format(door)
      units[name], calendars[name] = id, bookings_of.calendar(self.by_door[door], self.sandbox:now())
      numbers[#numbers + 1] = door
    end
  end
  return units, calendars, numbers
end

local function is_carried_out(report)
  if report.error then return false end
  for _, step in ipairs(report.steps) do
    if step.outcome ~= "done" and step.outcome ~= "nothing" then return false end
  end
  return true
end

function World:sync(everything, tries)
  local units, calendars, numbers = due_doors(self, everything)
  if #numbers == 0 then return end
  local doors = calendar.doors(calendars, {
    units = units, zone_offset = "+01:00", daylight_saving = "EU", since = self.sandbox:now(),
  })
  -- The fourth try in a row is spared, so that a change always gets there in time.
  local armed, failed = tries < 4 and arm_troubles(self) or {}, false
  for place, report in ipairs(codes.sync_all(self.client, doors, { prefix = checks.PREFIX, max_deletes = 4 })) do
    local door = numbers[place]
    self.syncs, self.dirty[door] = self.syncs + 1, nil
    if is_carried_out(report) then
      checks.inventory(self, door, doors[place].wanted)
    else
      self.dirty[door], failed, self.troubled = true, true, self.troubled + 1
    end
  end
  for _, fault in ipairs(armed) do fault:clear() end
  if failed then self:at(self.sandbox:now() + RETRY_AFTER, function() self:sync(false, tries + 1) end) end
end

local function plan_checks(self, booking)
  for _, moment in ipairs { booking.starts_at, booking.ends_at } do
    for _, distance in ipairs { -2 * MINUTE, 2 * MINUTE } do
      self:at(moment + distance, function() checks.door(self, booking.door) end)
    end
  end
end

local function plan_booking(self, booking)
  local function note() self.dirty[booking.door] = true end
  self:at(booking.published, note)
  plan_checks(self, booking)
  if not booking.change then return end
  self:at(booking.changes_at, function()
    bookings_of.apply(booking, booking.change)
    self.changes = self.changes + 1
    note()
    if not booking.cancelled then plan_checks(self, booking) end
  end)
end

--- At night, when nobody comes or goes, locks are out of reach or cannot be programmed.
local function plan_nights(self, days)
  local kinds = { "device_offline", "hub_offline", "failing_programming", "slow_programming" }
  for day = 1, days do
    for _ = 1, 3 do
      local door, kind = self.doors[self.random(#self.doors)], kinds[self.random(#kinds)]
      local fault
      local from = bookings_of.START + day * DAY + 21 * HOUR + self.random(HOUR)
      self:at(from, function() fault = self.sandbox:fault { kind = kind, device = door, seconds = 600 } end)
      self:at(from + 3 * HOUR + self.random(3 * HOUR), function() fault:clear() end)
    end
  end
end

local function plan(self, days)
  for _, booking in ipairs(self.bookings) do plan_booking(self, booking) end
  for moment = bookings_of.START + 20 * MINUTE, bookings_of.START + days * DAY, SYNC_EVERY do
    self:at(moment, function() self:sync(self.random(40) == 1, 1) end)
  end
  plan_nights(self, days - 3)
  for day = 1, days, 3 do
    self:at(bookings_of.START + day * DAY + 5 * HOUR, function() self.events:start_watcher() end)
  end
end

--- Lives through all of it.
function World:run()
  while self.agenda[1] do
    local item = table.remove(self.agenda, 1)
    while self.sandbox:now() < item.at do
      self.sandbox:set_time(math.min(item.at, math.max(self.sandbox:now(), self.events.next_poll)))
      self.events:poll()
    end
    self.events:drain(item.at)
    item.action()
  end
  self.events:settle()
  return self
end

--- A world before its month.
---@param seed integer
---@param count integer how many doors
---@return table world
function M.new(seed, count)
  local self = setmetatable({
    sandbox = sandbox_of.new { freeze = bookings_of.START - DAY, program_delay = 45, seed = seed },
    random = bookings_of.random(seed), agenda = {}, doors = {}, by_door = {}, foreign = {}, dirty = {}, known = {},
    asked = {}, complaints = {}, tried = { opened = 0, denied = 0 },
    refused_before = {}, refused_after = {},
    requests = 0, limits_hit = 0, syncs = 0, troubled = 0, changes = 0,
  }, World)
  connect_doors(self, count)
  self.client = self.sandbox:client { transport = counting(self) }
  add_foreign_codes(self)
  self.sandbox:set_time(bookings_of.START)
  self.events = events_of.new(self.sandbox, self.client, self.random)
  self.bookings = bookings_of.make(seed, count)
  for door = 1, count do self.by_door[door], self.known[door] = {}, {} end
  for _, booking in ipairs(self.bookings) do table.insert(self.by_door[booking.door], booking) end
  plan(self, 33)
  return self
end

return M
