-- SPDX-License-Identifier: MIT
-- The places a client can wait in, for specs: each runs a function as its users would and hands its
-- error back. `missing` says why a place is not to be had on this Lua.

local yielding = require "seam.yielding"
local socket = require "socket"

local M = {}

local function loadable(name)
  local ok, err = pcall(require, name)
  if ok then return nil end
  return ("skipped: %s is not installed for this Lua (%s)"):format(name, tostring(err):match("^[^\n]*"))
end

local function by_coroutine(f)
  local ending = {}
  local thread = coroutine.create(f)
  local function resume()
    local ok, err = coroutine.resume(thread)
    if not ok then ending.err = err end
  end
  resume()
  ending.thread = thread
  return ending
end

M.blocking = { run = function(f) f() end }

M.gather = {
  run = function(f) require("seam").gather { f } end,
}

M.luv = {
  loop = "luv", missing = loadable "luv",
  run = function(f)
    local uv = require "luv"
    local ending = by_coroutine(f)
    uv.run()
    if ending.err then error(ending.err, 0) end
    if coroutine.status(ending.thread) ~= "dead" then error("luv's loop ended before the program", 0) end
  end,
}

M["luv's main program"] = { loop = "luv", missing = M.luv.missing, run = function(f) f() end }

M.copas = {
  loop = "copas", missing = loadable "copas",
  run = function(f)
    local copas = require "copas"
    local over, ok, err = false, nil, nil
    copas.addthread(function()
      ok, err = yielding.pcall(f)
      over = true
    end)
    local deadline = socket.gettime() + 10
    while not over and socket.gettime() < deadline do copas.step(0.5) end
    if not over then error("the thread of copas did not end", 0) end
    if not ok then error(err, 0) end
  end,
}

M.cqueues = {
  loop = "cqueues", missing = loadable "cqueues",
  run = function(f)
    local controller = require("cqueues").new()
    controller:wrap(f)
    assert(controller:loop(20))
  end,
}

--- A loop of three functions over LuaSocket's select, as docs/loops.md shows it.
local watched, timers = nil, {}
local select_loop = { suspend = require("seam.loop.coroutines").suspend }

function select_loop.watch(pool, ready)
  watched = { pool = pool, ready = ready }
  return function() watched = nil end
end

function select_loop.after(seconds, f)
  timers[#timers + 1] = { at = socket.gettime() + seconds, run = f }
end

local function run_due_timers()
  local due, later = {}, {}
  for _, timer in ipairs(timers) do
    local list = timer.at <= socket.gettime() and due or later
    list[#list + 1] = timer
  end
  timers = later
  for _, timer in ipairs(due) do timer.run() end
end

M["a loop of three functions"] = {
  loop = select_loop,
  run = function(f)
    local ending = by_coroutine(f)
    while coroutine.status(ending.thread) ~= "dead" do
      assert(watched or timers[1], "nothing is watched while somebody waits")
      local seconds = timers[1] and 0.005 or 20
      if not watched then
        socket.sleep(seconds)
      elseif socket.select({ watched.pool }, nil, seconds)[1] then
        watched.ready()
      end
      run_due_timers()
    end
    if ending.err then error(ending.err, 0) end
  end,
}

M.ORDER = {
  "blocking", "gather", "luv", "luv's main program", "copas", "cqueues", "a loop of three functions",
}

return M
