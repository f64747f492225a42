/* SPDX-License-Identifier: MIT
 * The inside of the engine, for engine*.c alone. */
#ifndef SEAM_ENGINE_STATE_H
#define SEAM_ENGINE_STATE_H

#include <pthread.h>
#include <sys/types.h>

#include "engine.h"
#include "engine_socket.h"
#include "pool.h"

#define SEAM_ENGINE_BUCKETS 1024u

/* A connection on which ids arrive. The thread's alone. */
typedef struct seam_waiter {
  int connection;
  unsigned char bytes[SEAM_ID_SIZE]; /* what has arrived of an id */
  size_t length;
  seam_job *job; /* whose end it waits for */
  struct seam_waiter *previous, *next;
} seam_waiter;

typedef struct seam_engine {
  pid_t owner;
  unsigned int instance;
  size_t holds; /* under the gate of engine.c */
  pthread_t thread;

  pthread_mutex_t lock; /* for the next five, and for what job.h says */
  seam_slots slots;
  seam_outcomes outcomes;
  seam_job *mailed; /* jobs that the thread is to let go */
  size_t writes;    /* in the thread's hands */
  int is_stopping;

  int bell; /* an eventfd: rung for the last two */
  seam_engine_socket socket;

  /* The thread's. */
  int events; /* its epoll descriptor */
  seam_pool pool;
  int is_blind; /* the pool's sockets cannot be watched */
  int must_step;
  seam_waiter *waiters;
  seam_job *running[SEAM_ENGINE_BUCKETS]; /* by their transfers' addresses */
} seam_engine;

/* ---- beginning and end, engine_life.c ---- */

/* Starts one; NULL when that cannot be, and why. */
seam_engine *seam_engine_new(const char **refusal);

/* Ends it, and frees it unless its thread does not come within 2 seconds. */
void seam_engine_stop(seam_engine *engine);

/* Makes the thread look at what is under the lock. */
void seam_engine_ring(const seam_engine *engine);

/* The thread, engine_thread.c: until is_stopping. Frees what is the thread's, and nothing else. */
void *seam_engine_run(void *engine);

/* ---- waiters, engine_waiters.c ---- */

/* Takes in who stands before the door. */
void seam_waiters_accept(seam_engine *engine);

/* Reads what arrived on a connection, and frees it when it was closed. */
void seam_waiters_hear(seam_engine *engine, seam_waiter *waiter, unsigned int happened);

/* Tells that its job has ended. */
void seam_waiters_tell(const seam_waiter *waiter);

void seam_waiters_close(seam_engine *engine);

/* ---- jobs, engine_jobs.c ---- */

/* The id of a job arrived: it begins. 0, or -1 when there is none to begin. */
int seam_jobs_begin(seam_engine *engine, const seam_id *id, seam_waiter *waiter);

/* Nobody waits for it any more. */
void seam_jobs_orphan(seam_engine *engine, seam_job *job);

/* Its sockets' descriptor is the pool's own, and may be another one whenever nothing was in flight.
 */
void seam_engine_watch_pool(seam_engine *engine);

/* Takes what was mailed, and everything that has finished. */
void seam_jobs_empty_mailbox(seam_engine *engine);
void seam_jobs_collect(seam_engine *engine);

#endif
