-- SPDX-License-Identifier: MIT
-- The client object: who calls, where, over which transport, and the tree of endpoints.

local call = require "seam.call"
local credentials = require "seam.credentials"
local endpoint = require "seam.endpoint"
local errors = require "seam.errors"
local methods = require "seam.lazy" "seam.client.methods"
local namespace = require "seam.namespace"
local nearest = require "seam.lazy" "seam.nearest"
local options = require "seam.options"
local retry = require "seam.retry"

require("seam.uncompiled")()

local M = {}

--- Opened at the first call: making a client costs nothing and touches no network.
local function lazy_transport(given)
  local transport
  return setmetatable({}, { __index = function(proxy, key)
    transport = transport or require("seam.transport.choose").open(given)
    local method = transport[key]
    if type(method) ~= "function" then return method end
    local function bound(_, first, second) return method(transport, first, second) end
    rawset(proxy, key, bound)
    return bound
  end })
end

--- Everything a call needs to know of its client.
local function new_context(given, secret, raises)
  local base, err = endpoint.resolve(given)
  if not base then return nil, err end
  return {
    raises = raises,
    config = {
      endpoint = base, credentials = secret, headers = given.headers, shares_headers = given.transport == nil,
    },
    options = given,
    transport = given.transport or lazy_transport(given),
    budget = retry.budget(),
    closed = false,
  }
end

--- Closes the client of a context; a second time does nothing.
---@param context seam.CallContext
---@return boolean
function M.close(context)
  if not context.closed then
    context.closed = true
    if not context.options.transport then context.transport:close() end
  end
  return true
end

--- The names a client answers to besides its namespaces: `close`, and those of seam.client.methods, which is read
--- when one of them is called.
M.METHOD_NAMES = {
  close = true, create_paginator = true, gather = true, interpret = true, map = true, now = true, prepare = true,
  request = true, sleep = true, time = true, update_client_session_token = true, with_workspace = true,
}

--- A function that finds its context when it is called, and drops a receiver written with a colon.
local function bind_method(name, resolve, finish, receiver)
  return function(first, ...)
    local context, err = resolve()
    if not context then return finish(nil, err) end
    -- Closing must not fail for a file that cannot be read by then.
    local method = name == "close" and M.close or methods[name]
    if rawequal(first, receiver) then return finish(method(context, finish, ...)) end
    return finish(method(context, finish, first, ...))
  end
end

local function endpoint_maker(resolve, finish)
  return function(row, owner)
    -- (parameters, options), or with the namespace before them where it was written with a colon.
    return function(first, second, third)
      local context, err = resolve()
      if not context then return finish(nil, err) end
      if rawequal(first, owner) then return finish(call.perform(context, row, second, third)) end
      return finish(call.perform(context, row, first, second))
    end
  end
end

local function unknown_member(key)
  local known = {}
  for name in pairs(namespace.roots()) do known[name] = true end
  for name in pairs(M.METHOD_NAMES) do known[name] = true end
  return errors.new("SeamInvalidParamsError", ("There is no namespace or method '%s'%s")
    :format(errors.quoted(key), nearest.hint(key, known)), { outcome = "not_sent", attempts = 0 })
end

--- A member of a client or of the module: a namespace, a method, or an error with the nearest name.
---@param receiver table whose member it will be
---@param key any
---@param resolve fun(): table|nil, seam.Error|nil finds the context at call time
---@param finish function
---@return any
function M.member(receiver, key, resolve, finish)
  if type(key) ~= "string" or key:sub(1, 1) == "_" then return nil end
  local member
  if M.METHOD_NAMES[key] then
    member = bind_method(key, resolve, finish, receiver)
  elseif namespace.roots()[key] then
    member = namespace.new(key, endpoint_maker(resolve, finish))
  else
    error(unknown_member(key), 0)
  end
  rawset(receiver, key, member)
  return member
end

--- Lets a client's metatable answer with the same client whose calls return nil and the error: helpers
--- above (seam.protected) then serve both faces without catching anything.
---@param metatable table of the client, or of the module that stands for one
---@param resolve fun(): table|nil, seam.Error|nil
function M.offer_safe_face(metatable, resolve)
  local finish, face = errors.finisher(false), nil
  function metatable.seam_safe_face()
    local context, err = resolve()
    if not context then return nil, err end
    face = face or setmetatable({}, { __name = "seam.Client", seam_safe_face = metatable.seam_safe_face,
      __index = function(client, key) return M.member(client, key, resolve, finish) end })
    return face
  end
end

local function describe(context)
  local secret = context.config.credentials
  return ("seam client for %s (%s %s)%s"):format(context.config.endpoint,
    secret.kind:gsub("_", " "), secret.hint, context.closed and ", closed" or "")
end

--- Puts a client together from its context; passes an error on.
---@param context seam.CallContext|nil
---@param err seam.Error|nil
---@return table|nil client
---@return seam.Error|nil
function M.assemble(context, err)
  if not context then return nil, err end
  local finish = errors.finisher(context.raises)
  local function resolve() return context end
  local metatable = { __name = "seam.Client" }
  function metatable.__index(client, key) return M.member(client, key, resolve, finish) end
  function metatable.__tostring() return describe(context) end
  function metatable.__close() M.close(context) end
  M.offer_safe_face(metatable, resolve)
  return setmetatable({}, metatable)
end

--- Makes the client of somebody else's secret with the options of one that exists.
---@param given table checked options
---@param secret table credentials
---@param raises boolean
---@return table|nil client
---@return seam.Error|nil
function M.of(given, secret, raises)
  return M.assemble(new_context(given, secret, raises))
end

local function context_with(resolve_credentials, given, raises)
  local checked, err = options.client(given == nil and {} or given)
  if not checked then return nil, err end
  local secret
  secret, err = resolve_credentials(checked)
  if not secret then return nil, err end
  return new_context(checked, secret, raises)
end

--- Makes the context of a client from options, or from the environment.
---@param given table|nil options
---@param raises boolean whether calls raise errors, or return nil and them
---@return seam.CallContext|nil
---@return seam.Error|nil err SeamInvalidOptionsError or SeamInvalidTokenError
function M.context(given, raises)
  return context_with(credentials.resolve, given, raises)
end

--- Makes a client from options, or from the environment.
---@param given table|nil options
---@param raises boolean
---@return table|nil client
---@return seam.Error|nil err SeamInvalidOptionsError or SeamInvalidTokenError
function M.new(given, raises)
  return M.assemble(M.context(given, raises))
end

--- Makes a client that needs no workspace: it lists and creates workspaces.
---@param given table|nil options
---@param raises boolean
---@return table|nil client
---@return seam.Error|nil
function M.without_workspace(given, raises)
  return M.assemble(context_with(credentials.resolve_without_workspace, given, raises))
end

--- Exchanges a publishable key for a client session, and makes that session's client.
---@param key string
---@param user_identifier_key string
---@param given table|nil options
---@param raises boolean
---@return table|nil client
---@return seam.Error|nil
function M.from_publishable_key(key, user_identifier_key, given, raises)
  local context, err = context_with(function(checked) return credentials.publishable_key(key, checked) end,
    given, raises)
  if not context then return nil, err end
  local session
  session, err = call.perform(context, require("seam.api.client_sessions").get_or_create,
    { user_identifier_key = user_identifier_key })
  M.close(context)
  if not session then return nil, err end
  -- Without a token nothing may be taken from the environment instead: that would be somebody else.
  local session_options = { client_session_token = session.token or "" }
  for name, value in pairs(given or {}) do session_options[name] = value end
  return M.new(session_options, raises)
end

return M
