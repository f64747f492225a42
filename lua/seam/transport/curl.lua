-- SPDX-License-Identifier: MIT
-- Carries requests over libcurl, for whoever blocks or waits on a loop. How to wait meanwhile is the
-- reactor's business.

local core = require "seam.core"
local core_request = require "seam.transport.core_request"
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
  local transfer, code, message = self._reactor:submit(core_request.of(request, seconds, self._settings))
  if not transfer then return failure(code, message, false) end
  self._flying[transfer] = true
  self._reactor:wait(transfer)
  self._flying[transfer] = nil
  return core_request.response(transfer, request.answer_headers)
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
