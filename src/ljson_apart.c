/* SPDX-License-Identifier: MIT */
/* Decoding on a stack of its own: one thread for each Lua state, made when a coroutine first
   decodes. */

#include "ljson_apart.h"

#include "compat.h"
#include "ljson.h"

/* Key, in the registry, of the thread; nothing stands there while it is in use. */
static char worker_key;

typedef struct work {
  const char *bytes;
  size_t length;
  int max_depth;
} work;

/* Runs as the worker   [-1, +(1|2), v] */
static int decode(lua_State *L) {
  const work *given = lua_touserdata(L, 1);
  lua_settop(L, 0);
  return ljson_decode_bytes(L, given->bytes, given->length, given->max_depth);
}

/* Pushes the worker and takes it out of the registry: a finalizer that decodes meanwhile finds
   none, and makes one   [-0, +1, m] */
static lua_State *take_worker(lua_State *L) {
  seam_rawgetp(L, LUA_REGISTRYINDEX, &worker_key);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    return lua_newthread(L);
  }
  lua_pushnil(L);
  seam_rawsetp(L, LUA_REGISTRYINDEX, &worker_key);
  return lua_tothread(L, -1);
}

int ljson_decode_apart(lua_State *L, const char *bytes, size_t length, int max_depth) {
  work given = {bytes, length, max_depth};
  lua_State *worker;
  int place, count;
  int is_main = lua_pushthread(L);
  lua_pop(L, 1);
  if (is_main) return ljson_decode_bytes(L, bytes, length, max_depth);
  worker = take_worker(L);
  place = lua_gettop(L);
  /* Made here: nobody would catch an error of a thread that does not run yet. */
  lua_pushcfunction(L, decode);
  lua_pushlightuserdata(L, &given);
  lua_xmove(L, worker, 2);
  if (seam_resume(worker, L, 1) != 0) { /* it is dead, and nobody's any more */
    lua_xmove(worker, L, 1);
    return lua_error(L);
  }
  count = lua_gettop(worker);
  lua_xmove(worker, L, count);
  lua_pushvalue(L, place);
  seam_rawsetp(L, LUA_REGISTRYINDEX, &worker_key);
  return count;
}
