-- SPDX-License-Identifier: MIT
-- Serves a sandbox over HTTP on 127.0.0.1: the API, the login page, signed webhooks.

local delivery = require "seam.sandbox.server.delivery"
local http = require "seam.sandbox.server.http"
local login_page = require "seam.sandbox.server.login_page"
local loop_of = require "seam.sandbox.server.loop"
local stream_of = require "seam.sandbox.server.stream"

local M = {}

local MAX_CONNECTIONS = 200

local Server = {}
Server.__index = Server

local function respond(self, request)
  local world = self.sandbox.world
  if request.method == "HEAD" then return { status = 200 } end
  if request.path == login_page.PATH then return login_page.handle(world, request) end
  if request.path == "/" then return login_page.index(world) end
  return self.sandbox:handle(request)
end

local DEFECT = {
  status = 500, headers = { ["content-type"] = "application/json; charset=utf-8" },
  body = '{"error":{"message":"The sandbox has a defect; its standard error says which.",'
    .. '"type":"internal_server_error"},"ok":false}',
}

local function respond_safely(self, request)
  local ok, response = pcall(respond, self, request)
  if ok then return response end
  self.report("defect in " .. request.path .. ": " .. tostring(response))
  return DEFECT
end

-- Answers one request; false when the connection is over.
local function converse(self, stream)
  local loop = self.loop
  local request, status = http.read_request(stream, loop.now)
  if not request then
    if status then
      stream:write(http.format({ status = status }, false), loop.now() + 5)
      stream:drain(loop.now() + 5)
    end
    return false
  end
  local response = respond_safely(self, request)
  if response.lost then
    if response.lost.code == "timeout" then loop:sleep(http.IDLE) end
    return false
  end
  if response.delay then loop:sleep(response.delay) end
  self.log(request.method .. " " .. request.path .. " " .. response.status)
  local keep = http.keeps_alive(request)
  return stream:write(http.format(response, keep), loop.now() + http.SLOW) and keep
end

local function serve_connection(self, sock)
  self.connections = self.connections + 1
  local stream = stream_of.new(self.loop, sock)
  self.loop:spawn(function()
    while converse(self, stream) do end
  end, function()
    stream:close()
    self.connections = self.connections - 1
  end)
end

local function accept_forever(self)
  while true do
    self.loop.wait("read", self.listener, nil)
    local sock = self.listener:accept()
    if sock then
      sock:setoption("tcp-nodelay", true)
      if self.connections >= MAX_CONNECTIONS then
        sock:close()
      else
        serve_connection(self, sock)
      end
    end
  end
end

--- Does what there is to do, waiting at most `seconds` for it.
function Server:step(seconds)
  local due = self.sandbox:tick()
  if due and due < seconds then seconds = due > 0 and due or 0 end
  self.loop:step(seconds)
end

function Server:close()
  self.listener:close()
end

local function listen(socket, port)
  -- LuaSocket 3's tcp() has no socket before it is bound, and so no options.
  local listener = (socket.tcp4 or socket.tcp)()
  listener:setoption("reuseaddr", true)
  local ok, reason = listener:bind("127.0.0.1", port)
  if ok then ok, reason = listener:listen(128) end
  if not ok then
    listener:close()
    return nil, reason
  end
  listener:settimeout(0)
  return listener
end

--- A server that is listening; call `step` for it to work.
---@param options table sandbox; port (0: any free one); log fun(text), a line for each request; report fun(text),
--- defects
---@return table|nil server with `port` and `url`
---@return string|nil reason
function M.new(options)
  local socket = require "socket"
  local listener, reason = listen(socket, options.port or 0)
  if not listener then return nil, reason end
  local _, port = listener:getsockname()
  local log = options.log or function() end
  local report = options.report or log
  local server = setmetatable({
    sandbox = options.sandbox, listener = listener, log = log, report = report, connections = 0,
    port = tonumber(port), url = "http://127.0.0.1:" .. ("%d"):format(tonumber(port)),
  }, Server)
  server.loop = loop_of.new(socket, function(problem) report("defect: " .. tostring(problem)) end)
  server.sandbox.world.options.base_url = server.url
  if pcall(require, "seam.core") then
    server.sandbox.world.send_webhook = delivery.new(socket, server.loop, log)
  end
  server.loop:spawn(function() accept_forever(server) end)
  return server
end

return M
