-- SPDX-License-Identifier: MIT
-- The scripted HTTP server behind support.http_peer: one thread, one coroutine per connection.
-- Started with the port of the control connection; ends when that is closed.
local cjson = require "cjson"
local socket = require "socket"

local MOST_HEAD = 1024 * 1024

local control = assert(socket.connect("127.0.0.1", tonumber(arg[1])))
control:setoption("tcp-nodelay", true)

local listeners = {} -- socket -> { port =, tls = parameters of the handshake or nil }
local silent = {} -- port -> { listener =, fillers = }: what is not accepted (yet)
local stripped = {} -- TLS objects whose connection was taken from them: collecting one would close it

local rules, used, conns, requests, path_counts, unmatched
local waiting = {} -- connection -> { read = true } | { write = true } | { at = time }

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

-- ---- bytes ----

local function pause(conn, reason)
  waiting[conn] = reason
  coroutine.yield()
end

--- Pauses until the socket is ready again; nil when `problem` says that the connection has ended.
-- TLS may have to write before it can read on, and the other way round.
local function wait_for_turn(conn, problem, direction)
  if problem == "wantread" then direction = "read" end
  if problem == "wantwrite" then direction = "write" end
  if problem ~= "timeout" and problem ~= "wantread" and problem ~= "wantwrite" then
    conn.ended = conn.ended or "closed by the client"
    return nil
  end
  pause(conn, { [direction] = true })
  return true
end

