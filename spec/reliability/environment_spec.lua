-- SPDX-License-Identifier: MIT
-- Row 12 of the bar: nothing of the environment changes where the key goes, over HTTP or TLS, nor whom
-- the client trusts, nor a byte of what it sends.

local files = require "support.files"
local core_calls = require "support.core_calls"
local http_peer = require "support.http_peer"
local tls_peer = require "support.tls_peer"

local KEY = "seam_environment1234567890"

-- One call by a client in a process of its own; prints how it ended.
local CALL = [[
  local locale = os.setlocale("", "all")
  assert(locale or not os.getenv "MUST_HAVE_LOCALE", "there is no such locale")
  local seam = require "seam"
  local client = seam.new { api_key = %q, endpoint = %q, ca_file = %s, timeout = 2.5, retries = 0 }
  local params = { limit = 1.5, after = "I" }
  local ok, result = pcall(client.request, { method = "GET", path = "/devices/list", params = params })
  print(ok and "answered" or result.code, not ok and result.outcome)
]]

local function call(endpoint, environment, ca_file)
  local output = core_calls.run_apart(CALL:format(KEY, endpoint, ca_file and ("%q"):format(ca_file) or "nil"),
    environment)
  return output
end

--- A request's lines; Lua tells the order of its headers, differently at each start.
local function lines_of(raw)
  local lines = {}
  for line in raw:gmatch("[^\r\n]+") do lines[#lines + 1] = line end
  table.sort(lines)
  return lines
end

describe("row 12: the environment", function()
  local peer, stranger, folder

  setup(function()
    peer, stranger = http_peer.start(), http_peer.start()
    folder = os.tmpname()
    os.remove(folder)
    assert(os.execute("mkdir " .. folder .. " " .. folder .. "/certs"))
    files.write(folder .. "/.netrc", "machine 127.0.0.1 login me password stolen\ndefault login me password stolen\n")
    local settings = ("proxy = %s\nuser-agent = stranger\nheader = X-Stranger: 1\nurl = %s\ninsecure\n")
      :format(stranger.url, stranger.url)
    files.write(folder .. "/.curlrc", settings)
    files.write(folder .. "/curlrc", settings)
  end)
  teardown(function()
    peer:stop()
    stranger:stop()
    os.execute("rm -r " .. folder)
  end)
  before_each(function()
    peer:script { { reply = { json = { devices = {} } } } }
    stranger:script { { reply = { json = { devices = {} } } } }
  end)

  local plain

  --- The request as it leaves without any of this, asked for once.
  local function plain_request()
    if not plain then
      call(peer.url, "")
      plain = lines_of(peer:report().requests[1].raw)
      peer:script { { reply = { json = { devices = {} } } } }
    end
    return plain
  end

  --- The call goes where it should, as it always does; the stranger sees nothing.
  local function changes_nothing(environment)
    local wanted = plain_request()
    assert.equal("answered\tfalse\n", call(peer.url, environment))
    assert.equal(0, #stranger:report().connections)
    local requests = peer:report().requests
    assert.equal(1, #requests)
    assert.same(wanted, lines_of(requests[1].raw))
    assert.equal("Bearer " .. KEY, requests[1].headers.authorization)
  end

  local proxies = { "http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY" }
  for _, name in ipairs(proxies) do
    it("sends no key through " .. name, function() changes_nothing(name .. "=" .. stranger.url) end)
  end

  it("sends no key through all of them together, with credentials in them", function()
    local set = {}
    for _, name in ipairs(proxies) do set[#set + 1] = name .. "=" .. stranger.url:gsub("//", "//me:stolen@") end
    changes_nothing(table.concat(set, " "))
  end)

  it("keeps no key from its way by no_proxy", function() changes_nothing("no_proxy='*' NO_PROXY='*'") end)

  for what, environment in pairs {
    ["HOME with .netrc and .curlrc"] = "HOME=%s", ["NETRC"] = "NETRC=%s/.netrc", ["CURL_HOME"] = "CURL_HOME=%s",
    ["XDG_CONFIG_HOME"] = "XDG_CONFIG_HOME=%s", ["no HOME"] = "-u HOME",
    ["a HOME that is not there"] = "HOME=/nonexistent",
    ["SSL_CERT_FILE"] = "SSL_CERT_FILE=%s/nothing.pem", ["SSL_CERT_DIR"] = "SSL_CERT_DIR=%s/certs",
    ["CURL_CA_BUNDLE"] = "CURL_CA_BUNDLE=%s/nothing.pem", ["TMPDIR"] = "TMPDIR=/nonexistent",
    ["an empty environment"] = "-i PATH=\"$PATH\"",
    ["LANG"] = "LANG=de_DE.UTF-8", ["an LC_ALL that is not there"] = "LC_ALL=xx_XX", ["TZ"] = "TZ=Pacific/Chatham",
  } do
    it("changes no byte by " .. what, function() changes_nothing((environment:gsub("%%s", folder))) end)
  end

  for locale, what in pairs { de_DE = "a decimal comma", tr_TR = "two letters i" } do
    it("changes no byte by a locale with " .. what, function()
      -- Machines for tests seldom have one.
      local status = os.execute(("localedef -i %s -f UTF-8 %s/%s.UTF-8 >/dev/null 2>&1"):format(locale, folder, locale))
      if status ~= 0 and status ~= true then return pending("skipped: localedef has no locale to build here") end
      changes_nothing(("LOCPATH=%s LC_ALL=%s.UTF-8 LANG=%s.UTF-8 MUST_HAVE_LOCALE=1"):format(folder, locale, locale))
    end)
  end

  it("lends no password to a request that carries none", function()
    local output = core_calls.run_apart(([[
      local seam = require "seam"
      print((pcall(seam.from_publishable_key, "seam_pk1_2", "user", { endpoint = %q, retries = 0 })))
    ]]):format(peer.url), ("HOME=%s NETRC=%s/.netrc CURL_HOME=%s"):format(folder, folder, folder))
    assert.equal("false\n", output)
    local headers = peer:report().requests[1].headers
    assert.equal("seam_pk1_2", headers["seam-publishable-key"])
    assert.is_nil(headers.authorization)
  end)

  it("does not win over what a program says itself", function()
    changes_nothing(("SEAM_ENDPOINT=%s SEAM_API_URL=%s SEAM_API_KEY=seam_other SEAM_WORKSPACE_ID=w "
      .. "SEAM_PERSONAL_ACCESS_TOKEN=seam_at_other"):format(stranger.url, stranger.url))
  end)

  describe("where TLS is spoken", function()
    if not tls_peer.available() then
      pending("skipped: the openssl program is not here")
      return
    end

    local server

    setup(function() server = tls_peer.start() end)
    teardown(function() server:stop() end)

    -- The server answers with a page: the handshake was right, the answer is none of the API's.
    local SPOKEN, REFUSED = "invalid_response\tunknown\n", "tls\tnot_sent\n"

    local function endpoint() return (server.url:gsub("/$", "")) end

    it("sends no key through a proxy", function()
      for _, name in ipairs(proxies) do
        assert.equal(SPOKEN, call(endpoint(), name .. "=" .. stranger.url, server.ca_file), name)
      end
      assert.equal(0, #stranger:report().connections)
    end)

    it("trusts nobody because a variable says so", function()
      os.execute(("cp %s %s/certs/own.pem && openssl rehash %s/certs 2>/dev/null")
        :format(server.ca_file, folder, folder))
      for _, environment in ipairs {
        "", "SSL_CERT_FILE=" .. server.ca_file, "CURL_CA_BUNDLE=" .. server.ca_file,
        "SSL_CERT_DIR=" .. folder .. "/certs", "HOME=" .. folder, "CURL_HOME=" .. folder,
        "CURL_SSL_BACKEND=gnutls SSL_CERT_FILE=" .. server.ca_file,
      } do
        assert.equal(REFUSED, call(endpoint(), environment), environment)
      end
    end)

    it("distrusts nobody whom the program trusts, because a variable says so", function()
      for _, name in ipairs { "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE" } do
        assert.equal(SPOKEN, call(endpoint(), name .. "=/nonexistent", server.ca_file), name)
      end
    end)
  end)
end)
