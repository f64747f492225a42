-- SPDX-License-Identifier: MIT
-- Changing an access code: what is asked for is pending until the lock has it.

local attempts = require "seam.sandbox.model.attempts"
local devices = require "seam.sandbox.model.devices"
local events = require "seam.sandbox.model.events"
local json = require "seam.sandbox.json"
local lifecycle = require "seam.sandbox.model.lifecycle"
local marks = require "seam.sandbox.model.marks"

local M = {}

local iso, or_null = marks.iso, marks.or_null

local function frame_of(starts_at, ends_at)
  return { starts_at = iso(starts_at), ends_at = iso(ends_at) }
end

--- What the wanted state changes: a list of { mutation, event, from, to }.
local function differences(code, wanted)
  local list = {}
  local function add(what, from, to)
    list[#list + 1] = { what = what, from = from, to = to }
  end
  if wanted.name ~= code.name then
    add("name", { name = or_null(code.name) }, { name = or_null(wanted.name) })
  end
  if wanted.pin ~= code.pin then
    add("code", { code = or_null(code.pin) }, { code = or_null(wanted.pin) })
  end
  if wanted.starts_at ~= code.starts_at or wanted.ends_at ~= code.ends_at then
    add("time_frame", frame_of(code.starts_at, code.ends_at), frame_of(wanted.starts_at, wanted.ends_at))
  end
  return list
end

local DESCRIPTIONS = {
  name = "The name of the access code was changed.",
  code = "The PIN of the access code was changed.",
  time_frame = "The time frame of the access code was changed.",
}

local function properties_of(changes)
  local list = json.array()
  for _, change in ipairs(changes) do
    for _, property in ipairs({ "name", "code", "starts_at", "ends_at" }) do
      local from, to = change.from[property], change.to[property]
      if from ~= nil and from ~= to then list[#list + 1] = { property = property, from = from, to = to } end
    end
  end
  return list
end

local function announce(world, code, changes)
  events.about_code(world, code, "access_code.changed", { changed_properties = properties_of(changes) })
  for _, change in ipairs(changes) do
    events.about_code(world, code, "access_code." .. change.what .. "_changed", {
      from = change.from, to = change.to, description = DESCRIPTIONS[change.what],
    })
  end
end

local function finish(world, code)
  attempts.succeed(world, code.update_attempt, {})
  code.update_attempt = nil
end

local function follow_frame(world, code)
  if code.programmed then
    lifecycle.reframe(world, code)
  else
    lifecycle.start(world, code)
  end
end

local function is_obstructed(world, code)
  local unreachable = devices.trouble(code.device)
  if not unreachable and not lifecycle.fails_now(code.device) then return false end
  code.stuck = "update"
  if not unreachable then
    marks.plan(world, code, "update", world.clock:now() + world.options.retry_after, function()
      M.apply(world, code)
    end)
  end
  return true
end

--- The pending change reaches the lock (or Seam's books, where the code is not on the lock yet).
function M.apply(world, code)
  local wanted = code.pending
  if not wanted or code.status == "removing" then return end
  if code.programmed and is_obstructed(world, code) then return end
  if code.stuck == "update" then code.stuck = nil end
  local changes = differences(code, wanted)
  code.pending = nil
  local reframed = wanted.starts_at ~= code.starts_at or wanted.ends_at ~= code.ends_at
  code.name, code.starts_at, code.ends_at = wanted.name, wanted.starts_at, wanted.ends_at
  if wanted.pin ~= code.pin then code.pin, code.requested_pin = wanted.pin, wanted.pin end
  code.type = code.starts_at and "time_bound" or "ongoing"
  code.updating = {}
  announce(world, code, changes)
  if reframed then follow_frame(world, code) end
  finish(world, code)
end

local function as_mutations(world, changes)
  local requested, pending = json.array(), {}
  for place, change in ipairs(changes) do
    local name = "updating_" .. change.what
    requested[place] = { mutation_code = name, from = change.from, to = change.to }
    pending[place] = marks.mutation(world, name, { from = change.from, to = change.to })
  end
  return requested, pending
end

--- Asks for a change.
---@param wanted table the state after it: name, pin, starts_at, ends_at
---@param attempt table ends when the change is in force
function M.request(world, code, wanted, attempt)
  local changes = differences(code, wanted)
  if #changes == 0 then
    attempts.succeed(world, attempt, {})
    return
  end
  code.pending, code.update_attempt = wanted, attempt
  local requested, pending = as_mutations(world, changes)
  code.updating = pending
  events.about_code(world, code, "access_code.mutations_requested", { requested_mutations = requested })
  local delay = code.device.program_delay or world.options.program_delay
  marks.plan(world, code, "update", world.clock:now() + delay, function() M.apply(world, code) end)
end

return M
