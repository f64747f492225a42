-- SPDX-License-Identifier: MIT
-- Fetches a calendar: one GET over https, no redirect followed, and not more than a calendar can be. The address of
-- a calendar is a secret, so errors name its host only.

local choose = require "seam.transport.choose"
local endpoint = require "seam.endpoint"
local errors = require "seam.errors"
local loop = require "seam.loop"
local nearest = require "seam.nearest"

require("seam.uncompiled")()

local M = {}

local DEFAULTS = { timeout = 30, max_bytes = 4 * 1024 * 1024 }

local OPTIONS = {
  timeout = "number", max_bytes = "number", ca_file = "string", proxy = "string", transport = "table", loop = "any",
}

local function fits(value, kind)
  if kind == "number" then return type(value) == "number" and value > 0 and value < math.huge end
  return kind == "any" or type(value) == kind
end

local function check(given)
  if given ~= nil and type(given) ~= "table" then
    return nil, errors.invalid_options("options of calendar.fetch must be a table, got a " .. type(given))
  end
  local options = {}
  for name, value in pairs(DEFAULTS) do options[name] = value end
  for name, value in pairs(given or {}) do
    if not OPTIONS[name] then
      return nil, errors.invalid_options(("calendar.fetch has no option '%s'%s")
        :format(errors.quoted(name), nearest.hint(name, OPTIONS)))
    end
    if not fits(value, OPTIONS[name]) then
      return nil, errors.invalid_options(("The %s option of calendar.fetch must be a %s"):format(name,
        OPTIONS[name] == "number" and "positive number" or OPTIONS[name]))
    end
    options[name] = value
  end
  local _, err = loop.resolve(options.loop)
  if err then return nil, err end
  return options
end

--- The address to ask, and its host for errors.
local function address_of(url)
  if type(url) ~= "string" then return nil, errors.invalid_params(nil, "An address is wanted", "url") end
  local plain = url:gsub("^[Ww][Ee][Bb][Cc][Aa][Ll]://", "https://"):gsub("#.*$", "")
  local origin, rest = plain:match("^([^/]*//[^/?]*)(.*)$")
  if not origin then
    return nil, errors.invalid_params(nil, "The calendar's address must start with https://", "url")
  end
  local checked, err = endpoint.check(origin)
  if not checked then
    return nil, errors.invalid_params(nil, (err.message:gsub("^.-The endpoint", "The calendar's address")), "url")
  end
  if rest:find("[^\033-\126]") then
    return nil, errors.invalid_params(nil, "The calendar's address must be ASCII without blanks", "url")
  end
  return plain, origin:match("//(.*)$")
end

local function failed(host, code, reason, status)
  return errors.new("SeamHttpError", ("The calendar of %s could not be fetched: %s"):format(host, reason),
    { code = code, status_code = status, method = "GET" })
end

local function text_of(response, host)
  local body, status = response.body, response.status
  local text
  if status == 200 then text = type(body) == "string" and body or body:body() end
  if type(body) == "table" or type(body) == "userdata" then body:close() end
  if text then return text end
  if status >= 300 and status < 400 then
    return nil, failed(host, "redirect", "it has moved, and redirects are not followed", status)
  end
  return nil, failed(host, "http", ("the server answered with status %d"):format(status), status)
end

--- Fetches a calendar.
---@param url string https://..., or webcal://...; http:// for this machine only
---@param given table|nil timeout (30 seconds), max_bytes (4 MiB), ca_file, proxy, loop as for seam.new
---@return string|nil text
---@return seam.Error|nil
function M.get(url, given)
  local options, err = check(given)
  if not options then return nil, err end
  local address, host = address_of(url)
  if not address then return nil, host end
  local transport = options.transport or choose.open {
    max_response_bytes = options.max_bytes, ca_file = options.ca_file, proxy = options.proxy, loop = options.loop,
  }
  local response, failure = transport:perform({
    method = "GET", url = address,
    headers = { accept = "text/calendar, text/plain;q=0.5", ["user-agent"] = "seam-lua-calendar" },
  }, options.timeout)
  local text
  if response then
    text, err = text_of(response, host)
  else
    -- libcurl's own words may hold the address.
    err = failed(host, failure.code, tostring(failure.code))
  end
  if not options.transport then transport:close() end
  return text, err
end

return M
