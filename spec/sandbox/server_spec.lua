-- SPDX-License-Identifier: MIT
local child = require "support.child"
local cjson = require "cjson"
local socket = require "socket"

local KEY = "seam_test2ZTo_0mEYQW2TvNDCxG5Atpj85Ffw"
local READY = "export SEAM_API_KEY=(%S+) SEAM_ENDPOINT=http://127%.0%.0%.1:(%d+)"
local HOLD = "bin/seam-sandbox --until-stdin-closes --port "

local function start(options)
  local server = child.start(child.lua() .. " " .. HOLD .. (options or "0"), READY)
  server.port = tonumber(server.captures[2])
  return server
end

local function connect(port)
  local sock = assert(socket.connect("127.0.0.1", port))
  sock:settimeout(5)
  return sock
end

-- Status, headers and body of the next response on a connection.
local function receive(sock)
  local line = assert(sock:receive("*l"))
  local headers = {}
  for text in function() return sock:receive("*l") end do
    if text == "" then break end
    local name, value = text:match("^(.-): (.*)$")
    headers[name:lower()] = value
  end
  local length = tonumber(headers["content-length"] or 0)
  return tonumber(line:match(" (%d%d%d)")), headers, length > 0 and sock:receive(length) or ""
end

local function send(sock, method, target, body, kind)
  local lines = {
    method .. " " .. target .. " HTTP/1.1", "Host: 127.0.0.1", "Authorization: Bearer " .. KEY,
  }
  if body then
    lines[#lines + 1] = "Content-Type: " .. (kind or "application/json")
    lines[#lines + 1] = "Content-Length: " .. #body
  end
  sock:send(table.concat(lines, "\r\n") .. "\r\n\r\n" .. (body or ""))
end

local function exchange(sock, ...)
  send(sock, ...)
  return receive(sock)
end

local function post(sock, path, params)
  local status, _, body = exchange(sock, "POST", path, cjson.encode(params))
  assert.are.equal(200, status, body)
  return cjson.decode(body)
end

local function target_of(url)
  return url:match("^http://[^/]+(/.*)$")
end

local FORM = "application/x-www-form-urlencoded"

describe("bin/seam-sandbox", function()
  local server, sock

  setup(function() server = start() end)
  teardown(function() server:stop() end)
  before_each(function() sock = connect(server.port) end)
  after_each(function() sock:close() end)

  it("says what to export", function()
    assert.are.equal(KEY, server.captures[1])
    assert.is_true(server.port > 0)
  end)

  it("starts again at once on the port it had", function()
    local first = start()
    local client = connect(first.port)
    client:send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
    client:receive("*a")
    client:close()
    first:stop()
    local second = start(first.port)
    assert.are.equal(first.port, second.port)
    second:stop()
  end)

  it("serves several requests on one connection", function()
    for _ = 1, 3 do
      local status, headers, body = exchange(sock, "GET", "/devices/list?limit=1&_strict=true")
      assert.are.equal(200, status)
      assert.are.equal("keep-alive", headers.connection)
      assert.are.equal(36, #headers["seam-request-id"])
      assert.is_true(cjson.decode(body).ok)
    end
  end)

  it("answers requests that come in one packet, in order", function()
    local one = "GET /devices/list HTTP/1.1\r\nAuthorization: Bearer " .. KEY .. "\r\n\r\n"
    local two = "GET /nope/nope HTTP/1.1\r\n\r\n"
    sock:send(one .. two)
    assert.are.equal(200, (receive(sock)))
    assert.are.equal(404, (receive(sock)))
  end)

  it("closes when asked, and after HTTP/1.0", function()
    for _, text in ipairs({ "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n" }) do
      local other = connect(server.port)
      other:send(text)
      local status, headers = receive(other)
      assert.are.same({ 200, "close" }, { status, headers.connection })
      assert.are.equal("closed", select(2, other:receive(1)))
      other:close()
    end
  end)

  for name, case in pairs({
    ["a chunked body"] = { "POST /locks/list HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411 },
    ["a body that is too long"] = { "POST /locks/list HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413 },
    ["a length that is none"] = { "POST /locks/list HTTP/1.1\r\nContent-Length: 2x\r\n\r\n", 400 },
    ["two lengths"] = { "POST /locks/list HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n", 400 },
    ["a head without end"] = { "GET / HTTP/1.1\r\nX: " .. ("x"):rep(40000), 431 },
    ["something that is not HTTP"] = { "HELO there\r\n\r\n", 400 },
    ["another version"] = { "GET / HTTP/2.7\r\n\r\n", 505 },
    ["a broken header"] = { "GET / HTTP/1.1\r\nno colon\r\n\r\n", 400 },
  }) do
    it("refuses " .. name .. " and closes", function()
      sock:send(case[1])
      local status, headers = receive(sock)
      assert.are.equal(case[2], status)
      assert.are.equal("close", headers.connection)
    end)
  end

  it("is not held up by clients that are slow or say nothing", function()
    local idle, slow = connect(server.port), connect(server.port)
    slow:send("POST /locks/list HTTP/1.1\r\nContent-Le")
    local start_at = socket.gettime()
    assert.are.equal(200, (exchange(sock, "GET", "/devices/list")))
    assert.is_true(socket.gettime() - start_at < 2)
    slow:send("ngth: 2\r\nContent-Type: application/json\r\nAuthorization: Bearer " .. KEY .. "\r\n\r\n{}")
    assert.are.equal(200, (receive(slow)))
    idle:close()
    slow:close()
  end)

  it("goes on after clients that vanish in the middle", function()
    for _ = 1, 20 do
      local other = connect(server.port)
      other:send("POST /locks/list HTTP/1.1\r\nContent-Length: 500\r\n\r\n{")
      other:close()
    end
    assert.are.equal(200, (exchange(sock, "GET", "/devices/list")))
  end)

  it("sends an interim answer to those who wait for it", function()
    sock:send("POST /locks/list HTTP/1.1\r\nExpect: 100-continue\r\nContent-Type: application/json\r\n"
      .. "Authorization: Bearer " .. KEY .. "\r\nContent-Length: 2\r\n\r\n")
    assert.are.equal("HTTP/1.1 100 Continue", sock:receive("*l"))
    assert.are.equal("", sock:receive("*l"))
    sock:send("{}")
    assert.are.equal(200, (receive(sock)))
  end)

  it("listens on loopback alone", function()
    local other = socket.udp()
    other:setpeername("192.0.2.1", 9)
    local address = other:getsockname()
    other:close()
    if not address or address == "0.0.0.0" or address:find("^127") then
      pending("this machine has no other address")
      return
    end
    assert.is_nil((socket.connect(address, server.port)))
  end)

  it("does not start on a port that is taken", function()
    local output = io.popen(child.lua() .. " bin/seam-sandbox --port " .. server.port .. " 2>&1; echo status $?")
    local said = output:read("*a")
    output:close()
    assert.are.equal("seam-sandbox: cannot listen on port " .. server.port
      .. ": address already in use\nstatus 1\n", said)
  end)

  it("refuses arguments in one sentence", function()
    for arguments, sentence in pairs({
      ["--prot 1"] = "unknown option --prot; did you mean --port?",
      ["--port"] = "--port needs a number that is not negative",
      ["--quiet=3"] = "--quiet takes no value",
      ["--port many"] = "--port needs a number that is not negative, got many",
      ["--port 70000"] = "--port needs a whole number up to 65535",
      ["--battery FRONT_DOOR"] = "--battery needs a lock and a level, for example FRONT_DOOR=0.15",
      ["--login --battery FRONT_DOOR=15"] = "--battery needs a lock and a level, for example FRONT_DOOR=0.15",
      ["--battery FRONT_DOOR=0.15"] = "--battery needs --login: there are no locks before",
      ["--login --battery FRONT_DOR=0.15"] = "there is no device 'FRONT_DOR'",
      ["--clock noon"] = "--clock: 'noon' is not an ISO 8601 moment",
    }) do
      local output = io.popen(child.lua() .. " bin/seam-sandbox " .. arguments .. " 2>&1; echo status $?")
      local said = output:read("*a")
      output:close()
      assert.are.equal("seam-sandbox: " .. sentence .. "\nstatus 1\n", said)
    end
  end)

  it("reads the rest of a body it refuses, so that the answer arrives", function()
    local big = ("x"):rep(3 * 1024 * 1024)
    sock:send("POST /locks/list HTTP/1.1\r\nContent-Length: " .. #big .. "\r\n\r\n")
    local sent = sock:send(big)
    assert.is_true((sent or 0) == 0 or sent == #big)
    assert.are.equal(413, (receive(sock)))
  end)

  it("sends no body with the answer to HEAD", function()
    sock:send("HEAD / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n")
    assert.are.equal(200, (receive(sock)))
    assert.truthy(select(3, receive(sock)):find("<!doctype html>", 1, true))
  end)

  it("ends on SIGINT without a word", function()
    local output = io.popen("{ " .. child.lua() .. " bin/seam-sandbox --port 0 --quiet >/dev/null & pid=$!; sleep 1; "
      .. "kill -INT $pid; wait $pid; echo status $?; } 2>&1")
    local said = output:read("*a")
    output:close()
    assert.are.equal("status 0\n", said)
  end)

  it("names the package where LuaSocket is missing", function()
    local output = io.popen("LUA_PATH='lua/?.lua;lua/?/init.lua' LUA_CPATH='nowhere/?.so' " .. child.lua()
      .. " bin/seam-sandbox 2>&1; echo status $?")
    local said = output:read("*a")
    output:close()
    assert.are.equal(
      "seam-sandbox: this Lua has no LuaSocket; install the Debian package lua-socket\nstatus 1\n", said)
  end)

  it("starts its clock where it is told, and freezes it", function()
    local other = start("0 --clock 2026-01-01T00:00:00Z --freeze --seed 5")
    local there = connect(other.port)
    local webview = post(there, "/connect_webviews/create", { customer_key = "c" }).connect_webview
    there:close()
    other:stop()
    assert.are.equal("2026-01-01T00:00:00.000Z", webview.created_at)
    assert.are_not.equal("437926f3-2aae-4a5e-b954-50363e5f9232", webview.connect_webview_id)
  end)
end)

describe("the login page", function()
  local server, sock

  setup(function() server = start() end)
  teardown(function() server:stop() end)
  before_each(function() sock = connect(server.port) end)
  after_each(function() sock:close() end)

  local function create(params)
    params.accepted_providers = { "salto_ks" }
    return post(sock, "/connect_webviews/create", params).connect_webview
  end

  local function log_in(webview, email, password)
    return exchange(sock, "POST", target_of(webview.url), "email=" .. email .. "&password=" .. password, FORM)
  end

  it("is a plain form behind the webview's address, listed at the root", function()
    local webview = create{}
    local status, headers, body = exchange(sock, "GET", target_of(webview.url))
    assert.are.equal(200, status)
    assert.are.equal("text/html; charset=utf-8", headers["content-type"])
    for _, wanted in ipairs({ '<html lang="en">', '<label for="email">', '<label for="password">', 'method="post"' }) do
      assert.truthy(body:find(wanted, 1, true), wanted)
    end
    assert.is_nil(body:find("<script", 1, true))
    assert.truthy(select(3, exchange(sock, "GET", "/")):find(webview.connect_webview_id, 1, true))
  end)

  it("connects the account", function()
    local webview = create{}
    local status, _, body = log_in(webview, "jane%40example.com", "1234")
    assert.are.equal(200, status)
    assert.truthy(body:find('role="status"', 1, true))
    local got = post(sock, "/connect_webviews/get", { connect_webview_id = webview.connect_webview_id })
    assert.is_true(got.connect_webview.login_successful)
    assert.are.equal(3, #post(sock, "/locks/list", { device_type = "salto_lock" }).locks)
    assert.truthy(select(3, exchange(sock, "GET", target_of(webview.url))):find("You are connected", 1, true))
  end)

  it("says what is wrong, and escapes what was typed", function()
    local webview = create{}
    local status, _, body = log_in(webview, "%22%3E%3Cb%3E%26x", "1234")
    assert.are.equal(422, status)
    assert.truthy(body:find('<p role="alert">The e-mail address or the password is wrong.</p>', 1, true))
    assert.truthy(body:find("&quot;&gt;&lt;b&gt;&amp;x", 1, true))
    assert.is_nil(body:find("<b>", 1, true))
  end)

  it("knows no webview without its token", function()
    local webview = create{}
    local target = target_of(webview.url)
    assert.are.equal(404, (exchange(sock, "GET", (target:gsub("auth_token=.*", "auth_token=x")))))
    assert.are.equal(404, (exchange(sock, "GET", "/connect_webviews/view")))
  end)

  it("sends people on where they should go", function()
    local webview = create{
      custom_redirect_url = "http://localhost/done?a=1", custom_redirect_failure_url = "http://localhost/no",
    }
    local status, headers = log_in(webview, "jane%40example.com", "wrong")
    assert.are.same({ 303, "http://localhost/no" }, { status, headers.location })
    status, headers = log_in(webview, "jane%40example.com", "1234")
    assert.are.same({ 303, "http://localhost/done?a=1" }, { status, headers.location })
    webview = create{ custom_redirect_url = "http://localhost/only" }
    status, headers = log_in(webview, "jane%40example.com", "wrong")
    assert.are.same({ 303, "http://localhost/only" }, { status, headers.location })
  end)

  it("lets no address write headers", function()
    local webview = create{ custom_redirect_url = "http://localhost/\r\nx-evil: 1" }
    local _, headers = log_in(webview, "jane%40example.com", "1234")
    assert.is_nil(headers["x-evil"])
  end)
end)

describe("webhooks over HTTP", function()
  it("arrive signed, and again when they were not taken", function()
    local core = require "seam.core"
    local server = start()
    local listener = assert(socket.bind("127.0.0.1", 0))
    listener:settimeout(10)
    local _, port = listener:getsockname()
    local sock = connect(server.port)
    local webhook = post(sock, "/webhooks/create", {
      url = "http://localhost:" .. port .. "/hook", event_types = { "connect_webview.login_succeeded" },
    }).webhook
    local webview = post(sock, "/connect_webviews/create", { customer_key = "c" }).connect_webview
    exchange(sock, "POST", target_of(webview.url), "email=jane%40example.com&password=1234", FORM)

    local seen = {}
    for place, status in ipairs({ "500 No", "204 Yes" }) do
      local peer = assert(listener:accept())
      peer:settimeout(5)
      local line, headers = peer:receive("*l"), {}
      for text in function() return peer:receive("*l") end do
        if text == "" then break end
        headers[text:match("^(.-):"):lower()] = text:match(": (.*)$")
      end
      local body = peer:receive(tonumber(headers["content-length"]))
      peer:send("HTTP/1.1 " .. status .. "\r\n\r\n")
      peer:close()
      seen[place] = { line = line, headers = headers, body = body, at = socket.gettime() }
    end
    listener:close()
    sock:close()
    server:stop()

    assert.are.equal("POST /hook HTTP/1.1", seen[1].line)
    assert.are.equal("connect_webview.login_succeeded", cjson.decode(seen[1].body).event_type)
    local key = core.base64_decode((webhook.secret:gsub("^whsec_", "")))
    for _, got in ipairs(seen) do
      local signed = got.headers["svix-id"] .. "." .. got.headers["svix-timestamp"] .. "." .. got.body
      assert.are.equal("v1," .. core.base64_encode(core.hmac_sha256(key, signed)), got.headers["svix-signature"])
      assert.is_true(math.abs(got.headers["svix-timestamp"] - os.time()) < 30)
    end
    assert.are.equal(seen[1].headers["svix-id"], seen[2].headers["svix-id"])
    local waited = seen[2].at - seen[1].at
    assert.is_true(waited > 4.5 and waited < 9, "the second attempt came after " .. waited .. " s")
  end)
end)
