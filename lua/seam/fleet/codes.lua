-- SPDX-License-Identifier: MIT
-- What a report says about the access codes of a lock: which work, which fail, which are stuck. Pure.

local time = require "seam.time"

require("seam.uncompiled")()

local M = {}

local COUNTED = { set = true, upcoming = true, failing = true, stuck = true }

--- The first error that is the code's own: those of the device and the account are copied onto every code.
local function own_error(code)
  for _, item in ipairs(type(code.errors) == "table" and code.errors or {}) do
    if type(item) == "table" and not item.is_device_error and not item.is_connected_account_error then return item end
  end
end

local function later(moment, text, now)
  local other = time.parse(text)
  if not other or other > now then return moment end
  return moment and math.max(moment, other) or other
end

--- Since when the lock should have been doing what is pending: nil when nothing is due.
local function pending_since(code, now)
  local is_pending, since = code.status == "setting" or code.status == "removing", nil
  for _, mutation in ipairs(type(code.pending_mutations) == "table" and code.pending_mutations or {}) do
    local due = time.parse(mutation.scheduled_at)
    if not (mutation.mutation_code == "deferring_creation" and (not due or due > now)) then is_pending = true end
    since = later(later(since, mutation.created_at, now), mutation.scheduled_at, now)
  end
  if not is_pending then return nil end
  if code.status == "setting" then since = later(later(since, code.created_at, now), code.starts_at, now) end
  if code.status == "removing" then since = later(since, code.ends_at, now) end
  return since
end

local function state_of(entry, now, stuck_after)
  if entry.problem then return "failing" end
  if entry.pending_since and now - entry.pending_since > stuck_after then return "stuck" end
  if entry.status == "set" then return "set" end
  if entry.status == "unset" and entry.starts_at and entry.starts_at > now then return "upcoming" end
  return entry.status
end

--- One code. `problem` is the API's error code; `state` is failing, stuck, set, upcoming, or its status.
local function entry_of(code, now, options)
  local problem = own_error(code)
  local entry = {
    access_code_id = code.access_code_id, name = code.name, type = code.type, status = code.status or "unknown",
    starts_at = time.parse(code.starts_at), ends_at = time.parse(code.ends_at),
    problem = problem and tostring(problem.error_code or "unknown"), message = problem and problem.message,
    pending_since = pending_since(code, now),
  }
  if options.show_codes then entry.code = code.code end
  entry.state = state_of(entry, now, options.thresholds.stuck)
  return entry
end

--- Whether the code should open the door now.
---@param entry table
---@param now number
---@return boolean
function M.is_due(entry, now)
  return not (entry.starts_at and entry.starts_at > now) and not (entry.ends_at and entry.ends_at <= now)
end

--- Counts and entries of a lock's codes.
---@param managed table[]
---@param unmanaged table[]|nil nil: not known
---@param now number epoch seconds
---@param options table checked options of fleet.report
---@return table codes
function M.summary(managed, unmanaged, now, options)
  local codes = {
    total = #managed, set = 0, upcoming = 0, failing = 0, stuck = 0, unmanaged = unmanaged and #unmanaged, list = {},
  }
  for place, code in ipairs(managed) do
    local entry = entry_of(code, now, options)
    codes.list[place] = entry
    if COUNTED[entry.state] then codes[entry.state] = codes[entry.state] + 1 end
  end
  return codes
end

return M
