/* SPDX-License-Identifier: MIT
 * Lua face of the engine. */
#include <stdio.h>
#include <string.h>

#include "engine.h"
#include "lcore.h"
#include "lrequest.h"

#define JOB_CLASS "seam.core.Job"
#define HOLD_CLASS "seam.core.EngineHold"

/* A call that was made and whose result was not taken yet. */
typedef struct l_job {
  seam_transfer *transfer; /* until the engine takes it over */
  int is_alive;            /* `id` stands for something */
  seam_id id;
} l_job;

/* Key, in the registry, of what holds the engine: as long as the Lua state lives. */
static char hold_key;

static l_job *check_job(lua_State *L) {
  return luaL_checkudata(L, 1, JOB_CLASS);
}

/* ---- the hold ---- */

/* Pushes this state's hold   [-0, +1, m] */
static seam_engine_hold *push_hold(lua_State *L) {
  seam_engine_hold *hold;
  seam_rawgetp(L, LUA_REGISTRYINDEX, &hold_key);
  hold = lua_touserdata(L, -1);
  if (hold != NULL) return hold;
  lua_pop(L, 1);
  hold = lua_newuserdata(L, sizeof *hold);
  memset(hold, 0, sizeof *hold);
  luaL_getmetatable(L, HOLD_CLASS);
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  seam_rawsetp(L, LUA_REGISTRYINDEX, &hold_key);
  return hold;
}

/* The state ends: should it be the last one, so does the engine   [-0, +0, v] */
static int l_hold_gc(lua_State *L) {
  seam_engine_release(luaL_checkudata(L, 1, HOLD_CLASS));
  return 0;
}

/* ---- submit ---- */

static int push_failure(lua_State *L, seam_failure failure, const char *message) {
  lua_pushnil(L);
  lua_pushstring(L, seam_failure_name(failure));
  lua_pushstring(L, message);
  return 3;
}

static int push_refusal(lua_State *L, const char *reason) {
  lua_pushnil(L);
  lua_pushliteral(L, "no_engine");
  lua_pushstring(L, reason);
  return 3;
}

/* [-0, +1, m] */
static l_job *push_job(lua_State *L) {
  l_job *self = lua_newuserdata(L, sizeof *self);
  memset(self, 0, sizeof *self);
  luaL_getmetatable(L, JOB_CLASS);
  lua_setmetatable(L, -2);
  return self;
}

/* [-0, +0, v] */
static seam_failure submit(lua_State *L, l_job *self, const seam_engine_hold *hold,
                           const seam_request *request) {
  seam_failure failure;
  self->transfer = seam_transfer_new();
  if (self->transfer == NULL) return SEAM_MEMORY;
  failure = lrequest_read_headers(L, 1, self->transfer);
  if (failure == SEAM_OK) {
    failure = seam_engine_submit(hold, self->transfer, request, &self->id);
  }
  if (failure != SEAM_OK) return failure;
  self->transfer = NULL;
  self->is_alive = 1;
  return SEAM_OK;
}

/* core.engine_submit(request) -> Job, id, path, pool | nil, code, message   [-0, +(4|3), v]
 * Nothing is sent before `id` arrives on a connection to the unix socket `path`; connections of the
 * same `pool` may be kept and used again. The code "no_engine": there can be none here. */
int lengine_submit(lua_State *L) {
  seam_engine_hold *hold;
  seam_engine_address address;
  seam_request request;
  seam_failure failure;
  const char *refusal;
  l_job *self;
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  hold = push_hold(L);
  self = push_job(L);
  lrequest_read(L, 1, &request);
  refusal = seam_engine_acquire(hold, &address);
  if (refusal != NULL) return push_refusal(L, refusal);
  failure = submit(L, self, hold, &request);
  if (failure != SEAM_OK) {
    return push_failure(L, failure,
                        self->transfer == NULL ? "not enough memory" : self->transfer->message);
  }
  lua_pushvalue(L, 3);
  lua_pushlstring(L, (const char *)self->id.bytes, sizeof self->id.bytes);
  lua_pushfstring(L, "/proc/self/fd/%d", address.place);
  lua_pushfstring(L, "seam.engine.%d", (int)address.instance);
  return 4;
}

/* ---- the job ---- */

/* job:take() -> Transfer | nil while there is no result   [-0, +1, v] */
static int l_job_take(lua_State *L) {
  l_job *self = check_job(L);
  l_transfer *taken;
  lua_settop(L, 1);
  lua_newtable(L); /* what a pool's transfers are anchored in: here nothing is */
  taken = ltransfer_push(L, 2);
  if (self->is_alive) taken->transfer = seam_engine_take(&self->id);
  if (taken->transfer == NULL) {
    lua_pushnil(L);
  } else {
    self->is_alive = 0;
  }
  return 1;
}

static int drop(l_job *self) {
  int had_begun = 0;
  if (self->is_alive) had_begun = seam_engine_drop(&self->id);
  self->is_alive = 0;
  seam_transfer_free(self->transfer);
  self->transfer = NULL;
  return had_begun;
}

/* job:drop() -> whether it had begun: lets go of it; false means that nothing was sent [-0, +1, v]
 */
static int l_job_drop(lua_State *L) {
  lua_pushboolean(L, drop(check_job(L)));
  return 1;
}

/* [-0, +0, v] */
static int l_job_gc(lua_State *L) {
  (void)drop(check_job(L));
  return 0;
}

/* ---- what there is to tell ---- */

/* core.engine_outcome() -> how a write ended that nobody waited for | nil   [-0, +1, m] */
int lengine_outcome(lua_State *L) {
  char line[SEAM_OUTCOME_LENGTH];
  if (seam_engine_next_outcome(line)) {
    lua_pushstring(L, line);
  } else {
    lua_pushnil(L);
  }
  return 1;
}

/* core.engine_writes() -> number of writes under way   [-0, +1, -] */
int lengine_writes(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)seam_engine_writes());
  return 1;
}

/* core.can_yield() -> whether the coroutine that runs may yield   [-0, +1, -] */
int lengine_can_yield(lua_State *L) {
  lua_pushboolean(L, seam_can_yield(L));
  return 1;
}

static const luaL_Reg job_methods[] = {
    {"take", l_job_take},
    {"drop", l_job_drop},
    {NULL, NULL},
};

static const luaL_Reg job_metamethods[] = {
    {"__gc", l_job_gc},
    {NULL, NULL},
};

static const luaL_Reg hold_methods[] = {
    {NULL, NULL},
};

static const luaL_Reg hold_metamethods[] = {
    {"__gc", l_hold_gc},
    {NULL, NULL},
};

void lengine_register(lua_State *L) {
  lclass_new(L, JOB_CLASS, job_methods, job_metamethods);
  lclass_new(L, HOLD_CLASS, hold_methods, hold_metamethods);
}
