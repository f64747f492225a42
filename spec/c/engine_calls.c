/* SPDX-License-Identifier: MIT
 * The engine without Lua, for the sanitizers: engine_calls <threads> <calls>. Threads make calls as
 * nginx would, leave them at every moment, and every write that was left must be told of once. */
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "engine.h"
#include "local_server.h"
#include "pool.h"

#define MOST_THREADS 16

static local_server server;

/* ---- what is between the engine and the system (ld's --wrap) ---- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_seam_pool_close(seam_pool *pool);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_seam_pool_close(seam_pool *pool);

/* How many allocations of this thread succeed before the next one fails; negative: all. */
static __thread int allocations_left = -1;
static int is_stuck;

static int may_allocate(void) {
  if (allocations_left < 0) return 1;
  return allocations_left-- > 0;
}

void *__wrap_malloc(size_t size) {
  return may_allocate() ? __real_malloc(size) : NULL;
}

void *__wrap_calloc(size_t count, size_t size) {
  return may_allocate() ? __real_calloc(count, size) : NULL;
}

void *__wrap_realloc(void *old, size_t size) {
  return may_allocate() ? __real_realloc(old, size) : NULL;
}

/* As when libcurl waits for a name server that is asked without end. */
void __wrap_seam_pool_close(seam_pool *pool) {
  if (__atomic_load_n(&is_stuck, __ATOMIC_ACQUIRE)) (void)seam_clock_sleep(60);
  __real_seam_pool_close(pool);
}

#define CHECK(condition)                                      \
  do {                                                        \
    if (!(condition)) {                                       \
      fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
      exit(1);                                                \
    }                                                         \
  } while (0)

typedef struct caller {
  pthread_t thread;
  int calls;
  int left_writes; /* that nobody waited for to the end */
  seam_engine_hold hold;
  seam_engine_address address;
  int connection; /* -1: none */
} caller;

/* ---- the part of nginx ---- */

static int connect_to(const seam_engine_address *address) {
  struct sockaddr_un name;
  int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  memset(&name, 0, sizeof name);
  name.sun_family = AF_UNIX;
  snprintf(name.sun_path, sizeof name.sun_path, "/proc/self/fd/%d", address->place);
  CHECK(connection >= 0);
  CHECK(connect(connection, (struct sockaddr *)&name, sizeof name) == 0);
  return connection;
}

static void hang_up(caller *self) {
  if (self->connection >= 0) close(self->connection);
  self->connection = -1;
}

static void send_id(caller *self, const seam_id *id) {
  if (self->connection < 0) self->connection = connect_to(&self->address);
  /* In two pieces: an id may arrive so. */
  CHECK(send(self->connection, id->bytes, 3, MSG_NOSIGNAL) == 3);
  CHECK(send(self->connection, id->bytes + 3, sizeof id->bytes - 3, MSG_NOSIGNAL) == 5);
}

static char wait_for_byte(const caller *self) {
  char byte = '?';
  CHECK(recv(self->connection, &byte, 1, 0) == 1);
  return byte;
}

static void acquire(caller *self) {
  const char *refusal = seam_engine_acquire(&self->hold, &self->address);
  if (refusal != NULL) fprintf(stderr, "%s\n", refusal);
  CHECK(refusal == NULL);
}

/* ---- calls ---- */

static seam_text text_of(const char *bytes) {
  seam_text text;
  text.bytes = bytes;
  text.length = strlen(bytes);
  return text;
}

static seam_id submit(const caller *self, int reads, const char *device, double timeout) {
  char url[160], body[160];
  seam_transfer *transfer = seam_transfer_new();
  seam_request request;
  seam_id id;
  seam_request_init(&request);
  snprintf(url, sizeof url, "http://127.0.0.1:%d/%s", server.port,
           reads ? "devices/get?pin=1234" : "locks/unlock_door?pin=1234");
  snprintf(body, sizeof body, "{\"device_id\":\"%s\"}", device);
  request.method = text_of("POST");
  request.url = text_of(url);
  request.body = text_of(body);
  request.reads = reads;
  request.timeout = timeout;
  CHECK(transfer != NULL);
  CHECK(seam_transfer_add_header(transfer, "X-Key: secret", 13) == SEAM_OK);
  CHECK(seam_engine_submit(&self->hold, transfer, &request, &id) == SEAM_OK);
  memset(url, '#', sizeof url); /* the job must have its own copies */
  memset(body, '#', sizeof body);
  return id;
}

static void check_answer(const seam_id *id) {
  seam_transfer *transfer = seam_engine_take(id);
  CHECK(transfer != NULL);
  CHECK(transfer->failure == SEAM_OK && transfer->status == 200);
  seam_transfer_free(transfer);
  CHECK(seam_engine_take(id) == NULL);
}

static void call(caller *self) {
  seam_id id = submit(self, 1, "fine", 20);
  send_id(self, &id);
  CHECK(wait_for_byte(self) == '1');
  check_answer(&id);
}

static void wait_for_writes(void) {
  double latest = seam_clock_now() + 20;
  while (seam_engine_writes() > 0) CHECK(seam_clock_now() < latest);
}

