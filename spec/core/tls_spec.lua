-- SPDX-License-Identifier: MIT
-- Only a server that proves its name over TLS 1.2 or newer is spoken to.
local calls = require "support.core_calls"
local core = require "seam.core"
local tls_peer = require "support.tls_peer"

describe("TLS", function()
  if not tls_peer.available() then
    pending("needs the openssl program")
    return
  end

  local pool
  before_each(function() pool = core.pool() end)
  after_each(function() pool:close() end)

  --- status, or nil, code, message, sent of a GET to a server started for it.
  local function get(server, request)
    local peer = tls_peer.start(server)
    request = request or {}
    request.method, request.url, request.timeout = "GET", peer.url, 5
    if request.ca_file == "own" then request.ca_file = peer.ca_file end
    local transfer = calls.call(pool, request)
    local status, code, message, sent = transfer:result()
    peer:stop()
    return status, code, message, sent
  end

  local function assert_refused(status, code, _, sent)
    assert.is_nil(status)
    assert.equal("tls", code)
    assert.is_false(sent)
  end

  it("accepts a server whose certificate the given file vouches for", function()
    assert.equal(200, (get({}, { ca_file = "own" })))
  end)

  it("refuses a server the system does not know", function()
    assert_refused(get{})
  end)

  it("refuses a certificate for another name", function()
    assert_refused(get({ names = "DNS:localhost" }, { ca_file = "own" }))
  end)

  it("refuses TLS 1.1 even where the host's OpenSSL is told to allow it", function()
    local path = os.tmpname()
    local config = assert(io.open(path, "w"))
    config:write("openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n" ..
      "MinProtocol = TLSv1\nCipherString = DEFAULT:@SECLEVEL=0\n")
    config:close()
    local output = calls.run_apart([[
      local calls, core = require "support.core_calls", require "seam.core"
      for _, options in ipairs{ "-tls1_2", "-tls1_1" } do
        local peer = require("support.tls_peer").start{ options = options .. " -cipher DEFAULT:@SECLEVEL=0" }
        local status, code, _, sent = calls.call(core.pool(),
          { method = "GET", url = peer.url, ca_file = peer.ca_file, timeout = 5 }):result()
        print(status or code, not status and sent)
        peer:stop()
      end
    ]], "OPENSSL_CONF=" .. path)
    os.remove(path)
    assert.equal("200\tfalse\ntls\tfalse\n", output)
  end)

  it("refuses to speak when the file of certificates is not there", function()
    assert_refused(get({}, { ca_file = "/nonexistent/ca.pem" }))
  end)

  it("remembers nothing of one call's certificates for the next", function()
    local peer = tls_peer.start()
    local function code_with(ca_file)
      local transfer = calls.call(pool, { method = "GET", url = peer.url, ca_file = ca_file, timeout = 5 })
      local status, code = transfer:result()
      return status or code
    end
    assert.equal(200, code_with(peer.ca_file))
    assert.equal("tls", code_with(nil))
    assert.equal(200, code_with(peer.ca_file))
    peer:stop()
  end)

  it("survives a server that dies under a large upload", function()
    local output, status = calls.run_apart([[
      local core, process = require "seam.core", require "seam_process"
      local peer = require("support.tls_peer").start()
      process.default_sigpipe() -- luasocket, which the peer needs, has it ignored
      local pool = core.pool()
      local transfer = pool:submit{ method = "POST", url = peer.url, ca_file = peer.ca_file,
        body = ("x"):rep(20000000), timeout = 5 }
      for _ = 1, 20 do pool:step(0.02) end
      local before = transfer:done()
      peer:kill()
      while not transfer:done() do pool:step(1) end
      local _, code, _, sent = transfer:result()
      pool:close()
      peer:stop()
      print(before, code, sent)
    ]])
    assert.equal("false\tclosed\ttrue\n", output)
    assert.equal(0, status)
  end)
end)
