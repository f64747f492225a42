/* SPDX-License-Identifier: MIT
 * Five mistakes as a Lua module, for the proof that tools/sanitize would have seen them in the
 * core: require "planted_bugs".leak() and so on. */
#include <lauxlib.h>
#include <limits.h>
#include <lua.h>
#include <stdlib.h>
#include <string.h>

/* Keeps the compiler from seeing through the mistakes. */
static volatile size_t nine = 9;

static int leak(lua_State *L) {
  char *volatile lost = malloc(nine);
  if (lost != NULL) lost[0] = 1;
  lost = NULL;
  (void)L;
  return 0;
}

static int overflow(lua_State *L) {
  char *bytes = malloc(nine);
  if (bytes != NULL) bytes[nine] = 1;
  free(bytes);
  (void)L;
  return 0;
}

static int overflow_of_userdata(lua_State *L) {
  char *bytes = lua_newuserdata(L, 4096);
  bytes[4096 + nine] = 1;
  return 0;
}

static int use_after_free(lua_State *L) {
  char *volatile bytes = malloc(nine);
  free(bytes);
  lua_pushinteger(L, bytes[nine - 1]);
  return 1;
}

static int signed_overflow(lua_State *L) {
  volatile int most = INT_MAX;
  most += (int)nine;
  lua_pushinteger(L, most);
  return 1;
}

static const luaL_Reg functions[] = {
    {"leak", leak},
    {"overflow", overflow},
    {"overflow_of_userdata", overflow_of_userdata},
    {"use_after_free", use_after_free},
    {"signed_overflow", signed_overflow},
    {NULL, NULL},
};

__attribute__((visibility("default"))) int luaopen_planted_bugs(lua_State *L);

int luaopen_planted_bugs(lua_State *L) {
  const luaL_Reg *function;
  lua_newtable(L);
  for (function = functions; function->name != NULL; function++) {
    lua_pushcfunction(L, function->func);
    lua_setfield(L, -2, function->name);
  }
  return 1;
}
