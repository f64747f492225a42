-- SPDX-License-Identifier: MIT
-- For row 25: load.lua <port> <seconds> <path>. Asks nginx for an unlock over and over, on a connection
-- each time (a kept one may rightly be closed by a worker that leaves), and prints "requests N ok N lost N
-- wrong N": lost is a connection that ended without an answer, wrong an answer that is not 200 and
-- "success".

local socket = require "socket"

local port, seconds, path = ...
local deadline = socket.gettime() + tonumber(seconds)

local REQUEST = ("GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"):format(path)
local count = { requests = 0, ok = 0, lost = 0, wrong = 0 }

local function read_answer(connection)
  local status = connection:receive("*l")
  if not status then return nil end
  local length, chunked
  repeat
    local line = connection:receive("*l")
    if not line then return nil end
    length = tonumber(line:lower():match("^content%-length: (%d+)")) or length
    chunked = chunked or line:lower():find("^transfer%-encoding: chunked") ~= nil
  until line == ""
  local body = ""
  if not chunked then return status, connection:receive(length or 0) or "" end
  while true do
    local size = tonumber(connection:receive("*l") or "", 16)
    if not size then return nil end
    local chunk = connection:receive(size + 2)
    if not chunk then return nil end
    if size == 0 then return status, body end
    body = body .. chunk:sub(1, -3)
  end
end

local function ask(connection)
  count.requests = count.requests + 1
  local status, body
  if connection:send(REQUEST) then status, body = read_answer(connection) end
  if not status then
    count.lost = count.lost + 1
    return
  end
  if status:find("^HTTP/1.1 200") and body == "success\n" then
    count.ok = count.ok + 1
    return
  end
  count.wrong = count.wrong + 1
  if count.wrong <= 5 then print(status, body) end
end

while socket.gettime() < deadline do
  local connection = socket.tcp()
  connection:settimeout(10)
  if connection:connect("127.0.0.1", tonumber(port)) then
    ask(connection)
  else
    count.requests, count.lost = count.requests + 1, count.lost + 1
  end
  connection:close()
end
print(("requests %d ok %d lost %d wrong %d"):format(count.requests, count.ok, count.lost, count.wrong))
