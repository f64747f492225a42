-- SPDX-License-Identifier: MIT
-- Between a transport and the core: a request as the core takes it, a finished transfer as a response.

local core = require "seam.core"

require("seam.uncompiled")()

local M = {}

-- By headers: most requests of a client share one table of them. Weak.
local lines_of = setmetatable({}, { __mode = "k" })

local function list_of(headers)
  local lines = {}
  for name, value in pairs(headers) do lines[#lines + 1] = name .. ": " .. value end
  return lines
end

--- A list for the first request of a table, which may be its only one; from the second on what the core made
--- of it once. Lines that cannot be sent stay a list, and are refused with the request.
local function header_lines(headers)
  local lines = lines_of[headers]
  if type(lines) == "userdata" then return lines end
  lines = lines and (core.headers(lines) or lines) or list_of(headers)
  lines_of[headers] = lines
  return lines
end

--- What the core is to send.
---@param request seam.Request
---@param seconds number how long it may take in all
---@param settings table { connect_timeout =, max_response_bytes =, ca_file =, proxy = }
---@return table
function M.of(request, seconds, settings)
  return {
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
    reads = request.reads,
  }
end

--- What a transport answers once a transfer is done.
---@param transfer userdata seam.core.Transfer
---@param names table<string, boolean>|nil the headers that will be looked at; nil: all
---@return table|nil response { status =, headers =, body = }; body:close() when done with it
---@return table|nil failure { code =, message =, sent = }
function M.response(transfer, names)
  local status, headers, reason, sent = transfer:result(names)
  if status then return { status = status, headers = headers, body = transfer } end
  transfer:close()
  return nil, { code = headers, message = reason, sent = sent }
end

return M
