/* SPDX-License-Identifier: MIT
 * The plan of failures, and the allocator of Lua states that follows one. */
#include "plan.h"

#include <stdlib.h>
#include <string.h>

#ifdef HOST_WITH_LAYERS /* malloc and its kin are wrapped there, for another plan */
void *__real_realloc(void *block, size_t size);
#define realloc __real_realloc
#endif

void plan_arm(plan *p, plan_mode mode, long fail_at) {
  memset(p, 0, sizeof *p);
  p->mode = mode;
  p->fail_at = fail_at;
}

static int is_the_retry(plan *p, void *block, size_t size) {
  if (!p->retry_is_due || block != p->failed_block || size != p->failed_size) return 0;
  p->retry_is_due = 0;
  return 1;
}

static int decide(plan *p, void *block, size_t size) {
  if (is_the_retry(p, block, size)) return 1;
  p->calls++;
  if (p->mode == FAIL_FROM) return p->calls >= p->fail_at;
  if (p->calls != p->fail_at) return 0;
  p->failed_block = block;
  p->failed_size = size;
  p->retry_is_due = 1;
  return 1;
}

int plan_must_fail(plan *p, void *block, size_t size) {
  if (p->fail_at == 0 || !decide(p, block, size)) return 0;
  p->failures++;
  return 1;
}

void *counted_allocate(void *memory, void *block, size_t old_size, size_t size) {
  counted_memory *m = memory;
  void *moved;
  if (!block) old_size = 0; /* else it is a kind of object */
  if (size == 0) {
    m->bytes -= old_size;
    free(block);
    return NULL;
  }
  if (size > old_size && plan_must_fail(&m->plan, block, size)) return NULL;
  moved = realloc(block, size);
  if (moved) m->bytes = m->bytes - old_size + size;
  return moved;
}
