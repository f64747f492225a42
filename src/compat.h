/* SPDX-License-Identifier: MIT
 * All differences between the Lua versions, and nothing else that a face needs to know.
 *
 * Built with 5.1 headers the module must run in PUC 5.1, LuaJIT and nginx alike, so nothing that
 * only LuaJIT exports is called: the helpers below are our own there. */
#ifndef SEAM_COMPAT_H
#define SEAM_COMPAT_H

#include "lua.h"

#include "lauxlib.h"

/* The value a userdata keeps alive is a table: 5.1 takes nothing else. */
#if LUA_VERSION_NUM < 502
#define seam_setuservalue(L, index) ((void)lua_setfenv((L), (index)))
#define seam_getuservalue(L, index) lua_getfenv((L), (index))
#elif LUA_VERSION_NUM < 504
#define seam_setuservalue(L, index) lua_setuservalue((L), (index))
#define seam_getuservalue(L, index) ((void)lua_getuservalue((L), (index)))
#else
#define seam_setuservalue(L, index) ((void)lua_setiuservalue((L), (index), 1))
#define seam_getuservalue(L, index) ((void)lua_getiuservalue((L), (index), 1))
#endif

/* Whether the coroutine that runs may yield: not from within C, as in a callback of string.gsub.
 * With 5.1 headers only LuaJIT knows, which is what nginx has. */
#if LUA_VERSION_NUM >= 503
#define seam_can_yield(L) lua_isyieldable(L)
#elif defined(__linux__) && defined(__GNUC__)
extern int lua_isyieldable(lua_State *L) __attribute__((weak));
#define seam_can_yield(L) (lua_isyieldable == NULL || lua_isyieldable(L))
#else
#define seam_can_yield(L) ((void)(L), 1)
#endif

/* Runs what stands on `thread`'s stack as a coroutine; what it returns is all that stands there
 * afterwards. 0, or a status that is no success. */
#if LUA_VERSION_NUM < 502
#define seam_resume(thread, from, count) ((void)(from), lua_resume((thread), (count)))
#elif LUA_VERSION_NUM < 504
#define seam_resume(thread, from, count) lua_resume((thread), (from), (count))
#else
static inline int seam_resume(lua_State *thread, lua_State *from, int count) {
  int results;
  return lua_resume(thread, from, count, &results);
}
#endif

/* Whether the collector works by itself, and nobody has stopped it. PUC 5.1 cannot tell, and says
 * no; LuaJIT can. */
#ifndef LUA_GCISRUNNING
#define LUA_GCISRUNNING 9
#endif
#define seam_collector_runs(L) (lua_gc((L), LUA_GCISRUNNING, 0) == 1)

#if LUA_VERSION_NUM < 502

/* table at `index` (absolute): t[address] = value on top, which is popped   [-1, +0, m] */
static inline void seam_rawsetp(lua_State *L, int index, void *address) {
  lua_pushlightuserdata(L, address);
  lua_insert(L, -2);
  lua_rawset(L, index);
}

/* table at `index` (absolute): pushes t[address]   [-0, +1, -] */
static inline void seam_rawgetp(lua_State *L, int index, void *address) {
  lua_pushlightuserdata(L, address);
  lua_rawget(L, index);
}

/* Sets the functions of a list in the table on top   [-0, +0, m] */
static inline void seam_setfuncs(lua_State *L, const luaL_Reg *functions) {
  for (; functions->name != NULL; functions++) {
    lua_pushcfunction(L, functions->func);
    lua_setfield(L, -2, functions->name);
  }
}

#else

#define seam_rawsetp(L, index, address) lua_rawsetp((L), (index), (address))
#define seam_rawgetp(L, index, address) ((void)lua_rawgetp((L), (index), (address)))
#define seam_setfuncs(L, functions) luaL_setfuncs((L), (functions), 0)

#endif

#endif
