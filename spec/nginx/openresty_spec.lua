-- SPDX-License-Identifier: MIT
-- The ready handlers in a real nginx with two workers, in front of bin/seam-sandbox.

local cjson = require "cjson"
local http = require "socket.http"
local ltn12 = require "ltn12"
local nginx_server = require "support.nginx_server"
local sandbox_server = require "support.sandbox_server"
local socket = require "socket"
local webhook = require "seam.webhook"

local SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
local BACK_DOOR = "681bf7bc-e7c6-48e6-acfe-6dbabd0615c5"

local HTTP = [[
lua_shared_dict messages 1m;
lua_shared_dict devices 1m;
lua_shared_dict metrics 1m;
lua_shared_dict seen 1m;
client_body_buffer_size 1k;
init_by_lua_block {
  local openresty = require "seam.openresty"
  local seam = require "seam"
  local options = openresty.hooks { dict = "metrics" }
  options.retries = 0
  client = seam.new(options)
  cache = openresty.device_cache { client = client, dict = "devices", ttl = 5 }
  receive = openresty.webhook {
    secret = "SECRET", dict = "messages", metrics = "metrics", max_body = 20000,
    on = { cache.on, {
      ["lock.*"] = function(event) ngx.shared.seen:incr(event.event_id, 1, 0) end,
      ["test.fails_once"] = function(event)
        if ngx.shared.seen:incr(event.event_id, 1, 0) == 1 then error({ not_a = "text" }) end
      end,
      ["test.slow"] = function(event)
        ngx.sleep(0.3)
        ngx.shared.seen:incr(event.event_id, 1, 0)
      end,
    } },
  }
  open = openresty.unlock {
    client = client,
    device = function(ngx) return ngx.var.arg_device end,
    authorize = function(ngx)
      if ngx.var.arg_who == "nobody" then return false, "Only guests may." end
      if ngx.var.arg_who == "broken" then error("the session store is gone") end
      return ngx.var.arg_who == "guest"
    end,
  }
  show = openresty.metrics { dict = "metrics", device_cache = cache }
}
]]

