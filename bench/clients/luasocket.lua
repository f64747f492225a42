-- SPDX-License-Identifier: MIT
-- LuaSocket, LuaSec and lua-cjson: what most Lua programs use. A connection a call, one call at a time.

local cjson = require "cjson"
local ltn12 = require "ltn12"

return function(base, certificates)
  local is_https = base:find("^https") ~= nil
  local http = is_https and require "ssl.https" or require "socket.http"

  local function get(path)
    local chunks = {}
    local ok, status = http.request {
      url = base .. path,
      sink = ltn12.sink.table(chunks),
      headers = { authorization = "Bearer seam_test_0123456789abcdef0123456789ab", accept = "application/json" },
      -- LuaSec verifies nothing unless it is told to, and knows no certificates of the system.
      verify = is_https and "peer" or nil,
      cafile = is_https and (certificates or "/etc/ssl/certs/ca-certificates.crt") or nil,
      protocol = is_https and "any" or nil,
    }
    assert(ok and status == 200, status)
    return cjson.decode(table.concat(chunks))
  end

  return {
    device = function() return get("/devices/get?device_id=warm&_strict=true").device end,
    devices = function() return get("/devices/list").devices end,
    fan = function(count)
      for _ = 1, count do get("/locks/get?device_id=warm&_strict=true") end
    end,
  }
end