/* Never begun: nothing was sent, and its id means nothing. */
static void leave_new(caller *self) {
  seam_id id = submit(self, 0, "fine", 20);
  CHECK(seam_engine_take(&id) == NULL);
  CHECK(seam_engine_drop(&id) == 0);
  send_id(self, &id);
  CHECK(wait_for_byte(self) == '0');
}

/* Broken off when its waiter leaves, unless it had not begun. */
static void leave_read(caller *self) {
  seam_id id = submit(self, 1, "hang", 20);
  double latest = seam_clock_now() + 1;
  seam_transfer *transfer = NULL;
  send_id(self, &id);
  (void)seam_clock_sleep(0.001);
  hang_up(self);
  while (transfer == NULL && seam_clock_now() < latest) transfer = seam_engine_take(&id);
  if (transfer == NULL) {
    CHECK(seam_engine_drop(&id) == 0);
  } else {
    CHECK(transfer->failure == SEAM_CANCELLED);
  }
  seam_transfer_free(transfer);
}

/* The waiter stays, the job is let go of. */
static void let_go(caller *self, int reads, const char *device, double pause) {
  seam_id id = submit(self, reads, device, 0.05);
  send_id(self, &id);
  (void)seam_clock_sleep(pause);
  if (seam_engine_drop(&id)) {
    self->left_writes += !reads;
    CHECK(wait_for_byte(self) == '1');
  } else {
    CHECK(wait_for_byte(self) == '0');
  }
}

/* The waiter leaves when the job has begun; its maker lets go some time later. */
static void leave_write(caller *self, const char *device, double pause) {
  seam_id id = submit(self, 0, device, 0.5);
  double latest = seam_clock_now() + 20;
  send_id(self, &id);
  while (seam_engine_writes() == 0) CHECK(seam_clock_now() < latest);
  hang_up(self);
  (void)seam_clock_sleep(pause);
  self->left_writes += seam_engine_drop(&id);
  wait_for_writes();
}

static void speak_nonsense(caller *self) {
  seam_id id;
  memset(id.bytes, 0xff, sizeof id.bytes);
  send_id(self, &id);
  CHECK(wait_for_byte(self) == '0');
}

static void one_call(caller *self, int number) {
  double pause = number / 10 % 4 * 0.0005;
  switch (number % 10) {
    case 0: leave_new(self); return;
    case 1: leave_read(self); return;
    case 2: let_go(self, 1, "hang", pause); return;
    case 3: let_go(self, 0, "fine", pause); return;
    case 4: let_go(self, 0, "hang", pause); return;
    case 5: speak_nonsense(self); return;
    default: call(self); return;
  }
}

static void *run(void *given) {
  caller *self = given;
  int i;
  for (i = 0; i < self->calls; i++) {
    if (i % 50 == 0) {
      hang_up(self);
      seam_engine_release(&self->hold);
      acquire(self);
    }
    one_call(self, i);
  }
  hang_up(self);
  seam_engine_release(&self->hold);
  return NULL;
}

/* ---- what must hold ---- */

/* Each write that was left is told of once, without what is secret. */
static int count_outcomes(void) {
  char line[SEAM_OUTCOME_LENGTH];
  int count = 0;
  while (seam_engine_next_outcome(line)) {
    int more = atoi(line);
    CHECK(strstr(line, "1234") == NULL && strstr(line, "secret") == NULL);
    count += more > 0 ? more : 1;
  }
  return count;
}

static void run_threads(int threads, int calls) {
  static caller callers[MOST_THREADS];
  caller main_caller = {0};
  int i, left = 0, told;
  acquire(&main_caller); /* so that no outcome goes with the engine */
  for (i = 0; i < threads; i++) {
    callers[i].calls = calls;
    callers[i].connection = -1;
    CHECK(pthread_create(&callers[i].thread, NULL, run, &callers[i]) == 0);
  }
  for (i = 0; i < threads; i++) {
    pthread_join(callers[i].thread, NULL);
    left += callers[i].left_writes;
  }
  wait_for_writes();
  told = count_outcomes();
  seam_engine_release(&main_caller.hold);
  printf("%d threads of %d calls, %d writes left, %d told of\n", threads, calls, left, told);
  CHECK(told == left);
}

/* One at a time: when exactly the waiter leaves is known then. */
static void leave_writes(void) {
  caller self = {0};
  int told;
  self.connection = -1;
  acquire(&self);
  leave_write(&self, "hang", 0);
  leave_write(&self, "hang", 0.002);
  leave_write(&self, "hang", 1);
  told = count_outcomes();
  seam_engine_release(&self.hold);
  CHECK(self.left_writes == 3);
  CHECK(told == 3);
}

