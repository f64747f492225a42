-- SPDX-License-Identifier: MIT
-- Methods of a client besides its endpoints; each gets the client's context and `finish`, and returns value, extra.

local call = require "seam.call"
local lazy = require "seam.lazy"
local carried = lazy "seam.carried"
local client = lazy "seam.client"
local credentials = require "seam.credentials"
local errors = require "seam.errors"
local gather = lazy "seam.gather"
local namespace = require "seam.namespace"
local options = require "seam.options"
local paginator = lazy "seam.paginator"
local params = require "seam.params"
local raw_request = lazy "seam.raw_request"

require("seam.uncompiled")()

local M = {}

local function paginated_row(method)
  local row = namespace.row_of(method)
  if row and row.paginated then return row end
  return nil, errors.new("SeamInvalidParamsError",
    "Cannot create a paginator for a non-paginated endpoint", {
      path = row and row.path, outcome = "not_sent", attempts = 0,
    })
end

--- client.create_paginator(client.devices.list, { limit = 20 } [, options of each call])
function M.create_paginator(context, finish, method, given, given_options)
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
function M.prepare(...) return carried.prepare(...) end

--- client.interpret("/locks/unlock_door", status, headers, body) -> value, extra of an answer to it
function M.interpret(...) return carried.interpret(...) end

--- client.request{ path = "/devices/list", params = {...} } -> body, meta
function M.request(context, _, given)
  return raw_request.perform(context, given)
end

--- client:with_workspace(id) -> the same person's client for another workspace
function M.with_workspace(context, _, id)
  local with = context.config.credentials.with_workspace
  if not with then
    return nil, errors.invalid_options(
      "with_workspace needs a client made from a personal_access_token")
  end
  local secret, err = with(id)
  if not secret then return nil, err end
  return client.of(context.options, secret, context.raises)
end

--- client:update_client_session_token(token): goes on with another session, once the server knows it.
function M.update_client_session_token(context, _, token)
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
function M.sleep(context, _, seconds)
  if not is_duration(seconds) then
    return nil, errors.invalid_params("sleep", "sleep wants a number of seconds that is not negative", "seconds")
  end
  context.transport:sleep(seconds)
  return true
end

--- client:now() -> seconds of the monotonic clock that the client's deadlines hang on.
function M.now(context)
  return context.transport:now()
end

--- client:time() -> epoch seconds; in the sandbox the sandbox's.
function M.time(context)
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
function M.gather(context, _, functions, given)
  return gather.gather(functions, with_loop(context, given))
end

--- client.map(list, f, { concurrency = 16, on_progress = f }) -> results; seam.map on this client's loop.
function M.map(context, _, list, f, given)
  return gather.map(list, f, with_loop(context, given))
end

return M
