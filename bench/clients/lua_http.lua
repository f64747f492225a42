-- SPDX-License-Identifier: MIT
-- lua-http on cqueues and lua-cjson: kept connections, HTTP/2 over TLS, coroutines for fan-out.

local cjson = require "cjson"
local cqueues = require "cqueues"
local client = require "http.client"
local headers = require "http.headers"

local function request_headers(base, path)
  local list = headers.new()
  list:append(":method", "GET")
  list:append(":scheme", base:match("^%a+"))
  list:append(":authority", base:match("//(.+)$"))
  list:append(":path", path)
  list:append("authorization", "Bearer seam_test_0123456789abcdef0123456789ab")
  list:append("accept", "application/json")
  return list
end

local function tls_context(certificates)
  local context = require("http.tls").new_client_context()
  if certificates then
    local store = require("openssl.x509.store").new()
    store:add(certificates)
    context:setStore(store)
  end
  return context
end

local function connect(base, certificates)
  local host, port = base:match("//([^:]+):(%d+)")
  local is_tls = base:find("^https") ~= nil
  return assert(client.connect({
    host = host, port = tonumber(port), tls = is_tls, ctx = is_tls and tls_context(certificates) or nil,
    sendname = false,
  }, 60))
end

local function get(connection, base, path)
  local stream = assert(connection:new_stream())
  assert(stream:write_headers(request_headers(base, path), true, 60))
  local answer = assert(stream:get_headers(60))
  assert(answer:get(":status") == "200")
  local body = assert(stream:get_body_as_string(60))
  stream:shutdown()
  return cjson.decode(body)
end

--- Over http a connection for each that runs at once, over HTTP/2 four that they share.
local function fan(base, certificates, count, concurrency)
  local loop, left = cqueues.new(), count
  local connections, places = {}, math.min(count, concurrency)
  local shared = base:find("^https") and 4 or places
  if shared < places then
    for place = 1, shared do connections[place] = connect(base, certificates) end
  end
  for number = 1, places do
    loop:wrap(function()
      local place = number % shared + 1
      while left > 0 do
        left = left - 1
        connections[place] = connections[place] or connect(base, certificates)
        get(connections[place], base, "/locks/get?device_id=warm&_strict=true")
      end
    end)
  end
  assert(loop:loop())
end

return function(base, certificates)
  local connection
  local function ask(path)
    connection = connection or connect(base, certificates)
    return get(connection, base, path)
  end
  return {
    device = function() return ask("/devices/get?device_id=warm&_strict=true").device end,
    devices = function() return ask("/devices/list").devices end,
    fan = function(count, concurrency) fan(base, certificates, count, concurrency) end,
  }
end
