-- SPDX-License-Identifier: MIT
-- The API's refusals as values that handlers raise and the router answers with.

local json = require "seam.sandbox.json"

local concat = table.concat

local M = {}

local Refusal = {}

--- Whether a raised value is a refusal (and not a defect of the sandbox).
function M.is(value)
  return getmetatable(value) == Refusal
end

--- Raises an API error.
---@param status integer HTTP status
---@param code string the error's `type`
---@param message string
---@param more table|nil data, validation_errors, headers
function M.raise(status, code, message, more)
  more = more or {}
  error(setmetatable({
    status = status, code = code, message = message,
    data = more.data, validation_errors = more.validation_errors, headers = more.headers,
  }, Refusal), 0)
end

local function node_at(tree, path)
  local node = tree
  for _, name in ipairs(path) do
    node[name] = node[name] or { _errors = json.array() }
    node = node[name]
  end
  return node
end

local function describe(issue)
  if #issue.path == 0 then return issue.message end
  local name = concat(issue.path, ".")
  if issue.message == "Required" then return name .. " is required" end
  return issue.message .. ' for provided "' .. name .. '"'
end

--- Raises `invalid_input` for one or more issues `{ path = { "a", "0" }, message = }`; an empty path is
--- the whole input. The tree has the shape of zod's `format()`.
function M.raise_issues(issues)
  local tree = { _errors = json.array() }
  local texts = {}
  for place, issue in ipairs(issues) do
    local list = node_at(tree, issue.path)._errors
    list[#list + 1] = issue.message
    texts[place] = describe(issue)
  end
  local message = texts[1]
  if #texts > 1 then message = #texts .. " Input Errors: " .. concat(texts, ", ") end
  M.raise(400, "invalid_input", message, { validation_errors = tree })
end

--- Raises `invalid_input` about one parameter, or about the whole input when `name` is nil.
function M.invalid(name, message)
  M.raise_issues({ { path = { name }, message = message } })
end

local NAMES = {
  device = "Device", access_code = "Access code", action_attempt = "Action attempt",
  connect_webview = "Connect webview", connected_account = "Connected account",
  event = "Event", webhook = "Webhook",
}

--- Raises the 404 of a resource, with the parameters that named it as data.
function M.not_found(resource, data)
  M.raise(404, resource .. "_not_found", NAMES[resource] .. " not found", { data = data })
end

return M
