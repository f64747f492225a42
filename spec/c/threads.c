/* SPDX-License-Identifier: MIT
 * Threads with a Lua state each, to be built with ThreadSanitizer: threads <port> <threads>
 * <calls>. What they share is below Lua: libcurl, OpenSSL and the few statics of the core. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

#define MOST_THREADS 64

int luaopen_seam_core(lua_State *L);

static const char program[] =
    "local port, number, calls = ...\n"
    "local seam = require 'seam'\n"
    "local client = seam.new{ api_key = 'seam_thread', endpoint = 'http://127.0.0.1:' .. port }\n"
    "local hook = require('seam.webhook').new('whsec_' .. ('A'):rep(32))\n"
    "for i = 1, calls do\n"
    "  local id = number .. '-' .. i\n"
    "  local device = client.devices.get(id)\n"
    "  if device.device_id ~= id then error('wanted ' .. id .. ', got ' .. device.device_id) end\n"
    "  if i % 10 == 0 then client.locks.unlock_door(id) end\n"
    "  if i % 50 == 0 then hook:verify('{\"event_id\":\"e\",\"event_type\":\"t\"}',\n"
    "    hook:sign('{\"event_id\":\"e\",\"event_type\":\"t\"}', id)) end\n"
    "  if i % 1000 == 0 then\n"
    "    client:close()\n"
    "    client = seam.new{ api_key = 'seam_thread', endpoint = 'http://127.0.0.1:' .. port }\n"
    "  end\n"
    "end\n";

typedef struct job {
  pthread_t thread;
  int number;
  int port;
  int calls;
  int failed;
} job;

static void run_in(lua_State *L, job *self) {
  luaL_openlibs(L);
  lua_getglobal(L, "package");
  lua_getfield(L, -1, "preload");
  lua_pushcfunction(L, luaopen_seam_core);
  lua_setfield(L, -2, "seam.core");
  lua_settop(L, 0);
  self->failed = luaL_loadstring(L, program);
  if (!self->failed) {
    lua_pushinteger(L, self->port);
    lua_pushinteger(L, self->number);
    lua_pushinteger(L, self->calls);
    self->failed = lua_pcall(L, 3, 0, 0);
  }
  if (self->failed) fprintf(stderr, "thread %d: %s\n", self->number, luaL_tolstring(L, -1, NULL));
}

static void *run(void *given) {
  job *self = given;
  lua_State *L = luaL_newstate();
  if (L == NULL) abort();
  run_in(L, self);
  lua_close(L);
  return NULL;
}

int main(int count, char **arguments) {
  static job jobs[MOST_THREADS];
  int i, threads, failed = 0;
  if (count != 4) return 2;
  threads = atoi(arguments[2]);
  if (threads < 1 || threads > MOST_THREADS) return 2;
  for (i = 0; i < threads; i++) {
    jobs[i].number = i + 1;
    jobs[i].port = atoi(arguments[1]);
    jobs[i].calls = atoi(arguments[3]);
    if (pthread_create(&jobs[i].thread, NULL, run, &jobs[i]) != 0) return 3;
  }
  for (i = 0; i < threads; i++) {
    pthread_join(jobs[i].thread, NULL);
    failed += jobs[i].failed != 0;
  }
  printf("%d threads of %d calls, %d failed\n", threads, jobs[0].calls, failed);
  return failed != 0;
}
