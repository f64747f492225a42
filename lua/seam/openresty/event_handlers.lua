-- SPDX-License-Identifier: MIT
-- Which functions an event is for: exact types, "lock.*", "*". Several tables of them make one list.

local errors = require "seam.errors"

require("seam.uncompiled")()

local M = {}

local function check_pattern(pattern)
  if pattern == "*" then return end
  if type(pattern) ~= "string" then return "has a key that is not an event type" end
  local plain = "." .. pattern:gsub("%.%*$", "")
  if plain:gsub("%.[%w_]+", "") == "" then return end
  local prefix = pattern:match("^([%w_]+)%*$")
  return ("has the key '%s', which is neither an event type nor one of \"lock.*\" and \"*\"%s")
    :format(errors.quoted(pattern), prefix and ("; did you mean '%s.*'?"):format(prefix) or "")
end

local function add_all(entries, on)
  for pattern, f in pairs(on) do
    local problem = check_pattern(pattern)
    if problem then return problem end
    if type(f) ~= "function" then
      return ("must have a function for '%s', got a %s"):format(errors.quoted(pattern), type(f))
    end
    local prefix = pattern:match("^(.*)%*$")
    entries[#entries + 1] = { pattern = pattern, prefix = prefix, run = f, place = #entries }
  end
end

--- The exact type first, then the longer of two patterns, "*" last: a pair of handlers for one event runs
--- in the same order in every worker.
local function comes_before(a, b)
  if (a.prefix == nil) ~= (b.prefix == nil) then return a.prefix == nil end
  if #a.pattern ~= #b.pattern then return #a.pattern > #b.pattern end
  return a.place < b.place
end

--- Makes the list of handlers.
---@param on table { ["lock.unlocked"] = f, ["lock.*"] = f, ["*"] = f }, or a list of such tables
---@return table|nil entries
---@return string|nil problem goes behind "The on option"
function M.new(on)
  local entries = {}
  for _, one in ipairs(on[1] ~= nil and on or { on }) do
    local problem = type(one) ~= "table" and "must be a table of functions, or a list of such tables"
      or add_all(entries, one)
    if problem then return nil, problem end
  end
  table.sort(entries, comes_before)
  return entries
end

local function fits(entry, kind)
  if not entry.prefix then return entry.pattern == kind end
  return kind:sub(1, #entry.prefix) == entry.prefix
end

--- The functions for an event's type, in the order they run in.
---@param entries table
---@param kind string
---@return function[]
function M.matching(entries, kind)
  local found = {}
  for _, entry in ipairs(entries) do
    if fits(entry, kind) then found[#found + 1] = entry.run end
  end
  return found
end

return M
