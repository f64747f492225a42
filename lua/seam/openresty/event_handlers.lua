-- SPDX-License-Identifier: MIT
-- Which functions a webhook's event is for: read and run as seam.watch does it, so that a handler serves
-- both. Here several tables of them may come at once.

local handlers = require "seam.watch.handlers"

require("seam.uncompiled")()

local M = {}

--- Several functions as one, which ends at the first that fails.
local function joined(functions)
  return function(event, id)
    for _, f in ipairs(functions) do
      local value, problem = f(event, id)
      if value == nil and problem ~= nil then return nil, problem end
    end
  end
end

local function gather(on)
  local gathered = {}
  for _, one in ipairs(on) do
    local entries, reason = handlers.read(one)
    if not entries then return nil, reason end
    for _, entry in ipairs(entries) do
      gathered[entry.name] = gathered[entry.name] or {}
      table.insert(gathered[entry.name], entry.run)
    end
  end
  local merged = {}
  for name, functions in pairs(gathered) do merged[name] = joined(functions) end
  return merged
end

--- Reads the `on` option.
---@param on any { [type or pattern] = function }, one function for all, or a list of these
---@return table|nil entries
---@return string|nil reason
function M.read(on)
  if type(on) == "table" and on[1] ~= nil then
    local reason
    on, reason = gather(on)
    if not on then return nil, reason end
  end
  return handlers.read(on)
end

--- Runs the functions an event is for: the exact type first, then longer patterns; the first failure ends it.
---@param entries table
---@param event table
---@param id string of the message
---@return boolean done
---@return any problem what a function raised, or returned behind nil
function M.run(entries, event, id)
  local stopped, problem = handlers.run(entries, event, id, 1)
  return stopped == nil, problem
end

return M
