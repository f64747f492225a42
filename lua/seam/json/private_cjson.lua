-- SPDX-License-Identifier: MIT
-- lua-cjson for the SDK's own use: an instance of its own, which neither sees nor changes the host's settings.

local loaded, cjson = pcall(require, "cjson")
if not loaded then
  if cjson == "not enough memory" then error(cjson, 0) end
  local why = tostring(cjson):match("^[^\n]*")
  error("seam needs the Lua module cjson: install the package lua-cjson (" .. why .. ")", 0)
end

local M = { null = cjson.null }

local instance

--- The SDK's instance, made at first use.
---@return table
function M.instance()
  return instance or M.renew()
end

--- A new instance. lua-cjson learns the host's decimal sign when an instance is made, and only then,
--- so reading numbers under a locale that may have changed takes a new one.
---@return table
function M.renew()
  instance = cjson.new()
  return instance
end

return M
