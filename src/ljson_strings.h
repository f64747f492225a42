/* SPDX-License-Identifier: MIT */
/* JSON strings to Lua strings: unescaping, and a memory of the short ones. */

#ifndef SEAM_LJSON_STRINGS_H
#define SEAM_LJSON_STRINGS_H

#include <stddef.h>

#include "json.h"
#include "ljson_known.h"
#include "lua.h"

#define LJSON_MAX_REMEMBERED 512

/* Plain data on the C stack; its Lua values stand in the Lua stack: at `base` a userdata for long
   escaped strings, behind it `slots` (a power of two) remembered strings. */
typedef struct ljson_strings {
  int base;
  char *scratch;
  size_t scratch_size;
  size_t slots;
  ljson_known seen[LJSON_MAX_REMEMBERED]; /* their bytes are the text's */
} ljson_strings;

/* Makes room for `slots` values, or raises. What we ask for is within every Lua's limits, so only
   memory can be short; lua_checkstack catches that error and Lua would call it an overflow.
   [-0, +0, e] */
void ljson_reserve_stack(lua_State *L, int slots);

/* Prepares for a text of `length` bytes, which must stay where it is meanwhile. Takes the stack
   slots it needs.   [-0, +n, m] */
void ljson_open_strings(lua_State *L, ljson_strings *strings, size_t length);

/* Pushes a string whose bytes stand for themselves.   [-0, +1, m] */
void ljson_push_plain(lua_State *L, ljson_strings *strings, const char *bytes, size_t length);

/* Pushes a string with escapes.   [-0, +1, m] */
void ljson_push_escaped(lua_State *L, ljson_strings *strings, const seam_json_string *string);

#endif
