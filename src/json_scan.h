/* SPDX-License-Identifier: MIT */
/* The innermost steps of reading JSON, inline because they run for every token. */

#ifndef SEAM_JSON_SCAN_H
#define SEAM_JSON_SCAN_H

#include <stdint.h>
#include <string.h>

#if defined(__GNUC__) && defined(__SSE2__)
#define SEAM_HAS_SSE2
#include <emmintrin.h>
#endif

#include "json.h"

/* Servers write none, so the first look decides nearly always. */
static inline void seam_json_skip_blanks(seam_json *json) {
  const char *at = json->at;
  if (at < json->end && (unsigned char)*at > ' ') return;
  while (at < json->end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
  json->at = at;
}

/* Consumes `word` when the text goes on with it, else fails. */
static inline int seam_json_word(seam_json *json, const char *word, size_t length) {
  if ((size_t)(json->end - json->at) < length || memcmp(json->at, word, length) != 0)
    return seam_json_fail(json, json->at, "unexpected text");
  json->at += length;
  return 1;
}

#define SEAM_EACH_BYTE(b) ((uint64_t)(b)*UINT64_C(0x0101010101010101))
#define SEAM_HIGH_BITS SEAM_EACH_BYTE(0x80)

/* Only where the first byte in memory is the lowest of a word; elsewhere byte by byte will do. */
#if defined(__GNUC__) && defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define SEAM_FIRST_MARKED(marks) (__builtin_ctzll(marks) / 8)
#endif

/* A high bit for each of eight bytes that ends a plain run: a quote, a backslash, a control or
   non-ASCII byte. A subtraction borrows from the next byte only at such a byte, so the first one
   is marked truly; those behind it may be wrong. */
static inline uint64_t seam_mark_specials(const char *at) {
  uint64_t bytes, quote, slash, control;
  memcpy(&bytes, at, sizeof bytes);
  quote = (bytes ^ SEAM_EACH_BYTE('"')) - SEAM_EACH_BYTE(1);
  slash = (bytes ^ SEAM_EACH_BYTE('\\')) - SEAM_EACH_BYTE(1);
  control = bytes - SEAM_EACH_BYTE(0x20);
  return (quote | slash | control | bytes) & SEAM_HIGH_BITS;
}

static inline int seam_is_plain(unsigned char byte) {
  return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

#ifdef SEAM_HAS_SSE2
/* A bit for each of sixteen bytes that ends a plain run; as signed numbers, those beyond ASCII are
   below the blank, too. */
static inline unsigned int seam_mark_sixteen(const char *at) {
  __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
  __m128i marks = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
  marks = _mm_or_si128(marks, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
  marks = _mm_or_si128(marks, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
  return (unsigned int)_mm_movemask_epi8(marks);
}
#endif

/* The first byte from `at` on that does not simply stand for itself in a string, or `end`. */
static inline const char *seam_json_skip_plain(const char *at, const char *end) {
#ifdef SEAM_HAS_SSE2
  while (end - at >= 16) {
    unsigned int marks = seam_mark_sixteen(at);
    if (marks != 0) return at + __builtin_ctz(marks);
    at += 16;
  }
#endif
  while (end - at >= 8) {
    uint64_t marks = seam_mark_specials(at);
    if (marks != 0) {
#ifdef SEAM_FIRST_MARKED
      return at + SEAM_FIRST_MARKED(marks);
#else
      break;
#endif
    }
    at += 8;
  }
  while (at < end && seam_is_plain((unsigned char)*at)) at++;
  return at;
}

#endif
