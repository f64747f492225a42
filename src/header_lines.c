/* SPDX-License-Identifier: MIT
 * Header lines as libcurl takes them. One of them holds the key. */
#include "header_lines.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "request.h"

seam_lines *seam_lines_new(void) {
  seam_lines *lines = calloc(1, sizeof *lines);
  if (lines != NULL) lines->holders = 1;
  return lines;
}

/* Appending at the known end, so that many headers do not cost a walk each. */
static seam_failure append(seam_lines *lines, const char *line) {
  struct curl_slist *grown = curl_slist_append(lines->last, line);
  if (grown == NULL) return SEAM_MEMORY;
  if (lines->first == NULL) lines->first = grown;
  lines->last = lines->last == NULL ? grown : lines->last->next;
  return SEAM_OK;
}

static int names_content_type(const char *line) {
  return curl_strnequal(line, "Content-Type:", sizeof "Content-Type:" - 1);
}

seam_failure seam_lines_add(seam_lines *lines, const char *line, size_t length,
                            const char **refusal) {
  *refusal = seam_request_header_refusal(line, length);
  if (*refusal != NULL) return SEAM_INVALID_REQUEST;
  if (names_content_type(line)) lines->has_content_type = 1;
  return append(lines, line);
}

/* libcurl has some for bodies; without one these strike out nothing. */
seam_failure seam_lines_finish(seam_lines *lines) {
  if (lines->finished) return SEAM_OK;
  if (append(lines, "Expect:") != SEAM_OK) return SEAM_MEMORY;
  if (!lines->has_content_type && append(lines, "Content-Type:") != SEAM_OK) return SEAM_MEMORY;
  lines->finished = 1;
  return SEAM_OK;
}

seam_lines *seam_lines_share(seam_lines *lines) {
  (void)__atomic_add_fetch(&lines->holders, 1, __ATOMIC_RELAXED);
  return lines;
}

void seam_lines_release(seam_lines *lines) {
  struct curl_slist *line;
  if (lines == NULL || __atomic_sub_fetch(&lines->holders, 1, __ATOMIC_ACQ_REL) > 0) return;
  for (line = lines->first; line != NULL; line = line->next) {
    OPENSSL_cleanse(line->data, strlen(line->data));
  }
  curl_slist_free_all(lines->first);
  free(lines);
}
