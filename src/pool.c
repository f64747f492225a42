/* SPDX-License-Identifier: MIT
 * Transfers that run at once: a curl multi handle, a queue before it and a list of results. */
#include "pool.h"

#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "options.h"
#include "sigpipe.h"

/* Idle connections kept open. */
#define MOST_KEPT_CONNECTIONS 32L

static const char *const forked_message =
    "the process was forked while this call was in flight; its answer belongs to the parent";

void seam_pool_init(seam_pool *pool, size_t most_running) {
  memset(pool, 0, sizeof *pool);
  pool->most_running = most_running;
}

/* ---- lists ---- */

static void link_last(seam_list *list, seam_transfer *transfer) {
  transfer->previous = list->last;
  transfer->next = NULL;
  if (list->last != NULL) {
    list->last->next = transfer;
  } else {
    list->first = transfer;
  }
  list->last = transfer;
}

static void unlink_from(seam_list *list, seam_transfer *transfer) {
  if (transfer->previous != NULL) {
    transfer->previous->next = transfer->next;
  } else {
    list->first = transfer->next;
  }
  if (transfer->next != NULL) {
    transfer->next->previous = transfer->previous;
  } else {
    list->last = transfer->previous;
  }
  transfer->previous = transfer->next = NULL;
}

static void leave_flight(seam_transfer *transfer) {
  seam_pool *pool = transfer->pool;
  if (transfer->state == SEAM_TRANSFER_QUEUED) {
    unlink_from(&pool->queued, transfer);
    pool->queued_count--;
  } else {
    unlink_from(&pool->running, transfer);
    pool->running_count--;
  }
}

/* ---- handles ---- */

static void keep_easy(seam_pool *pool, CURL *easy) {
  if (easy == NULL) return;
  if (seam_options_handles_last() && pool->idle_count < SEAM_POOL_MOST_IDLE && !pool->closed) {
    pool->idle[pool->idle_count++] = easy;
  } else {
    curl_easy_cleanup(easy);
  }
}

static CURL *get_easy(seam_pool *pool) {
  CURL *easy;
  if (pool->idle_count > 0) return pool->idle[--pool->idle_count];
  easy = curl_easy_init();
  if (easy != NULL && seam_options_apply(easy) != CURLE_OK) {
    curl_easy_cleanup(easy);
    return NULL;
  }
  return easy;
}

static int get_multi(seam_pool *pool) {
  if (pool->multi != NULL) return 0;
  if (seam_options_start_curl() != 0) return -1;
  pool->multi = curl_multi_init();
  if (pool->multi == NULL) return -1;
  if (curl_multi_setopt(pool->multi, CURLMOPT_MAXCONNECTS, MOST_KEPT_CONNECTIONS) != CURLM_OK) {
    curl_multi_cleanup(pool->multi);
    pool->multi = NULL;
    return -1;
  }
  return 0;
}

/* ---- ends ---- */

/* The transfer, out of flight and settled, goes to the results; its handle to the idle ones. */
static void report(seam_pool *pool, seam_transfer *transfer) {
  keep_easy(pool, seam_transfer_take_easy(transfer));
  link_last(&pool->done, transfer);
  pool->news = 1;
}

static void end_in_flight(seam_transfer *transfer, seam_failure failure, const char *message) {
  seam_pool *pool = transfer->pool;
  int was_running = transfer->state == SEAM_TRANSFER_RUNNING;
  leave_flight(transfer);
  if (was_running) curl_multi_remove_handle(pool->multi, transfer->easy);
  seam_transfer_fail(transfer, failure, message);
  report(pool, transfer);
}

static void end_all(seam_pool *pool, seam_failure failure, const char *message) {
  while (pool->queued.first != NULL) end_in_flight(pool->queued.first, failure, message);
  while (pool->running.first != NULL) end_in_flight(pool->running.first, failure, message);
}

/* ---- fork ---- */

