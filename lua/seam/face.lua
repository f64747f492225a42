-- SPDX-License-Identifier: MIT
-- What `require "seam"` and `require "seam.safe"` return: constructors, and a default client behind
-- the names of the API.

local client = require "seam.client"
local errors = require "seam.errors"
local gather = require "seam.lazy" "seam.gather"
local json = require "seam.json"
local query = require "seam.query"
local version = require "seam.version"

local M = {}

local function with_option(given, name, value)
  -- What is not a table is for the check of options to name.
  if given ~= nil and type(given) ~= "table" then return given end
  local merged = {}
  for key, other in pairs(given or {}) do merged[key] = other end
  merged[name] = value
  return merged
end

--- Drops the module where it was written as a receiver: seam:new(...).
local function receiver_dropper(seam)
  return function(f)
    return function(first, ...)
      if rawequal(first, seam) then return f(...) end
      return f(first, ...)
    end
  end
end

local function add_constructors(seam, raises)
  local finish = errors.finisher(raises)
  local public = receiver_dropper(seam)

  seam.new = public(function(given)
    if type(given) == "string" then given = { api_key = given } end
    return finish(client.new(given, raises))
  end)

  seam.from_api_key = public(function(key, given)
    return finish(client.new(with_option(given, "api_key", key or ""), raises))
  end)

  seam.from_personal_access_token = public(function(token, workspace_id, given)
    local merged = with_option(given, "personal_access_token", token or "")
    return finish(client.new(with_option(merged, "workspace_id", workspace_id), raises))
  end)

  seam.from_client_session_token = public(function(token, given)
    return finish(client.new(with_option(given, "client_session_token", token or ""), raises))
  end)

  seam.from_publishable_key = public(function(key, user_identifier_key, given)
    return finish(client.from_publishable_key(key, user_identifier_key, given, raises))
  end)

  seam.without_workspace = public(function(given)
    return finish(client.without_workspace(given, raises))
  end)
end

local function add_helpers(seam, raises)
  local finish = errors.finisher(raises)
  local public = receiver_dropper(seam)

  seam.is_error = public(errors.is_error)

  --- Like assert, for error objects: Lua 5.1's assert loses a message that is not a string.
  seam.check = public(function(value, err, ...)
    if not value then error(err, 0) end
    return value, err, ...
  end)

  seam.gather = public(function(...) return finish(gather.gather(...)) end)
  seam.map = public(function(...) return finish(gather.map(...)) end)

  seam.serialize_params = public(function(params)
    local text, name, reason = query.serialize(params)
    if text then return text end
    return finish(nil, errors.new("SeamInvalidParamsError",
      ("Could not serialize parameter: '%s' %s"):format(errors.quoted(name), reason),
      { param = errors.quoted(name), outcome = "not_sent", attempts = 0 }))
  end)
end

--- The context of the module's own client, made from the environment when a call first needs it.
---@return fun(): seam.CallContext|nil, seam.Error|nil resolve
---@return fun(): boolean is_open whether there is one
local function default_resolver(raises)
  local default
  local function is_open() return default ~= nil and not default.closed end
  local function resolve()
    if not is_open() then
      local made, err = client.context({}, raises)
      if not made then return nil, err end
      default = made
    end
    return default
  end
  return resolve, is_open
end

--- Builds a face.
---@param raises boolean whether errors are raised, or returned behind nil
---@return seam.Module seam
function M.new(raises)
  local seam = { _VERSION = version }
  add_constructors(seam, raises)
  add_helpers(seam, raises)
  local resolve, is_open = default_resolver(raises)
  local finish = errors.finisher(raises)
  -- Nothing was opened: nothing is to be closed, and no key is needed for it.
  seam.close = function() return not is_open() or client.close(resolve()) end
  local metatable = {
    __index = function(self, key)
      if key ~= "null" then return client.member(self, key, resolve, finish) end
      self.null = json.null
      return self.null
    end,
  }
  client.offer_safe_face(metatable, resolve)
  return setmetatable(seam, metatable)
end

return M
