-- SPDX-License-Identifier: MIT
-- An address that opens, or locks, one door for whoever the owner's function allows.

local cross_site = require "seam.openresty.cross_site"
local errors = require "seam.errors"
local options = require "seam.openresty.options"
local outcome = require "seam.openresty.outcome"
local reply = require "seam.openresty.reply"
local try = require "seam.openresty.try"

local M = {}

local OPTIONS = {
  client = "client", authorize = "function", device = "any", action = "string", origins = "texts",
}
local METHOD = { unlock = "unlock_door", lock = "lock_door" }

local function log_failure(what, problem)
  ngx.log(ngx.ERR, "seam: ", what, ": ", tostring(problem))
end

--- Only true opens: a function that forgot to decide, or failed, opens nothing.
local function is_authorized(state)
  local ok, allowed, reason = pcall(state.authorize, ngx)
  if ok and allowed == true then return true end
  if not ok then
    log_failure("the authorize function failed", allowed)
  elseif allowed then
    log_failure("the authorize function must return true, not a " .. type(allowed), tostring(allowed))
  end
  return false, ok and not allowed and type(reason) == "string" and reason or "You may not do this."
end

--- The device's id or resource; or the status and the sentence of a refusal.
local function find_device(state)
  if type(state.device) ~= "function" then return state.device end
  local device, problem = try(state.device, ngx)
  if type(device) == "table" or (type(device) == "string" and device ~= "") then return device end
  local is_missing = problem == nil or (errors.is_error(problem) and problem.code == "device_not_found")
  if device == nil and is_missing then return nil, 404, "There is no such lock." end
  log_failure("the device function failed", problem or ("it returned a " .. type(device)))
  return nil, 500, "The lock was not asked: it could not be found."
end

local function move(state, device)
  local attempt, err = try(state.client.locks[METHOD[state.action]], device)
  local status, document = outcome.of(state.action, attempt, err)
  if attempt == nil then log_failure("the door was not moved for certain", err) end
  if errors.is_error(err) and type(err.retry_after) == "number" then
    ngx.header["Retry-After"] = math.ceil(err.retry_after)
  end
  return status, document
end

local function serve(state)
  if ngx.req.get_method() ~= "POST" then
    ngx.header["Allow"] = "POST"
    return 405, outcome.refused("Doors are moved by POST.")
  end
  if not cross_site.is_allowed(ngx.req.get_headers(0), state.origins) then
    return 403, outcome.refused("This request came from another site, or does not say from where. "
      .. "Programs send the header X-Requested-With.")
  end
  local allowed, reason = is_authorized(state)
  if not allowed then return 403, outcome.refused(reason) end
  local device, status, problem = find_device(state)
  if not device then return status, outcome.refused(problem) end
  return move(state, device)
end

local function check(given)
  local state = options.check(given, OPTIONS, { "client", "authorize", "device" })
  state.action = state.action or "unlock"
  state.origins = state.origins or {}
  if not METHOD[state.action] then
    options.bad("action", ("must be \"unlock\" or \"lock\", got '%s'"):format(errors.quoted(state.action)))
  end
  local kind = type(state.device)
  if kind ~= "string" and kind ~= "table" and kind ~= "function" then
    options.bad("device", "must be a device's id, a device or a function that returns one, got a " .. kind)
  end
  return state
end

--- Makes a handler for content_by_lua: POST only, one answer in JSON, { outcome, message, code }:
--- done 200, pending 202, rejected 4xx or 502, unknown 502, not_sent 503 (403, 404, 405 before Seam was asked).
--- Options:
--- client: of seam.new or seam.safe;
--- authorize: f(ngx) -> true, or false and a reason for the person; whatever else it returns, or raises, is a no;
--- device: f(ngx) -> id or device, nil for "no such lock" (as device_cache.get and devices.get say it); or an
---   id, or a device;
--- action: "unlock" when absent, or "lock";
--- origins: list of other sites ("https://app.example") whose pages may use it. Requests from elsewhere are
---   refused; a program that is no browser sends X-Requested-With.
---@param given table
---@return function handler
function M.new(given)
  local state = check(given)
  return function() reply.json(serve(state)) end
end

return M
