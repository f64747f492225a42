/* SPDX-License-Identifier: MIT
 * host.state(file) -> a Lua state on the counting allocator that has run that file. */
#include "state.h"

#include <string.h>

#include "lauxlib.h"
#include "lualib.h"
#include "plan.h"

#ifdef HOST_WITH_LAYERS
#include "layers.h"
#else
#define layers_find(name) NULL
#endif

#define CLASS "seam.spec.State"
#define MOST_ARGUMENTS 8

typedef struct state {
  lua_State *inner;
  counted_memory memory;
} state;

static state *check_state(lua_State *L) {
  state *self = luaL_checkudata(L, 1, CLASS);
  luaL_argcheck(L, self->inner != NULL, 1, "the state is closed");
  return self;
}

/* ---- values between states ---- */

/* Copies a plain value; 0 when there is no memory for it or it is not plain. */
static void copy_value(lua_State *from, int index, lua_State *to) {
  size_t length;
  const char *text;
  switch (lua_type(from, index)) {
    case LUA_TNUMBER: lua_pushnumber(to, lua_tonumber(from, index)); break;
    case LUA_TBOOLEAN: lua_pushboolean(to, lua_toboolean(from, index)); break;
    case LUA_TSTRING:
      text = lua_tolstring(from, index, &length);
      lua_pushlstring(to, text, length);
      break;
    default: lua_pushnil(to);
  }
}

/* Called protected in the inner state: the text of an error object or a value. */
static int describe(lua_State *inner) {
  if (lua_isnoneornil(inner, 1)) {
    lua_pushnil(inner);
  } else if (luaL_callmeta(inner, 1, "__tostring") == 0) {
    lua_pushvalue(inner, 1);
  }
  return 1;
}

static void copy_result(lua_State *inner, lua_State *L) {
  if (!lua_istable(inner, -1) && !lua_isuserdata(inner, -1)) {
    copy_value(inner, -1, L);
    return;
  }
  lua_pushcfunction(inner, describe);
  lua_pushvalue(inner, -2);
  lua_pcall(inner, 1, 1, 0);
  copy_value(inner, -1, L);
  lua_pop(inner, 1);
}

/* ---- calls ---- */

typedef struct failing {
  plan *plan;
  plan_mode mode;
  long at;
} failing;

/* Reads layer, mode, n at `index`   [-0, +0, v] */
static failing check_failing(lua_State *L, state *self, int index) {
  const char *layer = luaL_checkstring(L, index), *mode = luaL_checkstring(L, index + 1);
  failing f;
  f.plan = strcmp(layer, "lua") == 0 ? &self->memory.plan : layers_find(layer);
  f.mode = strcmp(mode, "from") == 0 ? FAIL_FROM : FAIL_WITH_RETRY;
  f.at = (long)luaL_checknumber(L, index + 2);
  luaL_argcheck(L, f.plan != NULL || strcmp(layer, "none") == 0, index, "no such layer");
  return f;
}

/* state:call(layer, mode, n, name, ...) -> "ok" | "memory" | "error", first result or message, how
 * many allocations were made to fail   [-0, +3, v] */
static int l_call(lua_State *L) {
  state *self = check_state(L);
  lua_State *inner = self->inner;
  failing f = check_failing(L, self, 2);
  int i, last = lua_gettop(L), status;
  long failures = 0;
  luaL_checkstack(inner, MOST_ARGUMENTS + 8, "state");
  lua_getglobal(inner, luaL_checkstring(L, 5));
  for (i = 6; i <= last; i++) copy_value(L, i, inner);
  if (f.plan != NULL) plan_arm(f.plan, f.mode, f.at);
  status = lua_pcall(inner, last - 5, 1, 0);
  if (f.plan != NULL) {
    failures = f.plan->failures;
    plan_arm(f.plan, f.mode, 0);
  }
  lua_pushstring(L, status == 0 ? "ok" : status == LUA_ERRMEM ? "memory" : "error");
  copy_result(inner, L);
  lua_pop(inner, 1);
  lua_pushnumber(L, (lua_Number)failures);
  return 3;
}

/* state:bytes() -> Lua memory in use   [-0, +1, v] */
static int l_bytes(lua_State *L) {
  lua_pushnumber(L, (lua_Number)check_state(L)->memory.bytes);
  return 1;
}

/* state:close() -> bytes left behind   [-0, +1, v] */
static int l_close(lua_State *L) {
  state *self = check_state(L);
  lua_State *inner = self->inner;
  self->inner = NULL;
  lua_close(inner);
  lua_pushnumber(L, (lua_Number)self->memory.bytes);
  return 1;
}

static int l_gc(lua_State *L) {
  state *self = luaL_checkudata(L, 1, CLASS);
  if (self->inner != NULL) lua_close(self->inner);
  self->inner = NULL;
  return 0;
}

/* ---- new ---- */

/* Called protected in the inner state, with package.path, package.cpath and the file   [-3, +0] */
static int start(lua_State *inner) {
  luaL_openlibs(inner);
  state_preload(inner);
  lua_getglobal(inner, "package");
  lua_pushvalue(inner, 1);
  lua_setfield(inner, -2, "path");
  lua_pushvalue(inner, 2);
  lua_setfield(inner, -2, "cpath");
  if (luaL_loadfile(inner, lua_tostring(inner, 3)) != 0) return lua_error(inner);
  lua_call(inner, 0, 0);
  return 0;
}

static void push_package_field(lua_State *L, const char *name) {
  lua_getglobal(L, "package");
  lua_getfield(L, -1, name);
  lua_remove(L, -2);
}

/* state(file) -> State, with this state's package.path and cpath   [-0, +1, v] */
static int l_new(lua_State *L) {
  const char *file = luaL_checkstring(L, 1);
  state *self = lua_newuserdata(L, sizeof *self);
  memset(self, 0, sizeof *self);
  luaL_getmetatable(L, CLASS);
  lua_setmetatable(L, -2);
  self->inner = lua_newstate(counted_allocate, &self->memory);
  if (self->inner == NULL) return luaL_error(L, "this Lua takes no allocator");
  lua_pushcfunction(self->inner, start);
  push_package_field(L, "path");
  copy_value(L, -1, self->inner);
  push_package_field(L, "cpath");
  copy_value(L, -1, self->inner);
  lua_pop(L, 2);
  lua_pushstring(self->inner, file);
  if (lua_pcall(self->inner, 3, 0, 0) != 0) {
    copy_result(self->inner, L);
    return luaL_error(L, "%s: %s", file, lua_tostring(L, -1));
  }
  return 1;
}

static const luaL_Reg methods[] = {
    {"call", l_call},
    {"bytes", l_bytes},
    {"close", l_close},
    {NULL, NULL},
};

int state_register(lua_State *L) {
  const luaL_Reg *method;
  luaL_newmetatable(L, CLASS);
  lua_newtable(L);
  for (method = methods; method->name != NULL; method++) {
    lua_pushcfunction(L, method->func);
    lua_setfield(L, -2, method->name);
  }
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, l_gc);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
  lua_pushcfunction(L, l_new);
  return 1;
}
