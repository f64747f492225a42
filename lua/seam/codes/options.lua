-- SPDX-License-Identifier: MIT
-- The options of seam.codes: known names, defaults, checks.

local errors = require "seam.errors"
local nearest = require "seam.nearest"

require("seam.uncompiled")()

local M = {}

local BACKENDS = { access_codes = true, access_grants = true }

local DEFAULTS = { prefix = "guest:", via = "access_codes", settle = 15, dry_run = false }

local checks = {}

function checks.prefix(value)
  if type(value) == "string" and value:find("^[^%s%c]+$") then return true end
  return nil, "must be text without spaces, such as 'guest:'"
end

function checks.via(value)
  if BACKENDS[value] then return true end
  return nil, "must be 'access_codes' or 'access_grants'"
end

function checks.settle(value)
  if type(value) == "number" and value >= 0 and value < math.huge then return true end
  return nil, "must be a number of seconds that is not negative"
end

function checks.max_deletes(value)
  if type(value) == "number" and value >= 0 then return true end
  return nil, "must be a number that is not negative"
end

function checks.dry_run(value)
  if type(value) == "boolean" then return true end
  return nil, "must be true or false"
end

function checks.store(value)
  if type(value) == "table" and type(value.read) == "function" and type(value.write) == "function" then return true end
  return nil, "must be a table with the functions read(device_id) and write(device_id, records)"
end

--- Checks options and fills them up.
---@param given table|nil
---@return table|nil options a fresh table
---@return seam.Error|nil err SeamInvalidOptionsError
function M.check(given)
  local options = {}
  for name, value in pairs(DEFAULTS) do options[name] = value end
  if given == nil then return options end
  if type(given) ~= "table" then
    return nil, errors.invalid_options("options of seam.codes must be a table, got a " .. type(given))
  end
  for name, value in pairs(given) do
    if not checks[name] then
      return nil, errors.invalid_options(("seam.codes has no option '%s'%s")
        :format(errors.quoted(name), nearest.hint(name, checks)))
    end
    local ok, reason = checks[name](value)
    if not ok then return nil, errors.invalid_options(("The %s option of seam.codes %s"):format(name, reason)) end
    options[name] = value
  end
  return options
end

return M
