-- SPDX-License-Identifier: MIT
-- Waiting on copas, in any of its threads. All that Debian's copas (1.1) can wait for is a socket, so
-- what is waited for here looks like one to it; newer ones take that as well.

local copas = require "copas"
local coroutines = require "seam.loop.coroutines"
local socket = require "socket"

local M = {}

-- What `receive` says to be asked again.
local NOT_YET = "timeout"

-- A socket that is never readable: what has nothing to show shows its descriptor, because select
-- leaves out whoever has none.
local silent

local function silent_descriptor()
  silent = silent or (socket.udp4 or socket.udp)()
  return silent:getfd()
end

local function nothing() return 1 end

--- What copas takes for a socket.
local function socket_like(getfd, dirty, receive)
  return {
    getfd = function() return getfd() end, dirty = function() return dirty() end,
    receive = function() return receive() end, settimeout = nothing, close = nothing,
  }
end

-- By pool, what copas watches for it: once given to copas, it stays there.
local watchers = setmetatable({}, { __mode = "k" })

local function new_watcher()
  local watcher = {}
  local function getfd() return watcher.descriptor or silent_descriptor() end
  local function receive()
    if watcher.is_watched and watcher.ready then watcher.ready() end
    watcher.is_watched = true
    return nil, NOT_YET
  end
  local like = socket_like(getfd, function() return false end, receive)
  copas.addthread(function() copas.receive(like) end)
  return watcher
end

---@param pool userdata
---@param ready fun()
---@return fun() stop
function M.watch(pool, ready)
  local watcher = watchers[pool] or new_watcher()
  watchers[pool] = watcher
  watcher.descriptor, watcher.ready = pool:getfd(), ready
  return function() watcher.descriptor, watcher.ready = nil, nil end
end

---@param seconds number
---@param f fun()
function M.after(seconds, f)
  if not copas.sleep then error("on this system seam needs a copas that has copas.sleep", 0) end
  copas.addthread(function()
    copas.sleep(seconds)
    f()
  end)
end

---@return string|nil
function M.refusal()
  if coroutines.can_suspend() then return nil end
  return "calls of this client must be made in a thread of copas: copas.addthread(function() ... end)"
end

---@param start fun(wake: fun())
function M.suspend(start)
  local woken = false
  start(function() woken = true end)
  copas.receive(socket_like(silent_descriptor, function() return woken end, function()
    if woken then return "" end
    return nil, NOT_YET
  end))
end

---@param functions function[]
function M.run_all(functions)
  local left, wake = #functions, nil
  for _, f in ipairs(functions) do
    copas.addthread(function()
      f()
      left = left - 1
      if left == 0 and wake then wake() end
    end)
  end
  if left > 0 then M.suspend(function(woken) wake = woken end) end
end

return M
