-- SPDX-License-Identifier: MIT
-- The options of a wait: what all have in common, and each one's own.

local errors = require "seam.errors"
local nearest = require "seam.nearest"
local resource = require "seam.resource"

require("seam.uncompiled")()

local M = {}

local COMMON = {
  timeout = "duration", polling_interval = "interval", on_poll = "function", cancelled = "function",
}

local CHECKS = {
  duration = function(value) return type(value) == "number" and value >= 0, "a number of seconds, not negative" end,
  interval = function(value)
    return type(value) == "number" and value > 0 and value < math.huge, "a positive number of seconds"
  end,
  ["function"] = function(value) return type(value) == "function", "a function" end,
  boolean = function(value) return type(value) == "boolean", "true or false" end,
  table = function(value) return type(value) == "table", "a table" end,
  count = function(value)
    return type(value) == "boolean" or (type(value) == "number" and value >= 1 and value % 1 == 0),
      "true, or how many are expected"
  end,
}

local function check_value(name, value, kind)
  if type(kind) == "table" then
    if kind[value] then return true end
    return nil, ("The %s option has no value '%s'%s"):format(name, errors.quoted(value), nearest.hint(value, kind))
  end
  local ok, wanted = CHECKS[kind](value)
  if ok then return true end
  return nil, ("The %s option must be %s"):format(name, wanted)
end

local function kind_of(name, own)
  return own[name] or COMMON[name]
end

local function unknown(name, own)
  local known = {}
  for _, names in ipairs { COMMON, own } do
    for word in pairs(names) do known[word] = true end
  end
  return errors.invalid_options(("Unknown option '%s'%s"):format(errors.quoted(name), nearest.hint(name, known)))
end

--- wait.access_code(client, client.access_codes.create{...}) hands the attempt over, too.
local function is_result(given)
  return given ~= nil and (resource.kind(given) or given.action_attempt_id or given.has_next_page ~= nil)
end

--- Checks the options of a wait and fills them up.
---@param given table|nil
---@param defaults table values of what is absent; timeout and polling_interval must be there
---@param own table<string, string|table> further names: a kind of check, or a set of the words allowed
---@return table|nil options a copy
---@return seam.Error|nil err SeamInvalidOptionsError
function M.check(given, defaults, own)
  if given ~= nil and type(given) ~= "table" then
    return nil, errors.invalid_options("Options must be a table, got a " .. type(given))
  end
  if is_result(given) then
    return nil, errors.invalid_options("Options must be options, got the second result of another call: "
      .. "put that call in parentheses to keep its first result only")
  end
  local checked = {}
  for name, value in pairs(defaults) do checked[name] = value end
  for name, value in pairs(given or {}) do
    local kind = kind_of(name, own)
    if not kind then return nil, unknown(name, own) end
    local ok, reason = check_value(name, value, kind)
    if not ok then return nil, errors.invalid_options(reason) end
    checked[name] = value
  end
  return checked
end

return M
