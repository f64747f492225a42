-- SPDX-License-Identifier: MIT
-- Functions that may be called with a dot or with a colon: the receiver of the latter is dropped.

local M = {}

--- A module's function as its face offers it.
---@param owner table the module, as a receiver to be dropped
---@param finish fun(...): any raises an error, or returns nil and it
---@param f function returns nil and an error where it fails
---@return function
function M.dropped(owner, finish, f)
  return function(first, ...)
    if rawequal(first, owner) then return finish(f(...)) end
    return finish(f(first, ...))
  end
end

return M
