-- SPDX-License-Identifier: MIT
-- Nothing of the environment decides where a request goes; only a proxy that is given does.
local calls = require "support.core_calls"
local core = require "seam.core"
local http_peer = require "support.http_peer"

describe("the environment", function()
  local peer, stranger

  setup(function()
    peer, stranger = http_peer.start(), http_peer.start()
  end)
  teardown(function()
    peer:stop()
    stranger:stop()
  end)
  before_each(function()
    peer:script{ { reply = { body = "from the peer" } } }
    stranger:script{ { reply = { body = "from the stranger" } } }
  end)

  local call = [[
    local calls, core = require "support.core_calls", require "seam.core"
    local pool = core.pool()
    local transfer = calls.call(pool, { method = "GET", url = %q, headers = { "Authorization: k" }, proxy = %s })
    local status, code, message = transfer:result()
    io.write(status and transfer:body() or (code .. ": " .. message))
  ]]

  for _, name in ipairs{ "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy", "HTTPS_PROXY" } do
    it("does not send a request through " .. name, function()
      local output = calls.run_apart(call:format(peer.url .. "/", "nil"), name .. "=" .. stranger.url)
      assert.equal("from the peer", output)
      assert.equal(0, #stranger:report().connections)
    end)
  end

  for _, name in ipairs{ "no_proxy", "NO_PROXY" } do
    it("does not keep a request from the given proxy by " .. name, function()
      local output = calls.run_apart(
        call:format("http://api.example.invalid/x", ("%q"):format(stranger.url)), name .. "='*'")
      assert.equal("from the stranger", output)
      assert.equal("http://api.example.invalid/x", stranger:report().requests[1].target)
    end)
  end

  it("lends no password from .netrc and no settings from .curlrc", function()
    local home = os.tmpname()
    os.remove(home)
    assert(os.execute("mkdir " .. home))
    local netrc = assert(io.open(home .. "/.netrc", "w"))
    netrc:write("machine 127.0.0.1 login me password secret\n")
    netrc:close()
    local curlrc = assert(io.open(home .. "/.curlrc", "w"))
    curlrc:write("proxy = " .. stranger.url .. "\nuser-agent = stranger\n")
    curlrc:close()
    calls.run_apart(call:format(peer.url .. "/", "nil"), "HOME=" .. home .. " CURL_HOME=" .. home)
    os.execute("rm -r " .. home)
    local headers = peer:report().requests[1].headers
    assert.equal("k", headers.authorization)
    assert.is_nil(headers["user-agent"])
  end)

  it("stores no cookie of one answer for the next request", function()
    peer:script{ { reply = { headers = {
      ["Set-Cookie"] = "a=1", ["Alt-Svc"] = 'h2=":1"', ["Strict-Transport-Security"] = "max-age=9999",
    } } } }
    local pool = core.pool()
    calls.call(pool, { method = "GET", url = peer.url })
    calls.call(pool, { method = "GET", url = peer.url })
    pool:close()
    local requests = peer:report().requests
    assert.equal(2, #requests)
    assert.is_nil(requests[2].headers.cookie)
  end)
end)
