/* SPDX-License-Identifier: MIT
 * Time by clock_gettime and nanosleep; dates by libcurl's parser. */
#include "clock.h"

#include <ctype.h>
#include <curl/curl.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <string.h>
#include <time.h>

/* Long enough for anybody, small enough for an int of milliseconds and for time_t. */
#define LONGEST_SECONDS 2000000.0

/* The shortest and the longest a date of HTTP can be, with some room for odd zone names. */
#define SHORTEST_DATE 24
#define LONGEST_DATE 40

static double read_clock(clockid_t id) {
  struct timespec time;
  clock_gettime(id, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

double seam_clock_now(void) {
  return read_clock(CLOCK_MONOTONIC);
}

double seam_clock_wall(void) {
  return read_clock(CLOCK_REALTIME);
}

double seam_clock_sleep(double seconds) {
  struct timespec wanted, left;
  if (!(seconds > 0)) return 0;
  if (seconds > LONGEST_SECONDS) seconds = LONGEST_SECONDS;
  wanted.tv_sec = (time_t)seconds;
  wanted.tv_nsec = (long)((seconds - (double)wanted.tv_sec) * 1e9);
  if (nanosleep(&wanted, &left) == 0 || errno != EINTR) return 0;
  return (double)left.tv_sec + (double)left.tv_nsec / 1e9;
}

long seam_clock_milliseconds(double seconds) {
  if (!(seconds > 0)) return 0;
  if (seconds > LONGEST_SECONDS) seconds = LONGEST_SECONDS;
  return (long)ceil(seconds * 1000.0);
}

int seam_clock_parse_http_date(const char *text, size_t length, double *epoch) {
  char copy[LONGEST_DATE + 1];
  time_t seconds;
  if (length < SHORTEST_DATE || length > LONGEST_DATE) return -1;
  memcpy(copy, text, length);
  copy[length] = '\0';
  /* libcurl takes much more than HTTP's forms ("20261231"); a weekday and a time are asked for. */
  if (strlen(copy) != length || !isalpha((unsigned char)copy[0])) return -1;
  if (strchr(copy, ':') == NULL) return -1;
  seconds = curl_getdate(copy, NULL);
  if (seconds == (time_t)-1) return -1;
  *epoch = (double)seconds;
  return 0;
}
