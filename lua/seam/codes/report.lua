-- SPDX-License-Identifier: MIT
-- What a run did: the outcome of each step, and each code as it is on the lock in the end.

local planning = require "seam.codes.planning"
local printed = require "seam.codes.printed"

require("seam.uncompiled")()

local M = {}

---@class seam.codes.Report
---@field ok boolean nothing is left to look at
---@field device table
---@field steps seam.codes.Outcome[]
---@field foreign integer how many codes on the lock are not ours
---@field error seam.Error|nil what ended the run early

---@class seam.codes.Outcome
---@field action "create"|"update"|"delete"|"nothing"|"blocked"
---@field key string
---@field why string
---@field outcome "done"|"nothing"|"blocked"|"failed"|"unknown"|"not_tried"
---@field access_code table|nil the code (an access method, by way of Access Grants)
---@field state string|nil set, scheduled, waiting, setting, failed, issued, unknown
---@field problem table|nil { code =, message =, of = "code" | "device" | "account" | "call" }
---@field error seam.Error|nil of the step's own call

local metatable = { __name = "seam.codes.Report", __tostring = function(report) return printed.report(report) end }

--- The codes in the end, by key; nil and an error where they cannot be read.
local function codes_by_key(run)
  local job = run.job
  if run.touched then
    local steps, err = planning.compare(job)
    if not steps then return nil, err end
  end
  local by_key, kept = {}, {}
  for _, item in ipairs(job.items) do
    local key = job.owner.key_of(item)
    if key then kept[key] = true end
    if key and not item.going and not by_key[key] then by_key[key] = item end
  end
  for _, entry in ipairs(job.wanted) do kept[entry.key] = true end
  job.owner.keep_only(kept)
  return by_key
end

local function outcome_of(step, item)
  local entry = step.entry or {}
  return {
    action = step.action, key = step.key, name = entry.name, starts_at = entry.starts_at, ends_at = entry.ends_at,
    why = step.why, changes = step.changes, outcome = step.outcome, error = step.error,
    access_code = item and item.resource, state = item and item.state, problem = step.problem or item and item.problem,
  }
end

local function is_fine(outcome)
  return (outcome.outcome == "done" or outcome.outcome == "nothing") and not outcome.problem
end

--- A report that has nothing but an error.
---@param device_id string
---@param err seam.Error
---@return seam.codes.Report
function M.failure(device_id, err)
  return setmetatable({ ok = false, device = { device_id = device_id }, steps = {}, foreign = 0, error = err },
    metatable)
end

--- Looks at the lock once more, where something was done, and reports.
---@param run table job, steps, foreign, touched, stopped
---@param plan seam.codes.Plan
---@return seam.codes.Report
function M.make(run, plan)
  local by_key, err = codes_by_key(run)
  local stopped = run.stopped or err
  local ok, outcomes = not stopped, {}
  for place, step in ipairs(run.steps) do
    local item = step.action ~= "delete" and by_key and by_key[step.key] or nil
    outcomes[place] = outcome_of(step, item)
    ok = ok and is_fine(outcomes[place])
  end
  return setmetatable({
    ok = ok, device = plan.device, steps = outcomes, foreign = run.foreign, error = stopped,
  }, metatable)
end

return M
