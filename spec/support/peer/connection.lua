-- SPDX-License-Identifier: MIT
-- One connection of support.http_peer, with or without TLS, read and written by a coroutine that pauses
-- where it would block. Functions return nil when the connection is at its end.
local M = {}

--- Why each connection's coroutine has paused: { read = true }, { write = true } or { at = time }.
M.waiting = {}

local stripped = {} -- TLS objects whose connection was taken from them: collecting one would close it

--- Makes a connection; `book` enters it into the report when bytes come on it and it is in none.
function M.new(sock, port, book)
  sock:settimeout(0)
  sock:setoption("tcp-nodelay", true)
  return { sock = sock, inbox = "", open = true, port = port, book = book }
end

function M.pause(conn, reason)
  M.waiting[conn] = reason
  coroutine.yield()
end

local function is_passing(problem)
  return problem == "timeout" or problem == "wantread" or problem == "wantwrite"
end

--- Pauses until the socket is ready again; nil when `problem` says that the connection has ended.
-- TLS may have to write before it can read on, and the other way round.
local function wait_for_turn(conn, problem, direction)
  if problem == "wantread" then direction = "read" end
  if problem == "wantwrite" then direction = "write" end
  if not is_passing(problem) then
    conn.ended = conn.ended or "closed by the client"
    return nil
  end
  M.pause(conn, { [direction] = true })
  return true
end

--- Waits for more bytes; nil at the end of the stream.
function M.more(conn)
  while not conn.broken_down do
    local bytes, problem, partial = conn.sock:receive(65536)
    -- OpenSSL says only once that TLS has broken down, and lua-sec would ask it for ever.
    if not bytes and conn.bare and not is_passing(problem) then
      conn.broken_down, conn.ended = true, conn.ended or "closed by the client"
    end
    bytes = bytes or partial
    if bytes and #bytes > 0 then
      if not conn.number then conn.book(conn) end
      conn.inbox = conn.inbox .. bytes
      if not conn.finished then conn.raw[#conn.raw + 1] = bytes end
      return true
    end
    if not wait_for_turn(conn, problem, "read") then return nil end
  end
end

function M.send(conn, bytes)
  local from = 1
  if conn.broken_down then return nil end
  while from <= #bytes do
    local last, problem, partial = conn.sock:send(bytes, from)
    from = (last or partial or from - 1) + 1
    if from <= #bytes and not wait_for_turn(conn, problem, "write") then return nil end
  end
  return true
end

--- Reads until `count` bytes of the request are here (nil: all of it).
function M.receive(conn, request, count)
  count = count or (request and request.length or 0)
  while #conn.inbox < count do
    if not M.more(conn) then return nil end
  end
  return true
end

--- Cuts the request's bytes out of the inbox and notes what there is of it.
function M.settle(conn, request)
  if request.settled then return end
  request.settled = true
  request.raw = conn.inbox:sub(1, request.length)
  request.complete = #request.raw == request.length
  request.body = request.raw:sub(request.head_length + 1)
  conn.inbox = conn.inbox:sub(request.length + 1)
end

--- Becomes a TLS connection.
function M.shake_hands(conn, parameters)
  conn.bare = conn.sock
  conn.sock = assert(require("ssl").wrap(conn.sock, parameters))
  conn.sock:settimeout(0)
  while true do
    local done, problem = conn.sock:dohandshake()
    if done then
      conn.tls = conn.sock:info("protocol")
      return true
    end
    if not wait_for_turn(conn, problem, "read") then return nil end
  end
end

--- Takes the connection away from TLS: what follows happens to the bare TCP connection, unannounced.
function M.strip_tls(conn)
  if not conn.bare then return end
  stripped[#stripped + 1] = conn.sock
  conn.bare:setfd(conn.sock:getfd())
  conn.sock, conn.bare, conn.broken_down = conn.bare, nil, nil
end

return M
