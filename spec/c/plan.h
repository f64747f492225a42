/* SPDX-License-Identifier: MIT
 * Which allocation is made to fail: counted from 1, once (with Lua's own second try) or from there
 * on. One plan per layer that allocates; the sweeps raise `fail_at` until nothing fails any more.
 */
#ifndef SEAM_SPEC_PLAN_H
#define SEAM_SPEC_PLAN_H

#include <stddef.h>

typedef enum plan_mode { FAIL_WITH_RETRY, FAIL_FROM } plan_mode;

typedef struct plan {
  plan_mode mode;
  long fail_at; /* 0: never */
  long calls;
  long failures;
  void *failed_block; /* Lua 5.3+ collects and asks again: that retry must fail as well */
  size_t failed_size;
  int retry_is_due;
} plan;

/* Counts anew; fail_at 0 counts nothing and fails nothing. */
void plan_arm(plan *p, plan_mode mode, long fail_at);

/* Asked for every allocation or growth; 1 when this one must fail. */
int plan_must_fail(plan *p, void *block, size_t size);

/* A Lua state's memory: what is in use, and the plan for it. */
typedef struct counted_memory {
  plan plan;
  size_t bytes;
} counted_memory;

/* lua_Alloc over a counted_memory; shrinking never fails, which Lua counts on. */
void *counted_allocate(void *memory, void *block, size_t old_size, size_t size);

#endif
