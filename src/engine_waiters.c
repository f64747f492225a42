/* SPDX-License-Identifier: MIT
 * The engine's connections: an id comes in, one byte goes out. */
#if defined(__linux__)
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "engine_state.h"

/* Without free descriptors the door stays readable: this keeps the thread from spinning. */
#define NO_DESCRIPTOR_PAUSE 0.005

static void add_waiter(seam_engine *engine, int connection) {
  struct epoll_event event = {0};
  seam_waiter *waiter = calloc(1, sizeof *waiter);
  event.events = EPOLLIN | EPOLLRDHUP;
  event.data.ptr = waiter;
  if (waiter == NULL || epoll_ctl(engine->events, EPOLL_CTL_ADD, connection, &event) != 0) {
    free(waiter);
    close(connection); /* which its other end takes for a failure: nothing was sent */
    return;
  }
  waiter->connection = connection;
  waiter->next = engine->waiters;
  if (waiter->next != NULL) waiter->next->previous = waiter;
  engine->waiters = waiter;
}

void seam_waiters_accept(seam_engine *engine) {
  int connection;
  while ((connection = seam_engine_socket_accept(&engine->socket)) >= 0) {
    add_waiter(engine, connection);
  }
  if (errno != EAGAIN) (void)seam_clock_sleep(NO_DESCRIPTOR_PAUSE);
}

static void drop_waiter(seam_engine *engine, seam_waiter *waiter) {
  seam_job *job = waiter->job;
  if (waiter->previous != NULL) {
    waiter->previous->next = waiter->next;
  } else {
    engine->waiters = waiter->next;
  }
  if (waiter->next != NULL) waiter->next->previous = waiter->previous;
  close(waiter->connection);
  if (job != NULL) {
    job->waiter = NULL;
    seam_jobs_orphan(engine, job);
  }
  free(waiter);
}

/* One byte into an empty buffer: there is room, or nobody is there. */
static void answer(const seam_waiter *waiter, const char *byte) {
  (void)!send(waiter->connection, byte, 1, MSG_NOSIGNAL);
}

/* -1: the connection is done for. Whoever left before the job began takes it along: not sent. */
static int read_id(seam_engine *engine, seam_waiter *waiter, int has_left) {
  seam_id id;
  ssize_t count = recv(waiter->connection, waiter->bytes + waiter->length,
                       sizeof waiter->bytes - waiter->length, 0);
  if (count < 0) return errno == EAGAIN || errno == EINTR ? 0 : -1;
  if (count == 0 || waiter->job != NULL || has_left) return -1;
  waiter->length += (size_t)count;
  if (waiter->length < sizeof waiter->bytes) return 0;
  waiter->length = 0;
  memcpy(id.bytes, waiter->bytes, sizeof id.bytes);
  if (seam_jobs_begin(engine, &id, waiter) != 0) answer(waiter, "0");
  return 0;
}

void seam_waiters_hear(seam_engine *engine, seam_waiter *waiter, unsigned int happened) {
  int has_left = (happened & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  if (read_id(engine, waiter, has_left) != 0 || has_left) drop_waiter(engine, waiter);
}

void seam_waiters_tell(const seam_waiter *waiter) {
  answer(waiter, "1");
}

void seam_waiters_close(seam_engine *engine) {
  seam_waiter *first;
  while ((first = engine->waiters) != NULL) {
    first->previous = NULL; /* it is so already; analyzers want to be told */
    drop_waiter(engine, first);
  }
}
#else
typedef int seam_engine_waiters_are_for_linux; /* a file of C must hold something */
#endif
