/* SPDX-License-Identifier: MIT */
/* JSON numbers: the grammar, exact integers, correctly rounded doubles in any locale. */

#include "json.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More significant digits than any double's decision needs (767), so that what lies beyond them
   matters only as "is there anything". */
#define MAX_DIGITS 800
/* With MAX_DIGITS digits, everything beyond is zero or too large. */
#define MAX_EXPONENT 20000
#define MAX_EXACT 9007199254740992.0

/* A number taken apart: the digits from `first`, which is not 0, up to `last`, read without the
   point, times ten to the `exponent`. */
typedef struct literal {
  int negative;
  int integer_syntax;
  const char *first;
  const char *last;
  uint64_t mantissa; /* exact while significant <= 19 */
  size_t significant;
  int64_t exponent;
} literal;

static int is_digit(const char *at, const char *end) {
  return at < end && *at >= '0' && *at <= '9';
}

/* Adds a run of digits; returns its end. */
static const char *take_digits(literal *number, const char *at, const char *end) {
  for (; is_digit(at, end); at++) {
    if (number->significant == 0) {
      if (*at == '0') continue;
      number->first = at;
    }
    if (number->significant < 19) number->mantissa = number->mantissa * 10 + (uint64_t)(*at - '0');
    number->significant++;
  }
  number->last = at;
  return at;
}

static const char *take_exponent(literal *number, const char *at, const char *end) {
  int negative = 0;
  int64_t exponent = 0;
  if (at < end && (*at == '+' || *at == '-')) negative = *at++ == '-';
  if (!is_digit(at, end)) return NULL;
  for (; is_digit(at, end); at++) {
    if (exponent < INT64_C(1000000000000000)) exponent = exponent * 10 + (*at - '0');
  }
  number->exponent += negative ? -exponent : exponent;
  return at;
}

/* Returns the end of the number at `at`, or NULL where the grammar has none. */
static const char *take_apart(literal *number, const char *at, const char *end) {
  memset(number, 0, sizeof *number);
  number->integer_syntax = 1;
  if (at < end && *at == '-') {
    number->negative = 1;
    at++;
  }
  if (!is_digit(at, end)) return NULL;
  if (*at == '0' && is_digit(at + 1, end)) return NULL;
  at = take_digits(number, at, end);
  if (at < end && *at == '.') {
    const char *point = at;
    number->integer_syntax = 0;
    at = take_digits(number, at + 1, end);
    number->exponent = point + 1 - at;
    if (number->exponent == 0) return NULL;
  }
  if (at < end && (*at == 'e' || *at == 'E')) {
    number->integer_syntax = 0;
    at = take_exponent(number, at + 1, end);
  }
  return at;
}

/* Copies the significant digits without the point, at most MAX_DIGITS, and a 1 for whatever is
   cut off (it only decides ties). Returns how many digits the copy is short of. */
static int64_t copy_digits(const literal *number, char *to) {
  const char *at;
  size_t copied = 0;
  for (at = number->first; at < number->last && copied < MAX_DIGITS; at++) {
    if (*at != '.') to[copied++] = *at;
  }
  if (number->significant > copied) to[copied++] = '1';
  to[copied] = '\0';
  return (int64_t)number->significant - (int64_t)copied;
}

/* strtod reads the locale's decimal point only, so it is given digits and an exponent, no point. */
static double round_slowly(const literal *number) {
  char text[MAX_DIGITS + 32];
  int64_t exponent = number->exponent + copy_digits(number, text);
  size_t length = strlen(text);
  if (exponent > MAX_EXPONENT) exponent = MAX_EXPONENT;
  if (exponent < -MAX_EXPONENT) exponent = -MAX_EXPONENT;
  (void)snprintf(text + length, sizeof text - length, "e%d", (int)exponent);
  return strtod(text, NULL);
}

static double magnitude(const literal *number) {
  static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  if (number->significant == 0) return 0;
#if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD == 0
  /* Both operands are exact, so the one operation rounds correctly. */
  if (number->significant <= 15 && number->exponent >= -22 && number->exponent <= 22) {
    double mantissa = (double)number->mantissa;
    if (number->exponent < 0) return mantissa / powers[-number->exponent];
    return mantissa * powers[number->exponent];
  }
#endif
  return round_slowly(number);
}

static int take_integer(const literal *number, seam_json_number *out) {
  uint64_t limit = (uint64_t)INT64_MAX + (number->negative ? 1 : 0);
  if (!number->integer_syntax || number->significant > 19 || number->mantissa > limit) return 0;
  out->whole = 1;
  if (!number->negative) out->integer = (int64_t)number->mantissa;
  else if (number->mantissa == 0) out->integer = 0;
  else out->integer = -(int64_t)(number->mantissa - 1) - 1;
  return 1;
}

int seam_json_read_number(seam_json *json, seam_json_number *out) {
  literal number;
  double value;
  const char *start = json->at;
  const char *end = take_apart(&number, start, json->end);
  if (!end) return seam_json_fail(json, start, "invalid number");
  json->at = end;
  if (take_integer(&number, out)) return 1;
  value = magnitude(&number);
  if (value > DBL_MAX) return seam_json_fail(json, start, "number out of range");
  out->whole = value <= MAX_EXACT && value == floor(value);
  out->real = number.negative ? -value : value;
  if (out->whole) out->integer = (int64_t)out->real;
  return 1;
}
