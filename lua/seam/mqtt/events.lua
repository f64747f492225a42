-- SPDX-License-Identifier: MIT
-- What happens at Seam, as topics; and what it makes us ask: an event moves no state by itself, because
-- it may be older than what is known.

local codes = require "seam.mqtt.codes"
local json = require "seam.json"
local watch = require "seam.watch.safe"

require("seam.uncompiled")()

local M = {}

-- Where a PIN stands, or may stand (what a lock's maker wrote may quote it).
local SECRET = {
  code = true, from = true, to = true, changed_properties = true, requested_mutations = true, message = true,
}
-- From so many locks on one listing is cheaper.
local MANY = 5
local SET_CHANGED = { ["device.added"] = true, ["device.removed"] = true, ["device.deleted"] = true }

--- What is shown of an event. Empty lists are left out: nobody knows any more that they were lists.
local function shown(value, with_pins)
  if type(value) ~= "table" then return value end
  local copy = {}
  for _, item in ipairs(value) do copy[#copy + 1] = shown(item, with_pins) end
  for name, inner in pairs(value) do
    if type(name) == "string" and (with_pins or not SECRET[name]) then copy[name] = shown(inner, with_pins) end
  end
  return next(copy) ~= nil and copy or nil
end

local function note_on_lock(bridge, entry, event)
  if not event.event_type:find("^lock%.") then return end
  bridge.locks:note(entry, {
    last_event = event.event_type, last_event_at = event.occurred_at, last_method = event.method or json.null,
    last_access_code_id = event.access_code_id or json.null,
  })
end

--- What is to be asked because of an event.
local function ask(bridge, event)
  local id, kind = event.device_id, event.event_type
  if SET_CHANGED[kind] then bridge.asked_all = true end
  if not id or not bridge.locks:find(id) then return end
  if kind:find("^access_code%.") then bridge.asked_codes[id] = true end
  if kind:find("^lock%.") or kind:find("^device%.") then bridge.asked[id] = true end
end

--- Publishes an event: everything under one topic, and what is about a lock under the lock's own.
local function handle(bridge, event)
  local text = json.encode(shown(event, bridge.config.pins))
  if not text then return true end
  local sent, reason = bridge.connection:send(bridge.topics.events, text)
  if not sent then return nil, reason end
  ask(bridge, event)
  local entry = bridge.topics.fits(event.device_id) and bridge.locks:find(event.device_id)
  if not entry or not entry.device then return true end
  note_on_lock(bridge, entry, event)
  return bridge.connection:send(bridge.topics.lock(entry.id, "event"), text)
end

--- Makes the watcher.
---@param bridge table
---@return table|nil watcher
---@return seam.Error|nil err
function M.watcher(bridge)
  return watch.events(bridge.client, {
    cursor = bridge.config.cursor, polling_interval = bridge.config.polling_interval,
    on = { ["*"] = function(event) return handle(bridge, event) end },
    on_error = function(err, _, state)
      if state and state.gave_up then bridge.log("an event was given up: " .. tostring(err)) end
    end,
  })
end

local function take(asked)
  local ids = {}
  for id in pairs(asked) do ids[#ids + 1] = id end
  for _, id in ipairs(ids) do asked[id] = nil end
  return ids
end

local function refresh_locks(bridge)
  local ids = take(bridge.asked)
  if bridge.asked_all or #ids > MANY then
    bridge.asked_all = false
    return bridge.locks:list()
  end
  for _, id in ipairs(ids) do
    local ok, err = bridge.locks:refresh(id)
    if not ok then bridge.log(("lock %s cannot be read: %s"):format(id, tostring(err))) end
  end
end

--- Asks what events have made questionable.
---@param bridge table
function M.refresh(bridge)
  refresh_locks(bridge)
  for _, id in ipairs(take(bridge.asked_codes)) do
    local entry = bridge.locks:find(id)
    if entry and entry.device then codes.publish(bridge, entry) end
  end
end

--- One poll and what follows from it.
---@param bridge table
---@param watcher table
---@return number delay seconds until the next one
function M.step(bridge, watcher)
  -- While the broker is away events wait at Seam.
  if not bridge.connection:is_open() then return 1 end
  local handled, delay, err = watcher:step()
  if handled == nil then
    bridge.health:bad(delay)
    return 60
  end
  if not err then
    bridge.health:good()
  elseif err.code ~= "handler_failed" then
    bridge.health:bad(err)
  end
  M.refresh(bridge)
  return delay
end

return M
