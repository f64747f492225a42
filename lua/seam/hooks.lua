-- SPDX-License-Identifier: MIT
-- What a client tells its owner while a call runs: plain tables, without secrets. A hook that fails
-- breaks no call.

require("seam.uncompiled")()

local M = {}

--- A PIN may stand in a query; a log is no place for it.
local function url_without_pin(url)
  return (url:gsub("([?&]code=)[^&]*", "%1[masked]"))
end

local function masked_headers(headers, mask)
  local copy = {}
  for name, value in pairs(headers) do copy[name] = mask(value) end
  return copy
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
    headers = masked_headers(request.headers, mask), attempt = attempt,
  })
end

--- After an attempt: on_response{ method, path, attempt, duration, status, request_id, error }.
---@param context seam.CallContext
---@param request seam.Request
---@param attempt integer
---@param outcome table { duration = seconds, status =, request_id =, error = } as far as known
function M.response(context, request, attempt, outcome)
  if not context.options.on_response then return end
  run(context, "on_response", {
    method = request.method, path = request.path, attempt = attempt, duration = outcome.duration,
    status = outcome.status, request_id = outcome.request_id, error = outcome.error,
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
    method = request.method, path = request.path, attempt = attempt, delay = delay, error = err,
  })
end

return M
