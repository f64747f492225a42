-- SPDX-License-Identifier: MIT
-- Seam's wire protocol as pure functions: an endpoint's row and parameters to a request as data,
-- status, headers and body to a value or an error. No socket, no clock.

local errors = require "seam.errors"
local json = require "seam.json"
local params = require "seam.params"
local query = require "seam.query"
local resource = require "seam.resource"
local retry_after = require "seam.retry_after"
local version = require "seam.version"

require("seam.uncompiled")()

local M = {}

--- How much of an unreadable body an error may carry, in bytes. The excerpt taken here is longer: the
--- secret has to be masked before the cut, or half of it could stand at the end.
M.EXCERPT = 512
local EXCERPT = M.EXCERPT + 1024

-- Servers refuse longer ones, and the transport anything beyond 64 KiB.
local LONGEST_QUERY = 60 * 1024

-- What is read of an answer's headers (here and in seam.retry_after).
local ANSWER_HEADERS = { ["content-type"] = true, ["seam-request-id"] = true, ["retry-after"] = true, date = true }

local QUERY_METHODS = { GET = true, DELETE = true, HEAD = true }

---@class seam.Request
---@field method string
---@field url string
---@field headers table<string, string> lower-case names; these hold the secret, and may be other requests' too
---@field body string|nil
---@field path string the endpoint
---@field reads boolean whether it changes nothing and may be sent again
---@field answer_headers table<string, boolean>|nil the headers of the answer that will be looked at; nil: all
---@field repeated boolean|nil whether this is not the first attempt (set by seam.sender)

local function new_headers(config, has_body)
  local headers = { accept = "application/json" }
  for name, value in pairs(config.headers or {}) do headers[name:lower()] = value end
  headers["user-agent"] = headers["user-agent"] or "seam-lua/" .. version
  headers["seam-sdk-name"] = "seamapi/lua"
  headers["seam-sdk-version"] = version
  config.credentials.sign(headers)
  if has_body then headers["content-type"] = "application/json" end
  return headers
end

-- By config; the keys are weak.
local shared = setmetatable({}, { __mode = "k" })

--- The same for every request of a client, so they are made once; anew where somebody else might write
--- into them.
local function headers_for(config, has_body)
  if not config.shares_headers then return new_headers(config, has_body) end
  local made = shared[config]
  if not made or made.credentials ~= config.credentials then
    made = { credentials = config.credentials }
    shared[config] = made
  end
  local key = has_body and "with_body" or "without_body"
  made[key] = made[key] or new_headers(config, has_body)
  return made[key]
end

local function encode_query(request, row, values)
  local text, name, reason = query.serialize(values, row.params)
  if not text then
    return nil, errors.invalid_params(row.path,
      ("Could not serialize parameter: '%s' %s"):format(errors.quoted(name), reason), errors.quoted(name))
  end
  if #text > LONGEST_QUERY then
    return nil, errors.invalid_params(row.path,
      ("The parameters for %s are longer than a query may be (%d bytes)"):format(row.path, LONGEST_QUERY))
  end
  if text ~= "" then request.url = request.url .. "?" .. text end
  return request
end

local function encode_body(request, row, values)
  local text, name, reason = json.encode(values, { type = "object", fields = row.params })
  if not text then
    return nil, errors.invalid_params(row.path,
      ("Could not serialize parameter: '%s' %s"):format(name or "?", reason), name)
  end
  request.body = text
  return request
end

--- Builds a request from parameters that already have the API's names.
---@param row table an endpoint's row, or one made up for a path without row
---@param values table
---@param config table { endpoint =, credentials =, headers =, shares_headers = }: whether nobody writes into
--- a request's headers
---@return seam.Request|nil
---@return seam.Error|nil err SeamInvalidParamsError
function M.encode(row, values, config)
  local has_body = not QUERY_METHODS[row.method]
  local request = {
    method = row.method, path = row.path, reads = row.reads or false,
    url = config.endpoint .. row.path,
    headers = headers_for(config, has_body),
  }
  return (has_body and encode_body or encode_query)(request, row, values)
end

--- Builds the request for one call of an endpoint. Nothing is sent.
---@param row table the endpoint's row
---@param given table|string|nil parameters as the caller passed them
---@param config table { endpoint =, credentials =, headers = }
---@return seam.Request|nil
---@return seam.Error|nil err SeamInvalidParamsError
function M.request(row, given, config)
  local values, err = params.normalize(row, given)
  if not values then return nil, err end
  local request
  request, err = M.encode(row, values, config)
  if request then request.answer_headers = ANSWER_HEADERS end
  return request, err
end

local function excerpt_of(body)
  if type(body) == "string" then return body:sub(1, EXCERPT) end
  if body == nil then return "" end
  return body:body(EXCERPT)
end

local function http_error(row, code, message, status, body)
  return errors.new("SeamHttpError", message, {
    code = code, status_code = status, path = row.path, method = row.method,
    body = body and excerpt_of(body) or nil,
  })
end

local function is_json(headers)
  local content_type = headers["content-type"]
  if content_type == nil or content_type == "application/json" then return true end
  return content_type:lower():find("^%s*application/json") ~= nil
end

local function decode_object(headers, body)
  if not is_json(headers) then return nil, "it is not JSON by its content type" end
  local value, reason = json.decode(body or "")
  if value == nil then return nil, reason or "it is null" end
  -- An empty table is all that is left of `[]` as well as of `{}`: the text tells.
  if type(value) ~= "table" or next(value) == nil and not excerpt_of(body):find("^%s*{")
    or #value > 0 then
    return nil, "its top level is not an object"
  end
  return value
