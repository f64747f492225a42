/* SPDX-License-Identifier: MIT
 * Bytes as instructions that build one Lua value, for whatever takes tables.
 */
#ifndef SEAM_SPEC_FUZZ_VALUES_H
#define SEAM_SPEC_FUZZ_VALUES_H

#include "lua.h"

/* build(bytes, null) -> table, an object; `null` stands for null in it. Past the end of the bytes
 * everything is 0, so that it ends   [-0, +1, v] */
int fuzz_values_build(lua_State *L);

#endif
