-- SPDX-License-Identifier: MIT
-- Row 6 of the bar: 20 servers that must not be spoken to and 5 that may, all of a throwaway authority.
-- To the 20 not one byte of a request goes; no option makes the client trust them.

local core = require "seam.core"
local core_calls = require "support.core_calls"
local errors = require "seam.errors"
local http_peer = require "support.http_peer"
local seam = require "seam"
local tls_authority = require "support.tls_authority"
local tls_peer = require "support.tls_peer"

local KEY = "seam_tls1234567890"

-- OpenSSL offers these to nobody who does not ask for them twice.
local OLD = " -cipher ALL:@SECLEVEL=0"

-- Certificates: name -> what tls_authority:issue wants.
local CERTIFICATES = {
  good = {},
  expired = { options = "-days -1" },
  later = { later = true },
  other_name = { names = "DNS:other.localhost" },
  other_address = { names = "DNS:localhost,IP:127.0.0.2" },
  other_name_right_cn = { names = "DNS:other.localhost", subject = "/CN=localhost" },
  self_signed = { by = "stranger" },
  below_intermediate = { by = "intermediate" },
  below_leaf = { by = "good_leaf" },
  too_deep = { by = "second" },
  outside = { by = "constrained" },
  for_clients = { extensions = { "extendedKeyUsage=clientAuth" } },
  two_labels = { names = "DNS:*.door.localhost" },
  wide = { names = "DNS:*.localhost" },
  critical = { extensions = { "1.2.3.4.5.6=critical,DER:0500" } },
  sha1 = { options = "-sha1" },
  small = { key = "small" },
  only_cn = { names = false, subject = "/CN=localhost" },
  rsa = { key = "rsa" },
}

-- { title, server (certificate, chain, options), host }
local BAD = {
  { "an expired certificate", { certificate = "expired" } },
  { "a certificate that is not valid yet", { certificate = "later" } },
  { "a certificate for another name", { certificate = "other_name" }, "localhost" },
  { "a certificate for another address", { certificate = "other_address" }, "127.0.0.1" },
  { "another name beside a common name that fits", { certificate = "other_name_right_cn" }, "localhost" },
  { "a certificate of an authority nobody knows", { certificate = "self_signed" } },
  { "a certificate whose intermediate is missing", { certificate = "below_intermediate" } },
  { "a certificate signed by a leaf", { certificate = "below_leaf", chain = { "good_leaf" } } },
  { "a chain longer than its authority allows", { certificate = "too_deep", chain = { "second", "intermediate" } } },
  { "a name outside of what its authority may name", { certificate = "outside", chain = { "constrained" } } },
  { "a certificate for clients", { certificate = "for_clients" } },
  { "a wildcard that would span two labels", { certificate = "two_labels" }, "a.b.door.localhost" },
  { "a wildcard over a whole top level", { certificate = "wide" }, "door.localhost" },
  { "a critical extension nobody knows", { certificate = "critical" } },
  { "a signature with SHA-1", { certificate = "sha1", options = OLD } },
  { "an RSA key of 1024 bits", { certificate = "small", key = "small", options = OLD } },
  { "TLS 1.0 only", { certificate = "good", options = "-tls1" .. OLD } },
  { "TLS 1.1 only", { certificate = "good", options = "-tls1_1" .. OLD } },
  { "no certificate at all", { options = "-nocert -tls1_2 -cipher aNULL:@SECLEVEL=0" } },
  { "no encryption", { certificate = "good", options = "-tls1_2 -cipher eNULL:@SECLEVEL=0" } },
  { "a Diffie-Hellman group of 1536 bits",
    { certificate = "rsa", key = "rsa", options = "-tls1_2 -dhparam dh.pem -cipher DHE:@SECLEVEL=0" } },
  { "a demand for a certificate of ours", { certificate = "good", options = "-tls1_2 -Verify 1" } },
}

local GOOD = {
  { "TLS 1.3", { certificate = "good", options = "-tls1_3" } },
  { "TLS 1.2 with RSA", { certificate = "rsa", key = "rsa", options = "-tls1_2" } },
  { "an intermediate that is sent along", { certificate = "below_intermediate", chain = { "intermediate" } } },
  { "a wildcard for one label", { certificate = "two_labels" }, "a.door.localhost" },
  { "a common name where there are no other names, as libcurl has it", { certificate = "only_cn" }, "localhost" },
}

