/* SPDX-License-Identifier: MIT */
/* libFuzzer target for the JSON decoder. Oracle: a second, slow reading of the grammar written on
   its own must accept exactly what the decoder accepts; the input must stay as it is. */

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_memory.h"
#include "lauxlib.h"
#include "ljson.h"
#include "lua.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A grammar reader: `at` moves on while things match. */
typedef struct grammar {
  const uint8_t *at;
  const uint8_t *end;
} grammar;

static int peek(const grammar *g) {
  return g->at < g->end ? *g->at : -1;
}

static int eat(grammar *g, const char *set) {
  int c = peek(g);
  if (c <= 0 || !strchr(set, c)) return 0;
  g->at++;
  return 1;
}

static void eat_blanks(grammar *g) {
  while (eat(g, " \t\r\n")) continue;
}

static int eat_word(grammar *g, const char *word) {
  size_t length = strlen(word);
  if ((size_t)(g->end - g->at) < length || memcmp(g->at, word, length) != 0) return 0;
  g->at += length;
  return 1;
}

#define DIGITS "0123456789"

static int eat_number(grammar *g) {
  const uint8_t *start = g->at;
  char *copy;
  double value;
  eat(g, "-");
  if (!eat(g, "0")) {
    if (!eat(g, "123456789")) return 0;
    while (eat(g, DIGITS)) continue;
  }
  if (eat(g, ".")) {
    if (!eat(g, DIGITS)) return 0;
    while (eat(g, DIGITS)) continue;
  }
  if (eat(g, "eE")) {
    eat(g, "+-");
    if (!eat(g, DIGITS)) return 0;
    while (eat(g, DIGITS)) continue;
  }
  copy = calloc(1, (size_t)(g->at - start) + 1);
  if (!copy) abort();
  memcpy(copy, start, (size_t)(g->at - start));
  value = strtod(copy, NULL);
  free(copy);
  return !isinf(value);
}

/* The code point of one character by the bit patterns of RFC 3629, or -1. */
static long eat_character(grammar *g) {
  static const long smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  int lead = peek(g), length = 1, i;
  long code = lead;
  if (lead < 0) return -1;
  if (lead >= 0xF8 || (lead & 0xC0) == 0x80) return -1;
  if (lead >= 0xF0) length = 4, code = lead & 7;
  else if (lead >= 0xE0) length = 3, code = lead & 15;
  else if (lead >= 0xC0) length = 2, code = lead & 31;
  g->at++;
  for (i = 1; i < length; i++) {
    if (peek(g) < 0 || (peek(g) & 0xC0) != 0x80) return -1;
    code = code << 6 | (*g->at++ & 0x3F);
  }
  if (code < smallest[length] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return -1;
  return code;
}

static long eat_unit(grammar *g) {
  char digits[5] = {0};
  int i;
  for (i = 0; i < 4; i++) {
    digits[i] = (char)peek(g);
    if (!eat(g, DIGITS "abcdefABCDEF")) return -1;
  }
  return strtol(digits, NULL, 16);
}

static int eat_escape(grammar *g) {
  long unit;
  if (eat(g, "\"\\/bfnrt")) return 1;
  if (!eat(g, "u")) return 0;
  unit = eat_unit(g);
  if (unit >= 0xD800 && unit < 0xDC00) {
    if (!eat(g, "\\") || !eat(g, "u")) return 0;
    unit = eat_unit(g);
    return unit >= 0xDC00 && unit < 0xE000;
  }
  return unit >= 0 && (unit < 0xDC00 || unit >= 0xE000);
}

static int eat_string(grammar *g) {
  if (!eat(g, "\"")) return 0;
  for (;;) {
    if (eat(g, "\"")) return 1;
    if (eat(g, "\\")) {
      if (!eat_escape(g)) return 0;
    } else if (eat_character(g) < 0x20) {
      return 0;
    }
  }
}

static int eat_value(grammar *g, int depth);

static int eat_members(grammar *g, int depth, const char *closing, int named) {
  if (depth == 0) return 0;
  eat_blanks(g);
  if (eat(g, closing)) return 1;
  do {
    eat_blanks(g);
    if (named) {
      if (!eat_string(g)) return 0;
      eat_blanks(g);
      if (!eat(g, ":")) return 0;
      eat_blanks(g);
    }
    if (!eat_value(g, depth - 1)) return 0;
    eat_blanks(g);
  } while (eat(g, ","));
  return eat(g, closing);
}

static int eat_value(grammar *g, int depth) {
  if (peek(g) == '"') return eat_string(g);
  if (eat(g, "[")) return eat_members(g, depth, "]", 0);
  if (eat(g, "{")) return eat_members(g, depth, "}", 1);
  return eat_word(g, "true") || eat_word(g, "false") || eat_word(g, "null") || eat_number(g);
}

static int is_json(const uint8_t *data, size_t size) {
  grammar g;
  g.at = data;
  g.end = data + size;
  eat_blanks(&g);
  if (!eat_value(&g, LJSON_DEFAULT_DEPTH)) return 0;
  eat_blanks(&g);
  return g.at == g.end;
}

static void require_that(int truth, const char *what) {
  if (truth) return;
  fprintf(stderr, "broken: %s\n", what);
  abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static lua_State *L;
  static unsigned runs;
  char *copy = malloc(size ? size : 1); /* its own block, so that ASan sees a read past the end */
  int pushed;
  if (!copy) abort();
  if (!L) {
    L = lua_newstate(fuzz_allocate, NULL);
    if (!L) abort();
    lua_gc(L, LUA_GCGEN, 0, 0);
  }
  if (size) memcpy(copy, data, size);
  pushed = ljson_decode_bytes(L, copy, size, LJSON_DEFAULT_DEPTH);
  require_that(pushed == lua_gettop(L), "the count of values pushed");
  require_that(pushed == 1 || (lua_isnil(L, 1) && lua_isstring(L, 2)), "nil and a reason");
  require_that((pushed == 1) == is_json(data, size), "accepted exactly what the grammar accepts");
  require_that(size == 0 || memcmp(copy, data, size) == 0, "the input was not written to");
  lua_settop(L, 0);
  if (++runs % 4096 == 0) lua_gc(L, LUA_GCCOLLECT, 0);
  free(copy);
  return 0;
}
