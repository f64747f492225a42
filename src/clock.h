/* SPDX-License-Identifier: MIT
 * Time: the monotonic clock every deadline hangs on, the wall clock, sleep, HTTP dates. */
#ifndef SEAM_CLOCK_H
#define SEAM_CLOCK_H

#include <stddef.h>

/* Seconds since an arbitrary moment; never jumps. */
double seam_clock_now(void);

/* Seconds since 1970-01-01 UTC; jumps when somebody sets the clock. */
double seam_clock_wall(void);

/* Sleeps; a signal handler ends it early. Returns the seconds that were left, 0 when none. */
double seam_clock_sleep(double seconds);

/* Milliseconds, rounded up so that nobody wakes a moment too early, within 0..24 days. */
long seam_clock_milliseconds(double seconds);

/* One of the three date forms of HTTP. Returns 0 and the epoch seconds, or -1. */
int seam_clock_parse_http_date(const char *text, size_t length, double *epoch);

#endif
