-- SPDX-License-Identifier: MIT
-- Carries requests over libcurl: a request table to a transfer, a finished transfer to a response.
-- How to wait meanwhile is the reactor's business.

local core = require "seam.core"
local reactor = require "seam.transport.reactor"

require("seam.uncompiled")()

local M = {}

local methods = {}
local metatable = { __name = "seam.transport.Curl", __index = methods }

--- Makes a transport. Those that wait in the same way share their connections.
---@param settings table { connect_timeout =, max_response_bytes =, ca_file =, proxy = }
---@param loop seam.Loop|nil blocking when absent
---@return table transport
function M.new(settings, loop)
  local self = setmetatable({ _reactor = reactor.of(loop), _settings = settings, _flying = {} }, metatable)
  self._reactor:join(self)
  return self
end

local function header_lines(headers)
  local lines = {}
  for name, value in pairs(headers) do lines[#lines + 1] = name .. ": " .. value end
  return lines
end

local function submit(self, request, seconds)
  local settings = self._settings
  return self._reactor:submit {
    method = request.method,
    url = request.url,
    headers = header_lines(request.headers),
    body = request.body,
    timeout = seconds,
    connect_timeout = settings.connect_timeout,
    max_body = settings.max_response_bytes,
    ca_file = settings.ca_file,
    proxy = settings.proxy,
    -- A kept connection may be what failed the attempt before.
    fresh_connection = request.repeated,
  }
end

local function failure(code, message, sent)
  return nil, { code = code, message = message, sent = sent }
end

--- Sends one request and waits for its answer.
---@param request seam.Request
---@param seconds number how long it may take in all
---@return table|nil response { status =, headers =, body = }; body:close() when done with it
---@return table|nil failure { code =, message =, sent = }
function methods:perform(request, seconds)
  if self._closed then return failure("closed", "the client is closed", false) end
  local refusal = self._reactor:refusal()
  if refusal then return failure("cannot_wait", refusal, false) end
  local transfer, code, message = submit(self, request, seconds)
  if not transfer then return failure(code, message, false) end
  self._flying[transfer] = true
  self._reactor:wait(transfer)
  self._flying[transfer] = nil
  local status, headers, reason, sent = transfer:result()
  if not status then
    transfer:close()
    return failure(headers, reason, sent)
  end
  return { status = status, headers = headers, body = transfer }
end

---@param seconds number
function methods:sleep(seconds) self._reactor:sleep(seconds) end

---@return number seconds of a monotonic clock
function methods.now() return core.now() end

---@return number epoch seconds
function methods.time() return core.wall() end

--- Calls under way end, and when nobody else uses the connections, they are given back.
function methods:close()
  if self._closed then return end
  self._closed = true
  for transfer in pairs(self._flying) do transfer:cancel() end
  self._reactor:leave(self)
end

return M
