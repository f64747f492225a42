/* SPDX-License-Identifier: MIT
 * Values of every kind, in C: Lua code took longer to build them than what is fuzzed to read them.
 */
#include "fuzz_values.h"

#include <math.h>
#include <stddef.h>

#include "lauxlib.h"

#define BYTES 1
#define NULL_VALUE 2

typedef struct reader {
  lua_State *L;
  const unsigned char *at;
  const unsigned char *end;
} reader;

static const double numbers[] = {
    0,         -0.0, 1,    0.1,  -1e300, 9007199254740992.0, 9007199254740994.0, INFINITY,
    -INFINITY, NAN,  1e21, 1e-7, 5e-324, 123456.789};

static void push_value(reader *r);

static int next_byte(reader *r) {
  return r->at < r->end ? *r->at++ : 0;
}

static void push_text(reader *r) {
  size_t length = (size_t)next_byte(r) % 32, left = (size_t)(r->end - r->at);
  if (length > left) length = left;
  lua_pushlstring(r->L, (const char *)r->at, length);
  r->at += length;
}

static void push_list(reader *r) {
  int i, count = next_byte(r) % 8;
  lua_createtable(r->L, 0, 0);
  for (i = 1; i <= count; i++) {
    push_value(r);
    lua_rawseti(r->L, -2, i);
  }
}

static void push_object(reader *r) {
  int count = next_byte(r) % 8;
  lua_createtable(r->L, 0, 0);
  for (; count > 0; count--) {
    push_text(r);
    push_value(r);
    lua_rawset(r->L, -3);
  }
}

static int can_be_key(lua_State *L) {
  if (lua_isnil(L, -1)) return 0;
  return lua_type(L, -1) != LUA_TNUMBER || !isnan((double)lua_tonumber(L, -1));
}

/* Keys of any kind, and now and then a table that contains itself. */
static void push_odd_table(reader *r) {
  int count = next_byte(r) % 4;
  lua_createtable(r->L, 0, 0);
  for (; count > 0; count--) {
    push_value(r);
    if (!can_be_key(r->L)) {
      lua_pop(r->L, 1);
      continue;
    }
    push_value(r);
    lua_rawset(r->L, -3);
  }
  if (next_byte(r) % 4 == 0) {
    lua_pushvalue(r->L, -1);
    lua_setfield(r->L, -2, "again");
  }
}

static void push_integer(reader *r) {
  int high = next_byte(r);
  lua_pushinteger(r->L, high * 256 + next_byte(r));
}

static void push_value(reader *r) {
  luaL_checkstack(r->L, 8, "a value nested too deeply");
  switch (next_byte(r) % 11) {
    case 0:
    case 1: push_text(r); break;
    case 2: push_list(r); break;
    case 3:
    case 4: push_object(r); break;
    case 5: push_odd_table(r); break;
    case 6:
      lua_pushnumber(r->L, numbers[(size_t)next_byte(r) % (sizeof numbers / sizeof numbers[0])]);
      break;
    case 7: push_integer(r); break;
    case 8: lua_pushboolean(r->L, next_byte(r) % 2 == 0); break;
    case 9: lua_pushcfunction(r->L, fuzz_values_build); break;
    default: lua_pushvalue(r->L, NULL_VALUE);
  }
}

int fuzz_values_build(lua_State *L) {
  size_t length;
  reader r;
  r.L = L;
  r.at = (const unsigned char *)luaL_checklstring(L, BYTES, &length);
  r.end = r.at + length;
  lua_settop(L, NULL_VALUE);
  push_object(&r);
  return 1;
}
