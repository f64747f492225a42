-- SPDX-License-Identifier: MIT
-- How a code on a lock is doing: one word, and what stands in its way.

local M = {}

local function problem_from(item, code, of)
  return { code = code, message = item.message, of = of }
end

local function origin_of(item)
  if item.is_device_error then return "device" end
  if item.is_connected_account_error then return "account" end
  return "code"
end

--- The first error of the code itself, and the first one that it shares with its lock or account.
local function errors_of(resource)
  local own, shared
  for _, item in ipairs(resource.errors or {}) do
    local origin = origin_of(item)
    local problem = problem_from(item, item.error_code, origin)
    if origin == "code" then own = own or problem else shared = shared or problem end
  end
  return own, shared
end

-- What passes by itself, or keeps nobody out.
local HARMLESS = {
  being_deleted = true, using_backup_access_code = true, external_modification_in_effect = true,
  updating_access_times = true, underprovisioned_access = true, overprovisioned_access = true,
  pulled_backup_access_code = true,
}

local function warning_of(resource)
  for _, item in ipairs(resource.warnings or {}) do
    if not HARMLESS[item.warning_code] then return problem_from(item, item.warning_code, "code") end
  end
end

local WORDS = { setting = "setting", set = "set", removing = "removing", unset = "waiting" }

--- The state of an access code: set, scheduled, waiting, setting, failed, removing or unknown.
---@param code table an access code
---@return string state
---@return table|nil problem { code =, message =, of = "code" | "device" | "account" }
function M.of_access_code(code)
  local own, shared = errors_of(code)
  if code.status == "removing" then return "removing", own end
  if own then return "failed", own end
  -- An offline lock, or a full site, does not undo what is on the lock.
  if code.status == "set" then return "set", nil end
  local state = code.is_scheduled_on_device and "scheduled" or WORDS[code.status] or "unknown"
  return state, shared or (state == "setting" and warning_of(code) or nil)
end

--- The state of an Access Grant with its method: issued, waiting, failed or removing.
---@param grant table an access grant
---@param method table|nil its access method of mode code
---@return string state
---@return table|nil problem
function M.of_access_grant(grant, method)
  for _, item in ipairs(grant.warnings or {}) do
    if item.warning_code == "being_deleted" then return "removing", nil end
  end
  local own = errors_of(grant)
  if not own and method then own = errors_of(method) end
  if own then return "failed", own end
  if method and method.is_issued then return "issued", warning_of(grant) end
  return "waiting", warning_of(grant) or (method and warning_of(method)) or nil
end

return M
