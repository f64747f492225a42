-- SPDX-License-Identifier: MIT
-- Finds the generated rows: those of a namespace, or the one of a path. Loads a namespace when it is
-- first asked for.

local M = {}

local has_rows

local function is_namespace(full_name)
  if not has_rows then
    -- Kept only when it is whole: memory may run out on the way, and the next call starts anew.
    local found = {}
    for _, name in ipairs(require "seam.api.index") do found[name] = true end
    has_rows = found
  end
  return has_rows[full_name]
end

--- The rows of a namespace by endpoint name; an empty table where there are none.
---@param full_name string for example "access_codes.unmanaged"
---@return table<string, table>
function M.of(full_name)
  return is_namespace(full_name) and require("seam.api." .. full_name) or {}
end

--- The row of a documented path.
---@param path string "/locks/unlock_door", or "locks.unlock_door"
---@return table|nil
function M.at(path)
  local dotted = path:gsub("^/", ""):gsub("/", ".")
  local full_name, name = dotted:match("^(.+)%.([^.]+)$")
  return full_name and M.of(full_name)[name] or nil
end

return M
