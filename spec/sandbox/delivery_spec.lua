-- SPDX-License-Identifier: MIT
local delivery = require "seam.sandbox.server.delivery"
local loop_of = require "seam.sandbox.server.loop"
local socket = require "socket"

describe("a webhook delivery over HTTP", function()
  local loop, logged, send

  before_each(function()
    logged = {}
    loop = loop_of.new(socket, function(problem) error(problem) end)
    send = delivery.new(socket, loop, function(text) logged[#logged + 1] = text end)
  end)

  -- Sends, steps the loop, lets `peer` act once somebody has connected; answers with what became of it.
  local function outcome(url, listener, reply)
    local result
    send(url, {}, "{}", function(ok) result = ok end)
    local deadline = socket.gettime() + 5
    if listener then listener:settimeout(0) end
    while result == nil and socket.gettime() < deadline do
      loop:step(0.01)
      local peer = listener and listener:accept()
      if peer then
        peer:send(reply)
        peer:settimeout(0.05)
        peer:receive("*a")
        peer:close()
      end
    end
    return result
  end

  local function listen()
    local listener = assert(socket.bind("127.0.0.1", 0))
    local _, port = listener:getsockname()
    return listener, port
  end

  it("counts 2xx as taken, from 127.0.0.1 and localhost", function()
    for reply, taken in pairs({
      ["HTTP/1.1 200 OK\r\n\r\n"] = true, ["HTTP/1.1 299 Hm\r\n\r\n"] = true, ["HTTP/1.1 300 Hm\r\n\r\n"] = false,
      ["HTTP/1.1 500 No\r\n\r\n"] = false, ["hello\r\n"] = false, [""] = false,
    }) do
      for _, host in ipairs({ "127.0.0.1", "localhost", "LOCALHOST" }) do
        local listener, port = listen()
        assert.are.equal(taken, outcome("http://" .. host .. ":" .. port .. "/x", listener, reply), reply)
        listener:close()
      end
    end
  end)

  it("fails where nobody listens", function()
    local listener, port = listen()
    listener:close()
    assert.is_false(outcome("http://127.0.0.1:" .. port .. "/"))
    assert.are.same({}, logged)
  end)

  it("never leaves this machine, and says so once", function()
    for _, url in ipairs({ "http://192.0.2.1/", "https://localhost/", "http://localhost.example.com/",
      "http://localhost@192.0.2.1/", "http://[::1]/", "nonsense" }) do
      logged = {}
      assert.is_false(outcome(url), url)
      assert.is_false(outcome(url), url)
      assert.are.equal(1, #logged, url)
    end
  end)
end)
