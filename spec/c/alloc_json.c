/* SPDX-License-Identifier: MIT */
/* Decodes JSON while the n-th allocation fails, for every n until nothing fails any more: each time
   the right value or Lua's memory error, and not a byte left behind. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "lauxlib.h"
#include "ljson.h"
#include "ljson_apart.h"
#include "lua.h"
#include "plan.h"

/* A number that depends on all of a value: order of keys left out, everything else in. */
static uint64_t digest(lua_State *L, int index) {
  uint64_t sum = (uint64_t)lua_type(L, index) + 1;
  size_t length, i;
  const char *text;
  if (lua_istable(L, index)) {
    lua_pushnil(L);
    while (lua_next(L, index)) {
      int top = lua_gettop(L);
      sum += (digest(L, top - 1) * 31 + digest(L, top)) * UINT64_C(0x9E3779B97F4A7C15);
      lua_pop(L, 1);
    }
    return sum;
  }
  if (lua_isboolean(L, index)) return sum * 2 + (uint64_t)lua_toboolean(L, index);
  lua_pushvalue(L, index);
  text = lua_tolstring(L, -1, &length);
  for (i = 0; text && i < length; i++)
    sum = (sum ^ (unsigned char)text[i]) * UINT64_C(1099511628211);
  lua_pop(L, 1);
  return sum;
}

typedef struct text {
  const char *bytes;
  size_t length;
  lua_CFunction how; /* it is decoded */
} text;

/* Called protected: decodes the text given as light userdata. */
static int decode(lua_State *L) {
  const text *source = lua_touserdata(L, 1);
  return ljson_decode_bytes(L, source->bytes, source->length, LJSON_DEFAULT_DEPTH);
}

static int decode_apart(lua_State *L) {
  const text *source = lua_touserdata(L, 1);
  return ljson_decode_apart(L, source->bytes, source->length, LJSON_DEFAULT_DEPTH);
}

/* As decode, but by a coroutine, and twice: the second time with the stack of the first. */
static int decode_in_coroutine(lua_State *L) {
  lua_State *coroutine = lua_newthread(L);
  int i;
  for (i = 0; i < 2; i++) {
    lua_settop(coroutine, 0);
    lua_pushcfunction(L, decode_apart);
    lua_pushvalue(L, 1);
    lua_xmove(L, coroutine, 2);
    if (seam_resume(coroutine, L, 1) != 0) {
      lua_xmove(coroutine, L, 1);
      return lua_error(L);
    }
  }
  i = lua_gettop(coroutine);
  lua_xmove(coroutine, L, i);
  return i;
}

/* Decodes on a state of its own. Returns whether that succeeded; *sum is then a digest of it. */
static int attempt(counted_memory *m, const text *source, long fail_at, uint64_t *sum) {
  lua_State *L;
  int status, short_of_memory = 0;
  plan_mode mode = m->plan.mode;
  plan_arm(&m->plan, mode, 0);
  m->bytes = 0;
  L = lua_newstate(counted_allocate, m);
  if (!L) abort();
  lua_settop(L, 0);
  lua_checkstack(L, 100);
  lua_pushcfunction(L, source->how);
  lua_pushlightuserdata(L, (void *)(uintptr_t)source);
  plan_arm(&m->plan, mode, fail_at);
  status = lua_pcall(L, 1, 1, 0);
  m->plan.fail_at = 0;
  if (status == 0) *sum = digest(L, lua_gettop(L));
  else short_of_memory = strcmp(lua_tostring(L, -1), "not enough memory") == 0;
  lua_close(L);
  if (m->bytes != 0) {
    fprintf(stderr, "%lu bytes left behind at allocation %ld\n", (unsigned long)m->bytes, fail_at);
    exit(1);
  }
  if (status != 0 && !short_of_memory) {
    fprintf(stderr, "not a memory error but status %d at allocation %ld\n", status, fail_at);
    exit(1);
  }
  return status == 0;
}

/* Returns how many allocations were made to fail. */
static long sweep(const text *source, plan_mode how, uint64_t wanted) {
  counted_memory m;
  uint64_t sum = 0;
  long n = 1;
  memset(&m, 0, sizeof m);
  m.plan.mode = how;
  for (;; n++) {
    int done = attempt(&m, source, n, &sum);
    if (done && sum != wanted) {
      fprintf(stderr, "wrong value when allocation %ld failed\n", n);
      exit(1);
    }
    if (done && m.plan.failures == 0) return n - 1;
    if (!done && m.plan.failures == 0) {
      fprintf(stderr, "memory error without a failed allocation at %ld\n", n);
      exit(1);
    }
  }
}

static void append(char *to, const char *what, int times) {
  to += strlen(to);
  while (times-- > 0) to += sprintf(to, "%s", what);
}

/* A text that goes through every path that allocates: long and short escapes, chunks of members and
   of items, duplicates, nulls, depth. `tail` may break it at the very end. */
static char *make_text(const char *tail) {
  char *made = calloc(1, 1 << 17);
  int i;
  if (!made) abort();
  append(made, "{\"devices\":[", 1);
  append(made,
         "{\"device_id\":\"681bf7bc-e7c6-48e6-acfe\",\"online\":true,\"level\":0.5,\"gone\":null},",
         40);
  append(made, "null],\"short\":\"a\\n\\u00e9\",\"long\":\"", 1);
  append(made, "\\u00e9\\\\x", 300);
  append(made, "\",\"longer\":\"", 1);
  append(made, "\\ud83d\\ude00", 400);
  append(made, "\",\"plain\":\"", 1);
  append(made, "0123456789", 30);
  append(made, "\",\"items\":[", 1);
  append(made, "1,2.5,null,1e3,", 100);
  append(made, "-0],\"wide\":{", 1);
  for (i = 0; i < 150; i++) sprintf(made + strlen(made), "\"key %d\":%d,", i, i);
  append(made, "\"key 3\":null,\"key 4\":\"again\"},\"deep\":", 1);
  append(made, "[", 60);
  append(made, "]", 60);
  append(made, tail, 1);
  return made;
}

static void run(const char *name, const char *tail, lua_CFunction how) {
  counted_memory m;
  text source;
  uint64_t wanted = 0;
  char *made = make_text(tail);
  source.length = strlen(made);
  source.bytes = made;
  source.how = how;
  memset(&m, 0, sizeof m);
  if (!attempt(&m, &source, 0, &wanted)) abort();
  printf("%s: %ld points failed with their retry, ", name, sweep(&source, FAIL_WITH_RETRY, wanted));
  printf("%ld from there on\n", sweep(&source, FAIL_FROM, wanted));
  free(made);
}

int main(void) {
  printf("%s, ", LUA_VERSION);
  run("a valid text", "}", decode);
  printf("%s, ", LUA_VERSION);
  run("a text refused at its end", "}x", decode);
  printf("%s, ", LUA_VERSION);
  run("a valid text in a coroutine", "}", decode_in_coroutine);
  return 0;
}
