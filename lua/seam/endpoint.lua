-- SPDX-License-Identifier: MIT
-- Where the API is: the endpoint's sources, and what an endpoint may look like.

local environment = require "seam.environment"
local errors = require "seam.errors"

local M = {}

M.DEFAULT = "https://connect.getseam.com"

local function is_loopback(host)
  return host == "localhost" or host == "[::1]" or host:find("^127%.%d+%.%d+%.%d+$") ~= nil
end

local function bad(reason)
  return nil, errors.invalid_options("The endpoint " .. reason)
end

local function check_host(authority)
  if authority:find("@", 1, true) then return bad("must not carry a user name or password") end
  local host, port = authority:match("^(%[[%x:.]+%])(.*)$")
  if not host then host, port = authority:match("^([A-Za-z0-9._%-]+)(.*)$") end
  if not host or not (port == "" or port:find("^:%d%d?%d?%d?%d?$")) then
    return bad("must name a host, for example " .. M.DEFAULT)
  end
  if port ~= "" and tonumber(port:sub(2)) > 65535 then return bad("must have a port up to 65535") end
  return host:lower()
end

--- Checks an endpoint and trims its trailing slashes.
---@param endpoint string
---@param allow_insecure boolean|nil plain HTTP to hosts that are not this machine
---@return string|nil endpoint
---@return seam.Error|nil err SeamInvalidOptionsError
function M.check(endpoint, allow_insecure)
  if endpoint:find("[^\033-\126]") then
    return bad("must not contain blanks, control characters or characters beyond ASCII")
  end
  if endpoint:find("[?#]") then return bad("must not have a query or a fragment") end
  local scheme, authority = endpoint:match("^(%a+)://([^/]*)")
  scheme = scheme and scheme:lower()
  if scheme ~= "https" and scheme ~= "http" then
    return bad("must start with https://")
  end
  local host, err = check_host(authority)
  if not host then return nil, err end
  if scheme == "http" and not is_loopback(host) and not allow_insecure then
    return bad("must use https: http is for this machine only (or set allow_insecure)")
  end
  return (endpoint:gsub("/+$", ""))
end

--- Option, then SEAM_ENDPOINT, then the deprecated SEAM_API_URL, then the default.
---@param options table
---@return string|nil endpoint
---@return seam.Error|nil err SeamInvalidOptionsError
function M.resolve(options)
  local endpoint = options.endpoint or environment.get("SEAM_ENDPOINT") or environment.get("SEAM_API_URL")
    or M.DEFAULT
  return M.check(endpoint, options.allow_insecure)
end

return M
