/* SPDX-License-Identifier: MIT */
/* A memory of keys for as long as the Lua state lives: every answer has the same ones, and finding
   one again costs a tenth of letting Lua hash and compare it. Values are not remembered beyond
   their text: one may be a PIN. */

#include "ljson_keys.h"

#include "compat.h"

/* Key, in the registry, of the table of strings; behind the strings it holds what is known of
   them. */
static char strings_key;

/* Pushes a fresh table of strings and files it   [-0, +1, m] */
static ljson_known *make(lua_State *L) {
  ljson_known *known;
  lua_createtable(L, LJSON_KEYS + 1, 0);
  known = lua_newuserdata(L, LJSON_KEYS * sizeof *known);
  memset(known, 0, LJSON_KEYS * sizeof *known);
  lua_rawseti(L, -2, LJSON_KEYS + 1);
  lua_pushvalue(L, -1);
  seam_rawsetp(L, LUA_REGISTRYINDEX, &strings_key);
  return known;
}

void ljson_open_keys(lua_State *L, ljson_keys *keys) {
  seam_rawgetp(L, LUA_REGISTRYINDEX, &strings_key);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    keys->known = make(L);
  } else {
    lua_rawgeti(L, -1, LJSON_KEYS + 1);
    keys->known = lua_touserdata(L, -1);
    lua_pop(L, 1);
  }
  keys->strings = lua_gettop(L);
}

/* Files the string on top in `slot`; what stood there moves to the slot beside, so that two keys
   that meet do not drive each other out   [-0, +0, -] */
static void remember(lua_State *L, const ljson_keys *keys, size_t slot,
                     const ljson_fingerprint *mark, size_t length) {
  size_t beside = slot ^ 1;
  const char *bytes = lua_tostring(L, -1);
  lua_rawgeti(L, keys->strings, (int)slot + 1);
  lua_rawseti(L, keys->strings, (int)beside + 1);
  keys->known[beside] = keys->known[slot];
  lua_pushvalue(L, -1);
  lua_rawseti(L, keys->strings, (int)slot + 1);
  ljson_note(&keys->known[slot], mark, bytes, length);
}

void ljson_push_key(lua_State *L, const ljson_keys *keys, const char *bytes, size_t length) {
  ljson_fingerprint mark;
  size_t slot;
  if (length > LJSON_MAX_SHORT) {
    lua_pushlstring(L, bytes, length);
    return;
  }
  mark = ljson_take_fingerprint(bytes, length);
  slot = ljson_slot_of(&mark, length, LJSON_KEYS);
  if (!ljson_is_same(&keys->known[slot], &mark, bytes, length)) slot ^= 1;
  if (ljson_is_same(&keys->known[slot], &mark, bytes, length)) {
    lua_rawgeti(L, keys->strings, (int)slot + 1);
    return;
  }
  lua_pushlstring(L, bytes, length);
  remember(L, keys, slot ^ 1, &mark, length);
}
