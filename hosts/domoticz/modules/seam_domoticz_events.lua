-- SPDX-License-Identifier: MIT
-- What happened at the doors, for users' scripts: on.customEvents = { "seam-event" }, each event once.

local carrier = require "seam_domoticz_carrier"
local cursor = require "seam.watch.cursor"
local feed = require "seam.watch.feed"
local locks = require "seam_domoticz_locks"

local M = {}

local PATH = "/events/list"
-- Events may become visible late: so many seconds are asked about again.
local OVERLAP = 120
local LIMIT = 100

local function state_of(host)
  local state = cursor.decode(host.data.events)
  return state or cursor.new(os.time())
end

--- Asks for what is new.
function M.ask(host, client)
  local state = state_of(host)
  host.data.events = cursor.encode(state)
  local request = client.prepare(PATH, { since = cursor.from(state, OVERLAP), limit = LIMIT })
  if request then carrier.send(host, request, ("seam-events:%d"):format(os.time())) end
end

--- The fields that fit an event of Domoticz.
local function flat(event, devices)
  local copy = {}
  for name, value in pairs(event) do
    if type(value) ~= "table" then copy[name] = value end
  end
  local device = devices[event.device_id]
  if device then copy.idx, copy.name = device.id, device.name end
  return copy
end

local function by_age(a, b) return feed.created(a) < feed.created(b) end

--- They have come. Where they have not, they will in a minute.
function M.take(host, item, words)
  local client, answer = host:client(), carrier.read(item)
  local events = client and answer and client.interpret(PATH, answer.status, answer.headers, answer.body)
  if not events then return end
  local state, devices = state_of(host), locks.all(host.domoticz)
  table.sort(events, by_age)
  for _, event in ipairs(events) do
    if type(event.event_id) == "string" and not state.seen[event.event_id] then
      host.domoticz.emitEvent("seam-event", flat(event, devices))
      cursor.settle(state, event.event_id, feed.created(event))
    end
  end
  cursor.advance(state, tonumber(words[2]) or os.time(), OVERLAP)
  host.data.events = cursor.encode(state)
end

return M
