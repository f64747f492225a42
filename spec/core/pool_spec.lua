-- SPDX-License-Identifier: MIT
-- Many transfers at once: order, queue, waiting, cancelling, closing.
local calls = require "support.core_calls"
local core = require "seam.core"
local http_peer = require "support.http_peer"

describe("a pool", function()
  local peer, pool

  setup(function() peer = http_peer.start() end)
  teardown(function() peer:stop() end)
  before_each(function() pool = core.pool() end)
  after_each(function() pool:close() end)

  local function submit(path, fields)
    local request = { method = "POST", url = peer.url .. path, body = "{}", timeout = 2 }
    for name, value in pairs(fields or {}) do request[name] = value end
    return assert(pool:submit(request))
  end

  local function slow(seconds)
    return { play = { { recv = "all" }, { wait = seconds }, { reply = { body = "slow" } } } }
  end

  it("runs its transfers at the same time", function()
    peer:script{ slow(0.1) }
    local started = core.now()
    for number = 1, 20 do submit("/" .. number) end
    assert.equal(20, pool:in_flight())
    while pool:step(1) > 0 do end
    assert.is_true(core.now() - started < 0.5, "20 calls of 0.1 s one after another take 2 s")
  end)

  it("waits without work while a server hangs up on a connection that nobody uses", function()
    peer:script{
      { match = { path = "/short" }, play = { { recv = "all" }, { reply = {} }, { wait = 0.05 }, { fin = true } } },
      slow(0.5),
    }
    calls.finish(pool, submit("/short"))
    local before = os.clock()
    assert.equal(200, (calls.finish(pool, submit("/long", { fresh_connection = true })):result()))
    assert.is_true(os.clock() - before < 0.2, "0.5 s of waiting took as much processor time")
  end)

  it("speaks IPv6, where the machine does", function()
    local status, code, _, sent = calls.call(pool, { method = "GET", url = "http://[::1]:1/", timeout = 2 }):result()
    assert.same({ "connect", false }, { code, sent }, "status " .. tostring(status))
  end)

  it("sends a body that does not fit at once on a connection that was used before", function()
    peer:script{ { reply = {} } }
    assert.equal(200, (calls.finish(pool, submit("/short")):result()))
    assert.equal(200, (calls.finish(pool, submit("/long", { body = ("x"):rep(8e6), timeout = 8 })):result()))
    assert.equal(1, #peer:report().connections)
  end)

  it("sends nothing before the first step", function()
    peer:script{ { reply = {} } }
    submit("/x")
    assert.equal(0, #peer:report().connections)
  end)

  it("reports each finished transfer once, in the order they ended", function()
    peer:script{ { match = { path = "/late" }, play = slow(0.1).play }, { reply = {} } }
    local late, early = submit("/late"), submit("/early")
    while pool:step(1) > 0 do end
    assert.equal(early, pool:next_done())
    assert.equal(late, pool:next_done())
    assert.is_nil(pool:next_done())
    assert.equal(200, (late:result()))
  end)

  it("does not report what was asked for directly", function()
    peer:script{ { reply = {} } }
    local transfer = calls.finish(pool, submit("/x"))
    transfer:result()
    assert.is_nil(pool:next_done())
  end)

  it("keeps a transfer alive that nobody else holds until it is reported", function()
    peer:script{ slow(0.05) }
    submit("/x")
    collectgarbage()
    collectgarbage()
    while pool:step(1) > 0 do collectgarbage() end
    collectgarbage()
    assert.equal(200, (pool:next_done():result()))
  end)

  it("refuses to give a result that is not there yet", function()
    peer:script{ slow(0.1) }
    local transfer = submit("/x")
    assert.is_false(transfer:done())
    assert.is_false((pcall(transfer.result, transfer)))
    assert.equal("", transfer:body())
    assert.is_nil((transfer:decode()))
  end)

  describe("step", function()
    it("never waits unless it is told to", function()
      peer:script{ slow(0.3) }
      local transfer = submit("/x")
      for _ = 1, 3 do
        local started = core.now()
        assert.equal(1, pool:step())
        assert.is_true(core.now() - started < 0.05)
      end
      assert.is_false(transfer:done())
    end)

    it("returns at once when nothing is in flight", function()
      local started = core.now()
      assert.equal(0, pool:step(5))
      assert.is_true(core.now() - started < 0.05)
    end)

    it("waits no longer than it was told", function()
      peer:script{ slow(1) }
      local transfer = submit("/x")
      pool:step(0.1)
      local started = core.now()
      while core.now() - started < 0.2 and not transfer:done() do pool:step(0.05) end
      assert.is_true(core.now() - started < 0.35)
      assert.is_false(transfer:done())
    end)

    it("does not sleep over a transfer that has just ended", function()
      peer:script{ slow(5) }
      local cancelled = submit("/a")
      submit("/b")
      pool:step()
      cancelled:cancel()
      local started = core.now()
      pool:step(1)
      assert.is_true(core.now() - started < 0.1)
    end)

    it("takes odd numbers of seconds for what they are", function()
      peer:script{ { reply = {} } }
      for _, seconds in ipairs{ -1, 0 / 0, -1 / 0, 1e-9 } do
        local transfer = submit("/x")
        pool:step(seconds)
        calls.finish(pool, transfer)
      end
      local transfer = submit("/x")
      while not transfer:done() do pool:step(1 / 0) end
      assert.equal(200, (transfer:result()))
    end)
  end)

  describe("timeout", function()
    it("is nil while nothing is in flight, and 0 when a step is due", function()
      assert.is_nil(pool:timeout())
      peer:script{ slow(0.2) }
      submit("/x")
      assert.equal(0, pool:timeout())
    end)

    it("names the moment the next deadline is due", function()
      peer:script{ slow(5) }
      submit("/x", { timeout = 0.5 })
      local seconds
      local started = core.now()
      repeat
        pool:step(0.02)
        seconds = pool:timeout()
      until core.now() - started > 0.3
      assert.is_true(seconds ~= nil and seconds <= 0.21, "got " .. tostring(seconds))
    end)
  end)

  describe("with a limit on connections", function()
    before_each(function()
      pool:close()
      pool = core.pool{ max_connections = 2 }
    end)

    it("never has more busy at once, and runs everything", function()
      peer:script{ slow(0.03) }
      for number = 1, 7 do submit("/" .. number) end
      assert.equal(7, pool:in_flight())
      while pool:step(1) > 0 do end
      local report = peer:report()
      assert.equal(7, report.complete)
      assert.is_true(#report.connections <= 2, #report.connections .. " connections")
    end)

    it("lets a deadline run out in the queue, and knows that nothing was sent", function()
      peer:script{ slow(0.6) }
      submit("/a")
      submit("/b")
      local queued = submit("/c", { timeout = 0.1 })
      local started = core.now()
      calls.finish(pool, queued)
      local _, code, _, sent = queued:result()
      assert.equal("timeout", code)
      assert.is_false(sent)
      assert.is_true(core.now() - started < 0.25)
    end)

    it("counts the time in the queue against the deadline of a call", function()
      peer:script{ slow(0.2) }
      submit("/a")
      submit("/b")
      local queued = submit("/c", { timeout = 0.3 })
      local started = core.now()
      calls.finish(pool, queued)
      assert.equal("timeout", select(2, queued:result()))
      assert.is_true(core.now() - started < 0.4)
    end)

    it("wakes in time for a deadline in the queue though step may wait much longer", function()
      peer:script{ { play = { { recv = "all" }, { hang = true } } } }
      submit("/a", { timeout = 8 })
      submit("/b", { timeout = 8 })
      local settled = core.now() + 0.5 -- libcurl's own short timers have run out by then
      while core.now() < settled do pool:step(0.1) end
      local queued = submit("/c", { timeout = 0.2 })
      local started = core.now()
      while not queued:done() do pool:step(5) end
      assert.is_true(core.now() - started < 0.3)
    end)

    it("holds for each host, however many hosts there are", function()
      peer:script{ { reply = { echo = true } } }
      local transfers = {}
      for number = 1, 24 do
        local port = number % 12 == 0 and peer.port or peer:open{ kind = "plain" }
        transfers[number] = assert(pool:submit{
          method = "GET", url = ("http://127.0.0.1:%d/%d"):format(port, number), timeout = 5 })
        if number == 8 then pool:step(0) end
      end
      for number, transfer in ipairs(transfers) do
        assert.equal("/" .. number, calls.finish(pool, transfer):body())
      end
      -- The hosts are done with: others take their places.
      for number = 1, 12 do
        local url = ("http://127.0.0.1:%d/again"):format(peer:open{ kind = "plain" })
        assert.equal("/again", calls.call(pool, { method = "GET", url = url }):body(), "host " .. number)
      end
    end)

    it("forgets the deadline of a transfer that left the queue", function()
      peer:script{ { play = { { recv = "all" }, { hang = true } } } }
      local running = submit("/a", { timeout = 5 })
      submit("/b", { timeout = 5 })
      pool:step(0.01)
      local gone, queued = submit("/c", { timeout = 0.05 }), submit("/d", { timeout = 5 })
      submit("/e", { timeout = 9 })
      gone:cancel()
      local started = core.now()
      while core.now() - started < 0.1 do pool:step(0.05) end
      assert.is_false(queued:done())
      assert.is_false(running:done())
    end)

    it("is refused when it is no number of connections", function()
      for _, bad in ipairs{ 0, -1, 5000, "2", true } do
        assert.is_false((pcall(core.pool, { max_connections = bad })))
      end
      assert.is_false((pcall(core.pool, 5)))
    end)
  end)

  describe("cancel", function()
    it("ends a running transfer, which then counts as maybe sent, and closes its connection", function()
      peer:script{ slow(5) }
      local transfer = submit("/x")
      local seen = peer:wait_for(function(report)
        pool:step(0.01)
        return report.connections[1] and report.connections[1].bytes > 0
      end)
      assert.equal(1, #seen.connections)
      pool:step(0.05)
      transfer:cancel()
      assert.is_true(transfer:done())
      assert.equal(0, pool:in_flight())
      local _, code, _, sent = transfer:result()
      assert.equal("cancelled", code)
      assert.is_true(sent)
      local _, closed = peer:wait_for(function(report) return report.open <= 1 end)
      assert.is_true(closed)
    end)

    it("knows that nothing was sent of a transfer no step has touched", function()
      local transfer = submit("/x")
      transfer:cancel()
      transfer:cancel()
      assert.equal(transfer, pool:next_done())
      local _, code, _, sent = transfer:result()
      assert.equal("cancelled", code)
      assert.is_false(sent)
    end)

    it("leaves a finished transfer as it is", function()
      peer:script{ { reply = {} } }
      local transfer = calls.finish(pool, submit("/x"))
      transfer:cancel()
      assert.equal(200, (transfer:result()))
      transfer:cancel()
      assert.equal(200, (transfer:result()))
    end)
  end)

  describe("close", function()
    it("ends what is in flight and refuses what comes after", function()
      peer:script{ slow(5) }
      local running = submit("/x")
      pool:step(0.01)
      local queued = submit("/y")
      pool:close()
      pool:close()
      assert.equal("cancelled", select(2, running:result()))
      assert.equal("cancelled", select(2, queued:result()))
      assert.equal(0, pool:step(1))
      assert.equal(0, pool:in_flight())
      assert.is_nil(pool:timeout())
      assert.is_nil(pool:next_done())
      local transfer, code, message = pool:submit{ method = "GET", url = peer.url }
      assert.is_nil(transfer)
      assert.equal("closed", code)
      assert.is_string(message)
    end)

    it("leaves what is finished to be fetched", function()
      peer:script{ { reply = { body = "ok" } } }
      local transfer = calls.finish(pool, submit("/x"))
      pool:close()
      assert.equal(transfer, pool:next_done())
      assert.equal(200, (transfer:result()))
      assert.equal("ok", transfer:body())
    end)
  end)

  it("begins hundreds of transfers in more than one step", function()
    peer:script{ { reply = { echo = true } } }
    local wide, transfers = core.pool{ max_connections = 200 }, {}
    for number = 1, 150 do
      transfers[number] = assert(wide:submit{ method = "GET", url = ("%s/%d"):format(peer.url, number), timeout = 9 })
    end
    wide:step(0)
    assert.equal(0, wide:timeout(), "more are to begin")
    for number, transfer in ipairs(transfers) do
      assert.equal("/" .. number, calls.finish(wide, transfer):body())
    end
    wide:step(0)
    assert.equal(0, wide:timeout(), "results wait")
    wide:close()
  end)

  it("takes options that say nothing", function()
    peer:script{ { reply = {} } }
    local other = core.pool{}
    assert.equal(200, (calls.call(other, { method = "GET", url = peer.url }):result()))
    other:close()
  end)

  it("says what it is when printed, and nothing about the request", function()
    peer:script{ slow(0.05) }
    local transfer = submit("/x?key=secret")
    assert.equal("seam.core.Pool: 1 in flight", tostring(pool))
    assert.equal("seam.core.Transfer: in flight", tostring(transfer))
    calls.finish(pool, transfer)
    assert.equal("seam.core.Transfer: status 200", tostring(transfer))
    transfer:close()
    assert.equal("seam.core.Transfer: closed", tostring(transfer))
    transfer = submit("/x?key=secret")
    transfer:cancel()
    assert.equal("seam.core.Transfer: cancelled", tostring(transfer))
    pool:close()
    assert.equal("seam.core.Pool: closed", tostring(pool))
  end)
end)
