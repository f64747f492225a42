/* SPDX-License-Identifier: MIT
 * The id stands in a page of its own that the kernel hands to every child as zeros, however it was
 * forked. A call asks several times: on a virtual machine that is a twentieth of a small one. */
#include "process.h"

#include <pthread.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* 0 in a process that has not asked yet. NULL where the kernel knows of no such page. */
static pid_t *known;

static void make_page(void) {
#ifdef MADV_WIPEONFORK
  size_t size = (size_t)sysconf(_SC_PAGESIZE);
  void *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  /* One that the kernel will not wipe (before Linux 4.14) stays, unused: no memory was touched. */
  if (page != MAP_FAILED && madvise(page, size, MADV_WIPEONFORK) == 0) known = page;
#endif
}

pid_t seam_process_id(void) {
  pid_t id;
  pthread_once(&once, make_page);
  if (known == NULL) return getpid();
  id = __atomic_load_n(known, __ATOMIC_RELAXED);
  if (id == 0) {
    id = getpid();
    __atomic_store_n(known, id, __ATOMIC_RELAXED);
  }
  return id;
}
