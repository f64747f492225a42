-- SPDX-License-Identifier: MIT
-- A step as plain data and back: what another Lua state, or a file, can hold. No request is kept, so no secret is.

local errors = require "seam.errors"
local resource = require "seam.resource"
local rows = require "seam.rows"

require("seam.uncompiled")()

local M = {}

local VERSION = 1
local STATES = { sent = true, wait = true, asked = true }
local NUMBERS = { "timeout", "polling_interval", "deadline", "delay", "asked_at" }
local ATTEMPT = { "action_attempt_id", "action_type", "status" }

local function pack_poll(poll)
  local packed = { asked = poll.asked }
  for _, name in ipairs(NUMBERS) do packed[name] = poll[name] end
  for _, name in ipairs(ATTEMPT) do packed[name] = poll.attempt[name] end
  return packed
end

--- See seam.Step.
function M.pack(step)
  -- A read that is to be repeated has its request in this Lua state only.
  if not STATES[step.state] or (step.state == "wait" and not step.poll) then return nil end
  return {
    version = VERSION, path = step.path, state = step.state, sent_at = step.sent_at, last = step.last,
    shift = step.shift, attempts = step.attempts, poll = step.poll and pack_poll(step.poll) or nil,
    timeout = step.wait and step.wait.timeout or nil,
    polling_interval = step.wait and step.wait.polling_interval or nil,
  }
end

local function bad()
  return nil, errors.new("SeamInvalidParamsError", "steps.resume wants what step:save() gave", {
    param = "saved", outcome = "not_sent", attempts = 0,
  })
end

local function is_number(value)
  return type(value) == "number" and value == value
end

local function unpack_poll(packed)
  if type(packed) ~= "table" or type(packed.action_attempt_id) ~= "string" then return nil end
  local poll, attempt = { asked = packed.asked == true }, {}
  for _, name in ipairs(NUMBERS) do
    if not is_number(packed[name]) then return nil end
    poll[name] = packed[name]
  end
  for _, name in ipairs(ATTEMPT) do attempt[name] = packed[name] end
  poll.attempt = resource.wrap("action_attempt", attempt)
  return poll
end

--- Reads what pack wrote, maybe through JSON.
---@param saved any
---@return table|nil step without client
---@return seam.Error|nil err
function M.unpack(saved)
  if type(saved) ~= "table" or saved.version ~= VERSION or not STATES[saved.state] then return bad() end
  if type(saved.path) ~= "string" or not rows.at(saved.path) then return bad() end
  for _, name in ipairs { "sent_at", "last", "shift", "attempts" } do
    if not is_number(saved[name]) then return bad() end
  end
  local poll = saved.poll ~= nil and unpack_poll(saved.poll) or nil
  if saved.state ~= "sent" and not poll then return bad() end
  local wait = is_number(saved.timeout) and is_number(saved.polling_interval)
    and { timeout = saved.timeout, polling_interval = saved.polling_interval } or false
  return {
    path = saved.path, state = saved.state, sent_at = saved.sent_at, last = saved.last, shift = saved.shift,
    attempts = saved.attempts, poll = poll, wait = wait,
  }
end

return M
