/* SPDX-License-Identifier: MIT */
/* The keys of objects that a Lua state has read. */

#ifndef SEAM_LJSON_KEYS_H
#define SEAM_LJSON_KEYS_H

#include <stddef.h>

#include "ljson_known.h"
#include "lua.h"

/* A power of two. All the API's keys are some three hundred; an answer has a fraction of them. */
#define LJSON_KEYS 256

/* What one decoding needs of them. */
typedef struct ljson_keys {
  int strings;        /* stack index of a table: slot + 1 -> Lua string */
  ljson_known *known; /* by slot; of the Lua state */
} ljson_keys;

/* Pushes what the memory lives by; made when the state reads for the first time.   [-0, +1, m] */
void ljson_open_keys(lua_State *L, ljson_keys *keys);

/* Pushes a key whose bytes stand for themselves.   [-0, +1, m] */
void ljson_push_key(lua_State *L, const ljson_keys *keys, const char *bytes, size_t length);

#endif
