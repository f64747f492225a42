-- SPDX-License-Identifier: MIT
-- Environment variables; an empty one counts as not set.

local M = {}

---@param name string
---@return string|nil
function M.get(name)
  -- Hosts that sandbox their scripts have no environment.
  local getenv = os and os.getenv
  local value = getenv and getenv(name)
  return value ~= "" and value or nil
end

return M
