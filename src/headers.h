/* SPDX-License-Identifier: MIT
 * The header lines of the final response, and what they say about the length of its body. */
#ifndef SEAM_HEADERS_H
#define SEAM_HEADERS_H

#include "buffer.h"

/* libcurl's own limit, asked for again because older ones have none. */
#define SEAM_HEADERS_MOST_BYTES (300u * 1024u)

typedef struct seam_headers {
  seam_buffer text;  /* name NUL value NUL, again and again; names in lower case */
  size_t count;      /* lines kept */
  size_t bytes_seen; /* of every head of the transfer, dropped ones too */
  long long length;  /* Content-Length, -1 when there is none */
  int chunked;       /* Transfer-Encoding was given */
  int complete;      /* the empty line came */
  int interim;       /* the head is that of a 1xx that another one follows */
  int bare;          /* the status line was the last that came */
  int encoded;       /* Content-Encoding was given: `length` is not the body's */
} seam_headers;

typedef enum seam_headers_verdict {
  SEAM_HEADERS_OK = 0,
  SEAM_HEADERS_NO_MEMORY,
  SEAM_HEADERS_TOO_LARGE,
  SEAM_HEADERS_BAD_LENGTH /* unreadable, or two different ones, or beside Transfer-Encoding */
} seam_headers_verdict;

void seam_headers_init(seam_headers *headers);
void seam_headers_free(seam_headers *headers);

/* Takes one line as it came, line end included. A status line starts a new head: what was kept of
 * an earlier one (100 Continue, a proxy's answer) is dropped. */
seam_headers_verdict seam_headers_add(seam_headers *headers, const char *line, size_t length);

/* Whether a head is still to come, or to end. */
int seam_headers_open(const seam_headers *headers);

/* Hears of a line, or a piece of one, before it is added. 0 when it is folded and nothing stands
 * before it that it could go on with. */
int seam_headers_foresee(seam_headers *headers, const char *line);

/* Walks over the kept lines: `*cursor` starts at 0. Returns 0 at the end. */
int seam_headers_next(const seam_headers *headers, size_t *cursor, const char **name,
                      const char **value, size_t *value_length);

#endif
