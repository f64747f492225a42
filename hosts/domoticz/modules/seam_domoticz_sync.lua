-- SPDX-License-Identifier: MIT
-- Every minute: what Seam says of the locks is what Domoticz shows.

local carrier = require "seam_domoticz_carrier"
local commands = require "seam_domoticz_commands"
local events = require "seam_domoticz_events"
local locks = require "seam_domoticz_locks"

local M = {}

local PATH = "/locks/list"

--- Asks for all locks. Nothing is asked where Domoticz has none of them.
function M.ask(host)
  local _, count = locks.all(host.domoticz)
  if count == 0 then return end
  local client, err = host:client()
  local request
  if client then request, err = client.prepare(PATH) end
  if not request then return host:trouble("listing", "Seam's locks cannot be read", err) end
  carrier.send(host, request, ("seam-list:%d"):format(os.time()))
end

local function show_connection(host, device, online)
  local about = "lock " .. tostring(device.id)
  if online == false then
    host:trouble(about, device.name .. " is offline", "Seam cannot reach the lock; what Domoticz shows may be old")
  else
    host:over(about, device.name .. " is online again")
  end
end

local function show(host, device, lock, asked_at)
  local properties = type(lock.properties) == "table" and lock.properties or {}
  local locked, battery = properties.locked, type(properties.battery) == "table" and properties.battery.level
  show_connection(host, device, properties.online)
  if type(locked) ~= "boolean" or not commands.is_settled(host, device, asked_at) then return end
  if locks.is_locked(device) ~= locked then
    host:log(("%s was %s elsewhere"):format(device.name, locked and "locked" or "unlocked"))
    locks.show(device, locked)
  end
  if type(battery) == "number" then locks.show_battery(host, device, locked, battery) end
end

local function take_listing(host, listing, asked_at)
  local devices, count = locks.all(host.domoticz)
  local missing = count
  for _, lock in ipairs(listing) do
    local device = devices[lock.device_id]
    if device then
      missing = missing - 1
      show(host, device, lock, asked_at)
    end
  end
  if missing == 0 then return host:over("missing", "Seam lists every lock again") end
  host:trouble("missing", ("Seam does not list %d of %d locks"):format(missing, count),
    "What Domoticz shows of them is left as it is. Is the account still connected?")
end

--- The listing has come, or has not.
function M.take(host, item, words)
  local client, err = host:client()
  if not client then return host:trouble("listing", "Seam's locks cannot be read", err) end
  local answer, lost = carrier.read(item)
  local listing
  if answer then
    listing, err = client.interpret(PATH, answer.status, answer.headers, answer.body)
  end
  if not listing then return host:trouble("listing", "Seam's locks cannot be read", err or lost.message) end
  host:over("listing", "Seam's locks can be read again")
  take_listing(host, listing, tonumber(words[2]) or 0)
  events.ask(host, client)
end

return M