/* The easy handle stays the parent's: it must not be touched, not even to free it. */
static void disown_list(seam_pool *pool, seam_list *list) {
  while (list->first != NULL) {
    seam_transfer *transfer = list->first;
    leave_flight(transfer);
    transfer->easy = NULL;
    seam_transfer_fail(transfer, SEAM_CLOSED, forked_message);
    transfer->sent = 1; /* the parent will send it, if it has not */
    report(pool, transfer);
  }
}

/* Called first by everything that touches libcurl's handles. */
static void enter(seam_pool *pool) {
  pid_t here = getpid();
  if (pool->owner == here) return;
  if (pool->owner != 0) {
    disown_list(pool, &pool->queued);
    disown_list(pool, &pool->running);
    pool->multi = NULL;
    pool->idle_count = 0;
    pool->spoke_tls = 0;
  }
  pool->owner = here;
}

/* ---- submit ---- */

static seam_failure refuse(seam_transfer *transfer, seam_failure failure, const char *message) {
  seam_transfer_fail(transfer, failure, message);
  return failure;
}

seam_failure seam_pool_submit(seam_pool *pool, seam_transfer *transfer,
                              const seam_request *request) {
  const char *refusal = seam_request_refusal(request);
  CURL *easy;
  if (refusal != NULL) return refuse(transfer, SEAM_INVALID_REQUEST, refusal);
  enter(pool);
  if (pool->closed) return refuse(transfer, SEAM_CLOSED, "the pool is closed");
  easy = get_multi(pool) == 0 ? get_easy(pool) : NULL;
  if (easy == NULL) return refuse(transfer, SEAM_MEMORY, "not enough memory");
  if (seam_transfer_prepare(transfer, easy, request) != SEAM_OK) {
    /* Half told, the handle is no use to anybody. */
    curl_easy_cleanup(seam_transfer_take_easy(transfer));
    return refuse(transfer, SEAM_MEMORY, "not enough memory");
  }
  if (seam_request_uses_tls(request)) pool->spoke_tls = 1;
  transfer->pool = pool;
  transfer->state = SEAM_TRANSFER_QUEUED;
  link_last(&pool->queued, transfer);
  pool->queued_count++;
  return SEAM_OK;
}

/* ---- step ---- */

/* libcurl looks at a deadline only once a transfer has begun. */
static void expire_queued(seam_pool *pool) {
  double now = seam_clock_now();
  seam_transfer *transfer = pool->queued.first, *next;
  for (; transfer != NULL; transfer = next) {
    next = transfer->next;
    if (transfer->deadline <= now) {
      end_in_flight(transfer, SEAM_TIMEOUT, "no connection became free in time");
    }
  }
}

static void start(seam_pool *pool, seam_transfer *transfer) {
  if (seam_transfer_limit(transfer) != SEAM_OK ||
      curl_multi_add_handle(pool->multi, transfer->easy) != CURLM_OK) {
    end_in_flight(transfer, SEAM_MEMORY, "not enough memory");
    return;
  }
  leave_flight(transfer);
  transfer->state = SEAM_TRANSFER_RUNNING;
  link_last(&pool->running, transfer);
  pool->running_count++;
}

static int has_startable(const seam_pool *pool) {
  return pool->queued.first != NULL && pool->running_count < pool->most_running;
}

static void collect(seam_pool *pool) {
  CURLMsg *message;
  int left;
  while ((message = curl_multi_info_read(pool->multi, &left)) != NULL) {
    CURLcode code = message->data.result;
    seam_transfer *transfer = NULL;
    if (message->msg != CURLMSG_DONE) continue;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
    leave_flight(transfer);
    curl_multi_remove_handle(pool->multi, transfer->easy);
    seam_transfer_finish(transfer, code);
    report(pool, transfer);
  }
}

