/* SPDX-License-Identifier: MIT
 * The settings nothing may change: TLS verified, nothing taken from the environment, nothing
 * followed, nothing stored, no signal, no second copy of a request. */
#include "options.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

/* Idle connections older than this are not used again: servers and NATs forget them silently. */
#define OLDEST_IDLE_SECONDS 30L

#define LONGEST_SILENCE_MILLISECONDS 10000u

static CURLcode started = CURLE_FAILED_INIT;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* libcurl 7.83 to 8.1 keeps a pointer into the headers of a handle's last response, and follows it
 * into freed memory when the next one begins with a folded line (curl issue 11101). */
static int handles_last;

static void start(void) {
  unsigned int version = curl_version_info(CURLVERSION_NOW)->version_num;
  handles_last = version < 0x075300 || version >= 0x080200;
  started = curl_global_init(CURL_GLOBAL_DEFAULT);
}

int seam_options_handles_last(void) {
  return handles_last;
}

int seam_options_start_curl(void) {
  pthread_once(&once, start);
  return started == CURLE_OK ? 0 : -1;
}

/* Over HTTP/2 all calls share a connection, and one that leads nowhere any more would fail them all
 * for as long as the kernel tries, a quarter of an hour: it gives up when nothing it sent was
 * acknowledged for this long. */
static void bound_silence(curl_socket_t handle, int family) {
#ifdef TCP_USER_TIMEOUT
  unsigned int milliseconds = LONGEST_SILENCE_MILLISECONDS;
  if (family != AF_INET && family != AF_INET6) return;
  (void)setsockopt(handle, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
#else
  (void)handle, (void)family;
#endif
}

/* Programs the host starts must not inherit our connections. */
static curl_socket_t open_socket(void *self, curlsocktype purpose, struct curl_sockaddr *address) {
  int type = address->socktype;
  curl_socket_t handle;
  (void)self;
  (void)purpose;
#ifdef SOCK_CLOEXEC
  type |= SOCK_CLOEXEC;
#endif
  handle = socket(address->family, type, address->protocol);
#ifndef SOCK_CLOEXEC
  if (handle != CURL_SOCKET_BAD) fcntl(handle, F_SETFD, FD_CLOEXEC);
#endif
  if (handle != CURL_SOCKET_BAD) bound_silence(handle, address->family);
  return handle;
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
  SEAM_SET(code, easy, CURLOPT_VERBOSE, 0L);
  return code;
}

static CURLcode apply_manners(CURL *easy) {
  CURLcode code = CURLE_OK;
  SEAM_SET(code, easy, CURLOPT_NOSIGNAL, 1L);
  SEAM_SET(code, easy, CURLOPT_NOPROGRESS, 1L);
  SEAM_SET(code, easy, CURLOPT_MAXAGE_CONN, OLDEST_IDLE_SECONDS);
  SEAM_SET(code, easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
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
