/* SPDX-License-Identifier: MIT
 * What every easy handle is told once, when it is made: the settings nothing may change. */
#ifndef SEAM_OPTIONS_H
#define SEAM_OPTIONS_H

#include <curl/curl.h>

/* curl_global_init, once per process and never undone. 0, or -1 when libcurl cannot start. */
int seam_options_start_curl(void);

/* Whether a peer that hangs up may raise SIGPIPE while TLS is spoken. Asked once libcurl has
 * started. */
int seam_options_tls_may_signal(void);

/* CURLE_OK, or the code of the first setting that libcurl refused: the handle is then unusable. */
CURLcode seam_options_apply(CURL *easy);

/* How many transfers an HTTP/2 connection may carry at once. */
CURLMcode seam_options_apply_streams(CURLM *multi, long streams);

/* Remembers the first failure of a row of settings, so that the row reads as a row. */
#define SEAM_SET(code, easy, option, value)                                       \
  do {                                                                            \
    if ((code) == CURLE_OK) (code) = curl_easy_setopt((easy), (option), (value)); \
  } while (0)

#endif