--- Waits for more bytes; nil at the end of the stream.
local function more(conn)
  while true do
    local bytes, problem, partial = conn.sock:receive(65536)
    bytes = bytes or partial
    if bytes and #bytes > 0 then
      if not conn.number then book(conn) end
      conn.inbox = conn.inbox .. bytes
      if not conn.finished then conn.raw[#conn.raw + 1] = bytes end
      return true
    end
    if not wait_for_turn(conn, problem, "read") then return nil end
  end
end

local function send(conn, bytes)
  local from = 1
  while from <= #bytes do
    local last, problem, partial = conn.sock:send(bytes, from)
    from = (last or partial or from - 1) + 1
    if from <= #bytes and not wait_for_turn(conn, problem, "write") then return nil end
  end
  return true
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
    if not last and (#conn.inbox > MOST_HEAD or not more(conn)) then return nil end
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

--- Reads until `count` bytes of the request are here (nil: all of it).
local function receive(conn, request, count)
  count = count or (request and request.length or 0)
  while #conn.inbox < count do
    if not more(conn) then return nil end
  end
  return true
end

--- Cuts the request's bytes out of the inbox and notes what there is of it.
local function settle(conn, request)
  if request.settled then return end
  request.settled = true
  request.raw = conn.inbox:sub(1, request.length)
  request.complete = #request.raw == request.length
  request.body = request.raw:sub(request.head_length + 1)
  conn.inbox = conn.inbox:sub(request.length + 1)
end

-- ---- answers ----

local function header_lines(headers)
  local lines = {}
  for _, line in ipairs(headers) do lines[#lines + 1] = line end
  for name, value in pairs(headers) do
    if type(name) == "string" then lines[#lines + 1] = name .. ": " .. tostring(value) end
  end
  return lines
end

local function has_header(lines, name)
  for _, line in ipairs(lines) do
    if line:lower():find(name .. ":", 1, true) == 1 then return true end
  end
  return false
end

local function chunks(body, pieces)
  if type(pieces) ~= "table" then pieces = { body } end
  local out = {}
  for _, piece in ipairs(pieces) do
    if #piece > 0 then out[#out + 1] = ("%x\r\n%s\r\n"):format(#piece, piece) end
  end
  return table.concat(out) .. "0\r\n\r\n"
end

local function answer_bytes(reply, request)
  local lines = header_lines(reply.headers or {})
  local body = reply.body or ""
  if reply.echo then body = request.target end
  if reply.json ~= nil then
    body = cjson.encode(reply.json)
    if not has_header(lines, "content-type") then
      lines[#lines + 1] = "Content-Type: application/json"
    end
  end
  if reply.chunked then
    lines[#lines + 1] = "Transfer-Encoding: chunked"
    body = chunks(body, reply.chunked)
  elseif reply.length ~= false and not has_header(lines, "content-length") then
    lines[#lines + 1] = "Content-Length: " .. ("%d"):format(reply.length or #body)
  end
  local status = ("HTTP/1.1 %d %s"):format(reply.status or 200, reply.reason or "Scripted")
  table.insert(lines, 1, status)
  return table.concat(lines, "\r\n") .. "\r\n\r\n" .. body
end

-- ---- plays: a step returns true to go on, nil when the connection is at its end ----

local run

local steps = {}

function steps.recv(conn, what, request)
  if what == "all" then
    what = nil
  elseif what == "half" then
    what = request.head_length + math.floor((request.length - request.head_length) / 2)
  end
  return receive(conn, request, what)
end

function steps.recv_next(conn, count, request)
  settle(conn, request)
  return receive(conn, nil, count)
end

function steps.send(conn, bytes)
  return send(conn, bytes)
end

function steps.reply(conn, reply, request)
  return send(conn, answer_bytes(reply, request))
end

function steps.wait(conn, seconds)
  pause(conn, { at = socket.gettime() + seconds })
  return true
end

function steps.drip(conn, drip)
  local size = drip.n or 1
  for from = 1, #drip.bytes, size do
    if not send(conn, drip.bytes:sub(from, from + size - 1)) then return nil end
    pause(conn, { at = socket.gettime() + drip.every })
  end
  return true
end

function steps.loop(conn, loop, request)
  for _ = 1, loop.times or math.huge do
    if not run(conn, loop.steps, request) then return nil end
  end
  return true
end

function steps.half(conn)
  conn.sock:shutdown("send")
  return true
end

function steps.hang(conn)
  while more(conn) do conn.inbox = conn.inbox end
  return nil
end

--- Takes the connection away from TLS: what follows happens to the bare TCP connection, unannounced.
local function strip_tls(conn)
  if not conn.bare then return end
  stripped[#stripped + 1] = conn.sock
  conn.bare:setfd(conn.sock:getfd())
  conn.sock, conn.bare = conn.bare, nil
end

--- Closing over unread bytes would reset: say the end first, then let the other side close.
function steps.fin(conn, how, request)
  conn.ended = "fin"
  conn.finished = true
  if request then settle(conn, request) end
  if conn.bare and how ~= "unannounced" then return nil end
  strip_tls(conn)
  conn.sock:shutdown("send")
  while more(conn) do conn.inbox = "" end
  return nil
end

function steps.rst(conn)
  conn.ended = "rst"
  strip_tls(conn)
  conn.sock:setoption("linger", { on = true, timeout = 0 })
  return nil
end

function steps.keep()
  return true
end

function run(conn, play, request)
  for _, step in ipairs(play) do
    local name, value = next(step)
    local act = steps[name] or error("the HTTP peer knows no step named " .. tostring(name))
    if not act(conn, value, request) then return nil end
  end
  return true
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
    goes_on = run(conn, rule.play, request)
  else
    goes_on = receive(conn, request) and send(conn, answer_bytes(rule.reply or {}, request))
  end
  goes_on = goes_on and receive(conn, request)
  settle(conn, request)
  return goes_on
end

local function shake_hands(conn, parameters)
  conn.bare = conn.sock
  conn.sock = assert(require("ssl").wrap(conn.sock, parameters))
  conn.sock:settimeout(0)
  while true do
    local done, problem = conn.sock:dohandshake()
    if done then return true end
    if not wait_for_turn(conn, problem, "read") then return nil end
  end
end

local function serve(conn, tls)
  local rule = find_rule(conn, nil)
  if rule then return run(conn, rule.play, nil) end
  if tls and not shake_hands(conn, tls) then return end
  repeat
    local request = next_request(conn)
  until not request or not serve_request(conn, request)
end

-- ---- the loop ----

local function resume(conn)
  waiting[conn] = nil
  local ok, problem = coroutine.resume(conn.co)
  if not ok then io.stderr:write("http_peer: ", tostring(problem), "\n") end
  if coroutine.status(conn.co) == "dead" then
    conn.ended = conn.ended or "closed by the peer"
    conn.sock:close()
    conn.open = false
  end
end

local function accept(listener)
  local sock = listener:accept()
  if not sock then return end
  sock:settimeout(0)
  sock:setoption("tcp-nodelay", true)
  local conn = { sock = sock, inbox = "", open = true, port = listeners[listener].port }
  conn.co = coroutine.create(function() serve(conn, listeners[listener].tls) end)
  book(conn)
  resume(conn)
end

-- ---- ports ----

--- Connects to a port until the kernel takes no more: the next one to come gets no answer at all.
local function fill(port)
  local fillers = {}
  for _ = 1, 8 do
    local sock = socket.tcp()
    fillers[#fillers + 1] = sock
    sock:settimeout(0.05)
    if not sock:connect("127.0.0.1", port) then return fillers end
  end
  error("the backlog of the port takes more than 8 connections")
end

local function tls_parameters(settings)
  return { mode = "server", protocol = "any", key = settings.key, certificate = settings.certificate,
    options = { "all", "no_sslv3" } }
end

--- Opens one more port: "plain", "tls", "deaf" (nobody accepts) or "full" (nobody can connect).
local function open_port(settings)
  local kind = settings.kind
  local listener = assert(socket.bind("127.0.0.1", math.floor(settings.port or 0), kind == "full" and 0 or 1024))
  local port = tonumber((select(2, listener:getsockname())))
  listener:settimeout(0)
  if kind == "deaf" or kind == "full" then
    silent[port] = { listener = listener, fillers = kind == "full" and fill(port) or {} }
  else
    listeners[listener] = { port = port, tls = kind == "tls" and tls_parameters(settings) or nil }
  end
  return port
end

--- From now on a deaf or full port serves like any other.
local function relieve_port(port)
  for _, sock in ipairs(silent[port].fillers) do sock:close() end
  listeners[silent[port].listener] = { port = port }
  silent[port] = nil
end

local function close_port(port)
  for listener, settings in pairs(listeners) do
    if settings.port == port then
      listeners[listener] = nil
      listener:close()
    end
  end
end

local function public_request(request)
  return {
    method = request.method, target = request.target, path = request.path, query = request.query,
    headers = request.headers, body = request.body, raw = request.raw, conn = request.conn,
    nth_on_conn = request.nth_on_conn, complete = request.complete or false,
  }
end

local function report()
  local out = { connections = {}, requests = {}, by_path = {}, complete = 0, open = 0,
    unmatched = unmatched }
  for index, conn in ipairs(conns) do
    local raw = table.concat(conn.raw)
    out.connections[index] = { number = conn.number, raw = raw, bytes = #raw,
      requests = conn.requests, open = conn.open, ended = conn.ended, port = conn.port }
    if conn.open then out.open = out.open + 1 end
  end
  for index, request in ipairs(requests) do
    out.requests[index] = public_request(request)
    if request.complete then
      local key = request.method .. " " .. request.path
      out.by_path[key] = (out.by_path[key] or 0) + 1
      out.complete = out.complete + 1
    end
  end
  return out
end

local function obey(line)
  local message = cjson.decode(line)
  if message.op == "stop" then os.exit(0) end
  if message.op == "script" then
    rules = message.rules
    reset_report()
    return { ok = true }
  end
  if message.op == "open" then return { port = open_port(message.settings) } end
  if message.op == "relieve" then relieve_port(message.port) end
  if message.op == "close" then close_port(message.port) end
  return report()
end

local function serve_control()
  control:settimeout(5)
  local line = control:receive("*l")
  if not line then os.exit(0) end
  control:send(cjson.encode(obey(line)) .. "\n")
end

--- The sockets to watch, whose connection each is, and the seconds until the next wait ends.
local function watched()
  local readers, writers, owners, now, timeout = { control }, {}, {}, socket.gettime(), nil
  for listener in pairs(listeners) do readers[#readers + 1] = listener end
  for conn, reason in pairs(waiting) do
    owners[conn.sock] = conn
    if reason.read then readers[#readers + 1] = conn.sock end
    if reason.write then writers[#writers + 1] = conn.sock end
    if reason.at then timeout = math.min(timeout or math.huge, math.max(0, reason.at - now)) end
  end
  return readers, writers, owners, timeout
end

local function resume_expired()
  local now, due = socket.gettime(), {}
  for conn, reason in pairs(waiting) do
    if reason.at and reason.at <= now then due[#due + 1] = conn end
  end
  for _, conn in ipairs(due) do resume(conn) end
end

local function turn()
  local readers, writers, owners, timeout = watched()
  local readable, writable = socket.select(readers, writers, timeout)
  for _, sock in ipairs(writable) do resume(owners[sock]) end
  for _, sock in ipairs(readable) do
    if listeners[sock] then
      accept(sock)
    elseif owners[sock] and waiting[owners[sock]] then
      resume(owners[sock])
    end
  end
  resume_expired()
  -- Last, so that a report holds everything that came before it was asked for.
  if readable[control] then serve_control() end
end

rules = {}
reset_report()
control:send(open_port{ kind = "plain" } .. "\n")
while true do turn() end
