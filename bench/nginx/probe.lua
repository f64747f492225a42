-- SPDX-License-Identifier: MIT
-- For bench/nginx/run.lua: probe.lua <port> <seconds>. Asks an unrelated location every 2 ms, on one kept
-- connection, and prints "median p99 max" in milliseconds.

local socket = require "socket"

local port, seconds = ...
local connection = assert(socket.connect("127.0.0.1", tonumber(port)))
connection:setoption("tcp-nodelay", true)
connection:settimeout(10)

local times = {}
local deadline = socket.gettime() + tonumber(seconds)
while socket.gettime() < deadline do
  local started = socket.gettime()
  assert(connection:send("GET /alive HTTP/1.1\r\nHost: localhost\r\n\r\n"))
  repeat local line = assert(connection:receive("*l")) until line == ""
  times[#times + 1] = (socket.gettime() - started) * 1000
  socket.sleep(0.002)
end
table.sort(times)
print(("%.3f %.3f %.3f"):format(times[math.ceil(#times / 2)], times[math.ceil(#times * 0.99)], times[#times]))
