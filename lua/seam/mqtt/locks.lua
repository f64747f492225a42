-- SPDX-License-Identifier: MIT
-- The locks that are known, and what is published of them. A lock's state comes from two sources only:
-- a command that Seam has confirmed, and what Seam says when it is asked.

local discovery = require "seam.mqtt.discovery"
local json = require "seam.json"
local state_of = require "seam.mqtt.state"

require("seam.uncompiled")()

local M = {}

-- A listing that lacks a lock may be a slip; the next one decides.
local LISTINGS_WITHOUT = 2
local OWN_TOPICS = { "state", "battery", "availability", "attributes", "codes" }

local methods = {}
local metatable = { __name = "seam.mqtt.Locks", __index = methods }

--- Knows no lock yet.
---@param bridge table { client =, connection =, topics =, health =, log = }
---@return table locks
function M.new(bridge)
  return setmetatable({ _bridge = bridge, _entries = {}, _count = 0 }, metatable)
end

---@param id string
---@return table|nil entry { id =, device =, state =, busy = }
function methods:find(id) return self._entries[id] end

local function publish(self, entry, name, payload)
  self._bridge.connection:retain(self._bridge.topics.lock(entry.id, name), payload)
end

local function publish_attributes(self, entry)
  local device, attributes = entry.device, {}
  for name, value in pairs(entry.notes) do attributes[name] = value end
  attributes.device_id, attributes.name = entry.id, state_of.name(device)
  attributes.problems = json.array(state_of.problems(device))
  publish(self, entry, "attributes", json.encode(attributes) or "{}")
end

--- Shows where the bolt is, or is going.
---@param entry table
---@param state string
function methods:show(entry, state)
  entry.state = state
  publish(self, entry, "state", state)
end

--- Adds to what the lock's attributes say; json.null takes something back.
---@param entry table
---@param notes table
function methods:note(entry, notes)
  for name, value in pairs(notes) do
    if value == json.null then value = nil end
    entry.notes[name] = value
  end
  publish_attributes(self, entry)
end

--- Says that the bolt may be moving, so that what is being read meanwhile is not believed.
function methods:begin(entry)
  self._count = self._count + 1
  entry.busy, entry.touched = true, self._count
end

--- Says that it is not moving any more.
function methods:finish(entry)
  self._count = self._count + 1
  entry.busy, entry.touched = false, self._count
end

local function entry_of(self, id)
  local entry = self._entries[id]
  if not entry then
    entry = { id = id, notes = {}, touched = 0, missing = 0, busy = false }
    self._entries[id] = entry
  end
  return entry
end

--- A lock that an earlier run has published: it goes when Seam does not list it.
---@param id string
function methods:adopt(id) entry_of(self, id) end

local function learn(self, device, asked_at)
  local entry, connection = entry_of(self, device.device_id), self._bridge.connection
  entry.device, entry.missing = device, 0
  for topic, payload in pairs(discovery.messages(self._bridge.topics, device)) do
    connection:retain(topic, payload)
  end
  local battery = state_of.battery(device)
  if battery then publish(self, entry, "battery", battery) end
  publish(self, entry, "availability", state_of.availability(device))
  if not entry.busy and entry.touched <= asked_at then self:show(entry, state_of.bolt(device)) end
  publish_attributes(self, entry)
end

--- Takes back all that was ever published of a lock.
local function remove(self, entry)
  self._bridge.log(("lock %s is gone"):format(entry.id))
  self._entries[entry.id] = nil
  for _, topic in ipairs(discovery.topics(self._bridge.topics, entry.id)) do
    self._bridge.connection:retain(topic, "")
  end
  for _, name in ipairs(OWN_TOPICS) do publish(self, entry, name, "") end
end

local function remove_missing(self, listed)
  local gone, are_missing = {}, false
  for id, entry in pairs(self._entries) do
    if not listed[id] then
      entry.missing, are_missing = entry.missing + 1, true
      if entry.missing >= LISTINGS_WITHOUT and not entry.busy then gone[#gone + 1] = entry end
    end
  end
  for _, entry in ipairs(gone) do remove(self, entry) end
  return are_missing
end

--- Asks Seam for all locks.
---@return boolean|nil are_missing whether a lock was missing: then the next listing should come soon
---@return seam.Error|nil err
function methods:list()
  local asked_at = self._count
  local devices, err = self._bridge.client.locks.list()
  if not devices then
    self._bridge.health:bad(err)
    return nil, err
  end
  local listed = {}
  for _, device in ipairs(devices) do
    if self._bridge.topics.fits(device.device_id) then
      listed[device.device_id] = true
      learn(self, device, asked_at)
    end
  end
  self._bridge.health:good()
  return remove_missing(self, listed)
end

--- Asks Seam for one lock.
---@param id string
---@return boolean|nil done
---@return seam.Error|nil err
function methods:refresh(id)
  local asked_at = self._count
  local device, err = self._bridge.client.locks.get(id)
  if not device then return nil, err end
  if self._entries[id] then learn(self, device, asked_at) end
  return true
end

--- All locks of which Seam has told something, in the order of their ids.
---@return table[] entries
function methods:all()
  local entries = {}
  for _, entry in pairs(self._entries) do
    if entry.device then entries[#entries + 1] = entry end
  end
  table.sort(entries, function(a, b) return a.id < b.id end)
  return entries
end

return M
