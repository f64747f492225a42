-- SPDX-License-Identifier: MIT
-- The server in this process, stepped by hand, with a sandbox that can be made to misbehave.
local sandbox = require "seam.sandbox"
local server_of = require "seam.sandbox.server"
local socket = require "socket"

describe("a sandbox's server, stepped by hand", function()
  local box, server, reported

  before_each(function()
    reported = {}
    box = sandbox.new{ freeze = true }
    server = assert(server_of.new{
      sandbox = box, port = 0, report = function(text) reported[#reported + 1] = text end,
    })
  end)

  after_each(function() server:close() end)

  -- Sends a request and steps the server until its answer has come or it closed.
  local function exchange(text)
    local sock = assert(socket.connect("127.0.0.1", server.port))
    sock:settimeout(0)
    sock:send(text)
    local pieces, deadline = {}, socket.gettime() + 5
    repeat
      server:step(0.01)
      local data, reason, partial = sock:receive(1024 * 1024)
      pieces[#pieces + 1] = data or partial
    until reason == "closed" or socket.gettime() > deadline
    sock:close()
    return table.concat(pieces)
  end

  local GET = "GET /devices/list HTTP/1.1\r\nConnection: close\r\nAuthorization: Bearer seam_test1\r\n\r\n"

  it("answers", function()
    assert.truthy(exchange(GET):find("^HTTP/1.1 200 OK\r\n"))
    assert.are.equal(server.url, box.world.options.base_url)
  end)

  it("says in one answer and one line that the sandbox has a defect, and goes on", function()
    local handle = box.handle
    box.handle = function() error("boom") end
    local said = exchange(GET)
    assert.truthy(said:find("^HTTP/1.1 500 "), said)
    assert.truthy(said:find('"type":"internal_server_error"', 1, true))
    assert.are.equal(1, #reported)
    assert.truthy(reported[1]:find("boom", 1, true))
    box.handle = handle
    assert.truthy(exchange(GET):find("^HTTP/1.1 200 OK\r\n"))
  end)

  it("closes without an answer where the answer is lost, and the request has taken effect", function()
    box:fault{ kind = "lost_answer", times = 1 }
    local body = '{"customer_key":"c"}'
    assert.are.equal("", exchange("POST /connect_webviews/create HTTP/1.1\r\nAuthorization: Bearer seam_test1\r\n"
      .. "Content-Type: application/json\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body))
    assert.are.equal(1, #box.world.webviews.list)
  end)

  it("takes its time where the answer is delayed, and serves others meanwhile", function()
    box:fault{ kind = "delayed_answer", seconds = 0.4, times = 1 }
    local slow = assert(socket.connect("127.0.0.1", server.port))
    slow:send(GET)
    local began = socket.gettime()
    for _ = 1, 5 do server:step(0.01) end
    assert.truthy(exchange(GET):find("200 OK", 1, true))
    assert.is_true(socket.gettime() - began < 0.4)
    slow:settimeout(0)
    local line
    repeat
      server:step(0.01)
      line = slow:receive("*l")
    until line or socket.gettime() > began + 5
    assert.are.equal("HTTP/1.1 200 OK", line)
    assert.is_true(socket.gettime() - began >= 0.4)
    slow:close()
  end)

  it("sends an answer that the socket takes in pieces only", function()
    box:fault{ kind = "html", body = ("x"):rep(8 * 1024 * 1024), times = 1 }
    assert.is_true(#exchange(GET) > 8 * 1024 * 1024)
  end)
end)
