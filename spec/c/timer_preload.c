/* SPDX-License-Identifier: MIT
 * A host with a timer, for specs: from its start on the process gets SIGALRM every 500 us, and the
 * handler interrupts system calls. How many came is said at the end, on standard error. */
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/time.h>

#define MICROSECONDS 500

static volatile sig_atomic_t ticks;

static void on_tick(int number) {
  (void)number;
  ticks++;
}

__attribute__((constructor)) static void start(void) {
  struct sigaction action = {0};
  struct itimerval timer = {{0, MICROSECONDS}, {0, MICROSECONDS}};
  action.sa_handler = on_tick; /* without SA_RESTART */
  sigaction(SIGALRM, &action, NULL);
  setitimer(ITIMER_REAL, &timer, NULL);
}

__attribute__((destructor)) static void stop(void) {
  struct itimerval never = {{0, 0}, {0, 0}};
  setitimer(ITIMER_REAL, &never, NULL);
  fprintf(stderr, "ticks %d\n", (int)ticks);
}
