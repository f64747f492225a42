/* SPDX-License-Identifier: MIT
 * Makes metatables. */
#include "lclass.h"

void lclass_new(lua_State *L, const char *name, const luaL_Reg *methods,
                const luaL_Reg *metamethods) {
  if (luaL_newmetatable(L, name)) {
    seam_setfuncs(L, metamethods);
    lua_newtable(L);
    seam_setfuncs(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pushstring(L, name);
    lua_setfield(L, -2, "__name");
  }
  lua_pop(L, 1);
}
