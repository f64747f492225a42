-- SPDX-License-Identifier: MIT
-- Makes a plan: what is on the lock now, what is wanted there, and the steps between them.

local diff = require "seam.codes.diff"
local errors = require "seam.errors"
local options_of = require "seam.codes.options"
local owner_of = require "seam.codes.owner"
local printed = require "seam.codes.printed"
local protected = require "seam.protected"
local wanted_of = require "seam.codes.wanted"

local M = {}

---@class seam.codes.Plan
---@field device table the lock
---@field steps seam.codes.Step[]
---@field foreign integer how many codes on the lock are not ours, and stay as they are
---@field dry_run boolean

-- What a plan needs to be carried out, client and all: not for dumps.
local jobs = setmetatable({}, { __mode = "k" })

local metatable = { __name = "seam.codes.Plan", __tostring = function(plan) return printed.plan(plan) end }

local BACKENDS = {
  access_codes = "seam.codes.backend_access_codes", access_grants = "seam.codes.backend_access_grants",
}

--- A string is an id; a resource or a table has one.
---@param device any
---@return string|nil id
function M.id_of(device)
  local id = device
  if type(device) == "table" then id = rawget(device, "device_id") end
  return type(id) == "string" and id ~= "" and id or nil
end

local function lock_of(client, device)
  local id = M.id_of(device)
  if not id then
    return nil, errors.invalid_params(nil, "A lock is wanted: its id, or a device the SDK returned", "device")
  end
  return client.devices.get { device_id = id }
end

--- Reads the lock again, and compares.
---@param job table
---@return seam.codes.Step[]|nil steps
---@return integer|seam.Error foreign how many codes are not ours, or the error
function M.compare(job)
  local items, err = job.backend.list(job.client, job.device_id)
  if not items then return nil, err end
  job.items = items
  job.owner.adopt(items)
  return diff.steps(items, job.wanted, {
    owner = job.owner, now = job.client.time(), refusal = job.backend.refusal(job.device),
    changes_pin = job.backend.changes_pin, max_deletes = job.options.max_deletes,
  })
end

local function new_job(client, device, wanted, options)
  return {
    client = client, device = device, device_id = device.device_id, wanted = wanted, options = options,
    backend = require(BACKENDS[options.via]), owner = owner_of.of(options, device.device_id),
  }
end

--- Makes a plan; reads only.
---@param client table of either face
---@param device string|table
---@param wanted table[]
---@param given table|nil options
---@return seam.codes.Plan|nil
---@return seam.Error|nil
function M.make(client, device, wanted, given)
  local options, entries, safe, lock, err
  safe, err = protected.client(client)
  if not safe then return nil, err end
  options, err = options_of.check(given)
  if not options then return nil, err end
  entries, err = wanted_of.check(wanted)
  if not entries then return nil, err end
  lock, err = lock_of(safe, device)
  if not lock then return nil, err end
  local job = new_job(safe, lock, entries, options)
  local steps, foreign = M.compare(job)
  if not steps then return nil, foreign end
  local plan = setmetatable({ device = lock, steps = steps, foreign = foreign, dry_run = options.dry_run }, metatable)
  jobs[plan] = job
  return plan
end

--- What is behind a plan.
---@param plan any
---@return table|nil job
---@return seam.Error|nil
function M.job_of(plan)
  local job = type(plan) == "table" and jobs[plan]
  if job then return job end
  return nil, errors.invalid_params(nil, "apply wants what codes.plan returned", "plan")
end

return M
