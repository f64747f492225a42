/* SPDX-License-Identifier: MIT
 * stopwatch <times> [NAME=value ...] <program> [arguments]: runs a program so often, one run after
 * the other, and prints the wall and processor seconds of a run and the most KiB of memory that one
 * had. Nothing but the program runs in that time: no shell, no env. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double seconds_of(struct timeval time) {
  return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* 0, or the status that says why it was none. */
static int run(char **command, struct rusage *usage) {
  int status;
  pid_t child = fork();
  if (child < 0) return 1;
  if (child == 0) {
    execvp(command[0], command);
    _exit(127);
  }
  if (wait4(child, &status, 0, usage) != child) return 1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv) {
  int times = argc > 2 ? atoi(argv[1]) : 0, i;
  char **command = argv + 2;
  double started, processor = 0;
  long memory = 0;
  if (times < 1)
    return fputs("stopwatch <times> [NAME=value ...] <program> [arguments]\n", stderr), 2;
  while (*command != NULL && strchr(*command, '=') != NULL) putenv(*command++);
  started = now();
  for (i = 0; i < times; i++) {
    struct rusage usage;
    int status = run(command, &usage);
    if (status != 0) return status;
    processor += seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
    if (usage.ru_maxrss > memory) memory = usage.ru_maxrss;
  }
  printf("process wall=%.9f cpu=%.9f kib=%ld\n", (now() - started) / times, processor / times,
         memory);
  return 0;
}
