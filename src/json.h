/* SPDX-License-Identifier: MIT */
/* JSON tokens (RFC 8259): blanks, strings and numbers, read from bytes without knowing Lua. */

#ifndef SEAM_JSON_H
#define SEAM_JSON_H

#include <stddef.h>
#include <stdint.h>

/* A text being read. The bytes are never written to and need no closing NUL.
   `reason` is static text and `fault` the byte it speaks of; both are set by a failing call. */
typedef struct seam_json {
  const char *begin;
  const char *at;
  const char *end;
  const char *reason;
  const char *fault;
} seam_json;

/* The raw bytes between the quotes of a string; `escaped` when it holds a backslash. */
typedef struct seam_json_string {
  const char *bytes;
  size_t length;
  int escaped;
} seam_json_string;

/* `integer` is the value when `whole` is set, else `real`, which is finite. */
typedef struct seam_json_number {
  int whole;
  int64_t integer;
  double real;
} seam_json_number;

/* Notes why the text is refused; returns 0 so that callers can pass it on. */
int seam_json_fail(seam_json *json, const char *fault, const char *reason);

/* Reads a string whose opening quote has been consumed and consumes the closing one.
   UTF-8, escapes and surrogate pairs are checked here, so unescaping cannot fail. */
int seam_json_read_string(seam_json *json, seam_json_string *string);

/* Writes the value of a string that seam_json_read_string accepted and returns its length,
   which is never more than the raw length; `to` must have room for that. */
size_t seam_json_unescape(const seam_json_string *string, char *to);

/* Reads a number. Integer syntax that fits 64 bits is exact, other whole values within 2^53 are
   integers too, zero has no sign, the rest is correctly rounded whatever locale the host has set.
   A value beyond the doubles is refused. */
int seam_json_read_number(seam_json *json, seam_json_number *number);

#endif
