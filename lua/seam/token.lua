-- SPDX-License-Identifier: MIT
-- Which kind of credential a text is, by prefix alone, before anything is sent.
-- Rules and sentences: the official SDKs' auth modules (Seam's Python SDK 3.8.0).

local errors = require "seam.errors"

local M = {}

local TOKEN, ACCESS_TOKEN, CLIENT_SESSION = "seam_", "seam_at", "seam_cst"
local PUBLISHABLE_KEY, JWT = "seam_pk", "ey"

local NAMES = {
  { CLIENT_SESSION, "A Client Session Token" },
  { JWT, "A JWT" },
  { ACCESS_TOKEN, "An Access Token" },
  { PUBLISHABLE_KEY, "A Publishable Key" },
}

local function starts(text, prefix)
  return text:sub(1, #prefix) == prefix
end

local function check(token, option, prefix)
  if type(token) ~= "string" then
    return nil, errors.invalid_token(("%s must be a string"):format(option))
  end
  for _, name in ipairs(NAMES) do
    if name[1] ~= prefix and starts(token, name[1]) then
      return nil, errors.invalid_token(("%s cannot be used as %s %s"):format(name[2],
        option:find("^a") and "an" or "a", option))
    end
  end
  if not starts(token, prefix) then
    return nil, errors.invalid_token(("Unknown or invalid %s format, expected token to start with %s")
      :format(option, prefix))
  end
  -- A line break in a header would start a new header; the others no token has.
  if token:find("[^\033-\126]") then
    return nil, errors.invalid_token(("%s contains characters that no token has"):format(option))
  end
  return true
end

--- Each check returns true, or nil and a SeamInvalidTokenError that never quotes the token.
---@param token any
---@return boolean|nil ok
---@return seam.Error|nil err
function M.check_api_key(token) return check(token, "api_key", TOKEN) end
function M.check_personal_access_token(token) return check(token, "personal_access_token", ACCESS_TOKEN) end
function M.check_client_session_token(token) return check(token, "client_session_token", CLIENT_SESSION) end
function M.check_publishable_key(token) return check(token, "publishable_key", PUBLISHABLE_KEY) end

return M
