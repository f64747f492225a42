/* SPDX-License-Identifier: MIT
 * Keeps a peer that hung up from ending the host, where TLS is written without MSG_NOSIGNAL. */
#ifndef SEAM_SIGPIPE_H
#define SEAM_SIGPIPE_H

#include <signal.h>

typedef struct seam_sigpipe {
  int active;
  sigset_t before;
} seam_sigpipe;

/* Holds SIGPIPE back on this thread, when `needed`, until the release, which swallows the one that
 * arose in between. Does nothing where the thread blocks SIGPIPE already and one is pending. */
void seam_sigpipe_hold(seam_sigpipe *guard, int needed);
void seam_sigpipe_release(seam_sigpipe *guard);

#endif
