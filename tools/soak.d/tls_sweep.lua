-- SPDX-License-Identifier: MIT
-- Row 16 over TLS: every allocation of libcurl, OpenSSL and our own C fails, one after the other, in a
-- call with a handshake. Prints one line a sweep, and last "total N points".

local c_program = require "support.c_program"
local http_peer = require "support.http_peer"
local tls_peer = require "support.tls_peer"

local SECONDS = tonumber(arg[1])
local WRITE = "POST /locks/unlock_door"

-- What a call with a handshake asks of each layer at least; without one it is a hundredth of it.
local FEWEST = { curl = 100, openssl = 1000, malloc = 3 }

local certificate = tls_peer.certificate()
local RULES = {
  { match = { path = "/devices/get" }, reply = { json = { ok = true, device = { device_id = "read" } } } },
  { match = { path = "/locks/unlock_door" }, reply = { json = {
    ok = true, action_attempt = { action_attempt_id = "a1", status = "success" },
  } } },
}

--- A server of its own for each sweep: it remembers every connection, and grows slow with thousands.
local function sweep(layer, mode, call)
  local peer = http_peer.start()
  local port = peer:open { kind = "tls", key = certificate.key, certificate = certificate.file }
  peer:script(RULES)
  local output, status = c_program.host("starving_host", "starve", ("%s %s %s"):format(layer, mode, call), SECONDS,
    ("STARVE_TLS_ENDPOINT=https://localhost:%d STARVE_TLS_CA=%s"):format(port, certificate.file))
  local writes = peer:counts()[WRITE] or 0
  peer:stop()
  local points = tonumber(output:match("^(%d+) points"))
  if status ~= 0 or not points then return nil, output .. "exit status " .. status end
  if points < FEWEST[layer] then return nil, ("%d points: there was no handshake among them"):format(points) end
  -- At most one for each call: the warm-up, the first, and two for each point.
  if writes > 2 * points + 4 then return nil, ("%d writes arrived in %d points"):format(writes, points) end
  return points
end

local total, problem = 0, nil
for _, layer in ipairs { "curl", "malloc", "openssl" } do
  for _, call in ipairs { "tls_read", "tls_write" } do
    for _, mode in ipairs { "once", "from" } do
      if not problem then
        local points, reason = sweep(layer, mode, call)
        print(layer, mode, call, points or reason)
        total = total + (points or 0)
        problem = not points and ("%s, %s, %s"):format(layer, mode, call) or nil
      end
    end
  end
end
certificate:remove()
print(problem and "failed " .. problem or ("total %d points"):format(total))
os.exit(problem and 1 or 0)
