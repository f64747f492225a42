-- SPDX-License-Identifier: MIT
-- Faults of row 4: the answer takes longer than there is time.
local HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n"

return {
  { name = "silence before the head", play = { { recv = "all" }, { hang = true } }, code = "timeout", slow = true },
  { name = "silence between head and body", play = { { recv = "all" }, { send = HEAD }, { hang = true } },
    code = "timeout", slow = true },
  { name = "a body that drips", code = "timeout", slow = true,
    play = { { recv = "all" }, { send = HEAD }, { drip = { bytes = (" "):rep(900), every = 0.02 } } } },
  -- The next call must not take it for its own.
  { name = "an answer after the deadline", code = "timeout", slow = true,
    play = { { recv = "all" }, { wait = 0.2 },
      { reply = { json = { ok = true, device = { device_id = "late" } } } } } },
}
