-- SPDX-License-Identifier: MIT
-- Who the client is: options and environment to the headers that say so.
-- The secret lives in closures only, so that dumping a client's tables never shows it.

local environment = require "seam.environment"
local errors = require "seam.errors"
local token = require "seam.token"

require("seam.uncompiled")()

local M = {}

---@class seam.Credentials
---@field kind "api_key"|"personal_access_token"|"client_session_token"|"publishable_key"
---@field workspace_id string|nil only with a personal access token
---@field sign fun(headers: table) adds the authentication headers
---@field mask fun(text: string): string the text without the secret
---@field hint string the last four characters at most, for people
---@field with_workspace nil|fun(id: string): seam.Credentials the same token elsewhere

local function hint_of(secret)
  return #secret >= 16 and "..." .. secret:sub(-4) or "..."
end

local function masker(secret)
  local pattern = secret:gsub("%p", "%%%0")
  return function(text) return (text:gsub(pattern, "[secret]")) end
end

local function new(kind, secret, sign)
  return { kind = kind, sign = sign, mask = masker(secret), hint = hint_of(secret) }
end

local function check_workspace_id(id)
  if type(id) ~= "string" or id == "" or id:find("[^\033-\126]") then
    return nil, errors.invalid_options("workspace_id must be the id of a workspace, as plain text")
  end
  return true
end

---@param key string
---@return seam.Credentials|nil
---@return seam.Error|nil
function M.api_key(key)
  local ok, err = token.check_api_key(key)
  if not ok then return nil, err end
  return new("api_key", key, function(headers) headers.authorization = "Bearer " .. key end)
end

---@param secret string
---@param workspace_id string|false false: only for what needs no workspace
---@return seam.Credentials|nil
---@return seam.Error|nil
function M.personal_access_token(secret, workspace_id)
  local ok, err = token.check_personal_access_token(secret)
  if ok and workspace_id then ok, err = check_workspace_id(workspace_id) end
  if not ok then return nil, err end
  local credentials = new("personal_access_token", secret, function(headers)
    headers.authorization = "Bearer " .. secret
    headers["seam-workspace"] = workspace_id or nil
  end)
  credentials.workspace_id = workspace_id or nil
  credentials.with_workspace = function(id)
    local valid, reason = check_workspace_id(id)
    if not valid then return nil, reason end
    return M.personal_access_token(secret, id)
  end
  return credentials
end

---@param secret string
---@return seam.Credentials|nil
---@return seam.Error|nil
function M.client_session_token(secret)
  local ok, err = token.check_client_session_token(secret)
  if not ok then return nil, err end
  return new("client_session_token", secret, function(headers)
    headers.authorization = "Bearer " .. secret
    headers["client-session-token"] = secret
  end)
end

--- Options that would be ignored, to somebody's surprise.
local function refuse_options(options, names, situation)
  for _, name in ipairs(names) do
    if options[name] ~= nil then
      return nil, errors.invalid_options(("The %s option cannot be used %s"):format(name, situation))
    end
  end
  return true
end

---@param key string
---@param options table|nil the client's, which may hold no other credential
---@return seam.Credentials|nil
---@return seam.Error|nil
function M.publishable_key(key, options)
  local ok, err = token.check_publishable_key(key)
  if ok then
    ok, err = refuse_options(options or {},
      { "api_key", "personal_access_token", "client_session_token", "workspace_id" }, "with a publishable key")
  end
  if not ok then return nil, err end
  return new("publishable_key", key, function(headers) headers["seam-publishable-key"] = key end)
end

local function workspace_without_use(chosen)
  return nil, errors.invalid_options(("The workspace_id option cannot be used with %s"):format(chosen))
end

--- The workspace_id option counts here as well: it must never be the environment's instead.
local function from_environment(workspace_id)
  local key = environment.get("SEAM_API_KEY")
  local secret = environment.get("SEAM_PERSONAL_ACCESS_TOKEN")
  if key and secret then
    return nil, errors.invalid_options("Both SEAM_API_KEY and SEAM_PERSONAL_ACCESS_TOKEN environment "
      .. "variables are defined. Please use only one authentication method.")
  end
  if key and workspace_id ~= nil then return workspace_without_use("SEAM_API_KEY") end
  if key then return M.api_key(key) end
  if secret then return M.resolve { personal_access_token = secret, workspace_id = workspace_id } end
  return nil, errors.invalid_options("Must specify an api_key or personal_access_token. "
    .. "Attempted reading configuration from the environment, "
    .. "but the environment variable SEAM_API_KEY is not set.")
end

local EXCLUSIVE = { "api_key", "personal_access_token", "client_session_token" }

local function chosen_option(options)
  local chosen
  for _, name in ipairs(EXCLUSIVE) do
    if options[name] ~= nil then
      if chosen then
        return nil, errors.invalid_options(("The %s option cannot be used with the %s option")
          :format(name, chosen))
      end
      chosen = name
    end
  end
  return chosen or "environment"
end

--- Finds the credentials in a client's options, else in the environment.
---@param options table
---@return seam.Credentials|nil
---@return seam.Error|nil err SeamInvalidOptionsError or SeamInvalidTokenError
function M.resolve(options)
  local chosen, err = chosen_option(options)
  if not chosen then return nil, err end
  local workspace_id = options.workspace_id
  if chosen == "personal_access_token" then
    workspace_id = workspace_id or environment.get("SEAM_WORKSPACE_ID")
    if not workspace_id then
      return nil, errors.invalid_options("Must pass a workspace_id when using a personal_access_token")
    end
    return M.personal_access_token(options.personal_access_token, workspace_id)
  end
  if chosen == "environment" then return from_environment(workspace_id) end
  if workspace_id ~= nil then return workspace_without_use(("the %s option"):format(chosen)) end
  return M[chosen](options[chosen])
end

--- Credentials of a client that only lists and creates workspaces.
---@param options table
---@return seam.Credentials|nil
---@return seam.Error|nil
function M.resolve_without_workspace(options)
  local ok, err = refuse_options(options, { "api_key", "client_session_token", "workspace_id" },
    "without a workspace")
  if not ok then return nil, err end
  local secret = options.personal_access_token or environment.get("SEAM_PERSONAL_ACCESS_TOKEN")
  if not secret then
    return nil, errors.invalid_options("Must specify a personal_access_token. "
      .. "Attempted reading configuration from the environment, "
      .. "but the environment variable SEAM_PERSONAL_ACCESS_TOKEN is not set.")
  end
  return M.personal_access_token(secret, false)
end

return M
