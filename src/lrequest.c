/* SPDX-License-Identifier: MIT
 * Reads a request as Lua gives it. */
#include "lrequest.h"

#include "lcore.h"

/* A string of the request; pushed, so that it lives as long as it is borrowed   [-0, +1, v] */
static void read_text(lua_State *L, int index, const char *name, int required, seam_text *text) {
  lua_getfield(L, index, name);
  if (lua_isnil(L, -1) && !required) return;
  if (lua_type(L, -1) != LUA_TSTRING) {
    luaL_error(L, "request.%s must be a string, not %s", name, luaL_typename(L, -1));
  }
  text->bytes = lua_tolstring(L, -1, &text->length);
}

/* [-0, +0, v] */
static void read_number(lua_State *L, int index, const char *name, double *number) {
  lua_getfield(L, index, name);
  if (!lua_isnil(L, -1)) {
    if (lua_type(L, -1) != LUA_TNUMBER) {
      luaL_error(L, "request.%s must be a number, not %s", name, luaL_typename(L, -1));
    }
    *number = (double)lua_tonumber(L, -1);
  }
  lua_pop(L, 1);
}

/* [-0, +0, v] */
static int read_flag(lua_State *L, int index, const char *name) {
  int flag;
  lua_getfield(L, index, name);
  flag = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return flag;
}

void lrequest_read(lua_State *L, int index, seam_request *request) {
  double max_body;
  luaL_checkstack(L, 16, "request");
  seam_request_init(request);
  read_text(L, index, "method", 1, &request->method);
  read_text(L, index, "url", 1, &request->url);
  read_text(L, index, "body", 0, &request->body);
  read_text(L, index, "ca_file", 0, &request->ca_file);
  read_text(L, index, "proxy", 0, &request->proxy);
  read_number(L, index, "timeout", &request->timeout);
  read_number(L, index, "connect_timeout", &request->connect_timeout);
  max_body = (double)request->max_body;
  read_number(L, index, "max_body", &max_body);
  if (!(max_body >= 0 && max_body <= 2147483647.0)) {
    luaL_error(L, "request.max_body must be 0 to 2147483647 bytes");
  }
  request->max_body = (size_t)max_body;
  request->fresh_connection = read_flag(L, index, "fresh_connection");
  request->reads = read_flag(L, index, "reads");
}

seam_failure lrequest_read_lines(lua_State *L, int index, seam_lines *lines, const char **refusal) {
  seam_failure failure = SEAM_OK;
  int i;
  for (i = 1; failure == SEAM_OK; i++) {
    size_t length;
    const char *line;
    lua_rawgeti(L, index, i);
    if (lua_isnil(L, -1)) {
      lua_pop(L, 1);
      break;
    }
    if (lua_type(L, -1) != LUA_TSTRING) luaL_error(L, "request.headers[%d] must be a string", i);
    line = lua_tolstring(L, -1, &length);
    failure = seam_lines_add(lines, line, length, refusal);
    lua_pop(L, 1);
  }
  return failure;
}

/* Another object's finalizer may still find headers that were finalized before it   [-0, +0, v] */
static seam_failure share_headers(lua_State *L, int index, seam_transfer *transfer) {
  seam_lines *lines = lheaders_check(L, index);
  if (lines != NULL) {
    transfer->lines = seam_lines_share(lines);
    return SEAM_OK;
  }
  seam_transfer_set_message(transfer, "the Lua state is about to end");
  return SEAM_CLOSED;
}

/* [-0, +0, v] */
static seam_failure copy_headers(lua_State *L, int index, seam_transfer *transfer) {
  const char *refusal = NULL;
  seam_failure failure;
  transfer->lines = seam_lines_new();
  if (transfer->lines == NULL) return SEAM_MEMORY;
  failure = lrequest_read_lines(L, index, transfer->lines, &refusal);
  if (refusal != NULL) seam_transfer_set_message(transfer, refusal);
  return failure;
}

seam_failure lrequest_read_headers(lua_State *L, int index, seam_transfer *transfer) {
  seam_failure failure = SEAM_OK;
  lua_getfield(L, index, "headers");
  if (lua_isuserdata(L, -1)) {
    failure = share_headers(L, lua_gettop(L), transfer);
  } else if (lua_istable(L, -1)) {
    failure = copy_headers(L, lua_gettop(L), transfer);
  } else if (!lua_isnil(L, -1)) {
    luaL_error(L, "request.headers must be a list, not %s", luaL_typename(L, -1));
  }
  lua_pop(L, 1);
  return failure;
}
