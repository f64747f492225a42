-- SPDX-License-Identifier: MIT
-- From a request to a response: who asks, what for, with which parameters; and the envelope around the answer.

local errors = require "seam.sandbox.errors"
local faults = require "seam.sandbox.faults"
local json = require "seam.sandbox.json"
local params_check = require "seam.sandbox.params"
local query_parser = require "seam.sandbox.query_parser"
local rows = require "seam.rows"

local M = {}

local ROOMS = {
  "connect_webviews", "connected_accounts", "devices", "locks", "simulate", "access_codes",
  "unmanaged_codes", "records",
}

local handlers

local function load_handlers()
  if handlers then return handlers end
  handlers = {}
  for _, room in ipairs(ROOMS) do
    for path, handler in pairs(require("seam.sandbox.endpoints." .. room)) do handlers[path] = handler end
  end
  return handlers
end

--- The paths that are simulated, in alphabetical order.
function M.paths()
  local list = {}
  for path in pairs(load_handlers()) do list[#list + 1] = path end
  table.sort(list)
  return list
end

local function authorize(world, headers)
  local token = (headers.authorization or ""):match("^[Bb]earer%s+(%S+)$")
  local keys = world.options.api_keys
  local known = token and token:find("^seam_test") ~= nil
  if keys then
    known = false
    for _, key in ipairs(keys) do known = known or key == token end
  end
  if not known then errors.raise(401, "unauthorized", "API Key not found") end
end

local function check_method(row, method)
  if method == "POST" or method == row.method then return end
  local allowed = row.method == "POST" and "POST" or "POST, " .. row.method
  errors.raise(405, "method_not_allowed", "only " .. allowed .. " accepted", { headers = { allow = allowed } })
end

local function body_params(request, headers)
  local body = request.body
  if body == nil or body == "" then return {} end
  if not (headers["content-type"] or ""):lower():find("^application/json") then
    errors.raise(400, "invalid_content_type", "This endpoint wants a JSON body with content-type application/json.")
  end
  local value = json.decode(body)
  -- The web framework in front of the API answers this one in plain text.
  if value == nil then errors.raise(400, nil, "Invalid JSON") end
  return value
end

local function params_of(request, headers, row)
  if request.method == "GET" or request.method == "DELETE" then
    return query_parser.parse(request.query or "", row.params or {})
  end
  return body_params(request, headers)
end

local function require_any(row, params)
  if not row.needs_any then return end
  for name in pairs(params) do
    if name ~= "limit" and name ~= "page_cursor" and name ~= "sync" then return end
  end
  local names = {}
  for name in pairs(row.params) do
    if name ~= "limit" and name ~= "page_cursor" then names[#names + 1] = "'" .. name .. "'" end
  end
  table.sort(names)
  errors.invalid(nil, "At least one of " .. table.concat(names, ", ") .. " is required")
end

-- Endpoints that say better themselves what is missing.
local OWN_WORDS = {
  ["/events/list"] = true, ["/events/get"] = true, ["/devices/get"] = true, ["/locks/get"] = true,
  ["/access_codes/get"] = true, ["/access_codes/unmanaged/get"] = true, ["/connected_accounts/get"] = true,
}

local function serve(world, request, headers)
  local row = rows.at(request.path)
  if not row then return nil end
  authorize(world, headers)
  check_method(row, request.method)
  local handler = load_handlers()[request.path]
  if not handler then
    errors.raise(501, "not_simulated", "The Seam sandbox does not simulate " .. request.path
      .. "; it exists in the real API only.")
  end
  local params = params_check.check(row, params_of(request, headers, row))
  if not OWN_WORDS[request.path] then require_any(row, params) end
  return handler(world, params, row)
end

local function text_response(status, text)
  return { status = status, headers = { ["content-type"] = "text/plain; charset=utf-8" }, body = text }
end

local function json_response(status, value)
  local headers = { ["content-type"] = "application/json; charset=utf-8" }
  return { status = status, headers = headers, body = json.encode(value) }
end

local function refusal_response(refusal, request_id)
  local response
  if refusal.code then
    response = json_response(refusal.status, { ok = false, error = {
      type = refusal.code, message = refusal.message, data = refusal.data,
      validation_errors = refusal.validation_errors, request_id = request_id,
    } })
  else
    response = text_response(refusal.status, refusal.message)
  end
  for name, value in pairs(refusal.headers or {}) do response.headers[name] = value end
  return response
end

local function answer(world, request, headers, request_id)
  local ok, result = pcall(serve, world, request, headers)
  if not ok then
    if not errors.is(result) then error(result, 0) end
    return refusal_response(result, request_id)
  end
  if result == nil then return text_response(404, "404") end
  result.ok = true
  return json_response(200, result)
end

local function lower_case(headers)
  local copy = {}
  for name, value in pairs(headers or {}) do copy[name:lower()] = value end
  return copy
end

--- Answers one request.
---@param request table method, path, query (text without the question mark), headers, body
---@return table response status, headers (lower-case names), body; `lost` (code, message, sent) instead of
--- these where a fault keeps the answer back, `delay` (seconds) where one holds it up
function M.handle(world, request)
  world.clock:tick()
  local request_id = world.request_ids:uuid()
  local fault = faults.pick(world, request.path)
  local response
  if not fault or faults.is_carried_out(fault) then
    response = answer(world, request, lower_case(request.headers), request_id)
  end
  if fault then response = faults.answer(fault, response) end
  if response.headers then response.headers["seam-request-id"] = request_id end
  -- What is due at once happens after the answer was written: a lock that obeys at once was pending in it.
  world.clock:tick()
  return response
end

return M
