-- SPDX-License-Identifier: MIT
-- lua-cjson for the SDK's own use: an instance of its own, which neither sees nor changes the host's settings.
-- Where it cannot load, what the SDK needs of it is done in Lua.

local strings = require("seam.lazy")("seam.json.strings")

local loaded, cjson = pcall(require, "cjson")
if not loaded and cjson == "not enough memory" then error(cjson, 0) end
loaded = loaded and type(cjson) == "table" and type(cjson.new) == "function"

--- Equal to nothing else, and never copied as tables are.
local function null() end

local M = {
  --- Whether lua-cjson itself is here.
  is_here = loaded,
  null = loaded and cjson.null or null,
}

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
  instance = loaded and cjson.new() or { encode = strings.quote }
  return instance
end

return M
