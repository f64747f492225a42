/* SPDX-License-Identifier: MIT
 * One request and its answer. The callbacks copy bytes and return: they know no Lua, no pool. */
#include "transfer.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "options.h"
#include "trust.h"

/* "https://", the longest name of a host, and a port. */
#define LONGEST_ORIGIN 288

#if LIBCURL_VERSION_NUM >= 0x075000
#define SEAM_HAS_PREREQUEST
#endif

seam_transfer *seam_transfer_new(void) {
  seam_transfer *transfer = calloc(1, sizeof *transfer);
  if (transfer != NULL) seam_headers_init(&transfer->headers);
  return transfer;
}

/* The request's own bytes hold the key and may hold a PIN: they go as soon as they are not needed.
 */
static void drop_request(seam_transfer *transfer) {
  seam_lines_release(transfer->lines);
  transfer->lines = NULL;
  seam_buffer_cleanse(&transfer->request_body);
}

void seam_transfer_free(seam_transfer *transfer) {
  if (transfer == NULL) return;
  drop_request(transfer);
  seam_headers_free(&transfer->headers);
  seam_buffer_cleanse(&transfer->body);
  free(transfer);
}

void seam_transfer_set_message(seam_transfer *transfer, const char *message) {
  (void)snprintf(transfer->message, sizeof transfer->message, "%s", message);
}

/* ---- what libcurl calls ---- */

static size_t refuse(seam_transfer *transfer, seam_failure failure, const char *message) {
  transfer->failure = failure;
  transfer->refusal = message;
  return 0; /* not the number of bytes given: libcurl gives up */
}

static size_t on_header(char *line, size_t size, size_t count, void *self) {
  seam_transfer *transfer = self;
  size_t length = size * count;
  ++*transfer->heard;
  if (transfer->body_begun) { /* a trailer: counted, not kept */
    size_t *seen = &transfer->headers.bytes_seen;
    *seen += length;
    if (*seen <= SEAM_HEADERS_MOST_BYTES) return length;
    return refuse(transfer, SEAM_TOO_LARGE, "the trailers are too large");
  }
  switch (seam_headers_add(&transfer->headers, line, length)) {
    case SEAM_HEADERS_NO_MEMORY:
      return refuse(transfer, SEAM_MEMORY, "not enough memory for the headers");
    case SEAM_HEADERS_TOO_LARGE:
      return refuse(transfer, SEAM_TOO_LARGE, "the headers are too many or too large");
    case SEAM_HEADERS_BAD_LENGTH:
      return refuse(transfer, SEAM_INVALID_RESPONSE,
                    "the length of the body is unreadable or"
                    " said twice");
    default: return length;
  }
}

/* One allocation for a body whose length was announced. A lie costs nothing: pages come with use.
 */
static void make_room(seam_transfer *transfer) {
  long long length = transfer->headers.length;
  if (transfer->headers.encoded || length <= 0) return;
  if ((unsigned long long)length > transfer->max_body) return;
  (void)seam_buffer_reserve(&transfer->body, (size_t)length); /* appending tries again */
}

/* A line of a head, or a piece of one: on_header gets it after libcurl has filed it. */
static size_t on_line(seam_transfer *transfer, const char *bytes, size_t length) {
  if (seam_headers_foresee(&transfer->headers, bytes)) return length;
  return refuse(transfer, SEAM_INVALID_RESPONSE, "the headers begin with a folded line");
}

static size_t on_body(char *bytes, size_t size, size_t count, void *self) {
  seam_transfer *transfer = self;
  size_t length = size * count;
  if (seam_headers_open(&transfer->headers)) return on_line(transfer, bytes, length);
  ++*transfer->heard;
  if (!transfer->body_begun) make_room(transfer);
  transfer->body_begun = 1;
  if (length > transfer->max_body - transfer->body.length) {
    return refuse(transfer, SEAM_TOO_LARGE, "the body is larger than max_body");
  }
  if (seam_buffer_append(&transfer->body, bytes, length) != 0) {
    return refuse(transfer, SEAM_MEMORY, "not enough memory for the body");
  }
  return length;
}

static size_t on_send(char *room, size_t size, size_t count, void *self) {
  seam_transfer *transfer = self;
  size_t length = transfer->request_body.length - transfer->body_sent;
  if (length > size * count) length = size * count;
  memcpy(room, transfer->request_body.bytes + transfer->body_sent, length);
  transfer->body_sent += length;
  transfer->body_asked_for = 1;
  return length;
}

static const char *const once = "the connection was lost; the request is not sent a second time";

#ifdef SEAM_HAS_PREREQUEST
/* Called before each sending of the request, which libcurl repeats by itself when a connection that
 * it used before turns out to be lost: up to five times, and nobody would know. */
static int on_request(void *self, char *server, char *here, int server_port, int here_port) {
  seam_transfer *transfer = self;
  int again = transfer->begun;
  (void)server, (void)here, (void)server_port, (void)here_port;
  transfer->begun = 1;
  if (!again) return CURL_PREREQFUNC_OK;
  refuse(transfer, SEAM_CLOSED, once);
  return CURL_PREREQFUNC_ABORT;
}
#endif

