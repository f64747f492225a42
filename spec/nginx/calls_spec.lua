-- SPDX-License-Identifier: MIT
-- Calls that are under way in nginx at once, and what the worker does meanwhile.

local files = require "support.files"
local http_peer = require "support.http_peer"
local nginx_client = require "support.nginx_client"
local nginx_server = require "support.nginx_server"
local preload = require "support.preload"
local socket = require "socket"

local missing = nginx_server.missing()

local SERVER = [[
  location = /alive { content_by_lua_block { ngx.print("alive") } }
  location = /read { content_by_lua_block { ngx.print(read(ngx.var.arg_id)) } }
  location = /reused { content_by_lua_block {
    local tcp, reused = ngx.socket.tcp, nil
    ngx.socket.tcp = function()
      local one = tcp()
      local connect = one.connect
      one.connect = function(self, ...)
        local ok, err = connect(self, ...)
        reused = self:getreusedtimes()
        return ok, err
      end
      return one
    end
    local id = read()
    ngx.socket.tcp = tcp
    ngx.print(id, " ", reused)
  } }
  location = /spawn { content_by_lua_block {
    local threads, answers = {}, {}
    for i = 1, 20 do threads[i] = ngx.thread.spawn(read) end
    for i = 1, 20 do answers[i] = select(2, ngx.thread.wait(threads[i])) end
    ngx.print(table.concat(answers, " "))
  } }
  location = /gather { content_by_lua_block {
    local functions = {}
    for i = 1, 20 do functions[i] = function() return client.devices.get("fine").device_id end end
    ngx.print(table.concat(seam.gather(functions), " "))
  } }
  location = /gather_failing { content_by_lua_block {
    local results, err = seam.gather {
      good = function() return client.devices.get("fine").device_id end,
      bad = function() error("not so", 0) end,
    }
    ngx.print(tostring(results), " ", tostring(err), " ", tostring(err.results.good))
  } }
  location = /stuck { content_by_lua_block {
    local stuck = seam.new{ api_key = "seam_nginx_0002", endpoint = "http://stuck-2000-x.fault.test", retries = 0,
      allow_insecure = true, timeout = 0.3 }
    local device, err = stuck.devices.get("x")
    ngx.print(err and err.code or "no error")
  } }
  location = /slept { content_by_lua_block {
    local before = client:now()
    client:sleep(0.05)
    client:sleep(0)
    client:sleep(0.0001)
    ngx.print(client:now() - before >= 0.05 and "slept" or "did not")
  } }
  location = /closed { content_by_lua_block {
    local other = seam.new{ api_key = "seam_nginx_0003", endpoint = client_endpoint, retries = 0 }
    local thread = ngx.thread.spawn(function() return select(2, other.devices.get("hang")) end)
    ngx.sleep(0.1)
    other:close()
    local _, err = ngx.thread.wait(thread)
    ngx.print(err.code, " ", select(2, other.devices.get("fine")).code)
  } }
]]

--- Seconds that something took.
local function time(f)
  local started = socket.gettime()
  local result = f()
  return socket.gettime() - started, result
end

