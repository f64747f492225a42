/* SPDX-License-Identifier: MIT */
/* JSON strings to Lua strings: unescaping, and a memory of the short ones. */

#include "ljson_strings.h"

#include <string.h>

#include "lauxlib.h"

/* Escaped strings up to this many raw bytes are unescaped on the C stack. */
#define SMALL_SCRATCH 512

/* Longer strings are never looked for. */
#define MAX_SHORT 64

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

static uint64_t load32(const char *bytes) {
  uint32_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

static ljson_fingerprint take_fingerprint(const char *bytes, size_t length) {
  ljson_fingerprint mark = {0, 0};
  if (length >= 8) {
    memcpy(&mark.head, bytes, 8);
    memcpy(&mark.tail, bytes + length - 8, 8);
  } else if (length >= 4) {
    mark.head = load32(bytes);
    mark.tail = load32(bytes + length - 4);
  } else if (length > 0) {
    mark.head = (unsigned char)bytes[0];
    mark.tail = (uint64_t)(unsigned char)bytes[length / 2] << 8 | (unsigned char)bytes[length - 1];
  }
  return mark;
}

static int is_same(const ljson_known *known, const ljson_fingerprint *mark, const char *bytes,
                   size_t length) {
  if (known->mark.head != mark->head || known->mark.tail != mark->tail) return 0;
  if (known->length != length || !known->bytes) return 0;
  return length <= 16 || memcmp(known->bytes + 8, bytes + 8, length - 16) == 0;
}

/* Keys repeat from object to object, many values too (types, time zones, ids of the workspace):
   finding a string again in the Lua stack is cheaper than letting Lua hash or copy it again. */
static void push_short(lua_State *L, ljson_strings *strings, const char *bytes, size_t length) {
  ljson_fingerprint mark = take_fingerprint(bytes, length);
  uint64_t hash = (mark.head ^ (mark.tail << 1) ^ length) * UINT64_C(0x9E3779B97F4A7C15);
  size_t slot = (size_t)(hash >> 40) & (strings->slots - 1);
  int index = strings->base + 1 + (int)slot;
  if (is_same(&strings->seen[slot], &mark, bytes, length)) {
    lua_pushvalue(L, index);
    return;
  }
  lua_pushlstring(L, bytes, length);
  lua_pushvalue(L, -1);
  lua_replace(L, index);
  strings->seen[slot].mark = mark;
  strings->seen[slot].bytes = bytes;
  strings->seen[slot].length = (uint32_t)length;
}

void ljson_push_plain(lua_State *L, ljson_strings *strings, const char *bytes, size_t length) {
  if (length <= MAX_SHORT) push_short(L, strings, bytes, length);
  else lua_pushlstring(L, bytes, length);
}
