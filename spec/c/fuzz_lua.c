/* SPDX-License-Identifier: MIT
 * libFuzzer over Lua: FUZZ_SCRIPT returns a function that is given each input and raises when
 * something is wrong. Lines of Lua are counted like branches of C, so the fuzzer finds its way
 * through both. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz_memory.h"
#include "fuzz_values.h"
#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

#define ALL_COUNTED 200000
#define COUNTED_EVERY 8
#define MOST_COUNTERS 16384
#define LONGEST_ANSWER 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int luaopen_seam_core(lua_State *L);

/* libFuzzer reads whatever stands in this section as further counters of coverage. */
__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t counters[MOST_COUNTERS];

/* Which file a line is of costs too much to ask: pairs of lines tell enough. */
__attribute__((no_sanitize("address", "undefined", "coverage"))) static void count_line(
    lua_State *L, lua_Debug *line) {
  static unsigned long before;
  unsigned long here = (unsigned long)line->currentline;
  (void)L;
  counters[(before * 131 + here) % MOST_COUNTERS]++;
  before = here;
}

/* Counting lines takes as long as all the rest, so after a while only some runs are counted: what
 * they find is mutated in the runs between. */
static void count_or_not(lua_State *L) {
  static unsigned long runs;
  int counted = runs < ALL_COUNTED || runs % COUNTED_EVERY == 0;
  if (runs == 0 || runs >= ALL_COUNTED)
    lua_sethook(L, counted ? count_line : NULL, LUA_MASKLINE, 0);
  runs++;
}

/* ---- a server without network: the far end of each socket has answered already ---- */

static const char *answer;
static size_t answer_length;
static int far_end = -1, near_end = -1;

static void hang_up(void) {
  if (far_end >= 0) close(far_end);
  far_end = near_end = -1;
}

int __wrap_socket(int family, int type, int protocol);
int __wrap_socket(int family, int type, int protocol) {
  int ends[2];
  (void)family, (void)type, (void)protocol;
  hang_up();
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -1;
  near_end = ends[0];
  far_end = ends[1];
  if (answer_length > 0 && send(far_end, answer, answer_length, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
    abort();
  shutdown(far_end, SHUT_WR);
  return near_end;
}

/* Stands before the system's, for libcurl: there is nobody else to connect to. */
__attribute__((visibility("default"))) int connect(int handle, const struct sockaddr *address,
                                                   socklen_t length) {
  (void)address, (void)length;
  if (handle == near_end) return 0;
  errno = ECONNREFUSED;
  return -1;
}

/* answer(bytes): what the next connection will hear   [-0, +0, v] */
static int l_answer(lua_State *L) {
  static char copy[LONGEST_ANSWER];
  size_t length, i;
  const char *bytes = luaL_checklstring(L, 1, &length);
  if (length > LONGEST_ANSWER) length = LONGEST_ANSWER;
  for (i = 0; i < length; i++) copy[i] = bytes[i];
  answer = copy;
  answer_length = length;
  return 0;
}

/* ---- */

static lua_State *start(void) {
  lua_State *L = lua_newstate(fuzz_allocate, NULL);
  if (L == NULL) abort();
  lua_gc(L, LUA_GCGEN, 0, 0); /* nearly everything a run makes is garbage at its end */
  luaL_openlibs(L);
  lua_getglobal(L, "package");
  lua_getfield(L, -1, "preload");
  lua_pushcfunction(L, luaopen_seam_core);
  lua_setfield(L, -2, "seam.core");
  lua_settop(L, 0);
  lua_register(L, "answer", l_answer);
  lua_register(L, "build", fuzz_values_build);
  if (luaL_dofile(L, FUZZ_SCRIPT)) {
    fprintf(stderr, "%s\n", luaL_tolstring(L, -1, NULL));
    exit(2);
  }
  return L;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static lua_State *L;
  static unsigned runs;
  if (L == NULL) L = start();
  count_or_not(L);
  lua_settop(L, 1);
  lua_pushvalue(L, 1);
  lua_pushlstring(L, (const char *)data, size);
  if (lua_pcall(L, 1, 0, 0) != 0) {
    fprintf(stderr, "broken: %s\n", luaL_tolstring(L, -1, NULL));
    abort();
  }
  hang_up();
  if (++runs % 4096 == 0) lua_gc(L, LUA_GCCOLLECT, 0);
  return 0;
}
