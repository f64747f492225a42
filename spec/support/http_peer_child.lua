-- SPDX-License-Identifier: MIT
-- The scripted HTTP server behind support.http_peer: one thread, one coroutine per connection.
-- Started with the port of the control connection; ends when that is closed.

-- Found beside this file, whatever the path of modules is.
package.path = (arg[0]:match("^(.*)support[/\\]") or "") .. "?.lua;" .. package.path

local answer = require "support.peer.answer"
local connection = require "support.peer.connection"
local loop = require "support.peer.loop"
local plays = require "support.peer.plays"
local ports = require "support.peer.ports"

local MOST_HEAD = 1024 * 1024

local control = loop.control(arg[1])

local rules, used, conns, requests, path_counts, unmatched
local waiting, listeners = connection.waiting, ports.listeners

local function reset_report()
  used, requests, path_counts, unmatched = {}, {}, {}, {}
  conns = {}
  for conn in pairs(waiting) do conn.number = nil end
end

--- Enters a connection into the report: a new one, or an old one when bytes come again.
local function book(conn)
  conns[#conns + 1] = conn
  conn.number, conn.raw, conn.requests = #conns, {}, 0
end

-- ---- requests ----

local function parse_head(head)
  local request = { headers = {} }
  request.method, request.target = head:match("^(%S+) (%S+)")
  request.path, request.query = (request.target or ""):match("^([^?]*)%??(.*)$")
  for name, value in head:gmatch("\n([^:\r\n]+):[ \t]*([^\r\n]*)") do
    request.headers[name:lower()] = value
  end
  return request
end

--- Reads a head and books the request; nil when the client closes instead.
local function next_request(conn)
  local last
  repeat
    last = select(2, conn.inbox:find("\r\n\r\n", 1, true))
    if not last and (#conn.inbox > MOST_HEAD or not connection.more(conn)) then return nil end
  until last
  local request = parse_head(conn.inbox:sub(1, last))
  local key = request.method .. " " .. request.path
  path_counts[key] = (path_counts[key] or 0) + 1
  conn.requests = conn.requests + 1
  request.head_length = last
  request.length = last + (tonumber(request.headers["content-length"]) or 0)
  request.conn, request.nth_on_conn, request.nth_of_path =
    conn.number, conn.requests, path_counts[key]
  requests[#requests + 1] = request
  return request
end

-- ---- rules ----

local function matches(match, conn, request)
  for key, wanted in pairs(match) do
    if key == "header" then
      for name, value in pairs(wanted) do
        if request.headers[name] ~= value then return false end
      end
    elseif key == "nth_conn" then
      if conn.number ~= wanted then return false end
    elseif key == "port" then
      if conn.port ~= wanted then return false end
    elseif not request or request[key] ~= wanted then
      return false
    end
  end
  return true
end

local function find_rule(conn, request)
  for index, rule in ipairs(rules) do
    local at_connect = rule.at == "connect"
    local left = not rule.times or (used[index] or 0) < rule.times
    if left and at_connect == (request == nil) and matches(rule.match or {}, conn, request) then
      used[index] = (used[index] or 0) + 1
      return rule
    end
  end
  return nil
end

local function serve_request(conn, request)
  local rule = find_rule(conn, request)
  if not rule then
    unmatched[#unmatched + 1] = request.method .. " " .. request.target
    rule = { reply = { status = 599, body = "no rule of the script matches" } }
  end
  local goes_on
  if rule.play then
    goes_on = plays.run(conn, rule.play, request)
  else
    goes_on = connection.receive(conn, request) and connection.send(conn, answer.bytes(rule.reply or {}, request))
  end
  goes_on = goes_on and connection.receive(conn, request)
  connection.settle(conn, request)
  return goes_on
end

local function serve(conn, tls)
  local rule = find_rule(conn, nil)
  if rule then return plays.run(conn, rule.play, nil) end
  if tls and not connection.shake_hands(conn, tls) then return end
  repeat
    local request = next_request(conn)
  until not request or not serve_request(conn, request)
end

-- ---- what the loop asks for ----

local function accept(listener)
  local sock = listener:accept()
  if not sock then return end
  local conn = connection.new(sock, listeners[listener].port, book)
  conn.co = coroutine.create(function() serve(conn, listeners[listener].tls) end)
  book(conn)
  loop.resume(conn)
end

local function public_request(request)
  return {
    method = request.method, target = request.target, path = request.path, query = request.query,
    headers = request.headers, body = request.body, raw = request.raw, conn = request.conn,
    nth_on_conn = request.nth_on_conn, complete = request.complete or false,
  }
end

--- Complete requests by method and path.
local function count_by_path()
  local by_path = {}
  for _, request in ipairs(requests) do
    if request.complete then
      local key = request.method .. " " .. request.path
      by_path[key] = (by_path[key] or 0) + 1
    end
  end
  return by_path
end

local function report()
  local out = { connections = {}, requests = {}, by_path = count_by_path(), complete = 0, open = 0,
    unmatched = unmatched }
  for index, conn in ipairs(conns) do
    local raw = table.concat(conn.raw)
    out.connections[index] = { number = conn.number, raw = raw, bytes = #raw,
      requests = conn.requests, open = conn.open, ended = conn.ended, port = conn.port, tls = conn.tls }
    if conn.open then out.open = out.open + 1 end
  end
  for index, request in ipairs(requests) do
    out.requests[index] = public_request(request)
    if request.complete then out.complete = out.complete + 1 end
  end
  return out
end

local function obey(message)
  if message.op == "script" then
    rules = message.rules
    reset_report()
    return { ok = true }
  end
  if message.op == "open" then return { port = ports.open(message.settings) } end
  if message.op == "relieve" then ports.relieve(message.port) end
  if message.op == "close" then ports.close(message.port) end
  if message.op == "counts" then return { by_path = count_by_path() } end
  return report()
end

rules = {}
reset_report()
control:send(ports.open{ kind = "plain" } .. "\n")
loop.run(control, listeners, accept, obey)
