-- SPDX-License-Identifier: MIT
-- What a client tells its owner while a call runs: plain tables, without secrets. A hook that fails
-- breaks no call.

local masking = require "seam.masking"

local M = {}

--- A PIN may stand in a query; a log is no place for it.
local function url_without_pin(url)
  return (url:gsub("([?&]code=)[^&]*", "%1[masked]"))
end

local function as_it_is(text) return text end

--- What a hook gets is its own: changing it changes nothing of the call.
local function copied(value)
  return masking.copy(value, as_it_is)
end

local function run(context, name, report)
  pcall(context.options[name], report)
end

--- Before an attempt: on_request{ method, path, url, headers, attempt }. Never the body: it may hold PINs.
---@param context seam.CallContext
---@param request seam.Request
---@param attempt integer 1 for the first
function M.request(context, request, attempt)
  if not context.options.on_request then return end
  local mask = context.config.credentials.mask
  run(context, "on_request", {
    method = request.method, path = request.path, url = mask(url_without_pin(request.url)),
    headers = masking.copy(request.headers, mask), attempt = attempt,
  })
end

--- After an attempt: on_response{ method, path, attempt, duration, status, request_id, error }.
---@param context seam.CallContext
---@param request seam.Request
---@param attempt integer
---@param report table|nil { duration = seconds, status =, request_id = } as known; given if the hook is
---@param err seam.Error|nil
function M.response(context, request, attempt, report, err)
  if not context.options.on_response then return end
  run(context, "on_response", {
    method = request.method, path = request.path, attempt = attempt, duration = report.duration,
    -- A server chooses this text: it may be what it was sent.
    status = report.status, request_id = masking.copy(report.request_id, context.config.credentials.mask),
    error = copied(err),
  })
end

--- Before the pause that precedes another attempt: on_retry{ method, path, attempt, delay, error }.
---@param context seam.CallContext
---@param request seam.Request
---@param attempt integer the attempt that failed
---@param delay number seconds
---@param err seam.Error
function M.retry(context, request, attempt, delay, err)
  if not context.options.on_retry then return end
  run(context, "on_retry", {
    method = request.method, path = request.path, attempt = attempt, delay = delay, error = copied(err),
  })
end

return M
