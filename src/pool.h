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

#include "events.h"
#include "queue.h"

#define SEAM_POOL_MOST_IDLE 32

typedef struct seam_pool {
  CURLM *multi; /* made by the first submit */
  seam_events events;
  pid_t owner;
  int closed;
  int may_signal;     /* a SIGPIPE may arise */
  int news;           /* something finished since the last step looked */
  size_t connections; /* to a host, as libcurl was last told */
  double alarm; /* when the owner wants to be woken, by the monotonic clock; HUGE_VAL: never */
  seam_queue queue;
  seam_chain running, done;
  CURL *idle[SEAM_POOL_MOST_IDLE];
  size_t idle_count;
} seam_pool;

/* Allocates nothing. `most_connections` is how many a host may have at once over HTTP/1.1; over
 * HTTP/2 it has SEAM_HTTP2_CONNECTIONS at most. The pool must not move: libcurl knows where it is.
 */
void seam_pool_init(seam_pool *pool, size_t most_connections);

/* Queues a transfer whose headers were added; nothing is sent before the next step. Any answer but
 * SEAM_OK (MEMORY, CONNECT where no descriptor is left, CLOSED, INVALID_REQUEST; the transfer's
 * message says more) leaves the transfer outside of the pool. */
seam_failure seam_pool_submit(seam_pool *pool, seam_transfer *transfer,
                              const seam_request *request);

/* Moves everything on, a bounded part of it at a time, and waits up to `seconds` for something to
 * do when nothing finished. Returns how many transfers are still in flight. */
size_t seam_pool_step(seam_pool *pool, double seconds);

/* Makes the descriptor readable at a moment of the monotonic clock, even if nothing is in flight,
 * until the first step after it; so that a loop needs no timer of its own. HUGE_VAL takes that
 * back. Returns SEAM_OK, or MEMORY, CONNECT or CLOSED as submit does. */
seam_failure seam_pool_alarm(seam_pool *pool, double moment);

/* A level-triggered descriptor, readable while a step has something to do (once, that may be to see
 * that a server hung up on an idle connection) or next_done has something to give. -1 while nothing
 * is in flight or done and no alarm is set, when the pool is closed, and on systems without epoll.
 * It is the pool's own: watch it, close it never. */
int seam_pool_descriptor(seam_pool *pool);

/* A finished transfer, each once, in the order they ended; NULL when there is none. */
seam_transfer *seam_pool_next_done(seam_pool *pool);

size_t seam_pool_in_flight(const seam_pool *pool);

/* Seconds until a step is due even if no socket stirs, 0 while there are results to fetch; negative
 * when there is no such moment. Where there is no descriptor, it is all a loop needs. */
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
