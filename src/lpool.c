/* SPDX-License-Identifier: MIT
 * Lua face of the pool. */
#include <math.h>
#include <string.h>
#include <sys/resource.h>

#include "clock.h"
#include "lcore.h"
#include "lrequest.h"
#include "pool.h"

#define CLASS "seam.core.Pool"

#define DEFAULT_CONNECTIONS 512
#define FEWEST_BY_DEFAULT 16
#define MOST_CONNECTIONS 4096

/* Key, in the table of anchors, under which the pool itself stands. */
static char pool_key;

static seam_pool *check_pool(lua_State *L) {
  return luaL_checkudata(L, 1, CLASS);
}

/* Never more than a quarter of the descriptors the process may have: the rest is the host's. */
static size_t default_connections(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return FEWEST_BY_DEFAULT;
  if (limit.rlim_cur / 4 >= DEFAULT_CONNECTIONS) return DEFAULT_CONNECTIONS;
  return limit.rlim_cur / 4 < FEWEST_BY_DEFAULT ? FEWEST_BY_DEFAULT : (size_t)limit.rlim_cur / 4;
}

/* A whole number of connections from the options   [-0, +0, v] */
static size_t read_connections(lua_State *L) {
  lua_Number count = (lua_Number)default_connections();
  if (lua_isnoneornil(L, 1)) return (size_t)count;
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_getfield(L, 1, "max_connections");
  if (!lua_isnil(L, -1)) {
    luaL_argcheck(L, lua_type(L, -1) == LUA_TNUMBER, 1, "max_connections must be a number");
    count = lua_tonumber(L, -1);
    luaL_argcheck(L, count >= 1 && count <= MOST_CONNECTIONS, 1,
                  "max_connections must be 1 to 4096");
  }
  lua_pop(L, 1);
  return (size_t)count;
}

int lpool_new(lua_State *L) {
  size_t connections = read_connections(L);
  seam_pool *pool = lua_newuserdata(L, sizeof *pool);
  seam_pool_init(pool, connections);
  luaL_getmetatable(L, CLASS);
  lua_setmetatable(L, -2);
  lua_newtable(L);
  lua_pushvalue(L, -2);
  seam_rawsetp(L, lua_gettop(L) - 1, &pool_key);
  seam_setuservalue(L, -2);
  return 1;
}

/* ---- submit ---- */

/* Lets the anchors (absolute index) go of a transfer   [-0, +0, -] */
static void drop_anchor(lua_State *L, int anchors, seam_transfer *transfer) {
  lua_pushnil(L);
  seam_rawsetp(L, anchors, transfer);
}

static int push_failure(lua_State *L, seam_failure failure, const char *message) {
  lua_pushnil(L);
  lua_pushstring(L, seam_failure_name(failure));
  lua_pushstring(L, message);
  return 3;
}

/* pool:submit(request) -> Transfer | nil, code, message   [-0, +(1|3), v]
 * The transfer is anchored before anything can go out: whatever raises, raises earlier. */
static int l_pool_submit(lua_State *L) {
  seam_pool *pool = check_pool(L);
  seam_request request;
  seam_failure failure;
  l_transfer *self;
  int anchors;
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  seam_getuservalue(L, 1);
  anchors = lua_gettop(L);
  self = ltransfer_push(L, anchors);
  lrequest_read(L, 2, &request);
  self->transfer = seam_transfer_new();
  if (self->transfer == NULL) return push_failure(L, SEAM_MEMORY, "not enough memory");
  failure = lrequest_read_headers(L, 2, self->transfer);
  lua_pushvalue(L, anchors + 1);
  seam_rawsetp(L, anchors, self->transfer);
  if (failure == SEAM_OK) failure = seam_pool_submit(pool, self->transfer, &request);
  if (failure != SEAM_OK) {
    drop_anchor(L, anchors, self->transfer);
    return push_failure(L, failure,
                        failure == SEAM_MEMORY ? "not enough memory" : self->transfer->message);
  }
  lua_pushvalue(L, anchors + 1);
  return 1;
}

/* ---- the rest ---- */

/* pool:step([seconds]) -> number in flight   [-0, +1, v] */
static int l_pool_step(lua_State *L) {
  seam_pool *pool = check_pool(L);
  double seconds = (double)luaL_optnumber(L, 2, 0);
  lua_pushinteger(L, (lua_Integer)seam_pool_step(pool, seconds));
  return 1;
}

