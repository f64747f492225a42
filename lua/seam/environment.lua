-- SPDX-License-Identifier: MIT
-- Environment variables; an empty one counts as not set.

local M = {}

---@param name string
---@return string|nil
function M.get(name)
  local value = os.getenv(name)
  return value ~= "" and value or nil
end

return M
