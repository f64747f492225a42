-- SPDX-License-Identifier: MIT
-- The option tables of a client and of a call: known names, defaults, checks.

local errors = require "seam.errors"
local loop = require "seam.lazy" "seam.loop"
local nearest = require "seam.lazy" "seam.nearest"
local resource = require "seam.resource"

require("seam.uncompiled")()

local M = {}

--- Whole-call budget in seconds; an endpoint that moves a door has the shorter one, because a
--- door that opens late is as bad as one that opens twice (reliability facts, 3.1).
M.DEFAULT_TIMEOUT = 30
M.DOOR_TIMEOUT = 10
M.DEFAULT_RETRIES = 2
M.DEFAULT_WAIT = { timeout = 10, polling_interval = 1 }

local CLIENT_OPTIONS = {
  api_key = "string", personal_access_token = "string", workspace_id = "string",
  client_session_token = "string", endpoint = "string", timeout = "number", retries = "number",
  wait_for_action_attempt = "wait", headers = "table", ca_file = "string", proxy = "string",
  allow_insecure = "boolean", connect_timeout = "number", max_response_bytes = "number",
  transport = "table", loop = "loop", blocking = "boolean", retry_rate_limited_writes = "boolean",
  on_request = "function", on_response = "function", on_retry = "function",
}

local NONE = {}

local CALL_OPTIONS = {
  timeout = "number", retries = "number", wait_for_action_attempt = "wait", headers = "table",
  retry_rate_limited_writes = "boolean",
}

-- What the SDK itself says in a request; a caller's headers cannot change it.
local RESERVED_HEADERS = {
  authorization = true, ["client-session-token"] = true, ["seam-publishable-key"] = true,
  ["seam-workspace"] = true, ["seam-sdk-name"] = true, ["seam-sdk-version"] = true,
  ["content-type"] = true, ["content-length"] = true, ["transfer-encoding"] = true, host = true,
  ["accept-encoding"] = true, connection = true, expect = true,
}

local function bad(name, reason)
  return nil, errors.invalid_options(("The %s option %s"):format(name, reason))
end

local function is_positive(value)
  return type(value) == "number" and value > 0 and value < math.huge
end

local WAIT_FIELDS = { timeout = true, polling_interval = true }

local function check_wait_field(name, value)
  if type(value) ~= "number" or value ~= value or value == math.huge then
    return bad("wait_for_action_attempt." .. name, "must be a number of seconds")
  end
  if name == "timeout" and value < 0 then
    return bad("wait_for_action_attempt.timeout", "must not be negative, got " .. value)
  end
  if name == "polling_interval" and value <= 0 then
    return bad("wait_for_action_attempt.polling_interval", "must be positive, got " .. value)
  end
  return true
end

--- Checks a value of wait_for_action_attempt and fills it up.
---@param value boolean|table|nil
---@param default table|false what nil stands for
---@return table|false|nil wait { timeout =, polling_interval = } in seconds, or false for "do not wait"
---@return seam.Error|nil
function M.wait(value, default)
  if value == nil then return default end
  if value == false then return false end
  local base = default or M.DEFAULT_WAIT
  if value == true then return base end
  if type(value) ~= "table" then
    return bad("wait_for_action_attempt", "must be true, false or a table, got a " .. type(value))
  end
  local wait = { timeout = base.timeout, polling_interval = base.polling_interval }
  for name, field in pairs(value) do
    if not WAIT_FIELDS[name] then
      return bad("wait_for_action_attempt", ("has no field '%s'%s")
        :format(errors.quoted(name), nearest.hint(name, WAIT_FIELDS)))
    end
    local ok, err = check_wait_field(name, field)
    if not ok then return nil, err end
    wait[name] = field
  end
  return wait
end

local function check_headers(headers)
  for name, value in pairs(headers) do
    if type(name) ~= "string" or not name:find("^[A-Za-z0-9!#$%%&'*+%-.^_`|~]+$") then
      return bad("headers", "has a name that is not an HTTP header name")
    end
    if RESERVED_HEADERS[name:lower()] then
      return bad("headers", ("cannot set %s: the SDK sets it"):format(name:lower()))
    end
    if type(value) ~= "string" or value:find("[^\032-\126]") then
      return bad("headers", ("has a value for %s that is not plain ASCII text"):format(name))
    end
  end
  return true
end

--- What calls ask of a transport; methods may come from a metatable.
local function check_transport(transport)
  for _, method in ipairs { "perform", "sleep", "now" } do
    if type(transport[method]) ~= "function" then
      return bad("transport", ("must have a method %s"):format(method))
    end
  end
  return true
end

local function check_value(name, value, kind)
  if kind == "wait" then
    local wait, err = M.wait(value, M.DEFAULT_WAIT)
    if wait == nil then return nil, err end
    return true
  end
  if kind == "loop" then
    local _, err = loop.resolve(value)
    if err then return nil, err end
    return true
  end
  if type(value) ~= kind then
    return bad(name, ("must be a %s, got a %s"):format(kind, type(value)))
  end
  if name == "headers" then return check_headers(value) end
  if name == "transport" then return check_transport(value) end
  if name == "proxy" and not value:find("^%a[%w+.-]*://[^/]") then
    return bad(name, "must be a URL such as http://127.0.0.1:3128")
  end
  if name == "retries" then
    if value < 0 or value % 1 ~= 0 or value > 10 then
      return bad(name, "must be a whole number from 0 to 10")
    end
  elseif kind == "number" and not is_positive(value) then
    return bad(name, "must be a positive number")
  end
  return true
end

--- What was checked must not change behind our back. Objects stay themselves.
local function kept(name, value)
  if type(value) ~= "table" or name == "transport" or name == "loop" then return value end
  local copy = {}
  for field, inner in pairs(value) do copy[field] = inner end
  return copy
end

local function check(given, known, what)
  if type(given) ~= "table" then
    return nil, errors.invalid_options(("%s must be a table, got a %s"):format(what, type(given)))
  end
  if resource.kind(given) or given.next_page_cursor or given.has_next_page ~= nil then
    return nil, errors.invalid_options(what .. " must be options, got the second result of another call: "
      .. "put that call in parentheses to keep its first result only")
  end
  local checked = {}
  for name, value in pairs(given) do
    local kind = known[name]
    if not kind then
      return nil, errors.invalid_options(("Unknown option '%s'%s")
        :format(errors.quoted(name), nearest.hint(name, known)))
    end
    local ok, err = check_value(name, value, kind)
    if not ok then return nil, err end
    checked[name] = kept(name, value)
  end
  return checked
end

--- Checks the options of a client.
---@param given table
---@return table|nil options a copy
---@return seam.Error|nil err SeamInvalidOptionsError
function M.client(given)
  return check(given, CLIENT_OPTIONS, "Options")
end

--- Checks the options of one call.
---@param given table|nil
---@return table|nil options a copy, or one that is everybody's and empty when none were given: only to be read
---@return seam.Error|nil err SeamInvalidOptionsError
function M.call(given)
  if given == nil then return NONE end
  return check(given, CALL_OPTIONS, "Call options")
end

return M
