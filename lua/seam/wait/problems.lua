-- SPDX-License-Identifier: MIT
-- Which errors and warnings of an access code end a wait, and which go away by themselves.

require("seam.uncompiled")()

local M = {}

-- Seam tries again, or the lock comes back: the wait goes on. Seam adds codes without notice; one
-- about the access code itself that stands in no table counts as a failure.
local HEALING = {
  failed_to_set_on_device = true, provider_issue = true,
  conflicting_external_modification = true, code_modified_external_to_seam = true,
}

-- Somebody has to do something: log in, buy seats, choose another PIN, make room.
local FINAL = {
  account_disconnected = true, device_removed = true, insufficient_permissions = true,
  missing_device_credentials = true, subscription_required = true,
  salto_ks_lock_access_code_support_removed = true, being_deleted = true,
}

-- The PIN may be on the lock and does not open.
local INACTIVE = {
  access_code_inactive = true, salto_ks_user_not_subscribed = true, salto_site_user_not_subscribed = true,
}

local function code_of(problem)
  return problem.error_code or problem.warning_code
end

--- Whether an error is about the code itself: its lock's and its account's errors are listed too.
local function is_about_code(problem)
  return problem.error_code ~= nil and not problem.is_device_error and not problem.is_connected_account_error
end

local function is_final(problem, heals)
  local code = code_of(problem)
  if heals and heals[code] ~= nil then return not heals[code] end
  if FINAL[code] or INACTIVE[code] then return true end
  return is_about_code(problem) and not HEALING[code]
end

local function is_inactive(problem, heals)
  local code = code_of(problem)
  return INACTIVE[code] == true and not (heals and heals[code])
end

local function select_from(access_code, test, heals)
  local found = {}
  for _, field in ipairs { "errors", "warnings" } do
    for _, problem in ipairs(type(access_code[field]) == "table" and access_code[field] or {}) do
      if test(problem, heals) then found[#found + 1] = problem end
    end
  end
  return found
end

--- The problems that will not heal while one waits.
---@param access_code table
---@param heals table<string, boolean>|nil the caller's own verdict on some codes
---@return table[]
function M.final(access_code, heals)
  return select_from(access_code, is_final, heals)
end

--- The problems because of which even a PIN that is set does not open.
---@param access_code table
---@param heals table<string, boolean>|nil
---@return table[]
function M.inactive(access_code, heals)
  return select_from(access_code, is_inactive, heals)
end

--- Everything the code complains of.
---@param access_code table
---@return table[]
function M.all(access_code)
  return select_from(access_code, function() return true end)
end

--- The problems in words, for a message.
---@param problems table[]
---@return string
function M.describe(problems)
  local texts = {}
  for _, problem in ipairs(problems) do
    local code, message = tostring(code_of(problem)), problem.message
    texts[#texts + 1] = type(message) == "string" and ("%s (%s)"):format(code, message) or code
  end
  return table.concat(texts, ", ")
end

--- The code of the first problem.
---@param problems table[]
---@return string|nil
function M.code(problems)
  return problems[1] and code_of(problems[1])
end

return M
