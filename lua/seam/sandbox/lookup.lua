-- SPDX-License-Identifier: MIT
-- Records by what a caller said about them; the API's 404 where there is none.

local errors = require "seam.sandbox.errors"
local json = require "seam.sandbox.json"

local M = {}

--- A managed device by id.
function M.device(world, id)
  local device = world.devices:get(id)
  if not device or not device.managed then errors.not_found("device", { device_id = id }) end
  return device
end

--- A device by `device_id` or `name`.
function M.device_of(world, params)
  if params.device_id then return M.device(world, params.device_id) end
  if not params.name then errors.invalid(nil, "Either 'device_id' or 'name' is required") end
  local found = world.devices:where(function(device)
    return device.managed and (device.nickname or device.name) == params.name
  end)
  return found[1] or errors.not_found("device", { name = params.name })
end

--- A managed (or, with `managed` false, unmanaged) access code by `access_code_id`, or `device_id` and `code`.
function M.code_of(world, params, managed)
  local code
  if params.access_code_id then
    code = world.codes:get(params.access_code_id)
    if code and params.device_id and code.device.id ~= params.device_id then code = nil end
  else
    if not (params.device_id and params.code) then
      errors.invalid(nil, "Either 'access_code_id' or 'device_id' and 'code' are required")
    end
    code = world.codes:newest(function(item)
      return item.device.id == params.device_id and item.pin == params.code and item.managed == managed
    end)[1]
  end
  if code and code.managed == managed then return code end
  errors.not_found("access_code", {
    access_code_id = params.access_code_id, device_id = params.device_id,
  })
end

--- A record of any other kind by its id.
---@param resource string "connect_webview", "connected_account", "action_attempt", "event" or "webhook"
function M.record(world, collection, resource, id)
  return world[collection]:get(id) or errors.not_found(resource, { [resource .. "_id"] = id })
end

--- The set of a list's items; nil for nil.
function M.set(list)
  if not list then return nil end
  local set = {}
  for _, item in ipairs(list) do set[item] = true end
  return set
end

--- Whether custom metadata has all wanted pairs.
function M.has_metadata(metadata, wanted)
  for name, value in pairs(wanted or {}) do
    if metadata[name] ~= value and tostring(metadata[name]) ~= tostring(value) then return false end
  end
  return true
end

--- Whether a text contains another, without regard to case; true when there is nothing to look for.
function M.contains(text, wanted)
  return not wanted or tostring(text):lower():find(wanted:lower(), 1, true) ~= nil
end

local function check_pair(name, value)
  if #tostring(name) > 40 then errors.invalid("custom_metadata", "Keys must have at most 40 characters") end
  local kind = type(value)
  if kind ~= "string" and kind ~= "boolean" and value ~= json.null then
    errors.invalid("custom_metadata", "Values must be strings or booleans")
  end
  if kind == "string" and #value > 500 then
    errors.invalid("custom_metadata", "Values must have at most 500 characters")
  end
end

--- New custom metadata: the old with the given pairs on top; null takes a pair away.
function M.merge_metadata(old, given)
  local merged, count = {}, 0
  for name, value in pairs(old) do merged[name] = value end
  for name, value in pairs(given or {}) do
    check_pair(name, value)
    merged[name] = value ~= json.null and value or nil
    if value == false then merged[name] = false end
  end
  for _ in pairs(merged) do count = count + 1 end
  if count > 50 then errors.invalid("custom_metadata", "At most 50 keys are allowed") end
  return merged
end

return M
