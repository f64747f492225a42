-- SPDX-License-Identifier: MIT
-- Header lines that are made once and sent with many requests.
local calls = require "support.core_calls"
local core = require "seam.core"
local http_peer = require "support.http_peer"

describe("headers", function()
  local peer, pool

  setup(function() peer = http_peer.start() end)
  teardown(function() peer:stop() end)
  before_each(function()
    peer:script { { reply = {} } }
    pool = core.pool()
  end)
  after_each(function() pool:close() end)

  local function send(fields)
    local request = { method = "POST", url = peer.url .. "/x", body = "{}", timeout = 2 }
    for name, value in pairs(fields) do request[name] = value end
    if request.body == "none" then request.body = nil end
    return assert(pool:submit(request))
  end

  --- Heads as they arrived: of requests that were sent one after the other, in that order.
  local function heads_of(transfers)
    for _, transfer in ipairs(transfers) do assert.equal(200, (calls.finish(pool, transfer):result())) end
    local heads = {}
    for i, request in ipairs(peer:report().requests) do heads[i] = request.headers end
    return heads
  end

  it("go out as a list of them does, with a body and without", function()
    local lines = { "Authorization: Bearer k", "X-One: 1", "Content-Type: application/json" }
    local shared = assert(core.headers(lines))
    local transfers = {}
    for _, headers in ipairs { lines, shared } do
      for _, fields in ipairs { {}, { method = "GET", body = "none" } } do
        fields.headers = headers
        transfers[#transfers + 1] = send(fields)
        calls.finish(pool, transfers[#transfers])
      end
    end
    local heads = heads_of(transfers)
    assert.equal(4, #heads)
    assert.same(heads[1], heads[3])
    assert.same(heads[2], heads[4])
    assert.equal("Bearer k", heads[3].authorization)
  end)

  it("strike out what libcurl would add of its own", function()
    local heads = heads_of { send { headers = assert(core.headers {}), body = ("x"):rep(2000) } }
    assert.is_nil(heads[1]["content-type"])
    assert.is_nil(heads[1].expect)
  end)

  it("may go before the requests that carry them", function()
    local transfers = {}
    for i = 1, 5 do transfers[i] = send { headers = assert(core.headers { "X-Number: " .. i }) } end
    collectgarbage()
    collectgarbage()
    local seen = {}
    for _, head in ipairs(heads_of(transfers)) do seen[head["x-number"]] = true end
    assert.same({ ["1"] = true, ["2"] = true, ["3"] = true, ["4"] = true, ["5"] = true }, seen)
  end)

  it("are refused as in a request, and by the same words", function()
    for _, line in ipairs { "X-One", "X One: 1", "X-One: 1\r\nX-Two: 2", "Content-Length: 1", "X-One:" } do
      local headers, code, message = core.headers { line }
      assert.is_nil(headers)
      local _, same_code, same_message = pool:submit {
        method = "POST", url = peer.url, body = "{}", headers = { line },
      }
      assert.same({ "invalid_request", same_code, same_message }, { code, code, message })
    end
  end)

  it("raise for what is no list of strings, and a request for what is no headers", function()
    assert.has_error(function() core.headers("X-One: 1") end)
    assert.has_error(function() core.headers { 1 } end)
    assert.has_error(function() core.headers { {} } end)
    assert.has_error(function() send { headers = pool } end)
    assert.has_error(function() send { headers = "X-One: 1" } end)
  end)

  it("print no line of theirs", function()
    assert.equal("seam.core.Headers", tostring(core.headers { "Authorization: Bearer secret" }))
  end)

  it("that were finalized before the finalizer that still finds them send nothing", function()
    local headers = assert(core.headers { "X-One: 1" })
    debug.getmetatable(headers).__gc(headers)
    local transfer, code = pool:submit { method = "POST", url = peer.url, body = "{}", headers = headers }
    assert.is_nil(transfer)
    assert.equal("closed", code)
  end)
end)
