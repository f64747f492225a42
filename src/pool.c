/* SPDX-License-Identifier: MIT
 * Transfers that run at once: a curl multi handle, a queue before it and a list of results. */
#include "pool.h"

#include <math.h>
#include <string.h>

#include "clock.h"
#include "options.h"
#include "process.h"
#include "sigpipe.h"

/* Transfers begun before the caller gets its turn again: each costs some ten microseconds. */
#define MOST_BEGUN_AT_ONCE 64

static const char *const forked_message =
    "the process was forked while this call was in flight; its answer belongs to the parent";

void seam_pool_init(seam_pool *pool, size_t most_connections) {
  memset(pool, 0, sizeof *pool);
  pool->alarm = HUGE_VAL;
  seam_events_init(&pool->events);
  seam_queue_init(&pool->queue, most_connections);
}

/* ---- what the descriptor says ---- */

static int has_startable(const seam_pool *pool) {
  return seam_queue_next(&pool->queue) != NULL;
}

static double earlier(double a, double b) {
  return a < b ? a : b;
}

/* Called last by everything that may change it. In a forked child the descriptor is the parent's.
 */
static void signal_work(seam_pool *pool) {
  int ring = pool->done.first != NULL || has_startable(pool);
  if (pool->events.bell < 0 || pool->owner != seam_process_id()) return;
  seam_events_signal(&pool->events, ring, earlier(pool->queue.earliest, pool->alarm));
}

/* ---- handles ---- */

static void keep_easy(seam_pool *pool, CURL *easy) {
  if (easy == NULL) return;
  if (pool->idle_count < SEAM_POOL_MOST_IDLE && !pool->closed) {
    pool->idle[pool->idle_count++] = easy;
  } else {
    curl_easy_cleanup(easy);
  }
}

static CURL *get_easy(seam_pool *pool) {
  CURL *easy;
  if (pool->idle_count > 0) return pool->idle[--pool->idle_count];
  easy = curl_easy_init();
  if (easy == NULL) return NULL;
  if (seam_options_apply(easy) != CURLE_OK || seam_events_adopt(&pool->events, easy) != CURLE_OK) {
    curl_easy_cleanup(easy);
    return NULL;
  }
  return easy;
}

static CURLMcode limit_host_connections(CURLM *multi, size_t most) {
  return curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)most);
}

static void drop_multi(seam_pool *pool) {
  if (pool->multi != NULL) curl_multi_cleanup(pool->multi);
  pool->multi = NULL;
  seam_events_close(&pool->events);
}

static seam_failure get_multi(seam_pool *pool) {
  if (pool->multi != NULL) return SEAM_OK;
  if (seam_options_start_curl() != 0) return SEAM_MEMORY;
  pool->multi = curl_multi_init();
  if (pool->multi == NULL) return SEAM_MEMORY;
  pool->connections = pool->queue.most_connections;
  /* Busy ones count, too: with fewer, one that becomes free would be closed at once. */
  if (curl_multi_setopt(pool->multi, CURLMOPT_MAXCONNECTS, (long)pool->queue.most_connections) ==
          CURLM_OK &&
      seam_options_apply_streams(pool->multi, SEAM_HTTP2_STREAMS) == CURLM_OK &&
      limit_host_connections(pool->multi, pool->queue.most_connections) == CURLM_OK) {
    if (seam_events_open(&pool->events, pool->multi) == 0) return SEAM_OK;
    drop_multi(pool);
    return SEAM_CONNECT;
  }
  drop_multi(pool);
  return SEAM_MEMORY;
}

/* ---- ends ---- */

static void leave_flight(seam_transfer *transfer) {
  seam_pool *pool = transfer->pool;
  if (transfer->state == SEAM_TRANSFER_RUNNING) seam_chain_remove(&pool->running, transfer);
  seam_queue_remove(&pool->queue, transfer);
}

/* The transfer, out of flight and settled, goes to the results; its handle to the idle ones. */
static void report(seam_pool *pool, seam_transfer *transfer) {
  keep_easy(pool, seam_transfer_take_easy(transfer));
  seam_chain_append(&pool->done, transfer);
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
  seam_transfer *transfer;
  while ((transfer = seam_queue_waiting(&pool->queue)) != NULL) {
    end_in_flight(transfer, failure, message);
  }
  while (pool->running.first != NULL) end_in_flight(pool->running.first, failure, message);
}

/* ---- fork ---- */

/* The easy handle stays the parent's: it must not be touched, not even to free it. */
static void disown(seam_transfer *transfer) {
  seam_pool *pool = transfer->pool;
  leave_flight(transfer);
  transfer->easy = NULL;
  seam_transfer_fail(transfer, SEAM_CLOSED, forked_message);
  transfer->sent = 1; /* the parent will send it, if it has not */
  report(pool, transfer);
}

