-- SPDX-License-Identifier: MIT
-- A pcall that can be yielded across on every Lua. Lua 5.1's own cannot.

local M = {}

-- A coroutine made here -> the one it stands for; weak, so that what is abandoned goes.
local outer_of = setmetatable({}, { __mode = "kv" })

local function through(thread, ok, ...)
  if coroutine.status(thread) == "dead" then return ok, ... end
  return through(thread, coroutine.resume(thread, coroutine.yield(...)))
end

--- Runs the function in a coroutine of its own and hands on what it yields.
local function by_coroutine(f, ...)
  -- Lua 5.1 makes no coroutine of a C function.
  local thread = coroutine.create(function(...) return f(...) end)
  outer_of[thread] = coroutine.running()
  return through(thread, coroutine.resume(thread, ...))
end

local across

--- Whether this Lua's own pcall can be yielded across.
---@return boolean
function M.across_pcall()
  if across == nil then
    local probe = coroutine.create(function() return pcall(coroutine.yield) end)
    coroutine.resume(probe)
    across = coroutine.status(probe) == "suspended"
  end
  return across
end

--- The coroutine to resume when what runs now is to go on: of those made here, the one around them.
---@return thread|nil
---@return boolean|nil is_main as coroutine.running tells on Lua 5.2 and later
function M.running()
  local thread, is_main = coroutine.running()
  while thread and outer_of[thread] do thread = outer_of[thread] end
  return thread, is_main
end

--- As pcall. The host that runs the coroutine must resume the one that it started, as schedulers of
--- coroutines do.
---@param f function
---@return boolean ok
---@return any ...
function M.pcall(f, ...)
  M.pcall = M.across_pcall() and pcall or by_coroutine
  return M.pcall(f, ...)
end

return M
