/* SPDX-License-Identifier: MIT */
/* JSON strings to Lua strings: unescaping, and a memory of the short ones. */

#include "ljson_strings.h"

#include <string.h>

#include "lauxlib.h"

/* Escaped strings up to this many raw bytes are unescaped on the C stack. */
#define SMALL_SCRATCH 512

/* Remembering more strings than a short text can repeat only costs time. */
static size_t slots_for(size_t length) {
  size_t slots = 16;
  while (slots < LJSON_MAX_REMEMBERED && slots < length / 64) slots *= 2;
  return slots;
}

void ljson_reserve_stack(lua_State *L, int slots) {
  if (lua_checkstack(L, slots)) return;
  lua_pushliteral(L, "not enough memory"); /* word for word Lua's own, without a position */
  lua_error(L);
}

void ljson_open_strings(lua_State *L, ljson_strings *strings, size_t length) {
  strings->base = lua_gettop(L) + 1;
  strings->scratch = NULL;
  strings->scratch_size = 0;
  strings->slots = slots_for(length);
  memset(strings->seen, 0, strings->slots * sizeof strings->seen[0]);
  ljson_reserve_stack(L, (int)strings->slots + 16);
  lua_settop(L, strings->base + (int)strings->slots);
}

/* Room for `length` bytes, good until the next call. */
static char *reserve_scratch(lua_State *L, ljson_strings *strings, size_t length) {
  if (length > strings->scratch_size) {
    size_t size = length > strings->scratch_size * 2 ? length : strings->scratch_size * 2;
    strings->scratch_size = 0;
    strings->scratch = lua_newuserdata(L, size);
    lua_replace(L, strings->base);
    strings->scratch_size = size;
  }
  return strings->scratch;
}

void ljson_push_escaped(lua_State *L, ljson_strings *strings, const seam_json_string *string) {
  char small[SMALL_SCRATCH];
  char *to = string->length > sizeof small ? reserve_scratch(L, strings, string->length) : small;
  lua_pushlstring(L, to, seam_json_unescape(string, to));
}

/* Many values repeat from object to object (types, time zones, ids of the workspace): finding one
   again in the Lua stack is cheaper than letting Lua hash or copy it again. */
static void push_short(lua_State *L, ljson_strings *strings, const char *bytes, size_t length) {
  ljson_fingerprint mark = ljson_take_fingerprint(bytes, length);
  size_t slot = ljson_slot_of(ljson_hash(&mark, length), strings->slots);
  int index = strings->base + 1 + (int)slot;
  if (ljson_is_same(&strings->seen[slot], &mark, bytes, length)) {
    lua_pushvalue(L, index);
    return;
  }
  lua_pushlstring(L, bytes, length);
  lua_pushvalue(L, -1);
  lua_replace(L, index);
  ljson_note(&strings->seen[slot], &mark, bytes, length);
}

void ljson_push_plain(lua_State *L, ljson_strings *strings, const char *bytes, size_t length) {
  if (length <= LJSON_MAX_SHORT) push_short(L, strings, bytes, length);
  else lua_pushlstring(L, bytes, length);
}
