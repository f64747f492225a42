/* SPDX-License-Identifier: MIT
 * A host of Lua states that a script directs: host <file> [arguments]. The script finds the table
 * `host`: states on a counting allocator, a local server, and what the system knows of us. */
#include <dirent.h>
#include <dlfcn.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lauxlib.h"
#include "local_server.h"
#include "lua.h"
#include "lualib.h"
#include "state.h"

#ifdef HOST_WITH_LAYERS
#include "layers.h"

int luaopen_seam_core(lua_State *L);
#endif

#ifdef HOST_LUAJIT
/* When memory runs out while it makes an object, LuaJIT forgets parts of it: its own memory is not
 * looked at, ours is. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void) {
  return "leak:counted_allocate\n";
}
#endif

static local_server server;

/* Reachable for the leak checker even where a child process leaves by exit(). */
static lua_State *director;

/* LuaJIT's compiler looks for memory near its own code, at random, and finds little of it beside a
 * sanitizer's: now and then a run would take minutes. */
static void stop_compiler(lua_State *L) {
#ifdef HOST_WITH_LAYERS
  lua_getglobal(L, "jit");
  if (lua_istable(L, -1)) {
    lua_getfield(L, -1, "off");
    lua_call(L, 0, 0);
  }
  lua_pop(L, 1);
#else
  (void)L;
#endif
}

void state_preload(lua_State *L) {
  stop_compiler(L);
#ifdef HOST_WITH_LAYERS
  lua_getglobal(L, "package");
  lua_getfield(L, -1, "preload");
  lua_pushcfunction(L, luaopen_seam_core);
  lua_setfield(L, -2, "seam.core");
  lua_pop(L, 2);
#endif
  lua_pushnumber(L, server.port);
  lua_setglobal(L, "PORT");
}

/* ---- the server ---- */

/* received() -> all bytes that arrived since the last call   [-0, +1, m] */
static int l_received(lua_State *L) {
  local_server_settle(&server);
  lua_pushlstring(L, server.report->log, server.report->used);
  server.report->used = 0;
  return 1;
}

/* served() -> requests, connections, open ones   [-0, +3, -] */
static int l_served(lua_State *L) {
  local_server_settle(&server);
  lua_pushnumber(L, (lua_Number)server.report->requests);
  lua_pushnumber(L, (lua_Number)server.report->connections);
  lua_pushnumber(L, (lua_Number)server.report->open);
  return 3;
}

/* ---- the process ---- */

static int count_entries(const char *folder) {
  DIR *listing = opendir(folder);
  int entries = -3; /* ".", "..", and in /proc/self/fd the listing itself */
  if (listing == NULL) return -1;
  while (readdir(listing) != NULL) entries++;
  closedir(listing);
  return entries;
}

/* descriptors() -> how many are open   [-0, +1, -] */
static int l_descriptors(lua_State *L) {
  lua_pushnumber(L, count_entries("/proc/self/fd"));
  return 1;
}

/* threads() -> how many run   [-0, +1, -] */
static int l_threads(lua_State *L) {
  lua_pushnumber(L, count_entries("/proc/self/task") + 1);
  return 1;
}

/* sleep(seconds)   [-0, +0, v] */
static int l_sleep(lua_State *L) {
  double seconds = (double)luaL_checknumber(L, 1);
  struct timespec wanted;
  wanted.tv_sec = (time_t)seconds;
  wanted.tv_nsec = (long)((seconds - (double)wanted.tv_sec) * 1e9);
  nanosleep(&wanted, NULL);
  return 0;
}

/* apart(f) -> exit status of a child process that calls f, or 128 + its signal; a child that comes
 * back from f leaves with 0   [-0, +1, v] */
static int l_apart(lua_State *L) {
  int status = 0;
  pid_t pid;
  fflush(NULL);
  pid = fork();
  if (pid < 0) return luaL_error(L, "fork failed");
  if (pid == 0) {
    lua_settop(L, 1);
    if (lua_pcall(L, 0, 0, 0) != 0) {
      fprintf(stderr, "%s\n", lua_tostring(L, -1));
      _exit(1);
    }
    exit(0);
  }
  waitpid(pid, &status, 0);
  lua_pushnumber(L, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return 1;
}

/* Stands before the system's: names under "stuck.invalid" keep their thread for two seconds. */
__attribute__((visibility("default"))) int getaddrinfo(const char *node, const char *service,
                                                       const struct addrinfo *hints,
                                                       struct addrinfo **found) {
  typedef int resolver(const char *, const char *, const struct addrinfo *, struct addrinfo **);
  resolver *real;
  void *symbol = dlsym(RTLD_NEXT, "getaddrinfo");
  memcpy(&real, &symbol, sizeof real);
  if (node != NULL && strstr(node, "stuck.invalid") != NULL) {
    sleep(2);
    return EAI_AGAIN;
  }
  return real(node, service, hints, found);
}

/* ---- */

static const luaL_Reg functions[] = {
    {"received", l_received},
    {"served", l_served},
    {"descriptors", l_descriptors},
    {"threads", l_threads},
    {"sleep", l_sleep},
    {"apart", l_apart},
    {NULL, NULL},
};

static void push_host(lua_State *L) {
  const luaL_Reg *function;
  lua_newtable(L);
  for (function = functions; function->name != NULL; function++) {
    lua_pushcfunction(L, function->func);
    lua_setfield(L, -2, function->name);
  }
  state_register(L);
  lua_setfield(L, -2, "state");
  lua_pushnumber(L, server.port);
  lua_setfield(L, -2, "port");
}

static int run(lua_State *L, int count, char **arguments) {
  int i;
  luaL_openlibs(L);
  stop_compiler(L);
  push_host(L);
  lua_setglobal(L, "host");
  if (luaL_loadfile(L, arguments[1]) == 0) {
    for (i = 2; i < count; i++) lua_pushstring(L, arguments[i]);
    if (lua_pcall(L, count - 2, 0, 0) == 0) return 0;
  }
  fprintf(stderr, "%s\n", lua_tostring(L, -1));
  return 1;
}

int main(int count, char **arguments) {
  int status;
  if (count < 2) return 2;
  if (local_server_start(&server) != 0) return 3;
#ifdef HOST_WITH_LAYERS
  if (layers_start() != 0) return 4;
#endif
  director = luaL_newstate();
  if (director == NULL) return 5;
  status = run(director, count, arguments);
  lua_close(director);
  local_server_stop(&server);
  return status;
}
