-- SPDX-License-Identifier: MIT
-- What happens at the doors: Seam's events, handed over once each, become the variables that scenes wait for.
-- How the locks are now is not taken from them: a listing says that.

local names = require "L_SeamNames"
local watch = require "seam.watch.safe"

local M = {}

local TYPES = {
  "lock.locked", "lock.unlocked", "lock.access_denied", "device.connected", "device.disconnected", "device.added",
  "device.removed", "device.deleted", "device.converted_to_unmanaged", "device.unmanaged.converted_to_managed",
  "device.low_battery", "device.battery_status_changed", "access_code.created", "access_code.changed",
  "access_code.set_on_device", "access_code.removed_from_device", "access_code.deleted", "access_code.name_changed",
  "access_code.failed_to_set_on_device",
}

-- Nobody is at the door any more after so many seconds: a scene must not open up hours later, when Seam is back.
local STALE = 300
-- Every poll looks back so far for events that became known late, in seconds.
local OVERLAP = 300

local told = {}

told["lock.unlocked"] = function(self, event, child)
  local user = self.locks:user(child, event.access_code_id)
  if user then return "sl_UserCode", user end
  if event.method == "manual" then return "sl_LockButton", "1" end
end
told["lock.locked"] = told["lock.unlocked"]

told["lock.access_denied"] = function(self, event, child)
  local user = self.locks:user(child, event.access_code_id)
  if user then return "sl_UnauthUser", user end
  return "sl_PinFailed", "1"
end

told["device.low_battery"] = function() return "sl_LowBattery", "1" end

--- Takes one event.
---@param self table { locks =, variables =, changed =, codes_changed = }
---@param event table
---@param lag number seconds since it happened
function M.take(self, event, lag)
  local child = self.locks:children()[event.device_id]
  self.changed = true
  if not child then return end
  if event.event_type:find("^access_code%.") then self.codes_changed[event.device_id] = true end
  local tell = told[event.event_type]
  if not tell or lag > STALE then return end
  local name, value = tell(self, event, child)
  if name then self.variables:tell(names.LOCK, name, value, child) end
end

local function cursor_in(variables, device)
  return {
    load = function() return variables:get(names.SEAM, "EventCursor", device) end,
    save = function(text) variables:set(names.SEAM, "EventCursor", text, device) end,
  }
end

local methods = {}
local metatable = { __index = methods }

---@param device integer the Seam device
---@param variables table
---@param locks table
---@return table events
function M.new(device, variables, locks)
  return setmetatable({
    device = device, variables = variables, locks = locks, changed = false, codes_changed = {},
  }, metatable)
end

local function new_watcher(self, client)
  return watch.events(client, {
    event_types = TYPES, overlap = OVERLAP, cursor = cursor_in(self.variables, self.device),
    on = { ["*"] = function(event, info) M.take(self, event, info.lag) end },
  })
end

--- Begins with another client.
---@param client table
---@return boolean|nil ok
---@return seam.Error|nil err
function methods:begin(client)
  local watcher, err = new_watcher(self, client)
  if not watcher and err.code == "cursor_unreadable" then
    self.variables:set(names.SEAM, "EventCursor", "", self.device)
    watcher, err = new_watcher(self, client)
  end
  self.watcher = watcher
  if not watcher then return nil, err end
  return true
end

--- Asks for what happened.
---@return boolean|nil ok
---@return seam.Error|nil err
function methods:poll()
  local handled, delay, err = self.watcher:step()
  if handled == nil then return nil, delay end
  if err then return nil, err end
  return true
end

--- Whether anything happened since this was asked last.
---@return boolean
function methods:take_changed()
  local changed = self.changed
  self.changed = false
  return changed
end

return M