static void advance(seam_pool *pool) {
  int running;
  if (pool->queued.first != NULL) expire_queued(pool);
  do {
    while (has_startable(pool)) start(pool, pool->queued.first);
    if (curl_multi_perform(pool->multi, &running) != CURLM_OK) {
      end_all(pool, SEAM_MEMORY, "libcurl gave up, most likely for want of memory");
      return;
    }
    collect(pool);
  } while (has_startable(pool));
}

static double until_first_deadline(const seam_pool *pool, double seconds) {
  double now = seam_clock_now();
  const seam_transfer *transfer;
  for (transfer = pool->queued.first; transfer != NULL; transfer = transfer->next) {
    double left = transfer->deadline - now;
    if (left < seconds) seconds = left < 0 ? 0 : left;
  }
  return seconds;
}

size_t seam_pool_step(seam_pool *pool, double seconds) {
  seam_sigpipe guard;
  enter(pool);
  if (pool->closed || seam_pool_in_flight(pool) == 0) {
    pool->news = 0;
    return 0;
  }
  seam_sigpipe_hold(&guard, pool->spoke_tls);
  advance(pool);
  if (seconds > 0 && !pool->news && seam_pool_in_flight(pool) > 0) {
    long wait = seam_clock_milliseconds(until_first_deadline(pool, seconds));
    curl_multi_poll(pool->multi, NULL, 0, (int)wait, NULL);
    advance(pool);
  }
  seam_sigpipe_release(&guard);
  pool->news = 0;
  return seam_pool_in_flight(pool);
}

/* ---- results ---- */

seam_transfer *seam_pool_next_done(seam_pool *pool) {
  seam_transfer *transfer = pool->done.first;
  if (transfer == NULL) return NULL;
  unlink_from(&pool->done, transfer);
  transfer->pool = NULL;
  return transfer;
}

size_t seam_pool_in_flight(const seam_pool *pool) {
  return pool->running_count + pool->queued_count;
}

double seam_pool_timeout(seam_pool *pool) {
  long milliseconds = -1;
  if (pool->news) return 0;
  if (seam_pool_in_flight(pool) == 0) return -1;
  if (has_startable(pool) || pool->owner != getpid()) return 0;
  if (curl_multi_timeout(pool->multi, &milliseconds) != CURLM_OK) return 0;
  if (milliseconds < 0 && pool->queued.first == NULL) return -1;
  return until_first_deadline(pool, milliseconds < 0 ? 1.0 : (double)milliseconds / 1000.0);
}

void seam_pool_cancel(seam_transfer *transfer) {
  seam_pool *pool = transfer->pool;
  seam_sigpipe guard;
  if (pool == NULL) return;
  enter(pool);
  if (transfer->state == SEAM_TRANSFER_DONE) return;
  seam_sigpipe_hold(&guard, pool->spoke_tls);
  end_in_flight(transfer, SEAM_CANCELLED, "the call was cancelled");
  seam_sigpipe_release(&guard);
}

void seam_pool_forget(seam_transfer *transfer) {
  if (transfer->pool == NULL) return;
  if (transfer->state != SEAM_TRANSFER_DONE) seam_pool_cancel(transfer);
  unlink_from(&transfer->pool->done, transfer);
  transfer->pool = NULL;
}

void seam_pool_close(seam_pool *pool) {
  seam_sigpipe guard;
  if (pool->closed) return;
  enter(pool);
  pool->closed = 1;
  seam_sigpipe_hold(&guard, pool->spoke_tls);
  end_all(pool, SEAM_CANCELLED, "the pool was closed");
  while (pool->idle_count > 0) curl_easy_cleanup(pool->idle[--pool->idle_count]);
  if (pool->multi != NULL) curl_multi_cleanup(pool->multi);
  pool->multi = NULL;
  seam_sigpipe_release(&guard);
}

void seam_pool_destroy(seam_pool *pool) {
  seam_pool_close(pool);
  while (seam_pool_next_done(pool) != NULL) continue;
}
