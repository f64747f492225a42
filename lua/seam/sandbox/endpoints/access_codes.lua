-- SPDX-License-Identifier: MIT
-- access_codes: create, get, list, update, delete, generate_code, and the calls for several locks.

local attempts = require "seam.sandbox.model.attempts"
local codes = require "seam.sandbox.model.access_codes"
local code_view = require "seam.sandbox.view.access_code"
local errors = require "seam.sandbox.errors"
local lifecycle = require "seam.sandbox.model.lifecycle"
local lookup = require "seam.sandbox.lookup"
local pages = require "seam.sandbox.pages"
local pins = require "seam.sandbox.model.pins"
local rate_limit = require "seam.sandbox.rate_limit"
local updates = require "seam.sandbox.model.code_updates"
local view = require "seam.sandbox.view.others"

local M = {}

local function allows_external(params)
  if params.is_external_modification_allowed ~= nil then return params.is_external_modification_allowed end
  return params.allow_external_modification
end

local function plan_of(world, device, params)
  codes.require_support(device, params)
  local starts_at, ends_at = codes.frame(world, params.starts_at, params.ends_at)
  return {
    starts_at = starts_at, ends_at = ends_at, name = params.name,
    pin = pins.requested(world, device, params.code, params.name),
    native = params.prefer_native_scheduling, allow_external = allows_external(params),
    common_code_key = params.common_code_key,
  }
end

local function create_one(world, device, plan)
  plan.attempt = attempts.create(world, "CREATE_ACCESS_CODE", device)
  return codes.create(world, device, plan)
end

M["/access_codes/create"] = function(world, params)
  local device = lookup.device(world, params.device_id)
  local plan = plan_of(world, device, params)
  rate_limit.count(world, "create_access_code", device)
  local code = create_one(world, device, plan)
  return {
    access_code = code_view.render(world, code),
    action_attempt = view.action_attempt(world, code.attempt),
  }
end

-- Codes that Salto chooses are shared and linked by a key; a code of your own is set on each lock alone.
local function link(world, plans)
  local group, key = {}, "auto_set_by_create_multiple_" .. world.ids:uuid()
  for _, plan in ipairs(plans) do
    if not plan.pin then plan.group, plan.common_code_key = group, key end
  end
end

M["/access_codes/create_multiple"] = function(world, params)
  local places, plans, made = {}, {}, {}
  for place, id in ipairs(params.device_ids) do
    places[place] = lookup.device(world, id)
    plans[place] = plan_of(world, places[place], params)
  end
  for _, device in ipairs(places) do rate_limit.count(world, "create_access_code", device) end
  link(world, plans)
  for place, device in ipairs(places) do made[place] = create_one(world, device, plans[place]) end
  return { access_codes = pages.render(world, made, code_view.render) }
end

M["/access_codes/get"] = function(world, params)
  return { access_code = code_view.render(world, lookup.code_of(world, params, true)) }
end

local function is_wanted(code, params)
  local ids, key = lookup.set(params.access_code_ids), params.customer_key or params.user_identifier_key
  return code.managed
    and not (params.access_grant_id or params.access_grant_key or params.access_method_id)
    and (not params.device_id or code.device.id == params.device_id)
    and (not ids or ids[code.id])
    and (not key or code.device.account.customer_key == key)
    and lookup.contains((code.name or "") .. " " .. (code.pin or ""), params.search)
end

M["/access_codes/list"] = function(world, params)
  if params.device_id then lookup.device(world, params.device_id) end
  local list = world.codes:newest(function(code) return is_wanted(code, params) end)
  local page, pagination = pages.cut(world, "/access_codes/list", params, list, 55000)
  return { access_codes = pages.render(world, page, code_view.render), pagination = pagination }
end

-- The state a code is in once everything asked for so far is in force.
local function base_of(code)
  return code.pending or { name = code.name, pin = code.pin, starts_at = code.starts_at, ends_at = code.ends_at }
end

local function wanted_frame(world, code, params)
  local base = base_of(code)
  if params.type == "ongoing" then
    if params.starts_at or params.ends_at then
      errors.invalid("type", "An ongoing access code has neither starts_at nor ends_at")
    end
    return nil, nil
  end
  if not params.starts_at and not params.ends_at then
    if params.type == "time_bound" and not base.starts_at then
      errors.invalid("type", "A time-bound access code needs starts_at and ends_at")
    end
    return base.starts_at, base.ends_at
  end
  return codes.frame(world, params.starts_at or base.starts_at, params.ends_at or base.ends_at)
end

local function update_one(world, code, params)
  if params.type and params.type ~= "ongoing" and params.type ~= "time_bound" then
    errors.invalid("type", "Invalid enum value, received '" .. params.type .. "'")
  end
  if code.status == "removing" then errors.invalid("access_code_id", "The access code is being deleted") end
  local base, wanted = base_of(code), {}
  wanted.starts_at, wanted.ends_at = wanted_frame(world, code, params)
  wanted.name = params.name or base.name
  wanted.pin = base.pin
  if params.code and params.code ~= base.pin then
    wanted.pin = pins.requested(world, code.device, params.code, wanted.name, code) or base.pin
  end
  rate_limit.count(world, "update_access_code", code.device)
  local attempt = attempts.create(world, "UPDATE_ACCESS_CODE", code.device)
  updates.request(world, code, wanted, attempt)
  return attempt
end

M["/access_codes/update"] = function(world, params)
  local code = lookup.code_of(world, params, true)
  if params.attempt_for_offline_device == false then codes.require_support(code.device, params) end
  local attempt = update_one(world, code, params)
  local external = allows_external(params)
  if external ~= nil then code.allow_external = external end
  if params.is_managed == false then code.managed = false end
  return { action_attempt = view.action_attempt(world, attempt) }
end

M["/access_codes/update_multiple"] = function(world, params)
  local found = world.codes:where(function(code)
    return code.managed and code.common_code_key == params.common_code_key
  end)
  if #found == 0 then errors.not_found("access_code", { common_code_key = params.common_code_key }) end
  for _, code in ipairs(found) do update_one(world, code, params) end
  return {}
end

M["/access_codes/delete"] = function(world, params)
  local code = lookup.code_of(world, params, true)
  rate_limit.count(world, "delete_access_code", code.device)
  local attempt = attempts.create(world, "DELETE_ACCESS_CODE", code.device)
  lifecycle.delete(world, code, attempt)
  return { action_attempt = view.action_attempt(world, attempt) }
end

M["/access_codes/generate_code"] = function(world, params)
  local device = lookup.device(world, params.device_id)
  codes.require_support(device, {})
  return { generated_code = { device_id = device.id, code = codes.suggest(world, device) } }
end

M["/access_codes/pull_backup_access_code"] = function(world, params)
  local code = lookup.code_of(world, params, true)
  if code.type == "ongoing" then
    errors.raise(400, "access_code_not_time_bound", "Only time-bound access codes have backup codes.")
  end
  errors.raise(400, "device_type_not_supported", "Salto KS has no backup access codes.",
    { data = { device_id = code.device.id } })
end

return M
