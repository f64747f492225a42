/* SPDX-License-Identifier: MIT
 * Transfers that run at once over one set of connections. One owner thread, no locks, no Lua.
 *
 * A pool belongs to the process that used it. After a fork the child's first submit, step, cancel
 * or close notices: what the pool held is left to the parent untouched (it leaks here, on purpose),
 * the transfers in flight end with SEAM_CLOSED, `sent` set, and the pool starts anew.
 *
 * The pool never owns a transfer: it links it from submit until next_done or forget. */
#ifndef SEAM_POOL_H
#define SEAM_POOL_H

#include <curl/curl.h>
#include <sys/types.h>

#include "transfer.h"

#define SEAM_POOL_MOST_IDLE 32

typedef struct seam_list {
  seam_transfer *first, *last;
} seam_list;

typedef struct seam_pool {
  CURLM *multi; /* made by the first submit */
  pid_t owner;
  int closed;
  int spoke_tls; /* a SIGPIPE may arise */
  int news;      /* something finished since the last step looked */
  size_t most_running, running_count, queued_count;
  seam_list queued, running, done;
  CURL *idle[SEAM_POOL_MOST_IDLE];
  size_t idle_count;
} seam_pool;

/* Allocates nothing. `most_running` is how many connections may be busy at once. */
void seam_pool_init(seam_pool *pool, size_t most_running);

/* Queues a transfer whose headers were added; nothing is sent before the next step. Any answer but
 * SEAM_OK (MEMORY, CLOSED, INVALID_REQUEST; the transfer's message says more) leaves the transfer
 * outside of the pool. */
seam_failure seam_pool_submit(seam_pool *pool, seam_transfer *transfer,
                              const seam_request *request);

/* Moves everything on and, when nothing finished, waits up to `seconds` for something to do and
 * moves once more. Returns how many transfers are still in flight. */
size_t seam_pool_step(seam_pool *pool, double seconds);

/* A finished transfer, each once, in the order they ended; NULL when there is none. */
seam_transfer *seam_pool_next_done(seam_pool *pool);

size_t seam_pool_in_flight(const seam_pool *pool);

/* Seconds until a step is due even if no socket stirs; negative when there is no such moment. */
double seam_pool_timeout(seam_pool *pool);

/* Ends a transfer in flight as SEAM_CANCELLED; it is reported like any other. */
void seam_pool_cancel(seam_transfer *transfer);

/* Takes a transfer out of whatever list holds it, cancelling it when it is in flight. */
void seam_pool_forget(seam_transfer *transfer);

/* Cancels what is in flight and gives everything back; what is done can still be fetched. */
void seam_pool_close(seam_pool *pool);

/* Close, and no transfer points here any more: the memory may go. */
void seam_pool_destroy(seam_pool *pool);

#endif
