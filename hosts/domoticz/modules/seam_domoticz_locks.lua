-- SPDX-License-Identifier: MIT
-- The Door Locks of Domoticz that stand for locks of Seam: finding them, and showing on them what is so.

local M = {}

local LOCKED, UNLOCKED = 1, 0
-- A battery that Domoticz did not take is not sent again every minute.
local BATTERY_PAUSE = 3600

--- The Seam device that a device stands for.
---@param device table
---@return string|nil device_id
function M.id_of(device)
  return tostring(device.description or ""):match("seam=([%w-]+)")
end

---@param device table
---@return boolean
function M.is_locked(device)
  return device.state == "Locked" or device.state == "On"
end

--- All of them by Seam's id.
---@param domoticz table
---@return table<string, table> devices
---@return integer count
function M.all(domoticz)
  local found, count = {}, 0
  domoticz.devices().forEach(function(device)
    local id = M.id_of(device)
    if id then found[id], count = device, count + 1 end
  end)
  return found, count
end

--- Shows a state without starting an event: that would lock or unlock the door.
---@param device table
---@param locked boolean
function M.show(device, locked)
  device.update(locked and LOCKED or UNLOCKED, "").silent()
end

--- Shows a battery. dzVents has no way but Domoticz' own API, which takes a state along.
---@param host table
---@param device table
---@param locked boolean as Seam says
---@param level number 0 to 1
function M.show_battery(host, device, locked, level)
  local percent, now = math.floor(level * 100 + 0.5), os.time()
  if device.batteryLevel == percent then return end
  local sent = host.data.batteries[tostring(device.id)]
  if sent and sent.percent == percent and now - sent.at < BATTERY_PAUSE then return end
  host.data.batteries[tostring(device.id)] = { percent = percent, at = now }
  host.domoticz.openURL(("%s/json.htm?type=command&param=udevice&idx=%s&nvalue=%d&svalue=%d&battery=%d"
    .. "&parsetrigger=false"):format(host.domoticz.settings["Domoticz url"] or "http://127.0.0.1:8080",
    tostring(device.id), locked and LOCKED or UNLOCKED, locked and LOCKED or UNLOCKED, percent))
end

return M
