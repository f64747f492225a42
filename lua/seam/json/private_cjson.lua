-- SPDX-License-Identifier: MIT
-- lua-cjson for the SDK's own use: an instance of its own, which neither sees nor changes the host's settings.

local loaded, cjson = pcall(require, "cjson")
if not loaded then
  local why = tostring(cjson):match("^[^\n]*")
  error("seam needs the Lua module cjson: install the package lua-cjson (" .. why .. ")", 0)
end

local M = { null = cjson.null }

local instance

--- The SDK's instance, made at first use.
---@return table
function M.instance()
  instance = instance or cjson.new()
  return instance
end

return M
