/* SPDX-License-Identifier: MIT */
/* The keys of objects that a Lua state has read. */

#ifndef SEAM_LJSON_KEYS_H
#define SEAM_LJSON_KEYS_H

#include <stddef.h>

#include "ljson_known.h"
#include "lua.h"

/* A power of two. All the API's keys are some three hundred; an answer has a fraction of them. */
#define LJSON_KEYS 256

/* What a Lua state knows of them, and how many objects it has read. */
typedef struct ljson_memory {
  uint64_t objects;
  ljson_known known[LJSON_KEYS]; /* by slot */
  uint64_t object[LJSON_KEYS];   /* the one that it was last a key of */
} ljson_memory;

/* What one decoding needs of them. */
typedef struct ljson_keys {
  int strings; /* stack index of a table: slot + 1 -> Lua string */
  ljson_memory *memory;
} ljson_keys;

/* Pushes what the memory lives by; made when the state reads for the first time.   [-0, +1, m] */
void ljson_open_keys(lua_State *L, ljson_keys *keys);

/* A number for an object that begins: larger than those of all that began before. */
static inline uint64_t ljson_new_object(const ljson_keys *keys) {
  return ++keys->memory->objects;
}

/* Pushes a key whose bytes stand for themselves. Returns whether it is certainly the first of that
   name in its object; 0 where nobody remembers.   [-0, +1, m] */
int ljson_push_key(lua_State *L, const ljson_keys *keys, uint64_t object, const char *bytes,
                   size_t length);

#endif
