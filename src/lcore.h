/* SPDX-License-Identifier: MIT
 * What the Lua faces know of each other. */
#ifndef SEAM_LCORE_H
#define SEAM_LCORE_H

#include "compat.h"
#include "lclass.h"
#include "transfer.h"

/* A transfer as Lua holds it. Its user value is the pool's table of anchors: it keeps the pool
 * alive, and holds the transfer itself (under the address of the C transfer) while the pool does.
 */
typedef struct l_transfer {
  seam_transfer *transfer; /* NULL: closed */
  int busy;                /* its bytes are being read: close must leave them to the collector */
} l_transfer;

/* Makes the metatables   [-0, +0, m] */
void lpool_register(lua_State *L);
void ltransfer_register(lua_State *L);
void lengine_register(lua_State *L);
void lheaders_register(lua_State *L);

/* core.pool([options]) -> Pool   [-0, +1, v] */
int lpool_new(lua_State *L);

/* core.headers(list) -> Headers | nil, code, message   [-0, +(1|3), v] */
int lheaders_new(lua_State *L);

/* The lines of the Headers at `index`, NULL when they were finalized; raises when it is something
 * else   [-0, +0, v] */
seam_lines *lheaders_check(lua_State *L, int index);

/* core.engine_submit(request) and what else there is of the engine; see lengine.c   [-0, +n, v] */
int lengine_submit(lua_State *L);
int lengine_outcome(lua_State *L);
int lengine_writes(lua_State *L);
int lengine_can_yield(lua_State *L);

/* Pushes a closed transfer whose user value is the table at `anchors` (absolute)   [-0, +1, m] */
l_transfer *ltransfer_push(lua_State *L, int anchors);

/* Functions of clock and digest, for the module's table. */
extern const luaL_Reg lmisc_functions[];

#endif
