-- SPDX-License-Identifier: MIT
-- Domoticz' JSON API, as much of it as the setup needs.

local http = require "setup.http"
local json = require "seam.json"

require("seam.uncompiled")()

local M = {}

local methods = {}
local metatable = { __index = methods }

local DUMMY, VIRTUAL_SWITCH, DOOR_LOCK = 15, 6, 19

local function escape(text)
  return (tostring(text):gsub("[^%w%-_.~]", function(byte) return ("%%%02X"):format(byte:byte()) end))
end

---@param url string Domoticz' address
---@param user string|nil "name:password"
---@return table api
function M.new(url, user)
  return setmetatable({ url = url:gsub("/+$", ""), user = user }, metatable)
end

--- Runs a command.
---@param name string
---@param params table<string, any>
---@return table|nil document
---@return string|nil reason
function methods:command(name, params)
  local parts = { self.url .. "/json.htm?type=command&param=" .. name }
  for key, value in pairs(params or {}) do parts[#parts + 1] = key .. "=" .. escape(value) end
  local answer, reason = http.send { method = "GET", url = table.concat(parts, "&"), user = self.user }
  if not answer then return nil, ("Domoticz does not answer at %s: %s"):format(self.url, reason) end
  if answer.status == 401 or answer.status == 403 then
    return nil, ("Domoticz wants the login of an administrator for %s: --user and DOMOTICZ_PASSWORD, or trust this "
      .. "machine in Setup > Settings > Security (127.0.0.*)"):format(name)
  end
  local document = json.decode(answer.body)
  if type(document) ~= "table" or document.status ~= "OK" then
    return nil, ("Domoticz did not do %s (status %d)"):format(name, answer.status)
  end
  return document
end

--- Finds our hardware, or makes it.
---@param name string
---@return string|nil idx
---@return string|nil reason
function methods:hardware(name)
  local function find()
    local document, reason = self:command("gethardware")
    if not document then return nil, reason end
    for _, item in ipairs(document.result or {}) do
      if item.Name == name and tonumber(item.Type) == DUMMY then return tostring(item.idx) end
    end
    return nil
  end
  local idx, reason = find()
  if idx or reason then return idx, reason end
  local made
  made, reason = self:command("addhardware",
    { htype = DUMMY, name = name, enabled = "true", port = 1, datatimeout = 0 })
  if not made then return nil, reason end
  idx, reason = find()
  return idx, reason or "Domoticz made the hardware and does not list it"
end

--- All devices, hidden ones as well.
---@return table[]|nil
---@return string|nil reason
function methods:devices()
  local document, reason = self:command("getdevices", { filter = "all", displayhidden = 1, displaydisabled = 1 })
  if not document then return nil, reason end
  return document.result or {}
end

--- Makes a virtual switch.
---@return string|nil idx
---@return string|nil reason
function methods:create(hardware, name)
  local document, reason = self:command("createvirtualsensor",
    { idx = hardware, sensorname = name, sensortype = VIRTUAL_SWITCH })
  return document and tostring(document.idx), reason
end

--- Makes a switch a Door Lock that stands for a lock of Seam.
---@return table|nil done
---@return string|nil reason
function methods:make_lock(idx, name, description)
  return self:command("setused",
    { idx = idx, name = name, description = description, used = "true", switchtype = DOOR_LOCK })
end

return M