-- What answers the client's hello with something that is no TLS: plays of support.http_peer.
local NO_TLS = {
  { "a server that speaks plain HTTP",
    { { send = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n" }, { fin = true } } },
  { "a server that speaks garbage", { { send = ("\0\255garbage"):rep(20) }, { fin = true } } },
  { "a server that hangs up", { { fin = true } } },
  { "a server that resets the connection", { { rst = true } } },
}

local function make_everything()
  local authority = tls_authority.new()
  authority:root("stranger")
  authority:key("rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048")
  authority:key("small", "-algorithm RSA -pkeyopt rsa_keygen_bits:1024")
  authority:key("good_leaf")
  authority:issue("good_leaf", { key = "good_leaf", extensions = { "basicConstraints=critical,CA:FALSE" } })
  authority:intermediate("intermediate", "root", { "basicConstraints=critical,CA:TRUE,pathlen:0" })
  authority:intermediate("second", "intermediate")
  authority:intermediate("constrained", "root", { "nameConstraints=critical,permitted;DNS:other.test" })
  authority:openssl("genpkey -genparam -algorithm DH -pkeyopt group:modp_1536 -out dh.pem")
  for name, wanted in pairs(CERTIFICATES) do authority:issue(name, wanted) end
  return authority
end

describe("row 6: TLS", function()
  if not tls_peer.available() then
    pending("skipped: the openssl program is not here")
    return
  end

  local authority

  setup(function() authority = make_everything() end)
  teardown(function() authority:remove() end)

  local function call(port, host, options)
    local given = {
      api_key = KEY, endpoint = ("https://%s:%s"):format(host or "127.0.0.1", port), retries = 0, timeout = 5,
      ca_file = authority.ca_file,
    }
    for name, value in pairs(options or {}) do given[name] = value end
    local client = seam.new(given)
    local ok, err = pcall(client.request, { method = "GET", path = "/devices/list" })
    client:close()
    assert.is_false(ok, "a server that answers nothing was believed")
    return err
  end

  --- What the server got of a request: s_server prints it.
  local function nothing_arrived(said)
    for _, word in ipairs { "GET ", KEY, "authorization", "devices" } do
      assert.is_nil(said:find(word, 1, true), "the server got a byte of the request:\n" .. said)
    end
  end

  local function is_refused(err)
    assert.is_true(errors.is_error(err, "SeamHttpError"), tostring(err))
    assert.equal("tls", err.code, tostring(err))
    assert.equal("not_sent", err.outcome)
    assert.equal(1, err.attempts)
  end

  for _, case in ipairs(BAD) do
    it("refuses " .. case[1], function()
      local server = authority:serve(case[2])
      local err = call(server.port, case[3])
      nothing_arrived(server:stop())
      is_refused(err)
    end)
  end

  for _, case in ipairs(GOOD) do
    it("takes " .. case[1], function()
      local server = authority:serve { certificate = case[2].certificate, key = case[2].key, chain = case[2].chain,
        options = (case[2].options or "") .. " -www" }
      local err = call(server.port, case[3])
      server:stop()
      -- The page that s_server answers with: the handshake was right, the answer is none of the API's.
      assert.equal(200, err.status_code, tostring(err))
    end)
  end

  it("lets a server see the request only after the handshake, and would see it here", function()
    local server = authority:serve { certificate = "good" }
    local err = call(server.port, nil, { timeout = 0.3 })
    local said = server:stop()
    assert.equal("timeout", err.code)
    assert.is_truthy(said:find("authorization: Bearer " .. KEY, 1, true), said)
  end)

  for _, case in ipairs(NO_TLS) do
    it("sends nothing to " .. case[1], function()
      local peer = http_peer.start()
      peer:script { { at = "connect", play = case[2] } }
      local err = call(peer.port)
      local raw = {}
      for _, connection in ipairs(peer:report().connections) do raw[#raw + 1] = connection.raw or "" end
      peer:stop()
      nothing_arrived(table.concat(raw))
      assert.equal("not_sent", err.outcome, tostring(err))
      assert.is_truthy(({ tls = true, connect = true, closed = true })[err.code], tostring(err))
    end)
  end

  it("lets no server of TLS 1.3 read the request that demands a certificate of ours", function()
    local server = authority:serve { certificate = "good", options = "-tls1_3 -Verify 1" }
    local err = call(server.port)
    nothing_arrived(server:stop())
    -- Here the client has sent before it learns: a write must count as one that may have arrived.
    assert.equal("unknown", err.outcome, tostring(err))
  end)

  it("has no option that turns verification off", function()
    local server = authority:serve { certificate = "self_signed" }
    for _, name in ipairs { "insecure", "verify", "ssl_verify", "verify_peer", "verify_host", "tls", "ssl" } do
      local made, err = pcall(seam.new, { api_key = KEY, [name] = false })
      assert.is_false(made, name)
      assert.equal("SeamInvalidOptionsError", err.name)
    end
    is_refused(call(server.port, nil, { allow_insecure = true }))
    is_refused(call(server.port, nil, { headers = { ["x-insecure"] = "true" } }))
    local pool = core.pool()
    local request = { method = "GET", url = ("https://127.0.0.1:%s/"):format(server.port), ca_file = authority.ca_file }
    for _, name in ipairs { "insecure", "verify", "ssl_verify", "verify_peer", "verify_host" } do
      request[name] = false
    end
    assert.equal("tls", (core_calls.failure(pool, request)))
    pool:close()
    nothing_arrived(server:stop())
  end)
end)
