-- SPDX-License-Identifier: MIT
-- Whatever is closed, collected or dropped, in whatever order, nothing breaks.
local calls = require "support.core_calls"
local core = require "seam.core"
local http_peer = require "support.http_peer"
local own_process = require "support.own_process"

local newproxy = rawget(_G, "newproxy") -- 5.1: the only finalizers Lua code can have there

local function collect()
  for _ = 1, 4 do collectgarbage() end
end

--- Every order of the list's items.
local function permutations(list)
  if #list <= 1 then return { list } end
  local out = {}
  for index, first in ipairs(list) do
    local rest = {}
    for other, item in ipairs(list) do
      if other ~= index then rest[#rest + 1] = item end
    end
    for _, tail in ipairs(permutations(rest)) do
      table.insert(tail, 1, first)
      out[#out + 1] = tail
    end
  end
  return out
end

describe("the lifetime of pools and transfers", function()
  local peer

  setup(function() peer = http_peer.start() end)
  before_each(function()
    peer:script{
      { match = { path = "/hang" }, play = { { recv = "all" }, { hang = true } } },
      { reply = { json = { ok = true } } },
    }
  end)
  teardown(function() peer:stop() end)

  local function submit(pool, path)
    return assert(pool:submit{ method = "POST", url = peer.url .. path, body = "{}", timeout = 2 })
  end

  --- A pool with a transfer in every state.
  local function world()
    local pool = core.pool{ max_connections = 2 }
    local things = { pool = pool }
    things.done = calls.finish(pool, submit(pool, "/done"))
    things.fetched = calls.finish(pool, submit(pool, "/fetched"))
    things.fetched:result()
    things.running = submit(pool, "/hang")
    submit(pool, "/hang")
    pool:step(0.001)
    things.queued = submit(pool, "/queued")
    return things
  end

  local names = { "pool", "done", "fetched", "running", "queued" }

  local ways = {
    ["closed"] = function(things, name) things[name]:close() end,
    ["closed twice and used"] = function(things, name)
      local thing = things[name]
      thing:close()
      thing:close()
      tostring(thing)
      if name == "pool" then
        assert.equal("closed", select(2, thing:submit{ method = "GET", url = peer.url }))
        assert.equal(0, thing:step(1))
        thing:next_done()
      else
        thing:cancel()
        assert.is_true(thing:done())
        assert.is_nil((thing:result()))
        assert.equal("", thing:body())
        assert.is_nil((thing:decode()))
      end
    end,
    ["dropped and collected"] = function(things, name)
      things[name] = nil
      collectgarbage()
    end,
  }

  for way, act in pairs(ways) do
    it("bears pool and transfers being " .. way .. " in all 120 orders", function()
      local before = own_process.descriptors()
      for _, order in ipairs(permutations(names)) do
        local things = world()
        for _, name in ipairs(order) do act(things, name) end
      end
      collect()
      assert.is_true(own_process.descriptors() <= before, "descriptors are left open")
    end)
  end

  it("bears the end of the program with everything still open", function()
    local output, status = calls.run_apart(([[
      local core = require "seam.core"
      for round = 1, 3 do
        pool = core.pool{ max_connections = 1 }
        transfer = pool:submit{ method = "POST", url = %q, body = "{}" }
        queued = pool:submit{ method = "POST", url = %q, body = "{}" }
        pool:step(0.01)
      end
      print "still here"
      if select("#", ...) == 0 then os.exit(0, true) end
    ]]):format(peer.url .. "/hang", peer.url .. "/hang"))
    assert.equal("still here\n", output)
    assert.equal(0, status)
  end)

  it("bears the end of the program in the middle of a coroutine", function()
    local output, status = calls.run_apart(([[
      local core = require "seam.core"
      local thread = coroutine.create(function()
        local pool = core.pool()
        local transfer = pool:submit{ method = "POST", url = %q, body = "{}" }
        pool:step(0.01)
        coroutine.yield(transfer)
      end)
      coroutine.resume(thread)
      print "still here"
    ]]):format(peer.url .. "/hang"))
    assert.equal("still here\n", output)
    assert.equal(0, status)
  end)

  it("keeps the pool as long as one of its transfers is held", function()
    local pool = core.pool()
    local transfer = submit(pool, "/x")
    local watch = setmetatable({ pool }, { __mode = "v" })
    pool = nil -- luacheck: ignore
    collect()
    assert.is_truthy(watch[1])
    assert.equal(200, (calls.finish(watch[1], transfer):result()))
  end)

  it("lets both go when neither is held", function()
    local pool = core.pool()
    local transfer = submit(pool, "/hang")
    pool:step(0.01)
    local watch = setmetatable({ pool, transfer }, { __mode = "v" })
    pool, transfer = nil, nil -- luacheck: ignore
    collect()
    assert.is_nil(watch[1])
    assert.is_nil(watch[2])
  end)

  it("keeps nothing of transfers that were reported, asked for or closed", function()
    local pool = core.pool()
    local watch = setmetatable({}, { __mode = "k" })
    for number = 1, 30 do
      local transfer = submit(pool, "/x")
      watch[transfer] = true
      calls.finish(pool, transfer)
      if number % 3 == 0 then
        transfer:result()
      elseif number % 3 == 1 then
        transfer:close()
      else
        assert.equal(transfer, pool:next_done())
      end
    end
    collect()
    assert.is_nil(next(watch))
    pool:close()
  end)

  it("survives a close from a finalizer while the body is being read", function()
    local items = {}
    for number = 1, 3000 do items[number] = { id = "item " .. number } end
    peer:script{ { reply = { json = items } } }
    local pool = core.pool()
    local pause, step = collectgarbage("setpause", 1), collectgarbage("setstepmul", 10000)
    for _ = 1, 2 do
      local transfer = calls.finish(pool, submit(pool, "/x"))
      local closed = 0
      collectgarbage("stop")
      for _ = 1, 20 do
        local finalizer = newproxy and newproxy(true) or setmetatable({}, { __gc = true })
        getmetatable(finalizer).__gc = function()
          closed = closed + 1
          transfer:close()
        end
      end
      collectgarbage("restart")
      local value = transfer:decode()
      assert.is_true(closed > 0, "no finalizer ran during decode: this spec proves nothing")
      assert.equal("item 3000", value[3000].id)
    end
    collectgarbage("setpause", pause)
    collectgarbage("setstepmul", step)
    pool:close()
  end)

  it("survives an error thrown out of a metamethod of the request", function()
    local pool = core.pool()
    for _, field in ipairs{ "method", "url", "body", "headers", "timeout", "reads" } do
      local request = setmetatable({}, { __index = function(_, name)
        if name == field then error("thrown", 0) end
        return ({ method = "POST", url = peer.url .. "/x", body = "{}" })[name]
      end })
      local ok, message = pcall(pool.submit, pool, request)
      assert.is_false(ok)
      assert.equal("thrown", message)
    end
    collect()
    assert.equal(0, pool:in_flight())
    assert.equal(200, (calls.finish(pool, submit(pool, "/x")):result()))
    pool:close()
  end)

  it("gives memory and descriptors back over many calls", function()
    local pool = core.pool()
    local function round(count)
      for _ = 1, count do
        local transfer = calls.finish(pool, submit(pool, "/x"))
        transfer:result()
        transfer:close()
      end
      collect()
      return own_process.descriptors(), collectgarbage("count")
    end
    local descriptors, heap = round(200)
    local later_descriptors, later_heap = round(1000)
    assert.equal(descriptors, later_descriptors)
    assert.is_true(later_heap - heap < 16, ("the Lua heap grew by %.1f KB"):format(later_heap - heap))
    pool:close()
  end)
end)
