/* SPDX-License-Identifier: MIT
 * SIGPIPE held back per thread: no handler of the host is touched. */
#include "sigpipe.h"

#include <pthread.h>
#include <stddef.h>

static int is_pending(void) {
  sigset_t pending;
  return sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
}

static void only_sigpipe(sigset_t *set) {
  sigemptyset(set);
  sigaddset(set, SIGPIPE);
}

void seam_sigpipe_hold(seam_sigpipe *guard, int needed) {
  sigset_t set;
  guard->active = 0;
  if (!needed) return;
  only_sigpipe(&set);
  if (pthread_sigmask(SIG_BLOCK, &set, &guard->before) != 0) return;
  /* One that waits already is the host's own: leave it where it is. */
  guard->active = sigismember(&guard->before, SIGPIPE) != 1 || !is_pending();
}

void seam_sigpipe_release(seam_sigpipe *guard) {
  sigset_t set;
  int taken;
  if (!guard->active) return;
  only_sigpipe(&set);
  if (is_pending()) sigwait(&set, &taken);
  pthread_sigmask(SIG_SETMASK, &guard->before, NULL);
  guard->active = 0;
}
