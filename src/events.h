/* SPDX-License-Identifier: MIT
 * How a pool hears that something can be done: libcurl's sockets, its timer, and a bell that the
 * pool rings itself, behind one descriptor where the system has such a thing.
 *
 * events_epoll.c is for Linux; events_poll.c serves every other system, without a descriptor. The
 * build takes the one that fits. */
#ifndef SEAM_EVENTS_H
#define SEAM_EVENTS_H

#include <curl/curl.h>

#include "socket_set.h"

typedef struct seam_events {
  CURLM *multi;
  double due;   /* when libcurl's timer is due, by the monotonic clock; HUGE_VAL: never */
  double again; /* when every transfer is looked at, whatever its socket says; HUGE_VAL: never */
  double pause; /* seconds by which that was put off */
  int shares;   /* HTTP/2 may be spoken: transfers may share a connection */
  int running;  /* transfers that libcurl has not ended */
  size_t heard; /* counts what callbacks were given, of any transfer */
  int sockets;  /* -1, or the epoll descriptor: readable when there is work */
  seam_socket_set set;
  int timer, bell;  /* -1 until somebody asks for the descriptor */
  double timer_set; /* what the timer's descriptor is set to */
  int is_ringing;
} seam_events;

/* As closed: nothing is open, closing does nothing. */
void seam_events_init(seam_events *events);

/* Ties itself to a new multi handle, which must be cleaned up before seam_events_close. 0, or -1.
 */
int seam_events_open(seam_events *events, CURLM *multi);
void seam_events_close(seam_events *events);

/* Tells a handle how sockets are made and closed that these events look after: theirs alone. */
CURLcode seam_events_adopt(seam_events *events, CURL *easy);

/* Lets libcurl do what its sockets and its timer ask for, a bounded part of it at a time, after
 * waiting up to `seconds` for that (0: without waiting). 0, or -1 when libcurl is at its end. */
int seam_events_work(seam_events *events, double seconds);

/* For when nothing is in flight: a connection that stirs, because its server closes it, no longer
 * makes the descriptor readable. */
void seam_events_calm(seam_events *events);

/* Only what its timer asks for: new transfers begin by it. */
int seam_events_begin(seam_events *events);

/* The moment when there is work though no socket stirs; HUGE_VAL where that is never. */
double seam_events_due(const seam_events *events);

/* A level-triggered descriptor that is readable when there is work; -1 where there is none. The
 * timer and the bell count only from the first time it was asked for. */
int seam_events_descriptor(seam_events *events);

/* The epoll descriptor itself, for one who keeps timer and bell of its own; -1 where there is none.
 */
int seam_events_set(const seam_events *events);

/* Makes the descriptor readable, or not, whatever the sockets say; and at the moment `due` at the
 * latest. Does nothing before somebody asked for the descriptor. */
void seam_events_signal(seam_events *events, int ring, double due);

#endif
