-- SPDX-License-Identifier: MIT
-- A request's wait for the engine: one byte on a connection that nginx keeps. Closing it is how a call
-- is broken off, and nginx closes it by itself when the request ends early.

local core_request = require "seam.transport.core_request"

local M = {}

-- In milliseconds. The engine answers by the call's own deadline: who waits has a little more.
local CONNECT_TIMEOUT = 10000
local MARGIN = 5000
local LONGEST = 2 ^ 31 - 1
local KEEP = 60000

-- Kept connections per worker; the rest are closed after use.
local POOL_SIZE = 512

local function failure(code, message, sent)
  return nil, { code = code, message = message, sent = sent }
end

--- The job, and its connection with it, is done for.
local function give_up(job, socket, reason)
  socket:close()
  local had_begun = job:drop()
  if reason == "timeout" then return failure("timeout", "the core's thread did not answer in time", had_begun) end
  return failure("closed", "the connection to the core's thread was lost: " .. tostring(reason), had_begun)
end

--- Lets a job begin and waits for its end.
---@param job userdata seam.core.Job
---@param id string
---@param path string of the engine's socket
---@param pool string name of the pool of its connections
---@param seconds number the job's own deadline
---@return table|nil response
---@return table|nil failure { code =, message =, sent = }
function M.wait(job, id, path, pool, seconds)
  local socket = rawget(_G, "ngx").socket.tcp()
  socket:settimeouts(CONNECT_TIMEOUT, CONNECT_TIMEOUT, math.min(seconds * 1000 + MARGIN, LONGEST))
  local ok, reason = socket:connect("unix:" .. path, { pool = pool, pool_size = POOL_SIZE })
  if not ok then
    job:drop()
    -- nginx gives an old reason where it has no connection left for itself.
    return failure("connect", "no connection to the core's thread (each call takes one of worker_connections): "
      .. tostring(reason), false)
  end
  ok, reason = socket:send(id)
  if not ok then return give_up(job, socket, reason) end
  local byte
  byte, reason = socket:receive(1)
  if byte ~= "1" then return give_up(job, socket, reason or "it does not know the call") end
  socket:setkeepalive(KEEP, POOL_SIZE)
  local transfer = job:take()
  if not transfer then return failure("cancelled", "the client was closed", true) end
  return core_request.response(transfer)
end

return M
