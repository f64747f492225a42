-- SPDX-License-Identifier: MIT
-- Row 9 of the bar: after every kind of failure no piece of a secret stands in an error, a hook's report, a
-- traceback, a dump or the output of the program; the core leaves no copy of a header in freed memory.

local child = require "support.child"
local core_calls = require "support.core_calls"
local hunt = require "support.secret_hunt"
local http_peer = require "support.http_peer"
local planted_core = require "support.planted_core"
local seam = require "seam"
local webhook = require "seam.webhook.safe"

-- None of them hold nine letters of another one.
local SECRETS = {
  api_key = "seam_Qm7xW2pLkV9tBn4zRf8yHc3d",
  personal_access_token = "seam_at_Jd5sGw8qXe1uMo6iTa0rPb2k",
  client_session_token = "seam_cst_Zy4vCn7hLf9jDs3wKx6gEu1m",
}

local function options_of(kind, secret)
  return { [kind] = secret, workspace_id = kind == "personal_access_token" and "w1" or nil }
end

local function json_with(status, told) return { reply = { status = status, json = told } } end

--- What a server may do with a secret it was sent. Rules of support.http_peer, by name.
local function answers(secret)
  -- The secret stands where an excerpt of 512 bytes is cut: half of it is too much as well.
  local html = "<html>" .. ("x"):rep(490) .. secret .. "</html>"
  local api_error = { type = "bad_" .. secret, message = "no such key " .. secret, request_id = secret,
    data = { [secret] = secret, list = { secret } }, validation_errors = { [secret] = { _errors = { secret } } } }
  return {
    ["an API error that repeats it everywhere"] = json_with(400, { error = api_error }),
    ["an invalid input"] = json_with(422, { error = { type = "invalid_input", message = secret,
      validation_errors = { _errors = { secret }, key = { _errors = { secret } } } } }),
    ["a 401"] = json_with(401, { error = { type = "unauthorized", message = secret } }),
    ["a 401 in HTML"] = { reply = { status = 401, body = html } },
    ["a 404 in HTML"] = { reply = { status = 404, body = html } },
    ["a 429"] = { reply = { status = 429, headers = { ["Retry-After"] = secret }, json = { error = api_error } } },
    ["a 500 in HTML"] = { reply = { status = 500, body = html } },
    ["a 503 with a header of it"] = { reply = { status = 503,
      headers = { ["seam-request-id"] = secret, ["X-A"] = secret } } },
    ["a redirect to it"] = { reply = { status = 307, headers = { Location = "http://127.0.0.1:1/" .. secret } } },
    ["a reason phrase of it"] = { reply = { status = 400, reason = secret } },
    ["a 200 in HTML"] = { reply = { body = html, headers = { ["Content-Type"] = "text/html" } } },
    ["a content type of it"] = { reply = { body = secret, headers = { ["Content-Type"] = secret } } },
    ["JSON cut in it"] = { reply = { body = '{"device":"' .. secret,
      headers = { ["Content-Type"] = "application/json" } } },
    ["a number in JSON that is it"] = { reply = { body = '{"device":' .. secret .. "}",
      headers = { ["Content-Type"] = "application/json" } } },
    ["an array that holds it"] = json_with(200, { secret }),
    ["another key than expected"] = json_with(200, { [secret] = secret }),
    ["a failed action attempt"] = json_with(200, { action_attempt = { action_attempt_id = secret, status = "error",
      error = { type = secret, message = secret } } }),
    ["garbage for a head"] = { play = { { recv = "all" }, { send = secret .. "\r\n\r\n" }, { fin = true } } },
    ["a bad status line"] = { play = { { recv = "all" },
      { send = "HTTP/1.1 " .. secret .. "\r\n\r\n" }, { fin = true } } },
    ["a header without a colon"] = { play = { { recv = "all" },
      { send = "HTTP/1.1 200 OK\r\n" .. secret .. "\r\n\r\n" }, { fin = true } } },
    ["a bad chunk"] = { play = { { recv = "all" },
      { send = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" .. secret .. "\r\n" }, { fin = true } } },
    ["an unknown encoding"] = { play = { { recv = "all" },
      { send = "HTTP/1.1 200 OK\r\nContent-Encoding: " .. secret .. "\r\nContent-Length: 3\r\n\r\nabc" },
      { fin = true } } },
    ["a body shorter than said"] = { reply = { body = secret, length = 1000 } },
    ["a connection that is hung up"] = { play = { { recv = "all" }, { fin = true } } },
    ["a connection that is reset"] = { play = { { recv = "half" }, { rst = true } } },
    ["silence"] = { play = { { recv = "all" }, { hang = true } } },
  }
end

local CALLS = {
  read = function(client) return client.devices.get("d1") end,
  list = function(client) return client.devices.list() end,
  write = function(client) return client.locks.unlock_door("d1") end,
  raw = function(client) return client.request { path = "/custom/thing", params = { a = 1 } } end,
}

describe("row 9: a secret", function()
  local peer

  setup(function() peer = http_peer.start() end)
  teardown(function() peer:stop() end)

  --- Makes a call that fails, and gathers all that a program could log of it.
  local function evidence(client_options, call)
    local kept = { reports = {} }
    local function keep(report)
      kept.reports[#kept.reports + 1] = report
      kept.reports[#kept.reports + 1] = debug.traceback("hook")
    end
    client_options.endpoint = client_options.endpoint or peer.url
    client_options.timeout, client_options.retries = 0.15, 1
    client_options.on_request, client_options.on_response, client_options.on_retry = keep, keep, keep
    local client = seam.new(client_options)
    local failed = not xpcall(function() return call(client) end, function(err)
      kept.error, kept.traceback = err, debug.traceback(tostring(err), 1)
      return err
    end)
    kept.client, kept.text = client, tostring(client)
    client:close()
    return kept, failed
  end

  local function shows_nothing(kept, secret, what)
    local place = hunt.in_value(kept, secret)
    assert.is_nil(place, place and (what .. ": " .. place))
  end

  local function stays_unseen_after(kind, secret, answer, rule)
    it(("(%s) stays unseen after %s"):format(kind, answer), function()
      for name, call in pairs(CALLS) do
        peer:script { rule }
        local kept, failed = evidence(options_of(kind, secret), call)
        -- The raw call takes any object for an answer.
        assert.is_true(failed or name == "raw", name .. " did not fail")
        assert.is_true(#kept.reports >= 4, "expected hooks to report")
        shows_nothing(kept, secret, name)
      end
    end)
  end

  for answer, rule in pairs(answers(SECRETS.api_key)) do
    stays_unseen_after("api_key", SECRETS.api_key, answer, rule)
  end

  for kind, secret in pairs(SECRETS) do
    for _, answer in ipairs { "an API error that repeats it everywhere", "a 500 in HTML", "JSON cut in it",
      "a 503 with a header of it" } do
      if kind ~= "api_key" then stays_unseen_after(kind, secret, answer, answers(secret)[answer]) end
    end

    it(("(%s) stays unseen where nothing can be reached"):format(kind), function()
      local tls_endpoint = peer.url:gsub("http", "https")
      for _, endpoint in ipairs { "http://127.0.0.1:" .. http_peer.closed_port(), "https://nowhere.invalid",
        tls_endpoint } do
        peer:script { { at = "connect", play = { { fin = true } } } }
        local given = options_of(kind, secret)
        given.endpoint = endpoint
        local kept, failed = evidence(given, CALLS.read)
        assert.is_true(failed)
        shows_nothing(kept, secret, endpoint)
      end
    end)

    it(("(%s) stays unseen where an option or a parameter is refused"):format(kind), function()
      local refusals = {
        { [kind] = secret .. "\n" }, { [kind] = " " .. secret }, { [kind] = "x" .. secret },
        { [kind] = secret, endpoint = "ftp://x" }, { [kind] = secret, timeout = -1 },
        { [kind] = secret, headers = { a = "\n" } },
        { api_key = secret, personal_access_token = secret, client_session_token = secret },
        { api_key = kind == "api_key" and secret .. "\0" or secret }, { [kind] = { secret } },
        { publishable_key = secret }, { [kind] = secret, unknown = 1 },
      }
      for _, given in ipairs(refusals) do
        local ok, err = pcall(seam.new, given)
        assert.is_false(ok)
        shows_nothing(err, secret, "options")
      end
      local client = seam.new((function()
        local given = options_of(kind, secret)
        given.endpoint = peer.url
        return given
      end)())
      for _, call in ipairs {
        function() client.devices.get { device_id = "d", other = 1 } end,
        function() client.request { path = "x" } end,
        function() client.devices.update { device_id = "d", custom_metadata = { a = print } } end,
        function() client.devices.get("d", { header = {} }) end,
        function() client.nothing.at_all() end,
        function() client.devices.nothing() end,
        function() client.with_workspace("\n") end,
      } do
        local ok, err = pcall(call)
        assert.is_false(ok)
        shows_nothing(err, secret, "parameters")
      end
      shows_nothing(client, secret, "client")
      client:close()
      shows_nothing(client, secret, "closed client")
    end)
  end

  it("would be seen by these eyes, whole or in pieces", function()
    local secret = SECRETS.api_key
    for _, value in ipairs { secret, { a = { secret } }, { [secret] = 1 }, { "x" .. secret:sub(8, 20) },
      setmetatable({}, { __tostring = function() return secret end }), setmetatable({}, { secret }) } do
      assert.is_string(hunt.in_value(value, secret))
    end
    assert.is_nil(hunt.in_value({ "..." .. secret:sub(-4) }, secret))
  end)

  it("of a webhook stays unseen, whatever is verified", function()
    local secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    local hook = webhook.new(secret)
    local headers = hook:sign("{}", "m")
    local kept = { hook, headers, { hook:verify("{}", headers) }, { hook:verify("x", headers) }, { hook:verify() },
      { webhook.new(secret .. "\n") }, { webhook.new(secret, { tolerance = secret }) }, { webhook.new { secret, 5 } } }
    assert.is_nil(hunt.in_value(kept, secret:sub(7)))
  end)

  it("is not in what a program prints, nor in its arguments or its environment", function()
    peer:script { answers(SECRETS.api_key)["an API error that repeats it everywhere"] }
    local output = core_calls.run_apart(([[
      local seam = require "seam"
      local key = ("d3cHy8fRz4nBt9VkLp2Wx7mQ_maes"):reverse()
      local function show(...) print("report", ...) end
      local client = seam.new { api_key = key, endpoint = %q, on_request = show, on_response = show, on_retry = show }
      print(client, pcall(client.devices.list))
      for _, name in ipairs { "cmdline", "environ" } do
        local file = assert(io.open("/proc/self/" .. name))
        print(name, (file:read("*a"):gsub("%%z", " ")))
        file:close()
      end
      client.devices.list()
    ]]):format(peer.url), "MARK=here")
    assert.is_truthy(output:find("SeamHttpApiError", 1, true), output)
    assert.is_truthy(output:find("MARK=here", 1, true), output)
    local piece = hunt.in_text(output, SECRETS.api_key)
    assert.is_nil(piece, output)
  end)
end)

-- ---- memory ----

-- Eight calls at a time by the bare core; waits to be looked at. The secret is in no file and no argument.
-- It is long, so that what was freed is not taken again at once.
local HOST = [[
  local core = require "seam.core"
  local pool = core.pool()
  local transfers = {}
  for i = 1, 8 do
    local line = "Authorization: Bearer seam_" .. ("%s"):reverse():rep(20) .. i
    transfers[i] = pool:submit { method = "POST", url = "%s/x", headers = { line }, body = "{}", timeout = 5 }
  end
  while pool:in_flight() > 0 do pool:step(1) end
  for i, transfer in ipairs(transfers) do
    assert(transfer:result() == 200)
    transfer:close()
    transfers[i] = nil
  end
  pool:close()
  pool = nil
  collectgarbage()
  collectgarbage()
  io.write("ready ", io.open("/proc/self/stat"):read("*l"):match("^%%d+"), "\n")
  io.flush()
  io.read("*l")
]]

local SECRET = "Tn6bVx2cQz8mLr4wYp9kJf3h"

--- The bytes of a process's heap; nil where the system does not let us look.
local function heap_of(pid)
  local maps = io.open(("/proc/%s/maps"):format(pid))
  local text = maps and maps:read("*a") or ""
  if maps then maps:close() end
  local from, to = text:match("(%x+)%-(%x+) rw%-p %x+ %x+:%x+ %d+ +%[heap%]")
  local memory = from and io.open(("/proc/%s/mem"):format(pid), "rb")
  if not memory then return nil end
  memory:seek("set", tonumber(from, 16))
  local bytes = memory:read(tonumber(to, 16) - tonumber(from, 16))
  memory:close()
  return bytes
end

--- Copies of the header as C made them: their first 16 bytes are spoilt by free. A string of Lua keeps at
--- least the second half of those, as its own head of 24 bytes stands before and free spoils 32 at most;
--- libcurl's buffers go on with a line break.
local function copies_of_c(heap)
  local count, from = 0, 1
  while true do
    local first, last = heap:find("earer seam_" .. SECRET:rep(20) .. "[1-8]%z", from)
    if not first then return count end
    if heap:sub(first - 8, first - 1) ~= "ation: B" then count = count + 1 end
    from = last + 1
  end
end

describe("row 9: the memory of a process that has closed its pool", function()
  local peer

  setup(function() peer = http_peer.start() end)
  teardown(function() peer:stop() end)

  local function copies_left(cpath)
    peer:script { { reply = { json = {} } } }
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write(("package.path = %q\npackage.cpath = %q\n"):format(package.path, (cpath or "") .. package.cpath))
    file:write(HOST:format(SECRET:reverse(), peer.url))
    file:close()
    local host = child.start(child.lua() .. " " .. path, "ready (%d+)")
    local heap = heap_of(host.captures[1])
    host:stop()
    os.remove(path)
    return heap and copies_of_c(heap)
  end

  it("holds no copy of a header that was the core's", function()
    local count = copies_left()
    if not count then return pending("skipped: this system lets nobody read /proc/<pid>/mem") end
    assert.equal(0, count)
  end)

  it("would be seen to hold them if they were not wiped", function()
    local cpath = planted_core.build("unwiped", { ["header_lines.c"] = {
      { "OPENSSL_cleanse(line->data, strlen(line->data));", "" },
    } })
    if not cpath then return pending("skipped: nothing can be compiled here") end
    local count = copies_left(cpath)
    if not count then return pending("skipped: this system lets nobody read /proc/<pid>/mem") end
    assert.is_true(count >= 1, "expected a copy")
  end)
end)
