/* SPDX-License-Identifier: MIT
 * Events on any system that libcurl runs on: libcurl looks at its sockets itself. There is no
 * descriptor to watch; loops ask the pool for its timeout instead. */
#if !defined(__linux__) || defined(SEAM_EVENTS_POLL)
#include "events.h"

#include <math.h>

#include "clock.h"
#include "options.h"
#include "socket.h"

#define MOST_READS 32

int seam_events_open(seam_events *events, CURLM *multi) {
  seam_events_init(events);
  events->multi = multi;
  return 0;
}

static curl_socket_t open_socket(void *self, curlsocktype purpose, struct curl_sockaddr *address) {
  (void)self, (void)purpose;
  return seam_socket_open(address);
}

CURLcode seam_events_adopt(seam_events *events, CURL *easy) {
  (void)events;
  return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
}

void seam_events_calm(seam_events *events) {
  (void)events;
}

void seam_events_close(seam_events *events) {
  seam_events_init(events);
}

double seam_events_due(const seam_events *events) {
  return events->due;
}

/* Over HTTP/2 libcurl may leave bytes in its own buffers (events_epoll.c): it is asked until
 * nothing more is heard. */
static int perform(seam_events *events, int *running) {
  size_t heard;
  int left = MOST_READS;
  do {
    heard = events->heard;
    if (curl_multi_perform(events->multi, running) != CURLM_OK) return -1;
  } while (events->shares && heard != events->heard && --left > 0);
  return 0;
}

/* Libcurl's timer is asked for afterwards: here nothing calls when it changes. */
int seam_events_begin(seam_events *events) {
  long milliseconds = -1;
  int running;
  if (perform(events, &running) != 0) return -1;
  if (curl_multi_timeout(events->multi, &milliseconds) != CURLM_OK) return -1;
  events->due = HUGE_VAL;
  /* Without a timer, what waits for a socket is looked at once a second; what may share one,
   * sooner. */
  if (running > 0) {
    long longest = events->shares ? 100 : 1000;
    if (milliseconds < 0 || milliseconds > longest) milliseconds = longest;
  }
  if (milliseconds >= 0) events->due = seam_clock_now() + (double)milliseconds / 1000.0;
  return 0;
}

int seam_events_work(seam_events *events, double seconds) {
  if (seconds > 0) {
    curl_multi_poll(events->multi, NULL, 0, (int)seam_clock_milliseconds(seconds), NULL);
  }
  return seam_events_begin(events);
}

int seam_events_set(const seam_events *events) {
  return events->sockets;
}

int seam_events_descriptor(seam_events *events) {
  (void)events;
  return -1;
}

void seam_events_signal(seam_events *events, int ring, double due) {
  (void)events, (void)ring, (void)due;
}

#else
typedef int seam_events_poll_is_not_needed; /* a file of C must hold something */
#endif
