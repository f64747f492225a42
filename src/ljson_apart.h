/* SPDX-License-Identifier: MIT */
/* Decoding on a stack of its own. */

#ifndef SEAM_LJSON_APART_H
#define SEAM_LJSON_APART_H

#include <stddef.h>

#include "lua.h"

/* As ljson_decode_bytes. Called by a coroutine it works on the stack of a Lua thread that all of
   them share: reading takes a few hundred slots, and hundreds of coroutines that wait for answers
   at once would each keep as many until they end.   [-0, +(1|2), v] */
int ljson_decode_apart(lua_State *L, const char *bytes, size_t length, int max_depth);

#endif
