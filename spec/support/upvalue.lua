-- SPDX-License-Identifier: MIT
-- Looks at a table that a function keeps to itself.

---@param f function
---@param name string
---@return any
return function(f, name)
  local index = 1
  local found, value = debug.getupvalue(f, index)
  while found and found ~= name do
    index = index + 1
    found, value = debug.getupvalue(f, index)
  end
  assert(found, "the function has no upvalue " .. name)
  return value
end
