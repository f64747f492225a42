/* SPDX-License-Identifier: MIT
 * Events on Linux: one epoll descriptor that holds libcurl's sockets, a timer and a bell. */
#if defined(__linux__) && !defined(SEAM_EVENTS_POLL)
#include "events.h"

#include <math.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "clock.h"
#include "options.h"
#include "socket.h"

/* Over HTTP/2 libcurl (seen in 7.88) leaves bytes in its own buffers, of one transfer while it
 * serves another on the same connection, or of a head larger than a buffer, and may forget to come
 * back: the socket is empty by then and no timer is set. So a socket that stirred is read again
 * until nothing more is heard, and all transfers are looked at some time after the last stir, in
 * case that was not enough. */
#define MOST_READS 32
#define FIRST_PAUSE 0.016
#define LONGEST_PAUSE 1.1
#define PAUSE_GROWTH 4

/* Sockets served before the caller gets its turn again. */
#define MOST_AT_ONCE 64

/* ---- what libcurl calls ---- */

static int on_socket(CURL *easy, curl_socket_t handle, int what, void *self, void *known) {
  seam_events *events = self;
  (void)easy, (void)known;
  if (what != CURL_POLL_REMOVE) {
    return seam_socket_set_watch(&events->set, events->sockets, handle, what);
  }
  seam_socket_set_let_go(&events->set, events->sockets, handle);
  return 0;
}

static curl_socket_t open_socket(void *self, curlsocktype purpose, struct curl_sockaddr *address) {
  seam_events *events = self;
  curl_socket_t handle = seam_socket_open(address);
  (void)purpose;
  if (handle != CURL_SOCKET_BAD) seam_socket_set_opened(&events->set, handle);
  return handle;
}

static int close_socket(void *self, curl_socket_t handle) {
  seam_events *events = self;
  seam_socket_set_closing(&events->set, events->sockets, handle);
  return close(handle);
}

static int on_timer(CURLM *multi, long milliseconds, void *self) {
  seam_events *events = self;
  (void)multi;
  events->due = HUGE_VAL;
  if (milliseconds == 0) events->due = 0;
  if (milliseconds > 0) events->due = seam_clock_now() + (double)milliseconds / 1000.0;
  return 0;
}

/* ---- open and close ---- */

int seam_events_open(seam_events *events, CURLM *multi) {
  seam_events_init(events);
  events->sockets = epoll_create1(EPOLL_CLOEXEC);
  if (events->sockets < 0) return -1;
  events->multi = multi;
  if (curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket) == CURLM_OK &&
      curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, events) == CURLM_OK &&
      curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer) == CURLM_OK &&
      curl_multi_setopt(multi, CURLMOPT_TIMERDATA, events) == CURLM_OK) {
    return 0;
  }
  seam_events_close(events);
  return -1;
}

static void close_one(int descriptor) {
  if (descriptor >= 0) close(descriptor);
}

