-- SPDX-License-Identifier: MIT
-- The one descriptor by which an event loop knows that a pool has something to do.
local calls = require "support.core_calls"
local core = require "seam.core"
local http_peer = require "support.http_peer"
local socket = require "socket"

describe("a pool's descriptor", function()
  local peer, pool

  setup(function() peer = http_peer.start() end)
  teardown(function() peer:stop() end)
  before_each(function() pool = core.pool{ max_connections = 2 } end)
  after_each(function() pool:close() end)

  local function slow(seconds)
    return { play = { { recv = "all" }, { wait = seconds }, { reply = { body = "slow" } } } }
  end

  local function submit(path, fields)
    local request = { method = "POST", url = peer.url .. path, body = "{}", timeout = 5 }
    for name, value in pairs(fields or {}) do request[name] = value end
    return assert(pool:submit(request))
  end

  --- LuaSocket's select takes the pool itself: getfd and dirty are all it asks for.
  local function is_readable(seconds)
    return socket.select({ pool }, nil, seconds or 0)[1] == pool
  end

  --- Serves the pool as a loop would: a step whenever the descriptor is readable, none otherwise.
  local function serve_until(is_over, seconds)
    local steps, started = 0, core.now()
    while not is_over() do
      assert.is_true(core.now() - started < seconds, "the descriptor never became readable")
      if is_readable(0.05) then
        pool:step(0)
        steps = steps + 1
      end
    end
    return steps
  end

  it("is -1 while there is nothing to wait for", function()
    assert.equal(-1, pool:getfd())
    assert.is_nil(pool:pollfd())
    assert.is_false(pool:dirty())
    assert.equal("r", pool:events())
    peer:script{ { reply = {} } }
    local transfer = submit "/x"
    local descriptor = pool:getfd()
    assert.is_true(descriptor >= 0)
    assert.equal(descriptor, pool:pollfd())
    serve_until(function() return transfer:done() end, 2)
    assert.is_true(pool:getfd() >= 0, "a result waits")
    transfer:result()
    assert.equal(-1, pool:getfd())
    submit "/x"
    pool:close()
    assert.equal(-1, pool:getfd())
  end)

  it("is readable for what was submitted, quiet while the server thinks, readable for the answer", function()
    peer:script{ slow(0.4) }
    local transfer = submit "/x"
    assert.is_true(is_readable(), "a transfer wants to begin")
    local steps = serve_until(function() return transfer:done() end, 2)
    -- Connecting, sending, receiving, and a timer of libcurl's own or two.
    assert.is_true(steps < 20, steps .. " steps: the descriptor was readable without reason")
  end)

  it("stays readable while results wait, and not a moment longer", function()
    peer:script{ { reply = {} } }
    local first, second = submit "/a", submit "/b"
    serve_until(function() return first:done() and second:done() end, 2)
    assert.is_true(is_readable())
    pool:next_done()
    assert.is_true(is_readable(), "another result waits")
    local watched = pool:getfd()
    pool:next_done()
    assert.equal(-1, pool:getfd())
    local watcher = { getfd = function() return watched end, dirty = function() return false end }
    assert.is_nil(socket.select({ watcher }, nil, 0)[1], "nothing waits any more")
  end)

  it("is readable for a cancelled transfer", function()
    peer:script{ slow(3) }
    local transfer = submit "/x"
    serve_until(function() return not is_readable(0.1) end, 2)
    transfer:cancel()
    assert.is_true(is_readable())
    assert.equal(transfer, pool:next_done())
  end)

  it("wakes for the deadline of a transfer that hangs", function()
    peer:script{ { play = { { recv = "all" }, { hang = true } } } }
    local transfer = submit("/x", { timeout = 0.2 })
    local started = core.now()
    local steps = serve_until(function() return transfer:done() end, 2)
    assert.is_true(core.now() - started < 0.4, "the deadline was 0.2 s")
    assert.equal("timeout", select(2, transfer:result()))
    assert.is_true(steps < 50, steps .. " steps: the descriptor was readable without reason")
  end)

  it("wakes for the deadline of a transfer that never got a connection", function()
    peer:script{ { play = { { recv = "all" }, { hang = true } } } }
    submit("/a", { timeout = 8 })
    submit("/b", { timeout = 8 })
    local queued = submit("/c", { timeout = 0.2 })
    local started = core.now()
    serve_until(function() return queued:done() end, 2)
    assert.is_true(core.now() - started < 0.4, "the deadline was 0.2 s")
    assert.equal("timeout", select(2, queued:result()))
  end)

  it("wakes for an alarm, without anything in flight, until the next step", function()
    assert.is_true(pool:alarm(0.1))
    assert.is_true(pool:getfd() >= 0)
    assert.is_true(pool:timeout() > 0 and pool:timeout() <= 0.1)
    assert.is_false(is_readable())
    local started = core.now()
    assert.is_true(is_readable(2))
    assert.is_true(core.now() - started > 0.05 and core.now() - started < 0.3)
    assert.equal(0, pool:timeout())
    pool:step(0)
    assert.equal(-1, pool:getfd())
    assert.is_nil(pool:timeout())
    pool:alarm(0)
    assert.is_true(is_readable())
    pool:alarm(nil)
    assert.equal(-1, pool:getfd())
    pool:alarm(-1e9) -- before the machine was switched on
    assert.is_true(is_readable())
    pool:alarm(nil)
    for _, bad in ipairs{ "soon", 0 / 0 } do assert.is_false((pcall(pool.alarm, pool, bad))) end
    pool:close()
    assert.equal("closed", select(2, pool:alarm(1)))
  end)

  it("is quiet after a step that finds a server hung up on a connection nobody uses", function()
    peer:script{ { play = { { recv = "all" }, { reply = {} }, { wait = 0.1 }, { fin = true } } } }
    local transfer = submit "/x"
    serve_until(function() return transfer:done() end, 2)
    transfer:result()
    pool:alarm(5)
    is_readable(0.5)
    pool:step(0)
    assert.is_false(is_readable(0.1), "nothing can be done, and it is readable for ever")
    assert.equal(200, (calls.finish(pool, submit "/x"):result()))
  end)

  it("ends a longer step for an alarm", function()
    peer:script{ slow(1) }
    submit "/x"
    pool:step(0)
    pool:alarm(0.2)
    local started = core.now()
    repeat pool:step(5) until core.now() - started > 0.19
    assert.is_true(core.now() - started < 0.4, "the alarm was set to 0.2 s")
  end)

  it("does not change as transfers come and go", function()
    peer:script{ { reply = {} } }
    local seen
    for _ = 1, 5 do
      local transfer = submit "/x"
      seen = seen or pool:getfd()
      assert.equal(seen, pool:getfd())
      serve_until(function() return transfer:done() end, 2)
      transfer:result()
    end
  end)

  it("carries 200 transfers by as many steps as there is work", function()
    pool:close()
    pool = core.pool{ max_connections = 16 }
    peer:script{ slow(0.01) }
    local transfers = {}
    for number = 1, 200 do transfers[number] = submit("/" .. number, { timeout = 20 }) end
    local left = 200
    serve_until(function()
      while pool:next_done() do left = left - 1 end
      return left == 0
    end, 20)
    for _, transfer in ipairs(transfers) do assert.equal(200, (transfer:result())) end
    assert.is_true(#peer:report().connections <= 16, "more connections than the limit")
  end)
end)
