/* SPDX-License-Identifier: MIT
 * Lua face of header lines that many requests share. */
#include "lcore.h"
#include "lrequest.h"

#define CLASS "seam.core.Headers"

typedef struct l_headers {
  seam_lines *lines;
} l_headers;

static l_headers *check_headers(lua_State *L, int index) {
  return luaL_checkudata(L, index, CLASS);
}

seam_lines *lheaders_check(lua_State *L, int index) {
  return check_headers(L, index)->lines;
}

/* core.headers(list of "Name: value") -> Headers | nil, code, message   [-0, +(1|3), v]
 * Stands for the list in any number of requests, which then need not read and check it again. */
int lheaders_new(lua_State *L) {
  l_headers *self;
  seam_failure failure;
  const char *refusal = NULL;
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  self = lua_newuserdata(L, sizeof *self);
  self->lines = NULL;
  luaL_getmetatable(L, CLASS);
  lua_setmetatable(L, -2);
  self->lines = seam_lines_new();
  failure = self->lines == NULL ? SEAM_MEMORY : lrequest_read_lines(L, 1, self->lines, &refusal);
  if (failure == SEAM_OK) failure = seam_lines_finish(self->lines);
  if (failure == SEAM_OK) return 1;
  lua_pushnil(L);
  lua_pushstring(L, seam_failure_name(failure));
  lua_pushstring(L, refusal != NULL ? refusal : "not enough memory");
  return 3;
}

/* [-0, +0, v] */
static int l_headers_gc(lua_State *L) {
  l_headers *self = check_headers(L, 1);
  seam_lines_release(self->lines);
  self->lines = NULL;
  return 0;
}

/* Never a line: one holds the key   [-0, +1, v] */
static int l_headers_tostring(lua_State *L) {
  check_headers(L, 1);
  lua_pushliteral(L, CLASS);
  return 1;
}

static const luaL_Reg methods[] = {{NULL, NULL}};

static const luaL_Reg metamethods[] = {
    {"__gc", l_headers_gc},
    {"__tostring", l_headers_tostring},
    {NULL, NULL},
};

void lheaders_register(lua_State *L) {
  lclass_new(L, CLASS, methods, metamethods);
}
