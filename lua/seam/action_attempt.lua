-- SPDX-License-Identifier: MIT
-- Waits for an action attempt: by a monotonic deadline, asking soon at first and then less often.

local errors = require "seam.errors"
local number = require "seam.number"
local retry = require "seam.retry"
-- Not when it is needed: the door has been asked to move by then, and loading a file may fail.
local row = require("seam.api.action_attempts").get

require("seam.uncompiled")()

local M = {}

-- Most locks answer within a second: the first question comes early, so that a door which took
-- 300 ms is reported within 400.
local FIRST_DELAY = 0.1
local GROWTH = 1.3
-- The last question gets this long when the deadline is nearer, in seconds.
local MINIMAL_POLL = 0.1

local function failed_error(attempt)
  local told = type(attempt.error) == "table" and attempt.error or {}
  local message = type(told.message) == "string" and told.message or "Action attempt failed"
  return errors.new("SeamActionAttemptFailedError", message, {
    code = type(told.type) == "string" and told.type or "unknown_error",
    action_attempt = attempt, outcome = "rejected",
  })
end

local function timeout_error(attempt, wait)
  return errors.new("SeamActionAttemptTimeoutError",
    ("Timed out waiting for action attempt after %ss"):format(number.to_ecmascript(wait.timeout)),
    { code = "action_attempt_timeout", action_attempt = attempt, outcome = "unknown" })
end

--- A question that failed says nothing about the door: the request before it was accepted.
local function poll_error(err, attempt)
  err.action_attempt = attempt
  err.outcome = "unknown"
  return err
end

--- A question whose answer was lost may be asked again, while there is time. One that could not even
--- be tried (a closed client, an attempt without id) will not go better later.
local function may_ask_again(err)
  return err.attempts ~= 0 and retry.may_repeat(true, err)
end

local function next_delay(delay, wait, err)
  local grown = math.min(delay * GROWTH, wait.polling_interval)
  return math.max(grown, err and err.retry_after or 0)
end

--- An attempt nobody can ask about: the request was accepted, and more will not be known.
local function nameless_error(attempt)
  return errors.new("SeamHttpError", "Seam returned an action attempt without an id", {
    code = "invalid_response", action_attempt = attempt, outcome = "unknown",
  })
end

--- Asks until the attempt has ended or the time is up. At least one question is asked.
--- A status the SDK does not know counts as not ended: new ones must not read as success.
---@param transport table sleeps and tells the time
---@param attempt table as the endpoint returned it
---@param wait table { timeout = seconds, polling_interval = seconds }
---@param started number when the request was sent, by the transport's clock: the first pause counts from there
---@param get fun(row: table, id: string, timeout: number): table|nil, seam.Error|nil one reading question
---@return table|nil attempt with status "success"
---@return seam.Error|nil err SeamActionAttemptFailedError, SeamActionAttemptTimeoutError or a poll's error
function M.wait(transport, attempt, wait, started, get)
  local deadline = transport:now() + wait.timeout
  local delay = math.min(FIRST_DELAY, wait.polling_interval)
  local asked, lost, asked_at = false, nil, started
  while true do
    if attempt.status == "success" then return attempt end
    if attempt.status == "error" then return nil, failed_error(attempt) end
    local left = deadline - transport:now()
    if asked and left <= 0 then
      if lost and lost.code ~= "timeout" then return nil, poll_error(lost, attempt) end
      return nil, timeout_error(attempt, wait)
    end
    if type(attempt.action_attempt_id) ~= "string" then return nil, nameless_error(attempt) end
    -- From question to question, so that the time the answers take delays none.
    transport:sleep(math.max(0, math.min(asked_at + delay - transport:now(), left)))
    asked_at = transport:now()
    left = deadline - asked_at
    local answer, err = get(row, attempt.action_attempt_id, math.max(left, MINIMAL_POLL))
    if not answer and not may_ask_again(err) then return nil, poll_error(err, attempt) end
    attempt, asked, lost = answer or attempt, true, err
    delay = next_delay(delay, wait, err)
  end
end

return M
