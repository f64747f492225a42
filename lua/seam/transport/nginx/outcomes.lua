-- SPDX-License-Identifier: MIT
-- A write whose client went away goes on to its end: here somebody looks how it ended, and logs it.

local core = require "seam.core"

local M = {}

-- Seconds between looks while writes are under way, and while a leaving worker waits for the last ones.
local INTERVAL = 1
local LAST_INTERVAL = 0.2

local is_watching = false

--- Logs what has ended unheard so far. At the level that nginx logs by default: it may be a door.
function M.log()
  local line = core.engine_outcome()
  if not line then return end
  local ngx = rawget(_G, "ngx")
  while line do
    ngx.log(ngx.ERR, "seam: ", line)
    line = core.engine_outcome()
  end
end

local function look(is_premature)
  local ngx = rawget(_G, "ngx")
  -- A worker that leaves stays until its writes have ended; each has a deadline. The first pause is for
  -- the one that this was called for: its id may still be on its way.
  if is_premature or ngx.worker.exiting() then
    repeat ngx.sleep(LAST_INTERVAL) until core.engine_writes() == 0
  end
  M.log()
  is_watching = false
  if core.engine_writes() > 0 then M.watch() end
end

--- Called when a write begins: looks again and again, until none is under way.
function M.watch()
  if is_watching then return end
  local at = rawget(_G, "ngx").timer.at
  -- A worker that leaves takes timers for now only. Where none can be had at all the next call logs.
  is_watching = (at(INTERVAL, look) or at(0, look)) and true or false
end

return M
