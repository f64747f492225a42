/* SPDX-License-Identifier: MIT
 * Classes of userdata, as every C module of ours makes them. */
#ifndef SEAM_LCLASS_H
#define SEAM_LCLASS_H

#include "compat.h"

/* Makes a metatable of that name with methods and metamethods   [-0, +0, m] */
void lclass_new(lua_State *L, const char *name, const luaL_Reg *methods,
                const luaL_Reg *metamethods);

#endif
