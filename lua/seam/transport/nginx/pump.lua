-- SPDX-License-Identifier: MIT
-- The way without a thread, where none can be had: the worker itself moves the transfers on, every
-- millisecond. Good for a few calls at once.

local core = require "seam.core"
local core_request = require "seam.transport.core_request"

local M = {}

local INTERVAL = 0.001

local methods = {}
local metatable = { __name = "seam.transport.nginx.Pump", __index = methods }

--- Makes a pump with its own connections.
---@return table pump
function M.new()
  return setmetatable({ _pool = core.pool(), _is_running = false }, metatable)
end

--- A timer carries on what its own request has left: a write that has begun is not broken off.
local function start_timer(self)
  if self._is_running then return end
  local ngx = rawget(_G, "ngx")
  self._is_running = ngx.timer.at(0, function()
    while self._pool:step(0) > 0 do ngx.sleep(INTERVAL) end
    self._is_running = false
  end) and true or false
end

--- Sends a request and waits for its end.
---@param request table as the core takes it
---@return table|nil response
---@return table|nil failure { code =, message =, sent = }
function methods:perform(request)
  local transfer, code, message = self._pool:submit(request)
  if not transfer then return nil, { code = code, message = message, sent = false } end
  start_timer(self)
  local sleep = rawget(_G, "ngx").sleep
  self._pool:step(0)
  while not transfer:done() do
    sleep(INTERVAL)
    self._pool:step(0)
  end
  return core_request.response(transfer)
end

function methods:close() self._pool:close() end

return M
