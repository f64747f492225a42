-- SPDX-License-Identifier: MIT
-- The list of locks in a shared dictionary: one text, so that time and devices are always of one listing.

local json = require "seam.json"
local resource = require "seam.resource"

local M = {}

local TEXT, VERSION = "seam:devices", "seam:devices:version"

---@class seam.DeviceSnapshot
local methods = {}
local metatable = { __index = methods }

---@param dict table a shared dictionary
---@return seam.DeviceSnapshot
function M.new(dict)
  return setmetatable({ dict = dict, text = nil, lines = nil, index = nil, at = nil }, metatable)
end

--- First the moment of the listing, then a line per device: its id, a tab, its JSON (which has no line feed).
local function parse(self, text)
  local lines, index = {}, {}
  local moment, rest = text:match("^([^\n]*)\n(.*)$")
  for id, document in rest:gmatch("([^\t\n]*)\t([^\n]*)\n") do
    lines[#lines + 1] = document
    index[id] = document
  end
  self.text, self.at, self.lines, self.index = text, tonumber(moment), lines, index
end

--- Looks at what is in the dictionary now. Texts stay texts until somebody asks for a device.
---@return number|nil at epoch seconds of the listing; nil when there is none
function methods:read()
  local text = self.dict:get(TEXT)
  if type(text) ~= "string" then return nil end
  if text ~= self.text then parse(self, text) end
  return self.at
end

local function decoded(document)
  return resource.wrap("device", (json.decode(document)))
end

--- The devices that `read` found; fresh tables, the caller's own.
---@return table[] devices
function methods:devices()
  local devices = {}
  for i, document in ipairs(self.lines) do devices[i] = decoded(document) end
  return devices
end

---@param id string
---@return table|nil device
function methods:device(id)
  local document = self.index[id]
  return document and decoded(document)
end

local function written(devices)
  local lines = {}
  for _, device in ipairs(devices) do
    local document, field, reason = json.encode(device)
    if not document then return nil, ("device %s: %s %s"):format(tostring(device.device_id), field, reason) end
    lines[#lines + 1] = tostring(device.device_id) .. "\t" .. document .. "\n"
  end
  return table.concat(lines)
end

--- Puts a listing into the dictionary. Its version grows when something in it has changed.
---@param devices table[]
---@param now number epoch seconds
---@return boolean|nil done
---@return string|nil problem
function methods:write(devices, now)
  local lines, problem = written(devices)
  if not lines then return nil, problem end
  local before = self.dict:get(TEXT)
  local done
  done, problem = self.dict:set(TEXT, ("%.3f\n"):format(now) .. lines)
  if not done then return nil, problem or "no answer of the dictionary" end
  if type(before) ~= "string" or before:match("^[^\n]*\n(.*)$") ~= lines then self.dict:incr(VERSION, 1, 0) end
  return true
end

---@return integer version grows with every change; 0 at first
function methods:version()
  return self.dict:get(VERSION) or 0
end

return M
