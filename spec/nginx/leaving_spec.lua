-- SPDX-License-Identifier: MIT
-- Clients of nginx that go away while their request calls Seam: a read is broken off, a write goes on
-- and its outcome is logged.

local http_peer = require "support.http_peer"
local nginx_client = require "support.nginx_client"
local nginx_server = require "support.nginx_server"
local socket = require "socket"

local missing = nginx_server.missing()

local SERVER = [[
  location = /read { lua_check_client_abort on; content_by_lua_block { ngx.print(read("slow")) } }
  location = /unlock { lua_check_client_abort on; content_by_lua_block { ngx.print(unlock("slow")) } }
  location = /late_unlock {
    lua_check_client_abort on;
    content_by_lua_block { ngx.sleep(1) ngx.print(unlock("slow")) }
  }
  location = /unchecked { content_by_lua_block { ngx.print(unlock("slow")) } }
  location = /killed { content_by_lua_block {
    local thread = ngx.thread.spawn(read, "slow")
    ngx.sleep(0.2)
    ngx.thread.kill(thread)
    ngx.print("killed")
  } }
  location = /quick { content_by_lua_block { ngx.print(read()) } }
]]

describe("A client of nginx that goes away", function()
  if missing then return pending(missing) end
  local peer, nginx

  local function start(workers)
    nginx = nginx_server.start { http = nginx_client.client(peer.url), server = SERVER, workers = workers or 1 }
  end

  --- A write is answered late, a read never.
  local function script(seconds)
    peer:script {
      nginx_client.rule(seconds, { path = "/locks/unlock_door" }),
      { match = { path = "/devices/get" }, play = { { recv = "all" }, { wait = seconds }, { hang = true } } },
    }
  end

  local function wait_for_request() nginx_client.arrived(peer, 1) end

  local function wait_for_log(pattern)
    local deadline = socket.gettime() + 5
    while socket.gettime() < deadline do
      local line = nginx:error_log():match("[^\n]*" .. pattern .. "[^\n]*")
      if line then return line end
      socket.sleep(0.02)
    end
    return nil
  end

  setup(function() peer = http_peer.start() end)
  teardown(function() peer:stop() end)
  before_each(function() script(0.5) end)
  after_each(function()
    if nginx then nginx:stop() end
    nginx = nil
  end)

  local function assert_broken_off(since)
    local _, was_closed = peer:wait_for(function(report) return report.open == 0 end, 5)
    assert.is_true(was_closed, "the call to the server goes on")
    assert.is_true(socket.gettime() - since < 5)
  end

  it("breaks a read off", function()
    start()
    local request = nginx_client.ask(nginx, "/read")
    wait_for_request()
    request:leave()
    assert_broken_off(socket.gettime())
    assert.is_nil(nginx:error_log():find("nobody waited", 1, true))
  end)

  it("leaves a write to its end, which is logged", function()
    start()
    local request = nginx_client.ask(nginx, "/unlock")
    wait_for_request()
    request:leave()
    local line = wait_for_log("nobody waited")
    assert.is_truthy(line, "no line in the log")
    assert.is_truthy(line:find("POST /locks/unlock_door: nobody waited any more; the server answered with status 200",
      1, true), line)
    assert.is_truthy(line:find("[error]", 1, true), "nginx logs errors by default: " .. line)
    assert.is_nil(nginx:error_log():find("seam_nginx_0001", 1, true), "the key is in the log")
    assert.equal(1, peer:report().complete)
  end)

  it("leaves a write to its failure, which is logged as what is not known", function()
    start()
    peer:script { { play = { { recv = "all" }, { wait = 0.3 }, { rst = true } } } }
    local request = nginx_client.ask(nginx, "/unlock")
    wait_for_request()
    request:leave()
    local line = wait_for_log("nobody waited")
    assert.is_truthy(line and line:find("it failed (closed), whether it was carried out is not known", 1, true), line)
  end)

  it("lets a worker that leaves wait for the write's end", function()
    start()
    script(1.5)
    local request, worker = nginx_client.ask(nginx, "/unlock"), nginx:workers()[1]
    wait_for_request()
    request:leave()
    nginx:signal("HUP")
    assert.is_true(nginx:wait_for_end(worker))
    local line = nginx:error_log():match("[^\n]*nobody waited[^\n]*")
    assert.is_truthy(line and line:find("status 200", 1, true), line or "the worker left without a word")
  end)

  it("lets a worker that leaves wait for a write that began while it was leaving", function()
    start()
    script(1)
    local request, worker = nginx_client.ask(nginx, "/late_unlock"), nginx:workers()[1]
    socket.sleep(0.2)
    nginx:signal("HUP")
    assert.is_truthy(wait_for_log("gracefully shutting down"))
    wait_for_request()
    request:leave()
    assert.is_true(nginx:wait_for_end(worker))
    local line = nginx:error_log():match("[^\n]*nobody waited[^\n]*")
    assert.is_truthy(line and line:find("status 200", 1, true), line or "the worker left without a word")
  end)

  it("is not noticed where nginx is not told to look: the call ends as ever", function()
    start()
    local request = nginx_client.ask(nginx, "/unchecked")
    wait_for_request()
    request:leave()
    socket.sleep(1)
    assert.is_nil(nginx:error_log():find("nobody waited", 1, true))
    assert.is_nil(nginx:error_log():find("[alert]", 1, true))
  end)

  it("has its like in a light thread that is killed", function()
    start()
    assert.equal("killed", (select(2, nginx:get("/killed"))))
    assert_broken_off(socket.gettime())
  end)

  it("leaves nothing behind", function()
    start()
    local requests = {}
    for i = 1, 20 do requests[i] = nginx_client.ask(nginx, "/read") end
    nginx_client.arrived(peer, 20) -- nginx itself does not see who leaves before its request is read
    for i = 1, 20 do requests[i]:leave() end
    assert_broken_off(socket.gettime())
    peer:script { nginx_client.rule() }
    assert.equal("fine", (select(2, nginx:get("/quick"))))
  end)
end)