end

local API_ERROR_NAMES = { invalid_input = "SeamHttpInvalidInputError" }

local function api_error(row, status, headers, document)
  local told = document and document.error
  if type(told) ~= "table" or type(told.type) ~= "string" or type(told.message) ~= "string" then
    if status ~= 401 then return nil end
    told = { type = "unauthorized", message = "Unauthorized" }
  end
  local name = status == 401 and "SeamHttpUnauthorizedError" or API_ERROR_NAMES[told.type]
  local told_id = type(told.request_id) == "string" and told.request_id or nil
  return errors.new(name or "SeamHttpApiError", told.message, {
    code = told.type, status_code = status, path = row.path, method = row.method,
    request_id = headers["seam-request-id"] or told_id,
    data = told.data, validation_errors = told.validation_errors,
    retry_after = retry_after.seconds(headers),
  })
end

local function failure_of(row, status, headers, body)
  local document = decode_object(headers, body)
  local err = api_error(row, status, headers, document)
  if not err then
    err = http_error(row, "http", ("The server answered with status %d and no error of the API")
      :format(status), status, body)
    err.retry_after = retry_after.seconds(headers)
    err.request_id = headers["seam-request-id"]
  end
  -- 4xx: the server looked at it and refused. 5xx: nobody knows how far it came.
  err.outcome = status < 500 and "rejected" or "unknown"
  return err
end

local function invalid_response(row, status, headers, body, reason)
  local err = http_error(row, "invalid_response",
    ("Seam returned an invalid response for %s: %s"):format(row.path, reason), status, body)
  err.request_id = headers["seam-request-id"]
  err.outcome = "unknown"
  return err
end

local function wrapped(row, value)
  if row.resource == "batch" then return resource.wrap_batch(value) end
  if row.response_key == row.resource then return resource.wrap(row.resource, value) end
  return resource.wrap_items(row.resource, value)
end

local function extra_of(row, document)
  local extra = document.action_attempt
  if row.paginated then
    extra = document.pagination
  elseif extra ~= nil and row.response_key ~= "action_attempt" then
    resource.wrap("action_attempt", extra)
  else
    return nil
  end
  return type(extra) == "table" and extra or nil
end

--- Whether a value is of the kind that stands under this key: a list of resources, or one.
local function fits(row, value)
  if type(value) ~= "table" then return false end
  if row.response_key == row.resource then return value[1] == nil end
  return next(value) == nil or value[1] ~= nil
end

--- An answer with status 200 that says itself that it is none.
local function disowned(row, status, headers, body, document)
  if document.ok ~= false then return nil end
  local err = api_error(row, status, headers, document)
    or invalid_response(row, status, headers, body, "it says that it is not ok")
  err.outcome = "unknown"
  return err
end

local function value_of(row, status, headers, body)
  if status == 204 and not row.response_key then return true end
  local document, reason = decode_object(headers, body)
  if not document then
    local wanted = row.response_key and ('expected "%s"'):format(row.response_key)
      or "expected a JSON object"
    return nil, invalid_response(row, status, headers, body, wanted .. ", " .. reason)
  end
  local err = disowned(row, status, headers, body, document)
  if err then return nil, err end
  if not row.response_key then return true, extra_of(row, document) end
  local value = document[row.response_key]
  if not fits(row, value) then
    return nil, invalid_response(row, status, headers, body, ('expected "%s", it is %s')
      :format(row.response_key, value == nil and "not in the body" or "of another kind"))
  end
  return wrapped(row, value), extra_of(row, document)
end

local function status_error(row, status, headers, body)
  if status >= 300 and status < 400 then
    local err = http_error(row, "redirect",
      "The server answered with a redirect, which is never followed", status)
    err.outcome = "rejected"
    return err
  end
  if status < 200 then
    return invalid_response(row, status, headers, body, ("status %d ends no call"):format(status))
  end
  if status >= 400 then return failure_of(row, status, headers, body) end
  return nil
end

--- Reads an answer: the value under the response key (true for endpoints without one), then the
--- pagination, or the action attempt that stands beside the value.
---@param row table
---@param status integer
---@param headers table<string, string> lower-case names
---@param body any a string, or what json.decode takes besides
---@return any value nil when there is an error
---@return any extra the error when value is nil
function M.interpret(row, status, headers, body)
  local err = status_error(row, status, headers, body)
  if err then return nil, err end
  return value_of(row, status, headers, body)
end

--- Like interpret, for requests without a row: the whole body, and what came with it.
---@param row table { path =, method = }
---@param status integer
---@param headers table<string, string>
---@param body any
---@return table|nil document
---@return table|seam.Error meta { status =, request_id =, headers = }, or the error
function M.interpret_raw(row, status, headers, body)
  local err = status_error(row, status, headers, body)
  if err then return nil, err end
  local meta = { status = status, request_id = headers["seam-request-id"], headers = headers }
  if status == 204 then return {}, meta end
  local document, reason = decode_object(headers, body)
  if not document then
    return nil, invalid_response(row, status, headers, body, "expected a JSON object, " .. reason)
  end
  err = disowned(row, status, headers, body, document)
  if err then return nil, err end
  return document, meta
end

--- The error for a request that got no usable answer.
---@param row table
---@param failure table { code =, message =, sent = } from a transport
---@return seam.Error
function M.failure(row, failure)
  local err = http_error(row, failure.code, failure.message)
  -- Only a transport that knows for certain may have a write sent again.
  err.outcome = failure.sent == false and "not_sent" or "unknown"
  return err
end

return M
