-- SPDX-License-Identifier: MIT
-- Calls what the owner wrote, or what must not take a request down with it: errors come back behind nil,
-- whether they were raised or returned.

local protected = require "seam.protected"

local function settle(ok, value, extra)
  if not ok then return nil, value == nil and "nil was raised" or value end
  return value, extra
end

---@param f function it may wait
---@return any value
---@return any extra the error when value is nil
return function(f, ...)
  return settle(protected.pcall(f, ...))
end
