/* SPDX-License-Identifier: MIT */
/* JSON blanks, words and strings: UTF-8 validation, escapes, surrogate pairs. */

#include "json.h"

#include <string.h>

#include "json_scan.h"

int seam_json_fail(seam_json *json, const char *fault, const char *reason) {
  json->fault = fault;
  json->reason = reason;
  return 0;
}

static int is_continuation(unsigned char byte) {
  return (byte & 0xC0) == 0x80;
}

/* Length of the non-ASCII character at `at`, or 0 when it is not valid UTF-8 (RFC 3629: nothing
   overlong, no surrogates, nothing above U+10FFFF). */
static size_t utf8_length(const char *at, const char *end) {
  const unsigned char *byte = (const unsigned char *)at;
  size_t room = (size_t)(end - at);
  if (room >= 2 && byte[0] >= 0xC2 && byte[0] <= 0xDF) return is_continuation(byte[1]) ? 2 : 0;
  if (room >= 3 && (byte[0] & 0xF0) == 0xE0) {
    if (!is_continuation(byte[1]) || !is_continuation(byte[2])) return 0;
    if (byte[0] == 0xE0 && byte[1] < 0xA0) return 0;
    return (byte[0] == 0xED && byte[1] > 0x9F) ? 0 : 3;
  }
  if (room >= 4 && byte[0] >= 0xF0 && byte[0] <= 0xF4) {
    if (!is_continuation(byte[1]) || !is_continuation(byte[2]) || !is_continuation(byte[3]))
      return 0;
    if (byte[0] == 0xF0 && byte[1] < 0x90) return 0;
    return (byte[0] == 0xF4 && byte[1] > 0x8F) ? 0 : 4;
  }
  return 0;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/* The unit of the `\uXXXX` at `at`, or -1. */
static long hex_unit(const char *at, const char *end) {
  long unit = 0;
  int i;
  if (end - at < 6 || at[0] != '\\' || at[1] != 'u') return -1;
  for (i = 2; i < 6; i++) {
    int digit = hex_digit(at[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

static int is_high_surrogate(long unit) {
  return unit >= 0xD800 && unit <= 0xDBFF;
}

static int is_low_surrogate(long unit) {
  return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* Consumes the checked escape at json->at. */
static int check_escape(seam_json *json) {
  const char *at = json->at;
  long unit;
  if (json->end - at < 2) return seam_json_fail(json, at, "unfinished string");
  if (at[1] != 'u') {
    if (at[1] == '\0' || !strchr("\"\\/bfnrt", at[1]))
      return seam_json_fail(json, at, "invalid escape");
    json->at = at + 2;
    return 1;
  }
  unit = hex_unit(at, json->end);
  if (unit < 0) return seam_json_fail(json, at, "invalid escape");
  json->at = at + 6;
  if (is_low_surrogate(unit)) return seam_json_fail(json, at, "lone surrogate");
  if (!is_high_surrogate(unit)) return 1;
  if (!is_low_surrogate(hex_unit(json->at, json->end)))
    return seam_json_fail(json, at, "lone surrogate");
  json->at += 6;
  return 1;
}

int seam_json_read_string(seam_json *json, seam_json_string *string) {
  const char *quote = json->at - 1;
  string->bytes = json->at;
  string->escaped = 0;
  for (;;) {
    const char *at = json->at = seam_json_skip_plain(json->at, json->end);
    if (at == json->end) return seam_json_fail(json, quote, "unfinished string");
    if (*at == '"') {
      string->length = (size_t)(at - string->bytes);
      json->at = at + 1;
      return 1;
    } else if (*at == '\\') {
      string->escaped = 1;
      if (!check_escape(json)) return 0;
    } else if ((unsigned char)*at < 0x20) {
      return seam_json_fail(json, at, "control character in a string");
    } else {
      size_t length = utf8_length(at, json->end);
      if (length == 0) return seam_json_fail(json, at, "invalid UTF-8");
      json->at = at + length;
    }
  }
}

static char *put_utf8(char *to, long code) {
  if (code < 0x80) {
    *to++ = (char)code;
  } else if (code < 0x800) {
    *to++ = (char)(0xC0 | (code >> 6));
    *to++ = (char)(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    *to++ = (char)(0xE0 | (code >> 12));
    *to++ = (char)(0x80 | ((code >> 6) & 0x3F));
    *to++ = (char)(0x80 | (code & 0x3F));
  } else {
    *to++ = (char)(0xF0 | (code >> 18));
    *to++ = (char)(0x80 | ((code >> 12) & 0x3F));
    *to++ = (char)(0x80 | ((code >> 6) & 0x3F));
    *to++ = (char)(0x80 | (code & 0x3F));
  }
  return to;
}

static char short_escape(char letter) {
  switch (letter) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return letter;
  }
}

/* Writes the value of the escape at *from and moves *from behind it. */
static char *put_escape(char *to, const char **from, const char *end) {
  const char *at = *from;
  long unit;
  if (at[1] != 'u') {
    *from = at + 2;
    *to = short_escape(at[1]);
    return to + 1;
  }
  unit = hex_unit(at, end);
  *from = at + 6;
  if (is_high_surrogate(unit)) {
    unit = 0x10000 + ((unit - 0xD800) << 10) + (hex_unit(at + 6, end) - 0xDC00);
    *from = at + 12;
  }
  return put_utf8(to, unit);
}

size_t seam_json_unescape(const seam_json_string *string, char *to) {
  const char *from = string->bytes, *end = from + string->length;
  char *start = to;
  while (from < end) {
    const char *slash = memchr(from, '\\', (size_t)(end - from));
    size_t plain = (size_t)((slash ? slash : end) - from);
    memcpy(to, from, plain);
    to += plain;
    from += plain;
    if (slash) to = put_escape(to, &from, end);
  }
  return (size_t)(to - start);
}
