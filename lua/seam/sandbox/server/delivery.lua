-- SPDX-License-Identifier: MIT
-- Webhook deliveries over HTTP: one POST in the loop, 15 seconds for a 2xx, loopback receivers only.

local stream_of = require "seam.sandbox.server.stream"

local M = {}

local PATIENCE = 15
local LOOPBACK = { ["127.0.0.1"] = true, localhost = true }

local function parse(url)
  local scheme, authority, target = url:match("^(%a+)://([^/?#]+)([^#]*)$")
  if not scheme then return nil, "it is not a URL" end
  if scheme:lower() ~= "http" then return nil, "the sandbox delivers over http only" end
  local host, port = authority:match("^([^:@]+):?(%d*)$")
  if not host or not LOOPBACK[host:lower()] then return nil, "the sandbox delivers to 127.0.0.1 and localhost only" end
  if target:sub(1, 1) ~= "/" then target = "/" .. target end
  return { host = authority, port = tonumber(port) or 80, target = target }
end

local function format(place, headers, body)
  local lines = { "POST " .. place.target .. " HTTP/1.1", "host: " .. place.host, "connection: close" }
  for name, value in pairs(headers) do lines[#lines + 1] = name .. ": " .. value end
  lines[#lines + 1] = "content-length: " .. ("%d"):format(#body)
  return table.concat(lines, "\r\n") .. "\r\n\r\n" .. body
end

local function connect(socket, loop, place, deadline)
  local sock = socket.tcp()
  sock:settimeout(0)
  local ok, reason = sock:connect("127.0.0.1", place.port)
  if not ok and reason == "timeout" then
    ok = loop.wait("write", sock, deadline) and (sock:connect("127.0.0.1", place.port))
    -- A second connect on a connected socket says so; anything else is a refusal.
    ok = ok or sock:getpeername() ~= nil
  end
  if ok then return stream_of.new(loop, sock) end
  sock:close()
end

local function post(socket, loop, place, headers, body)
  local deadline = loop.now() + PATIENCE
  local stream = connect(socket, loop, place, deadline)
  if not stream then return false end
  local line = stream:write(format(place, headers, body), deadline)
    and stream:read_until("\r\n", 4096, deadline)
  stream:close()
  local status = line and tonumber(line:match("^HTTP/%d%.%d (%d%d%d)"))
  return status ~= nil and status >= 200 and status < 300
end

--- The function that `world.send_webhook` becomes.
---@param log fun(text: string)
function M.new(socket, loop, log)
  local refused = {}
  return function(url, headers, body, done)
    local place, reason = parse(url)
    if not place then
      if not refused[url] then log("webhook " .. url .. " gets nothing: " .. reason) end
      refused[url] = true
      return done(false)
    end
    loop:spawn(function() done(post(socket, loop, place, headers, body)) end)
  end
end

return M
