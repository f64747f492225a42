/* SPDX-License-Identifier: MIT
 * Lines of transfers per host. There are few hosts, so they are simply walked; lines may be long,
 * so they are walked only when a deadline in them may have come. */
#include "queue.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

void seam_queue_init(seam_queue *queue, size_t most_connections) {
  memset(queue, 0, sizeof *queue);
  queue->most_connections = most_connections;
  queue->earliest = HUGE_VAL;
}

/* ---- hosts ---- */

static uint64_t hash(uint64_t key, const char *text, size_t length) {
  size_t i;
  for (i = 0; i < length; i++) {
    key = (key ^ (uint64_t)tolower((unsigned char)text[i])) * 1099511628211u;
  }
  return key;
}

/* Of the URL's scheme, host and port, and of the proxy on the way to it; never 0. */
static uint64_t key_of(const seam_request *request) {
  uint64_t key = hash(14695981039346656037u, request->url.bytes, seam_request_origin(request));
  key = hash(key, request->proxy.bytes, request->proxy.length);
  return key != 0 ? key : 1;
}

static int is_unused(const seam_host *host) {
  return host->running == 0 && host->waiting.first == NULL;
}

/* The host's own place, else a free one, else one that nobody uses now, else the last. */
static seam_host *find_host(seam_queue *queue, uint64_t key, int offers_http2) {
  seam_host *free_one = NULL, *unused = NULL;
  size_t i;
  for (i = 0; i < SEAM_QUEUE_MOST_HOSTS; i++) {
    seam_host *host = &queue->hosts[i];
    if (host->key == key) return host;
    if (host->key == 0 && free_one == NULL) free_one = host;
    if (is_unused(host)) unused = host;
  }
  if (free_one == NULL) free_one = unused;
  if (free_one == NULL) return &queue->hosts[SEAM_QUEUE_MOST_HOSTS - 1];
  memset(free_one, 0, sizeof *free_one);
  free_one->key = key;
  free_one->http2 = offers_http2;
  free_one->known = !offers_http2;
  return free_one;
}

static int is_http2_everywhere(const seam_queue *queue) {
  size_t i;
  for (i = 0; i < SEAM_QUEUE_MOST_HOSTS; i++) {
    if (queue->hosts[i].key != 0 && !queue->hosts[i].http2) return 0;
  }
  return 1;
}

static size_t fewest_connections(const seam_queue *queue) {
  size_t most = queue->most_connections;
  return most < SEAM_HTTP2_CONNECTIONS ? most : SEAM_HTTP2_CONNECTIONS;
}

size_t seam_queue_connections(const seam_queue *queue) {
  return is_http2_everywhere(queue) ? fewest_connections(queue) : queue->most_connections;
}

static size_t room(const seam_queue *queue, const seam_host *host) {
  size_t streams = fewest_connections(queue) * SEAM_HTTP2_STREAMS;
  size_t most = queue->most_connections;
  if (!host->http2) return most;
  if (host->known) return streams > most ? streams : most;
  return is_http2_everywhere(queue) ? streams : SEAM_FIRST_AT_ONCE;
}

void seam_queue_learn(seam_transfer *transfer, int http2) {
  transfer->host->known = 1;
  transfer->host->http2 = http2;
}

/* ---- lines ---- */

void seam_queue_add(seam_queue *queue, seam_transfer *transfer, const seam_request *request) {
  transfer->host = find_host(queue, key_of(request), transfer->offers_http2);
  seam_chain_append(&transfer->host->waiting, transfer);
  queue->waiting_count++;
  if (transfer->deadline < queue->earliest) queue->earliest = transfer->deadline;
}

static void leave_line(seam_queue *queue, seam_transfer *transfer) {
  seam_chain_remove(&transfer->host->waiting, transfer);
  queue->waiting_count--;
  if (queue->waiting_count == 0) queue->earliest = HUGE_VAL;
}

void seam_queue_remove(seam_queue *queue, seam_transfer *transfer) {
  if (transfer->state == SEAM_TRANSFER_QUEUED) {
    leave_line(queue, transfer);
  } else {
    transfer->host->running--;
    queue->running_count--;
  }
  transfer->host = NULL;
}

seam_transfer *seam_queue_next(const seam_queue *queue) {
  size_t i;
  if (queue->waiting_count == 0) return NULL;
  for (i = 0; i < SEAM_QUEUE_MOST_HOSTS; i++) {
    const seam_host *host = &queue->hosts[(queue->turn + i) % SEAM_QUEUE_MOST_HOSTS];
    if (host->waiting.first != NULL && host->running < room(queue, host)) {
      return host->waiting.first;
    }
  }
  return NULL;
}

void seam_queue_start(seam_queue *queue, seam_transfer *transfer) {
  seam_host *host = transfer->host;
  leave_line(queue, transfer);
  host->running++;
  queue->running_count++;
  queue->turn = (size_t)(host - queue->hosts + 1) % SEAM_QUEUE_MOST_HOSTS;
}

seam_transfer *seam_queue_expired(seam_queue *queue, double now) {
  seam_transfer *transfer;
  size_t i;
  if (now < queue->earliest) return NULL;
  queue->earliest = HUGE_VAL;
  for (i = 0; i < SEAM_QUEUE_MOST_HOSTS; i++) {
    for (transfer = queue->hosts[i].waiting.first; transfer != NULL; transfer = transfer->next) {
      if (transfer->deadline < queue->earliest) queue->earliest = transfer->deadline;
      if (transfer->deadline <= now) return transfer;
    }
  }
  return NULL;
}

seam_transfer *seam_queue_waiting(const seam_queue *queue) {
  size_t i;
  for (i = 0; i < SEAM_QUEUE_MOST_HOSTS; i++) {
    if (queue->hosts[i].waiting.first != NULL) return queue->hosts[i].waiting.first;
  }
  return NULL;
}