/* pool:next_done() -> Transfer | nil   [-0, +1, v] */
static int l_pool_next_done(lua_State *L) {
  seam_pool *pool = check_pool(L);
  seam_transfer *transfer;
  int anchors;
  lua_settop(L, 1);
  seam_getuservalue(L, 1);
  anchors = lua_gettop(L);
  transfer = seam_pool_next_done(pool);
  if (transfer == NULL) {
    lua_pushnil(L);
    return 1;
  }
  seam_rawgetp(L, anchors, transfer);
  drop_anchor(L, anchors, transfer);
  return 1;
}

/* pool:in_flight() -> number   [-0, +1, v] */
static int l_pool_in_flight(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)seam_pool_in_flight(check_pool(L)));
  return 1;
}

/* pool:timeout() -> seconds | nil   [-0, +1, v] */
static int l_pool_timeout(lua_State *L) {
  double seconds = seam_pool_timeout(check_pool(L));
  if (seconds < 0) {
    lua_pushnil(L);
  } else {
    lua_pushnumber(L, (lua_Number)seconds);
  }
  return 1;
}

/* pool:alarm([seconds]) -> true | nil, code, message: the descriptor is readable after so long,
 * even if nothing is in flight, until the next step; nil takes it back   [-0, +(1|3), v] */
static int l_pool_alarm(lua_State *L) {
  seam_pool *pool = check_pool(L);
  double moment = HUGE_VAL;
  seam_failure failure;
  if (!lua_isnoneornil(L, 2)) {
    double seconds = (double)luaL_checknumber(L, 2);
    luaL_argcheck(L, seconds == seconds, 2, "seconds must be a number");
    moment = seam_clock_now() + seconds;
  }
  failure = seam_pool_alarm(pool, moment);
  if (failure != SEAM_OK) return push_failure(L, failure, "the alarm cannot be set");
  lua_pushboolean(L, 1);
  return 1;
}

/* ---- what event loops ask: LuaSocket, copas and openLuup by getfd and dirty, cqueues the others
 * -- */

/* pool:getfd() -> descriptor, readable while there is work; -1 when idle or closed   [-0, +1, v] */
static int l_pool_getfd(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)seam_pool_descriptor(check_pool(L)));
  return 1;
}

/* pool:dirty() -> false: what waits for the loop makes the descriptor readable   [-0, +1, v] */
static int l_pool_dirty(lua_State *L) {
  check_pool(L);
  lua_pushboolean(L, 0);
  return 1;
}

/* pool:pollfd() -> descriptor | nil   [-0, +1, v] */
static int l_pool_pollfd(lua_State *L) {
  int descriptor = seam_pool_descriptor(check_pool(L));
  if (descriptor < 0) {
    lua_pushnil(L);
  } else {
    lua_pushinteger(L, (lua_Integer)descriptor);
  }
  return 1;
}

/* pool:events() -> "r"   [-0, +1, v] */
static int l_pool_events(lua_State *L) {
  check_pool(L);
  lua_pushliteral(L, "r");
  return 1;
}

/* pool:close()   [-0, +0, v] */
static int l_pool_close(lua_State *L) {
  seam_pool_close(check_pool(L));
  return 0;
}

/* [-0, +0, v] */
static int l_pool_gc(lua_State *L) {
  seam_pool_destroy(check_pool(L));
  return 0;
}

/* [-0, +1, v] */
static int l_pool_tostring(lua_State *L) {
  const seam_pool *pool = check_pool(L);
  if (pool->closed) {
    lua_pushliteral(L, CLASS ": closed");
  } else {
    lua_pushfstring(L, CLASS ": %d in flight", (int)seam_pool_in_flight(pool));
  }
  return 1;
}

static const luaL_Reg methods[] = {
    {"submit", l_pool_submit},       {"step", l_pool_step},       {"next_done", l_pool_next_done},
    {"in_flight", l_pool_in_flight}, {"timeout", l_pool_timeout}, {"alarm", l_pool_alarm},
    {"getfd", l_pool_getfd},         {"dirty", l_pool_dirty},     {"pollfd", l_pool_pollfd},
    {"events", l_pool_events},       {"close", l_pool_close},     {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__gc", l_pool_gc},
    {"__close", l_pool_close},
    {"__tostring", l_pool_tostring},
    {NULL, NULL},
};

void lpool_register(lua_State *L) {
  lclass_new(L, CLASS, methods, metamethods);
}
