-- SPDX-License-Identifier: MIT
-- An access code as the API shows it.

local json = require "seam.sandbox.json"
local marks = require "seam.sandbox.model.marks"
local problems = require "seam.sandbox.model.problems"
local time = require "seam.time"

local M = {}

local iso, or_null = marks.iso, marks.or_null

-- A code on an account that Seam cannot ask about is in no known state.
local function status_of(code)
  if code.device.account.disconnected_since and code.status ~= "removing" then return "unknown" end
  return code.status
end

local function common(world, code)
  return {
    access_code_id = code.id, device_id = code.device.id, workspace_id = world.options.workspace_id,
    name = or_null(code.name), type = code.type, code = or_null(code.pin), status = status_of(code),
    created_at = time.format(code.created_at), is_managed = code.managed,
    starts_at = iso(code.starts_at), ends_at = iso(code.ends_at),
    errors = problems.code_errors(code), warnings = problems.code_warnings(code),
  }
end

local function mutations(code)
  local list = json.array()
  if code.mutation then list[1] = code.mutation end
  for _, item in ipairs(code.updating) do list[#list + 1] = item end
  return list
end

--- A code this workspace manages.
function M.render(world, code)
  local view = common(world, code)
  if not code.pin then view.is_waiting_for_code_assignment = true end
  view.is_scheduled_on_device = code.scheduled or false
  view.common_code_key = or_null(code.common_code_key)
  view.pending_mutations = mutations(code)
  view.is_backup, view.is_backup_access_code_available = false, false
  view.pulled_backup_access_code_id = json.null
  view.is_external_modification_allowed = code.allow_external or false
  view.is_one_time_use, view.is_offline_access_code = false, false
  return view
end

--- A code made outside Seam.
function M.render_unmanaged(world, code)
  local view = common(world, code)
  if view.status ~= "set" then view.status = "unset" end
  return view
end

return M