/* An id that is in use, and one that comes while another is: neither begins anything. */
static void use_ids_twice(void) {
  caller self = {0}, other;
  seam_id first, second;
  char byte;
  self.connection = -1;
  acquire(&self);
  other = self;
  first = submit(&self, 0, "hang", 0.5);
  second = submit(&self, 0, "hang", 0.5);
  send_id(&self, &first);
  while (seam_engine_writes() == 0) continue;
  send_id(&other, &first);
  CHECK(wait_for_byte(&other) == '0');
  CHECK(send(self.connection, second.bytes, sizeof second.bytes, MSG_NOSIGNAL) == 8);
  CHECK(recv(self.connection, &byte, 1, 0) <= 0); /* hung up on */
  CHECK(seam_engine_drop(&second) == 0);
  CHECK(seam_engine_drop(&first) == 1);
  wait_for_writes();
  CHECK(count_outcomes() == 1);
  hang_up(&self);
  hang_up(&other);
  seam_engine_release(&self.hold);
}

static int count_descriptors(void) {
  DIR *folder = opendir("/proc/self/fd");
  int count = 0;
  CHECK(folder != NULL);
  while (readdir(folder) != NULL) count++;
  closedir(folder);
  return count;
}

/* Stopped with calls in every state; nothing stays behind, and dead ids stay dead. */
static void start_and_stop(void) {
  int i, before = 0;
  for (i = 0; i < 30; i++) {
    caller self = {0};
    seam_id fresh, running, done;
    self.connection = -1;
    acquire(&self);
    done = submit(&self, 0, "fine", 20);
    send_id(&self, &done);
    CHECK(wait_for_byte(&self) == '1');
    fresh = submit(&self, 0, "fine", 20);
    running = submit(&self, i % 2, "hang", 20);
    send_id(&self, &running);
    if (i % 3 == 0) (void)seam_engine_drop(&running);
    seam_engine_release(&self.hold);
    hang_up(&self);
    CHECK(seam_engine_take(&done) == NULL && seam_engine_take(&fresh) == NULL);
    CHECK(seam_engine_drop(&running) == 1);
    if (i == 0) before = count_descriptors();
  }
  CHECK(count_descriptors() == before);
}

/* Every allocation of a submit fails once: nothing is lost, nothing is sent. */
static void starve(void) {
  caller self = {0};
  seam_failure failure = SEAM_MEMORY;
  int i;
  self.connection = -1;
  for (i = 0; failure == SEAM_MEMORY; i++) {
    seam_transfer *transfer = seam_transfer_new();
    seam_request request;
    seam_id id;
    CHECK(i < 100);
    seam_request_init(&request);
    request.method = text_of("POST");
    request.url = text_of("http://127.0.0.1:1/locks/unlock_door");
    request.body = text_of("{}");
    request.proxy = text_of("http://127.0.0.1:2");
    allocations_left = i;
    if (seam_engine_acquire(&self.hold, &self.address) == NULL) {
      failure = seam_engine_submit(&self.hold, transfer, &request, &id);
    }
    allocations_left = -1;
    if (failure == SEAM_OK) {
      CHECK(seam_engine_drop(&id) == 0);
    } else {
      seam_transfer_free(transfer);
    }
  }
  CHECK(i > 4); /* the engine, the job and its texts */
  seam_engine_release(&self.hold);
}

/* The last one: the thread is left behind, with what it uses. */
static void stop_while_stuck(void) {
  caller self = {0};
  double started;
  self.connection = -1;
  acquire(&self);
  call(&self);
  hang_up(&self);
  __atomic_store_n(&is_stuck, 1, __ATOMIC_RELEASE);
  started = seam_clock_now();
  seam_engine_release(&self.hold);
  started = seam_clock_now() - started;
  CHECK(started > 1.5 && started < 10);
  __atomic_store_n(&is_stuck, 0, __ATOMIC_RELEASE);
  acquire(&self);
  call(&self);
  seam_engine_release(&self.hold);
  hang_up(&self);
}

#ifndef SEAM_NO_FORK
/* The child's engine is its own; the parent's call goes on. */
static void fork_once(void) {
  caller self = {0};
  seam_id id;
  pid_t child;
  int status;
  self.connection = -1;
  acquire(&self);
  id = submit(&self, 1, "hang", 1);
  send_id(&self, &id);
  child = fork();
  if (child == 0) {
    caller own = self;
    own.connection = -1;
    CHECK(seam_engine_take(&id) == NULL);
    CHECK(seam_engine_drop(&id) == 1);
    seam_engine_release(&own.hold);
    acquire(&own);
    call(&own);
    hang_up(&own);
    seam_engine_release(&own.hold);
    _exit(0);
  }
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
  CHECK(wait_for_byte(&self) == '1');
  CHECK(seam_engine_drop(&id) == 1);
  call(&self);
  hang_up(&self);
  seam_engine_release(&self.hold);
}
#endif

int main(int count, char **arguments) {
  if (count != 3 || local_server_start(&server) != 0) return 2;
  leave_writes();
  use_ids_twice();
  run_threads(atoi(arguments[1]), atoi(arguments[2]));
  start_and_stop();
#ifndef SEAM_NO_FORK
  fork_once();
#endif
  starve();
  stop_while_stuck();
  local_server_stop(&server);
  puts("done");
  return 0;
}
