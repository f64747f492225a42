/* SPDX-License-Identifier: MIT
 * c-bound: the least that makes Lua tables of JSON. It trusts the text (no escapes but those it
 * knows, no broken UTF-8, no depth): a bound for decoders, not one to use. Null is dropped,
 * integers stay so, keys are remembered, tables are made at their final size. */
#include "reader.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

#define SLOTS 256

static lua_State *L;
static const char *at;
static struct {
  const char *bytes;
  size_t length;
} known[SLOTS];

static int read_value(void); /* 0 when it was null and nothing was pushed */

static void skip(void) {
  while (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r') at++;
}

/* Texts that repeat are found again in the first SLOTS places of the stack. */
static void push_text(const char *bytes, size_t length) {
  uint64_t head = 0, tail = 0;
  size_t slot;
  memcpy(&head, bytes, length < 8 ? length : 8);
  memcpy(&tail, bytes + (length < 8 ? 0 : length - 8), length < 8 ? length : 8);
  slot = (size_t)(((head ^ tail << 1 ^ length) * UINT64_C(0x9E3779B97F4A7C15)) >> 56);
  if (known[slot].length == length && known[slot].bytes != NULL &&
      memcmp(known[slot].bytes, bytes, length) == 0) {
    lua_pushvalue(L, (int)slot + 1);
    return;
  }
  lua_pushlstring(L, bytes, length);
  lua_pushvalue(L, -1);
  lua_replace(L, (int)slot + 1);
  known[slot].bytes = bytes;
  known[slot].length = length;
}

static void read_string(void) {
  const char *start = ++at;
  at = strchr(at, '"');
  push_text(start, (size_t)(at - start));
  at++;
}

static void read_number(void) {
  char *end;
  lua_Integer whole = strtoll(at, &end, 10);
  if (*end == '.' || *end == 'e' || *end == 'E') lua_pushnumber(L, strtod(at, &end));
  else lua_pushinteger(L, whole);
  at = end;
}

static void read_array(void) {
  int table, count;
  luaL_checkstack(L, 40, NULL);
  lua_pushnil(L);
  table = lua_gettop(L);
  for (at++, skip(); *at != ']'; skip()) {
    read_value();
    skip();
    if (*at == ',') at++;
  }
  at++;
  count = lua_gettop(L) - table;
  lua_createtable(L, count, 0);
  lua_replace(L, table);
  while (count > 0) lua_rawseti(L, table, count--);
}

static void read_object(void) {
  int table;
  luaL_checkstack(L, 200, NULL);
  lua_pushnil(L);
  table = lua_gettop(L);
  for (at++, skip(); *at != '}'; skip()) {
    read_string();
    skip();
    at++;
    skip();
    if (!read_value()) lua_pop(L, 1);
    skip();
    if (*at == ',') at++;
    skip();
  }
  at++;
  lua_createtable(L, 0, (lua_gettop(L) - table) / 2);
  lua_replace(L, table);
  while (lua_gettop(L) > table) lua_rawset(L, table);
}

static int read_value(void) {
  switch (*at) {
    case '"': read_string(); return 1;
    case '{': read_object(); return 1;
    case '[': read_array(); return 1;
    case 't':
      at += 4;
      lua_pushboolean(L, 1);
      return 1;
    case 'f':
      at += 5;
      lua_pushboolean(L, 0);
      return 1;
    case 'n': at += 4; return 0;
    default: read_number(); return 1;
  }
}

void reader_open(void) {
  L = luaL_newstate();
  luaL_openlibs(L);
  luaL_checkstack(L, SLOTS + 20, NULL);
}

void reader_take(const char *bytes, size_t length) {
  (void)length;
  lua_settop(L, SLOTS);
  memset(known, 0, sizeof known);
  at = bytes;
  skip();
  read_value();
  lua_settop(L, 0); /* garbage from now on */
}

int reader_wants_bodies(void) {
  return 1;
}
