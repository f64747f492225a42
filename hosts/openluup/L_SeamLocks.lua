-- SPDX-License-Identifier: MIT
-- The locks of a workspace as children of the Seam device: which there are, and what their variables say.

local names = require "L_SeamNames"
local pins = require "L_SeamPins"

local M = {}

local methods = {}
local metatable = { __index = methods }

---@param luup table
---@param device integer the Seam device
---@param variables table of L_SeamVariables
---@return table locks
function M.new(luup, device, variables)
  return setmetatable({ luup = luup, device = device, variables = variables, failed = {}, codes_of = {} }, metatable)
end

--- The children that luup has: device numbers by Seam's device ids.
---@return table<string, integer>
function methods:children()
  local found = {}
  for number, child in pairs(self.luup.devices) do
    if child.device_num_parent == self.device then found[child.id] = number end
  end
  return found
end

---@param child integer
---@return string|nil device_id nil where the device is none of ours
function methods:id_of(child)
  local found = self.luup.devices[child]
  return found and found.device_num_parent == self.device and found.id or nil
end

local function name_of(lock)
  return lock.display_name or (lock.properties or {}).name or lock.device_id
end

local function status_of(lock)
  local locked = (lock.properties or {}).locked
  if locked == nil then return nil end
  return locked and "1" or "0"
end

--- Whether the listing has other locks than luup has.
local function differs(children, listing)
  local left = {}
  for id in pairs(children) do left[id] = true end
  for _, lock in ipairs(listing) do
    if not left[lock.device_id] then return true end
    left[lock.device_id] = nil
  end
  return next(left) ~= nil
end

local function first_values(lock)
  local status = status_of(lock)
  if not status then return "" end
  return ("%s,Status=%s\n%s,Target=%s"):format(names.LOCK, status, names.LOCK, status)
end

--- Makes and removes children until they are the listing's. Where that is so already nothing is touched, and an empty
--- listing removes nothing: with a lock its scenes would go, too.
---@param listing table[]
---@return boolean changed
function methods:sync(listing)
  local children = self:children()
  if #listing == 0 or not differs(children, listing) then return false end
  local chdev, seen = self.luup.chdev, {}
  local place = chdev.start(self.device)
  for _, lock in ipairs(listing) do
    local id = lock.device_id
    if not seen[id] then
      seen[id] = true
      -- The user may have given it another name since.
      local known = children[id] and self.luup.devices[children[id]].description
      chdev.append(self.device, place, id, known or name_of(lock), names.LOCK_TYPE, names.LOCK_FILE, "",
        first_values(lock), false, false)
    end
  end
  -- openLuup does without a restart then; a Vera restarts.
  chdev.sync(self.device, place, true)
  return true
end

local function battery_of(lock)
  local properties = lock.properties or {}
  local level = (properties.battery or {}).level or properties.battery_level
  if type(level) ~= "number" then return nil end
  return ("%d"):format(math.floor(level * 100 + 0.5))
end

local function show_failure(self, lock, child)
  local online = (lock.properties or {}).online
  if online == nil then return end
  local failed = online and 0 or 1
  if self.failed[child] == failed then return end
  self.failed[child] = failed
  if failed == 1 or self.variables:get(names.HA, "CommFailure", child) then self.luup.set_failure(failed, child) end
end

--- Shows what a listing says.
---@param listing table[]
---@param is_newer fun(child: integer): boolean whether what is shown is newer than the listing
function methods:show(listing, is_newer)
  local children = self:children()
  for _, lock in ipairs(listing) do
    local child = children[lock.device_id]
    if child then
      if not is_newer(child) then
        self.variables:set(names.LOCK, "Status", status_of(lock), child)
        self.variables:set(names.LOCK, "Target", status_of(lock), child)
      end
      self.variables:set(names.HA, "BatteryLevel", battery_of(lock), child)
      show_failure(self, lock, child)
    end
  end
end

--- Whether a lock has a keypad that Seam can program.
---@param lock table
---@return boolean
function M.has_codes(lock)
  if lock.can_program_online_access_codes ~= nil then return true end
  for _, capability in ipairs(lock.capabilities_supported or {}) do
    if capability == "access_code" then return true end
  end
  return false
end

--- Numbers of the access codes of a child.
---@param child integer
---@return table<integer, string> ids by number
function methods:numbers(child)
  return pins.read(self.variables:get(names.LOCK, "PinSlots", child))
end

--- Shows the access codes of a child.
---@param child integer
---@param codes table[]
---@param show_pins boolean
function methods:show_codes(child, codes, show_pins)
  local numbers, by_id = pins.number(self:numbers(child), codes), {}
  for _, code in ipairs(codes) do by_id[code.access_code_id] = code.name or "" end
  self.codes_of[child] = by_id
  self.variables:set(names.LOCK, "PinSlots", pins.write(numbers), child)
  self.variables:set(names.LOCK, "PinCodes", pins.text(numbers, codes, show_pins), child)
end

--- Who an access code stands for, the way locks of luup say it.
---@param child integer
---@param access_code_id string|nil
---@return string|nil
function methods:user(child, access_code_id)
  local number = access_code_id and pins.number_of(self:numbers(child), access_code_id)
  if not number then return nil end
  local name = (self.codes_of[child] or {})[access_code_id]
  return ('UserID="%d" UserName="%s"'):format(number, pins.clean(name))
end

return M
