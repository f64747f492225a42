-- SPDX-License-Identifier: MIT
-- Carries a plan out, step by step. A write whose answer was lost is looked up before anything else is sent for
-- it, so a repeat, in this run or after a crash, never makes a second code.

local pace = require "seam.codes.pace"
local planning = require "seam.codes.planning"
local report = require "seam.codes.report"

require("seam.uncompiled")()

local M = {}

-- 429 means "not carried out": these calls may go again. A server that asks for more patience than this is left alone.
local RATE_LIMITED_TRIES, LONGEST_PAUSE = 6, 300

local function fields_of(step, owner)
  local entry = step.entry
  local all = step.action == "create"
  local changes = all and { times = true, name = true, code = true } or step.changes
  return {
    name = changes.name and owner.name_of(entry) or nil,
    starts_at = changes.times and entry.starts_at or nil,
    ends_at = changes.times and entry.ends_at or nil,
    code = changes.code and entry.code or nil,
    ongoing = changes.times and not entry.ends_at,
    person = entry.name or entry.key, user_identity_id = entry.user_identity_id,
  }
end

local sends = {}

function sends.create(job, step)
  job.owner.intend(step.entry, job.items)
  local id, err = job.backend.create(job.client, job.device_id, fields_of(step, job.owner))
  if id == nil then return nil, err end
  job.owner.note(step.key, id)
  return true
end

function sends.update(job, step)
  return job.backend.update(job.client, step.item, fields_of(step, job.owner))
end

function sends.delete(job, step)
  local ok, err = job.backend.delete(job.client, step.item)
  -- Gone by itself meanwhile, as codes do at their end.
  if ok == nil and err.status_code == 404 then return true end
  return ok, err
end

local function pause_after(err, try)
  return math.max(err.retry_after or math.min(60, 5 * 2 ^ try), 1)
end

--- Sends the call of a step; waits for its turn, and again where the server wants that.
local function send(job, step)
  local client = job.client
  for try = 1, RATE_LIMITED_TRIES do
    pace.wait(client, job.device_id, step.action)
    local ok, err = sends[step.action](job, step)
    if ok ~= nil or err.outcome ~= "not_sent" then pace.note(client, job.device_id, step.action) end
    if ok ~= nil then return true end
    if err.status_code ~= 429 or try == RATE_LIMITED_TRIES then return nil, err end
    local pause = pause_after(err, try)
    if pause > LONGEST_PAUSE then return nil, err end
    client.sleep(pause)
  end
end

local function id_of(step)
  return step.item and step.item.id
end

--- Whether the lock, looked at anew, still needs the step; nil and an error where it cannot be looked at.
local function is_needed(job, step)
  local steps, err = planning.compare(job)
  if not steps then return nil, err end
  for _, other in ipairs(steps) do
    if other.key == step.key and other.action == step.action and id_of(other) == id_of(step) then return true end
  end
  return false
end

--- No further call would fare better: the network, or the key.
local function ends_run(err)
  if err.status_code == 401 then return true end
  return err.outcome == "not_sent" and not err:is "SeamInvalidParamsError"
end

local function note_failure(run, step, err)
  step.outcome, step.error = err.outcome == "unknown" and "unknown" or "failed", err
  step.problem = { code = err.code, message = err.message, of = "call" }
  if ends_run(err) then run.stopped = err end
end

local function settled(step)
  step.outcome, step.error, step.problem = "done", nil, nil
end

local function perform(run, step)
  local ok, err = send(run.job, step)
  run.touched = true
  if ok then return settled(step) end
  note_failure(run, step, err)
  if step.outcome ~= "unknown" then return end
  local needed
  needed, err = is_needed(run.job, step)
  if needed == false then return settled(step) end
  if needed == nil then run.stopped = err end
end

local function not_tried(step, why)
  step.outcome, step.problem = "not_tried", { code = "not_tried", message = why, of = "call" }
end

local function go_through(run, steps)
  local open = {}
  for _, step in ipairs(steps) do
    if run.stopped then
      if not step.outcome then not_tried(step, "the run ended before it") end
    else
      perform(run, step)
      if step.outcome == "unknown" then open[#open + 1] = step end
    end
  end
  return open
end

--- What was lost may still arrive: it gets time, and is done again only where it has not come by then.
local function second_round(run, open)
  if run.stopped or #open == 0 then return end
  run.job.client.sleep(run.job.options.settle)
  local again = {}
  for _, step in ipairs(open) do
    local needed, err = is_needed(run.job, step)
    if needed == nil then
      run.stopped = err
      return
    end
    if needed then again[#again + 1] = step else settled(step) end
  end
  go_through(run, again)
end

local function mark(step)
  return step.action .. " " .. step.key .. " " .. (id_of(step) or "")
end

--- The steps to take: those of the plan that are still needed. What is new since is left to a new plan.
local function steps_of(job, plan, is_fresh)
  if is_fresh then return plan.steps, plan.foreign end
  local steps, foreign = planning.compare(job)
  if not steps then return nil, foreign end
  local planned = {}
  for _, step in ipairs(plan.steps) do planned[mark(step)] = true end
  for _, step in ipairs(steps) do
    if sends[step.action] and not planned[mark(step)] then not_tried(step, "it was not in the plan: plan again") end
  end
  return steps, foreign
end

--- Carries a plan out.
---@param plan seam.codes.Plan
---@param is_fresh boolean whether it was made just now: else the lock is looked at again first
---@return seam.codes.Report|nil
---@return seam.Error|nil err where nothing could be done at all
function M.apply(plan, is_fresh)
  local job, err = planning.job_of(plan)
  if not job then return nil, err end
  local steps, foreign = steps_of(job, plan, is_fresh)
  if not steps then return nil, foreign end
  local run, todo = { job = job, steps = steps, foreign = foreign }, {}
  for _, step in ipairs(steps) do
    if not sends[step.action] then
      step.outcome = step.action
    elseif not step.outcome then
      todo[#todo + 1] = step
    end
  end
  second_round(run, go_through(run, todo))
  return report.make(run, plan)
end

return M
