-- SPDX-License-Identifier: MIT
-- action_attempts, events, webhooks and workspaces.

local attempts = require "seam.sandbox.model.attempts"
local errors = require "seam.sandbox.errors"
local json = require "seam.sandbox.json"
local lookup = require "seam.sandbox.lookup"
local names = require "seam.sandbox.data.names"
local pages = require "seam.sandbox.pages"
local params_check = require "seam.sandbox.params"
local time = require "seam.time"
local view = require "seam.sandbox.view.others"
local world_of = require "seam.sandbox.world"

local M = {}

M["/action_attempts/get"] = function(world, params)
  local attempt = lookup.record(world, "attempts", "action_attempt", params.action_attempt_id)
  return { action_attempt = view.action_attempt(world, attempt) }
end

M["/action_attempts/list"] = function(world, params)
  local ids = lookup.set(params.action_attempt_ids)
  local list = world.attempts:newest(function(attempt)
    return (not ids or ids[attempt.id])
      and (not params.device_id or (attempt.device and attempt.device.id == params.device_id))
  end)
  local page, pagination = pages.cut(world, "/action_attempts/list", params, list, 500)
  return { action_attempts = pages.render(world, page, view.action_attempt), pagination = pagination }
end

local function check_event_types(params)
  if params.event_type and not names.EVENT_TYPES[params.event_type] then
    errors.invalid("event_type", "Invalid enum value, received '" .. params.event_type .. "'")
  end
  for place, name in ipairs(params.event_types or {}) do
    if not names.EVENT_TYPES[name] then
      errors.raise_issues({ {
        path = { "event_types", tostring(place - 1) }, message = "Invalid enum value, received '" .. name .. "'",
      } })
    end
  end
end

-- Text of a moment as events carry it, so that texts can be compared.
local function stamp(text)
  return time.format(params_check.moment(text))
end

--- A test of an event's created_at, and the earliest it may pass; raises unless exactly one of since and between is
--- given.
local function period(world, params)
  if params.since and params.between then errors.invalid(nil, "Cannot specify both since and between") end
  if params.since then
    local since, inclusive = stamp(params.since), world.options.since_is_inclusive
    return function(created_at) return created_at > since or (inclusive and created_at == since) end, since
  end
  if not params.between then errors.invalid(nil, "Must specify either since or between") end
  if #params.between ~= 2 then errors.invalid("between", "Array must contain exactly 2 element(s)") end
  local from, to = stamp(params.between[1]), stamp(params.between[2])
  return function(created_at) return created_at > from and created_at < to end, from
end

-- Filters by an id that the event carries under the same name, alone or in a list of wanted ones.
local FIELDS = {
  "access_code_id", "access_grant_id", "access_method_id", "acs_access_group_id", "acs_credential_id",
  "acs_encoder_id", "acs_entrance_id", "acs_system_id", "acs_user_id", "connect_webview_id",
  "connected_account_id", "customer_key", "device_id", "event_id", "event_type", "space_id", "user_identity_id",
}

local function wanted_sets(params)
  local sets = {}
  for _, field in ipairs(FIELDS) do
    if params[field] then sets[#sets + 1] = { field, lookup.set({ params[field] }) } end
    if params[field .. "s"] then sets[#sets + 1] = { field, lookup.set(params[field .. "s"]) } end
  end
  return sets
end

local function passes(event, sets)
  for _, filter in ipairs(sets) do
    if not filter[2][event[filter[1]]] then return false end
  end
  return true
end

M["/events/list"] = function(world, params)
  check_event_types(params)
  local is_in_period, from = period(world, params)
  local sets = wanted_sets(params)
  local found = world.events:newest(function(event)
    return is_in_period(event.created_at) and passes(event, sets)
  end, not world.events.out_of_order and function(event) return event.created_at < from end or nil)
  local list, offset = json.array(), params.unstable_offset or 0
  for place = offset + 1, math.min(#found, offset + (params.limit or 500)) do
    list[#list + 1] = found[place]
  end
  return { events = list }
end

M["/events/get"] = function(world, params)
  if not (params.event_id or params.event_type or params.device_id) then
    errors.invalid(nil, "Either 'event_id', 'event_type' or 'device_id' is required")
  end
  local sets = wanted_sets(params)
  local event = world.events:newest(function(item) return passes(item, sets) end)[1]
  if not event then
    errors.not_found("event", {
      event_id = params.event_id, event_type = params.event_type, device_id = params.device_id,
    })
  end
  return { event = event }
end

M["/webhooks/create"] = function(world, params)
  if not params.url:find("^https?://[^%s/]") then errors.invalid("url", "Invalid url") end
  local id = world.ids:uuid()
  local webhook = world.webhooks:add(id, {
    id = id, url = params.url, event_types = params.event_types or { "*" }, secret = world.ids:secret(),
  })
  return { webhook = view.webhook(world, webhook) }
end

M["/webhooks/get"] = function(world, params)
  return { webhook = view.webhook(world, lookup.record(world, "webhooks", "webhook", params.webhook_id)) }
end

M["/webhooks/list"] = function(world)
  return { webhooks = pages.render(world, world.webhooks:where(), view.webhook) }
end

M["/webhooks/update"] = function(world, params)
  local webhook = lookup.record(world, "webhooks", "webhook", params.webhook_id)
  webhook.event_types = params.event_types
  return {}
end

M["/webhooks/delete"] = function(world, params)
  lookup.record(world, "webhooks", "webhook", params.webhook_id)
  world.webhooks:remove(params.webhook_id)
  return {}
end

M["/workspaces/get"] = function(world)
  return { workspace = view.workspace(world) }
end

M["/workspaces/list"] = function(world)
  return { workspaces = json.array({ view.workspace(world) }) }
end

M["/workspaces/reset_sandbox"] = function(world)
  world_of.clear(world)
  local attempt = attempts.create(world, "RESET_SANDBOX_WORKSPACE")
  attempts.succeed(world, attempt)
  return { action_attempt = view.action_attempt(world, attempt) }
end

return M
