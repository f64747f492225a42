-- SPDX-License-Identifier: MIT
-- Over HTTP/2 requests share connections and nothing else.
local calls = require "support.core_calls"
local core = require "seam.core"
local h2_peer = require "support.h2_peer"

local MOST_CONNECTIONS = 4

describe("HTTP/2", function()
  local missing = h2_peer.missing()
  if missing then
    pending(missing)
    return
  end

  local peer, pool

  setup(function() peer = h2_peer.start() end)
  teardown(function() peer:stop() end)
  before_each(function() pool = core.pool() end)
  after_each(function() pool:close() end)

  --- A request to the peer; `fields` override.
  local function request(fields)
    local out = { method = "POST", url = peer.url .. "/x", ca_file = peer.ca_file, body = "{}", timeout = 5 }
    for name, value in pairs(fields or {}) do out[name] = value end
    if out.method == "GET" or out.body == false then out.body = nil end
    return out
  end

  local function submit(fields) return assert(pool:submit(request(fields))) end

  local function call(fields) return calls.call(pool, request(fields)) end

  local function step_until(predicate)
    local deadline = core.now() + 5
    while not predicate() do
      assert(core.now() < deadline, "what was waited for did not come within 5 s")
      pool:step(0.01)
    end
  end

  local function opened(count)
    return function() return peer:report().opened >= count end
  end

  --- Submits that many at once, each with a body of its own, and sees that each gets its own back.
  local function echo_many(count, padding)
    local transfers, bodies = {}, {}
    for i = 1, count do
      bodies[i] = ('{"n":%d,"pad":"%s"}'):format(i, padding or "")
      transfers[i] = submit{ body = bodies[i] }
    end
    for i = 1, count do
      local status, code, message = calls.finish(pool, transfers[i]):result()
      assert.equal(200, status, ("request %d: %s, %s"):format(i, tostring(code), tostring(message)))
      assert.is_true(bodies[i] == transfers[i]:body(), "request " .. i .. " got an answer that is not its own")
    end
    return peer:report()
  end

  describe("is spoken", function()
    before_each(function() peer:script{ { answer = { echo = true } } } end)

    local servers = {
      { "where it is offered", "url", "h2" },
      { "not where only HTTP/1.1 is offered", "http1_url", "http/1.1" },
      { "not where nothing is offered", "plain_url", "none" },
    }
    for _, server in ipairs(servers) do
      it(server[1], function()
        local transfer = call{ url = peer[server[2]] .. "/x", body = '{"a":1}' }
        assert.equal(200, (transfer:result()))
        assert.equal('{"a":1}', transfer:body())
        assert.equal(server[3], peer:report().connections[1].alpn)
      end)
    end

    it("with every method, with a body and without", function()
      for _, method in ipairs{ "GET", "POST", "PUT", "PATCH", "DELETE" } do
        local transfer = call{ method = method, body = '{"a":1}' }
        assert.equal(200, (transfer:result()), method)
        assert.equal(method == "GET" and "" or '{"a":1}', transfer:body(), method)
      end
      assert.equal(200, (call{ method = "DELETE", body = false }:result()))
    end)

    it("with a body of a megabyte, in as much room as the server gives", function()
      local body = ("0123456789abcdef"):rep(65536)
      local transfer = call{ body = body }
      assert.equal(200, (transfer:result()))
      assert.is_true(body == transfer:body(), "the body did not come back as it was sent")
    end)
  end)

  describe("shares", function()
    it("one connection among calls that follow each other", function()
      peer:script{ { answer = { echo = true } } }
      for _ = 1, 5 do call() end
      assert.equal(1, #peer:report().connections)
    end)

    it("few connections among many at once, and every answer reaches its request", function()
      peer:script{
        { match = { nth = 3 }, play = { { wait = 0.05 }, { answer = { echo = true } } } },
        { match = { nth = 50 }, play = { { wait = 0.02 }, { answer = { echo = true } } } },
        { answer = { echo = true } },
      }
      local report = echo_many(200, ("x"):rep(100))
      assert.equal(200, report.complete)
      assert.is_true(#report.connections <= MOST_CONNECTIONS,
        ("expected at most %d connections, there were %d"):format(MOST_CONNECTIONS, #report.connections))
    end)

    it("a connection without leaving behind what came with another's answer", function()
      for _, count in ipairs{ 2, 60 } do
        for _ = 1, 4 do
          peer:script({ { answer = { echo = true, together = count } } },
            { room = 1e9, settings = { INITIAL_WINDOW_SIZE = 1e6 } })
          local before = core.now()
          echo_many(count, ("x"):rep(20000))
          assert.is_true(core.now() - before < 2, "answers that were there already were waited for")
        end
        pool:close()
        pool = core.pool()
      end
    end)

    it("no more connections where the server lets few streams run at once", function()
      local settings = { MAX_CONCURRENT_STREAMS = 2 }
      peer:script({ { answer = { echo = true } } }, { settings = settings })
      call() -- the limits of a server are known once it has answered
      peer:script({ { play = { { wait = 0.01 }, { answer = { echo = true } } } } }, { settings = settings })
      local report = echo_many(30)
      assert.equal(30, report.complete)
      assert.is_true(#report.connections <= MOST_CONNECTIONS,
        ("expected at most %d connections, there were %d"):format(MOST_CONNECTIONS, #report.connections))
    end)

    it("a connection that the server leaves in good order with nobody's answer", function()
      peer:script{
        { match = { nth = 1 },
          play = { { goaway = { last = "this" } }, { answer = { echo = true } }, { fin = true } } },
        { answer = { echo = true } },
      }
      assert.equal(200, (call{ body = "[1]" }:result()))
      peer:wait_for(function(report) return report.connections[1].ended ~= nil end)
      local transfer = call{ body = "[2]" }
      assert.equal(200, (transfer:result()))
      assert.equal("[2]", transfer:body())
      assert.equal(2, peer:report().opened)
    end)
  end)

  describe("answers", function()
    it("with a status and headers by lower-case name, repeated ones joined", function()
      peer:script{ { answer = { status = 404, body = "no",
        headers = { { "x-one", " a b " }, { "x-two", "1" }, { "x-two", "2" } } } } }
      local transfer = call()
      local status, headers = transfer:result()
      assert.equal(404, status)
      assert.equal("a b", headers["x-one"])
      assert.equal("1, 2", headers["x-two"])
      assert.equal("no", transfer:body())
    end)

    it("drop interim heads and keep trailers out of the headers", function()
      peer:script{ { play = {
        { head = { status = 103, headers = { ["x-early"] = "1" } } },
        { head = { headers = { ["x-late"] = "1" } } }, { data = "o" }, { data = "k" },
        { trailers = { ["x-trailer"] = "1" } },
      } } }
      local transfer = call()
      local status, headers = transfer:result()
      assert.equal(200, status)
      assert.equal("1", headers["x-late"])
      assert.is_nil(headers["x-early"])
      assert.is_nil(headers["x-trailer"])
      assert.equal("ok", transfer:body())
    end)

    it("come before the request's body was read, too", function()
      peer:script({ { at = "headers", play = { { answer = { status = 413 } }, { rst_stream = "NO_ERROR" } } } },
        { settings = { INITIAL_WINDOW_SIZE = 10 } })
      assert.equal(413, (call{ body = ("x"):rep(1000) }:result()))
    end)

    it("may be too large for the caller, who hears so and no other", function()
      peer:script{
        { match = { nth = 1 }, play = { { wait = 0.05 }, { answer = { body = "other" } } } },
        { answer = { body = ("x"):rep(2000) } },
      }
      local other = submit()
      step_until(opened(1))
      local code = calls.failure(pool, request{ max_body = 1000 })
      assert.equal("too_large", code)
      assert.equal(200, (calls.finish(pool, other):result()))
      assert.equal("other", other:body())
      assert.equal(1, #peer:report().connections)
    end)

    it("may have a head larger than libcurl's buffer", function()
      peer:script{ { answer = { headers = { ["x-long"] = ("x"):rep(40000) } } } }
      local _, headers = call():result()
      assert.equal(40000, #headers["x-long"])
    end)

    it("may have more headers than anybody sends", function()
      local many = {}
      for i = 1, 1200 do many[i] = { "x-" .. i, "1" } end
      peer:script{ { match = { nth = 1 }, answer = { headers = many } }, { answer = {} } }
      local code, _, sent = calls.failure(pool, request())
      assert.equal("too_large", code)
      assert.is_true(sent)
      assert.equal(200, (call():result()))
    end)

    it("may have a head larger than HTTP/2's own limit, which ends the connection", function()
      peer:script{ { match = { nth = 1 }, answer = { headers = { ["x-long"] = ("x"):rep(400000) } } }, { answer = {} } }
      assert.equal("closed", (calls.failure(pool, request())))
      assert.equal(200, (call():result()))
      assert.equal(2, peer:report().opened)
    end)
  end)

  describe("lets one call end without the others:", function()
    --- A call that waits and one beside it on the same connection; `ending` ends the first.
    local function beside(ending, fields)
      peer:script{
        { match = { nth = 1 }, play = { { head = {} }, { data = "half" }, { silence = true } } },
        { match = { nth = 2 }, play = { { wait = 0.15 }, { answer = { body = "other" } } } },
        { answer = { body = "next" } },
      }
      local first = submit(fields)
      step_until(opened(1))
      local other = submit()
      step_until(opened(2))
      ending(first)
      assert.equal(200, (calls.finish(pool, other):result()))
      assert.equal("other", other:body())
      assert.equal("next", call():body())
      local report = peer:report()
      assert.equal(1, #report.connections)
      assert.is_number(report.streams[1].reset)
      return first
    end

    it("one that is cancelled", function()
      local first = beside(function(transfer) transfer:cancel() end)
      assert.equal("cancelled", (select(2, first:result())))
    end)

    it("one that is closed", function()
      beside(function(transfer) transfer:close() end)
    end)

    it("one whose deadline passes", function()
      local first = beside(function(transfer) calls.finish(pool, transfer) end, { timeout = 0.1 })
      local status, code, _, sent = first:result()
      assert.is_nil(status)
      assert.equal("timeout", code)
      assert.is_true(sent)
    end)

    it("one that the server resets", function()
      peer:script{
        { match = { nth = 1 }, play = { { wait = 0.1 }, { answer = { body = "other" } } } },
        { play = { { rst_stream = "INTERNAL_ERROR" } } },
      }
      local other = submit()
      step_until(opened(1))
      assert.equal("closed", (calls.failure(pool, request())))
      assert.equal("other", calls.finish(pool, other):body())
      assert.equal(1, #peer:report().connections)
    end)
  end)

  it("does not send a write without a body again when others share the connection that it opened", function()
    for _, ending in ipairs{ "fin", "rst" } do
      peer:script{
        { match = { nth = 1 }, play = { { wait = 0.1 }, { [ending] = true } } },
        { match = { nth = 2 }, play = { { silence = true } } },
        { answer = {} },
      }
      local write = submit{ method = "DELETE", body = false }
      step_until(opened(1))
      local other = submit{ method = "GET" }
      local status, code, _, sent = calls.finish(pool, write):result()
      assert.is_nil(status, "the write was sent again")
      assert.equal("closed", code)
      assert.is_true(sent)
      calls.finish(pool, other)
      assert.equal(2, peer:report().opened)
    end
  end)
end)