static void disown_all(seam_pool *pool) {
  seam_transfer *transfer;
  while ((transfer = seam_queue_waiting(&pool->queue)) != NULL) disown(transfer);
  while (pool->running.first != NULL) disown(pool->running.first);
  pool->multi = NULL;
  pool->idle_count = 0;
  pool->may_signal = 0;
  pool->alarm = HUGE_VAL;
  /* Only our names for what the kernel holds: the parent's stay as they are. */
  seam_events_close(&pool->events);
}

/* Called first by everything that touches libcurl's handles. */
static void enter(seam_pool *pool) {
  pid_t here = seam_process_id();
  if (pool->owner == here) return;
  if (pool->owner != 0) disown_all(pool);
  pool->owner = here;
}

/* ---- submit ---- */

static seam_failure refuse(seam_transfer *transfer, seam_failure failure, const char *message) {
  seam_transfer_fail(transfer, failure, message);
  return failure;
}

static seam_failure refuse_for_want(seam_transfer *transfer, seam_failure of) {
  return refuse(
      transfer, of,
      of == SEAM_CONNECT ? "there is no descriptor left to wait with" : "not enough memory");
}

static void note_tls(seam_pool *pool) {
  pool->events.shares = 1;
  pool->may_signal = seam_options_tls_may_signal();
}

seam_failure seam_pool_submit(seam_pool *pool, seam_transfer *transfer,
                              const seam_request *request) {
  const char *refusal = seam_request_refusal(request);
  seam_failure failure;
  CURL *easy;
  if (refusal != NULL) return refuse(transfer, SEAM_INVALID_REQUEST, refusal);
  enter(pool);
  if (pool->closed) return refuse(transfer, SEAM_CLOSED, "the pool is closed");
  failure = get_multi(pool);
  if (failure != SEAM_OK) return refuse_for_want(transfer, failure);
  easy = get_easy(pool);
  if (easy == NULL) return refuse_for_want(transfer, SEAM_MEMORY);
  if (seam_transfer_prepare(transfer, easy, request) != SEAM_OK) {
    /* Half told, the handle is no use to anybody. */
    curl_easy_cleanup(seam_transfer_take_easy(transfer));
    return refuse_for_want(transfer, SEAM_MEMORY);
  }
  if (seam_request_uses_tls(request)) note_tls(pool);
  transfer->heard = &pool->events.heard;
  transfer->pool = pool;
  transfer->state = SEAM_TRANSFER_QUEUED;
  seam_queue_add(&pool->queue, transfer, request);
  signal_work(pool);
  return SEAM_OK;
}

/* ---- step ---- */

/* libcurl looks at a deadline only once a transfer has begun. */
static void expire_queued(seam_pool *pool) {
  seam_transfer *transfer;
  double now;
  if (pool->queue.earliest == HUGE_VAL) return;
  now = seam_clock_now();
  while ((transfer = seam_queue_expired(&pool->queue, now)) != NULL) {
    end_in_flight(transfer, SEAM_TIMEOUT, "no connection became free in time");
  }
}

/* What waits within libcurl for a connection goes on by itself when more are allowed. */
static void fit_connections(seam_pool *pool) {
  size_t wanted = seam_queue_connections(&pool->queue);
  if (wanted == pool->connections) return;
  pool->connections = wanted;
  (void)limit_host_connections(pool->multi, wanted);
}

static void start(seam_pool *pool, seam_transfer *transfer) {
  if (seam_transfer_limit(transfer) != SEAM_OK ||
      curl_multi_add_handle(pool->multi, transfer->easy) != CURLM_OK) {
    end_in_flight(transfer, SEAM_MEMORY, "not enough memory");
    return;
  }
  seam_queue_start(&pool->queue, transfer);
  transfer->state = SEAM_TRANSFER_RUNNING;
  seam_chain_append(&pool->running, transfer);
}

static void start_some(seam_pool *pool) {
  seam_transfer *transfer;
  int left = MOST_BEGUN_AT_ONCE;
  while (left-- > 0 && (transfer = seam_queue_next(&pool->queue)) != NULL) start(pool, transfer);
}

/* What a host speaks is known once it has answered. */
static void learn(seam_transfer *transfer) {
  long version = 0;
  if (curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_VERSION, &version) != CURLE_OK) return;
  if (version != 0) seam_queue_learn(transfer, version >= CURL_HTTP_VERSION_2_0);
}

static void collect(seam_pool *pool) {
  CURLMsg *message;
  int left;
  while ((message = curl_multi_info_read(pool->multi, &left)) != NULL) {
    CURLcode code = message->data.result;
    seam_transfer *transfer = NULL;
    if (message->msg != CURLMSG_DONE) continue;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
    learn(transfer);
    leave_flight(transfer);
    curl_multi_remove_handle(pool->multi, transfer->easy);
    seam_transfer_finish(transfer, code);
    report(pool, transfer);
  }
}

static void give_up(seam_pool *pool) {
  end_all(pool, SEAM_MEMORY, "libcurl gave up, most likely for want of memory");
  drop_multi(pool);
}

