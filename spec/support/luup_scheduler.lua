-- SPDX-License-Identifier: MIT
-- A stub of openLuup's scheduler: one thread that goes round and round over jobs, delays and sockets, as the real one
-- does. What a callback raises is kept in `problems`; how long the longest one took, in `longest`. Timers may go
-- faster than real ones (`speed`). Not here: watches of variables, incoming data, timeouts of jobs, priorities.

local socket = require "socket"

local M = {}

local WAITING, IN_PROGRESS, ERROR, ABORTED, DONE = 0, 1, 2, 3, 4
local ENDS = { [ERROR] = true, [ABORTED] = true, [DONE] = true }
M.DONE, M.ERROR = DONE, ERROR

local TURN = 0.02

local methods = {}
local metatable = { __index = methods }

---@param speed number|nil how much faster delays pass than they should
---@return table scheduler
function M.new(speed)
  return setmetatable({ speed = speed or 1, current = 0, delays = {}, sockets = {}, jobs = {}, problems = {},
    longest = 0 }, metatable)
end

local function finish(self, device, started, ok, ...)
  self.longest = math.max(self.longest, socket.gettime() - started)
  self.current = device
  if not ok then self.problems[#self.problems + 1] = tostring((...)) end
  return ok, ...
end

--- Runs a function in a device's context.
function methods:switch(device, f, ...)
  local before, started = self.current, socket.gettime()
  self.current = device or before
  return finish(self, before, started, pcall(f, ...))
end

function methods:add_delay(f, seconds, data)
  self.delays[#self.delays + 1] = {
    f = f, data = data, device = self.current, at = socket.gettime() + seconds / self.speed,
  }
end

function methods:socket_watch(sock, callback)
  self.sockets[sock] = { callback = callback, device = self.current }
end

function methods:socket_unwatch(sock)
  self.sockets[sock] = nil
end

--- Adds a job; its arguments are empty after a <run>, as in the real one.
function methods:add_job(device, target, f, arguments)
  local job = { device = device, target = target, f = f, arguments = arguments, status = WAITING, notes = "",
    at = socket.gettime() }
  self.jobs[#self.jobs + 1] = job
  return #self.jobs, job
end

local function dispatch(self, job)
  job.status = IN_PROGRESS
  local ok, status, seconds = self:switch(job.device, job.f, job.target, job.arguments, job)
  if not ok then job.notes = status end
  job.status = ok and (status or DONE) or ABORTED
  job.at = socket.gettime() + (tonumber(seconds) or 0)
end

local function run_jobs(self)
  for _, job in ipairs(self.jobs) do
    if not ENDS[job.status] and job.at <= socket.gettime() then dispatch(self, job) end
  end
end

local function run_delays(self)
  local old = self.delays
  self.delays = {}
  for _, delay in ipairs(old) do
    if delay.at <= socket.gettime() then
      self:switch(delay.device, delay.f, delay.data)
    else
      self.delays[#self.delays + 1] = delay
    end
  end
end

--- As unforgiving as the real one: a socket that select refuses, or that has left the list since, ends it all.
local function run_sockets(self)
  local list = {}
  for sock in pairs(self.sockets) do list[#list + 1] = sock end
  for _, sock in ipairs((socket.select(list, nil, TURN))) do
    local entry = self.sockets[sock]
    self:switch(entry.device, entry.callback, sock)
  end
end

function methods:turn()
  run_jobs(self)
  run_delays(self)
  run_sockets(self)
end

--- Goes round until a condition holds.
---@param condition fun(): any
---@param seconds number|nil at most, 10 when absent
---@return any what the condition returned; nil when the time is up
function methods:run_until(condition, seconds)
  local deadline = socket.gettime() + (seconds or 10)
  repeat
    self:turn()
    local found = condition()
    if found then return found end
  until socket.gettime() > deadline
end

--- Goes round for a while.
function methods:run_for(seconds)
  self:run_until(function() return false end, seconds)
end

--- The module a plugin may require in openLuup.
function methods:module()
  return {
    socket_watch = function(sock, callback) self:socket_watch(sock, callback) end,
    socket_unwatch = function(sock) self:socket_unwatch(sock) end,
  }
end


return M
