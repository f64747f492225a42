/* SPDX-License-Identifier: MIT
 * The checks no request gets around: what is refused here can inject nothing into the wire. */
#include "request.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#define DEFAULT_TIMEOUT 30.0
#define DEFAULT_CONNECT_TIMEOUT 10.0
#define DEFAULT_MAX_BODY (8u * 1024u * 1024u)

#define LONGEST_URL (64u * 1024u)
#define LONGEST_HEADER (64u * 1024u)

static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", NULL};

/* Lines that decide about framing, or that libcurl writes itself. */
static const char *const own_headers[] = {"Content-Length", "Transfer-Encoding", "Expect",
                                          "Accept-Encoding", NULL};

void seam_request_init(seam_request *request) {
  memset(request, 0, sizeof *request);
  request->timeout = DEFAULT_TIMEOUT;
  request->connect_timeout = DEFAULT_CONNECT_TIMEOUT;
  request->max_body = DEFAULT_MAX_BODY;
}

static int is_printable(const char *text, size_t length, int lowest) {
  size_t i;
  for (i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)text[i];
    if (byte < lowest || byte > 0x7e) return 0;
  }
  return 1;
}

static int has_control_bytes(seam_text text) {
  size_t i;
  for (i = 0; i < text.length; i++) {
    unsigned char byte = (unsigned char)text.bytes[i];
    if (byte < 0x20 || byte == 0x7f) return 1;
  }
  return 0;
}

static int starts_with(seam_text text, const char *prefix) {
  size_t length = strlen(prefix);
  return text.length >= length && strncasecmp(text.bytes, prefix, length) == 0;
}

static const char *method_refusal(seam_text method) {
  size_t i;
  for (i = 0; methods[i] != NULL; i++) {
    if (method.length == strlen(methods[i]) &&
        memcmp(method.bytes, methods[i], method.length) == 0) {
      return NULL;
    }
  }
  return "the method must be GET, POST, PUT, PATCH or DELETE";
}

static size_t host_length(const char *host) {
  return strcspn(host, "/?#");
}

static const char *url_refusal(seam_text url) {
  const char *host;
  size_t length;
  if (!starts_with(url, "http://") && !starts_with(url, "https://")) {
    return "the URL must begin with http:// or https://";
  }
  if (url.length > LONGEST_URL) return "the URL is longer than 64 KiB";
  if (!is_printable(url.bytes, url.length, 0x21)) {
    return "the URL has a blank, a control byte or a byte beyond ASCII";
  }
  host = strstr(url.bytes, "//") + 2;
  length = host_length(host);
  if (length == 0) return "the URL names no host";
  if (memchr(host, '@', length) != NULL) return "the URL must hold no user name";
  return NULL;
}

static const char *body_refusal(const seam_request *request) {
  int given = request->body.bytes != NULL;
  if (seam_request_is_get(request)) return given ? "GET takes no body" : NULL;
  /* Nothing to rewind would mean that libcurl may send the request a second time. */
  if (given && request->body.length == 0) return "the body must not be empty";
  if (!given && request->method.bytes[0] == 'P') return "POST, PUT and PATCH need a body";
  return NULL;
}

const char *seam_request_refusal(const seam_request *request) {
  const char *reason;
  if ((reason = method_refusal(request->method)) != NULL) return reason;
  if ((reason = url_refusal(request->url)) != NULL) return reason;
  if ((reason = body_refusal(request)) != NULL) return reason;
  if (has_control_bytes(request->ca_file)) return "ca_file has a control byte";
  if (request->ca_file.bytes != NULL && request->ca_file.length == 0) return "ca_file is empty";
  if (!is_printable(request->proxy.bytes, request->proxy.length, 0x21)) {
    return "the proxy has a blank, a control byte or a byte beyond ASCII";
  }
  if (isnan(request->timeout) || isnan(request->connect_timeout))
    return "a timeout is not a number";
  if (!(request->connect_timeout > 0)) return "connect_timeout must be more than 0 seconds";
  return NULL;
}

static int is_token(const char *text, size_t length) {
  size_t i;
  for (i = 0; i < length; i++) {
    if (strchr("\"(),/:;<=>?@[\\]{}", text[i]) != NULL) return 0;
  }
  return length > 0 && is_printable(text, length, 0x21);
}

static int is_own_header(const char *name, size_t length) {
  size_t i;
  for (i = 0; own_headers[i] != NULL; i++) {
    if (strlen(own_headers[i]) == length && strncasecmp(name, own_headers[i], length) == 0) {
      return 1;
    }
  }
  return 0;
}

const char *seam_request_header_refusal(const char *line, size_t length) {
  const char *colon = memchr(line, ':', length);
  size_t name_length, i;
  if (length > LONGEST_HEADER) return "a header is longer than 64 KiB";
  if (colon == NULL) return "a header must read \"Name: value\"";
  name_length = (size_t)(colon - line);
  if (!is_token(line, name_length)) return "a header's name has a byte it must not have";
  if (!is_printable(line, length, 0x20)) {
    return "a header has a control byte or a byte beyond ASCII";
  }
  if (is_own_header(line, name_length)) return "a header that is the core's to write";
  for (i = name_length + 1; i < length; i++) {
    if (line[i] != ' ') return NULL;
  }
  return "a header has no value"; /* libcurl would take it for an order to drop the header */
}

size_t seam_request_origin(const seam_request *request) {
  const char *url = request->url.bytes, *host = strstr(url, "//") + 2;
  return (size_t)(host - url) + host_length(host);
}

int seam_request_is_get(const seam_request *request) {
  return request->method.length == 3 && memcmp(request->method.bytes, "GET", 3) == 0;
}

int seam_request_is_https(const seam_request *request) {
  return starts_with(request->url, "https:");
}

int seam_request_uses_tls(const seam_request *request) {
  return seam_request_is_https(request) ||
         (request->proxy.bytes != NULL && starts_with(request->proxy, "https:"));
}
