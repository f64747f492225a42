-- SPDX-License-Identifier: MIT
-- When to ask about an action attempt next, and what has become of it: pure, on moments that it is told.

local errors = require "seam.errors"
local number = require "seam.number"
local retry = require "seam.retry"

local M = {}

-- Most locks answer within a second: the first question comes early, so that a door which took
-- 300 ms is reported within 400.
local FIRST_DELAY = 0.1
local GROWTH = 1.3
-- The last question gets this long when the deadline is nearer, in seconds.
local MINIMAL_POLL = 0.1

---@class seam.AttemptPoll plain data; moments are seconds of one clock
---@field attempt table as it was last seen
---@field timeout number for the message
---@field polling_interval number
---@field deadline number
---@field delay number until the next question, from the last one
---@field asked_at number when the last question was asked, at first when the command was sent
---@field asked boolean whether a question was asked
---@field lost seam.Error|nil why the last question brought nothing

--- Starts a wait.
---@param attempt table as the endpoint returned it
---@param wait table { timeout = seconds, polling_interval = seconds }
---@param started number when the command was sent: the first pause counts from there
---@param now number
---@return seam.AttemptPoll
function M.new(attempt, wait, started, now)
  return {
    attempt = attempt, timeout = wait.timeout, polling_interval = wait.polling_interval,
    deadline = now + wait.timeout, delay = math.min(FIRST_DELAY, wait.polling_interval),
    asked_at = started, asked = false,
  }
end

local function failed_error(attempt)
  local told = type(attempt.error) == "table" and attempt.error or {}
  local message = type(told.message) == "string" and told.message or "Action attempt failed"
  return errors.new("SeamActionAttemptFailedError", message, {
    code = type(told.type) == "string" and told.type or "unknown_error",
    action_attempt = attempt, outcome = "rejected",
  })
end

local function timeout_error(poll)
  return errors.new("SeamActionAttemptTimeoutError",
    ("Timed out waiting for action attempt after %ss"):format(number.to_ecmascript(poll.timeout)),
    { code = "action_attempt_timeout", action_attempt = poll.attempt, outcome = "unknown" })
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

--- An attempt nobody can ask about: the request was accepted, and more will not be known.
local function nameless_error(attempt)
  return errors.new("SeamHttpError", "Seam returned an action attempt without an id", {
    code = "invalid_response", action_attempt = attempt, outcome = "unknown",
  })
end

--- How it ended, if it has. At least one question is asked. A status the SDK does not know counts as not
--- ended: new ones must not read as success.
---@param poll seam.AttemptPoll
---@param now number
---@return table|nil attempt with status "success"
---@return seam.Error|nil err both nil: it goes on
function M.outcome(poll, now)
  local attempt = poll.attempt
  if attempt.status == "success" then return attempt end
  if attempt.status == "error" then return nil, failed_error(attempt) end
  if poll.asked and poll.deadline - now <= 0 then
    local lost = poll.lost
    if lost and lost.code ~= "timeout" then return nil, poll_error(lost, attempt) end
    return nil, timeout_error(poll)
  end
  if type(attempt.action_attempt_id) ~= "string" then return nil, nameless_error(attempt) end
  return nil
end

--- Seconds until the next question.
---@param poll seam.AttemptPoll
---@param now number
---@return number
function M.pause(poll, now)
  -- From question to question, so that the time the answers take delays none.
  return math.max(0, math.min(poll.asked_at + poll.delay - now, poll.deadline - now))
end

--- Notes that a question is asked now.
---@param poll seam.AttemptPoll
---@param now number
---@return number seconds that it may take
function M.ask(poll, now)
  poll.asked_at = now
  return math.max(poll.deadline - now, MINIMAL_POLL)
end

--- Takes what a question brought.
---@param poll seam.AttemptPoll
---@param answer table|nil the attempt
---@param err seam.Error|nil where there is none
---@return seam.Error|nil final nil: it goes on
function M.take(poll, answer, err)
  if not answer and not may_ask_again(err) then return poll_error(err, poll.attempt) end
  poll.attempt, poll.asked, poll.lost = answer or poll.attempt, true, err
  local grown = math.min(poll.delay * GROWTH, poll.polling_interval)
  poll.delay = math.max(grown, err and err.retry_after or 0)
  return nil
end

return M
