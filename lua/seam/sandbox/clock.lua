-- SPDX-License-Identifier: MIT
-- The sandbox's own time: it runs, stands still or is moved by hand, and what falls due on the way happens in order.

local floor, insert, remove = math.floor, table.insert, table.remove

local M = {}

local Clock = {}
Clock.__index = Clock

function Clock:base()
  return self.frozen_at or self.source() + self.offset
end

--- Epoch seconds. Inside something that fell due, the moment at which it fell due.
function Clock:now()
  return self.moment or self:base()
end

--- Calls `action` once the clock reaches `at`. Equal moments keep the order in which they were asked for.
--- The item that is returned can be cancelled by setting `cancelled`.
function Clock:at(at, action)
  local agenda = self.agenda
  local item = { at = at, action = action }
  local first, last = 1, #agenda + 1
  while first < last do
    local middle = floor((first + last) / 2)
    if agenda[middle].at > at then last = middle else first = middle + 1 end
  end
  insert(agenda, first, item)
  return item
end

function Clock:after(seconds, action)
  return self:at(self:now() + seconds, action)
end

--- The moment of the next thing to happen, or nil.
function Clock:next_due()
  local agenda = self.agenda
  while agenda[1] and agenda[1].cancelled do remove(agenda, 1) end
  return agenda[1] and agenda[1].at
end

local function run(self, item)
  local outer = self.moment
  self.moment = outer and outer > item.at and outer or item.at
  local ok, reason = pcall(item.action)
  self.moment = outer
  if not ok then error(reason, 0) end
end

--- Lets everything happen that is due at `target` or before.
function Clock:run_until(target)
  while true do
    local due = self:next_due()
    if not due or due > target then return end
    run(self, remove(self.agenda, 1))
  end
end

--- Lets everything happen that is due by now.
function Clock:tick()
  self:run_until(self:now())
end

--- Moves the clock forward, through every intermediate event.
function Clock:advance(seconds)
  local target = self:now() + seconds
  self:run_until(target)
  self.passed = self.passed + seconds
  if self.moment then
    self.moment = target
  elseif self.frozen_at then
    self.frozen_at = target
  else
    self.offset = self.offset + seconds
  end
end

--- Moves the clock to a moment. Backwards is allowed and undoes nothing.
function Clock:set(epoch)
  local seconds = epoch - self:now()
  if seconds >= 0 then return self:advance(seconds) end
  if self.frozen_at then self.frozen_at = epoch else self.offset = self.offset + seconds end
end

--- Stops the clock, at `epoch` where one is given.
function Clock:freeze(epoch)
  if not self.frozen_at then
    self.frozen_at = self:base()
    self.passed = self.passed + self:running()
  end
  if epoch then self:set(epoch) end
end

--- Lets a stopped clock run again, from where it stands.
function Clock:run()
  if not self.frozen_at then return end
  self.started = self.source()
  self.offset = self.frozen_at - self.started
  self.frozen_at = nil
end

function Clock:running()
  if self.frozen_at then return 0 end
  local seconds = self.source() - self.started
  return seconds > 0 and seconds or 0
end

--- Seconds that have passed for the sandbox since it was made; never goes back.
function Clock:monotonic()
  local seconds = self.passed + self:running()
  if seconds > self.seen then self.seen = seconds end
  return self.seen
end

--- A clock.
---@param source fun(): number epoch seconds of the real world
function M.new(source)
  return setmetatable({
    source = source, started = source(), offset = 0, passed = 0, seen = 0, agenda = {},
  }, Clock)
end

return M
