-- SPDX-License-Identifier: MIT
-- A write travels once: whatever happens to its connection, the server sees at most one copy.
local calls = require "support.core_calls"
local core = require "seam.core"
local http_peer = require "support.http_peer"
local planted_core = require "support.planted_core"

local FULL = '{"device_id":"11111111-2222-3333-4444-555555555555","sync":true}'

local points = {
  { "after its head", {} },
  { "after half of the request's body", { { recv = "half" } } },
  { "after all of the request", { { recv = "all" } } },
  { "after 1 byte of the answer", { { recv = "all" }, { send = "H" } } },
  { "after half a status line", { { recv = "all" }, { send = "HTTP/1.1 2" } } },
  { "after the status line", { { recv = "all" }, { send = "HTTP/1.1 200 OK\r\n" } } },
  { "after an interim answer", { { recv = "all" }, { send = "HTTP/1.1 102 Wait\r\n\r\n" } } },
  { "after half of the answer's body",
    { { recv = "all" }, { send = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf" } } },
}

describe("a write", function()
  local peer, pool

  setup(function() peer = http_peer.start() end)
  teardown(function() peer:stop() end)
  before_each(function() pool = core.pool() end)
  after_each(function() pool:close() end)

  local function play_of(point, ending)
    local play = {}
    for _, step in ipairs(point[2]) do play[#play + 1] = step end
    play[#play + 1] = { [ending] = true }
    return play
  end

  --- How often the head of a request to `path` came, whole or not, answered or not.
  local function heads_of(path)
    local count = 0
    for _, conn in ipairs(peer:report().connections) do
      count = count + select(2, conn.raw:gsub(path .. " HTTP", ""))
    end
    return count
  end

  --- One call that may warm the connection up, then the one that fails; how often did it arrive?
  local function copies(point, ending, reused, fields)
    peer:script{
      { match = { path = "/warm" }, reply = {} },
      { match = { path = "/write" }, play = play_of(point, ending), times = 1 },
      { match = { path = "/write" }, reply = {} },
    }
    if reused then calls.call(pool, { method = "GET", url = peer.url .. "/warm" }) end
    local request = { method = "POST", url = peer.url .. "/write", body = FULL }
    for name, value in pairs(fields) do request[name] = value end
    if fields.body == false then request.body = nil end
    local transfer = calls.call(pool, request)
    return heads_of("/write"), transfer
  end

  local kinds = {
    { "POST", { method = "POST" } },
    { "POST of {}", { method = "POST", body = "{}" } },
    { "PATCH", { method = "PATCH" } },
    { "DELETE with a body", { method = "DELETE" } },
    { "DELETE without a body", { method = "DELETE", body = false } },
  }

  for _, kind in ipairs(kinds) do
    it("is seen once as " .. kind[1] .. ", and reported as maybe sent, at every point of failure", function()
      for _, point in ipairs(points) do
        for _, ending in ipairs{ "fin", "rst" } do
          for _, reused in ipairs{ false, true } do
            local where = ("%s, %s, %s connection"):format(point[1], ending, reused and "reused" or "new")
            local seen, transfer = copies(point, ending, reused, kind[2])
            assert.equal(1, seen, where .. ": copies at the server")
            local status, code, _, sent = transfer:result()
            assert.is_nil(status, where .. ": must fail")
            assert.equal("closed", code, where)
            assert.is_true(sent, where .. ": sent")
          end
        end
      end
    end)
  end

  for _, ending in ipairs{ "fin", "rst" } do
    it("is seen once when a reused connection ends after its first byte, by " .. ending, function()
      peer:script{
        { match = { path = "/warm" },
          play = { { recv = "all" }, { reply = {} }, { recv_next = 1 }, { [ending] = true } } },
        { match = { path = "/write" }, reply = {} },
      }
      calls.call(pool, { method = "GET", url = peer.url .. "/warm" })
      local code, _, sent = calls.failure(pool,
        { method = "POST", url = peer.url .. "/write", body = FULL })
      assert.equal(1, heads_of("/write"))
      assert.equal("closed", code)
      assert.is_true(sent)
    end)
  end

  it("is seen once for a GET too: who counts attempts must count them all", function()
    for _, ending in ipairs{ "fin", "rst" } do
      peer:script{
        { match = { path = "/warm" }, reply = {} },
        { match = { path = "/read" }, play = { { recv = "all" }, { [ending] = true } } },
      }
      calls.call(pool, { method = "GET", url = peer.url .. "/warm" })
      assert.equal("closed", (calls.failure(pool, { method = "GET", url = peer.url .. "/read" })))
      assert.equal(1, peer:report().by_path["GET /read"])
    end
  end)

  it("would be seen twice with libcurl's own ways", function()
    local cpath = planted_core.build("resend", planted_core.RESENDS)
    if not cpath then return pending("skipped: no compiler, or no build of this checkout") end
    local doubled = 0
    for _, point in ipairs(points) do
      peer:script{
        { match = { path = "/warm" }, reply = {} },
        { match = { path = "/write" }, play = play_of(point, "rst"), times = 1 },
        { match = { path = "/write" }, reply = {} },
      }
      calls.run_apart(("package.cpath = %q .. package.cpath\n"):format(cpath) .. ([[
        local calls, pool = require "support.core_calls", require("seam.core").pool()
        calls.call(pool, { method = "GET", url = %q })
        calls.call(pool, { method = "POST", url = %q, body = "{}" })]])
        :format(peer.url .. "/warm", peer.url .. "/write"))
      if heads_of("/write") == 2 then doubled = doubled + 1 end
    end
    assert.is_true(doubled >= 1, "no point of failure made libcurl resend: this spec proves nothing")
  end)

  it("finds out beforehand about a connection that was closed while idle", function()
    peer:script{
      { match = { nth_conn = 1 }, play = { { recv = "all" }, { reply = {} }, { fin = true } } },
      { reply = { body = "ok" } },
    }
    calls.call(pool, { method = "POST", url = peer.url .. "/a", body = "{}" })
    peer:wait_for(function(report) return report.connections[1].ended ~= nil end)
    local transfer = calls.call(pool, { method = "POST", url = peer.url .. "/b", body = "{}" })
    assert.equal(200, (transfer:result()))
    assert.equal(1, peer:report().by_path["POST /b"])
  end)
end)
