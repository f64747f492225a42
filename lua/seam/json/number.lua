-- SPDX-License-Identifier: MIT
-- Numbers between Lua and JSON: which are integers, and how a float is written in any locale.

local floor, huge = math.floor, math.huge
local format = string.format

local M = {}

-- Doubles hold every integer up to here; beyond, a number may already be another one.
local LARGEST_EXACT = 9007199254740992

local WIDTHS = { "%.15g", "%.16g", "%.17g" }

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

--- The shortest of three widths that reads back as the same float; the host's decimal sign becomes a point.
local function format_float(value)
  local text
  for _, width in ipairs(WIDTHS) do
    local native = format(width, value)
    text = native:gsub("[^%d%+%-e]+", ".")
    if tonumber(native) == value or tonumber(text) == value then break end
  end
  return text
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
  return format_float(value)
end

return M
