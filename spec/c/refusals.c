/* SPDX-License-Identifier: MIT
 * What our own sources ask of libcurl and the system besides memory, wrapped by the linker
 * (--wrap): each question may be answered with a failure, by a plan. */
#include "refusals.h"

#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/rand.h>

static plan refusals;

plan *refusals_plan(void) {
  return &refusals;
}

static int must_refuse(void) {
  return plan_must_fail(&refusals, NULL, (size_t)refusals.calls);
}

/* ---- libcurl: one handle ---- */

CURL *__real_curl_easy_init(void);
CURL *__wrap_curl_easy_init(void);

CURL *__wrap_curl_easy_init(void) {
  return must_refuse() ? NULL : __real_curl_easy_init();
}

CURLcode __real_curl_easy_setopt(CURL *easy, CURLoption option, ...);
CURLcode __wrap_curl_easy_setopt(CURL *easy, CURLoption option, ...);

/* Taking a pointer back needs nothing that could be missing, so that never fails. */
CURLcode __wrap_curl_easy_setopt(CURL *easy, CURLoption option, ...) {
  va_list arguments;
  CURLcode code;
  va_start(arguments, option);
  if (option >= CURLOPTTYPE_OFF_T) {
    curl_off_t number = va_arg(arguments, curl_off_t);
    code = must_refuse() ? CURLE_OUT_OF_MEMORY : __real_curl_easy_setopt(easy, option, number);
  } else if (option < CURLOPTTYPE_OBJECTPOINT) {
    long number = va_arg(arguments, long);
    code = must_refuse() ? CURLE_OUT_OF_MEMORY : __real_curl_easy_setopt(easy, option, number);
  } else {
    void *pointer = va_arg(arguments, void *);
    code = pointer != NULL && must_refuse() ? CURLE_OUT_OF_MEMORY
                                            : __real_curl_easy_setopt(easy, option, pointer);
  }
  va_end(arguments);
  return code;
}

CURLcode __real_curl_easy_getinfo(CURL *easy, CURLINFO info, ...);
CURLcode __wrap_curl_easy_getinfo(CURL *easy, CURLINFO info, ...);

/* Our own pointer back: nothing that libcurl could fail to know. */
CURLcode __wrap_curl_easy_getinfo(CURL *easy, CURLINFO info, ...) {
  va_list arguments;
  void *out;
  va_start(arguments, info);
  out = va_arg(arguments, void *);
  va_end(arguments);
  if (info != CURLINFO_PRIVATE && must_refuse()) return CURLE_BAD_FUNCTION_ARGUMENT;
  return __real_curl_easy_getinfo(easy, info, out);
}

/* ---- libcurl: many handles ---- */

CURLM *__real_curl_multi_init(void);
CURLM *__wrap_curl_multi_init(void);

CURLM *__wrap_curl_multi_init(void) {
  return must_refuse() ? NULL : __real_curl_multi_init();
}

CURLMcode __real_curl_multi_setopt(CURLM *multi, CURLMoption option, ...);
CURLMcode __wrap_curl_multi_setopt(CURLM *multi, CURLMoption option, ...);

CURLMcode __wrap_curl_multi_setopt(CURLM *multi, CURLMoption option, ...) {
  va_list arguments;
  CURLMcode code;
  if (must_refuse()) return CURLM_OUT_OF_MEMORY;
  va_start(arguments, option);
  if ((int)option < CURLOPTTYPE_OBJECTPOINT) {
    code = __real_curl_multi_setopt(multi, option, va_arg(arguments, long));
  } else {
    code = __real_curl_multi_setopt(multi, option, va_arg(arguments, void *));
  }
  va_end(arguments);
  return code;
}

/* type, name, parameters, arguments, the failure */
#define REFUSABLE(type, name, parameters, arguments, failure)   \
  type __real_##name parameters;                                \
  type __wrap_##name parameters;                                \
  type __wrap_##name parameters {                               \
    return must_refuse() ? (failure) : __real_##name arguments; \
  }

REFUSABLE(CURLMcode, curl_multi_add_handle, (CURLM * multi, CURL *easy), (multi, easy),
          CURLM_OUT_OF_MEMORY)
REFUSABLE(CURLMcode, curl_multi_perform, (CURLM * multi, int *running), (multi, running),
          CURLM_OUT_OF_MEMORY)
REFUSABLE(CURLMcode, curl_multi_socket_action,
          (CURLM * multi, curl_socket_t handle, int events, int *running),
          (multi, handle, events, running), CURLM_OUT_OF_MEMORY)
REFUSABLE(CURLMcode, curl_multi_assign, (CURLM * multi, curl_socket_t handle, void *known),
          (multi, handle, known), CURLM_OUT_OF_MEMORY)
REFUSABLE(CURLMcode, curl_multi_timeout, (CURLM * multi, long *milliseconds), (multi, milliseconds),
          CURLM_BAD_HANDLE)
REFUSABLE(CURLMcode, curl_multi_poll,
          (CURLM * multi, struct curl_waitfd *extra, unsigned int count, int wait, int *ready),
          (multi, extra, count, wait, ready), CURLM_OUT_OF_MEMORY)

/* ---- the system ---- */

static int say(int error) {
  errno = error;
  return -1;
}

REFUSABLE(int, epoll_create1, (int flags), (flags), say(EMFILE))
REFUSABLE(int, epoll_ctl, (int set, int what, int handle, struct epoll_event *event),
          (set, what, handle, event), say(ENOMEM))
REFUSABLE(int, epoll_wait, (int set, struct epoll_event *events, int most, int wait),
          (set, events, most, wait), say(EINTR))
REFUSABLE(int, timerfd_create, (int clock, int flags), (clock, flags), say(EMFILE))
REFUSABLE(int, timerfd_settime,
          (int handle, int flags, const struct itimerspec *time, struct itimerspec *before),
          (handle, flags, time, before), say(ECANCELED))
REFUSABLE(int, eventfd, (unsigned int count, int flags), (count, flags), say(EMFILE))
REFUSABLE(ssize_t, read, (int handle, void *room, size_t length), (handle, room, length),
          say(EAGAIN))
REFUSABLE(ssize_t, write, (int handle, const void *bytes, size_t length), (handle, bytes, length),
          say(EAGAIN))
REFUSABLE(int, socket, (int family, int type, int protocol), (family, type, protocol), say(EMFILE))
REFUSABLE(int, RAND_bytes, (unsigned char *room, int length), (room, length), 0)
REFUSABLE(int, EVP_DecodeBlock, (unsigned char *out, const unsigned char *text, int length),
          (out, text, length), -1)
REFUSABLE(int, sigpending, (sigset_t * pending), (pending), say(EFAULT))

int __real_pthread_sigmask(int how, const sigset_t *set, sigset_t *before);
int __wrap_pthread_sigmask(int how, const sigset_t *set, sigset_t *before);

/* What was held back is always let go. */
int __wrap_pthread_sigmask(int how, const sigset_t *set, sigset_t *before) {
  if (how == SIG_BLOCK && must_refuse()) return EINVAL;
  return __real_pthread_sigmask(how, set, before);
}