describe("Calls in nginx", function()
  if missing then return pending(missing) end
  local peer, nginx

  setup(function()
    peer = http_peer.start()
    nginx = nginx_server.start {
      http = nginx_client.client(peer.url), server = SERVER, environment = preload.environment("resolver"),
    }
    peer:script { nginx_client.rule() }
    nginx:get("/read") -- the first call starts the thread
  end)
  teardown(function()
    if nginx then nginx:stop() end
    peer:stop()
  end)
  before_each(function() peer:script { nginx_client.rule(0.2) } end)

  for _, way in ipairs { "spawn", "gather" } do
    it(("run at the same time, 20 by %s in one request"):format(way), function()
      local seconds, body = time(function() return select(2, nginx:get("/" .. way)) end)
      assert.equal(("fine "):rep(20), body .. " ")
      assert.is_true(seconds < 2, ("20 calls of 0.2 s took %.2f s"):format(seconds))
    end)
  end

  it("fail in a gather without taking the others along", function()
    local body = select(2, nginx:get("/gather_failing"))
    assert.is_truthy(body:find("^nil .*not so.* fine$"), body)
  end)

  it("run at the same time, 50 requests of one worker, and hold nobody else", function()
    nginx:get("/alive")
    local requests, slowest = {}, 0
    for i = 1, 50 do requests[i] = nginx_client.ask(nginx, "/read") end
    local seconds = time(function()
      for _ = 1, 10 do slowest = math.max(slowest, (time(function() nginx:get("/alive") end))) end
      for i = 1, 50 do assert.equal("fine", (select(2, requests[i]:answer()))) end
    end)
    assert.is_true(seconds < 3, ("50 calls of 0.2 s took %.2f s"):format(seconds))
    assert.is_true(slowest < 0.15, ("another location waited for %.3f s"):format(slowest))
  end)

  it("give each request its own answer", function()
    peer:script { { play = { { recv = "all" }, { wait = 0.02 }, { reply = { status = 418, echo = true } } } } }
    local requests = {}
    for i = 1, 30 do requests[i] = nginx_client.ask(nginx, "/read?id=device-" .. i) end
    for i = 1, 30 do
      local body = select(2, requests[i]:answer())
      assert.is_truthy(body:find("418", 1, true), body)
    end
    local seen = {}
    for _, request in ipairs(peer:report().requests) do seen[request.target:match("device%-%d+")] = true end
    for i = 1, 30 do assert.is_true(seen["device-" .. i], i .. " was not asked for") end
  end)

  it("keep their connections to the server and to the core", function()
    peer:script { nginx_client.rule() }
    for _ = 1, 20 do
      local id, reused = select(2, nginx:get("/reused")):match("^(%a+) (%d+)$")
      assert.equal("fine", id)
      assert.is_true(tonumber(reused) > 0, "a new connection to the core")
    end
    assert.is_true(#peer:report().connections <= 1, "a connection for each call")
  end)

  it("do not hold the worker while a name server does not answer", function()
    if not preload.environment("resolver") then return pending("the resolver of spec/c is not built") end
    peer:script { nginx_client.rule() }
    local stuck, slowest = nginx_client.ask(nginx, "/stuck"), 0
    local seconds = time(function()
      for _ = 1, 10 do
        slowest = math.max(slowest, (time(function() nginx:get("/alive") end)))
        assert.equal("fine", (select(2, nginx:get("/read"))))
        socket.sleep(0.02)
      end
      assert.equal("timeout", (select(2, stuck:answer())))
    end)
    assert.is_true(slowest < 0.25, ("another location waited for %.3f s"):format(slowest))
    assert.is_true(seconds < 1.8, ("a call with 0.3 s took %.2f s"):format(seconds))
  end)

  it("pause without holding the worker", function()
    assert.equal("slept", (select(2, nginx:get("/slept"))))
    assert.is_nil(nginx:error_log():find("sleep", 1, true))
  end)

  it("end with their client", function()
    peer:script { nginx_client.rule(0, { path = "/x" }), { play = { { recv = "all" }, { hang = true } } } }
    local seconds, body = time(function() return select(2, nginx:get("/closed")) end)
    assert.equal("cancelled closed", body)
    assert.is_true(seconds < 2, "it ended by its deadline")
  end)
end)

describe("Calls in nginx without a thread", function()
  if missing then return pending(missing) end
  local peer, nginx

  setup(function()
    peer = http_peer.start()
    nginx = nginx_server.start {
      http = nginx_client.client(peer.url, [[transport = require("seam.transport.nginx").new({}, true)]]),
      server = SERVER,
    }
  end)
  teardown(function()
    if nginx then nginx:stop() end
    peer:stop()
  end)
  before_each(function() peer:script { nginx_client.rule(0.2) } end)

  it("run at the same time, too", function()
    local seconds, body = time(function() return select(2, nginx:get("/spawn")) end)
    assert.equal(("fine "):rep(20), body .. " ")
    assert.is_true(seconds < 2, ("20 calls of 0.2 s took %.2f s"):format(seconds))
    assert.equal("1\n", files.output_of(("ls /proc/%d/task | wc -l"):format(nginx:workers()[1])))
  end)

  it("hold nobody else", function()
    local request, slowest = nginx_client.ask(nginx, "/read"), 0
    for _ = 1, 5 do slowest = math.max(slowest, (time(function() nginx:get("/alive") end))) end
    assert.equal("fine", (select(2, request:answer())))
    assert.is_true(slowest < 0.15, ("another location waited for %.3f s"):format(slowest))
  end)
end)
