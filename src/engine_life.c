/* SPDX-License-Identifier: MIT
 * An engine's beginning and end. */
#if defined(__linux__)
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "engine_state.h"
#include "process.h"

/* Calls to one host at once over HTTP/1.1: a connection each. */
#define MOST_CONNECTIONS 512

#define LONGEST_JOIN_SECONDS 2

void seam_engine_ring(const seam_engine *engine) {
  uint64_t count = 1;
  (void)!write(engine->bell, &count, sizeof count);
}

/* ---- start ---- */

static int watch(const seam_engine *engine, int descriptor, void *what) {
  struct epoll_event event = {0};
  event.events = EPOLLIN;
  event.data.ptr = what;
  return epoll_ctl(engine->events, EPOLL_CTL_ADD, descriptor, &event);
}

static void free_engine(seam_engine *engine) {
  seam_pool_destroy(&engine->pool);
  seam_slots_free(&engine->slots);
  seam_engine_socket_close(&engine->socket);
  if (engine->bell >= 0) close(engine->bell);
  if (engine->events >= 0) close(engine->events);
  pthread_mutex_destroy(&engine->lock);
  free(engine);
}

/* The host's signals are the host's: none is ever delivered to the thread. */
static int start_thread(seam_engine *engine) {
  sigset_t all, before;
  int failed;
  sigfillset(&all);
  if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0) return -1;
  failed = pthread_create(&engine->thread, NULL, seam_engine_run, engine);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return failed ? -1 : 0;
}

static const char *open_engine(seam_engine *engine) {
  engine->events = epoll_create1(EPOLL_CLOEXEC);
  engine->bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (engine->events < 0 || engine->bell < 0) return "there are no more descriptors";
  if (seam_engine_socket_open(&engine->socket) != 0) {
    return "no unix socket can be had: it needs a temporary folder and /proc";
  }
  if (watch(engine, engine->bell, &engine->bell) != 0 ||
      watch(engine, engine->socket.listener, &engine->socket) != 0) {
    return "the kernel watches no more descriptors";
  }
  return start_thread(engine) == 0 ? NULL : "no thread can be started";
}

seam_engine *seam_engine_new(const char **refusal) {
  seam_engine *engine = calloc(1, sizeof *engine);
  *refusal = "not enough memory";
  if (engine == NULL) return NULL;
  engine->events = engine->bell = engine->socket.listener = engine->socket.place = -1;
  engine->owner = seam_process_id();
  pthread_mutex_init(&engine->lock, NULL);
  seam_pool_init(&engine->pool, MOST_CONNECTIONS);
  *refusal = open_engine(engine);
  if (*refusal == NULL) return engine;
  free_engine(engine);
  return NULL;
}

/* ---- stop ---- */

/* A thread that does not come (a name server that is asked without end) keeps what it uses. */
void seam_engine_stop(seam_engine *engine) {
  struct timespec latest;
  pthread_mutex_lock(&engine->lock);
  engine->is_stopping = 1;
  pthread_mutex_unlock(&engine->lock);
  seam_engine_ring(engine);
  clock_gettime(CLOCK_REALTIME, &latest);
  latest.tv_sec += LONGEST_JOIN_SECONDS;
  if (pthread_timedjoin_np(engine->thread, NULL, &latest) == 0) {
    free_engine(engine);
  } else {
    pthread_detach(engine->thread);
  }
}
#else
typedef int seam_engine_life_is_for_linux; /* a file of C must hold something */
#endif
