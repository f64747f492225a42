-- SPDX-License-Identifier: MIT
-- Compares decoded values exactly: 1 and 1.0 are different numbers where Lua tells them apart.

-- See seam.json.encode: Debian's LuaJIT now and then compiles such walks wrongly.
local jit = rawget(_G, "jit")
if jit then jit.off(true, true) end

local M = {}

local math_type = rawget(math, "type") or type

--- nil when both are the same, else a sentence on the first difference.
function M.difference(expected, actual, path)
  path = path or "value"
  if type(expected) ~= type(actual) then
    return ("%s: expected a %s, got a %s (%s)"):format(path, type(expected), type(actual), tostring(actual))
  end
  if type(expected) ~= "table" then
    if expected ~= actual or math_type(expected) ~= math_type(actual) then
      return ("%s: expected %s, got %s"):format(path, tostring(expected), tostring(actual))
    end
    if expected == 0 and 1 / expected ~= 1 / actual then return path .. ": the sign of zero differs" end
    return nil
  end
  for key, value in pairs(expected) do
    local found = M.difference(value, actual[key], path .. "." .. tostring(key))
    if found then return found end
  end
  for key in pairs(actual) do
    if expected[key] == nil then return ("%s: did not expect the key %s"):format(path, tostring(key)) end
  end
  return nil
end

--- Floats that are whole and within 2^53 as integers, as both decoders give them.
function M.number(value)
  local to_integer = rawget(math, "tointeger")
  return to_integer and math.abs(value) <= 2 ^ 53 and to_integer(value) or value
end

return M
