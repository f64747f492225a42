-- SPDX-License-Identifier: MIT
-- What `require "seam.steps"` and `require "seam.steps.safe"` return.

local errors = require "seam.errors"
local protected = require "seam.protected"
local receiver = require "seam.receiver"
local step = require "seam.steps.step"

local M = {}

--- Builds a face.
---@param raises boolean
---@return table steps
function M.new(raises)
  local finish, steps = errors.finisher(raises), {}

  local function public(f) return receiver.dropped(steps, finish, protected.with_client(f)) end

  --- Starts a call of any documented endpoint. Nothing is sent: ask the step for its request. Options:
  --- wait_for_action_attempt, headers and retries as in any call;
  --- now: a function that returns seconds of a clock; os.time when absent (whole seconds will do).
  ---@param client table
  ---@param path string "/locks/unlock_door", or "locks.unlock_door"
  ---@param params table|string|nil
  ---@param options table|nil
  ---@return seam.Step
  --- Raises SeamInvalidParamsError or SeamInvalidOptionsError.
  steps.call = public(step.new)

  --- Starts to lock a door.
  ---@param client table
  ---@param device table|string a lock or its id
  ---@param options table|nil as for call
  ---@return seam.Step
  steps.lock = public(function(client, device, options)
    return step.new(client, "/locks/lock_door", device, options)
  end)

  --- Starts to unlock a door.
  ---@param client table
  ---@param device table|string a lock or its id
  ---@param options table|nil as for call
  ---@return seam.Step
  steps.unlock = public(function(client, device, options)
    return step.new(client, "/locks/unlock_door", device, options)
  end)

  --- Goes on with a step that another Lua state has saved.
  ---@param client table
  ---@param saved table what step:save() gave
  ---@param options table|nil now, retries and headers, as for call
  ---@return seam.Step
  steps.resume = public(step.resume)

  return steps
end

return M
