/* SPDX-License-Identifier: MIT
 * The header lines of the final response: parsed once, kept in one run of bytes. */
#include "headers.h"

#include <string.h>

/* No honest server comes near. */
#define MOST_LINES 1000

/* More digits than this is no length anybody sends. */
#define MOST_DIGITS 18

/* As "HTTP/1.1 100 Continue"; what follows a 101 is no head, but of whatever was switched to. */
static int is_interim(const char *line, size_t length) {
  const char *code = memchr(line, ' ', length);
  if (code == NULL || line + length - ++code < 3) return 0;
  return code[0] == '1' && memcmp(code, "101", 3) != 0;
}

static void start_head(seam_headers *headers, int interim) {
  seam_buffer_clear(&headers->text);
  headers->count = 0;
  headers->length = -1;
  headers->complete = 0;
  headers->chunked = 0;
  headers->encoded = 0;
  headers->interim = interim;
  headers->bare = 1;
}

void seam_headers_init(seam_headers *headers) {
  memset(headers, 0, sizeof *headers);
  headers->length = -1;
}

void seam_headers_free(seam_headers *headers) {
  seam_buffer_free(&headers->text);
  seam_headers_init(headers);
}

static int is_blank(char byte) {
  return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static int is_empty(const char *line, size_t length) {
  return length == 0 || line[0] == '\r' || line[0] == '\n';
}

static void trim(const char **text, size_t *length) {
  while (*length > 0 && is_blank(**text)) (*text)++, (*length)--;
  while (*length > 0 && is_blank((*text)[*length - 1])) (*length)--;
}

static long long parse_length(const char *text, size_t length) {
  long long value = 0;
  size_t i;
  if (length == 0 || length > MOST_DIGITS) return -1;
  for (i = 0; i < length; i++) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

/* `name` is already kept, in lower case: what does it say about the body's length? */
static seam_headers_verdict note_framing(seam_headers *headers, const char *name, const char *value,
                                         size_t length) {
  if (strcmp(name, "content-length") == 0) {
    long long parsed = parse_length(value, length);
    if (parsed < 0) return SEAM_HEADERS_BAD_LENGTH;
    if (headers->length >= 0 && headers->length != parsed) return SEAM_HEADERS_BAD_LENGTH;
    headers->length = parsed;
  } else if (strcmp(name, "transfer-encoding") == 0) {
    headers->chunked = 1;
  } else if (strcmp(name, "content-encoding") == 0) {
    headers->encoded = 1;
  }
  return headers->chunked && headers->length >= 0 ? SEAM_HEADERS_BAD_LENGTH : SEAM_HEADERS_OK;
}

static void lower_case(char *text, size_t length) {
  size_t i;
  for (i = 0; i < length; i++) {
    if (text[i] >= 'A' && text[i] <= 'Z') text[i] = (char)(text[i] - 'A' + 'a');
  }
}

/* A bare CR is a line's end to some readers: nothing that quotes us may be split by it. */
static void blank_returns(char *text, size_t length) {
  size_t i;
  for (i = 0; i < length; i++) {
    if (text[i] == '\r') text[i] = ' ';
  }
}

static seam_headers_verdict keep(seam_headers *headers, const char *name, size_t name_length,
                                 const char *value, size_t length) {
  size_t start = headers->text.length;
  if (seam_buffer_append(&headers->text, name, name_length) != 0 ||
      seam_buffer_append(&headers->text, "", 1) != 0 ||
      seam_buffer_append(&headers->text, value, length) != 0 ||
      seam_buffer_append(&headers->text, "", 1) != 0) {
    return SEAM_HEADERS_NO_MEMORY;
  }
  lower_case(headers->text.bytes + start, name_length);
  blank_returns(headers->text.bytes + start, headers->text.length - start);
  headers->count++;
  return note_framing(headers, headers->text.bytes + start, value, length);
}

seam_headers_verdict seam_headers_add(seam_headers *headers, const char *line, size_t length) {
  const char *colon, *value;
  size_t name_length, value_length;
  headers->bytes_seen += length;
  if (headers->bytes_seen > SEAM_HEADERS_MOST_BYTES || headers->count >= MOST_LINES) {
    return SEAM_HEADERS_TOO_LARGE;
  }
  colon = memchr(line, ':', length);
  if (length >= 5 && memcmp(line, "HTTP/", 5) == 0) {
    start_head(headers, is_interim(line, length));
    return SEAM_HEADERS_OK;
  }
  if (is_empty(line, length)) headers->complete = 1;
  /* A folded line or one without a name says nothing we could trust. */
  if (colon == NULL || colon == line || is_blank(line[0])) return SEAM_HEADERS_OK;
  if (memchr(line, '\0', length) != NULL) return SEAM_HEADERS_OK;
  value = colon + 1;
  name_length = (size_t)(colon - line);
  value_length = length - name_length - 1;
  while (name_length > 0 && is_blank(line[name_length - 1])) name_length--;
  trim(&value, &value_length);
  return keep(headers, line, name_length, value, value_length);
}

int seam_headers_open(const seam_headers *headers) {
  return !headers->complete || headers->interim;
}

int seam_headers_foresee(seam_headers *headers, const char *line) {
  int folded = headers->bare && is_blank(line[0]) && !is_empty(line, 1);
  headers->bare = 0;
  return !folded;
}

int seam_headers_next(const seam_headers *headers, size_t *cursor, const char **name,
                      const char **value, size_t *value_length) {
  if (*cursor >= headers->text.length) return 0;
  *name = headers->text.bytes + *cursor;
  *value = *name + strlen(*name) + 1;
  *value_length = strlen(*value);
  *cursor = (size_t)(*value - headers->text.bytes) + *value_length + 1;
  return 1;
}
