-- SPDX-License-Identifier: MIT
--- A scripted HTTP server in a process of its own, for specs of whatever sends HTTP.
--
--     local peer = require("support.http_peer").start()
--     peer:script{
--       { match = { method = "POST", path = "/locks/get" }, reply = { json = { ok = true } } },
--       { match = { nth_on_conn = 2 }, play = { { recv = "all" }, { rst = true } } },
--     }
--     ... peer.url .. "/locks/get" ...
--     local report = peer:report()
--     peer:stop()
--
-- Rules are tried in order for every request, once its head has been read. `match` (all optional):
-- method, path (without the query), header = { [lower-case name] = value }, port, nth_conn,
-- nth_on_conn, nth_of_path (counted from 1 since the last script). `times = n`: the rule serves n
-- times at most. `at = "connect"`: the rule takes a whole connection before anything is read, TLS's
-- greeting included (only port and nth_conn match then). No rule: the request is answered 599 and
-- listed under `unmatched`.
--
-- `reply = { status, reason, headers, body | json | echo, length, chunked }`: reads the whole request,
-- answers, goes on with the next. echo = true: the body is the request's target.
-- headers: { [name] = value } or a list of "Name: value" lines.
-- `length` lies about Content-Length (false: none is sent); `chunked` true or a list of pieces.
--
-- `play`: steps, each a table with one key:
--   recv = "all" | "half" | n    the whole request, its head and half of the body, n bytes of it
--   recv_next = n          n bytes of whatever follows the request on its connection
--   send = bytes           as they are
--   reply = { ... }        the answer alone, nothing is read
--   wait = seconds         at least
--   drip = { bytes =, n = 1, every = seconds }
--   loop = { steps = { ... }, times = n }
--   half = true            no more from us; goes on reading
--   fin = true | rst = true | hang = true       ends: an orderly close, a reset, silence until the
--                                               other side closes
--   fin = "unannounced"                         under TLS: TCP closes, TLS does not say so
-- A play that ends otherwise goes on with the next request of the connection.
--
-- Further ports: peer:open{ kind = "plain" | "tls" | "deaf" | "full", port =, key =, certificate = }
-- returns the port. Deaf: the kernel connects, nobody accepts. Full: connecting gets no answer.
-- peer:relieve(port) makes those two serve; peer:close_port(port) makes a port refuse. TLS needs lua-sec.
--
-- The report: connections = { { number, port, tls, raw, bytes, requests, open, ended } },
-- requests = { { method, path, query, target, headers, body, raw, conn, nth_on_conn, complete } },
-- by_path = { ["POST /locks/get"] = complete requests }, complete = their sum, open, unmatched.
-- Waits are lower bounds; upper bounds are the spec's business. The child ends with its control
-- connection, so nothing outlives the specs.
local cjson = require "cjson"
local socket = require "socket"

local M = {}

local START_SECONDS = 10

local peer_methods = {}
local peer_mt = { __name = "support.http_peer", __index = peer_methods }

--- The interpreter that runs this, by the name Debian gives it.
local function interpreter()
  if rawget(_G, "jit") then return "luajit" end
  return "lua" .. _VERSION:match("%d%.%d")
end

local function folder_of_this_file()
  return debug.getinfo(1, "S").source:match("^@(.*[/\\])") or "./"
end

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function ask(self, message)
  assert(self.control:send(cjson.encode(message) .. "\n"))
  local line = assert(self.control:receive("*l"))
  return cjson.decode(line)
end

--- Starts a peer on a free port of the loopback. Another child may take the place of this one's, and
-- say several ports: they are in `ports`.
function M.start(child, arguments)
  local listener = assert(socket.bind("127.0.0.1", 0))
  listener:settimeout(START_SECONDS)
  local _, control_port = listener:getsockname()
  local command = ("%s %s %d"):format(interpreter(),
    quote(folder_of_this_file() .. (child or "http_peer_child.lua")), control_port)
  for _, argument in ipairs(arguments or {}) do command = command .. " " .. quote(argument) end
  local pipe = assert(io.popen(command, "w"))
  local control = assert(listener:accept(), "the HTTP peer did not start")
  listener:close()
  control:settimeout(START_SECONDS)
  control:setoption("tcp-nodelay", true)
  local ports = {}
  for port in assert(control:receive("*l")):gmatch("%d+") do ports[#ports + 1] = tonumber(port) end
  return setmetatable({
    pipe = pipe, control = control, ports = ports, port = ports[1], url = "http://127.0.0.1:" .. ports[1],
  }, peer_mt)
end

--- A port of the loopback on which nobody listens.
function M.closed_port()
  local listener = assert(socket.bind("127.0.0.1", 0))
  local _, port = listener:getsockname()
  listener:close()
  return tonumber(port)
end

--- Sets the rules; counters and the report start anew. Connections that are open stay open, and
-- come into the new report when bytes arrive on them.
function peer_methods:script(rules, options)
  ask(self, { op = "script", rules = rules, options = options })
end

--- Opens one more port; see above.
function peer_methods:open(settings)
  return math.floor(ask(self, { op = "open", settings = settings }).port)
end

--- A port that was deaf or full serves from now on.
function peer_methods:relieve(port)
  ask(self, { op = "relieve", port = port })
end

--- Nobody listens on the port any more.
function peer_methods:close_port(port)
  ask(self, { op = "close", port = port })
end

--- What has arrived since the last script.
function peer_methods:report()
  return ask(self, { op = "report" })
end

--- `by_path` of the report alone, for thousands of requests.
function peer_methods:counts()
  return ask(self, { op = "counts" }).by_path
end

--- Asks for the report until `predicate` likes it; returns the last one, and whether it did.
function peer_methods:wait_for(predicate, seconds)
  local deadline = socket.gettime() + (seconds or 2)
  while true do
    local report = self:report()
    if predicate(report) then return report, true end
    if socket.gettime() > deadline then return report, false end
    socket.sleep(0.005)
  end
end

--- Ends the child and waits for it. May be called twice.
function peer_methods:stop()
  if not self.control then return end
  -- Said aloud: a child of later birth may hold a copy of the connection, which closing leaves open.
  self.control:send(cjson.encode{ op = "stop" } .. "\n")
  self.control:close()
  self.pipe:close()
  self.control, self.pipe = nil, nil
end

return M