static double until(double moment) {
  double left = moment - seam_clock_now();
  return left < 0 ? 0 : left;
}

/* One round: begin what may begin, then let libcurl do what is due, waiting for it if there is time
 * and nothing has finished. What a finished one makes room for begins in the same round. */
static void advance(seam_pool *pool, double seconds) {
  expire_queued(pool);
  fit_connections(pool);
  start_some(pool);
  if (seam_events_begin(&pool->events) != 0) {
    give_up(pool);
    return;
  }
  collect(pool);
  if (pool->queue.running_count == 0) return;
  if (pool->news || has_startable(pool)) seconds = 0;
  if (seconds > 0) {
    double due = earlier(pool->queue.earliest, pool->alarm);
    if (due < HUGE_VAL) seconds = earlier(seconds, until(due));
  }
  if (seam_events_work(&pool->events, seconds) != 0) {
    give_up(pool);
    return;
  }
  collect(pool);
  expire_queued(pool);
}

size_t seam_pool_step(seam_pool *pool, double seconds) {
  seam_sigpipe guard;
  enter(pool);
  if (!pool->closed && seam_pool_in_flight(pool) > 0) {
    seam_sigpipe_hold(&guard, pool->may_signal);
    advance(pool, seconds);
    seam_sigpipe_release(&guard);
  } else {
    seam_events_calm(&pool->events);
  }
  if (pool->alarm < HUGE_VAL && pool->alarm <= seam_clock_now()) pool->alarm = HUGE_VAL;
  signal_work(pool);
  pool->news = 0;
  return seam_pool_in_flight(pool);
}

/* ---- results ---- */

seam_transfer *seam_pool_next_done(seam_pool *pool) {
  seam_transfer *transfer = pool->done.first;
  if (transfer == NULL) return NULL;
  seam_chain_remove(&pool->done, transfer);
  transfer->pool = NULL;
  if (pool->done.first == NULL) signal_work(pool);
  return transfer;
}

size_t seam_pool_in_flight(const seam_pool *pool) {
  return pool->queue.running_count + pool->queue.waiting_count;
}

double seam_pool_timeout(seam_pool *pool) {
  double due = pool->alarm;
  if (pool->news || pool->done.first != NULL) return 0;
  if (seam_pool_in_flight(pool) > 0) {
    if (has_startable(pool) || pool->owner != seam_process_id()) return 0;
    due = earlier(due, earlier(seam_events_due(&pool->events), pool->queue.earliest));
  }
  return due == HUGE_VAL ? -1 : until(due);
}

seam_failure seam_pool_alarm(seam_pool *pool, double moment) {
  seam_failure failure = SEAM_OK;
  enter(pool);
  if (pool->closed) return SEAM_CLOSED;
  if (moment < HUGE_VAL) failure = get_multi(pool);
  if (failure == SEAM_OK) pool->alarm = moment;
  signal_work(pool);
  return failure;
}

static int is_idle(const seam_pool *pool) {
  return seam_pool_in_flight(pool) == 0 && pool->done.first == NULL && pool->alarm == HUGE_VAL;
}

int seam_pool_descriptor(seam_pool *pool) {
  int descriptor;
  enter(pool);
  if (pool->closed || is_idle(pool)) return -1;
  descriptor = seam_events_descriptor(&pool->events);
  signal_work(pool);
  return descriptor;
}

void seam_pool_cancel(seam_transfer *transfer) {
  seam_pool *pool = transfer->pool;
  seam_sigpipe guard;
  if (pool == NULL) return;
  enter(pool);
  if (transfer->state == SEAM_TRANSFER_DONE) return;
  seam_sigpipe_hold(&guard, pool->may_signal);
  end_in_flight(transfer, SEAM_CANCELLED, "the call was cancelled");
  seam_sigpipe_release(&guard);
  signal_work(pool);
}

void seam_pool_forget(seam_transfer *transfer) {
  seam_pool *pool = transfer->pool;
  if (pool == NULL) return;
  if (transfer->state != SEAM_TRANSFER_DONE) seam_pool_cancel(transfer);
  seam_chain_remove(&pool->done, transfer);
  transfer->pool = NULL;
  if (pool->done.first == NULL) signal_work(pool);
}

void seam_pool_close(seam_pool *pool) {
  seam_sigpipe guard;
  if (pool->closed) return;
  enter(pool);
  pool->closed = 1;
  seam_sigpipe_hold(&guard, pool->may_signal);
  end_all(pool, SEAM_CANCELLED, "the pool was closed");
  while (pool->idle_count > 0) curl_easy_cleanup(pool->idle[--pool->idle_count]);
  drop_multi(pool);
  seam_sigpipe_release(&guard);
}

void seam_pool_destroy(seam_pool *pool) {
  seam_pool_close(pool);
  while (seam_pool_next_done(pool) != NULL) continue;
}
