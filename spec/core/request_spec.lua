-- SPDX-License-Identifier: MIT
-- What the core refuses to send, however it is asked.
local calls = require "support.core_calls"
local core = require "seam.core"
local http_peer = require "support.http_peer"

describe("a request", function()
  local peer, pool

  setup(function()
    peer = http_peer.start()
    peer:script{ { reply = {} } }
  end)
  teardown(function() peer:stop() end)
  before_each(function() pool = core.pool() end)
  after_each(function() pool:close() end)

  local function request(fields)
    local out = { method = "POST", url = peer.url .. "/x", headers = {}, body = "{}", timeout = 2 }
    for name, value in pairs(fields or {}) do out[name] = value end
    for name, value in pairs(out) do
      if value == "none" then out[name] = nil end
    end
    return out
  end

  local function assert_refused(fields)
    local transfer, code, message = pool:submit(request(fields))
    assert.is_nil(transfer)
    assert.equal("invalid_request", code)
    assert.is_true(#message > 0)
    assert.equal(0, pool:in_flight())
  end

  local refused = {
    { "a method nobody knows", { method = "BREW" } },
    { "a method in lower case", { method = "post" } },
    { "an empty method", { method = "" } },
    { "POST without a body", { body = "none" } },
    { "PUT without a body", { method = "PUT", body = "none" } },
    { "PATCH without a body", { method = "PATCH", body = "none" } },
    { "an empty body", { body = "" } },
    { "DELETE with an empty body", { method = "DELETE", body = "" } },
    { "GET with a body", { method = "GET" } },
    { "an empty URL", { url = "" } },
    { "a URL without a scheme", { url = "127.0.0.1/x" } },
    { "a file", { url = "file:///etc/passwd" } },
    { "ftp", { url = "ftp://127.0.0.1/" } },
    { "a URL without a host", { url = "http:///x" } },
    { "a user name in the URL", { url = "http://me:secret@127.0.0.1/" } },
    { "a blank in the URL", { url = "http://127.0.0.1/a b" } },
    { "a URL of 70 KB", { url = "http://127.0.0.1/" .. ("a"):rep(70000) } },
    { "a header without a colon", { headers = { "Authorization" } } },
    { "a header without a name", { headers = { ": x" } } },
    { "a header without a value", { headers = { "X-A:" } } },
    { "a header with a blank value", { headers = { "X-A:   " } } },
    { "a blank in a header's name", { headers = { "X A: 1" } } },
    { "a length of the caller's", { headers = { "content-length: 5" } } },
    { "an encoding of the caller's", { headers = { "Transfer-Encoding: chunked" } } },
    { "an expectation of the caller's", { headers = { "Expect: 100-continue" } } },
    { "compressions the core does not ask for", { headers = { "Accept-Encoding: br" } } },
    { "a proxy with a line break", { proxy = "http://127.0.0.1:1\r\nX: 1" } },
    { "a CA file with a NUL", { ca_file = "/tmp/a\0b" } },
    { "a CA file with a DEL", { ca_file = "/tmp/a\127b" } },
    { "an empty CA file", { ca_file = "" } },
    { "a header of 70 KB", { headers = { "X-A: " .. ("a"):rep(70000) } } },
    { "a timeout that is not a number", { timeout = 0 / 0 } },
    { "a connect timeout that is not a number", { connect_timeout = 0 / 0 } },
    { "a connect timeout of 0", { connect_timeout = 0 } },
  }
  for _, case in ipairs(refused) do
    it("is refused with " .. case[1], function() assert_refused(case[2]) end)
  end

  it("is refused with any control byte or high byte in method, URL or header", function()
    local bytes = { 127 }
    for byte = 0, 31 do bytes[#bytes + 1] = byte end
    for byte = 128, 255 do bytes[#bytes + 1] = byte end
    local places = {
      function(byte) return { method = "PO" .. byte .. "ST" } end,
      function(byte) return { method = "POST" .. byte } end,
      function(byte) return { url = peer.url .. "/" .. byte } end,
      function(byte) return { url = peer.url .. "/a" .. byte .. "b" } end,
      function(byte) return { headers = { "X" .. byte .. "A: 1" } } end,
      function(byte) return { headers = { "X-A: 1" .. byte .. "2" } } end,
      function(byte) return { headers = { "X-A: 1" .. byte } } end,
      function(byte) return { headers = { byte .. "X-A: 1" } } end,
    }
    for _, byte in ipairs(bytes) do
      for number, place in ipairs(places) do
        local transfer, code = pool:submit(request(place(string.char(byte))))
        assert.is_nil(transfer, ("byte %d was let through at place %d"):format(byte, number))
        assert.equal("invalid_request", code)
      end
    end
    assert.equal(0, #peer:report().connections)
  end)

  it("raises for a value of the wrong type and leaves the pool usable", function()
    local wrong = {
      { method = 1 }, { url = {} }, { body = 5 }, { headers = "X: 1" }, { headers = { 5 } },
      { timeout = "1" }, { connect_timeout = true }, { max_body = "1" }, { max_body = -1 },
      { max_body = 2 ^ 31 }, { max_body = 0 / 0 },
      { ca_file = 1 }, { proxy = 1 }, { method = "none" }, { url = "none" },
    }
    for _, fields in ipairs(wrong) do
      local name = next(fields)
      local ok, message = pcall(pool.submit, pool, request(fields))
      assert.is_false(ok, name .. " of a wrong type was taken")
      assert.is_truthy(message:find(name, 1, true), "the message names the field: " .. message)
    end
    assert.is_false((pcall(pool.submit, pool)))
    assert.is_false((pcall(pool.submit, {}, request())))
    assert.equal(200, (calls.call(pool, request()):result()))
  end)

  it("is not sent to a host whose name is longer than any", function()
    local code, _, sent = calls.failure(pool, request{ url = "http://" .. ("a"):rep(300) .. ".test/x" })
    assert.equal("dns", code)
    assert.is_false(sent)
  end)

  it("may carry a few hundred headers and does not show them in a failure", function()
    local headers = { "Authorization: Bearer seam_secret_key" }
    for number = 1, 300 do headers[#headers + 1] = ("X-%d: %d"):format(number, number) end
    peer:script{ { reply = {} } }
    calls.call(pool, request{ headers = headers })
    assert.equal("300", peer:report().requests[1].headers["x-300"])
    local _, message = calls.failure(pool,
      request{ headers = headers, url = "http://127.0.0.1:" .. http_peer.closed_port() })
    assert.is_nil(message:find("secret", 1, true))
  end)
end)
