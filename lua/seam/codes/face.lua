-- SPDX-License-Identifier: MIT
-- What `require "seam.codes"` and `require "seam.codes.safe"` return: plan, apply, sync, sync_all.

local errors = require "seam.errors"
local planning = require "seam.codes.planning"
local receiver = require "seam.receiver"
local runner = require "seam.codes.runner"
local several = require "seam.codes.several"

local M = {}

local function sync(client, device, wanted, options)
  local plan, err = planning.make(client, device, wanted, options)
  if not plan then return nil, err end
  if plan.dry_run then return plan end
  return runner.apply(plan, true)
end

--- Builds a face.
---@param raises boolean
---@return table codes
function M.new(raises)
  local finish, codes = errors.finisher(raises), {}

  local function public(f) return receiver.dropped(codes, finish, f) end

  --- What would have to change on a lock; nothing is changed. Prints as a table for a person.
  ---
  --- wanted: a list of { key =, name =, starts_at =, ends_at =, code = }. The key is what the caller knows the
  --- stay by; times are epoch seconds or ISO 8601, both or neither; code only where the lock lets one choose.
  --- options: prefix ("guest:"), store, via ("access_codes" or "access_grants"), settle (15 seconds), max_deletes,
  --- dry_run. docs/codes.md says what each does.
  ---@param client table of either face
  ---@param device string|table id or resource of a lock
  ---@param wanted table[]
  ---@param options table|nil
  ---@return seam.codes.Plan
  codes.plan = public(planning.make)

  --- Carries a plan out, as far as it still fits what is on the lock.
  ---@param plan seam.codes.Plan
  ---@return seam.codes.Report
  codes.apply = public(function(plan) return runner.apply(plan, false) end)

  --- Plan and apply in one; with dry_run = true the plan alone.
  ---@param client table
  ---@param device string|table
  ---@param wanted table[]
  ---@param options table|nil as for plan
  ---@return seam.codes.Report|seam.codes.Plan
  codes.sync = public(sync)

  --- The same for many locks at once. What fails on one lock leaves the others alone: its report has `error`.
  --- Further options: concurrency (16), on_progress, loop, as seam.map has them.
  ---@param client table
  ---@param doors table[] a list of { device, wanted }
  ---@param options table|nil
  ---@return table[] reports in the order of the doors; plans with dry_run
  codes.sync_all = public(function(client, doors, options)
    return several.sync(client, doors, options, sync)
  end)

  return codes
end

return M