/* libcurl rewinds a body only to send it a second time: never. */
static int on_rewind(void *self, curl_off_t offset, int origin) {
  (void)offset;
  (void)origin;
  refuse(self, SEAM_CLOSED, once);
  return CURL_SEEKFUNC_FAIL;
}

/* ---- what libcurl is told ---- */

static CURLcode tell_callbacks(seam_transfer *transfer, CURL *easy) {
  CURLcode code = CURLE_OK;
  SEAM_SET(code, easy, CURLOPT_PRIVATE, transfer);
  SEAM_SET(code, easy, CURLOPT_ERRORBUFFER, transfer->message);
  SEAM_SET(code, easy, CURLOPT_HEADERFUNCTION, on_header);
  SEAM_SET(code, easy, CURLOPT_HEADERDATA, transfer);
  SEAM_SET(code, easy, CURLOPT_WRITEFUNCTION, on_body);
  SEAM_SET(code, easy, CURLOPT_WRITEDATA, transfer);
  SEAM_SET(code, easy, CURLOPT_READFUNCTION, on_send);
  SEAM_SET(code, easy, CURLOPT_READDATA, transfer);
  SEAM_SET(code, easy, CURLOPT_SEEKFUNCTION, on_rewind);
  SEAM_SET(code, easy, CURLOPT_SEEKDATA, transfer);
#ifdef SEAM_HAS_PREREQUEST
  SEAM_SET(code, easy, CURLOPT_PREREQFUNCTION, on_request);
  SEAM_SET(code, easy, CURLOPT_PREREQDATA, transfer);
#endif
  return code;
}

/* Only where libcurl asks before it sends (on_request) may a write use a connection that others
 * used before it: without that question a resend is refused by the body alone (on_rewind), which is
 * too late when the head went out and the body did not. */
static int needs_own_connection(const seam_request *request) {
  if (request->fresh_connection) return 1;
  if (seam_request_is_get(request)) return 0;
#ifdef SEAM_HAS_PREREQUEST
  return request->body.bytes == NULL; /* one guard is no guard */
#else
  return 1;
#endif
}

/* A body goes through on_send, so that on_rewind can forbid a second copy. */
static CURLcode tell_method(CURL *easy, const seam_request *request) {
  CURLcode code = CURLE_OK;
  int is_get = seam_request_is_get(request);
  if (request->body.bytes != NULL) {
    SEAM_SET(code, easy, CURLOPT_POST, 1L);
    SEAM_SET(code, easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.length);
  } else {
    SEAM_SET(code, easy, CURLOPT_HTTPGET, 1L);
  }
  SEAM_SET(code, easy, CURLOPT_CUSTOMREQUEST, is_get ? NULL : request->method.bytes);
  SEAM_SET(code, easy, CURLOPT_FRESH_CONNECT, (long)needs_own_connection(request));
  return code;
}

/* Short of memory libcurl may leave the query of its own reading of the URL out, without a word: a
 * list would come back unfiltered. So the target is given to it as it stands in the URL; but for
 * what a plain proxy is told, which libcurl makes anew and checks. */
static const char *find_target(const seam_request *request) {
  const char *target = request->url.bytes + seam_request_origin(request);
  if (*target != '/' || strchr(target, '#') != NULL) return NULL;
  return request->proxy.bytes == NULL || seam_request_is_https(request) ? target : NULL;
}

/* HTTP/2 where TLS is spoken and the server offers it; a transfer then waits for a connection that
 * is being made rather than make one of its own. Not where libcurl does not ask before it sends: a
 * connection of its own is no guard where others may join it, nor against a refused stream. */
static int may_offer_http2(const seam_request *request) {
#ifdef SEAM_HAS_PREREQUEST
  return seam_request_is_https(request);
#else
  (void)request;
  return 0;
#endif
}

