-- SPDX-License-Identifier: MIT
-- The connection to the broker: made anew after every loss, and what is to be known of the house is
-- published again then. Between that only what changed is written.

require("seam.uncompiled")()

local M = {}

-- Seconds between tries: doubled from the first to the longest.
local FIRST_DELAY, LONGEST_DELAY = 1, 60
-- How long a broker may take to say that we are welcome.
local OPENING = 15
-- Somebody who was stopped for so long (a suspended machine) may have old commands waiting in the socket.
M.STALL = 10

local methods = {}
local metatable = { __name = "seam.mqtt.Connection", __index = methods }

--- Makes a connection that is not open yet.
---@param given table { connect = mqtt.connect, link = its options, now = fun(), time = fun(), log = fun(text),
--- random = fun() between 0 and 1, filters = string[] to subscribe to, on_message = fun(topic, payload, retained) }
---@return table connection
function M.new(given)
  return setmetatable({
    _given = given, _retained = {}, _failures = 0, _next_try = given.now(), _last_turn = given.time(), link = nil,
  }, metatable)
end

--- Whether the broker takes messages now.
---@return boolean
function methods:is_open() return self._open == true end

local function close(self)
  if self.link then self.link:close() end
  self.link, self._open = nil, nil
end

local function lose(self, reason)
  local given = self._given
  self._failures = self._failures + 1
  local delay = math.min(FIRST_DELAY * 2 ^ math.min(self._failures - 1, 30), LONGEST_DELAY)
  -- A broker that comes back should not be met by everybody at once.
  delay = delay * (0.5 + given.random() / 2)
  self._next_try = given.now() + delay
  given.log(("the broker is away: %s; next try in %.1f s"):format(reason or "no reason given", delay))
  close(self)
end

local function open(self)
  local given = self._given
  self._opening_since = given.now()
  local link, reason = given.connect(given.link)
  -- Looking the broker's name up may have taken long; nothing old waits in a new connection.
  self.link, self._last_turn = link, given.time()
  if not link then lose(self, reason) end
end

local function sorted_topics(self)
  local topics = {}
  for topic in pairs(self._retained) do topics[#topics + 1] = topic end
  table.sort(topics)
  return topics
end

--- A broker may have forgotten everything.
local function greet(self)
  self._open, self._failures = true, 0
  self._given.log("connected to the broker")
  for _, filter in ipairs(self._given.filters) do self.link:subscribe(filter) end
  for _, topic in ipairs(sorted_topics(self)) do self.link:publish(topic, self._retained[topic], true) end
end

local function take_messages(self)
  while self.link do
    local topic, payload, retained = self.link:next()
    if not topic then return end
    self._given.on_message(topic, payload, retained)
  end
end

local function move_on(self)
  local given = self._given
  local ok, reason = self.link:step()
  if not ok then return lose(self, reason) end
  if not self._open and self.link:is_accepted() then greet(self) end
  if not self._open and given.now() - self._opening_since > OPENING then
    return lose(self, "it does not answer")
  end
  take_messages(self)
end

--- What came while we were stopped is not what anybody wants now: it goes with its connection.
local function drop_after_stall(self)
  local now = self._given.time()
  local stalled = now - self._last_turn > M.STALL
  self._last_turn = now
  if stalled and self.link then lose(self, "this process was stopped for a while") end
end

--- Does what there is to do, without waiting.
function methods:turn()
  drop_after_stall(self)
  if not self.link and self._given.now() >= self._next_try then open(self) end
  if self.link then move_on(self) end
end

--- Publishes what whoever comes later shall find, unless it stands there already. Empty: takes it back.
---@param topic string
---@param payload string
function methods:retain(topic, payload)
  if self._retained[topic] == payload then return end
  self._retained[topic] = payload
  if self._open then self.link:publish(topic, payload, true) end
end

--- Publishes something that happened.
---@param topic string
---@param payload string
---@return boolean|nil sent
---@return string|nil reason
function methods:send(topic, payload)
  if not self._open then return nil, "the broker is away" end
  return self.link:publish(topic, payload, false)
end

return M
