-- SPDX-License-Identifier: MIT
-- Waiting on luv's loop (libuv): in any coroutine, and in the main program while the loop does not run,
-- which it then runs for as long as the call takes.

local coroutines = require "seam.loop.coroutines"
local uv = require "luv"

local M = {}

---@param pool userdata
---@param ready fun()
---@return fun() stop
function M.watch(pool, ready)
  local poll = uv.new_poll(pool:getfd())
  poll:start("r", function() ready() end)
  return function()
    poll:stop()
    poll:close()
  end
end

---@param seconds number
---@param f fun()
function M.after(seconds, f)
  local timer = uv.new_timer()
  timer:start(math.ceil(seconds * 1000), 0, function()
    timer:close()
    f()
  end)
end

local function is_running()
  return uv.loop_mode ~= nil and uv.loop_mode() ~= nil
end

---@return string|nil
function M.refusal()
  if coroutines.can_suspend() or not is_running() then return nil end
  return "calls made while luv's loop runs must be made in a coroutine, where it may yield: "
    .. "coroutine.wrap(function() ... end)()"
end

---@param start fun(wake: fun())
function M.suspend(start)
  if coroutines.can_suspend() then return coroutines.suspend(start) end
  local woken = false
  start(function() woken = true end)
  while not woken do uv.run("once") end
  uv.run("nowait") -- what was closed is gone before the program may end
end

return M
