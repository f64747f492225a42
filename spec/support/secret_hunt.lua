-- SPDX-License-Identifier: MIT
-- Looks for pieces of a secret in whatever a program could print: texts, and everything that can be
-- reached from a table through keys, values, metatables and tostring.

local M = {}

local PIECE = 9

--- Where a text holds a piece of the secret, else nil. Short ends are allowed: people are shown four letters.
---@param text string
---@param secret string
---@return string|nil piece
function M.in_text(text, secret)
  for from = 1, #secret - PIECE + 1 do
    local piece = secret:sub(from, from + PIECE - 1)
    if text:find(piece, 1, true) then return piece end
  end
  return nil
end

local hunt

local function hunt_table(value, secret, path, seen)
  for key, inner in next, value do
    local name = path .. "." .. tostring(key)
    local found = hunt(key, secret, path .. "<key>", seen) or hunt(inner, secret, name, seen)
    if found then return found end
  end
  return nil
end

function hunt(value, secret, path, seen)
  if type(value) == "string" then
    return M.in_text(value, secret) and path .. " = " .. value:sub(1, 200) or nil
  end
  if (type(value) ~= "table" and type(value) ~= "userdata") or seen[value] then return nil end
  seen[value] = true
  local printed = hunt(tostring(value), secret, path .. "<tostring>", seen)
  if printed then return printed end
  local found = type(value) == "table" and hunt_table(value, secret, path, seen) or nil
  return found or hunt(debug.getmetatable(value), secret, path .. "<metatable>", seen)
end

--- Where a dump of a value would show a piece of the secret, else nil.
---@param value any
---@param secret string
---@return string|nil place
function M.in_value(value, secret)
  return hunt(value, secret, "value", {})
end

return M
