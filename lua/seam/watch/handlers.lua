-- SPDX-License-Identifier: MIT
-- Which handlers an event is for: by its type, or by a pattern such as "lock.*".

local errors = require "seam.errors"
local protected = require "seam.protected"

require("seam.uncompiled")()

local M = {}

--- "lock.*" as a pattern of Lua's.
local function to_pattern(glob)
  return "^" .. glob:gsub("[^%w*]", "%%%0"):gsub("%*", ".*") .. "$"
end

local function is_exact(name)
  return not name:find("*", 1, true)
end

--- Exact names first, then longer patterns before shorter ones: the special before the general.
local function comes_before(a, b)
  if is_exact(a.name) ~= is_exact(b.name) then return is_exact(a.name) end
  if #a.name ~= #b.name then return #a.name > #b.name end
  return a.name < b.name
end

--- Reads the `on` option.
---@param on any { [type or pattern] = function }, or one function for all
---@return table|nil handlers in the order in which they are called
---@return string|nil reason
function M.read(on)
  if type(on) == "function" then on = { ["*"] = on } end
  if type(on) ~= "table" then return nil, "The on option must be a table of handlers by event type, or a function" end
  local handlers = {}
  for name, run in pairs(on) do
    if type(name) ~= "string" or name == "" then return nil, "The on option has a key that is no event type" end
    if type(run) ~= "function" then
      return nil, ("The handler of '%s' must be a function"):format(errors.quoted(name))
    end
    handlers[#handlers + 1] = { name = name, pattern = to_pattern(name), run = run }
  end
  table.sort(handlers, comes_before)
  return handlers
end

--- The event types that the handlers ask for; nil where a pattern asks for more than can be listed.
---@param handlers table
---@return string[]|nil
function M.types(handlers)
  local types = {}
  for i, handler in ipairs(handlers) do
    if not is_exact(handler.name) then return nil end
    types[i] = handler.name
  end
  return #types > 0 and types or nil
end

--- A handler written in the style of the safe face returns nil and an error instead of raising it.
local function outcome(ok, value, problem)
  if not ok then return false, value end
  if value == nil and problem ~= nil then return false, problem end
  return true
end

--- Runs the handlers of an event from a place in their order on.
---@param handlers table
---@param event table
---@param info table
---@param first integer
---@return integer|nil count how many are through, nil where all are
---@return any problem what a handler raised
function M.run(handlers, event, info, first)
  local place = 0
  for _, handler in ipairs(handlers) do
    if event.event_type:find(handler.pattern) then
      place = place + 1
      if place >= first then
        local ok, problem = outcome(protected.pcall(handler.run, event, info))
        if not ok then return place - 1, problem end
      end
    end
  end
  return nil
end

return M
