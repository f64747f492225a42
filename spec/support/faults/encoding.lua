-- SPDX-License-Identifier: MIT
-- Faults of row 4: encoded bodies.
local gzip = require "support.gzip"

local BODY = '{"ok":true,"device":{"device_id":"fault"}}'

local function encoded(name, body)
  return { headers = { ["Content-Type"] = "application/json", ["Content-Encoding"] = name }, body = body }
end

local function bomb()
  local beginning, piece = gzip.endless_zeros()
  return { { recv = "all" },
    { send = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n\r\n" .. beginning },
    -- 1 GiB of zeros
    { loop = { steps = { { send = piece:rep(4000) } }, times = 131 } }, { fin = true } }
end

return {
  { name = "not gzip", reply = encoded("gzip", BODY), code = "invalid_response" },
  { name = "gzip that is cut", reply = encoded("gzip", gzip.pack(BODY):sub(1, -20)), code = "invalid_response" },
  { name = "6 layers of gzip", reply = encoded(("gzip, "):rep(5) .. "gzip", gzip.pack(BODY, 6)),
    code = "invalid_response" },
  { name = "1 GiB of zeros in gzip", play = bomb(), code = "too_large" },
  { name = "an encoding nobody knows", reply = encoded("x-rot13", BODY), code = "invalid_response" },
}
