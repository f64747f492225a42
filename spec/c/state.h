/* SPDX-License-Identifier: MIT
 * Lua states within a Lua state: what a host script makes, calls, starves and closes. */
#ifndef SEAM_SPEC_STATE_H
#define SEAM_SPEC_STATE_H

#include "lua.h"

/* Makes the metatable; pushes the function `state(prepare)`   [-0, +1, m] */
int state_register(lua_State *L);

/* What a new state is given before its program runs, besides the standard libraries. */
void state_preload(lua_State *L);

#endif
