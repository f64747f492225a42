/* SPDX-License-Identifier: MIT
 * A pool pumped by a thread of its own, for hosts whose only way to wait is a socket (nginx).
 *
 * One per process, started by the first who needs it and stopped by the last who had it; a process
 * that was forked has none, whatever its parent had. A job is made here and begins when its id
 * arrives over a connection to the engine's address; on that connection "1" comes back when the
 * result is there, "0" for an id that is not known. Closing the connection breaks a read off; a
 * write that has begun goes on to its end, and its outcome is kept for the log.
 *
 * Everything here may be called from any thread. Linux only: elsewhere nothing can be acquired. */
#ifndef SEAM_ENGINE_H
#define SEAM_ENGINE_H

#include "outcomes.h"
#include "slots.h"

/* What a Lua state has of the engine; all zero: nothing. */
typedef struct seam_engine_hold {
  struct seam_engine *engine;
} seam_engine_hold;

typedef struct seam_engine_address {
  int place;             /* connect to /proc/self/fd/<place> */
  unsigned int instance; /* no two engines of a process have the same */
} seam_engine_address;

/* Makes sure that this process's engine runs and that `hold` keeps it. NULL, or why there can be
 * none, in words. */
const char *seam_engine_acquire(seam_engine_hold *hold, seam_engine_address *address);

/* The last release stops the engine: what is in flight is cancelled; waits 2 seconds at most. */
void seam_engine_release(seam_engine_hold *hold);

/* Takes over a transfer whose headers were added; nothing is sent before the id arrives. Any answer
 * but SEAM_OK (MEMORY, CLOSED, INVALID_REQUEST; the transfer's message says more) leaves the
 * transfer the caller's. */
seam_failure seam_engine_submit(const seam_engine_hold *hold, seam_transfer *transfer,
                                const seam_request *request, seam_id *id);

/* The finished transfer, the caller's from now on; NULL while there is none, or for a dead id. */
seam_transfer *seam_engine_take(const seam_id *id);

/* Lets go of a job whose result nobody will take. Returns whether it had begun. */
int seam_engine_drop(const seam_id *id);

/* How a write ended that nobody waited for; 0 when there is no (further) one. */
int seam_engine_next_outcome(char line[SEAM_OUTCOME_LENGTH]);

/* Writes under way. */
size_t seam_engine_writes(void);

#endif
