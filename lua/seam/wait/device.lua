-- SPDX-License-Identifier: MIT
-- Waits until a device is as wanted: online, locked, with enough battery, or whatever a function says.

local errors = require "seam.errors"
local nearest = require "seam.nearest"
local options_of = require "seam.wait.options"
local poll = require "seam.wait.poll"
local resource = require "seam.resource"

require("seam.uncompiled")()

local M = {}

-- Seam asks most locks every few minutes itself: asking Seam more often than this shows nothing new sooner.
local DEFAULTS = { timeout = 300, polling_interval = 10 }

local function properties_of(device)
  return type(device.properties) == "table" and device.properties or {}
end

--- While a lock cannot be reached Seam does not say whether it is locked: neither is true then.
local STATES = {
  online = function(device) return properties_of(device).online == true end,
  offline = function(device) return properties_of(device).online == false end,
  locked = function(device) return properties_of(device).locked == true end,
  unlocked = function(device) return properties_of(device).locked == false end,
}

local function battery_of(device)
  local properties = properties_of(device)
  local battery = type(properties.battery) == "table" and properties.battery.level
  return tonumber(battery or properties.battery_level)
end

local THRESHOLDS = {
  battery_below = function(level, threshold) return level < threshold end,
  battery_above = function(level, threshold) return level > threshold end,
}

local function check_threshold(name, threshold)
  if not THRESHOLDS[name] then
    return nil, ("A device predicate has no field '%s'%s"):format(errors.quoted(name), nearest.hint(name, THRESHOLDS))
  end
  if type(threshold) ~= "number" or not (threshold >= 0 and threshold <= 1) then
    return nil, name .. " must be a number from 0 to 1"
  end
  return true
end

local function battery_predicate(thresholds)
  local texts = {}
  for name, threshold in pairs(thresholds) do
    local ok, reason = check_threshold(name, threshold)
    if not ok then return nil, reason end
    texts[#texts + 1] = ("%s %s"):format((name:gsub("_", " ")), threshold)
  end
  if #texts == 0 then return nil, "A battery predicate wants battery_below or battery_above" end
  table.sort(texts)
  return function(device)
    local level = battery_of(device)
    if not level then return false end
    for name, threshold in pairs(thresholds) do
      if not THRESHOLDS[name](level, threshold) then return false end
    end
    return true
  end, table.concat(texts, ", ")
end

--- The test that a predicate stands for, and its words; nil and a reason.
local function read_predicate(predicate)
  if type(predicate) == "function" then return predicate, "as wanted" end
  if type(predicate) == "table" then return battery_predicate(predicate) end
  if STATES[predicate] then return STATES[predicate], predicate end
  return nil, ("wait.device has no predicate '%s'%s: it takes online, offline, locked, unlocked, a function "
    .. "or { battery_below = 0.2 }"):format(errors.quoted(predicate), nearest.hint(predicate, STATES))
end

local function removed_error(wait, device)
  for _, problem in ipairs(type(device.errors) == "table" and device.errors or {}) do
    if problem.error_code == "device_removed" then
      return poll.error(wait, "SeamWaitFailedError", ("Cannot wait for %s: it was removed"):format(wait.goal),
        { code = "device_removed", problems = { problem }, outcome = "rejected" })
    end
  end
  return nil
end

--- Waits for a device; see seam.wait.device.
---@param client table with the safe face
---@param device table|string
---@param predicate function|string|table
---@param given table|nil
---@return table|nil device
---@return seam.Error|nil err
function M.wait(client, device, predicate, given)
  local options, err = options_of.check(given, DEFAULTS, {})
  if not options then return nil, err end
  local test, words = read_predicate(predicate)
  if not test then return nil, errors.invalid_params(nil, words, "predicate") end
  local id = type(device) == "table" and resource.id_for(device, "device_id") or device
  if type(id) ~= "string" or id == "" then
    return nil, errors.invalid_params(nil, "wait.device wants a device or its id", "device_id")
  end
  local wait = poll.new(client, options, ("device %s to be %s"):format(errors.quoted(id), words))
  return poll.run(wait, function(call_options)
    return client.devices.get({ device_id = id }, call_options)
  end, function(found)
    if test(found) then return found end
    return nil, removed_error(wait, found)
  end)
end

return M
