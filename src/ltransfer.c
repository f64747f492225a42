/* SPDX-License-Identifier: MIT
 * Lua face of the transfer. */
#include <string.h>

#include "lcore.h"
#include "ljson.h"
#include "ljson_apart.h"
#include "pool.h"

#define CLASS "seam.core.Transfer"

#define FEW_HEADERS 2

static l_transfer *check_transfer(lua_State *L) {
  return luaL_checkudata(L, 1, CLASS);
}

l_transfer *ltransfer_push(lua_State *L, int anchors) {
  l_transfer *self = lua_newuserdata(L, sizeof *self);
  memset(self, 0, sizeof *self);
  luaL_getmetatable(L, CLASS);
  lua_setmetatable(L, -2);
  lua_pushvalue(L, anchors);
  seam_setuservalue(L, -2);
  return self;
}

/* The pool need not report what was asked for directly   [-0, +0, -] */
static void take_from_pool(lua_State *L, l_transfer *self) {
  if (self->transfer->pool == NULL) return;
  seam_pool_forget(self->transfer);
  seam_getuservalue(L, 1);
  lua_pushnil(L);
  seam_rawsetp(L, lua_gettop(L) - 1, self->transfer);
  lua_pop(L, 1);
}

/* transfer:done() -> boolean   [-0, +1, v] */
static int l_transfer_done(lua_State *L) {
  const l_transfer *self = check_transfer(L);
  lua_pushboolean(L, self->transfer == NULL || self->transfer->state == SEAM_TRANSFER_DONE);
  return 1;
}

/* Sets one header in the table on top; repeated ones are joined   [-0, +0, m] */
static void add_header(lua_State *L, const char *name, const char *value, size_t length) {
  lua_getfield(L, -1, name);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    lua_pushlstring(L, value, length);
  } else {
    lua_pushliteral(L, ", ");
    lua_pushlstring(L, value, length);
    lua_concat(L, 3);
  }
  lua_setfield(L, -2, name);
}

/* Whether a header is to be told: all are, unless the table at 2 names some   [-0, +0, v] */
static int is_wanted(lua_State *L, const char *name) {
  int wanted;
  if (lua_isnil(L, 2)) return 1;
  lua_getfield(L, 2, name);
  wanted = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return wanted;
}

/* Room for those that are asked for: few.   [-0, +1, v] */
static void push_headers(lua_State *L, l_transfer *self) {
  const seam_headers *headers = &self->transfer->headers;
  const char *name, *value;
  size_t cursor = 0, length;
  self->busy++;
  lua_createtable(L, 0, lua_isnil(L, 2) ? (int)headers->count : FEW_HEADERS);
  while (seam_headers_next(headers, &cursor, &name, &value, &length)) {
    if (is_wanted(L, name)) add_header(L, name, value, length);
  }
  self->busy--;
}

/* nil, code, message, sent   [-0, +4, m] */
static int push_failure(lua_State *L, seam_failure failure, const char *message, int sent) {
  lua_pushnil(L);
  lua_pushstring(L, seam_failure_name(failure));
  lua_pushstring(L, message);
  lua_pushboolean(L, sent);
  return 4;
}

/* transfer:result([names]) -> status, headers | nil, code, message, sent   [-0, +(2|4), v]
 * With a table whose keys are names of headers, only those: an answer has a score of others that
 * nobody looks at. Raises while the transfer is in flight. */
static int l_transfer_result(lua_State *L) {
  l_transfer *self = check_transfer(L);
  const seam_transfer *transfer = self->transfer;
  lua_settop(L, 2);
  if (!lua_isnil(L, 2)) luaL_checktype(L, 2, LUA_TTABLE);
  if (transfer == NULL) return push_failure(L, SEAM_CANCELLED, "the transfer is closed", 1);
  if (transfer->state != SEAM_TRANSFER_DONE) return luaL_error(L, "the transfer is in flight");
  take_from_pool(L, self);
  if (transfer->failure != SEAM_OK) {
    return push_failure(L, transfer->failure, transfer->message, transfer->sent);
  }
  lua_pushinteger(L, (lua_Integer)transfer->status);
  push_headers(L, self);
  return 2;
}

