-- SPDX-License-Identifier: MIT
-- One call over time: attempts, the deadline over all of them, and what is known at the end.
-- Everything here returns nil and an error; the face decides whether to raise it.

local action_attempt = require "seam.action_attempt"
local errors = require "seam.errors"
local hooks = require "seam.hooks"
local options = require "seam.options"
local protocol = require "seam.protocol"
local retry = require "seam.retry"

require("seam.uncompiled")()

local M = {}

---@class seam.CallContext what a call needs of its client
---@field config table { endpoint =, credentials =, headers = } for seam.protocol
---@field transport table
---@field options table the client's checked options
---@field budget seam.RetryBudget

local function closed_error(row)
  return errors.new("SeamHttpError", "The client is closed", {
    code = "closed", path = row.path, method = row.method, outcome = "not_sent", attempts = 0,
  })
end

local function needs_workspace(context, row)
  local secret = context.config.credentials
  return secret.kind == "personal_access_token" and not secret.workspace_id
    and not row.without_workspace
end

local function workspace_error(row)
  return errors.invalid_params(row.path,
    ("%s needs a workspace, and this client was made without one"):format(row.path))
end

--- Seconds for the whole call. A door that opens late is as bad as one that opens twice, so only
--- the call itself may ask for more than the doors' limit.
local function timeout_of(context, row, call_options)
  if call_options.timeout then return call_options.timeout end
  local timeout = context.options.timeout or options.DEFAULT_TIMEOUT
  if row.moves_door then return math.min(timeout, options.DOOR_TIMEOUT) end
  return timeout
end

local function release(body)
  if type(body) == "table" or type(body) == "userdata" then body:close() end
end

local function mask_all(value, mask)
  if type(value) == "string" then return mask(value) end
  if type(value) == "table" then
    for key, inner in pairs(value) do value[key] = mask_all(inner, mask) end
  end
  return value
end

--- An error without the secret: a server may repeat it anywhere in what it says.
---@param context seam.CallContext
---@param err seam.Error changed in place
---@return seam.Error
function M.masked(context, err)
  mask_all(err, context.config.credentials.mask)
  if err.body then err.body = err.body:sub(1, protocol.EXCERPT) end
  return err
end

--- Sends once; an error comes back masked, and what happened goes to the hooks.
local function attempt_once(context, row, request, state, read)
  local transport = context.transport
  local started = transport:now()
  hooks.request(context, request, state.attempts)
  local response, failure = transport:perform(request, math.max(state.deadline - started, 0.001))
  local value, extra
  if response then
    value, extra = read(row, response.status, response.headers, response.body)
    release(response.body)
  else
    extra = protocol.failure(row, failure)
  end
  if value == nil then
    extra.attempts = state.attempts
    M.masked(context, extra)
  end
  hooks.response(context, request, state.attempts, {
    duration = transport:now() - started,
    status = response and response.status,
    request_id = response and response.headers["seam-request-id"],
    error = value == nil and extra or nil,
  })
  return value, extra
end

--- In [0, 1). A host may never have seeded math.random: the clock's microseconds differ even so.
local function random(now)
  return (math.random() + now * 1e6 % 997 / 997) % 1
end

--- Sleeps before the next attempt, unless the law, the budget or the deadline forbids one.
local function prepare_retry(context, row, request, err, state)
  if context.closed or state.attempts > state.retries then return false end
  if not retry.may_repeat(row.reads, err, state.rate_limited_writes) then return false end
  local transport = context.transport
  local now = transport:now()
  local delay = retry.delay(state.attempts, err.retry_after, random(now))
  if now + delay >= state.deadline or not context.budget:take() then return false end
  hooks.retry(context, request, state.attempts, delay, err)
  transport:sleep(delay)
  return true
end

local function first_given(a, b, default)
  if a ~= nil then return a end
  if b ~= nil then return b end
  return default
end

--- Sends a request until it succeeds, may not be repeated, or its time is up.
---@param context seam.CallContext
---@param row table
---@param request seam.Request
---@param call_options table checked options of the call
---@param read function protocol.interpret or protocol.interpret_raw
---@return any value
---@return any extra the error when value is nil
function M.send(context, row, request, call_options, read)
  if context.closed then return nil, closed_error(row) end
  local state = {
    attempts = 0,
    retries = first_given(call_options.retries, context.options.retries, options.DEFAULT_RETRIES),
    rate_limited_writes = first_given(call_options.retry_rate_limited_writes,
      context.options.retry_rate_limited_writes, false),
    deadline = context.transport:now() + timeout_of(context, row, call_options),
  }
  while true do
    state.attempts = state.attempts + 1
    local value, extra = attempt_once(context, row, request, state, read)
    if value ~= nil then
      context.budget:refund(state.attempts > 1)
      return value, extra
    end
    if not prepare_retry(context, row, request, extra, state) then return nil, extra end
  end
end

local function with_headers(config, extra)
  if not extra then return config end
  local headers = {}
  for name, value in pairs(config.headers or {}) do headers[name:lower()] = value end
  for name, value in pairs(extra) do headers[name:lower()] = value end
  return { endpoint = config.endpoint, credentials = config.credentials, headers = headers }
end

--- Builds the request of a call without sending it.
---@param context seam.CallContext
---@param row table
---@param given table|string|nil
---@param call_options table checked
---@return seam.Request|nil
---@return seam.Error|nil
function M.request(context, row, given, call_options)
  return protocol.request(row, given, with_headers(context.config, call_options.headers))
end

--- Sends a request for which there is no row of the API: parameters as they are, body as it comes.
---@param context seam.CallContext
---@param row table made up by the caller
---@param values table
---@param call_options table checked
---@return table|nil body
---@return table|seam.Error meta { status =, request_id =, headers = }, or the error
function M.raw(context, row, values, call_options)
  local request, err = protocol.encode(row, values, with_headers(context.config, call_options.headers))
  if not request then return nil, err end
  return M.send(context, row, request, call_options, protocol.interpret_raw)
end

--- Calls an endpoint once, without waiting for an action attempt.
---@param context seam.CallContext
---@param row table
---@param given table|string|nil
---@param call_options table checked
---@return any value
---@return any extra the error when value is nil
function M.once(context, row, given, call_options)
  if context.closed then return nil, closed_error(row) end
  if needs_workspace(context, row) then return nil, workspace_error(row) end
  local request, err = M.request(context, row, given, call_options)
  if not request then return nil, err end
  return M.send(context, row, request, call_options, protocol.interpret)
end

--- Calls an endpoint as the face offers it: options checked, action attempts waited for.
---@param context seam.CallContext
---@param row table
---@param given table|string|nil
---@param given_options table|nil
---@return any value
---@return any extra the error when value is nil
function M.perform(context, row, given, given_options)
  local call_options, err = options.call(given_options)
  if not call_options then return nil, err end
  local value, extra = M.once(context, row, given, call_options)
  if value == nil or not row.waits then return value, extra end
  local wait = options.wait(call_options.wait_for_action_attempt,
    options.wait(context.options.wait_for_action_attempt, options.DEFAULT_WAIT))
  if not wait then return value, extra end
  local attempt
  attempt, err = action_attempt.wait(context.transport, value, wait, function(poll_row, id, seconds)
    seconds = math.min(seconds, timeout_of(context, poll_row, {}))
    return M.once(context, poll_row, id,
      { timeout = seconds, retries = call_options.retries, headers = call_options.headers })
  end)
  if not attempt then
    err.method, err.path = err.method or row.method, err.path or row.path
    return nil, M.masked(context, err)
  end
  return attempt
end

return M
