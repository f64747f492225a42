-- SPDX-License-Identifier: MIT
-- One set of connections, and those who wait for its answers or for a moment: what wakes whom. All
-- clients of a Lua state that wait in the same way share one.

local core = require "seam.core"

require("seam.uncompiled")()

local M = {}

-- How long a step may wait, in seconds: transfers end by their own deadlines.
local LONGEST_WAIT = 60
-- How often a loop looks after the connections where the system has no descriptor to watch.
local POLL = 0.02

local methods = {}
local metatable = { __name = "seam.transport.Reactor", __index = methods }

--- The task that runs now. Whoever runs tasks has loaded their module: nobody loads it to find that there
--- are none.
local function current_task()
  local tasks = package.loaded["seam.tasks"]
  return tasks and tasks.current()
end

-- By loop; weak, so that connections go when nobody can use them any more.
local reactors = setmetatable({}, { __mode = "kv" })
local BLOCKING = {}

-- Only Lua 5.1 cannot tell whether a coroutine may yield before it tries.
local can_yield = rawget(coroutine, "isyieldable")

--- The reactor of a loop, or the one of those who block.
---@param loop seam.Loop|nil
---@return table reactor
function M.of(loop)
  local key = loop or BLOCKING
  local found = reactors[key]
  if not found then
    found = setmetatable({
      _pool = core.pool(), _loop = loop, _waiting = {}, _timers = {},
      _members = setmetatable({}, { __mode = "k" }), _parking = setmetatable({}, { __mode = "k" }),
    }, metatable)
    reactors[key] = found
  end
  return found
end

--- A member may use the connections until it leaves; when the last one does, they are closed.
---@param member table
function methods:join(member)
  self._members[member] = true
end

--- Queues a request; nothing is sent before somebody waits.
---@return userdata|nil transfer
---@return string|nil code
---@return string|nil message
function methods:submit(request)
  return self._pool:submit(request)
end

-- What is due ------------------------------------------------------------------------------------

local function next_moment(self)
  local first = self._timers[1]
  return first and first.at
end

--- Behind all timers that are due no later.
local function add_timer(self, seconds, wake)
  local timers, at = self._timers, core.now() + seconds
  local low, high = 1, #timers + 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    if timers[middle].at <= at then low = middle + 1 else high = middle end
  end
  table.insert(timers, low, { at = at, wake = wake })
end

