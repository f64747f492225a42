/* SPDX-License-Identifier: MIT
 * Growing bytes: doubling, overflow-checked, never moved but by reserve and append. */
#include "buffer.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#define SMALLEST 1024

int seam_buffer_reserve(seam_buffer *buffer, size_t capacity) {
  char *bytes;
  if (capacity <= buffer->capacity) return 0;
  bytes = realloc(buffer->bytes, capacity);
  if (bytes == NULL) return -1;
  buffer->bytes = bytes;
  buffer->capacity = capacity;
  return 0;
}

int seam_buffer_append(seam_buffer *buffer, const char *bytes, size_t length) {
  if (length == 0) return 0;
  if (length > (size_t)-1 / 2 - buffer->length) return -1;
  if (buffer->length + length > buffer->capacity) {
    size_t wanted = buffer->capacity < SMALLEST ? SMALLEST : buffer->capacity;
    while (wanted < buffer->length + length) wanted *= 2;
    if (seam_buffer_reserve(buffer, wanted) != 0) return -1;
  }
  memcpy(buffer->bytes + buffer->length, bytes, length);
  buffer->length += length;
  return 0;
}

void seam_buffer_clear(seam_buffer *buffer) {
  buffer->length = 0;
}

void seam_buffer_free(seam_buffer *buffer) {
  free(buffer->bytes);
  memset(buffer, 0, sizeof *buffer);
}

void seam_buffer_cleanse(seam_buffer *buffer) {
  if (buffer->bytes != NULL) OPENSSL_cleanse(buffer->bytes, buffer->capacity);
  seam_buffer_free(buffer);
}