local SERVER = [[
location = /webhook { content_by_lua_block { receive() } }
location = /unlock { content_by_lua_block { open() } }
location = /metrics { content_by_lua_block { show() } }
location = /seen { content_by_lua_block { ngx.print(ngx.shared.seen:get(ngx.var.arg_id) or 0) } }
location = /locks {
  content_by_lua_block {
    local devices, info = cache.list()
    if not devices then return ngx.print("error " .. tostring(info)) end
    ngx.print(#devices, " ", tostring(cache.get(ngx.var.arg_device or devices[1].device_id)), " ", tostring(info.stale))
  }
}
location = /wrong_options {
  content_by_lua_block { require("seam.openresty").metrics { dict = "metric" } }
}
]]

if not rawget(_G, "jit") then
  describe("The handlers in nginx", function()
    pending("are tried from LuaJIT's specs alone: nginx runs LuaJIT whoever asks it")
  end)
  return
end

describe("The handlers in nginx", function()
  local reason = nginx_server.missing()
  if reason then
    pending("are not tried: " .. reason)
    return
  end

  local nginx, sandbox, signer

  setup(function()
    sandbox = sandbox_server.start "--login"
    signer = webhook.new(SECRET)
    nginx = nginx_server.start {
      workers = 2, main = "env SEAM_API_KEY; env SEAM_ENDPOINT;", http = HTTP:gsub("SECRET", SECRET), server = SERVER,
      environment = ("SEAM_API_KEY=%s SEAM_ENDPOINT=%s"):format(sandbox.key, sandbox.endpoint),
    }
  end)

  teardown(function()
    nginx:stop()
    sandbox:stop()
  end)

  local function ask(path, request)
    local parts = {}
    local headers = { ["content-length"] = request.body and #request.body or (request.method == "POST" and 0) or nil }
    for name, value in pairs(request.headers or {}) do headers[name] = value end
    local _, status, answered = http.request {
      url = nginx.url .. path, method = request.method, headers = headers, sink = ltn12.sink.table(parts),
      source = request.body and ltn12.source.string(request.body),
    }
    return status, table.concat(parts), answered
  end

  --- Sends all requests before it reads the first answer; returns how often each status came.
  local function ask_at_once(count, head, body)
    local connections, statuses = {}, {}
    for i = 1, count do
      connections[i] = assert(socket.connect("127.0.0.1", nginx.port))
      assert(connections[i]:send(head .. "Host: localhost\r\nConnection: close\r\n\r\n" .. (body or "")))
    end
    for _, connection in ipairs(connections) do
      local status = tonumber((connection:receive("*l") or ""):match("^HTTP/1.1 (%d+)"))
      statuses[status] = (statuses[status] or 0) + 1
      connection:close()
    end
    return statuses
  end

  local function event(kind, id, padding)
    return cjson.encode { event_id = id, event_type = kind, padding = padding }
  end

  local function send(kind, id, padding)
    local body = event(kind, id, padding)
    return ask("/webhook", { method = "POST", body = body, headers = signer:sign(body, "msg_" .. id) })
  end

  local function seen(id)
    local _, text = nginx:get("/seen?id=" .. id)
    return tonumber(text)
  end

  --- What the cache serves of the lock, once it has this in it.
  local function locks_until(words)
    local text
    local deadline = socket.gettime() + 10
    repeat
      text = select(2, nginx:get("/locks?device=" .. BACK_DOOR))
    until text:find(words, 1, true) or socket.gettime() > deadline
    return text
  end

  local function head_of(body, id)
    local lines = { "POST /webhook HTTP/1.1", "Content-Length: " .. #body }
    for name, value in pairs(signer:sign(body, id)) do lines[#lines + 1] = name .. ": " .. value end
    return table.concat(lines, "\r\n") .. "\r\n"
  end

  it("handle a webhook once, however many workers get it", function()
    assert.equal(204, (send("lock.unlocked", "e1")))
    for _ = 1, 10 do assert.equal(204, (send("lock.unlocked", "e1"))) end
    assert.equal(1, seen "e1")
  end)

  it("handle it once when it comes twenty times at once", function()
    local body = event("test.slow", "e2")
    local statuses = ask_at_once(20, head_of(body, "msg_e2"), body)
    assert.is_true((statuses[204] or 0) >= 1)
    assert.equal(20, (statuses[204] or 0) + (statuses[503] or 0))
    assert.equal(204, (send("test.slow", "e2")))
    assert.equal(1, seen "e2")
  end)

  it("read a body that nginx put into a file", function()
    assert.equal(204, (send("lock.locked", "e3", ("x"):rep(15000))))
    assert.equal(1, seen "e3")
  end)

  it("read a body that comes in chunks", function()
    local body = event("lock.locked", "e4")
    local headers = signer:sign(body, "msg_e4")
    headers["transfer-encoding"] = "chunked"
    local source = ltn12.source.string(body)
    local _, status = http.request {
      url = nginx.url .. "/webhook", method = "POST", headers = headers, source = source,
    }
    assert.equal(204, status)
    assert.equal(1, seen "e4")
  end)

  it("refuse forged, large and other requests", function()
    local body = event("lock.locked", "e5")
    local headers = signer:sign(body, "msg_e5")
    assert.equal(400, (ask("/webhook", { method = "POST", body = body .. " ", headers = headers })))
    assert.equal(413, (send("lock.locked", "e5", ("x"):rep(30000))))
    local status, _, answered = ask("/webhook", { method = "GET" })
    assert.equal(405, status)
    assert.equal("POST", answered.allow)
    assert.equal(0, seen "e5")
  end)

  it("take a message again whose handler failed", function()
    local status, text = send("test.fails_once", "e6")
    assert.equal(500, status)
    assert.equal("The message was not handled\n", text)
    assert.equal(204, (send("test.fails_once", "e6")))
    assert.equal(204, (send("test.fails_once", "e6")))
    assert.equal(2, seen "e6")
  end)

  it("open a door for a guest of this site alone", function()
    local function try(who, headers)
      return ask("/unlock?device=" .. BACK_DOOR .. "&who=" .. who, { method = "POST", headers = headers })
    end
    local own = { ["sec-fetch-site"] = "same-origin" }
    local status, text, headers = try("guest", own)
    assert.equal('{"message":"The door is unlocked.","outcome":"done"}', text)
    assert.equal(200, status)
    assert.equal("application/json", headers["content-type"])
    assert.equal(403, (try("guest", {})))
    assert.equal(403, (try("guest", { origin = "http://evil.example" })))
    assert.equal(403, (try("stranger", own)))
    status, text = try("nobody", own)
    assert.equal(403, status)
    assert.equal('{"message":"Only guests may.","outcome":"not_sent"}', text)
    status, text = try("broken", own)
    assert.equal(403, status)
    assert.is_nil(text:find("session", 1, true), text)
    assert.truthy(nginx:error_log():find("the session store is gone", 1, true))
    assert.equal(405, (ask("/unlock?who=guest", { method = "GET", headers = own })))
    assert.equal(404, (ask("/unlock?who=guest", { method = "POST", headers = own })))
    local nobody = "00000000-0000-4000-8000-000000000000"
    assert.equal(404, (ask("/unlock?who=guest&device=" .. nobody, { method = "POST", headers = own })))
  end)

  it("list the locks once for both workers, and again after a webhook", function()
    local function listings()
      local _, text = nginx:get("/metrics")
      return tonumber(text:match('seam_calls_total{endpoint="/locks/list"} (%d+)')) or 0
    end
    nginx:get("/locks")
    local before = listings()
    for _ = 1, 20 do nginx:get("/locks") end
    assert.equal(before, listings())
    for i, state in ipairs { "unlocked", "locked" } do
      sandbox:run(("-e 'require(\"seam\").locks.%s_door \"%s\"'"):format(state:sub(1, -3), BACK_DOOR))
      send("lock." .. state, "e7" .. i)
      assert.equal(("3 device \"BACK DOOR\" %s (salto_lock, %s) false"):format(BACK_DOOR, state),
        locks_until("salto_lock, " .. state))
    end
  end)

  it("tell Prometheus what happened", function()
    local status, text = nginx:get("/metrics")
    assert.equal(200, status)
    for _, line in ipairs {
      'seam_webhooks_total{result="failed"} 1\n', 'seam_webhooks_total{result="too_large"} 1\n',
      'seam_attempts_total{endpoint="/locks/unlock_door",outcome="done"} 1\n', "seam_device_cache_age_seconds ",
      'seam_attempt_seconds_bucket{endpoint="/locks/unlock_door",le="+Inf"} ',
    } do
      assert.truthy(text:find(line, 1, true), line .. " is not in\n" .. text)
    end
  end)

  it("say in the log what is wrong with options, though nginx shows no error objects", function()
    assert.equal(500, (nginx:get("/wrong_options")))
    assert.truthy(nginx:error_log():find("The dict option names 'metric'", 1, true), nginx:error_log())
  end)

  it("say that nothing was sent, and serve old locks, once Seam is gone", function()
    nginx:get("/locks")
    sandbox:stop()
    local status, text = ask("/unlock?who=guest&device=" .. BACK_DOOR,
      { method = "POST", headers = { ["x-requested-with"] = "spec" } })
    assert.equal(503, status)
    assert.truthy(text:find('"outcome":"not_sent"', 1, true), text)
    send("lock.locked", "e8")
    assert.equal('3 device "BACK DOOR" ' .. BACK_DOOR .. " (salto_lock, locked) true", locks_until "true")
  end)
end)
