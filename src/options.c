/* SPDX-License-Identifier: MIT
 * The settings nothing may change: TLS verified, nothing taken from the environment, nothing
 * followed, nothing stored, no signal, no second copy of a request. */
#include "options.h"

#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

/* Idle connections older than this are not used again: servers and NATs forget them silently. */
#define OLDEST_IDLE_SECONDS 30L

static CURLcode started = CURLE_FAILED_INIT;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Before libcurl 7.87 OpenSSL writes to sockets itself, without MSG_NOSIGNAL; from then on through
 * libcurl. Other TLS libraries are not looked into. */
static int tls_may_signal = 1;

/* libcurl 7.83 to 8.0 keeps a pointer into the headers of a handle's last response, and follows it
 * into freed memory when the next one begins with a folded line (curl issue 11101). There the lines
 * of a head are given to the body's callback as well, which comes first, and refuses such a line.
 */
static long heads_to_body;

static int is_openssl(const char *library) {
  return library != NULL && strncmp(library, "OpenSSL/", 8) == 0;
}

static void start(void) {
  const curl_version_info_data *told = curl_version_info(CURLVERSION_NOW);
  unsigned int version = told->version_num;
  heads_to_body = version >= 0x075300 && version < 0x080100;
#ifdef MSG_NOSIGNAL
  tls_may_signal = version < 0x075700 || !is_openssl(told->ssl_version);
#endif
  started = curl_global_init(CURL_GLOBAL_DEFAULT);
}

int seam_options_start_curl(void) {
  pthread_once(&once, start);
  return started == CURLE_OK ? 0 : -1;
}

int seam_options_tls_may_signal(void) {
  return tls_may_signal;
}

static CURLcode apply_protocols(CURL *easy) {
  CURLcode code = CURLE_OK;
#if LIBCURL_VERSION_NUM >= 0x075500
  SEAM_SET(code, easy, CURLOPT_PROTOCOLS_STR, "http,https");
  SEAM_SET(code, easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
#else
  SEAM_SET(code, easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
  SEAM_SET(code, easy, CURLOPT_REDIR_PROTOCOLS, (long)CURLPROTO_HTTPS);
#endif
  SEAM_SET(code, easy, CURLOPT_FOLLOWLOCATION, 0L);
  SEAM_SET(code, easy, CURLOPT_HTTP09_ALLOWED, 0L);
  return code;
}

static CURLcode apply_tls(CURL *easy) {
  CURLcode code = CURLE_OK;
  SEAM_SET(code, easy, CURLOPT_SSL_VERIFYPEER, 1L);
  SEAM_SET(code, easy, CURLOPT_SSL_VERIFYHOST, 2L);
  SEAM_SET(code, easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  SEAM_SET(code, easy, CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
  SEAM_SET(code, easy, CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
  SEAM_SET(code, easy, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  return code;
}

/* Nothing from files or the environment, no stored state between requests. */
static CURLcode apply_isolation(CURL *easy) {
  CURLcode code = CURLE_OK;
  SEAM_SET(code, easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
  SEAM_SET(code, easy, CURLOPT_NOPROXY, "");
  SEAM_SET(code, easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
  SEAM_SET(code, easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  SEAM_SET(code, easy, CURLOPT_ACCEPT_ENCODING, "gzip");
  SEAM_SET(code, easy, CURLOPT_HEADER, heads_to_body);
  SEAM_SET(code, easy, CURLOPT_VERBOSE, 0L);
  return code;
}

static CURLcode apply_manners(CURL *easy) {
  CURLcode code = CURLE_OK;
  SEAM_SET(code, easy, CURLOPT_NOSIGNAL, 1L);
  SEAM_SET(code, easy, CURLOPT_NOPROGRESS, 1L);
  SEAM_SET(code, easy, CURLOPT_MAXAGE_CONN, OLDEST_IDLE_SECONDS);
#if LIBCURL_VERSION_NUM >= 0x075700
  SEAM_SET(code, easy, CURLOPT_QUICK_EXIT, 1L);
#endif
  return code;
}

CURLcode seam_options_apply(CURL *easy) {
  CURLcode code = apply_protocols(easy);
  if (code == CURLE_OK) code = apply_tls(easy);
  if (code == CURLE_OK) code = apply_isolation(easy);
  if (code == CURLE_OK) code = apply_manners(easy);
  return code;
}

CURLMcode seam_options_apply_streams(CURLM *multi, long streams) {
#if LIBCURL_VERSION_NUM >= 0x074300
  return curl_multi_setopt(multi, CURLMOPT_MAX_CONCURRENT_STREAMS, streams);
#else
  (void)multi, (void)streams; /* libcurl's own limit is 100 */
  return CURLM_OK;
#endif
}
