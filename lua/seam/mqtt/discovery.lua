-- SPDX-License-Identifier: MIT
-- Discovery messages, as Home Assistant, Domoticz and openHAB read them: what a lock is, and where its
-- state and its commands go.

local json = require "seam.json"
local state_of = require "seam.mqtt.state"
local version = require "seam.version"

local M = {}

local function device_of(topics, device)
  local properties = device.properties or {}
  local model = type(properties.model) == "table" and properties.model or {}
  return {
    identifiers = { topics.unique_id(device.device_id) }, name = state_of.name(device),
    manufacturer = model.manufacturer_display_name or properties.manufacturer, model = model.display_name,
  }
end

--- What all of a lock's things have in common. The bridge's own topic stands last: of several, Domoticz
--- follows the last one, and that one says when the bridge is gone.
local function common(topics, device, name, suffix)
  local id = device.device_id
  return {
    name = name, unique_id = topics.unique_id(id, suffix), device = device_of(topics, device),
    availability_mode = "all",
    availability = { { topic = topics.lock(id, "availability") }, { topic = topics.bridge_state } },
    origin = { name = "seam-mqtt", sw_version = version },
  }
end

--- Commands are asked for with QoS 0 and never retained: so none is kept, and none is delivered twice.
local function lock(topics, device)
  local id, message = device.device_id, common(topics, device, "Lock")
  message.state_topic, message.command_topic = topics.lock(id, "state"), topics.lock(id, "set")
  message.json_attributes_topic = topics.lock(id, "attributes")
  message.payload_lock, message.payload_unlock = "LOCK", "UNLOCK"
  message.state_locked, message.state_unlocked = state_of.LOCKED, state_of.UNLOCKED
  message.state_locking, message.state_unlocking = state_of.LOCKING, state_of.UNLOCKING
  message.state_jammed, message.payload_reset = state_of.JAMMED, state_of.UNKNOWN
  message.optimistic, message.qos, message.retain = false, 0, false
  return message
end

--- A lock that cannot be moved from afar only shows where its bolt is.
local function bolt(topics, device)
  local id, message = device.device_id, common(topics, device, "Lock", "_bolt")
  message.state_topic = topics.lock(id, "state")
  message.json_attributes_topic = topics.lock(id, "attributes")
  message.device_class = "lock"
  message.payload_on, message.payload_off = state_of.UNLOCKED, state_of.LOCKED
  return message
end

local function battery(topics, device)
  local message = common(topics, device, "Battery", "_battery")
  message.state_topic = topics.lock(device.device_id, "battery")
  message.device_class, message.state_class, message.unit_of_measurement = "battery", "measurement", "%"
  message.entity_category = "diagnostic"
  return message
end

local function text_of(wanted, make, topics, device)
  return wanted and json.encode(make(topics, device)) or ""
end

--- The discovery messages of a lock by their topics; an empty one takes back what an earlier run said.
--- A battery of which nothing is known now (the lock is offline) is left as it is.
---@param topics table
---@param device table
---@return table<string, string>
function M.messages(topics, device)
  local id, movable = device.device_id, state_of.is_movable(device)
  return {
    [topics.config("lock", id)] = text_of(movable, lock, topics, device),
    [topics.config("binary_sensor", id, "_bolt")] = text_of(not movable, bolt, topics, device),
    [topics.config("sensor", id, "_battery")] = state_of.battery(device)
      and json.encode(battery(topics, device)) or nil,
  }
end

--- Topics of discovery messages that a lock may have.
---@param topics table
---@param id string
---@return string[]
function M.topics(topics, id)
  return {
    topics.config("lock", id), topics.config("binary_sensor", id, "_bolt"),
    topics.config("sensor", id, "_battery"),
  }
end

--- The lock that one of our own discovery messages is about, nil for those of others.
---@param topics table
---@param topic string
---@param payload string
---@return string|nil id
function M.read(topics, topic, payload)
  local id = topics.described(topic)
  if not id then return nil end
  local message = json.decode(payload)
  if type(message) ~= "table" then return nil end
  local plain = id:gsub("_bolt$", "")
  return message.state_topic == topics.lock(plain, "state") and plain or nil
end

return M
