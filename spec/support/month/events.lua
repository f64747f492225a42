-- SPDX-License-Identifier: MIT
-- The month's events on their way to a watcher: by polls that fail, and by webhooks that are lost, late, twice and
-- in any order. Counts what was handled.

local watch = require "seam.watch"
local webhook_of = require "seam.webhook"

local M = {}

local POLLING = 2 * 3600

local Channel = {}
Channel.__index = Channel

--- A handler that fails now and then: the event has to come again.
local function handle(self, event)
  if self.random(100) == 1 then error("the handler had a bad moment", 0) end
  local id = event.event_id
  self.handled[id] = (self.handled[id] or 0) + 1
  if event.access_code_id and type(event.code) == "string" then self.pins[event.access_code_id] = event.code end
end

--- Makes the watcher, anew after a restart: it goes on by its cursor.
function Channel:start_watcher()
  self.watcher = watch.events(self.client, {
    since = self.since, polling_interval = POLLING, max_attempts = 50,
    on = { ["*"] = function(event) handle(self, event) end },
    cursor = {
      load = function() return self.cursor end,
      save = function(text) self.cursor = text end,
    },
  })
  self.next_poll = self.sandbox:now()
end

function Channel:some_days_later()
  return self.sandbox:now() + self.random(5 * 86400)
end

--- What the sender believes: of twenty one is refused (and sent again), two get lost behind our back.
local function receive(self, headers, body)
  local luck = self.random(20)
  if luck == 1 then return false end
  if luck <= 3 then return true end
  local event = self.hook:verify(body, headers)
  table.insert(self.queue, { event = event, due = 0 })
  -- Once more: soon, or days later.
  if luck <= 6 then table.insert(self.queue, { event = event, due = luck == 4 and self:some_days_later() or 0 }) end
  return true
end

--- Delivers what has come, in any order; a part of it stays for later.
---@param now number
function Channel:drain(now)
  local queue, later = self.queue, {}
  self.queue = later
  for place = #queue, 2, -1 do
    local other = self.random(place)
    queue[place], queue[other] = queue[other], queue[place]
  end
  for _, item in ipairs(queue) do
    -- Where a handler fails the sender sends it again.
    local stays = item.due > now or self.random(3) == 1 or not pcall(self.watcher.deliver, self.watcher, item.event)
    if stays then later[#later + 1] = item end
  end
end

local TROUBLES = {
  { kind = "outage", times = 1 }, { kind = "refused", times = 1 }, { kind = "lost_answer", times = 1 },
  { kind = "rate_limit", seconds = 30, times = 1 }, { kind = "broken_json", times = 1 },
  { kind = "outage", times = 20 },
}

--- One poll, where it is due; one in ten meets trouble.
function Channel:poll()
  if self.sandbox:now() < self.next_poll then return end
  local trouble
  if self.random(10) == 1 then
    local fault = { path = "/events/list" }
    for name, value in pairs(TROUBLES[self.random(#TROUBLES)]) do fault[name] = value end
    trouble = self.sandbox:fault(fault)
  end
  local _, delay = self.watcher:step()
  self.polls, self.next_poll = self.polls + 1, self.sandbox:now() + delay
  if trouble then trouble:clear() end
end

--- Until nothing is on its way any more.
function Channel:settle()
  for _ = 1, 100 do
    self:drain(math.huge)
    local handled, _, err = self.watcher:step()
    self.sandbox:advance(60)
    if #self.queue == 0 and handled == 0 and not err then return end
  end
end

--- Compares with what really happened.
---@return string[] missed, string[] repeated ids of events
function Channel:compare()
  local missed, repeated = {}, {}
  for _, event in ipairs(self.sandbox:events()) do
    local count = self.handled[event.event_id] or 0
    if event.created_at >= self.first_moment and count == 0 then missed[#missed + 1] = event.event_id end
    if count > 1 then repeated[#repeated + 1] = event.event_id end
  end
  return missed, repeated
end

--- Starts to watch.
---@param sandbox seam.Sandbox
---@param client table
---@param random function
function M.new(sandbox, client, random)
  local self = setmetatable({
    sandbox = sandbox, client = client, random = random, since = sandbox:now(), handled = {}, pins = {}, queue = {},
    polls = 0,
  }, Channel)
  self.first_moment = require("seam.time").format(self.since)
  local webhook = client.webhooks.create { url = "https://example.com/seam" }
  self.hook = webhook_of.new(webhook.secret, { now = function() return sandbox:now() end })
  sandbox:on_webhook(function(_, headers, body) return receive(self, headers, body) end)
  self:start_watcher()
  return self
end

return M
