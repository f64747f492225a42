/* SPDX-License-Identifier: MIT
 * Stands before getaddrinfo, for specs: names under fault.test fail or hang, all others are real.
 *
 *   stuck-<milliseconds>-<anything>.fault.test    sleeps so long, then finds nothing
 *   missing-<anything>.fault.test                 not found
 *   again-<anything>.fault.test                   try again
 *   <anything else>.fault.test                    127.0.0.1
 *
 * A name fails when it is asked for the first time; from then on it is 127.0.0.1. */
#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_NAMES 512
#define LONGEST_NAME 128

typedef int resolve_function(const char *, const char *, const struct addrinfo *,
                             struct addrinfo **);

static const char suffix[] = ".fault.test";

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char asked[MOST_NAMES][LONGEST_NAME];
static int asked_count;

static int is_ours(const char *name) {
  size_t length = name == NULL ? 0 : strlen(name);
  return length >= sizeof suffix && length < LONGEST_NAME &&
         strcmp(name + length - (sizeof suffix - 1), suffix) == 0;
}

static int is_first_time(const char *name) {
  int i, first = 1;
  pthread_mutex_lock(&lock);
  for (i = 0; i < asked_count; i++) {
    if (strcmp(asked[i], name) == 0) first = 0;
  }
  if (first && asked_count < MOST_NAMES) strcpy(asked[asked_count++], name);
  pthread_mutex_unlock(&lock);
  return first;
}

static void sleep_milliseconds(long milliseconds) {
  struct timespec left;
  left.tv_sec = milliseconds / 1000;
  left.tv_nsec = milliseconds % 1000 * 1000000L;
  while (nanosleep(&left, &left) != 0) continue;
}

static resolve_function *real_one(void) {
  union {
    void *object;
    resolve_function *function;
  } found;
  found.object = dlsym(RTLD_NEXT, "getaddrinfo");
  return found.function;
}

__attribute__((visibility("default"))) int getaddrinfo(const char *name, const char *service,
                                                       const struct addrinfo *hints,
                                                       struct addrinfo **found) {
  if (is_ours(name)) {
    int first = is_first_time(name);
    if (first && strncmp(name, "missing-", 8) == 0) return EAI_NONAME;
    if (first && strncmp(name, "again-", 6) == 0) return EAI_AGAIN;
    if (first && strncmp(name, "stuck-", 6) == 0) {
      sleep_milliseconds(strtol(name + 6, NULL, 10));
      return EAI_NONAME;
    }
    name = "127.0.0.1";
  }
  return real_one()(name, service, hints, found);
}
