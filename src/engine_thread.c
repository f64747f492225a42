/* SPDX-License-Identifier: MIT
 * The engine's thread: waits for ids, for the pool and for its bell. */
#if defined(__linux__)
#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "clock.h"
#include "engine_state.h"

#define MOST_AT_ONCE 64

/* How long to wait where the pool cannot say when it has work, in milliseconds. */
#define BLIND_WAIT 1

void seam_engine_watch_pool(seam_engine *engine) {
  struct epoll_event event = {0};
  event.events = EPOLLIN;
  event.data.ptr = &engine->pool;
  /* Its sockets alone, not seam_pool_descriptor: whoever asks for that has timer and bell kept up
   * to date for others, which is seven system calls a call. The thread asks for the timeout
   * instead. */
  engine->is_blind = epoll_ctl(engine->events, EPOLL_CTL_ADD, seam_events_set(&engine->pool.events),
                               &event) != 0 &&
                     errno != EEXIST;
}

/* A step is due at once, later, or only when something stirs. */
static int milliseconds_to_wait(seam_engine *engine) {
  double seconds = seam_pool_timeout(&engine->pool);
  if (engine->is_blind && seam_pool_in_flight(&engine->pool) > 0) return BLIND_WAIT;
  return seconds < 0 ? -1 : (int)seam_clock_milliseconds(seconds);
}

static void step(seam_engine *engine) {
  if (engine->must_step) (void)seam_pool_step(&engine->pool, 0);
  engine->must_step = 0;
  seam_jobs_collect(engine);
}

static void silence_bell(const seam_engine *engine) {
  uint64_t count;
  (void)!read(engine->bell, &count, sizeof count);
}

static void hear(seam_engine *engine, const struct epoll_event *event) {
  if (event->data.ptr == &engine->pool) {
    engine->must_step = 1;
  } else if (event->data.ptr == &engine->socket) {
    seam_waiters_accept(engine);
  } else if (event->data.ptr == &engine->bell) {
    silence_bell(engine);
    seam_jobs_empty_mailbox(engine);
  } else {
    seam_waiters_hear(engine, event->data.ptr, event->events);
  }
}

static int is_stopping(seam_engine *engine) {
  int answer;
  pthread_mutex_lock(&engine->lock);
  answer = engine->is_stopping;
  pthread_mutex_unlock(&engine->lock);
  return answer;
}

void *seam_engine_run(void *given) {
  seam_engine *engine = given;
  struct epoll_event events[MOST_AT_ONCE];
  while (!is_stopping(engine)) {
    int i, wait = milliseconds_to_wait(engine);
    int count = epoll_wait(engine->events, events, MOST_AT_ONCE, wait);
    if (wait == 0 || count == 0) engine->must_step = 1;
    for (i = 0; i < count; i++) hear(engine, &events[i]);
    step(engine);
  }
  seam_pool_close(&engine->pool);
  seam_jobs_collect(engine);
  seam_jobs_empty_mailbox(engine);
  seam_waiters_close(engine);
  return NULL;
}
#else
typedef int seam_engine_thread_is_for_linux; /* a file of C must hold something */
#endif
