-- SPDX-License-Identifier: MIT
-- Sends one request over time: attempts, one deadline over all of them, and what is known at the end.

local errors = require "seam.errors"
local hooks = require "seam.hooks"
local masking = require "seam.masking"
local options = require "seam.options"
local protocol = require "seam.protocol"
local retry = require "seam.retry"

require("seam.uncompiled")()

local M = {}

-- Seconds that an attempt has at least: it is for the transport to say that time is up.
local LEAST = 0.001

--- What a call on a closed client gets.
---@param row table
---@return seam.Error
function M.closed_error(row)
  return errors.new("SeamHttpError", "The client is closed", {
    code = "closed", path = row.path, method = row.method, outcome = "not_sent", attempts = 0,
  })
end

--- Seconds for the whole call. A door that opens late is as bad as one that opens twice, so only
--- the call itself may ask for more than the doors' limit.
---@param context seam.CallContext
---@param row table
---@param call_options table
---@return number
function M.timeout_of(context, row, call_options)
  if call_options.timeout then return call_options.timeout end
  local timeout = context.options.timeout or options.DEFAULT_TIMEOUT
  if row.moves_door then return math.min(timeout, options.DOOR_TIMEOUT) end
  return timeout
end

local function release(body)
  if type(body) == "table" or type(body) == "userdata" then body:close() end
end

--- What the hook is told of an attempt.
local function report_of(context, response, started)
  if not context.options.on_response then return nil end
  return {
    duration = context.transport:now() - started,
    status = response and response.status,
    request_id = response and response.headers["seam-request-id"],
  }
end

--- One attempt: the value, or nil and a masked error; and what the hook is told of it.
local function attempt_once(context, row, request, state, read)
  hooks.request(context, request, state.attempts)
  local seconds = state.deadline - state.started
  local response, failure = context.transport:perform(request, seconds > LEAST and seconds or LEAST)
  local value, extra
  if response then
    value, extra = read(row, response.status, response.headers, response.body)
    release(response.body)
  else
    extra = protocol.failure(row, failure)
  end
  if value == nil then
    extra = masking.error(extra, context.config.credentials)
    extra.attempts = state.attempts
  end
  return value, extra, report_of(context, response, state.started)
end

--- In [0, 1). A host may never have seeded math.random: the clock's microseconds differ even so.
local function random(now)
  local roll = math.random()
  if type(roll) ~= "number" then roll = 0 end
  return (roll + now * 1e6 % 997 / 997) % 1
end

local function first_given(a, b, default)
  if a ~= nil then return a end
  if b ~= nil then return b end
  return default
end

--- Whether the call's options, or else the client's, let it be sent again after so many attempts.
local function may_go_on(context, row, err, attempts, call_options)
  local given = context.options
  if attempts > first_given(call_options.retries, given.retries, options.DEFAULT_RETRIES) then return false end
  return retry.may_repeat(row.reads, err,
    first_given(call_options.retry_rate_limited_writes, given.retry_rate_limited_writes, false))
end

--- Seconds until the next attempt, or nil where the law, the budget or the deadline forbids one.
local function delay_before_next(context, row, err, state, call_options)
  if not may_go_on(context, row, err, state.attempts, call_options) then return nil end
  local now = context.transport:now()
  local delay = retry.delay(state.attempts, err.retry_after, random(now))
  if now + delay >= state.deadline or not context.budget:take() then return nil end
  return delay
end

--- Sends a request until it succeeds, may not be repeated, or its time is up.
---@param context seam.CallContext
---@param row table
---@param request seam.Request
---@param call_options table checked options of the call
---@param read function protocol.interpret or protocol.interpret_raw
---@return any value
---@return any extra the error when value is nil
---@return integer|nil attempts how many it took, where it succeeded
function M.send(context, row, request, call_options, read)
  if context.closed then return nil, M.closed_error(row) end
  local now = context.transport:now()
  -- Of a call: attempts so far, when the present one began, and when all has to be over.
  local state = { attempts = 0, started = now, deadline = now + M.timeout_of(context, row, call_options) }
  while true do
    state.attempts = state.attempts + 1
    request.repeated = state.attempts > 1
    local value, extra, report = attempt_once(context, row, request, state, read)
    -- Decided before any hook sees the error: nothing a hook does may send a request again.
    local delay = value == nil and delay_before_next(context, row, extra, state, call_options) or nil
    hooks.response(context, request, state.attempts, report, value == nil and extra or nil)
    if value ~= nil then
      context.budget:refund(state.attempts > 1)
      return value, extra, state.attempts
    end
    if delay then hooks.retry(context, request, state.attempts, delay, extra) end
    if not delay or context.closed then return nil, extra end
    context.transport:sleep(delay)
    state.started = context.transport:now()
  end
end

return M