local function wakes_of_finished(self, wakes)
  local transfer = self._pool:next_done()
  while transfer do
    local wake = self._waiting[transfer]
    self._waiting[transfer] = nil
    if wake then wakes[#wakes + 1] = wake end
    transfer = self._pool:next_done()
  end
end

local function wakes_of_timers(self, wakes)
  local now
  while self._timers[1] do
    now = now or core.now()
    if self._timers[1].at > now then return end
    wakes[#wakes + 1] = table.remove(self._timers, 1).wake
  end
end

--- Whether a coroutine stands in methods.wait now. One that died of an error keeps its stack.
local function is_in_wait(waiter)
  if coroutine.status(waiter) == "dead" then return false end
  local level = 0
  local info = debug.getinfo(waiter, level, "f")
  while info do
    if info.func == methods.wait then return true end
    level = level + 1
    info = debug.getinfo(waiter, level, "f")
  end
  return false
end

--- On Lua 5.1 a coroutine that may not yield finds out when its request is queued already, and goes on
--- with an error: such a request must never be sent, whatever the coroutine does by now.
local function drop_unwanted(self)
  for transfer, waiter in pairs(self._unconfirmed) do
    if self._parking[waiter] ~= transfer or not is_in_wait(waiter) then
      self._waiting[transfer] = nil
      transfer:close()
    end
  end
  self._unconfirmed = nil
end

local function step(self, seconds)
  if self._unconfirmed then drop_unwanted(self) end
  local moment = next_moment(self)
  if moment then seconds = math.max(0, math.min(seconds, moment - core.now())) end
  if seconds > 0 and self._pool:in_flight() == 0 then
    core.sleep(seconds)
  else
    self._pool:step(seconds)
  end
end

-- Being watched ----------------------------------------------------------------------------------

local function is_wanted(self)
  return next(self._waiting) ~= nil or self._timers[1] ~= nil
end

local function poll_later(self)
  if self._polling then return end
  self._polling = true
  local seconds = self._pool:timeout() or POLL
  self._loop.after(math.min(seconds, POLL), function()
    self._polling = false
    self:pump(0)
  end)
end

--- The pool's alarm stands in for a timer of the loop. One that is near may have gone off already.
local function set_alarm(self)
  local moment = next_moment(self)
  local left = moment and math.max(0, moment - core.now())
  if moment == self._alarm and not (left and left < 0.01) then return end
  self._alarm = moment
  self._pool:alarm(left)
end

--- Has the loop watch the connections while somebody waits, and not a moment longer.
local function watch(self)
  if not self._loop then return end
  set_alarm(self)
  if not is_wanted(self) then
    if self._stop then self._stop() end
    self._stop = nil
  elseif self._stop or self._polling then
    return
  elseif self._pool:getfd() >= 0 then
    self._stop = self._loop.watch(self._pool, function() self:pump(0) end)
  else
    poll_later(self)
  end
end

--- Whoever comes later finds new connections.
local function close_if_deserted(self)
  if next(self._members) or is_wanted(self) or self._pool:in_flight() > 0 then return end
  watch(self)
  local fresh = core.pool() -- first: it may fail for want of memory
  self._pool:close()
  self._pool, self._alarm = fresh, nil
end

---@param member table
function methods:leave(member)
  self._members[member] = nil
  close_if_deserted(self)
end

--- Calls all, whatever one of them does, and then raises the first error.
local function wake_all(wakes)
  local failed, err = false, nil
  for _, wake in ipairs(wakes) do
    local ok, reason = pcall(wake)
    if not ok and not failed then failed, err = true, reason end
  end
  if failed then error(err, 0) end
end

--- Moves everything on and wakes whose time has come; waits for that up to so long.
---@param seconds number
function methods:pump(seconds)
  local wakes = {}
  wakes_of_finished(self, wakes)
  wakes_of_timers(self, wakes)
  if not wakes[1] then
    step(self, seconds)
    wakes_of_finished(self, wakes)
    wakes_of_timers(self, wakes)
  end
  watch(self)
  wake_all(wakes)
  close_if_deserted(self)
end

-- Waiting ----------------------------------------------------------------------------------------

--- Why nobody can wait at the present place, nil where it is possible.
---@return string|nil
function methods:refusal()
  local task = current_task()
  if task then return task:refusal(self) end
  local loop = self._loop
  if not loop then return nil end
  if loop.refusal then return loop.refusal() end
  if can_yield and not can_yield() then
    return "calls of this client must be made in a coroutine, where it may yield"
  end
end

--- Whether the one who waits holds up nobody, or cannot do otherwise.
local function may_block(self)
  if self._loop then return false end
  return not current_task() or (can_yield and not can_yield())
end

--- Suspends whoever runs until `wake`, which `start` is given, is called.
---@param start fun(wake: fun())
function methods:park(start)
  local task = current_task()
  if task then return task:suspend(self, start) end
  if self._loop then return self._loop.suspend(start) end
  local woken = false
  start(function() woken = true end)
  while not woken do self:pump(LONGEST_WAIT) end
end

local function note_unconfirmed(self, transfer)
  local running = not can_yield and coroutine.running()
  if not running then return end
  self._parking[running] = transfer
  self._unconfirmed = self._unconfirmed or {}
  self._unconfirmed[transfer] = running
end

--- Waits until a transfer is done.
---@param transfer userdata
function methods:wait(transfer)
  if may_block(self) then
    while not transfer:done() do
      -- Something is in flight, so most have nothing else to mind.
      if self._timers[1] or self._unconfirmed then step(self, LONGEST_WAIT) else self._pool:step(LONGEST_WAIT) end
    end
    return
  end
  note_unconfirmed(self, transfer)
  self:park(function(wake)
    self._waiting[transfer] = wake
    watch(self)
  end)
end

--- Pauses. A signal may end the system's sleep early; the rest is slept then.
---@param seconds number
function methods:sleep(seconds)
  if may_block(self) then
    while seconds > 0 do seconds = core.sleep(seconds) end
    return
  end
  self:park(function(wake)
    add_timer(self, seconds, wake)
    watch(self)
  end)
end

return M
