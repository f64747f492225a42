-- SPDX-License-Identifier: MIT
-- Calls a function that raises its errors, or returns nil and them: clients of seam and of seam.safe, and
-- functions of the user. LuaJIT, the only Lua in nginx, lets a protected function wait.

local function settle(ok, value, extra)
  if not ok then return nil, value == nil and "nil was raised" or value end
  return value, extra
end

---@param f function
---@return any value
---@return any extra the error when value is nil
return function(f, ...)
  return settle(pcall(f, ...))
end
