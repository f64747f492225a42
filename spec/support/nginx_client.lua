-- SPDX-License-Identifier: MIT
--- Requests to a support.nginx_server that are under way at once, and what its site has in common.
--
--     local request = nginx_client.ask(nginx, "/slow");  request:answer() -> status, body
--     request:leave()                          -- goes away without waiting
--     nginx_client.client(url, options)        -- an init_by_lua_block that makes `client`
local socket = require "socket"

local M = {}

local SECONDS = 15

local methods = {}
local metatable = { __index = methods }

--- Sends a request on a connection of its own and returns at once.
function M.ask(nginx, path)
  local connection = assert(socket.connect("127.0.0.1", nginx.port))
  connection:settimeout(SECONDS)
  assert(connection:send(("GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n"):format(path)))
  return setmetatable({ connection = connection }, metatable)
end

--- Waits for the answer; nil and what went wrong when none comes.
function methods:answer()
  local text, reason, part = self.connection:receive("*a")
  self.connection:close()
  local status, body = (text or part or ""):match("^HTTP/1%.1 (%d+).-\r\n\r\n(.*)$")
  if not status then return nil, reason or "no answer" end
  return tonumber(status), (body:gsub("\n$", ""))
end

--- The client goes away.
function methods:leave() self.connection:close() end

--- Many at once; returns the answers as a list of "status body".
function M.ask_all(nginx, path, count)
  local requests, answers = {}, {}
  for i = 1, count do requests[i] = M.ask(nginx, path) end
  for i = 1, count do
    local status, body = requests[i]:answer()
    answers[i] = ("%s %s"):format(tostring(status), body)
  end
  return answers
end

--- Lines of the http block: a client made before the workers.
---@param url string where it calls
---@param options string|nil further options, as Lua
function M.client(url, options)
  return ([[init_by_lua_block {
    require "seam.core"
    seam = require "seam.safe"
    client_endpoint = "%s"
    client = seam.new{ api_key = "seam_nginx_0001", endpoint = client_endpoint, retries = 0,
      wait_for_action_attempt = false, %s }
    function read(id)
      local device, err = client.devices.get(id or "fine")
      return device and device.device_id or tostring(err)
    end
    function unlock(id)
      local attempt, err = client.locks.unlock_door(id or "fine")
      return attempt and attempt.status or tostring(err)
    end
  }]]):format(url, options or "")
end

--- Waits until so many calls, each on a connection of its own, have reached a support.http_peer.
---@param peer table
---@param count integer
function M.arrived(peer, count)
  local _, came = peer:wait_for(function(report)
    local speaking = 0
    for _, connection in ipairs(report.connections) do
      if connection.bytes > 0 then speaking = speaking + 1 end
    end
    return speaking >= count
  end, SECONDS)
  assert(came, ("%d calls should have reached the server"):format(count))
end

local ANSWER = { json = { ok = true, device = { device_id = "fine" },
  action_attempt = { action_attempt_id = "a", action_type = "UNLOCK_DOOR", status = "success", result = {} } } }

--- A rule for support.http_peer: the answer to any of the two calls, after some seconds.
---@param seconds number|nil
---@param match table|nil
function M.rule(seconds, match)
  if not seconds then return { match = match, reply = ANSWER } end
  return { match = match, play = { { recv = "all" }, { wait = seconds }, { reply = ANSWER } } }
end

return M
