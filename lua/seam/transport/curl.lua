-- SPDX-License-Identifier: MIT
-- Carries requests over libcurl: a request table to a transfer, a finished transfer to a response.
-- How to wait meanwhile is a driver's business.

local core = require "seam.core"

require("seam.uncompiled")()

local M = {}

-- The transfer ends by its own deadline; this is only how often a waiting driver looks, in seconds.
local LONGEST_WAIT = 60

local methods = {}
local metatable = { __name = "seam.transport.Curl", __index = methods }

--- Makes a transport with its own connections.
---@param settings table { connect_timeout =, max_response_bytes =, ca_file =, proxy = }
---@param driver table|nil { wait =, sleep =, now = }; blocking when absent
---@return table transport
function M.new(settings, driver)
  return setmetatable({
    _pool = core.pool(),
    _driver = driver or require "seam.transport.blocking",
    _settings = settings,
  }, metatable)
end

local function header_lines(headers)
  local lines = {}
  for name, value in pairs(headers) do lines[#lines + 1] = name .. ": " .. value end
  return lines
end

local function submit(self, request, seconds)
  local settings = self._settings
  return self._pool:submit {
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

--- Sends one request and waits for its answer.
---@param request seam.Request
---@param seconds number how long it may take in all
---@return table|nil response { status =, headers =, body = }; body:close() when done with it
---@return table|nil failure { code =, message =, sent = }
function methods:perform(request, seconds)
  local transfer, code, message = submit(self, request, seconds)
  if not transfer then return nil, { code = code, message = message, sent = false } end
  while not transfer:done() do self._driver.wait(self._pool, LONGEST_WAIT) end
  local status, headers, reason, sent = transfer:result()
  if not status then
    transfer:close()
    return nil, { code = headers, message = reason, sent = sent }
  end
  return { status = status, headers = headers, body = transfer }
end

---@param seconds number
function methods:sleep(seconds) self._driver.sleep(seconds) end

---@return number seconds of a monotonic clock
function methods:now() return self._driver.now() end

---@return number epoch seconds
function methods:time() return core.wall() end

--- Gives back the connections. Calls under way end.
function methods:close() self._pool:close() end

return M
