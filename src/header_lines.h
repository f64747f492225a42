/* SPDX-License-Identifier: MIT
 * The header lines of requests: read and checked once, then shared by all that send the same. */
#ifndef SEAM_HEADER_LINES_H
#define SEAM_HEADER_LINES_H

#include <curl/curl.h>

#include "failure.h"

typedef struct seam_lines {
  int holders; /* counted atomically: they may live in several threads */
  int has_content_type;
  int finished;
  struct curl_slist *first, *last;
} seam_lines;

/* Without a line, for one holder; NULL when memory ran out. */
seam_lines *seam_lines_new(void);

/* Copies one "Name: value" line. SEAM_OK, SEAM_MEMORY, or SEAM_INVALID_REQUEST with `refusal` set
 * to static text. Not once the lines are finished. */
seam_failure seam_lines_add(seam_lines *lines, const char *line, size_t length,
                            const char **refusal);

/* Adds what strikes out libcurl's own additions; a second time does nothing. From then on the lines
 * never change and may be shared. SEAM_OK or SEAM_MEMORY. */
seam_failure seam_lines_finish(seam_lines *lines);

/* One more holder of finished lines; returns them. */
seam_lines *seam_lines_share(seam_lines *lines);

/* One holder less; after the last one the bytes are overwritten and given back. Takes NULL. */
void seam_lines_release(seam_lines *lines);

#endif
