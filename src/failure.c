/* SPDX-License-Identifier: MIT
 * One table from libcurl's codes to our names, and the few codes that need a second look. */
#include "failure.h"

#include <string.h>

static const char *const names[] = {
    "ok",
    "timeout",
    "dns",
    "connect",
    "tls",
    "closed",
    "too_large",
    "invalid_response",
    "invalid_request",
    "memory",
    "cancelled",
};

static const struct {
  CURLcode code;
  seam_failure failure;
} meanings[] = {
    {CURLE_OPERATION_TIMEDOUT, SEAM_TIMEOUT},
    {CURLE_COULDNT_RESOLVE_HOST, SEAM_DNS},
    {CURLE_COULDNT_RESOLVE_PROXY, SEAM_DNS},
    {CURLE_COULDNT_CONNECT, SEAM_CONNECT},
    {CURLE_INTERFACE_FAILED, SEAM_CONNECT},
    {CURLE_PROXY, SEAM_CONNECT},
    {CURLE_SSL_CONNECT_ERROR, SEAM_TLS},
    {CURLE_SSL_ENGINE_NOTFOUND, SEAM_TLS},
    {CURLE_SSL_ENGINE_SETFAILED, SEAM_TLS},
    {CURLE_SSL_CERTPROBLEM, SEAM_TLS},
    {CURLE_SSL_CIPHER, SEAM_TLS},
    {CURLE_PEER_FAILED_VERIFICATION, SEAM_TLS},
    {CURLE_USE_SSL_FAILED, SEAM_TLS},
    {CURLE_SSL_CACERT_BADFILE, SEAM_TLS},
    {CURLE_SSL_SHUTDOWN_FAILED, SEAM_TLS},
    {CURLE_SSL_CRL_BADFILE, SEAM_TLS},
    {CURLE_SSL_ISSUER_ERROR, SEAM_TLS},
    {CURLE_SSL_PINNEDPUBKEYNOTMATCH, SEAM_TLS},
    {CURLE_SSL_INVALIDCERTSTATUS, SEAM_TLS},
    {CURLE_SSL_CLIENTCERT, SEAM_TLS},
    {CURLE_GOT_NOTHING, SEAM_CLOSED},
    {CURLE_SEND_ERROR, SEAM_CLOSED},
    {CURLE_RECV_ERROR, SEAM_CLOSED},
    {CURLE_PARTIAL_FILE, SEAM_CLOSED},
    {CURLE_SEND_FAIL_REWIND, SEAM_CLOSED},
    {CURLE_FILESIZE_EXCEEDED, SEAM_TOO_LARGE},
#if LIBCURL_VERSION_NUM >= 0x080600
    {CURLE_TOO_LARGE, SEAM_TOO_LARGE},
#endif
    {CURLE_WEIRD_SERVER_REPLY, SEAM_INVALID_RESPONSE},
    {CURLE_BAD_CONTENT_ENCODING, SEAM_INVALID_RESPONSE},
    {CURLE_WRITE_ERROR, SEAM_INVALID_RESPONSE},
    {CURLE_BAD_FUNCTION_ARGUMENT, SEAM_INVALID_RESPONSE}, /* said of headers it cannot read */
    {CURLE_HTTP2, SEAM_CLOSED},
    {CURLE_HTTP2_STREAM, SEAM_CLOSED},
    {CURLE_HTTP_RETURNED_ERROR, SEAM_INVALID_RESPONSE},
    {CURLE_TOO_MANY_REDIRECTS, SEAM_INVALID_RESPONSE},
    {CURLE_UNSUPPORTED_PROTOCOL, SEAM_INVALID_REQUEST},
    {CURLE_URL_MALFORMAT, SEAM_INVALID_REQUEST},
    {CURLE_OUT_OF_MEMORY, SEAM_MEMORY},
    {CURLE_FAILED_INIT, SEAM_MEMORY},
    {CURLE_ABORTED_BY_CALLBACK, SEAM_CANCELLED},
};

const char *seam_failure_name(seam_failure failure) {
  return names[failure];
}

static seam_failure look_up(CURLcode code) {
  size_t i;
  if (code == CURLE_OK) return SEAM_OK;
  for (i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
    if (meanings[i].code == code) return meanings[i].failure;
  }
  return SEAM_CLOSED;
}

/* A handshake that was cut off, unlike one that was refused, may be tried again. */
static int handshake_was_cut(const char *message) {
  return strstr(message, "SSL_ERROR_SYSCALL") != NULL ||
         strstr(message, "unexpected eof") != NULL || strstr(message, "reset by peer") != NULL;
}

static int answer_has_begun(CURL *easy) {
  curl_off_t first_byte = 0;
  return curl_easy_getinfo(easy, CURLINFO_STARTTRANSFER_TIME_T, &first_byte) == CURLE_OK &&
         first_byte > 0;
}

static seam_failure look_again_at_receive(CURL *easy, const char *message) {
  long connect_code = 0;
  if (strstr(message, "chunk") != NULL) return SEAM_INVALID_RESPONSE;
  if (curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &connect_code) == CURLE_OK &&
      connect_code != 0 && connect_code / 100 != 2) {
    return SEAM_CONNECT; /* the proxy refused the tunnel */
  }
  return SEAM_CLOSED;
}

seam_failure seam_failure_from_curl(CURLcode code, CURL *easy, const char *message) {
  switch (code) {
    case CURLE_SSL_CONNECT_ERROR: return handshake_was_cut(message) ? SEAM_CLOSED : SEAM_TLS;
    case CURLE_RECV_ERROR: return look_again_at_receive(easy, message);
    case CURLE_UNSUPPORTED_PROTOCOL:
      /* Also what libcurl calls an answer that is not HTTP/1. */
      return answer_has_begun(easy) ? SEAM_INVALID_RESPONSE : SEAM_INVALID_REQUEST;
    case CURLE_OUT_OF_MEMORY:
      /* Also what libcurl calls a header line longer than it takes. */
      return answer_has_begun(easy) ? SEAM_TOO_LARGE : SEAM_MEMORY;
    default: return look_up(code);
  }
}
