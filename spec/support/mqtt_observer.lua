-- SPDX-License-Identifier: MIT
-- Somebody else at the broker: sees everything, and sends commands.

local socket = require "socket"

local M = {}

local methods = {}
local metatable = { __index = methods }

local count = 0

--- Connects and subscribes to everything.
---@param broker table
---@param more table|nil further options of mqtt.connect
---@return table observer { last = payload by topic, seen = list of { topic, payload, retained } }
function M.new(broker, more)
  count = count + 1
  local given = { host = "127.0.0.1", port = broker.port, client_id = "observer" .. count }
  for name, value in pairs(more or {}) do given[name] = value end
  local self = setmetatable({ link = assert(require("seam.mqtt").connect(given)), last = {}, seen = {} }, metatable)
  self:until_(function() return self.link:is_accepted() end, "the broker's welcome")
  assert(self.link:subscribe("#"))
  return self
end

function methods:pump(seconds)
  require("seam.mqtt").wait(seconds, -1, self.link)
  assert(self.link:step())
  local topic, payload, retained = self.link:next()
  while topic do
    self.last[topic] = payload
    self.seen[#self.seen + 1] = { topic, payload, retained }
    topic, payload, retained = self.link:next()
  end
end

--- Goes on until something is so.
---@param is_so fun(): any
---@param what string
---@param seconds number|nil
function methods:until_(is_so, what, seconds)
  local deadline = socket.gettime() + (seconds or 15)
  while not is_so() do
    if socket.gettime() > deadline then error("waited in vain for " .. what, 2) end
    self:pump(0.05)
  end
end

--- Waits until a topic's last message is, or matches, something.
---@param topic string
---@param wanted string|fun(payload: string): any
function methods:expect(topic, wanted)
  local matches = type(wanted) == "function" and wanted or function(payload) return payload == wanted end
  local deadline = socket.gettime() + 15
  while not (self.last[topic] and matches(self.last[topic])) do
    if socket.gettime() > deadline then
      error(("%s should be %s, but is %s"):format(topic, tostring(wanted), tostring(self.last[topic])), 2)
    end
    self:pump(0.05)
  end
  return self.last[topic]
end

--- All payloads of a topic, in order.
function methods:history(topic)
  local payloads = {}
  for _, message in ipairs(self.seen) do
    if message[1] == topic then payloads[#payloads + 1] = message[2] end
  end
  return payloads
end

function methods:send(topic, payload, retain)
  assert(self.link:publish(topic, payload, retain))
end

--- Looks on for a while.
function methods:watch(seconds)
  local deadline = socket.gettime() + seconds
  while socket.gettime() < deadline do self:pump(0.05) end
end

function methods:close() self.link:close() end

return M
