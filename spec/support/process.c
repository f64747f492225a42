/* SPDX-License-Identifier: MIT
 * fork, wait and exit for specs: what a host does to us and Lua alone cannot. */
#include <lauxlib.h>
#include <lua.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sigpipe.h"

/* fork() -> pid in the parent, 0 in the child   [-0, +1, v] */
static int l_fork(lua_State *L) {
  pid_t pid = fork();
  if (pid < 0) return luaL_error(L, "fork failed");
  lua_pushinteger(L, (lua_Integer)pid);
  return 1;
}

/* wait(pid) -> exit status, or 128 + the signal that ended it   [-0, +1, v] */
static int l_wait(lua_State *L) {
  int status = 0;
  if (waitpid((pid_t)luaL_checkinteger(L, 1), &status, 0) < 0) return luaL_error(L, "wait failed");
  lua_pushinteger(L, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return 1;
}

/* exit(status): at once, nothing is finalized   [-0, +0, -] */
static int l_exit(lua_State *L) {
  _exit((int)luaL_checkinteger(L, 1));
}

/* sigpipe_is(): "default", "blocked" or "handled", as this thread has it   [-0, +1, m] */
static int l_sigpipe_is(lua_State *L) {
  struct sigaction action;
  sigset_t mask;
  sigaction(SIGPIPE, NULL, &action);
  pthread_sigmask(SIG_BLOCK, NULL, &mask);
  if (sigismember(&mask, SIGPIPE) == 1) {
    lua_pushliteral(L, "blocked");
  } else {
    lua_pushstring(L, action.sa_handler == SIG_DFL ? "default" : "handled");
  }
  return 1;
}

/* default_sigpipe(): a SIGPIPE ends this process, whatever it inherited   [-0, +0, -] */
static int l_default_sigpipe(lua_State *L) {
  (void)L;
  signal(SIGPIPE, SIG_DFL);
  return 0;
}

/* broken_write(held): writes to a pipe nobody reads, with the core's guard or without; returns what
 * write returned, unless the signal ends the process   [-0, +1, v] */
static int l_broken_write(lua_State *L) {
  int held = lua_toboolean(L, 1), ends[2];
  ssize_t written;
  seam_sigpipe guard;
  if (pipe(ends) != 0) return luaL_error(L, "no pipe");
  close(ends[0]);
  seam_sigpipe_hold(&guard, held);
  written = write(ends[1], "x", 1);
  seam_sigpipe_release(&guard);
  close(ends[1]);
  lua_pushinteger(L, (lua_Integer)written);
  return 1;
}

static const luaL_Reg functions[] = {
    {"fork", l_fork},
    {"wait", l_wait},
    {"exit", l_exit},
    {"sigpipe_is", l_sigpipe_is},
    {"default_sigpipe", l_default_sigpipe},
    {"broken_write", l_broken_write},
    {NULL, NULL},
};

__attribute__((visibility("default"))) int luaopen_seam_process(lua_State *L);

int luaopen_seam_process(lua_State *L) {
  const luaL_Reg *function;
  lua_newtable(L);
  for (function = functions; function->name != NULL; function++) {
    lua_pushcfunction(L, function->func);
    lua_setfield(L, -2, function->name);
  }
  return 1;
}