static CURLcode tell_version(const seam_transfer *transfer, CURL *easy) {
  CURLcode code = CURLE_OK;
  int offers = transfer->offers_http2;
  SEAM_SET(code, easy, CURLOPT_HTTP_VERSION,
           (long)(offers ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
  SEAM_SET(code, easy, CURLOPT_PIPEWAIT, (long)offers);
  return code;
}

/* Beside a target the URL says no more than where it goes: libcurl takes it to pieces and puts it
 * together again, byte by byte. */
static CURLcode tell_url(CURL *easy, const seam_request *request) {
  CURLcode code = CURLE_OK;
  const char *url = request->url.bytes, *target = find_target(request);
  char origin[LONGEST_ORIGIN + 1];
  size_t length = target != NULL ? (size_t)(target - url) : 0;
  if (length > 0 && length <= LONGEST_ORIGIN) {
    memcpy(origin, url, length);
    origin[length] = '\0';
    url = origin;
  }
  SEAM_SET(code, easy, CURLOPT_URL, url);
  SEAM_SET(code, easy, CURLOPT_REQUEST_TARGET, target);
  return code;
}

static CURLcode tell_route(CURL *easy, const seam_request *request) {
  CURLcode code = tell_url(easy, request);
  const seam_trust *trust = seam_trust_default();
  const char *own = request->ca_file.bytes;
  SEAM_SET(code, easy, CURLOPT_PROXY, request->proxy.bytes == NULL ? "" : request->proxy.bytes);
  SEAM_SET(code, easy, CURLOPT_CAINFO, own != NULL ? own : trust->file);
  SEAM_SET(code, easy, CURLOPT_CAPATH, own != NULL ? NULL : trust->folder);
  return code;
}

/* 0 would mean "no limit" to libcurl. */
static long at_least_one(long milliseconds) {
  return milliseconds < 1 ? 1 : milliseconds;
}

seam_failure seam_transfer_limit(seam_transfer *transfer) {
  long left = at_least_one(seam_clock_milliseconds(transfer->deadline - seam_clock_now()));
  CURLcode code = curl_easy_setopt(transfer->easy, CURLOPT_TIMEOUT_MS, left);
  return code == CURLE_OK ? SEAM_OK : SEAM_MEMORY;
}

static CURLcode tell_limits(CURL *easy, const seam_request *request) {
  CURLcode code = CURLE_OK;
  long connect = at_least_one(seam_clock_milliseconds(request->connect_timeout));
  SEAM_SET(code, easy, CURLOPT_CONNECTTIMEOUT_MS, connect);
  SEAM_SET(code, easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)request->max_body);
  return code;
}

static seam_failure finish_lines(seam_transfer *transfer) {
  if (transfer->lines == NULL) transfer->lines = seam_lines_new();
  return transfer->lines == NULL ? SEAM_MEMORY : seam_lines_finish(transfer->lines);
}

seam_failure seam_transfer_prepare(seam_transfer *transfer, CURL *easy,
                                   const seam_request *request) {
  CURLcode code;
  transfer->easy = easy;
  transfer->max_body = request->max_body;
  transfer->offers_http2 = may_offer_http2(request);
  transfer->deadline = seam_clock_now() + request->timeout;
  if (finish_lines(transfer) != SEAM_OK) return SEAM_MEMORY;
  if (seam_buffer_append(&transfer->request_body, request->body.bytes, request->body.length)) {
    return SEAM_MEMORY;
  }
  code = tell_callbacks(transfer, easy);
  if (code == CURLE_OK) code = tell_method(easy, request);
  if (code == CURLE_OK) code = tell_version(transfer, easy);
  if (code == CURLE_OK) code = tell_route(easy, request);
  if (code == CURLE_OK) code = tell_limits(easy, request);
  SEAM_SET(code, easy, CURLOPT_HTTPHEADER, transfer->lines->first);
  return code == CURLE_OK ? SEAM_OK : SEAM_MEMORY;
}

/* ---- the end ---- */

static int may_have_sent(const seam_transfer *transfer) {
  long size = 0;
  if (transfer->body_asked_for) return 1;
  if (transfer->easy == NULL) return 0;
  return curl_easy_getinfo(transfer->easy, CURLINFO_REQUEST_SIZE, &size) != CURLE_OK || size > 0;
}

static void settle(seam_transfer *transfer) {
  transfer->sent = may_have_sent(transfer);
  transfer->state = SEAM_TRANSFER_DONE;
  drop_request(transfer);
  if (transfer->failure == SEAM_OK) return;
  seam_headers_free(&transfer->headers);
  seam_buffer_cleanse(&transfer->body);
}

void seam_transfer_fail(seam_transfer *transfer, seam_failure failure, const char *message) {
  transfer->failure = failure;
  seam_transfer_set_message(transfer, message);
  settle(transfer);
}

void seam_transfer_finish(seam_transfer *transfer, CURLcode code) {
  if (code == CURLE_OK) {
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &transfer->status);
    if (!transfer->headers.complete) {
      refuse(transfer, SEAM_CLOSED, "the connection was closed within the headers");
    } else if (transfer->status < 200 || transfer->status > 599) {
      refuse(transfer, SEAM_INVALID_RESPONSE, "the status is not one an answer can have");
    }
  } else if (transfer->refusal == NULL) {
    transfer->failure = seam_failure_from_curl(code, transfer->easy, transfer->message);
    if (transfer->message[0] == '\0') seam_transfer_set_message(transfer, curl_easy_strerror(code));
  }
  if (transfer->refusal != NULL) seam_transfer_set_message(transfer, transfer->refusal);
  settle(transfer);
}

CURL *seam_transfer_take_easy(seam_transfer *transfer) {
  CURL *easy = transfer->easy;
  transfer->easy = NULL;
  if (easy == NULL) return NULL;
  /* Nothing of the transfer may be reachable from the handle any more. */
  curl_easy_setopt(easy, CURLOPT_PRIVATE, NULL);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, NULL);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, NULL);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, NULL);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, NULL);
  curl_easy_setopt(easy, CURLOPT_READDATA, NULL);
  curl_easy_setopt(easy, CURLOPT_SEEKDATA, NULL);
#ifdef SEAM_HAS_PREREQUEST
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, NULL);
#endif
  return easy;
}