/* transfer:body([max]) -> the body, or its first `max` bytes; "" when there is none [-0, +1, v] */
static int l_transfer_body(lua_State *L) {
  l_transfer *self = check_transfer(L);
  lua_Number most = luaL_optnumber(L, 2, -1);
  size_t length;
  if (self->transfer == NULL || self->transfer->state != SEAM_TRANSFER_DONE) {
    lua_pushliteral(L, "");
    return 1;
  }
  length = self->transfer->body.length;
  if (most >= 0 && most < (lua_Number)length) length = (size_t)most;
  self->busy++;
  lua_pushlstring(L, length > 0 ? self->transfer->body.bytes : "", length);
  self->busy--;
  return 1;
}

/* transfer:decode([max_depth]) -> value | nil, reason   [-0, +(1|2), v] */
static int l_transfer_decode(lua_State *L) {
  l_transfer *self = check_transfer(L);
  lua_Number depth = luaL_optnumber(L, 2, LJSON_DEFAULT_DEPTH);
  const seam_buffer *body;
  int count;
  luaL_argcheck(L, depth >= 1 && depth <= LJSON_MAX_DEPTH, 2, "max_depth must be 1 to 256");
  if (self->transfer == NULL || self->transfer->state != SEAM_TRANSFER_DONE) {
    lua_pushnil(L);
    lua_pushliteral(L, "the transfer has no body");
    return 2;
  }
  body = &self->transfer->body;
  self->busy++;
  count = ljson_decode_apart(L, body->length > 0 ? body->bytes : "", body->length, (int)depth);
  self->busy--;
  return count;
}

/* transfer:cancel(): ends it when it is in flight, else nothing   [-0, +0, v] */
static int l_transfer_cancel(lua_State *L) {
  l_transfer *self = check_transfer(L);
  if (self->transfer != NULL && self->transfer->pool != NULL) seam_pool_cancel(self->transfer);
  return 0;
}

/* transfer:close(): cancels, and gives the memory back now   [-0, +0, v]
 * While something reads the bytes (a finalizer may call this then) they are left to __gc. */
static int l_transfer_close(lua_State *L) {
  l_transfer *self = check_transfer(L);
  if (self->transfer == NULL || self->busy) return 0;
  take_from_pool(L, self);
  seam_transfer_free(self->transfer);
  self->transfer = NULL;
  return 0;
}

/* The anchors may be gone already: nothing here asks them   [-0, +0, v] */
static int l_transfer_gc(lua_State *L) {
  l_transfer *self = check_transfer(L);
  if (self->transfer == NULL) return 0;
  seam_pool_forget(self->transfer);
  seam_transfer_free(self->transfer);
  self->transfer = NULL;
  return 0;
}

/* [-0, +1, v] */
static int l_transfer_tostring(lua_State *L) {
  const seam_transfer *transfer = check_transfer(L)->transfer;
  if (transfer == NULL) {
    lua_pushliteral(L, CLASS ": closed");
  } else if (transfer->state != SEAM_TRANSFER_DONE) {
    lua_pushliteral(L, CLASS ": in flight");
  } else if (transfer->failure != SEAM_OK) {
    lua_pushfstring(L, CLASS ": %s", seam_failure_name(transfer->failure));
  } else {
    lua_pushfstring(L, CLASS ": status %d", (int)transfer->status);
  }
  return 1;
}

static const luaL_Reg methods[] = {
    {"done", l_transfer_done},
    {"result", l_transfer_result},
    {"body", l_transfer_body},
    {"decode", l_transfer_decode},
    {"cancel", l_transfer_cancel},
    {"close", l_transfer_close},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__gc", l_transfer_gc},
    {"__close", l_transfer_close},
    {"__tostring", l_transfer_tostring},
    {NULL, NULL},
};

void ltransfer_register(lua_State *L) {
  lclass_new(L, CLASS, methods, metamethods);
}
