-- SPDX-License-Identifier: MIT
-- Faults of row 4: the length of the body is a lie.
local BODY = '{"ok":true,"device":{"device_id":"fault"}}'
local CUT = BODY:sub(1, -8)
local HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

local function answer(lines, body, ending)
  return { { recv = "all" }, { send = HEAD .. lines .. "\r\n" .. body }, { fin = ending or true } }
end

return {
  { name = "a length that is too short", play = answer("Content-Length: 10\r\n", BODY), code = "invalid_response" },
  { name = "a length that is too long", play = answer("Content-Length: 4000\r\n", BODY), code = "closed" },
  { name = "a negative length", play = answer("Content-Length: -5\r\n", BODY), code = "invalid_response" },
  { name = "a length of 20 digits", play = answer("Content-Length: 99999999999999999999\r\n", BODY),
    code = { invalid_response = true, too_large = true } },
  { name = "two lengths", code = "invalid_response",
    play = answer(("Content-Length: %d\r\nContent-Length: 10\r\n"):format(#BODY), BODY) },
  { name = "a length and chunks", code = "invalid_response",
    play = answer("Content-Length: 10\r\nTransfer-Encoding: chunked\r\n",
      ("%x\r\n%s\r\n0\r\n\r\n"):format(#BODY, BODY)) },
  { name = "no length, cut by FIN", play = answer("", CUT), code = "invalid_response" },
  { name = "no length, cut without a word of TLS", port = "tls", play = answer("", CUT, "unannounced"),
    code = { invalid_response = true, closed = true } },
}
