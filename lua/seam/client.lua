-- SPDX-License-Identifier: MIT
-- The client object: who calls, where, over which transport, and the tree of endpoints.

local call = require "seam.call"
local carried = require "seam.lazy" "seam.carried"
local credentials = require "seam.credentials"
local endpoint = require "seam.endpoint"
local errors = require "seam.errors"
local gather = require "seam.lazy" "seam.gather"
local namespace = require "seam.namespace"
local nearest = require "seam.lazy" "seam.nearest"
local options = require "seam.options"
local paginator = require "seam.lazy" "seam.paginator"
local params = require "seam.params"
local raw_request = require "seam.lazy" "seam.raw_request"
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

--- Methods of a client; each gets the client's context and `finish`, and returns value, extra.
local methods = {}

local function paginated_row(method)
  local row = namespace.row_of(method)
  if row and row.paginated then return row end
  return nil, errors.new("SeamInvalidParamsError",
    "Cannot create a paginator for a non-paginated endpoint", {
      path = row and row.path, outcome = "not_sent", attempts = 0,
    })
end

--- client.create_paginator(client.devices.list, { limit = 20 } [, options of each call])
function methods.create_paginator(context, finish, method, given, given_options)
  local row, err = paginated_row(method)
  if not row then return nil, err end
  local values, checked
  checked, err = options.call(given_options)
  if not checked then return nil, err end
  values, err = params.normalize(row, given)
  if not values then return nil, err end
  return paginator.new(function(page_params)
    return call.perform(context, row, page_params, given_options)
  end, row.path, values, finish)
end

--- client.prepare("/locks/unlock_door", params) -> the request as data
function methods.prepare(...) return carried.prepare(...) end

--- client.interpret("/locks/unlock_door", status, headers, body) -> value, extra of an answer to it
function methods.interpret(...) return carried.interpret(...) end

--- client.request{ path = "/devices/list", params = {...} } -> body, meta
function methods.request(context, _, given)
  return raw_request.perform(context, given)
end

--- client:with_workspace(id) -> the same person's client for another workspace
function methods.with_workspace(context, _, id)
  local with = context.config.credentials.with_workspace
  if not with then
    return nil, errors.invalid_options(
      "with_workspace needs a client made from a personal_access_token")
  end
  local secret, err = with(id)
  if not secret then return nil, err end
  return M.assemble(new_context(context.options, secret, context.raises))
end

--- client:update_client_session_token(token): goes on with another session, once the server knows it.
function methods.update_client_session_token(context, _, token)
  if context.config.credentials.kind ~= "client_session_token" then
    return nil, errors.invalid_options(
      "Cannot update a client_session_token on a client created without a client_session_token")
  end
  local secret, err = credentials.client_session_token(token)
  if not secret then return nil, err end
  local config = context.config
  local trial = setmetatable({
    config = { endpoint = config.endpoint, headers = config.headers, credentials = secret },
  }, { __index = context })
  local session
  session, err = call.perform(trial, require("seam.api.client_sessions").get)
  if not session then return nil, err end
  config.credentials = secret
  return true
end

local function is_duration(seconds)
  return type(seconds) == "number" and seconds >= 0 and seconds < math.huge
end

--- client:sleep(seconds): pauses the way the client's own waits do; a loop's other work goes on.
function methods.sleep(context, _, seconds)
  if not is_duration(seconds) then
    return nil, errors.invalid_params("sleep", "sleep wants a number of seconds that is not negative", "seconds")
  end
  context.transport:sleep(seconds)
  return true
end

--- client:now() -> seconds of the monotonic clock that the client's deadlines hang on.
function methods.now(context)
  return context.transport:now()
end

--- client:time() -> epoch seconds; in the sandbox the sandbox's.
function methods.time(context)
  local transport = context.transport
  return transport.time and transport:time() or os.time()
end

--- For clients with a loop, its coroutines: what else the functions wait for goes on, too.
local function with_loop(context, given)
  local loop = context.options.loop
  if loop == nil or (given ~= nil and (type(given) ~= "table" or given.loop ~= nil)) then return given end
  local merged = { loop = loop }
  for name, value in pairs(given or {}) do merged[name] = value end
  return merged
end

--- client.gather{ key = function() ... end } -> results; seam.gather on this client's loop.
function methods.gather(context, _, functions, given)
  return gather.gather(functions, with_loop(context, given))
end

--- client.map(list, f, { concurrency = 16, on_progress = f }) -> results; seam.map on this client's loop.
function methods.map(context, _, list, f, given)
  return gather.map(list, f, with_loop(context, given))
end

--- client:close(); a second one does nothing.
function methods.close(context)
  if not context.closed then
    context.closed = true
    if not context.options.transport then context.transport:close() end
  end
  return true
end

--- Closes the client of a context.
---@param context seam.CallContext
---@return boolean
function M.close(context)
  return methods.close(context)
end

--- The names a client answers to besides its namespaces.
M.METHOD_NAMES = {}
for name in pairs(methods) do M.METHOD_NAMES[name] = true end

--- A function that finds its context when it is called, and drops a receiver written with a colon.
local function bind_method(name, resolve, finish, receiver)
  return function(first, ...)
    local context, err = resolve()
    if not context then return finish(nil, err) end
    if rawequal(first, receiver) then return finish(methods[name](context, finish, ...)) end
    return finish(methods[name](context, finish, first, ...))
  end
end

local function endpoint_maker(resolve, finish)
  return function(row, owner)
    return function(first, ...)
      local context, err = resolve()
      if not context then return finish(nil, err) end
      if rawequal(first, owner) then return finish(call.perform(context, row, ...)) end
      return finish(call.perform(context, row, first, ...))
    end
  end
end

local function unknown_member(key)
  local known = {}
  for name in pairs(namespace.roots()) do known[name] = true end
  for name in pairs(methods) do known[name] = true end
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
  if methods[key] then
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
  function metatable.__close() methods.close(context) end
  M.offer_safe_face(metatable, resolve)
  return setmetatable({}, metatable)
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
  methods.close(context)
  if not session then return nil, err end
  -- Without a token nothing may be taken from the environment instead: that would be somebody else.
  local session_options = { client_session_token = session.token or "" }
  for name, value in pairs(given or {}) do session_options[name] = value end
  return M.new(session_options, raises)
end

return M
