-- SPDX-License-Identifier: MIT
-- The places a client can wait in, for specs: each runs a function as its users would and hands its
-- error back. `missing` says why a place is not to be had on this Lua.

local protect = require "seam.protect"
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
      ok, err = protect.pcall(f)
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

--- A loop of three functions over LuaSocket's select, as the documentation describes them.
local watched
local select_loop = { suspend = require("seam.loop.coroutines").suspend }

function select_loop.watch(pool, ready)
  watched = { pool = pool, ready = ready }
  return function() watched = nil end
end

function select_loop.after() error("there is a descriptor to watch") end

M["a loop of three functions"] = {
  loop = select_loop,
  run = function(f)
    local ending = by_coroutine(f)
    while coroutine.status(ending.thread) ~= "dead" do
      assert(watched, "nothing is watched while somebody waits")
      if socket.select({ watched.pool }, nil, 20)[1] then watched.ready() end
    end
    if ending.err then error(ending.err, 0) end
  end,
}

M.ORDER = {
  "blocking", "gather", "luv", "luv's main program", "copas", "cqueues", "a loop of three functions",
}

return M
