/* SPDX-License-Identifier: MIT
 * A request as the core takes it, and the checks no request gets around. */
#ifndef SEAM_REQUEST_H
#define SEAM_REQUEST_H

#include <stddef.h>

typedef struct seam_text {
  const char *bytes; /* NULL when not given; else `length` bytes and a closing NUL */
  size_t length;
} seam_text;

/* Everything is borrowed until the request was submitted. Header lines are given to the transfer
 * one by one (seam_lines_add). */
typedef struct seam_request {
  seam_text method;
  seam_text url;
  seam_text body;
  seam_text ca_file;      /* not given: the system's certificates */
  seam_text proxy;        /* not given: no proxy, whatever the environment says */
  double timeout;         /* seconds for the whole transfer, queueing included */
  double connect_timeout; /* seconds */
  size_t max_body;        /* bytes, counted after decompression */
  int fresh_connection;
  int reads; /* the request changes nothing: when nobody waits for it any more, it may be broken off
              */
} seam_request;

void seam_request_init(seam_request *request);

/* NULL when the request may be sent, else the reason it may not, in words. */
const char *seam_request_refusal(const seam_request *request);

/* The same for one header line, "Name: value". */
const char *seam_request_header_refusal(const char *line, size_t length);

/* How many bytes of a good request's URL are scheme, host and port: its path begins behind them. */
size_t seam_request_origin(const seam_request *request);

int seam_request_is_get(const seam_request *request);

int seam_request_is_https(const seam_request *request);

/* 1 when TLS is spoken, with the server or with the proxy. */
int seam_request_uses_tls(const seam_request *request);

#endif
