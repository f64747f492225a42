/* SPDX-License-Identifier: MIT
 * Who may start next: transfers wait in line per host, hosts take turns, and each host has room for
 * so many at once. Over HTTP/1.1 that is a number of connections; a host that answered over HTTP/2
 * carries many transfers on each of its few connections. */
#ifndef SEAM_QUEUE_H
#define SEAM_QUEUE_H

#include <stdint.h>

#include "chain.h"

/* More hosts than this at once share the last one's line and room. */
#define SEAM_QUEUE_MOST_HOSTS 8

/* Transfers at once to a host that is only thought to speak HTTP/2, where libcurl may make as many
 * connections as HTTP/1.1 needs: fewer than one carries, or the rest would make their own. */
#define SEAM_FIRST_AT_ONCE 64

/* Over HTTP/2: connections to a host, and transfers on each. */
#define SEAM_HTTP2_CONNECTIONS 4
#define SEAM_HTTP2_STREAMS 128

typedef struct seam_host {
  uint64_t key; /* 0: free */
  seam_chain waiting;
  size_t running;
  int known; /* it has answered, or is not asked for HTTP/2 */
  int http2; /* its last answer came over HTTP/2, or its first one may */
} seam_host;

typedef struct seam_queue {
  seam_host hosts[SEAM_QUEUE_MOST_HOSTS];
  size_t turn; /* the host that is asked first */
  size_t most_connections;
  size_t waiting_count, running_count;
  double earliest; /* no transfer that waits has a deadline before this */
} seam_queue;

void seam_queue_init(seam_queue *queue, size_t most_connections);

/* Puts a transfer at the end of its host's line. */
void seam_queue_add(seam_queue *queue, seam_transfer *transfer, const seam_request *request);

/* Takes a transfer out, whether it waits or runs. */
void seam_queue_remove(seam_queue *queue, seam_transfer *transfer);

/* The next one that may run, NULL when there is none; it stays where it is. */
seam_transfer *seam_queue_next(const seam_queue *queue);

/* From waiting to running; the next host's turn comes. */
void seam_queue_start(seam_queue *queue, seam_transfer *transfer);

/* A transfer of this host was answered over HTTP/2, or over HTTP/1.1. */
void seam_queue_learn(seam_transfer *transfer, int http2);

/* How many connections to one host libcurl may make, which has one number for all: as many as
 * HTTP/1.1 needs, unless every host speaks HTTP/2 as far as is known. */
size_t seam_queue_connections(const seam_queue *queue);

/* Any transfer that waits with a deadline up to `now`; NULL when there is none. */
seam_transfer *seam_queue_expired(seam_queue *queue, double now);

/* Any transfer that waits; NULL when none does. */
seam_transfer *seam_queue_waiting(const seam_queue *queue);

#endif
