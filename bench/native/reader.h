/* SPDX-License-Identifier: MIT
 * What is done with the bodies: nothing (c-limit), or Lua tables (c-bound). */
#ifndef BENCH_READER_H
#define BENCH_READER_H

#include <stddef.h>

/* Once, before the first body. */
void reader_open(void);

/* Takes one body; a closing NUL stands behind it. */
void reader_take(const char *bytes, size_t length);

/* 0 where bodies may be dropped as they come. */
int reader_wants_bodies(void);

#endif
