/* SPDX-License-Identifier: MIT
 * The engine without Lua, for the sanitizers: engine_calls <threads> <calls>. Threads make calls as
 * nginx would, leave them at every moment, and every write that was left must be told of once. */
#include <dirent.h>
#include <errno.h>
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
#include "engine_refusals.h"
#include "local_server.h"
#include "pool.h"

#define MOST_THREADS 16

static local_server server;

/* ---- what is between the engine and the system (ld's --wrap) ---- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_seam_pool_close(seam_pool *pool);
size_t __real_seam_pool_step(seam_pool *pool, double seconds);
seam_failure __real_seam_pool_submit(seam_pool *pool, seam_transfer *transfer,
                                     const seam_request *request);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_seam_pool_close(seam_pool *pool);
size_t __wrap_seam_pool_step(seam_pool *pool, double seconds);
seam_failure __wrap_seam_pool_submit(seam_pool *pool, seam_transfer *transfer,
                                     const seam_request *request);

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
  return may_allocate() && !engine_must_refuse("calloc") ? __real_calloc(count, size) : NULL;
}

void *__wrap_realloc(void *old, size_t size) {
  return may_allocate() ? __real_realloc(old, size) : NULL;
}

/* As when libcurl waits for a name server that is asked without end. */
void __wrap_seam_pool_close(seam_pool *pool) {
  if (__atomic_load_n(&is_stuck, __ATOMIC_ACQUIRE)) (void)seam_clock_sleep(60);
  __real_seam_pool_close(pool);
}

/* A job that is let go of at a moment that nobody outside can choose: while the thread gives it to
 * the pool, or when the pool has just finished with it. */
static seam_id let_go_of;
static int lets_go_in_submit, lets_go_after_step, is_late_after_step;

static int is_armed(int *moment) {
  return __atomic_exchange_n(moment, 0, __ATOMIC_ACQ_REL);
}

seam_failure __wrap_seam_pool_submit(seam_pool *pool, seam_transfer *transfer,
                                     const seam_request *request) {
  if (is_armed(&lets_go_in_submit)) (void)seam_engine_drop(&let_go_of);
  return __real_seam_pool_submit(pool, transfer, request);
}

