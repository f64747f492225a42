-- SPDX-License-Identifier: MIT
-- Whether Seam answers: the bridge says it is there only while it knows something of the locks.

local transient = require "seam.transient"

local M = {}

local methods = {}
local metatable = { __name = "seam.mqtt.Health", __index = methods }

--- Offline at first: nothing is known yet.
---@param connection table
---@param topics table
---@param given table { now = fun(), log = fun(text), patience = seconds for which Seam may fail }
---@return table health
function M.new(connection, topics, given)
  local self = setmetatable({
    _connection = connection, _topics = topics, _given = given, _failing_since = nil, _told = nil,
  }, metatable)
  connection:retain(topics.bridge_state, "offline")
  connection:retain(topics.bridge_error, "")
  return self
end

--- Seam has answered.
function methods:good()
  if self._told then self._given.log("Seam answers again") end
  self._failing_since, self._told = nil, nil
  self._connection:retain(self._topics.bridge_error, "")
  self._connection:retain(self._topics.bridge_state, "online")
end

--- Seam has not answered, or not well. What will not pass by itself is believed at once.
---@param err seam.Error
function methods:bad(err)
  local text = tostring(err)
  if text ~= self._told then self._given.log(text) end
  self._told, self._failing_since = text, self._failing_since or self._given.now()
  local failing_for = self._given.now() - self._failing_since
  if transient.is(err) and failing_for < self._given.patience then return end
  self._connection:retain(self._topics.bridge_error, text)
  self._connection:retain(self._topics.bridge_state, "offline")
end

return M
