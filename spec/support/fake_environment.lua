-- SPDX-License-Identifier: MIT
-- Environment variables for specs: Lua cannot set any, so os.getenv is replaced while a spec runs.

local M = {}

local real_getenv = os.getenv

--- Makes os.getenv see these variables and no others.
---@param variables table<string, string>
function M.set(variables)
  rawset(os, "getenv", function(name) return variables[name] end)
end

--- Gives the real environment back.
function M.restore()
  rawset(os, "getenv", real_getenv)
end

return M
