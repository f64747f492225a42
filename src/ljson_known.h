/* SPDX-License-Identifier: MIT */
/* How a short string that was seen before is known again, without letting Lua hash it. */

#ifndef SEAM_LJSON_KNOWN_H
#define SEAM_LJSON_KNOWN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Longer strings are never looked for. */
#define LJSON_MAX_SHORT 64

/* What tells a short string from others: all of it up to 16 bytes, else both its ends. */
typedef struct ljson_fingerprint {
  uint64_t head;
  uint64_t tail;
} ljson_fingerprint;

/* A short string seen before; its bytes belong to whoever remembers it. All zeros: nothing is known
   here. */
typedef struct ljson_known {
  ljson_fingerprint mark;
  const char *bytes;
  uint32_t size; /* length + 1 */
} ljson_known;

static inline uint64_t ljson_load32(const char *bytes) {
  uint32_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

static inline ljson_fingerprint ljson_take_fingerprint(const char *bytes, size_t length) {
  ljson_fingerprint mark = {0, 0};
  if (length >= 8) {
    memcpy(&mark.head, bytes, 8);
    memcpy(&mark.tail, bytes + length - 8, 8);
  } else if (length >= 4) {
    mark.head = ljson_load32(bytes);
    mark.tail = ljson_load32(bytes + length - 4);
  } else if (length > 0) {
    mark.head = (unsigned char)bytes[0];
    mark.tail = (uint64_t)(unsigned char)bytes[length / 2] << 8 | (unsigned char)bytes[length - 1];
  }
  return mark;
}

static inline uint64_t ljson_hash(const ljson_fingerprint *mark, size_t length) {
  return (mark->head ^ (mark->tail << 1) ^ length) * UINT64_C(0x9E3779B97F4A7C15);
}

/* The string's place among `slots`, a power of two. */
static inline size_t ljson_slot_of(uint64_t hash, size_t slots) {
  return (size_t)(hash >> 40) & (slots - 1);
}

/* Whether two texts of `length` bytes, 17 to LJSON_MAX_SHORT, that have both ends in common are the
   same: words may reach into what is known already, so no byte needs a look of its own. */
static inline int ljson_has_same_middle(const char *a, const char *b, size_t length) {
  size_t at;
  for (at = 8; at + 8 < length; at += 8) {
    uint64_t one, other;
    memcpy(&one, a + at, 8);
    memcpy(&other, b + at, 8);
    if (one != other) return 0;
  }
  return 1;
}

static inline int ljson_is_same(const ljson_known *known, const ljson_fingerprint *mark,
                                const char *bytes, size_t length) {
  if (known->mark.head != mark->head || known->mark.tail != mark->tail) return 0;
  if (known->size != length + 1) return 0;
  return length <= 16 || ljson_has_same_middle(known->bytes, bytes, length);
}

static inline void ljson_note(ljson_known *known, const ljson_fingerprint *mark, const char *bytes,
                              size_t length) {
  known->mark = *mark;
  known->bytes = bytes;
  known->size = (uint32_t)length + 1;
}

#endif
