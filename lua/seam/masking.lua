-- SPDX-License-Identifier: MIT
-- Takes the secret out of what a server says: it may repeat it anywhere, as a key of a table too.

local protocol = require "seam.protocol"

require("seam.uncompiled")()

local M = {}

--- A deep copy in which every text, keys included, went through `mask`.
---@param value any
---@param mask fun(text: string): string
---@return any
function M.copy(value, mask)
  if type(value) == "string" then return mask(value) end
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, inner in next, value do copy[M.copy(key, mask)] = M.copy(inner, mask) end
  return setmetatable(copy, getmetatable(value))
end

--- An error without the secret.
---@param err seam.Error
---@param credentials seam.Credentials
---@return seam.Error copy nothing of it is shared with the original
function M.error(err, credentials)
  local copy = M.copy(err, credentials.mask)
  -- Cut after masking: half of the secret could stand at the end.
  if copy.body then copy.body = copy.body:sub(1, protocol.EXCERPT) end
  return copy
end

return M
