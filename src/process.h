/* SPDX-License-Identifier: MIT
 * Which process this is: what a fork leaves to the child must not be used by it. */
#ifndef SEAM_PROCESS_H
#define SEAM_PROCESS_H

#include <sys/types.h>

/* What getpid() returns, without asking the kernel each time where it tells a child by itself that
 * it is one. Never fails; any thread may ask. */
pid_t seam_process_id(void);

#endif
