-- SPDX-License-Identifier: MIT
-- The ports of support.http_peer: those that serve, and those that only look as if.
local socket = require "socket"

local M = {}

--- What serves: listening socket -> { port =, tls = parameters of the handshake or nil }.
M.listeners = {}

local silent = {} -- port -> { listener =, fillers = }: what is not accepted (yet)

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
function M.open(settings)
  local kind = settings.kind
  local listener = assert(socket.bind("127.0.0.1", math.floor(settings.port or 0), kind == "full" and 0 or 1024))
  local port = tonumber((select(2, listener:getsockname())))
  listener:settimeout(0)
  if kind == "deaf" or kind == "full" then
    silent[port] = { listener = listener, fillers = kind == "full" and fill(port) or {} }
  else
    M.listeners[listener] = { port = port, tls = kind == "tls" and tls_parameters(settings) or nil }
  end
  return port
end

--- From now on a deaf or full port serves like any other.
function M.relieve(port)
  for _, sock in ipairs(silent[port].fillers) do sock:close() end
  M.listeners[silent[port].listener] = { port = port }
  silent[port] = nil
end

--- Nobody listens on the port any more.
function M.close(port)
  for listener, settings in pairs(M.listeners) do
    if settings.port == port then
      M.listeners[listener] = nil
      listener:close()
    end
  end
end

return M
