-- SPDX-License-Identifier: MIT
-- The cache of locks in one worker that many ask at once, in front of a slow Seam: one listing, no stall.

local nginx_server = require "support.nginx_server"
local socket = require "socket"

local UPSTREAM = [[
location = /locks/list {
  content_by_lua_block {
    ngx.shared.count:incr("listings", 1, 0)
    ngx.sleep(1)
    ngx.header["Content-Type"] = "application/json"
    ngx.print('{"devices":[{"device_id":"d1","display_name":"Door"}]}')
  }
}
location = /count { content_by_lua_block { ngx.print(ngx.shared.count:get("listings") or 0) } }
]]

local HTTP = [[
lua_shared_dict devices 1m;
init_by_lua_block {
  cache = require("seam.openresty").device_cache {
    client = require("seam").new { api_key = "seam_key", endpoint = "ENDPOINT" }, dict = "devices", ttl = 1,
  }
}
]]

local SERVER = [[
location = /alive { return 204; }
location = /locks {
  content_by_lua_block {
    local devices, info = cache.list()
    ngx.print(devices and devices[1].display_name or tostring(info), " ", tostring(devices and info.stale))
  }
}
]]

local function reason_to_skip()
  if not rawget(_G, "jit") then return "it is tried from LuaJIT's specs alone: nginx runs LuaJIT whoever asks it" end
  return nginx_server.missing()
end

describe("The cache of locks in one worker", function()
  local reason = reason_to_skip()
  if reason then
    pending("is not tried: " .. reason)
    return
  end

  local upstream, nginx

  setup(function()
    upstream = nginx_server.start { http = "lua_shared_dict count 1m;", server = UPSTREAM }
    nginx = nginx_server.start { http = (HTTP:gsub("ENDPOINT", upstream.url)), server = SERVER }
  end)

  teardown(function()
    nginx:stop()
    upstream:stop()
  end)

  local function listings() return tonumber((select(2, upstream:get "/count"))) end

  --- Sends all requests before it reads the first answer.
  local function ask_at_once(count)
    local connections, bodies = {}, {}
    for i = 1, count do
      connections[i] = assert(socket.connect("127.0.0.1", nginx.port))
      connections[i]:settimeout(20)
      assert(connections[i]:send("GET /locks HTTP/1.0\r\n\r\n"))
    end
    for _, connection in ipairs(connections) do
      local body = (connection:receive("*a") or ""):match("\r\n\r\n(.*)$") or "no answer"
      bodies[body] = (bodies[body] or 0) + 1
      connection:close()
    end
    return bodies
  end

  it("lists once for fifty that ask before there is anything", function()
    assert.same({ ["Door false"] = 50 }, ask_at_once(50))
    assert.equal(1, listings())
  end)

  it("lists once for fifty when the list is old, and lets nobody else wait", function()
    socket.sleep(1.1)
    local bodies = ask_at_once(50)
    assert.equal(50, (bodies["Door false"] or 0) + (bodies["Door true"] or 0))
    assert.is_true((bodies["Door true"] or 0) >= 49, "49 were to get what was there")
    assert.equal(2, listings())
  end)

  it("keeps the worker free while it waits", function()
    socket.sleep(1.1)
    local waiting = assert(socket.connect("127.0.0.1", nginx.port))
    waiting:send("GET /locks HTTP/1.0\r\n\r\n")
    local started = socket.gettime()
    assert.equal(204, (nginx:get "/alive"))
    local took = socket.gettime() - started
    assert.truthy((waiting:receive("*a") or ""):find("Door", 1, true))
    waiting:close()
    assert.is_true(took < 0.7, ("the worker answered after %.2f s"):format(took))
  end)
end)
