/* SPDX-License-Identifier: MIT
 * A wall clock that specs set: SEAM_WALL=<seconds> stops it there; SEAM_WALL_JUMPS=<milliseconds>
 * moves it an hour on, an hour back and home again in turn, so often. The monotonic clock is the
 * machine's. */
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#define HOUR 3600

typedef int (*clock_gettime_function)(clockid_t id, struct timespec *time);

static clock_gettime_function real_clock_gettime;
static double stopped_at; /* 0: it goes */
static long jump_milliseconds;

__attribute__((constructor)) static void start(void) {
  const char *wall = getenv("SEAM_WALL"), *jumps = getenv("SEAM_WALL_JUMPS");
  void *symbol = dlsym(RTLD_NEXT, "clock_gettime");
  /* ISO C has no cast from an object's address to a function's. */
  *(void **)(&real_clock_gettime) = symbol;
  if (wall != NULL) stopped_at = strtod(wall, NULL);
  if (jumps != NULL) jump_milliseconds = strtol(jumps, NULL, 10);
}

static long hours_off(void) {
  struct timespec now;
  if (jump_milliseconds <= 0) return 0;
  real_clock_gettime(CLOCK_MONOTONIC, &now);
  switch ((now.tv_sec * 1000 + now.tv_nsec / 1000000) / jump_milliseconds % 3) {
    case 0: return 1;
    case 1: return -1;
    default: return 0;
  }
}

static int is_wall(clockid_t id) {
  return id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE;
}

__attribute__((visibility("default"))) int clock_gettime(clockid_t id, struct timespec *time) {
  int status;
  if (real_clock_gettime == NULL) start(); /* somebody else's constructor came first */
  status = real_clock_gettime(id, time);
  if (status != 0 || !is_wall(id)) return status;
  if (stopped_at > 0) {
    time->tv_sec = (time_t)stopped_at;
    time->tv_nsec = (long)((stopped_at - (double)time->tv_sec) * 1e9);
  } else {
    time->tv_sec += hours_off() * HOUR;
  }
  return 0;
}

__attribute__((visibility("default"))) time_t time(time_t *result) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (result != NULL) *result = now.tv_sec;
  return now.tv_sec;
}

__attribute__((visibility("default"))) int gettimeofday(struct timeval *restrict result,
                                                        void *restrict zone) {
  struct timespec now;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &now);
  result->tv_sec = now.tv_sec;
  result->tv_usec = now.tv_nsec / 1000;
  return 0;
}
