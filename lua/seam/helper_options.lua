-- SPDX-License-Identifier: MIT
-- The option tables of helpers: known names with the nearest right one, kinds of values, defaults.

local errors = require "seam.errors"
local nearest = require "seam.nearest"
local resource = require "seam.resource"

require("seam.uncompiled")()

local M = {}

local function is_count(value, least)
  return type(value) == "number" and value >= least and value % 1 == 0 and value < math.huge
end

--- What a kind of value is, and how it is called.
local KINDS = {
  duration = { function(value) return type(value) == "number" and value >= 0 end, "a number of seconds, not negative" },
  interval = {
    function(value) return type(value) == "number" and value > 0 and value < math.huge end,
    "a positive number of seconds",
  },
  count = { function(value) return is_count(value, 1) end, "a whole number, 1 or more" },
  count_or_switch = {
    function(value) return type(value) == "boolean" or is_count(value, 1) end, "true, or how many are expected",
  },
  boolean = { function(value) return type(value) == "boolean" end, "true or false" },
  ["function"] = { function(value) return type(value) == "function" end, "a function" },
  table = { function(value) return type(value) == "table" end, "a table" },
  any = { function() return true end, "anything" },
}

local function check_value(name, value, kind)
  if type(kind) == "table" then
    if kind[value] then return true end
    return nil, ("The %s option has no value '%s'%s"):format(name, errors.quoted(value), nearest.hint(value, kind))
  end
  if KINDS[kind][1](value) then return true end
  return nil, ("The %s option must be %s"):format(name, KINDS[kind][2])
end

--- wait.access_code(client, client.access_codes.create{...}) hands the attempt over, too.
local function is_result(given)
  return resource.kind(given) or given.action_attempt_id or given.has_next_page ~= nil
end

--- Checks options and fills them up.
---@param given table|nil
---@param known table<string, string|table> name to a kind of value, or to the set of the words allowed
---@param defaults table values of what is absent
---@return table|nil options a copy
---@return seam.Error|nil err SeamInvalidOptionsError
function M.check(given, known, defaults)
  if given == nil then given = {} end
  if type(given) ~= "table" then
    return nil, errors.invalid_options("Options must be a table, got a " .. type(given))
  end
  if is_result(given) then
    return nil, errors.invalid_options("Options must be options, got the second result of another call: "
      .. "put that call in parentheses to keep its first result only")
  end
  local checked = {}
  for name, value in pairs(defaults) do checked[name] = value end
  for name, value in pairs(given) do
    if not known[name] then
      return nil, errors.invalid_options(("Unknown option '%s'%s")
        :format(errors.quoted(name), nearest.hint(name, known)))
    end
    local ok, reason = check_value(name, value, known[name])
    if not ok then return nil, errors.invalid_options(reason) end
    checked[name] = value
  end
  return checked
end

return M
