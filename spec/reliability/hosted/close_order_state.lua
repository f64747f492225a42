-- SPDX-License-Identifier: MIT
-- Runs in a state of its own: opens five kinds of things in some order and ends them in one way.
-- luacheck: globals run PORT

local core = require "seam.core"
local curl = require "seam.transport.curl"
local seam = require "seam"

local newproxy = rawget(_G, "newproxy") -- 5.1: the only finalizers Lua code can have there

local ENDPOINT = ("http://127.0.0.1:%d"):format(PORT)
local things = {}

-- A loop of our own, so that a case can change how it suspends.
local watched
local loop = {
  watch = function(pool, ready)
    watched = { pool = pool, ready = ready }
    return function() watched = nil end
  end,
  after = function() error("there is a descriptor to watch") end,
  refusal = function() return nil end,
}

local function run_until_woken(start)
  local woken = false
  start(function() woken = true end)
  while not woken do
    watched.pool:step(0.01)
    watched.ready()
  end
end
loop.suspend = run_until_woken

local function submit(pool, id)
  return assert(pool:submit{
    method = "POST", url = ENDPOINT .. "/devices/get", body = ('{"device_id":"%s"}'):format(id), timeout = 5,
  })
end

local function finish(pool, transfer)
  while not transfer:done() do pool:step(1) end
  return transfer
end

local hooks = {}

local open = {}

function open.client()
  things.transport = curl.new({}, loop)
  things.client = seam.new{
    api_key = "seam_key", endpoint = ENDPOINT, transport = things.transport, retries = 0,
    on_request = function() if hooks.request then hooks.request() end end,
    on_response = function() if hooks.response then hooks.response() end end,
  }
  assert(things.client.devices.get("warm").device_id == "warm")
end

function open.pages()
  local client = seam.new{ api_key = "seam_key", endpoint = ENDPOINT }
  things.pages = client.create_paginator(client.devices.list, { limit = 3 }):flatten()
  assert(things.pages().device_id == "listed")
end

function open.pool()
  things.pool = core.pool{ max_connections = 1 }
  finish(things.pool, submit(things.pool, "warm"))
  submit(things.pool, "hang")
  submit(things.pool, "queued")
  things.pool:step()
end

function open.running()
  local pool = core.pool()
  things.running = submit(pool, "hang")
  pool:step(0.001)
end

function open.done()
  local pool = core.pool()
  things.done = finish(pool, submit(pool, "done"))
end

local function each(order, act)
  for name in order:gmatch("%S+") do act(name) end
end

local function open_all(order)
  each(order, function(name) open[name]() end)
end

local function close(name)
  local thing = things[name]
  if name == "pages" then
    things.pages = nil
  else
    thing:close()
    thing:close()
  end
  if name == "client" then
    things.transport:close()
    assert(not pcall(thing.devices.get, "after close"), "a closed client answered")
  end
end

--- A little of everything that a thing can be asked, whatever state it is in.
local function use(name)
  local thing = things[name]
  if name == "client" then
    pcall(thing.devices.get, "again")
  elseif name == "pages" then
    pcall(thing)
  elseif name == "pool" then
    local ok, transfer = pcall(submit, thing, "again")
    thing:step()
    thing:next_done()
    -- Lua 5.4 finalizes nothing that is born while its state closes: whoever opens then has to close.
    if ok then transfer:close() end
  else
    thing:cancel()
    if thing:done() then thing:result() end
    thing:body()
    thing:decode()
  end
end

local function drop_all()
  for name in pairs(things) do things[name] = nil end
end

local function collect()
  collectgarbage()
  collectgarbage()
end

--- f runs when the collector, or the end of the state, gets to it.
local function at_the_end(f)
  local sentinel = newproxy and newproxy(true) or setmetatable({}, { __gc = true })
  getmetatable(sentinel).__gc = f
  return sentinel
end

local ends = {}

ends["close"] = function(order)
  open_all(order)
  each(order, close)
end

ends["collect"] = function(order)
  open_all(order)
  each(order, function(name)
    things[name] = nil
    if name == "client" then things.transport = nil end
    collect()
  end)
end

ends["lua_close"] = open_all

ends["os.exit"] = function(order)
  open_all(order)
  os.exit(0, true)
end

ends["abandoned coroutine"] = function(order, number)
  local thread = coroutine.create(function()
    local mine = {}
    open_all(order)
    for name, thing in pairs(things) do mine[name] = thing end
    drop_all()
    loop.suspend = function(start)
      start(function() end)
      coroutine.yield(true)
    end
    mine.client.devices.get("hang")
    return mine
  end)
  local ok, yielded = coroutine.resume(thread)
  assert(ok and yielded == true and coroutine.status(thread) == "suspended", tostring(yielded))
  if number % 2 == 0 then
    thread = nil -- luacheck: ignore
    collect()
  else
    things.thread = thread
  end
end

ends["error in hook"] = function(order, number)
  local raised = 0
  open_all(order)
  for name in pairs{ request = true, response = true } do
    hooks[name] = function()
      raised = raised + 1
      error("thrown in a hook", 0)
    end
  end
  assert(things.client.devices.get("answered").device_id == "answered")
  assert(raised == 2, "the hooks did not run")
  loop.suspend = function(start)
    start(function() end)
    watched.pool:step()
    error("thrown while waiting", 0)
  end
  local ok, message = pcall(things.client.devices.get, "hang")
  assert(not ok and tostring(message):find("thrown while waiting", 1, true), tostring(message))
  loop.suspend = run_until_woken
  -- From anywhere in our Lua, as a host's own time limit would do it.
  pcall(function()
    debug.sethook(function() error("thrown by the debug hook", 0) end, "", 10 + number * 7)
    pcall(things.client.devices.get, "again")
    debug.sethook() -- here, as the hook may throw on the way to this line, too
  end)
  debug.sethook()
  each(order, function(name)
    use(name)
    close(name)
  end)
end

ends["call inside __gc"] = function(order, number)
  local calls = 0
  open_all(order)
  local kept = {}
  for name, thing in pairs(things) do kept[name] = thing end
  things.sentinel = at_the_end(function()
    for name, thing in pairs(kept) do things[name] = thing end
    each(order, function(name)
      use(name)
      close(name)
      calls = calls + 1
    end)
  end)
  if number % 2 == 0 then
    things.sentinel = nil
    collect()
    assert(calls == 5, "the finalizer got through " .. calls .. " of 5 things")
  end
end

function run(end_name, order, number)
  ends[end_name](order, number)
end
