/* SPDX-License-Identifier: MIT
 * One request and its answer: an easy handle while it runs, bytes in C memory afterwards. */
#ifndef SEAM_TRANSFER_H
#define SEAM_TRANSFER_H

#include <curl/curl.h>

#include "buffer.h"
#include "failure.h"
#include "headers.h"
#include "header_lines.h"
#include "request.h"

typedef enum seam_transfer_state {
  SEAM_TRANSFER_NEW,
  SEAM_TRANSFER_QUEUED,  /* waits for a free place in its pool */
  SEAM_TRANSFER_RUNNING, /* libcurl drives it */
  SEAM_TRANSFER_DONE
} seam_transfer_state;

typedef struct seam_transfer {
  struct seam_transfer *previous, *next; /* neighbours in the pool's list that holds it */
  struct seam_pool *pool;                /* NULL while no list holds it */
  struct seam_host *host;                /* whose line or room it takes, while in flight */
  seam_transfer_state state;
  double deadline; /* by the monotonic clock */

  CURL *easy;        /* the pool's, lent from submit to the end */
  seam_lines *lines; /* a hold on the header lines; NULL: there are none */
  int offers_http2;  /* others may join its connection, should the server speak HTTP/2 */
  seam_buffer request_body;
  int begun; /* libcurl was about to send the request, once */
  size_t body_sent;
  int body_asked_for; /* libcurl asked for body bytes: something may have been sent */

  size_t *heard; /* the pool's count of calls of on_header and on_body */
  size_t max_body;
  int body_begun;
  seam_headers headers;
  seam_buffer body;

  long status;
  seam_failure failure;
  const char *refusal;           /* why a callback of ours gave up */
  int sent;                      /* 0 only when provably no byte of the request left */
  char message[CURL_ERROR_SIZE]; /* libcurl writes here, too */
} seam_transfer;

/* NULL when memory ran out. */
seam_transfer *seam_transfer_new(void);

/* The transfer must be in no pool's hands (seam_pool_forget). Secrets are overwritten. */
void seam_transfer_free(seam_transfer *transfer);

/* What there is to say about its end; copied. */
void seam_transfer_set_message(seam_transfer *transfer, const char *message);

/* Copies what it needs of a request that was found good and tells `easy` all of it. */
seam_failure seam_transfer_prepare(seam_transfer *transfer, CURL *easy,
                                   const seam_request *request);

/* Tells libcurl what is left until the deadline. SEAM_OK or SEAM_MEMORY. */
seam_failure seam_transfer_limit(seam_transfer *transfer);

/* Ends the transfer with libcurl's verdict, while it still holds its easy handle. */
void seam_transfer_finish(seam_transfer *transfer, CURLcode code);

/* Ends it with ours; `sent` is worked out from the easy handle when there is one. */
void seam_transfer_fail(seam_transfer *transfer, seam_failure failure, const char *message);

/* Unties the easy handle from the transfer and returns it, fit for another one. */
CURL *seam_transfer_take_easy(seam_transfer *transfer);

#endif
