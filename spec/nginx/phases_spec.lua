-- SPDX-License-Identifier: MIT
-- Where in nginx calls work, and where they are refused before anything is sent.

local http_peer = require "support.http_peer"
local nginx_client = require "support.nginx_client"
local nginx_server = require "support.nginx_server"
local tls_peer = require "support.tls_peer"

local missing = nginx_server.missing()

-- Each location or server calls by its own name, and says what came of it in the dictionary `said`.
local SERVER = [[
  set $said "";
  server_rewrite_by_lua_block { if ngx.var.uri == "/server_rewrite" then said("server_rewrite", read()) end }
  location = /server_rewrite { return 204; }
  location = /rewrite { rewrite_by_lua_block { ngx.print(read()) ngx.exit(200) } }
  location = /access { access_by_lua_block { ngx.print(read()) ngx.exit(200) } content_by_lua_block { } }
  location = /content { content_by_lua_block { ngx.print(read()) } }
  location = /write { content_by_lua_block { ngx.print(unlock()) } }
  location = /timer { content_by_lua_block { ngx.timer.at(0, function() said("timer", read()) end) } }
  location = /log_timer {
    return 204;
    log_by_lua_block { ngx.timer.at(0, function() said("log_timer", read()) end) }
  }
  location = /set { set_by_lua_block $said { said("set", read("never")) return "" } return 204; }
  location = /header_filter { return 204; header_filter_by_lua_block { said("header_filter", read("never")) } }
  location = /body_filter { return 200 "x"; body_filter_by_lua_block { said("body_filter", read("never")) } }
  location = /log { return 204; log_by_lua_block { said("log", read("never")) } }
  location = /balancer { proxy_pass http://behind; }
  location = /gsub { content_by_lua_block { ("x"):gsub("x", function() said("gsub", unlock("never")) end) } }
  location = /wrapped { content_by_lua_block {
    ngx.print(coroutine.wrap(function() return select(2, pcall(read)) end)())
  } }
  location = /index { content_by_lua_block {
    ngx.print(setmetatable({}, { __index = function() return read() end }).anything)
  } }
  location = /blocking { return 204; log_by_lua_block { said("blocking", read_blocking()) } }
  location = /said { content_by_lua_block { ngx.print(ngx.shared.said:get(ngx.var.arg_by) or "nothing") } }
]]

local HTTP = [[
  lua_shared_dict said 64k;
  upstream behind { server 127.0.0.1:1; balancer_by_lua_block { said("balancer", read("never")) } }
  init_worker_by_lua_block {
    said("init_worker", read("never"))
    ngx.timer.at(0, function() said("init_worker_timer", read()) end)
  }
  server {
    listen 127.0.0.1:%d ssl;
    ssl_certificate %s;
    ssl_certificate_key %s;
    ssl_certificate_by_lua_block { said("ssl_certificate", read()) }
    return 204;
  }
]]

describe("A call in nginx", function()
  if missing then return pending(missing) end
  local peer, nginx, certificate, tls_port

  local function said(by)
    local text
    for _ = 1, 100 do
      text = select(2, nginx:get("/said?by=" .. by))
      if text ~= "nothing" then break end
      require("socket").sleep(0.02)
    end
    return text
  end

  local function sent(id)
    local count = 0
    for _, request in ipairs(peer:report().requests) do
      if (request.body .. request.target):find(id, 1, true) then count = count + 1 end
    end
    return count
  end

  setup(function()
    peer = http_peer.start()
    peer:script { nginx_client.rule() }
    certificate = tls_peer.certificate()
    tls_port = http_peer.closed_port()
    local client = nginx_client.client(peer.url):gsub("}%s*$", [[
      local blocking = seam.new{ api_key = "seam_nginx_0001", endpoint = "]] .. peer.url .. [[", blocking = true }
      function read_blocking() return tostring((blocking.devices.get("fine") or {}).device_id) end
      function said(by, text) ngx.shared.said:set(by, text) end
      said("init", read("never"))
    }]])
    nginx = nginx_server.start {
      http = client .. HTTP:format(tls_port, certificate.file, certificate.key), server = SERVER,
    }
  end)
  teardown(function()
    if nginx then nginx:stop() end
    peer:stop()
    if certificate then certificate:remove() end
  end)

  for _, phase in ipairs { "rewrite", "access", "content", "wrapped", "index" } do
    it("works in " .. phase, function()
      local status, body = nginx:get("/" .. phase)
      assert.equal("200 fine", ("%s %s"):format(tostring(status), body))
    end)
  end

  it("may be a write", function() assert.equal("success", (select(2, nginx:get("/write")))) end)

  for _, phase in ipairs { "server_rewrite", "timer", "log_timer" } do
    it("works in " .. phase, function()
      nginx:get("/" .. phase)
      assert.equal("fine", said(phase))
    end)
  end

  it("works in a timer of init_worker", function() assert.equal("fine", said("init_worker_timer")) end)

  it("works in ssl_certificate", function()
    require("support.files").output_of(("curl -sk -m 5 https://127.0.0.1:%d/"):format(tls_port))
    assert.equal("fine", said("ssl_certificate"))
  end)

  for _, phase in ipairs { "init", "init_worker", "set", "header_filter", "body_filter", "log", "balancer" } do
    it(("is refused in %s, with a way out, before anything is sent"):format(phase), function()
      nginx:get("/" .. phase)
      local text = said(phase)
      assert.is_truthy(text:find("cannot_wait", 1, true), text)
      assert.is_truthy(text:find("lets nothing wait in " .. phase .. "_by_lua", 1, true), text)
      assert.is_truthy(text:find("ngx.timer.at(0", 1, true) and text:find("blocking = true", 1, true), text)
      assert.is_truthy(text:find("not_sent", 1, true), text)
      assert.equal(0, sent("never"))
    end)
  end

  it("is refused inside a callback that C calls, before anything is sent", function()
    nginx:get("/gsub")
    local text = said("gsub")
    assert.is_truthy(text:find("a function that C calls", 1, true), text)
    assert.equal(0, sent("never"))
  end)

  it("may block the worker where the client was made for that", function()
    nginx:get("/blocking")
    assert.equal("fine", said("blocking"))
  end)

  it("leaves no complaint in the log", function()
    local log = nginx:error_log()
    assert.is_nil(log:match("[^\n]*%[crit%][^\n]*") or log:match("[^\n]*%[alert%][^\n]*"))
  end)
end)
