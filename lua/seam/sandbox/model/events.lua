-- SPDX-License-Identifier: MIT
-- Events: flat objects, written down the moment they happen and handed to the webhooks.

local time = require "seam.time"

local M = {}

local function copy_into(target, fields)
  for name, value in pairs(fields or {}) do target[name] = value end
end

--- Whoever sets the clock back gets events that are listed after younger ones: no list can be cut short then.
local function note_order(events, event)
  local last = events.list[#events.list]
  if last and event.created_at < last.created_at then events.out_of_order = true end
end

--- Records an event.
---@param world table
---@param event_type string
---@param fields table|nil what the type carries besides the envelope; `occurred_at` (epoch seconds) where
--- it happened earlier than it became known
function M.emit(world, event_type, fields)
  local now = time.format(world.clock:now())
  local event = { created_at = now, occurred_at = now }
  copy_into(event, fields)
  if type(event.occurred_at) == "number" then event.occurred_at = time.format(event.occurred_at) end
  event.event_id = world.ids:uuid()
  event.event_type = event_type
  event.workspace_id = world.options.workspace_id
  note_order(world.events, event)
  world.events:add(event.event_id, event)
  if world.on_event then world.on_event(event) end
  return event
end

local function account_fields(account)
  local fields = { connected_account_id = account.id }
  if next(account.custom_metadata) then
    fields.connected_account_custom_metadata = account.custom_metadata
  end
  return fields
end

local function device_fields(device)
  local fields = account_fields(device.account)
  fields.device_id = device.id
  if next(device.custom_metadata) then fields.device_custom_metadata = device.custom_metadata end
  return fields
end

function M.about_account(world, account, event_type, more)
  local fields = account_fields(account)
  copy_into(fields, more)
  return M.emit(world, event_type, fields)
end

function M.about_device(world, device, event_type, more)
  local fields = device_fields(device)
  fields.customer_key = device.account.customer_key
  copy_into(fields, more)
  return M.emit(world, event_type, fields)
end

function M.about_code(world, code, event_type, more)
  local fields = device_fields(code.device)
  fields.access_code_id = code.id
  copy_into(fields, more)
  return M.emit(world, event_type, fields)
end

return M
