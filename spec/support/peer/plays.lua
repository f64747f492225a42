-- SPDX-License-Identifier: MIT
-- The steps that a play of support.http_peer is made of. A step returns true to go on, nil when the
-- connection is at its end.
local answer = require "support.peer.answer"
local connection = require "support.peer.connection"
local socket = require "socket"

local M = {}

local steps = {}

function steps.recv(conn, what, request)
  if what == "all" then
    what = nil
  elseif what == "half" then
    what = request.head_length + math.floor((request.length - request.head_length) / 2)
  end
  return connection.receive(conn, request, what)
end

function steps.recv_next(conn, count, request)
  connection.settle(conn, request)
  return connection.receive(conn, nil, count)
end

function steps.send(conn, bytes)
  return connection.send(conn, bytes)
end

function steps.reply(conn, reply, request)
  return connection.send(conn, answer.bytes(reply, request))
end

function steps.wait(conn, seconds)
  connection.pause(conn, { at = socket.gettime() + seconds })
  return true
end

function steps.drip(conn, drip)
  local size = drip.n or 1
  for from = 1, #drip.bytes, size do
    if not connection.send(conn, drip.bytes:sub(from, from + size - 1)) then return nil end
    connection.pause(conn, { at = socket.gettime() + drip.every })
  end
  return true
end

function steps.loop(conn, loop, request)
  for _ = 1, loop.times or math.huge do
    if not M.run(conn, loop.steps, request) then return nil end
  end
  return true
end

function steps.half(conn)
  conn.sock:shutdown("send")
  return true
end

function steps.hang(conn)
  while connection.more(conn) do conn.inbox = conn.inbox end
  return nil
end

--- Closing over unread bytes would reset: say the end first, then let the other side close.
function steps.fin(conn, how, request)
  conn.ended = "fin"
  conn.finished = true
  if request then connection.settle(conn, request) end
  if conn.bare and how ~= "unannounced" then return nil end
  connection.strip_tls(conn)
  conn.sock:shutdown("send")
  while connection.more(conn) do conn.inbox = "" end
  return nil
end

function steps.rst(conn)
  conn.ended = "rst"
  connection.strip_tls(conn)
  conn.sock:setoption("linger", { on = true, timeout = 0 })
  return nil
end

function steps.keep()
  return true
end

function M.run(conn, play, request)
  for _, step in ipairs(play) do
    local name, value = next(step)
    local act = steps[name] or error("the HTTP peer knows no step named " .. tostring(name))
    if not act(conn, value, request) then return nil end
  end
  return true
end

return M
