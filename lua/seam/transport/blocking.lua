-- SPDX-License-Identifier: MIT
-- How a plain script waits: by blocking. The three functions are what any host has to offer.

local core = require "seam.core"

local M = {}

--- Lets transfers make progress, for at most so long.
---@param pool userdata a seam.core.Pool
---@param seconds number
function M.wait(pool, seconds)
  pool:step(seconds)
end

--- Pauses. A signal may end the system's sleep early; the rest is slept then.
---@param seconds number
function M.sleep(seconds)
  while seconds > 0 do seconds = core.sleep(seconds) end
end

--- Monotonic time: it never jumps, whatever happens to the wall clock.
---@return number seconds
function M.now()
  return core.now()
end

return M
