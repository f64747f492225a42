-- SPDX-License-Identifier: MIT
-- The mark of lists that are written as arrays even when they are empty.

require("seam.uncompiled")()

local M = {}

local ARRAY = { __name = "seam.json.array" }

local function copy_items(list)
  local copy = {}
  for key, value in next, list do copy[key] = value end
  return copy
end

--- Marks a list to be written as an array even when it is empty. A table that already has another metatable
--- is copied, so that it stays what it is.
---@param list table|nil nil makes an empty one
---@return table list
function M.mark(list)
  list = list or {}
  if type(list) ~= "table" then error("json.array expects a table, got " .. type(list), 2) end
  local metatable = getmetatable(list)
  if metatable == ARRAY then return list end
  return setmetatable(metatable == nil and list or copy_items(list), ARRAY)
end

--- Whether a table was marked.
---@param value any
---@return boolean
function M.is_marked(value)
  return type(value) == "table" and getmetatable(value) == ARRAY
end

return M
