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
static ljson_memory *make(lua_State *L) {
  ljson_memory *memory;
  lua_createtable(L, LJSON_KEYS + 1, 0);
  memory = lua_newuserdata(L, sizeof *memory);
  memset(memory, 0, sizeof *memory);
  lua_rawseti(L, -2, LJSON_KEYS + 1);
  lua_pushvalue(L, -1);
  seam_rawsetp(L, LUA_REGISTRYINDEX, &strings_key);
  return memory;
}

void ljson_open_keys(lua_State *L, ljson_keys *keys) {
  seam_rawgetp(L, LUA_REGISTRYINDEX, &strings_key);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    keys->memory = make(L);
  } else {
    lua_rawgeti(L, -1, LJSON_KEYS + 1);
    keys->memory = lua_touserdata(L, -1);
    lua_pop(L, 1);
  }
  keys->strings = lua_gettop(L);
}

/* A key may stand in two places. With one alone, some of the sixty keys of a device would drive
   each other out each time it is read. */
static size_t first_place(uint64_t hash) {
  return ljson_slot_of(hash, LJSON_KEYS);
}

static size_t second_place(uint64_t hash) {
  return ljson_slot_of(hash >> 12, LJSON_KEYS);
}

/* The place in which a key stands, LJSON_KEYS when it stands in none. */
static size_t find(const ljson_keys *keys, const ljson_fingerprint *mark, const char *bytes,
                   size_t length) {
  const ljson_known *known = keys->memory->known;
  uint64_t hash = ljson_hash(mark, length);
  size_t slot = first_place(hash);
  if (ljson_is_same(&known[slot], mark, bytes, length)) return slot;
  slot = second_place(hash);
  return ljson_is_same(&known[slot], mark, bytes, length) ? slot : LJSON_KEYS;
}

static int is_free(const ljson_keys *keys, size_t slot) {
  return keys->memory->known[slot].size == 0;
}

/* Gives what stands in `slot` its other place; whoever stood there is forgotten.   [-0, +0, -] */
static void move_away(lua_State *L, const ljson_keys *keys, size_t slot) {
  const ljson_known *moved = &keys->memory->known[slot];
  uint64_t hash = ljson_hash(&moved->mark, moved->size - 1);
  size_t to = first_place(hash) == slot ? second_place(hash) : first_place(hash);
  lua_rawgeti(L, keys->strings, (int)slot + 1);
  lua_rawseti(L, keys->strings, (int)to + 1);
  keys->memory->known[to] = *moved;
  keys->memory->object[to] = keys->memory->object[slot];
}

/* Pushes a key that is not remembered, and files it, unless a finalizer that ran while the string
   was made has done so: a key must not stand in both its places   [-0, +1, m] */
static void push_new(lua_State *L, const ljson_keys *keys, const ljson_fingerprint *mark,
                     uint64_t object, const char *bytes, size_t length) {
  uint64_t hash = ljson_hash(mark, length);
  size_t slot = first_place(hash);
  lua_pushlstring(L, bytes, length);
  if (find(keys, mark, bytes, length) != LJSON_KEYS) return;
  if (!is_free(keys, slot)) {
    if (is_free(keys, second_place(hash))) slot = second_place(hash);
    else move_away(L, keys, slot);
  }
  lua_pushvalue(L, -1);
  lua_rawseti(L, keys->strings, (int)slot + 1);
  ljson_note(&keys->memory->known[slot], mark, lua_tostring(L, -1), length);
  keys->memory->object[slot] = object;
}

int ljson_push_key(lua_State *L, const ljson_keys *keys, uint64_t object, const char *bytes,
                   size_t length) {
  ljson_fingerprint mark;
  size_t slot;
  int is_first;
  if (length > LJSON_MAX_SHORT) {
    lua_pushlstring(L, bytes, length);
    return 0;
  }
  mark = ljson_take_fingerprint(bytes, length);
  slot = find(keys, &mark, bytes, length);
  if (slot == LJSON_KEYS) {
    push_new(L, keys, &mark, object, bytes, length);
    return 0;
  }
  /* Had this object had it, its own number would stand there, or that of one that began later. */
  is_first = keys->memory->object[slot] < object;
  keys->memory->object[slot] = object;
  lua_rawgeti(L, keys->strings, (int)slot + 1);
  return is_first;
}
