-- SPDX-License-Identifier: MIT
-- For specs: the error object a function raises, or a failing test that says what came instead.

local errors = require "seam.errors"

--- Calls a function that must raise one of our errors.
---@param name string the name it must have, or stand below
---@param f function
---@return seam.Error
return function(name, f, ...)
  local ok, err = pcall(f, ...)
  if ok then error(("expected %s to be raised, but the call succeeded"):format(name), 2) end
  if not errors.is_error(err, name) then
    error(("expected %s to be raised, got: %s"):format(name, tostring(err)), 2)
  end
  return err
end
