/* SPDX-License-Identifier: MIT */
/* JSON text to Lua values. */

#ifndef SEAM_LJSON_H
#define SEAM_LJSON_H

#include <stddef.h>

#include "lua.h"

#define LJSON_DEFAULT_DEPTH 64
#define LJSON_MAX_DEPTH 256

/* A few megabytes of "{},{}," would fill hundreds with empty tables. The API's answers hold about
   one container in a hundred bytes. */
#define LJSON_FREE_CONTAINERS 65536
#define LJSON_BYTES_A_CONTAINER 32

/* Decodes `length` bytes: pushes the value, or nil and a reason with the byte position (never
   content), and returns how many it pushed. A top-level null is nil without a reason.
   Nulls in objects are absent, in arrays they are dropped; `max_depth` (1 to LJSON_MAX_DEPTH)
   containers may stand inside each other, and no more of them than the length allows.
   Memory may run out here, and finalizers of the host may run: `bytes` must belong to something
   that neither a Lua error loses nor a finalizer can free or move meanwhile.
   [-0, +(1|2), m] */
int ljson_decode_bytes(lua_State *L, const char *bytes, size_t length, int max_depth);

/* core.decode(text [, max_depth]) -> value | nil, reason   [-0, +(1|2), v] */
int ljson_decode(lua_State *L);

#endif
