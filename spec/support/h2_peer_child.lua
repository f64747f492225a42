-- SPDX-License-Identifier: MIT
-- The scripted HTTP/2 server behind support.h2_peer. Started with the port of the control connection and
-- the files of a key and its certificate; ends when that connection is closed.

-- Found beside this file, whatever the path of modules is.
package.path = (arg[0]:match("^(.*)support[/\\]") or "") .. "?.lua;" .. package.path

local answer = require "support.peer.answer"
local connection = require "support.peer.connection"
local h2_session = require "support.peer.h2_session"
local loop = require "support.peer.loop"
local socket = require "socket"

local KEY, CERTIFICATE = arg[2], arg[3]

local control = loop.control(arg[1])
local rules, options, used, conns, streams, unmatched
local listeners = {}

local function reset_report()
  used, streams, unmatched = {}, {}, 0
  conns = {}
end

-- ---- rules ----

local UNMATCHED = { at = "headers", play = { { answer = { status = 599 } } } }

local function matches(match, stream)
  for key, wanted in pairs(match) do
    if stream[key] ~= wanted then return false end
  end
  return true
end

local function find_rule(stream)
  for index, rule in ipairs(rules) do
    local left = not rule.times or (used[index] or 0) < rule.times
    if left and matches(rule.match or {}, stream) then
      used[index] = (used[index] or 0) + 1
      return { at = rule.at or "end", play = rule.play or { { answer = rule.answer or {} } } }
    end
  end
  unmatched = unmatched + 1
  return UNMATCHED
end

-- ---- connections ----

--- Enters a connection into the report: a new one, or an old one of which more is heard.
local function book_connection(conn)
  if conn.report == conns then return end
  conn.report, conn.number, conn.opened, conn.complete = conns, #conns + 1, 0, 0
  conns[conn.number] = conn
end

--- Enters a stream, and finds the rule that it goes by.
local function book_stream(conn, id)
  book_connection(conn)
  conn.opened = conn.opened + 1
  local stream = { id = id, nth = #streams + 1, nth_conn = conn.number, nth_on_conn = conn.opened }
  streams[#streams + 1] = stream
  stream.rule = find_rule(stream)
  return stream
end

--- The other protocol: each request is answered with its own body.
local function serve_http1(conn)
  conn.streams, conn.offences, conn.bytes, conn.raw = {}, {}, 0, {}
  while true do
    local last = select(2, conn.inbox:find("\r\n\r\n", 1, true))
    local length = last and last + (tonumber(conn.inbox:match("[Cc]ontent%-[Ll]ength: *(%d+)")) or 0)
    if length and #conn.inbox >= length then
      local stream = book_stream(conn, conn.opened + 1)
      stream.body, stream.complete = conn.inbox:sub(last + 1, length), true
      conn.inbox, conn.complete = conn.inbox:sub(length + 1), conn.complete + 1
      if not connection.send(conn, answer.bytes{ body = stream.body }) then return end
    elseif not connection.more(conn) then
      return
    end
  end
end

local function tls_parameters(alpn)
  local parameters = { mode = "server", protocol = "any", key = KEY, certificate = CERTIFICATE,
    options = { "all", "no_sslv3" } }
  if alpn then
    parameters.alpn = function(offered)
      for _, name in ipairs(offered) do
        if name == alpn then return name end
      end
      return nil
    end
  end
  return parameters
end

local function serve(conn, parameters)
  if not connection.shake_hands(conn, parameters) then return end
  conn.alpn = conn.sock:getalpn() or "none"
  if conn.alpn ~= "h2" then return serve_http1(conn) end
  h2_session.serve(conn, options)
end

local function accept(listener)
  local sock = listener:accept()
  if not sock then return end
  local conn = connection.new(sock, listeners[listener].port, book_connection)
  conn.raw, conn.streams, conn.offences, conn.bytes = {}, {}, {}, 0
  book_connection(conn)
  conn.open_stream = book_stream
  conn.co = coroutine.create(function() serve(conn, listeners[listener].tls) end)
  loop.resume(conn)
end

local function listen(alpn)
  local listener = assert(socket.bind("127.0.0.1", 0, 1024))
  local port = tonumber((select(2, listener:getsockname())))
  listener:settimeout(0)
  listeners[listener] = { port = port, tls = tls_parameters(alpn) }
  return port
end

-- ---- what the spec hears ----

local function report()
  local out = { connections = {}, streams = {}, opened = #streams, complete = 0, open = 0, unmatched = unmatched }
  for index, conn in ipairs(conns) do
    out.connections[index] = { number = index, port = conn.port, alpn = conn.alpn, tls = conn.tls, bytes = conn.bytes,
      opened = conn.opened, complete = conn.complete, open = conn.open, ended = conn.ended, goaway = conn.goaway,
      offences = #conn.offences > 0 and conn.offences or nil }
    if conn.open then out.open = out.open + 1 end
  end
  for index, stream in ipairs(streams) do
    out.streams[index] = { id = stream.id, conn = stream.nth_conn, nth_on_conn = stream.nth_on_conn,
      body = stream.body or "", complete = stream.complete or false, reset = stream.reset }
    if stream.complete then out.complete = out.complete + 1 end
  end
  return out
end

local function obey(message)
  if message.op == "report" then return report() end
  rules, options = message.rules, message.options or {}
  reset_report()
  return { ok = true }
end

rules, options = {}, {}
reset_report()
control:send(("%d %d %d\n"):format(listen("h2"), listen("http/1.1"), listen(nil)))
loop.run(control, listeners, accept, obey)
