-- SPDX-License-Identifier: MIT
-- A pcall that can be yielded across on every Lua. Lua 5.1's own cannot.

local M = {}

local function through(thread, ok, ...)
  if coroutine.status(thread) == "dead" then return ok, ... end
  return through(thread, coroutine.resume(thread, coroutine.yield(...)))
end

--- Runs the function in a coroutine of its own and hands on what it yields.
local function by_coroutine(f, ...)
  local thread = coroutine.create(f)
  return through(thread, coroutine.resume(thread, ...))
end

local function can_yield_across_pcall()
  local probe = coroutine.create(function() return pcall(coroutine.yield) end)
  coroutine.resume(probe)
  return coroutine.status(probe) == "suspended"
end

--- As pcall. The host that runs the coroutine must resume the one that it started, as schedulers of
--- coroutines do.
---@param f function
---@return boolean ok
---@return any ...
function M.pcall(f, ...)
  M.pcall = can_yield_across_pcall() and pcall or by_coroutine
  return M.pcall(f, ...)
end

return M
