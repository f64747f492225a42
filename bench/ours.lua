-- SPDX-License-Identifier: MIT
-- How a Lua finds this checkout.

local VERSION = { ["lua5.4"] = "5.4", luajit = "5.1" }

--- Words for the environment. The versioned names, where a Lua has them: they win over the plain ones.
---@param lua "lua5.4"|"luajit"
---@param modules string|nil where its Lua modules are, if not here
---@return string
return function(lua, modules)
  local suffix = lua == "lua5.4" and "_5_4" or ""
  modules = modules or "lua"
  return ("LUA_PATH%s='%s/?.lua;%s/?/init.lua;;' LUA_CPATH%s='build/lua/%s/?.so;;' "):format(
    suffix, modules, modules, suffix, VERSION[lua])
end
