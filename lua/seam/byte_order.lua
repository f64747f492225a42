-- SPDX-License-Identifier: MIT
-- Compares texts by their bytes: Lua's own `<` follows the host's locale.

local M = {}

---@param left string
---@param right string
---@return boolean whether left comes first
function M.is_less(left, right)
  for index = 1, math.min(#left, #right) do
    local a, b = left:byte(index), right:byte(index)
    if a ~= b then return a < b end
  end
  return #left < #right
end

return M
