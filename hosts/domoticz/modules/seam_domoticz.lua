-- SPDX-License-Identifier: MIT
-- Seam's locks in Domoticz: what wakes the script, and which module sees to it. dzVents reads this file at every event
-- of the house, so the rest is loaded only when there is something to do.

local M = {}

--- Which devices are ours: all whose description says so. dzVents offers no other way to name them before it has
--- loaded the script; without its table of devices every device's events come, and are looked through.
local function own_devices()
  local known = rawget(_G, "domoticzData")
  if type(known) ~= "table" then return { "*" } end
  local found = {}
  for _, item in pairs(known) do
    if item.baseType == "device" and tostring(item.description):find("seam=", 1, true) then
      found[#found + 1] = item.id
    end
  end
  return found
end

--- The script's `on`.
---@return table
function M.triggers()
  return {
    devices = own_devices(),
    timer = { "every minute" },
    httpResponses = { "seam-*" },
    shellCommandResponses = { "seam-*" },
    customEvents = { "seam-check:*", "seam-deadline:*", "seam-sync" },
  }
end

--- The script's `data`: what outlives an event. Nothing secret is in it.
---@return table
function M.data()
  return {
    commands = { initial = {} }, -- idx -> what was asked of a lock and has not ended
    ended = { initial = {} },    -- idx -> when the last one ended, epoch seconds
    counter = { initial = 0 },
    events = { initial = "" },   -- how far the events were handed on
    batteries = { initial = {} },
    told = { initial = {} },     -- which trouble was told, so that it is told once
  }
end

--- What a callback's or an event's name says: "seam-check:12:Locked:7".
local function words_of(item)
  local words = {}
  for word in tostring(item.trigger or item.callback or ""):gmatch("[^:]+") do words[#words + 1] = word end
  return words
end

local HANDLERS = {
  ["seam-step"] = { "seam_domoticz_commands", "answered" },
  ["seam-check"] = { "seam_domoticz_commands", "check" },
  ["seam-deadline"] = { "seam_domoticz_commands", "expire" },
  ["seam-list"] = { "seam_domoticz_sync", "take" },
  ["seam-events"] = { "seam_domoticz_events", "take" },
  ["seam-sync"] = { "seam_domoticz_sync", "ask" },
}

local function handler_of(item, words)
  if item.isDevice then return { "seam_domoticz_commands", "pressed" } end
  if item.isTimer then return { "seam_domoticz_sync", "ask" } end
  return HANDLERS[words[1]]
end

--- The script's `execute`.
---@param domoticz table
---@param item table what happened
---@param settings table { environment =, file =, endpoint =, carrier = }
function M.execute(domoticz, item, settings)
  local words = words_of(item)
  local handler = handler_of(item, words)
  if not handler then return end
  local host = require("seam_domoticz_host").new(domoticz, settings)
  require(handler[1])[handler[2]](host, item, words)
end

return M
