-- SPDX-License-Identifier: MIT
-- The options of a wait: what all have in common, and each one's own.

local helper_options = require "seam.helper_options"

require("seam.uncompiled")()

local M = {}

local COMMON = {
  timeout = "duration", polling_interval = "interval", on_poll = "function", cancelled = "function",
}

--- Checks the options of a wait and fills them up.
---@param given table|nil
---@param defaults table values of what is absent; timeout and polling_interval must be there
---@param own table<string, string|table> further names, as helper_options.check takes them
---@return table|nil options a copy
---@return seam.Error|nil err SeamInvalidOptionsError
function M.check(given, defaults, own)
  local known = {}
  for name, kind in pairs(COMMON) do known[name] = kind end
  for name, kind in pairs(own) do known[name] = kind end
  return helper_options.check(given, known, defaults)
end

return M
