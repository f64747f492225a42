-- SPDX-License-Identifier: MIT
-- How the SDK waits inside luup: the loop of three functions that `seam.new{ loop = ... }` takes (see
-- lua/seam/loop/init.lua), timers, and coroutines to make calls in. One per Seam device.

local core = require "seam.core"
local coroutines = require "seam.loop.coroutines"
local yielding = require "seam.yielding"

local M = {}

-- The host watches with select(), which raises, and ends openLuup, for descriptors from here on.
local FD_SETSIZE = 1024
-- Where the host cannot watch descriptors, we look after the connections this often, in seconds: a Vera
-- knows whole seconds only.
local POLL, VERA_POLL = 0.1, 1
-- Such a look waits for the network this long at most: everything else in the house waits too.
local LOOK = 0.03

local methods = {}
local metatable = { __index = methods }

local function scheduler_of(luup)
  if not luup.openLuup then return nil end
  local ok, scheduler = pcall(require, "openLuup.scheduler")
  if ok and type(scheduler) == "table" and scheduler.socket_watch then return scheduler end
end

--- What openLuup watches, once and for good. Taking it off the list would end openLuup when another socket's
--- callback does it in the same turn; -1 is left out by select.
local function new_watched(host)
  return {
    getfd = function()
      local entry = host.watched
      local descriptor = entry and entry.pool:getfd() or -1
      return descriptor < FD_SETSIZE and descriptor or -1
    end,
    dirty = function() return false end,
  }
end

local function watch_by_scheduler(host)
  if host.is_listed then return end
  host.is_listed = true
  host.scheduler.socket_watch(new_watched(host), function()
    if host.watched then host.watched.ready() end
  end, nil, "seam ")
end

--- Moves the connections on for a moment.
local function look(host, entry)
  local over = core.now() + LOOK
  repeat
    local left = over - core.now()
    if entry.pool:in_flight() > 0 and left > 0 then entry.pool:step(left) end
    entry.ready()
  until host.watched ~= entry or entry.pool:in_flight() == 0 or core.now() >= over
end

local function poll(host, entry)
  host:after(host.scheduler and POLL or VERA_POLL, function()
    if host.watched ~= entry then return end
    look(host, entry)
    if host.watched == entry then poll(host, entry) end
  end)
end

local function watch(host, pool, ready)
  local entry = { pool = pool, ready = ready }
  host.watched = entry
  if host.scheduler and pool:getfd() < FD_SETSIZE then watch_by_scheduler(host) else poll(host, entry) end
  return function()
    if host.watched == entry then host.watched = nil end
  end
end

--- Makes a host. Call it in the device's own context: in startup.
---@param luup table
---@return table host { loop = what seam.new takes }
function M.new(luup)
  local host = setmetatable({ luup = luup, scheduler = scheduler_of(luup), timers = {}, last_token = 0 }, metatable)
  host.loop = {
    watch = function(pool, ready) return watch(host, pool, ready) end,
    after = function(seconds, f) host:after(seconds, f) end,
    suspend = coroutines.suspend,
    refusal = function()
      if not coroutines.can_suspend() then return "calls inside luup must be made in a coroutine" end
    end,
  }
  return host
end

--- How long a job that is not done yet asks to be left alone, in seconds.
function methods:job_pause()
  return self.scheduler and 0.2 or 1
end

--- Calls a function once, later.
---@param seconds number
---@param f fun()
function methods:after(seconds, f)
  if not self.scheduler then seconds = math.max(1, math.ceil(seconds)) end
  self.last_token = self.last_token + 1
  local token = tostring(self.last_token)
  self.timers[token] = f
  self.luup.call_delay("seam_timer", seconds, token)
end

---@param token string
function methods:on_timer(token)
  local f = self.timers[token]
  self.timers[token] = nil
  if f then f() end
end

--- Runs a function in a coroutine, where it may call Seam. `ended` learns what it returned, or nil and what it
--- raised, which is logged.
---@param f function
---@param ended fun(value: any, problem: any)
function methods:spawn(f, ended)
  local thread = coroutine.create(function()
    local ok, value, problem = yielding.pcall(f)
    if ok then return ended(value, problem) end
    self.luup.log("seam: internal error: " .. tostring(value), 1)
    ended(nil, value)
  end)
  local ok, problem = coroutine.resume(thread)
  if not ok then error(debug.traceback(thread, tostring(problem)), 0) end
end

return M
