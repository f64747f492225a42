/* SPDX-License-Identifier: MIT
 * The ways a transfer can end without a usable answer, and which of libcurl's codes means which. */
#ifndef SEAM_FAILURE_H
#define SEAM_FAILURE_H

#include <curl/curl.h>

typedef enum seam_failure {
  SEAM_OK = 0,
  SEAM_TIMEOUT,
  SEAM_DNS,
  SEAM_CONNECT,
  SEAM_TLS,
  SEAM_CLOSED,
  SEAM_TOO_LARGE,
  SEAM_INVALID_RESPONSE,
  SEAM_INVALID_REQUEST,
  SEAM_MEMORY,
  SEAM_CANCELLED
} seam_failure;

/* The name Lua sees: "timeout", "dns"... */
const char *seam_failure_name(seam_failure failure);

/* What libcurl's code means for a finished transfer. Some codes have several meanings: `easy` is
 * asked how far the transfer got, `message` is libcurl's error text ("" when it wrote none). */
seam_failure seam_failure_from_curl(CURLcode code, CURL *easy, const char *message);

#endif
