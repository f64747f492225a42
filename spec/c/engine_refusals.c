/* SPDX-License-Identifier: MIT
 * What the engine asks of libcurl and the system, wrapped by the linker (--wrap). */
#include "engine_refusals.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* for all of these */
static const char *refused;
static int left, code;
static pthread_t asker;
static engine_refused_in place;

void engine_refuse(const char *call, int nth, int error, engine_refused_in where) {
  pthread_mutex_lock(&lock);
  refused = call;
  left = nth;
  code = error;
  asker = pthread_self();
  place = where;
  pthread_mutex_unlock(&lock);
}

int engine_has_refused(void) {
  int answer;
  pthread_mutex_lock(&lock);
  answer = refused != NULL && left == 0;
  pthread_mutex_unlock(&lock);
  return answer;
}

int engine_refuse_nothing(void) {
  int answer = engine_has_refused();
  pthread_mutex_lock(&lock);
  refused = NULL;
  pthread_mutex_unlock(&lock);
  return answer;
}

int engine_must_refuse(const char *call) {
  int answer = 0, error = 0;
  pthread_mutex_lock(&lock);
  if (refused != NULL && left > 0 && strcmp(call, refused) == 0 &&
      (pthread_equal(asker, pthread_self()) != 0) == (place == ENGINE_REFUSED_HERE)) {
    answer = --left == 0;
    error = code;
  }
  pthread_mutex_unlock(&lock);
  if (answer) errno = error;
  return answer;
}

/* type, name, parameters, arguments, the failure */
#define REFUSABLE(type, name, parameters, arguments, failure)               \
  type __real_##name parameters;                                            \
  type __wrap_##name parameters;                                            \
  type __wrap_##name parameters {                                           \
    return engine_must_refuse(#name) ? (failure) : __real_##name arguments; \
  }

REFUSABLE(CURL *, curl_easy_init, (void), (), NULL)
REFUSABLE(int, epoll_create1, (int flags), (flags), -1)
REFUSABLE(int, eventfd, (unsigned int count, int flags), (count, flags), -1)
REFUSABLE(int, epoll_ctl, (int set, int what, int handle, struct epoll_event *event),
          (set, what, handle, event), -1)
REFUSABLE(char *, mkdtemp, (char *path), (path), NULL)
REFUSABLE(int, access, (const char *path, int mode), (path, mode), -1)
REFUSABLE(int, socket, (int family, int type, int protocol), (family, type, protocol), -1)
REFUSABLE(int, bind, (int handle, const struct sockaddr *name, socklen_t length),
          (handle, name, length), -1)
REFUSABLE(int, listen, (int handle, int backlog), (handle, backlog), -1)
REFUSABLE(int, accept4, (int handle, struct sockaddr *name, socklen_t *length, int flags),
          (handle, name, length, flags), -1)
REFUSABLE(int, getsockopt, (int handle, int level, int option, void *value, socklen_t *length),
          (handle, level, option, value, length), -1)
REFUSABLE(ssize_t, recv, (int handle, void *room, size_t length, int flags),
          (handle, room, length, flags), -1)
REFUSABLE(uid_t, geteuid, (void), (), __real_geteuid() + 1)
REFUSABLE(int, pthread_sigmask, (int how, const sigset_t *set, sigset_t *before),
          (how, set, before), EINVAL)
REFUSABLE(int, pthread_create,
          (pthread_t * thread, const pthread_attr_t *attributes, void *(*run)(void *), void *given),
          (thread, attributes, run, given), EAGAIN)

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);

/* The engine opens what is there already. */
int __wrap_open(const char *path, int flags, ...) {
  return engine_must_refuse("open") ? -1 : __real_open(path, flags);
}
