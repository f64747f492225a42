-- SPDX-License-Identifier: MIT
-- Keeps LuaJIT's compiler off a module that walks tables with `pairs` or `next`: Debian's LuaJIT
-- (2.1.0-beta3) now and then compiles such a walk into code that cuts an address in half and ends the
-- process. These walks are short, so interpreting them costs a call next to nothing.

local jit = rawget(_G, "jit")
local getinfo = debug and debug.getinfo

--- Called at the top of a module: its main chunk and every function in it stay interpreted. Does
--- nothing on other Luas.
return function()
  if jit and getinfo then jit.off(getinfo(2, "f").func, true) end
end