size_t __wrap_seam_pool_step(seam_pool *pool, double seconds) {
  size_t count = __real_seam_pool_step(pool, seconds);
  if (seam_pool_in_flight(pool) == 0 && is_armed(&lets_go_after_step)) {
    (void)seam_engine_drop(&let_go_of);
  }
  if (is_armed(&is_late_after_step)) (void)seam_clock_sleep(0.1);
  return count;
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

/* All calls share them, as a client's do, and let go of them in whichever thread they end. */
static seam_lines *lines;

static void make_lines(void) {
  const char *refusal;
  lines = seam_lines_new();
  CHECK(lines != NULL && seam_lines_add(lines, "X-Key: secret", 13, &refusal) == SEAM_OK);
  CHECK(seam_lines_finish(lines) == SEAM_OK);
}

static seam_text text_of(const char *bytes) {
  seam_text text;
  text.bytes = bytes;
  text.length = strlen(bytes);
  return text;
}

static seam_id submit_transfer(const caller *self, seam_transfer *transfer, int port, int reads,
                               const char *device, double timeout) {
  char url[160], body[160];
  seam_request request;
  seam_id id;
  seam_request_init(&request);
  snprintf(url, sizeof url, "http://127.0.0.1:%d/%s", port,
           reads ? "devices/get?pin=1234" : "locks/unlock_door?pin=1234");
  snprintf(body, sizeof body, "{\"device_id\":\"%s\"}", device);
  request.method = text_of("POST");
  request.url = text_of(url);
  request.body = text_of(body);
  request.reads = reads;
  request.timeout = timeout;
  CHECK(transfer != NULL);
  transfer->lines = seam_lines_share(lines);
  CHECK(seam_engine_submit(&self->hold, transfer, &request, &id) == SEAM_OK);
  memset(url, '#', sizeof url); /* the job must have its own copies */
  memset(body, '#', sizeof body);
  return id;
}

static seam_id submit(const caller *self, int reads, const char *device, double timeout) {
  return submit_transfer(self, seam_transfer_new(), server.port, reads, device, timeout);
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

/* ---- what the system refuses ---- */

/* The beginning fails, says why, and leaves nothing open. */
static void refuse_start(const char *call, int nth, const char *said) {
  caller self = {0};
  int before = count_descriptors();
  const char *refusal;
  engine_refuse(call, nth, ENOMEM, ENGINE_REFUSED_HERE);
  refusal = seam_engine_acquire(&self.hold, &self.address);
  if (!engine_refuse_nothing()) fprintf(stderr, "nobody asked for %s\n", call);
  CHECK(refusal != NULL && strstr(refusal, said) != NULL);
  CHECK(count_descriptors() == before);
}

static void refuse_starts(void) {
  static const char *const socket_calls[] = {"mkdtemp", "socket", "bind",
                                             "listen",  "open",   "access"};
  size_t i;
  refuse_start("epoll_create1", 1, "descriptors");
  refuse_start("eventfd", 1, "descriptors");
  for (i = 0; i < sizeof socket_calls / sizeof socket_calls[0]; i++) {
    refuse_start(socket_calls[i], 1, "unix socket");
  }
  refuse_start("epoll_ctl", 1, "watches");
  refuse_start("epoll_ctl", 2, "watches");
  refuse_start("pthread_sigmask", 1, "thread");
  refuse_start("pthread_create", 1, "thread");
}

static void start_in(const char *folder, int is_possible) {
  caller self = {0};
  CHECK((folder == NULL ? unsetenv("TMPDIR") : setenv("TMPDIR", folder, 1)) == 0);
  CHECK((seam_engine_acquire(&self.hold, &self.address) == NULL) == is_possible);
  if (is_possible) seam_engine_release(&self.hold);
}

static void start_in_folders(void) {
  char folder[200];
  memset(folder, '/', sizeof folder);
  folder[sizeof folder - 1] = '\0'; /* a folder that there is, but a name too long for a socket */
  start_in(folder, 0);
  start_in("/nowhere", 0);
  start_in("/tmp", 1);
  start_in("", 1);
  start_in(NULL, 1);
}

/* A connection on which nothing is heard. */
static void expect_hang_up(caller *self) {
  char byte;
  self->connection = connect_to(&self->address);
  CHECK(recv(self->connection, &byte, 1, 0) <= 0);
  CHECK(engine_refuse_nothing());
  hang_up(self);
}

static void refuse_waiters(void) {
  static const char *const calls[] = {"getsockopt", "geteuid", "calloc", "epoll_ctl"};
  static const int passing[] = {EINTR, ECONNABORTED, EMFILE};
  caller self = {0};
  size_t i;
  self.connection = -1;
  acquire(&self);
  for (i = 0; i < sizeof calls / sizeof calls[0]; i++) {
    engine_refuse(calls[i], 1, ENOMEM, ENGINE_REFUSED_ELSEWHERE);
    expect_hang_up(&self);
  }
  for (i = 0; i < sizeof passing / sizeof passing[0]; i++) {
    engine_refuse("accept4", 1, passing[i], ENGINE_REFUSED_ELSEWHERE);
    call(&self);
    CHECK(engine_refuse_nothing());
    hang_up(&self);
  }
  seam_engine_release(&self.hold);
}

/* Bytes that cannot be read yet are read later. */
static void refuse_reading(int error) {
  caller self = {0};
  self.connection = -1;
  acquire(&self);
  engine_refuse("recv", 1, error, ENGINE_REFUSED_ELSEWHERE);
  call(&self);
  CHECK(engine_refuse_nothing());
  hang_up(&self);
  seam_engine_release(&self.hold);
}

/* Whoever left is gone though its connection was not read to the end. */
static void leave_unread(void) {
  caller self = {0};
  acquire(&self);
  engine_refuse("recv", 1, EAGAIN, ENGINE_REFUSED_ELSEWHERE);
  self.connection = connect_to(&self.address);
  hang_up(&self);
  while (!engine_has_refused()) continue;
  CHECK(engine_refuse_nothing());
  seam_engine_release(&self.hold);
}

/* Nobody waits for what is asked in the moment of leaving: of so many the engine, which is busy
 * with those before, finds some that did both. */
static void leave_while_asking(void) {
  static const char nobody[8] = {0};
  caller self = {0};
  int connections[64];
  size_t i;
  acquire(&self);
  for (i = 0; i < 64; i++) connections[i] = connect_to(&self.address);
  for (i = 0; i < 64; i++) {
    CHECK(send(connections[i], nobody, sizeof nobody, MSG_NOSIGNAL) == 8);
    close(connections[i]);
  }
  self.connection = -1;
  call(&self);
  hang_up(&self);
  seam_engine_release(&self.hold);
}

/* An id that can never be read begins nothing. */
static void lose_id(void) {
  caller self = {0};
  seam_id id;
  char byte;
  acquire(&self);
  engine_refuse("recv", 1, ECONNRESET, ENGINE_REFUSED_ELSEWHERE);
  id = submit(&self, 0, "fine", 20);
  self.connection = connect_to(&self.address);
  CHECK(send(self.connection, id.bytes, sizeof id.bytes, MSG_NOSIGNAL) == 8);
  CHECK(recv(self.connection, &byte, 1, 0) <= 0);
  CHECK(engine_refuse_nothing() && seam_engine_drop(&id) == 0);
  hang_up(&self);
  seam_engine_release(&self.hold);
}

/* Whatever cannot be watched, and without a handle: an answer or a failure, and never silence. */
static int call_refused(const char *refused, int nth) {
  caller self = {0};
  seam_transfer *transfer;
  seam_id id;
  char byte = '?';
  self.connection = -1;
  acquire(&self);
  id = submit(&self, 1, "fine", 20);
  engine_refuse(refused, nth, ENOMEM, ENGINE_REFUSED_ELSEWHERE);
  self.connection = connect_to(&self.address);
  (void)!send(self.connection, id.bytes, sizeof id.bytes, MSG_NOSIGNAL);
  if (recv(self.connection, &byte, 1, 0) == 1) {
    CHECK(byte == '1');
    transfer = seam_engine_take(&id);
    CHECK(transfer != NULL);
    CHECK(transfer->failure == SEAM_OK || transfer->failure == SEAM_MEMORY ||
          transfer->failure == SEAM_CLOSED);
    seam_transfer_free(transfer);
  } else {
    CHECK(seam_engine_drop(&id) == 0);
  }
  (void)seam_clock_sleep(0.01); /* the thread goes round once more */
  hang_up(&self);
  seam_engine_release(&self.hold);
  return engine_refuse_nothing();
}

static void refuse_calls(void) {
  int nth;
  CHECK(call_refused("curl_easy_init", 1));
  for (nth = 1; call_refused("epoll_ctl", nth); nth++) CHECK(nth < 30);
  CHECK(nth > 2);
}

/* What its users may ask wrongly. */
static void ask_wrongly(void) {
  caller self = {0}, nobody = {0};
  char line[SEAM_OUTCOME_LENGTH];
  seam_transfer *transfer = seam_transfer_new();
  seam_request request;
  seam_id id;
  seam_request_init(&request);
  request.method = text_of("GET");
  request.url = text_of("http://127.0.0.1:1");
  CHECK(seam_engine_writes() == 0 && !seam_engine_next_outcome(line));
  CHECK(seam_engine_submit(&nobody.hold, transfer, &request, &id) == SEAM_MEMORY);
  acquire(&self);
  CHECK(seam_engine_submit(&nobody.hold, transfer, &request, &id) == SEAM_MEMORY);
  request.body = text_of("{}");
  CHECK(seam_engine_submit(&self.hold, transfer, &request, &id) == SEAM_INVALID_REQUEST);
  request.method = text_of("POST");
  CHECK(seam_engine_submit(&self.hold, transfer, &request, &id) == SEAM_OK);
  CHECK(seam_engine_drop(&id) == 0 && seam_engine_drop(&id) == 1);
  seam_engine_release(&self.hold);
}

/* ---- moments of the thread ---- */

static void let_go_at(int *moment, int port, const char *told) {
  caller self = {0};
  char line[SEAM_OUTCOME_LENGTH];
  self.connection = -1;
  acquire(&self);
  let_go_of = submit_transfer(&self, seam_transfer_new(), port, 0, "fine", 5);
  __atomic_store_n(moment, 1, __ATOMIC_RELEASE);
  send_id(&self, &let_go_of);
  CHECK(wait_for_byte(&self) == '1');
  wait_for_writes();
  CHECK(seam_engine_next_outcome(line) && strstr(line, told) != NULL);
  CHECK(!seam_engine_next_outcome(line));
  hang_up(&self);
  seam_engine_release(&self.hold);
}

static void let_go_at_moments(void) {
  let_go_at(&lets_go_in_submit, server.port, "status 200");
  let_go_at(&lets_go_in_submit, 1, "it was not sent");
  let_go_at(&lets_go_after_step, server.port, "status 200");
}

/* The deadline passes while the thread does not look: it finds out at once when it does. */
static void be_late(void) {
  caller self = {0};
  seam_transfer *transfer;
  seam_id id;
  self.connection = -1;
  acquire(&self);
  id = submit(&self, 1, "hang", 0.05);
  __atomic_store_n(&is_late_after_step, 1, __ATOMIC_RELEASE);
  send_id(&self, &id);
  CHECK(wait_for_byte(&self) == '1');
  transfer = seam_engine_take(&id);
  CHECK(transfer != NULL && transfer->failure == SEAM_TIMEOUT);
  seam_transfer_free(transfer);
  hang_up(&self);
  seam_engine_release(&self.hold);
}

/* The engine finds a call by its transfer's address, modulo this. */
#define ADDRESSES ((uintptr_t)65536)

/* Two calls that it keeps in the same place: the older one ends first. */
static void share_a_place(void) {
  enum { MOST = 4096 };
  static seam_transfer *all[MOST];
  caller first = {0}, second = {0};
  seam_id older, newer;
  int count, i, twin = -1;
  for (count = 0; count < MOST && twin < 0; count++) {
    all[count] = seam_transfer_new();
    for (i = 0; i < count && twin < 0; i++) {
      if ((uintptr_t)all[i] % ADDRESSES / 64 == (uintptr_t)all[count] % ADDRESSES / 64) twin = i;
    }
  }
  CHECK(twin >= 0);
  first.connection = second.connection = -1;
  acquire(&first);
  acquire(&second);
  older = submit_transfer(&first, all[twin], server.port, 0, "hang", 0.3);
  newer = submit_transfer(&second, all[count - 1], server.port, 0, "hang", 0.6);
  send_id(&first, &older);
  while (seam_engine_writes() < 1) continue;
  send_id(&second, &newer);
  CHECK(wait_for_byte(&first) == '1');
  CHECK(seam_engine_drop(&older) == 1 && seam_engine_take(&newer) == NULL);
  CHECK(wait_for_byte(&second) == '1');
  hang_up(&first);
  hang_up(&second);
  for (i = 0; i < count - 1; i++) {
    if (i != twin) seam_transfer_free(all[i]);
  }
  seam_engine_release(&first.hold);
  seam_engine_release(&second.hold);
}

/* As many as there can be, and not one more. */
static void fill_slots(void) {
  static seam_job job; /* one stands for all: the places are what is counted */
  seam_slots slots = {NULL, 0, 0, 0};
  uint32_t count = 0;
  while (seam_slots_add(&slots, &job, count) == 0) CHECK(++count <= 65536);
  CHECK(count == 65536);
  free(slots.all);
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
/* Forks while the engine's thread rests: a sanitizer's allocator has locks of its own, and a child
 * that inherits one which the thread holds waits for ever. */
static pid_t fork_at_rest(void) {
  (void)seam_clock_sleep(0.1);
  return fork();
}

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
  child = fork_at_rest();
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

/* Another process comes to the door: it is not heard. */
static void come_from_elsewhere(void) {
  caller self = {0};
  pid_t child;
  int status;
  acquire(&self);
  child = fork_at_rest();
  if (child == 0) {
    char byte;
    int connection = connect_to(&self.address);
    _exit(recv(connection, &byte, 1, 0) <= 0 ? 0 : 1);
  }
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
  seam_engine_release(&self.hold);
}
#endif

int main(int count, char **arguments) {
  if (count != 3 || local_server_start(&server) != 0) return 2;
  make_lines();
  leave_writes();
  use_ids_twice();
  run_threads(atoi(arguments[1]), atoi(arguments[2]));
  start_and_stop();
#ifndef SEAM_NO_FORK
  fork_once();
  come_from_elsewhere();
#endif
  starve();
  refuse_starts();
  start_in_folders();
  refuse_waiters();
  refuse_reading(EAGAIN);
  refuse_reading(EINTR);
  leave_unread();
  leave_while_asking();
  lose_id();
  refuse_calls();
  ask_wrongly();
  let_go_at_moments();
  be_late();
  share_a_place();
  fill_slots();
  stop_while_stuck();
  seam_lines_release(lines);
  local_server_stop(&server);
  puts("done");
  return 0;
}
