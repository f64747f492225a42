-- SPDX-License-Identifier: MIT
-- Faults of row 4: chunked bodies.
local HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
local CHUNK = 'b\r\n{"ok":true}\r\n'

local function answer(bytes)
  return { { recv = "all" }, { send = HEAD .. bytes }, { fin = true } }
end

return {
  { name = "a chunk size that is none", play = answer('xyz\r\n{"ok":true}\r\n0\r\n\r\n'), code = "invalid_response" },
  { name = "a chunk size of 20 digits", play = answer('fffffffffffffffffff0\r\n{"ok":true}\r\n0\r\n\r\n'),
    code = { invalid_response = true, closed = true } },
  { name = "a chunk that is cut", play = answer('ff\r\n{"ok":true'), code = "closed" },
  { name = "no last chunk", play = answer(CHUNK), code = "closed" },
  { name = "trailers without end", code = "too_large",
    play = { { recv = "all" }, { send = HEAD .. CHUNK .. "0\r\n" },
      { loop = { steps = { { send = ("X: 1\r\n"):rep(1000) } } } } } },
}