CURLcode seam_events_adopt(seam_events *events, CURL *easy) {
  CURLcode code = CURLE_OK;
  SEAM_SET(code, easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  SEAM_SET(code, easy, CURLOPT_OPENSOCKETDATA, events);
  SEAM_SET(code, easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
  SEAM_SET(code, easy, CURLOPT_CLOSESOCKETDATA, events);
  return code;
}

void seam_events_close(seam_events *events) {
  seam_socket_set_free(&events->set);
  close_one(events->sockets);
  close_one(events->timer);
  close_one(events->bell);
  seam_events_init(events);
}

/* ---- work ---- */

static int act(seam_events *events, curl_socket_t handle, int what) {
  CURLM *multi = events->multi;
  return curl_multi_socket_action(multi, handle, what, &events->running) == CURLM_OK ? 0 : -1;
}

double seam_events_due(const seam_events *events) {
  return events->due < events->again ? events->due : events->again;
}

static void look_again(seam_events *events, double pause) {
  events->pause = pause;
  events->again = pause <= LONGEST_PAUSE ? seam_clock_now() + pause : HUGE_VAL;
}

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif
/* Deprecated for being slow where it is called all the time; nothing else looks at all transfers
 * and says afterwards which sockets they wait for. */
static int look_at_all(seam_events *events) {
  events->again = HUGE_VAL;
  if (curl_multi_socket_all(events->multi, &events->running) != CURLM_OK) return -1;
  if (events->running > 0) look_again(events, events->pause * PAUSE_GROWTH);
  return 0;
}
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

int seam_events_begin(seam_events *events) {
  double now;
  if (seam_events_due(events) == HUGE_VAL) return 0;
  now = seam_clock_now();
  if (events->due <= now) {
    events->due = HUGE_VAL; /* libcurl names the next one */
    if (act(events, CURL_SOCKET_TIMEOUT, 0) != 0) return -1;
  }
  return events->again <= now ? look_at_all(events) : 0;
}

static int read_the_rest(seam_events *events, curl_socket_t handle) {
  size_t heard;
  int left = MOST_READS;
  events->again = HUGE_VAL;
  if (events->running == 0) return 0;
  do {
    heard = events->heard;
    if (act(events, handle, CURL_CSELECT_IN) != 0) return -1;
  } while (events->running > 0 && heard != events->heard && --left > 0);
  if (events->running > 0) look_again(events, left > 0 ? FIRST_PAUSE : 0);
  return 0;
}

static int what_of(uint32_t happened) {
  int what = 0;
  if (happened & (EPOLLIN | EPOLLHUP)) what |= CURL_CSELECT_IN;
  if (happened & EPOLLOUT) what |= CURL_CSELECT_OUT;
  if (happened & EPOLLERR) what |= CURL_CSELECT_ERR;
  return what;
}

int seam_events_work(seam_events *events, double seconds) {
  struct epoll_event happened[MOST_AT_ONCE];
  double due = seam_events_due(events);
  double left = due == HUGE_VAL ? seconds : due - seam_clock_now();
  int count, i;
  if (!(left < seconds)) left = seconds;
  /* Interrupted by a signal is as good as nothing happened. */
  count = epoll_wait(events->sockets, happened, MOST_AT_ONCE,
                     left > 0 ? (int)seam_clock_milliseconds(left) : 0);
  for (i = 0; i < count; i++) {
    int handle = happened[i].data.fd;
    if (handle == events->timer || handle == events->bell) continue;
    if (seam_socket_set_stirred(&events->set, events->sockets, handle)) continue;
    if (act(events, handle, what_of(happened[i].events)) != 0) return -1;
    if (events->shares && read_the_rest(events, handle) != 0) return -1;
  }
  return seam_events_begin(events);
}

void seam_events_calm(seam_events *events) {
  struct epoll_event happened[MOST_AT_ONCE];
  int count, i;
  if (events->set.parked == 0) return;
  count = epoll_wait(events->sockets, happened, MOST_AT_ONCE, 0);
  for (i = 0; i < count; i++) {
    (void)seam_socket_set_stirred(&events->set, events->sockets, happened[i].data.fd);
  }
}

/* ---- the descriptor ---- */

static int add(seam_events *events, int descriptor) {
  struct epoll_event event = {0};
  event.events = EPOLLIN;
  event.data.fd = descriptor;
  return epoll_ctl(events->sockets, EPOLL_CTL_ADD, descriptor, &event);
}

static int make_signals(seam_events *events) {
  events->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  events->bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (events->timer >= 0 && events->bell >= 0 && add(events, events->timer) == 0 &&
      add(events, events->bell) == 0) {
    return 0;
  }
  close_one(events->timer);
  close_one(events->bell);
  events->timer = events->bell = -1;
  return -1;
}

int seam_events_set(const seam_events *events) {
  return events->sockets;
}

int seam_events_descriptor(seam_events *events) {
  if (events->sockets < 0) return -1;
  if (events->bell < 0 && make_signals(events) != 0) return -1;
  return events->sockets;
}

static void set_bell(seam_events *events, int ring) {
  uint64_t count = 1;
  if (ring == events->is_ringing) return;
  events->is_ringing = ring;
  if (ring) {
    if (write(events->bell, &count, sizeof count) < 0) events->is_ringing = 0;
  } else {
    if (read(events->bell, &count, sizeof count) < 0) events->is_ringing = 1;
  }
}

/* The kernel's timer and our moments count by the same clock. */
static void set_timer(seam_events *events, double due) {
  struct itimerspec moment = {{0, 0}, {0, 0}};
  if (due == events->timer_set) return;
  if (due != HUGE_VAL) {
    double whole = due > 0 ? floor(due) : 0;
    moment.it_value.tv_sec = (time_t)whole;
    moment.it_value.tv_nsec = due > 0 ? (long)((due - whole) * 1e9) : 0;
    if (moment.it_value.tv_sec == 0 && moment.it_value.tv_nsec == 0) moment.it_value.tv_nsec = 1;
  }
  if (timerfd_settime(events->timer, TFD_TIMER_ABSTIME, &moment, NULL) == 0) {
    events->timer_set = due;
  }
}

void seam_events_signal(seam_events *events, int ring, double due) {
  if (events->bell < 0) return;
  set_bell(events, ring);
  set_timer(events, seam_events_due(events) < due ? seam_events_due(events) : due);
}

#else
typedef int seam_events_epoll_is_not_needed; /* a file of C must hold something */
#endif
