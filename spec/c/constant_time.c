/* SPDX-License-Identifier: MIT
 * Compares two digests as the core does, for valgrind: `constant_time <position>` with one byte
 * different there (44: none); with "undefined" memcheck is told that one of them is secret. */
#include <stdio.h>
#include <string.h>

#include "digest.h"

#if defined(__has_include)
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#endif
#endif
#ifndef VALGRIND_MAKE_MEM_UNDEFINED
#define VALGRIND_MAKE_MEM_UNDEFINED(address, size) ((void)0)
#define VALGRIND_MAKE_MEM_DEFINED(address, size) ((void)0)
#endif

#define LENGTH 44

/* What the checks must find: the loop that stops at the first difference. */
static int compare_early_out(const char *a, size_t a_length, const char *b, size_t b_length) {
  size_t i;
  if (a_length != b_length) return 0;
  for (i = 0; i < a_length; i++) {
    if (a[i] != b[i]) return 0;
  }
  return 1;
}

typedef int comparison(const char *, size_t, const char *, size_t);

static comparison *volatile compare;

/* A function of its own, so that callgrind can count what happens in it. */
int compare_once(const char *a, const char *b);

__attribute__((noinline)) int compare_once(const char *a, const char *b) {
  return compare(a, LENGTH, b, LENGTH);
}

int main(int count, char **arguments) {
  char own[LENGTH], given[LENGTH];
  int position, equal, is_naive = count > 2 && strcmp(arguments[2], "naive") == 0;
  compare = is_naive ? compare_early_out : seam_digest_equal;
  memset(own, 'x', sizeof own);
  memset(given, 'x', sizeof given);
  if (count > 1 && strcmp(arguments[1], "undefined") == 0) {
    VALGRIND_MAKE_MEM_UNDEFINED(own, sizeof own);
    equal = compare_once(own, given);
    VALGRIND_MAKE_MEM_DEFINED(&equal, sizeof equal);
    return equal ? 0 : 1;
  }
  compare_once(own, given); /* the first call is bound by the linker on its way */
  for (position = 0; position <= LENGTH; position++) {
    memset(given, 'x', sizeof given);
    if (position < LENGTH) given[position] = 'y';
    if (compare_once(own, given) != (position == LENGTH)) return 2;
  }
  return 0;
}
