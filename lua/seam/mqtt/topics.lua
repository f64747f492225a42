-- SPDX-License-Identifier: MIT
-- The names of the bridge's topics, and the lock that a topic is about.

local M = {}

-- What an MQTT topic level and a discovery id may hold without trouble; Seam's ids are UUIDs.
local ID = "[%w_-]+"

local function escaped(text)
  return (text:gsub("%p", "%%%0"))
end

--- Makes the names.
---@param base string the first levels of all topics, for example "seam"
---@param prefix string of the discovery messages, for example "homeassistant"
---@return table topics
function M.new(base, prefix)
  local object = base:gsub("[^%w]", "_") .. "_"
  local topics = {
    bridge_state = base .. "/bridge/state", bridge_error = base .. "/bridge/error", events = base .. "/event",
    commands = base .. "/lock/+/set",
    discovered = { prefix .. "/lock/+/config", prefix .. "/binary_sensor/+/config" },
  }
  local command_pattern = "^" .. escaped(base) .. "/lock/(" .. ID .. ")/set$"
  local config_pattern = "^" .. escaped(prefix) .. "/[%l_]+/" .. escaped(object) .. "(" .. ID .. ")/config$"

  --- A lock's own topic: state, set, battery, availability, attributes, codes, event.
  function topics.lock(id, name) return base .. "/lock/" .. id .. "/" .. name end

  --- What the thing is called in discovery messages.
  function topics.unique_id(id, suffix) return object .. id .. (suffix or "") end

  function topics.config(component, id, suffix)
    return prefix .. "/" .. component .. "/" .. topics.unique_id(id, suffix) .. "/config"
  end

  --- The lock that a command is for, nil where the topic is none of a command.
  function topics.commanded(topic) return topic:match(command_pattern) end

  --- The lock that a discovery message may be about.
  function topics.described(topic) return topic:match(config_pattern) end

  --- Whether an id can stand in a topic.
  function topics.fits(id) return type(id) == "string" and id:find("^" .. ID .. "$") ~= nil end

  return topics
end

return M
