-- SPDX-License-Identifier: MIT
-- Waits for an action attempt: by a monotonic deadline, asking soon at first and then less often.

local attempt_poll = require "seam.attempt_poll"
-- Not when it is needed: the door has been asked to move by then, and loading a file may fail.
local row = require("seam.api.action_attempts").get

local M = {}

--- Asks until the attempt has ended or the time is up; the rules are seam.attempt_poll's.
---@param transport table sleeps and tells the time
---@param attempt table as the endpoint returned it
---@param wait table { timeout = seconds, polling_interval = seconds }
---@param started number when the request was sent, by the transport's clock
---@param get fun(row: table, id: string, timeout: number): table|nil, seam.Error|nil one reading question
---@return table|nil attempt with status "success"
---@return seam.Error|nil err SeamActionAttemptFailedError, SeamActionAttemptTimeoutError or a poll's error
function M.wait(transport, attempt, wait, started, get)
  local poll = attempt_poll.new(attempt, wait, started, transport:now())
  while true do
    local ended, err = attempt_poll.outcome(poll, transport:now())
    if ended or err then return ended, err end
    transport:sleep(attempt_poll.pause(poll, transport:now()))
    local seconds = attempt_poll.ask(poll, transport:now())
    local answer
    answer, err = get(row, poll.attempt.action_attempt_id, seconds)
    local final = attempt_poll.take(poll, answer, not answer and err or nil)
    if final then return nil, final end
  end
end

return M
