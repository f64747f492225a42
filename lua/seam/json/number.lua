-- SPDX-License-Identifier: MIT
-- Numbers between Lua and JSON: which are integers, and how a float is written in any locale.

local number = require "seam.number"

local floor, huge = math.floor, math.huge
local format = string.format

local M = {}

-- Beyond, a double may already stand for another integer.
local LARGEST_EXACT = number.MAX_INTEGER

-- Lua 5.1 and LuaJIT have no integers and need none.
local to_integer = rawget(math, "tointeger") or function(value) return value end

--- A whole number within 2^53 as an integer where Lua has them, zero without its sign, others as they are.
---@param value number
---@return number
function M.normalise(value)
  if value == 0 then return 0 end
  if value >= -LARGEST_EXACT and value <= LARGEST_EXACT and value == floor(value) then return to_integer(value) end
  return value
end

--- Writes a number as JSON. Integers beyond 2^53 are refused: other readers would take them for other numbers.
---@param value number
---@return string|nil text
---@return string|nil reason
function M.encode(value)
  if value ~= value then return nil, "is not a number (NaN)" end
  if value == huge or value == -huge then return nil, "is infinite" end
  if value < -LARGEST_EXACT or value > LARGEST_EXACT then return nil, "is beyond 2^53, where numbers lose digits" end
  if value == 0 then return "0" end
  if value == floor(value) then return format("%.0f", value) end
  return number.to_ecmascript(value)
end

return M
