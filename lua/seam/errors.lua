-- SPDX-License-Identifier: MIT
-- The error objects: tables that print, with a small tree of names.

require("seam.uncompiled")()

local M = {}

local PARENT = {
  SeamInvalidOptionsError = "SeamError",
  SeamInvalidTokenError = "SeamError",
  SeamInvalidParamsError = "SeamError",
  SeamHttpError = "SeamError",
  SeamHttpApiError = "SeamError",
  SeamHttpUnauthorizedError = "SeamHttpApiError",
  SeamHttpInvalidInputError = "SeamHttpApiError",
  SeamActionAttemptError = "SeamError",
  SeamActionAttemptFailedError = "SeamActionAttemptError",
  SeamActionAttemptTimeoutError = "SeamActionAttemptError",
  SeamWebhookVerificationError = "SeamError",
  SeamInvalidWebhookPayloadError = "SeamError",
  SeamWaitError = "SeamError",
  SeamWaitFailedError = "SeamWaitError",
  SeamWaitTimeoutError = "SeamWaitError",
  SeamWaitCancelledError = "SeamWaitError",
  SeamWatchError = "SeamError",
}

---@class seam.Error
---@field name string its place in the tree, for example "SeamHttpApiError"
---@field message string what went wrong, in words
---@field code string|nil the API's error type; without an answer of the API: timeout, dns, connect, tls,
--- closed, redirect, too_large, invalid_response or http
---@field status_code integer|nil HTTP status, when there was an answer
---@field request_id string|nil what to tell Seam's support
---@field data table|nil details the API added
---@field method string|nil HTTP method of the request
---@field path string|nil the endpoint, for example "/locks/unlock_door"
---@field attempts integer|nil how often the request was sent
---@field retry_after number|nil seconds the server asked to wait
---@field outcome "not_sent"|"rejected"|"unknown"|nil what a writer must know
---@field action_attempt table|nil the last state seen of the action attempt
---@field validation_errors table|nil the API's tree of messages
---@field resource any what a wait saw last
---@field elapsed number|nil seconds a wait took
---@field last_error seam.Error|nil why a wait's last question failed
---@field problems table[]|nil the resource's errors and warnings that ended a wait
local methods = {}

--- Whether the error has this name, or stands below it in the tree.
---@param name string for example "SeamHttpError"
---@return boolean
function methods:is(name)
  local own = self.name
  while own do
    if own == name then return true end
    own = PARENT[own]
  end
  return false
end

--- The API's messages about one parameter; root messages stand under "_errors".
---@param param string dotted for nested ones: "user_identity.full_name"
---@return string[] messages empty when there are none
function methods:get_validation_error_messages(param)
  local node = self.validation_errors
  if param ~= "_errors" then
    for part in tostring(param):gmatch("[^.]+") do
      node = type(node) == "table" and node[part] or nil
    end
  end
  local found = type(node) == "table" and node._errors
  local messages = {}
  for i, message in ipairs(type(found) == "table" and found or {}) do messages[i] = message end
  return messages
end

local function context_of(err)
  local parts = {}
  if err.method and err.path then
    parts[#parts + 1] = err.method .. " " .. err.path
  elseif err.path then
    parts[#parts + 1] = err.path
  end
  if err.status_code then parts[#parts + 1] = "status " .. err.status_code end
  if err.code then parts[#parts + 1] = err.code end
  if err.outcome then parts[#parts + 1] = "outcome " .. err.outcome end
  if err.request_id then parts[#parts + 1] = "request " .. err.request_id end
  return table.concat(parts, ", ")
end

local metatable = { __name = "seam.Error", __index = methods }

function metatable.__tostring(err)
  local context = context_of(err)
  local text = err.name .. ": " .. err.message
  if context ~= "" then text = text .. " (" .. context .. ")" end
  return text
end

function metatable.__concat(a, b)
  return tostring(a) .. tostring(b)
end

--- Makes an error object. Nothing secret may be put into one.
---@param name string a name of the tree
---@param message string
---@param fields table|nil further fields, copied
---@return seam.Error
function M.new(name, message, fields)
  local err = {}
  for key, value in pairs(fields or {}) do err[key] = value end
  err.name, err.message = name, message
  return setmetatable(err, metatable)
end

--- Whether a value is one of our errors, and one of this name when a name is given.
---@param value any
---@param name string|nil
---@return boolean
function M.is_error(value, name)
  if type(value) ~= "table" or getmetatable(value) ~= metatable then return false end
  return name == nil or value:is(name)
end

local function not_sent()
  return { outcome = "not_sent", attempts = 0 }
end

---@param reason string a sentence
---@return seam.Error
function M.invalid_options(reason)
  return M.new("SeamInvalidOptionsError", "Seam received invalid options: " .. reason, not_sent())
end

---@param reason string a sentence; never the token itself
---@return seam.Error
function M.invalid_token(reason)
  return M.new("SeamInvalidTokenError", "Seam received an invalid token: " .. reason, not_sent())
end

--- A caller's word as an error may quote it: short, and without bytes that move a terminal's cursor.
---@param word any
---@return string
function M.quoted(word)
  local text = tostring(word)
  if #text > 100 then text = text:sub(1, 100) .. "..." end
  return (text:gsub("[%z\1-\31\127]", "?"))
end

---@param path string the endpoint
---@param reason string a sentence
---@param param string|nil the parameter it is about
---@return seam.Error
function M.invalid_params(path, reason, param)
  local fields = not_sent()
  fields.path, fields.param = path, param
  return M.new("SeamInvalidParamsError", reason, fields)
end

--- What every function of a face ends with: raises an error object, or returns nil and it.
---@param raises boolean
---@return fun(value: any, extra: any): any, any
function M.finisher(raises)
  return function(value, extra)
    if value == nil and raises then error(extra, 0) end
    -- No second result where there is no extra: table.insert(list, client.devices.get(id)) must work.
    if extra == nil then return value end
    return value, extra
  end
end

return M
