-- SPDX-License-Identifier: MIT
-- Asks for a resource until it is as wanted, cannot become so, or the time is up.

local errors = require "seam.errors"
local number = require "seam.number"
local pause = require "seam.pause"
local transient = require "seam.transient"

local M = {}

-- Much is ready at once; what is not is asked for less and less often.
local FIRST_DELAY = 0.25
local GROWTH = 1.5
-- A question near the deadline gets this long, in seconds, and never more than a call has by itself.
local MINIMAL_POLL = 0.5
local LONGEST_POLL = 30

---@class seam.Wait
---@field client table with the safe face
---@field options table timeout, polling_interval, on_poll, cancelled
---@field goal string what is waited for, in words: "access code 631a... to be set"
---@field started number
---@field deadline number
---@field resource any the last state seen
---@field lost seam.Error|nil why the last question failed
---@field remark string|nil what a time-out should say besides

--- Starts a wait: its time runs from now.
---@param client table with the safe face
---@param options table checked
---@param goal string
---@return seam.Wait
function M.new(client, options, goal)
  local started = client.now()
  return { client = client, options = options, goal = goal, started = started, deadline = started + options.timeout }
end

--- An error of this wait. It asked and changed nothing; `outcome` tells about what is waited for.
---@param wait seam.Wait
---@param name string
---@param message string
---@param fields table
---@return seam.Error
function M.error(wait, name, message, fields)
  fields.resource, fields.elapsed = wait.resource, wait.client.now() - wait.started
  fields.last_error = wait.lost
  fields.outcome = fields.outcome or "unknown"
  return errors.new(name, message, fields)
end

local function timeout_error(wait)
  local parts = { ("Timed out after %ss waiting for %s"):format(
    number.to_ecmascript(wait.options.timeout), wait.goal) }
  parts[#parts + 1] = wait.remark
  if wait.lost then parts[#parts + 1] = "the last question failed: " .. wait.lost.message end
  return M.error(wait, "SeamWaitTimeoutError", table.concat(parts, "; "), {
    code = "wait_timeout", retry_after = wait.lost and wait.lost.retry_after,
  })
end

local function cancelled_error(wait)
  return M.error(wait, "SeamWaitCancelledError", "Cancelled while waiting for " .. wait.goal,
    { code = "wait_cancelled" })
end

--- A question that can never succeed: its own error, with what the wait knows.
local function final_error(wait, err)
  if not errors.is_error(err) then
    return M.error(wait, "SeamWaitFailedError",
      ("Cannot wait for %s: %s"):format(wait.goal, errors.quoted(err)), { code = "question_failed" })
  end
  err.resource, err.elapsed = wait.resource, wait.client.now() - wait.started
  return err
end

--- No question outlasts the wait by more than a moment.
local function call_options(wait)
  local left = wait.deadline - wait.client.now()
  if left >= LONGEST_POLL then return nil end
  return { timeout = math.max(left, MINIMAL_POLL) }
end

local function is_cancelled(wait)
  local cancelled = wait.options.cancelled
  return cancelled ~= nil and cancelled() and true or false
end

local function is_told_to_end(wait)
  local on_poll = wait.options.on_poll
  return on_poll ~= nil and on_poll(wait.resource, wait.client.now() - wait.started, wait.lost) == false
end

--- Seconds until the next question; nil where it would have to be asked after the deadline.
local function next_pause(wait, delay)
  local left = wait.deadline - wait.client.now()
  local asked_for = wait.lost and wait.lost.retry_after or 0
  if left <= 0 or asked_for > left then return nil end
  return math.min(math.max(delay, asked_for), left)
end

local function ask(wait, get, judge)
  local value, err = get(call_options(wait))
  wait.lost = nil
  if value ~= nil then
    wait.resource = value
    return judge(value)
  end
  if err == nil then return nil end
  if not transient.is(err) then return nil, final_error(wait, err) end
  wait.lost = err
  return nil
end

--- Asks until the judge is content. At least one question is asked.
---@param wait seam.Wait
---@param get fun(call_options: table|nil): any, any the resource; or nil and an error; or nil when there is none yet
---@param judge fun(resource: any): any, seam.Error|nil what the wait is to return; nil to go on; nil and an error
---@return any value
---@return seam.Error|nil err
function M.run(wait, get, judge)
  local delay = math.min(FIRST_DELAY, wait.options.polling_interval)
  while true do
    if is_cancelled(wait) then return nil, cancelled_error(wait) end
    local value, err = ask(wait, get, judge)
    if err then return nil, err end
    local ended = is_told_to_end(wait)
    if value ~= nil then return value end
    if ended then return nil, cancelled_error(wait) end
    local seconds = next_pause(wait, delay)
    if not seconds then return nil, timeout_error(wait) end
    pause.run(wait.client, seconds, wait.options.cancelled)
    delay = math.min(delay * GROWTH, wait.options.polling_interval)
  end
end

return M
