-- SPDX-License-Identifier: MIT
-- For loops whose callbacks are plain functions: whoever waits is a coroutine, and a callback resumes it.

local yielding = require "seam.yielding"

local M = {}

-- Lua 5.1 cannot tell.
local is_yieldable = rawget(coroutine, "isyieldable")

--- Suspends the coroutine that runs until `wake` is called. An error of what runs on is the caller's of
--- `wake`: the loop's, with the coroutine's own traceback.
---@param start fun(wake: fun())
function M.suspend(start)
  local waiting = yielding.running()
  start(function()
    local ok, err = coroutine.resume(waiting)
    if ok then return end
    -- An error object says all; a text says more with the place it comes from.
    error(type(err) == "string" and debug.traceback(waiting, err) or err, 0)
  end)
  coroutine.yield()
end

--- Whether a coroutine runs that can be suspended.
---@return boolean
function M.can_suspend()
  local running, is_main = coroutine.running()
  if not running or is_main then return false end
  return not is_yieldable or is_yieldable()
end

return M
