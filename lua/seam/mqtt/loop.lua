-- SPDX-License-Identifier: MIT
-- The bridge's event loop: one poll over the client's descriptor and the broker's socket. It is a
-- seam.Loop for the client, and runs the coroutines that wait by it.

local coroutines = require "seam.loop.coroutines"
local yielding = require "seam.yielding"

local M = {}

local function add_timer(timers, at, f)
  local place = 1
  while timers[place] and timers[place].at <= at do place = place + 1 end
  table.insert(timers, place, { at = at, f = f })
end

--- Makes a loop.
---@param wait fun(seconds: number, descriptor: integer, link: userdata|nil): boolean mqtt.wait
---@param now fun(): number seconds of a monotonic clock
---@return table loop a seam.Loop with turn
function M.new(wait, now)
  local loop, timers, watched = { suspend = coroutines.suspend }, {}, nil

  function loop.watch(pool, ready)
    watched = { pool = pool, ready = ready }
    return function() watched = nil end
  end

  function loop.after(seconds, f) add_timer(timers, now() + seconds, f) end

  local function run_timers()
    while timers[1] and timers[1].at <= now() do table.remove(timers, 1).f() end
  end

  --- Waits for something to happen, for so long at most, and has the client look after it.
  ---@param seconds number
  ---@param link userdata|nil the connection to the broker, which ends the wait as well
  function loop.turn(seconds, link)
    if timers[1] then seconds = math.max(0, math.min(seconds, timers[1].at - now())) end
    local readable = wait(seconds, watched and watched.pool:getfd() or -1, link)
    if readable and watched then watched.ready() end
    run_timers()
  end

  return loop
end

--- Runs a function in a coroutine of its own, now, until it waits for the first time. What it raises is
--- told and harms nobody else.
---@param f function
---@param report fun(problem: any)
function M.spawn(f, report)
  local thread = coroutine.create(function()
    local ok, problem = yielding.pcall(f)
    if not ok then report(problem) end
  end)
  local ok, problem = coroutine.resume(thread)
  if not ok then report(problem) end
end

return M
