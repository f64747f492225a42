/* SPDX-License-Identifier: MIT
 * Growing bytes: what a response body, a head or a request body is kept in. */
#ifndef SEAM_BUFFER_H
#define SEAM_BUFFER_H

#include <stddef.h>

typedef struct seam_buffer {
  char *bytes; /* NULL while nothing was ever stored */
  size_t length;
  size_t capacity;
} seam_buffer;

/* Makes room for `capacity` bytes in all. 0, or -1 when memory ran out (contents untouched). */
int seam_buffer_reserve(seam_buffer *buffer, size_t capacity);

/* 0, or -1 when memory ran out (contents untouched). */
int seam_buffer_append(seam_buffer *buffer, const char *bytes, size_t length);

/* Forgets the contents and keeps the room. */
void seam_buffer_clear(seam_buffer *buffer);

/* Gives the room back; the buffer is empty and usable afterwards. */
void seam_buffer_free(seam_buffer *buffer);

/* The same for bytes that may hold a secret: they are overwritten first. */
void seam_buffer_cleanse(seam_buffer *buffer);

#endif
