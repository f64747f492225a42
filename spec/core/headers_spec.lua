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

  local function heads_of(transfers)
    for _, transfer in ipairs(transfers) do assert.equal(200, (calls.finish(pool, transfer):result())) end
    local heads = {}
    for i, request in ipairs(peer:report().requests) do heads[i] = request.headers end
    return heads
  end

  it("go out as a list of them does, with a body and without", function()
    local lines = { "Authorization: Bearer k", "X-One: 1", "Content-Type: application/json" }
    local shared = assert(core.headers(lines))
    local heads = heads_of {
      send { headers = lines }, send { headers = shared },
      send { headers = lines, method = "GET", body = "none" },
      send { headers = shared, method = "GET", body = "none" },
    }
    assert.equal(4, #heads)
    assert.same(heads[1], heads[2])
    assert.same(heads[3], heads[4])
    assert.equal("Bearer k", heads[2].authorization)
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

  it("that a finalizer still finds after they were given back are refused", function()
    local headers = assert(core.headers { "X-One: 1" })
    debug.getmetatable(headers).__gc(headers)
    assert.has_error(function() send { headers = headers } end, "these headers were given back")
  end)
end)
