-- SPDX-License-Identifier: MIT
-- What one request puts on the wire, what its answer becomes, and how it fails.
local calls = require "support.core_calls"
local core = require "seam.core"
local http_peer = require "support.http_peer"

local call, failure = calls.call, calls.failure

describe("a transfer", function()
  local peer, pool

  setup(function() peer = http_peer.start() end)
  teardown(function() peer:stop() end)
  before_each(function() pool = core.pool() end)
  after_each(function() pool:close() end)

  --- A request to the peer; `fields` override.
  local function request(fields)
    local out = { method = "POST", url = peer.url .. "/x", headers = {}, body = "{}" }
    for name, value in pairs(fields or {}) do out[name] = value end
    if out.method == "GET" then out.body = nil end
    return out
  end

  --- The script answers every request with these bytes and closes.
  local function answer(bytes)
    peer:script{ { play = { { recv = "all" }, { send = bytes }, { fin = true } } } }
  end

  describe("on the wire", function()
    it("sends exactly the request it was given and the few lines that are the core's", function()
      peer:script{ { reply = {} } }
      call(pool, request{
        url = peer.url .. "/locks/get?a=1",
        headers = { "Authorization: Bearer seam_key", "Content-Type: application/json" },
        body = '{"device_id":"1"}',
      })
      local sent = peer:report().requests[1].raw
      assert.equal("POST /locks/get?a=1 HTTP/1.1\r\nHost: 127.0.0.1:" .. peer.port ..
        "\r\nAccept: */*\r\nAccept-Encoding: gzip\r\nAuthorization: Bearer seam_key\r\n" ..
        "Content-Type: application/json\r\nContent-Length: 17\r\n\r\n" .. '{"device_id":"1"}', sent)
    end)

    for _, method in ipairs{ "GET", "POST", "PUT", "PATCH", "DELETE" } do
      it("carries the method " .. method, function()
        peer:script{ { reply = {} } }
        call(pool, request{ method = method })
        local got = peer:report().requests[1]
        assert.equal(method, got.method)
        assert.equal(method == "GET" and "" or "{}", got.body)
      end)
    end

    it("forgets method and body of the request before on a reused handle", function()
      peer:script{ { reply = {} } }
      call(pool, request{ method = "PATCH", body = "[1]", headers = { "X-Once: 1" } })
      call(pool, request{ method = "GET" })
      call(pool, request{ method = "POST", body = "[2]" })
      call(pool, request{ method = "DELETE", body = "[3]" })
      local got = peer:report().requests
      assert.same({ "PATCH", "GET", "POST", "DELETE" },
        { got[1].method, got[2].method, got[3].method, got[4].method })
      assert.same({ "[1]", "", "[2]", "[3]" }, { got[1].body, got[2].body, got[3].body, got[4].body })
      assert.is_nil(got[2].headers["x-once"])
    end)

    it("uses one connection for calls that follow each other", function()
      peer:script{ { reply = {} } }
      for _ = 1, 5 do call(pool, request()) end
      local report = peer:report()
      assert.equal(1, #report.connections)
      assert.equal(5, report.complete)
    end)

    it("opens a connection of its own where fresh_connection asks for it", function()
      peer:script{ { reply = {} } }
      call(pool, request())
      call(pool, request{ fresh_connection = true })
      assert.equal(2, #peer:report().connections)
    end)

    it("opens one, too, for a write without a body, which could not refuse to be resent", function()
      peer:script{ { reply = {} } }
      call(pool, request())
      local bare = request{ method = "DELETE" }
      bare.body = nil
      call(pool, bare)
      assert.equal(2, #peer:report().connections)
    end)

    it("keeps the part of the URL that is the caller's own to itself", function()
      peer:script{ { reply = { echo = true } } }
      assert.equal("/x?a=1", call(pool, request{ url = peer.url .. "/x?a=1#part" }):body())
      assert.equal("/?a=1", call(pool, request{ url = peer.url .. "?a=1" }):body())
    end)

    it("sends a body of a megabyte whole", function()
      peer:script{ { reply = {} } }
      local body = ("0123456789abcdef"):rep(65536)
      call(pool, request{ body = body })
      assert.equal(body, peer:report().requests[1].body)
    end)
  end)

  describe("with an answer", function()
    it("gives only the headers that were asked for by name", function()
      peer:script{ { reply = { headers = { "X-One: a", "X-Two: b", "x-two: c" } } } }
      local transfer = call(pool, request())
      local _, headers = transfer:result { ["x-two"] = true, ["x-none"] = true }
      assert.same({ ["x-two"] = "b, c" }, headers)
      assert.equal("a", (select(2, transfer:result()))["x-one"])
      assert.is_false((pcall(transfer.result, transfer, "x-two")))
    end)

    it("gives the status and the headers by lower-case name, repeated ones joined", function()
      peer:script{ { reply = { status = 404, headers = { "X-One:  a b ", "x-two: 1", "X-TWO: 2" } } } }
      local status, headers = call(pool, request()):result()
      assert.equal(404, status)
      assert.equal("a b", headers["x-one"])
      assert.equal("1, 2", headers["x-two"])
      assert.equal("0", headers["content-length"])
    end)

    it("gives a whole number as status", function()
      peer:script{ { reply = {} } }
      assert.equal("200", tostring((call(pool, request()):result())))
    end)

    it("drops the head of an interim answer", function()
      answer("HTTP/1.1 103 Early\r\nX-Early: 1\r\nContent-Length: 7\r\n\r\n" ..
        "HTTP/1.1 200 OK\r\nX-Late: 1\r\nContent-Length: 2\r\n\r\nok")
      local transfer = call(pool, request())
      local status, headers = transfer:result()
      assert.equal(200, status)
      assert.is_nil(headers["x-early"])
      assert.equal("1", headers["x-late"])
      assert.equal("ok", transfer:body())
    end)

    it("gives a header that holds a bare carriage return as one line", function()
      peer:script{ { reply = { status = 200, headers = { "X-One: a\rX-Two: b" } } } }
      local _, headers = call(pool, request()):result()
      assert.equal("a X-Two: b", headers["x-one"])
    end)

    it("survives a first header that is folded, as if it went on with the last answer's", function()
      local folded = { { recv = "all" }, { send = "HTTP/1.1 200 OK\r\n x: y\r\nContent-Length: 2\r\n\r\n{}" } }
      peer:script{ { match = { nth_of_path = 1 }, reply = { headers = { "X-One: a" } } }, { play = folded } }
      assert.equal(200, (call(pool, request()):result()))
      for _ = 1, 20 do
        local status, code = call(pool, request()):result()
        assert.is_true(status == 200 or code == "invalid_response", "got " .. tostring(code))
      end
    end)

    it("keeps trailers out of the headers", function()
      answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Trailer: 1\r\n\r\n")
      local transfer = call(pool, request())
      local _, headers = transfer:result()
      assert.equal("ok", transfer:body())
      assert.is_nil(headers["x-trailer"])
    end)

    it("gives the body, or as much of its beginning as is asked for", function()
      peer:script{ { reply = { body = "hello\0world" } } }
      local transfer = call(pool, request())
      assert.equal("hello\0world", transfer:body())
      assert.equal("hel", transfer:body(3))
      assert.equal("", transfer:body(0))
      assert.equal("hello\0world", transfer:body(1000))
    end)

    it("decodes the body as JSON without a string in between", function()
      peer:script{ { reply = { body = '{"locks":[{"id":6}]}' } }  }
      assert.same({ locks = { { id = 6 } } }, call(pool, request()):decode())
    end)

    it("decodes as deep as the caller says, within reason", function()
      peer:script{ { reply = { body = "[[1]" .. "]" } } }
      local transfer = call(pool, request())
      assert.same({ { 1 } }, transfer:decode(2))
      assert.is_nil((transfer:decode(1)))
      for _, depth in ipairs{ 0, 257, 0 / 0, "deep" } do
        assert.is_false((pcall(transfer.decode, transfer, depth)), "a depth of " .. tostring(depth))
      end
    end)

    it("puts the pieces of a chunked body together", function()
      peer:script{ { reply = { chunked = { "ab", "cd", "e" } } } }
      assert.equal("abcde", call(pool, request()):body())
    end)

    it("never follows a redirect", function()
      for _, status in ipairs{ 301, 302, 303, 307, 308 } do
        peer:script{ { reply = { status = status, headers = { Location = peer.url .. "/other" } } } }
        assert.equal(status, (call(pool, request()):result()))
        assert.equal(1, peer:report().complete)
      end
    end)
  end)

  describe("that fails", function()
    it("says connect, and that nothing was sent, where nobody listens", function()
      local code, message, sent =
        failure(pool, request{ url = ("http://127.0.0.1:%d/"):format(http_peer.closed_port()) })
      assert.equal("connect", code)
      assert.is_string(message)
      assert.is_false(sent)
    end)

    it("says dns, and that nothing was sent, for a name that does not exist", function()
      local code, _, sent = failure(pool, request{ url = "http://no-such-host.invalid/", timeout = 8 })
      assert.equal("dns", code)
      assert.is_false(sent)
    end)

    it("says tls, and that nothing was sent, where no TLS is spoken", function()
      peer:script{ { at = "connect", play = { { send = "HTTP/1.1 400 Bad\r\n\r\n" }, { fin = true } } } }
      local code, _, sent = failure(pool, request{ url = "https://127.0.0.1:" .. peer.port .. "/" })
      assert.equal("tls", code)
      assert.is_false(sent)
    end)

    for _, ending in ipairs{ "fin", "rst" } do
      it("says closed, and that nothing was sent, when a handshake is cut by " .. ending, function()
        peer:script{ { at = "connect", play = { { recv = 1 }, { [ending] = true } } } }
        local code, _, sent = failure(pool, request{ url = "https://127.0.0.1:" .. peer.port .. "/" })
        assert.equal("closed", code)
        assert.is_false(sent)
      end)
    end

    it("says connect when a proxy refuses the tunnel", function()
      answer("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
      local code, _, sent = failure(pool, request{ url = "https://127.0.0.1:9/", proxy = peer.url })
      assert.equal("connect", code)
      assert.equal("CONNECT", peer:report().requests[1].method)
      assert.is_true(sent) -- something was, and the core does not tell what it told the proxy
    end)

    it("says connect when a proxy of TLS is not there", function()
      local proxy = ("https://127.0.0.1:%d"):format(http_peer.closed_port())
      local code, _, sent = failure(pool, request{ proxy = proxy })
      assert.equal("connect", code)
      assert.is_false(sent)
    end)

    it("says timeout, and that nothing was sent, when a handshake hangs", function()
      peer:script{ { at = "connect", play = { { hang = true } } } }
      local started = core.now()
      local code, _, sent = failure(pool, request{
        url = "https://127.0.0.1:" .. peer.port .. "/", connect_timeout = 0.2 })
      assert.equal("timeout", code)
      assert.is_false(sent)
      assert.is_true(core.now() - started < 0.3)
    end)

    local stalls = {
      { "before the answer", { { recv = "all" }, { hang = true } } },
      { "in the status line", { { recv = "all" }, { send = "HTTP/1.1 2" }, { hang = true } } },
      { "between head and body",
        { { recv = "all" }, { send = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" }, { hang = true } } },
      { "in a dripping body", { { recv = "all" },
        { send = "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" },
        { drip = { bytes = ("x"):rep(900), every = 0.02 } } } },
    }
    for _, stall in ipairs(stalls) do
      it("says timeout at its deadline for a stall " .. stall[1], function()
        peer:script{ { play = stall[2] } }
        local started = core.now()
        local code, _, sent = failure(pool, request{ timeout = 0.2 })
        local took = core.now() - started
        assert.equal("timeout", code)
        assert.is_true(sent)
        assert.is_true(took > 0.19 and took < 0.3, ("took %.3f s instead of 0.2"):format(took))
      end)
    end

    it("counts a deadline that has passed already as a timeout before anything was sent", function()
      peer:script{ { reply = {} } }
      for _, timeout in ipairs{ 0, -1, 0.0000001 } do
        local code, _, sent = failure(pool, request{ timeout = timeout })
        assert.equal("timeout", code)
        assert.is_false(sent)
      end
      assert.equal(0, #peer:report().requests)
    end)

    local bad_answers = {
      closed = {
        { "nothing at all", "" },
        { "half a head", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" },
        { "a switch of protocols nobody asked for", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n" },
        { "a body cut short", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf" },
        { "chunks cut short", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab" },
        { "chunks without an end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n" },
      },
      invalid_response = {
        { "two different lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc" },
        { "a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nab" },
        { "a length that is no number", "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nab" },
        { "a length beside chunks",
          "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n" },
        { "a bad chunk size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n" },
        { "HTTP/0.9", "hello there, this is not HTTP at all\r\n" },
        { "another protocol", "SSH-2.0-OpenSSH_9.2\r\n\r\n" },
        { "a status beyond the numbers", "HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n" },
        { "a body that is not the gzip it says",
          "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd" },
        { "an encoding nobody asked for",
          "HTTP/1.1 200 OK\r\nContent-Encoding: sdch\r\nContent-Length: 4\r\n\r\nabcd" },
      },
      too_large = {
        { "a length of 20 digits", "HTTP/1.1 200 OK\r\nContent-Length: 11111111111111111111\r\n\r\nab" },
        { "a header line of 400 KB", "HTTP/1.1 200 OK\r\nX: " .. ("a"):rep(400000) .. "\r\n\r\n" },
        { "headers without end",
          "HTTP/1.1 200 OK\r\n" .. ("X: " .. ("a"):rep(900) .. "\r\n"):rep(400) .. "\r\n" },
        { "two thousand headers", "HTTP/1.1 200 OK\r\n" .. ("X: a\r\n"):rep(2000) .. "\r\n" },
        { "interim answers without end", ("HTTP/1.1 103 Early\r\nX: aaaa\r\n\r\n"):rep(12000) },
        { "trailers without end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n" ..
          ("X: " .. ("a"):rep(900) .. "\r\n"):rep(500) .. "\r\n" },
      },
    }
    for code, answers in pairs(bad_answers) do
      for _, case in ipairs(answers) do
        it(("says %s for %s"):format(code, case[1]), function()
          answer(case[2])
          local got, message, sent = failure(pool, request())
          assert.equal(code, got)
          assert.is_true(sent)
          assert.is_true(#message > 0)
        end)
      end
    end

    it("leaves the pool fit for the next call", function()
      for _, answers in pairs(bad_answers) do
        for _, case in ipairs(answers) do
          answer(case[2])
          failure(pool, request())
        end
      end
      peer:script{ { reply = { body = "ok" } } }
      assert.equal("ok", call(pool, request()):body())
    end)

    it("gives no body and no headers of a broken answer", function()
      answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
      local transfer = call(pool, request())
      assert.equal("", transfer:body())
      local value, reason = transfer:decode()
      assert.is_nil(value)
      assert.is_string(reason)
    end)
  end)

  describe("with a cap on the body", function()
    it("takes a body of exactly max_body bytes", function()
      peer:script{ { reply = { body = ("x"):rep(100) } } }
      assert.equal(100, #call(pool, request{ max_body = 100 }):body())
    end)

    it("says too_large for one byte more, announced or not", function()
      for _, reply in ipairs{ { body = ("x"):rep(101) }, { body = ("x"):rep(101), chunked = true } } do
        peer:script{ { reply = reply } }
        assert.equal("too_large", (failure(pool, request{ max_body = 100 })))
      end
    end)

    it("counts the bytes after decompression", function()
      local pipe = assert(io.popen("head -c 4000000 /dev/zero | gzip -c"))
      local bomb = pipe:read("*a")
      pipe:close()
      assert.is_true(#bomb > 100 and #bomb < 20000)
      peer:script{ { reply = { body = bomb, headers = { ["Content-Encoding"] = "gzip" } } } }
      assert.equal("too_large", (failure(pool, request{ max_body = 1000000 })))
      assert.equal(4000000, #call(pool, request{ max_body = 4000000 }):body())
    end)
  end)
end)
