-- SPDX-License-Identifier: MIT
-- A call of an endpoint: options checked, request built and sent, action attempt waited for.
-- Everything here returns nil and an error; the face decides whether to raise it.

local errors = require "seam.errors"
local masking = require "seam.masking"
local options = require "seam.options"
local protocol = require "seam.protocol"
local sender = require "seam.sender"

require("seam.uncompiled")()

local M = {}

---@class seam.CallContext what a call needs of its client
---@field config table { endpoint =, credentials =, headers = } for seam.protocol
---@field transport table
---@field options table the client's checked options
---@field budget seam.RetryBudget

local function needs_workspace(context, row)
  local secret = context.config.credentials
  return secret.kind == "personal_access_token" and not secret.workspace_id
    and not row.without_workspace
end

local function workspace_error(row)
  return errors.invalid_params(row.path,
    ("%s needs a workspace, and this client was made without one"):format(row.path))
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
  return sender.send(context, row, request, call_options, protocol.interpret_raw)
end

--- Calls an endpoint once, without waiting for an action attempt.
---@param context seam.CallContext
---@param row table
---@param given table|string|nil
---@param call_options table checked
---@return any value
---@return any extra the error when value is nil
---@return integer|nil attempts how many it took, where it succeeded
function M.once(context, row, given, call_options)
  if context.closed then return nil, sender.closed_error(row) end
  if needs_workspace(context, row) then return nil, workspace_error(row) end
  local request, err = M.request(context, row, given, call_options)
  if not request then return nil, err end
  return sender.send(context, row, request, call_options, protocol.interpret)
end

--- How long a call waits for its action attempt.
---@param context seam.CallContext
---@param row table
---@param call_options table checked
---@return table|false wait { timeout =, polling_interval = } in seconds
function M.wait_of(context, row, call_options)
  if not row.waits then return false end
  return options.wait(call_options.wait_for_action_attempt,
    options.wait(context.options.wait_for_action_attempt, options.DEFAULT_WAIT))
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
  -- Before anything is sent: the door has been asked to move by the time it is used, and loading may fail.
  local action_attempt = row.waits and require "seam.action_attempt"
  local started = row.waits and context.transport:now()
  local value, extra, attempts = M.once(context, row, given, call_options)
  local wait = value ~= nil and M.wait_of(context, row, call_options)
  if not wait then return value, extra end
  local attempt
  attempt, err = action_attempt.wait(context.transport, value, wait, started, function(poll_row, id, seconds)
    seconds = math.min(seconds, sender.timeout_of(context, poll_row, {}))
    return M.once(context, poll_row, id,
      { timeout = seconds, retries = call_options.retries, headers = call_options.headers })
  end)
  if not attempt then
    err.method, err.path = err.method or row.method, err.path or row.path
    err.attempts = err.attempts or attempts
    return nil, masking.error(err, context.config.credentials)
  end
  return attempt
end

return M
