/* SPDX-License-Identifier: MIT
 * libcurl's sockets in an epoll set, where those between two transfers are parked. */
#include "socket_set.h"

#include <string.h>

void seam_socket_set_init(seam_socket_set *set) {
  memset(set, 0, sizeof *set);
}

#if defined(__linux__)
#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>

#define FEWEST_STATES 64

/* Of a socket: beside these, what it is watched for, CURL_POLL_IN and _OUT. */
#define OURS 0x10
#define IN_SET 0x20
#define PARKED 0x40
#define INTEREST (CURL_POLL_IN | CURL_POLL_OUT)

void seam_socket_set_free(seam_socket_set *set) {
  free(set->states);
  seam_socket_set_init(set);
}

/* NULL for one that is not ours. */
static unsigned char *state_of(const seam_socket_set *set, int handle) {
  if (handle < 0 || (size_t)handle >= set->size || !(set->states[handle] & OURS)) return NULL;
  return &set->states[handle];
}

static int make_room(seam_socket_set *set, size_t wanted) {
  size_t size = set->size > 0 ? set->size : FEWEST_STATES;
  unsigned char *states;
  if (wanted <= set->size) return 0;
  while (size < wanted) size *= 2;
  states = realloc(set->states, size);
  if (states == NULL) return -1;
  memset(states + set->size, 0, size - set->size);
  set->states = states;
  set->size = size;
  return 0;
}

static int control(int epoll, int operation, int handle, int what) {
  struct epoll_event event = {0};
  if (what & CURL_POLL_IN) event.events |= EPOLLIN;
  if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
  event.data.fd = handle;
  return epoll_ctl(epoll, operation, handle, &event);
}

static void unpark(seam_socket_set *set, unsigned char *state) {
  if (*state & PARKED) set->parked--;
  *state &= (unsigned char)~PARKED;
}

void seam_socket_set_opened(seam_socket_set *set, int handle) {
  if (handle < 0 || make_room(set, (size_t)handle + 1) != 0) return;
  unpark(set, &set->states[handle]);
  set->states[handle] = OURS;
}

static void take_out(seam_socket_set *set, int epoll, int handle, unsigned char *state) {
  unpark(set, state);
  if (*state & IN_SET) (void)control(epoll, EPOLL_CTL_DEL, handle, 0);
  *state = OURS;
}

void seam_socket_set_closing(seam_socket_set *set, int epoll, int handle) {
  unsigned char *state = state_of(set, handle);
  if (state == NULL) return;
  take_out(set, epoll, handle, state);
  *state = 0;
}

static int add_or_change(int epoll, int handle, int what) {
  if (control(epoll, EPOLL_CTL_ADD, handle, what) == 0) return 0;
  return errno == EEXIST ? control(epoll, EPOLL_CTL_MOD, handle, what) : -1;
}

int seam_socket_set_watch(seam_socket_set *set, int epoll, int handle, int what) {
  unsigned char *state = state_of(set, handle);
  int now = OURS | IN_SET | (what & INTEREST), failed;
  if (state == NULL) return add_or_change(epoll, handle, what);
  unpark(set, state);
  if (*state == now) return 0;
  failed = *state & IN_SET ? control(epoll, EPOLL_CTL_MOD, handle, what)
                           : add_or_change(epoll, handle, what);
  if (failed) return -1;
  *state = (unsigned char)now;
  return 0;
}

void seam_socket_set_let_go(seam_socket_set *set, int epoll, int handle) {
  unsigned char *state = state_of(set, handle);
  if (state == NULL) {
    (void)control(epoll, EPOLL_CTL_DEL, handle, 0);
  } else if ((*state & IN_SET) && !(*state & PARKED)) {
    *state |= PARKED;
    set->parked++;
  }
}

int seam_socket_set_stirred(seam_socket_set *set, int epoll, int handle) {
  unsigned char *state = state_of(set, handle);
  if (state == NULL || !(*state & PARKED)) return 0;
  take_out(set, epoll, handle, state);
  return 1;
}

#endif
