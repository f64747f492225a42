-- SPDX-License-Identifier: MIT
-- What became of a door, for whoever stands in front of it: a status and plain words. Texts of errors stay
-- here, so that nothing of the server's gets out.

local errors = require "seam.errors"

local M = {}

local DONE = { unlock = "The door is unlocked.", lock = "The door is locked." }

local PENDING = "The lock was asked and has not answered yet. Look at the door before you try again."
local UNKNOWN = "Nobody knows whether the door moved. Look at the door before you try again."
local NOT_SENT = "The lock was not asked: Seam could not be reached. You may try again."

-- What of the API's own statuses is true of this address as well.
local OWN_STATUS = { [400] = true, [404] = true, [409] = true, [429] = true }

local REJECTED = {
  [404] = "There is no such lock.",
  [429] = "The lock was asked too often. Wait a minute and try again.",
}

local function rejected(err)
  local status = err.status_code
  if err:is("SeamActionAttemptError") then return 502, "The lock was asked and did not do it." end
  if OWN_STATUS[status] then return status, REJECTED[status] or "Seam refused to ask the lock." end
  return 502, "Seam refused to ask the lock."
end

local function not_sent(err)
  if err:is("SeamInvalidParamsError") then return 400, "The lock was not asked: it was not named rightly." end
  return 503, NOT_SENT
end

local function of_error(err)
  if not errors.is_error(err) then return 502, { outcome = "unknown", message = UNKNOWN } end
  local outcome, status, message = err.outcome, 502, UNKNOWN
  if err:is("SeamActionAttemptTimeoutError") then
    outcome, status, message = "pending", 202, PENDING
  elseif outcome == "rejected" then
    status, message = rejected(err)
  elseif outcome == "not_sent" then
    status, message = not_sent(err)
  else
    outcome = "unknown"
  end
  return status, { outcome = outcome, message = message, code = type(err.code) == "string" and err.code or nil }
end

--- Puts the result of locks.unlock_door or locks.lock_door into an answer.
---@param action "unlock"|"lock"
---@param attempt table|nil the action attempt
---@param err any the error, where there is no attempt
---@return integer status
---@return table document { outcome =, message =, code = }
function M.of(action, attempt, err)
  if attempt == nil then return of_error(err) end
  local status = type(attempt) == "table" and attempt.status
  if status == "success" then return 200, { outcome = "done", message = DONE[action] } end
  -- A client that does not wait: the attempt is as it was when it was made.
  if status == "error" then return 502, { outcome = "rejected", message = "The lock was asked and did not do it." } end
  return 202, { outcome = "pending", message = PENDING }
end

--- Nothing was sent, for a reason of this server's.
---@param message string
---@return table document
function M.refused(message)
  return { outcome = "not_sent", message = message }
end

return M
