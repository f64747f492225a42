-- SPDX-License-Identifier: MIT
-- Who chooses a PIN: Salto does; your own must be in use on the site already, or the site must allow custom PINs.

local errors = require "seam.sandbox.errors"
local seed = require "seam.sandbox.data.seed"

local M = {}

local function in_use(world, site, pin)
  local found = world.codes:where(function(code)
    return code.pin == pin and code.device.account.site == site
  end)
  return found[1] ~= nil
end

--- A PIN nobody uses on the site.
function M.fresh(world, site)
  local pin
  repeat pin = world.pins:digits(seed.CODE_LENGTH) until not in_use(world, site, pin)
  return pin
end

--- The PIN of a code that gets one now; codes made together for several locks share it.
function M.assign(world, code)
  if code.requested_pin then return code.requested_pin end
  local group = code.group
  if not group then return M.fresh(world, code.device.account.site) end
  group.pin = group.pin or M.fresh(world, code.device.account.site)
  return group.pin
end

local function refuse_duplicate(world, device, pin, name, own_code)
  local found = world.codes:where(function(code)
    return code ~= own_code and code.device == device and not code.expired and (code.pin or code.requested_pin) == pin
  end)
  if not found[1] then return end
  local named = name and (" named " .. name) or ""
  errors.raise(409, "duplicate_access_code", "Cannot set duplicate access code " .. pin .. named)
end

local function is_allowed(world, device, pin)
  if in_use(world, device.account.site, pin) then return true end
  return world.options.custom_pin and #pin >= 4 and #pin <= 6
end

--- The PIN to use where the caller gave one; nil where Salto shall choose.
---@param own_code table|nil the code that is being changed
function M.requested(world, device, pin, name, own_code)
  if pin == nil then return nil end
  if not pin:find("^%d+$") or #pin < 4 or #pin > 12 then
    errors.invalid("code", "Code must have 4 to 12 digits and nothing else")
  end
  if not is_allowed(world, device, pin) then
    if world.options.given_code == "generate" then return nil end
    errors.invalid("code", "This lock does not let you choose a PIN; leave code empty and Salto assigns one")
  end
  refuse_duplicate(world, device, pin, name, own_code)
  return pin
end

return M
