-- SPDX-License-Identifier: MIT
-- Row 5 of the bar, seen by the server: one in trouble is hardly asked more because of it. Only the
-- pauses are left out; connections and requests are real.
local curl_transport = require "seam.transport.curl"
local http_peer = require "support.http_peer"
local seam = require "seam.safe"

local READS = 1000
local MOST = READS + 500 / 5 + 1

describe("row 5: a dead server", function()
  local peer, transport, pauses, client

  setup(function() peer = http_peer.start() end)
  teardown(function() peer:stop() end)

  before_each(function()
    pauses = 0
    local real = curl_transport.new{}
    transport = {
      perform = function(_, request, seconds) return real:perform(request, seconds) end,
      sleep = function() pauses = pauses + 1 end,
      now = function() return real:now() end,
      close = function() real:close() end,
    }
    client = seam.new{ api_key = "seam_dead_server_01", endpoint = peer.url, transport = transport }
  end)
  after_each(function()
    client:close()
    transport:close()
  end)

  local function read_all()
    for _ = 1, READS do assert.is_nil((client.locks.list())) end
  end

  it("that hangs up on every request gets 1,101 of them at most for 1,000 reads", function()
    peer:script{ { play = { { recv = "all" }, { fin = true } } } }
    read_all()
    local report = peer:report()
    assert.equal(READS + pauses, report.complete)
    assert.is_true(report.complete > READS and report.complete <= MOST, "requests: " .. report.complete)
  end)

  it("that answers 503 to every request gets 1,101 of them at most for 1,000 reads", function()
    peer:script{ { reply = { status = 503, body = "busy" } } }
    read_all()
    local report = peer:report()
    assert.is_true(report.complete > READS and report.complete <= MOST, "requests: " .. report.complete)
  end)

  it("that resets every connection gets 1,101 of them at most for 1,000 writes", function()
    peer:script{ { at = "connect", play = { { rst = true } } } }
    for _ = 1, READS do assert.is_nil((client.locks.unlock_door("lock"))) end
    local connections = #peer:report().connections
    assert.is_true(connections >= READS and connections <= MOST, "connections: " .. connections)
  end)

  it("is asked once for each write that it has read", function()
    peer:script{ { play = { { recv = "all" }, { rst = true } } } }
    for _ = 1, 100 do assert.is_nil((client.locks.unlock_door("lock"))) end
    assert.equal(100, peer:report().complete)
    assert.equal(0, pauses)
  end)
end)
