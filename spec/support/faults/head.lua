-- SPDX-License-Identifier: MIT
-- Faults of row 4: the head of the response.
local BODY = '{"ok":true}'
local TYPE = "Content-Type: application/json\r\n"
local LENGTH = ("Content-Length: %d\r\n"):format(#BODY)
local END = TYPE .. LENGTH .. "\r\n" .. BODY

local function answer(bytes)
  return { { recv = "all" }, { send = bytes }, { fin = true } }
end

local function endless(first, again)
  return { { recv = "all" }, { send = first }, { loop = { steps = { { send = again } } } } }
end

return {
  { name = "1 byte, then silence", play = { { recv = "all" }, { send = "H" }, { hang = true } }, code = "timeout",
    slow = true },
  { name = "half a status line", play = answer("HTTP/1.1 2"), code = { closed = true, invalid_response = true } },
  { name = "a version that is none", play = answer("HTTP/9.9 200 OK\r\n" .. END), code = "invalid_response" },
  { name = "status 9999", play = answer("HTTP/1.1 9999 Many\r\n" .. END), code = "invalid_response" },
  { name = "status 099", play = answer("HTTP/1.1 099 Few\r\n" .. END), code = "invalid_response" },
  { name = "HTTP/0.9", play = answer(BODY), code = "invalid_response" },
  { name = "garbage", play = answer(("\0\255\1\254"):rep(500)), code = "invalid_response" },
  -- libcurl steps over the line; what matters is that nothing of it comes through.
  { name = "a header without a colon", play = answer("HTTP/1.1 200 OK\r\nno colon here\r\n" .. END:sub(1, -2)),
    code = { invalid_response = true, closed = true } },
  { name = "a header line of 5 MB", code = { too_large = true, invalid_response = true },
    play = { { recv = "all" }, { send = "HTTP/1.1 200 OK\r\nX: " },
      { loop = { steps = { { send = ("x"):rep(50000) } }, times = 100 } }, { send = "\r\n" .. END }, { fin = true } } },
  { name = "headers without end", play = endless("HTTP/1.1 200 OK\r\n", ("X: 1\r\n"):rep(1000)), code = "too_large" },
  { name = "1xx without end", play = endless("", ("HTTP/1.1 102 Processing\r\n\r\n"):rep(500)), code = "too_large" },
  { name = "101 Switching Protocols", play = answer("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nxyz"),
    code = { invalid_response = true, closed = true } },
  -- For an endpoint that answers nothing, 204 is a success.
  { name = "204 with a body", play = answer("HTTP/1.1 204 No Content\r\n" .. END), code = "invalid_response",
    void_is_fine = true },
}
