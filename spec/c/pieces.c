/* SPDX-License-Identifier: MIT
 * Pieces of the core asked directly what no request can bring about here: lengths beyond memory,
 * lines and failures that libcurl keeps to itself, other libcurls, signals that wait already.
 * `pieces <what>` exits with 0 when all of it holds; `pieces` lists what there is. */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "buffer.h"
#include "clock.h"
#include "digest.h"
#include "events.h"
#include "failure.h"
#include "headers.h"
#include "json.h"
#include "lauxlib.h"
#include "ljson.h"
#include "lua.h"
#include "lualib.h"
#include "options.h"
#include "sigpipe.h"
#include "socket_set.h"
#include "trust.h"

#define TOO_MANY ((size_t)INT_MAX + 1)

static int failures;

#define HOLDS(truth) note(truth, __LINE__, #truth)

static void note(int truth, int line, const char *words) {
  if (truth) return;
  failures++;
  fprintf(stderr, "pieces.c:%d: does not hold: %s\n", line, words);
}

/* ---- a libcurl and a folder as the linker lets us tell (--wrap) ---- */

static curl_version_info_data told;
static CURLcode global_init = CURLE_OK;
static const char *const *listed;
static int odd_nanosleep, no_more_memory, curl_is_at_its_end, no_more_changes, changes;
static int actions_left = -1, no_signals_told, no_mask;

curl_version_info_data *__real_curl_version_info(CURLversion age);
curl_version_info_data *__wrap_curl_version_info(CURLversion age);
CURLcode __real_curl_global_init(long flags);
CURLcode __wrap_curl_global_init(long flags);
DIR *__real_opendir(const char *name);
DIR *__wrap_opendir(const char *name);
struct dirent *__wrap_readdir(DIR *listing);
void *__real_realloc(void *block, size_t size);
void *__wrap_realloc(void *block, size_t size);
CURLMcode __real_curl_multi_socket_all(CURLM *multi, int *running);
CURLMcode __wrap_curl_multi_socket_all(CURLM *multi, int *running);
CURLMcode __real_curl_multi_socket_action(CURLM *multi, curl_socket_t handle, int what,
                                          int *running);
CURLMcode __wrap_curl_multi_socket_action(CURLM *multi, curl_socket_t handle, int what,
                                          int *running);
int __real_sigpending(sigset_t *set);
int __wrap_sigpending(sigset_t *set);
int __real_pthread_sigmask(int how, const sigset_t *set, sigset_t *before);
int __wrap_pthread_sigmask(int how, const sigset_t *set, sigset_t *before);
int __real_epoll_ctl(int set, int what, int handle, struct epoll_event *event);
int __wrap_epoll_ctl(int set, int what, int handle, struct epoll_event *event);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
int __real_nanosleep(const struct timespec *wanted, struct timespec *left);
int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left);

curl_version_info_data *__wrap_curl_version_info(CURLversion age) {
  return told.version_num == 0 ? __real_curl_version_info(age) : &told;
}

CURLcode __wrap_curl_global_init(long flags) {
  return global_init == CURLE_OK ? __real_curl_global_init(flags) : global_init;
}

DIR *__wrap_opendir(const char *name) {
  return listed == NULL ? NULL : __real_opendir(name);
}

struct dirent *__wrap_readdir(DIR *listing) {
  static struct dirent entry;
  (void)listing;
  if (*listed == NULL) return NULL;
  (void)snprintf(entry.d_name, sizeof entry.d_name, "%s", *listed++);
  return &entry;
}

void *__wrap_realloc(void *block, size_t size) {
  return no_more_memory ? NULL : __real_realloc(block, size);
}

CURLMcode __wrap_curl_multi_socket_all(CURLM *multi, int *running) {
  if (curl_is_at_its_end) return CURLM_INTERNAL_ERROR;
  return __real_curl_multi_socket_all(multi, running);
}

CURLMcode __wrap_curl_multi_socket_action(CURLM *multi, curl_socket_t handle, int what,
                                          int *running) {
  if (actions_left == 0) return CURLM_INTERNAL_ERROR;
  if (actions_left > 0) actions_left--;
  return __real_curl_multi_socket_action(multi, handle, what, running);
}

int __wrap_sigpending(sigset_t *set) {
  return no_signals_told ? -1 : __real_sigpending(set);
}

int __wrap_pthread_sigmask(int how, const sigset_t *set, sigset_t *before) {
  return no_mask ? EINVAL : __real_pthread_sigmask(how, set, before);
}

int __wrap_epoll_ctl(int set, int what, int handle, struct epoll_event *event) {
  changes++;
  if (no_more_changes && what == EPOLL_CTL_MOD) return -1;
  return __real_epoll_ctl(set, what, handle, event);
}

void *__wrap_calloc(size_t count, size_t size) {
  return no_more_memory ? NULL : __real_calloc(count, size);
}

int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left) {
  if (!odd_nanosleep) return __real_nanosleep(wanted, left);
  *left = *wanted;
  errno = odd_nanosleep;
  return -1;
}

/* ---- lengths ---- */

static void lengths(void) {
  unsigned char digest[SEAM_HMAC_SIZE];
  char out[4];
  size_t length = 7;
  seam_buffer buffer = {NULL, 0, 0};
  lua_State *L = luaL_newstate();
  HOLDS(seam_digest_hmac_sha256("", TOO_MANY, "", 0, digest) == -1);
  HOLDS(seam_digest_random(digest, TOO_MANY) == -1);
  HOLDS(seam_digest_base64_room(TOO_MANY) == 0);
  HOLDS(seam_digest_base64_decode("", TOO_MANY + 4 - TOO_MANY % 4, out, &length) != NULL);
  HOLDS(length == 7);
  HOLDS(seam_buffer_append(&buffer, "x", 1) == 0 && buffer.length == 1);
  HOLDS(seam_buffer_append(&buffer, "x", (size_t)-1 / 2) == -1 && buffer.length == 1);
  HOLDS(seam_buffer_reserve(&buffer, 1) == 0 && buffer.capacity > 1);
  seam_buffer_free(&buffer);
  HOLDS(ljson_decode_bytes(L, "", TOO_MANY, LJSON_DEFAULT_DEPTH) == 2);
  HOLDS(lua_isnil(L, 1) && strcmp(lua_tostring(L, 2), "text too long at byte 1") == 0);
  lua_close(L);
}

static void numbers(void) {
  seam_json json = {"", "", "", NULL, NULL};
  seam_json_number number;
  HOLDS(seam_json_read_number(&json, &number) == 0 && json.reason != NULL);
}

/* ---- time ---- */

static void sleeping(void) {
  odd_nanosleep = EINTR;
  HOLDS(seam_clock_sleep(1.5) == 1.5);
  HOLDS(seam_clock_sleep(1e300) == 2e6);
  odd_nanosleep = EINVAL;
  HOLDS(seam_clock_sleep(1.5) == 0);
  HOLDS(seam_clock_milliseconds(-1) == 0 && seam_clock_milliseconds(0.0001) == 1);
  HOLDS(seam_clock_milliseconds(1e300) == 2000000000L);
}

/* ---- headers ---- */

static seam_headers_verdict add(seam_headers *headers, const char *line) {
  return seam_headers_add(headers, line, strlen(line));
}

static seam_headers_verdict length_of(const char *line) {
  seam_headers headers;
  seam_headers_verdict verdict;
  seam_headers_init(&headers);
  verdict = add(&headers, line);
  seam_headers_free(&headers);
  return verdict;
}

static int next_is(const seam_headers *headers, size_t *cursor, const char *name,
                   const char *value) {
  const char *found_name, *found_value;
  size_t length;
  return seam_headers_next(headers, cursor, &found_name, &found_value, &length) &&
         strcmp(found_name, name) == 0 && strcmp(found_value, value) == 0 &&
         length == strlen(value);
}

static void head(void) {
  seam_headers headers;
  size_t cursor = 0;
  seam_headers_init(&headers);
  HOLDS(add(&headers, "HTTP/1.1 200 OK\r\n") == SEAM_HEADERS_OK);
  HOLDS(add(&headers, "X-Blanks : \t a b\t \r\n") == SEAM_HEADERS_OK);
  HOLDS(add(&headers, "X-Nothing: \r\n") == SEAM_HEADERS_OK);
  HOLDS(add(&headers, ": no name\r\n") == SEAM_HEADERS_OK);
  HOLDS(add(&headers, " folded: line\r\n") == SEAM_HEADERS_OK);
  HOLDS(add(&headers, "no colon\r\n") == SEAM_HEADERS_OK);
  HOLDS(seam_headers_add(&headers, "X-Nul: a\0b\r\n", 12) == SEAM_HEADERS_OK);
  HOLDS(!headers.complete && add(&headers, "\n") == SEAM_HEADERS_OK && headers.complete);
  HOLDS(next_is(&headers, &cursor, "x-blanks", "a b"));
  HOLDS(next_is(&headers, &cursor, "x-nothing", ""));
  HOLDS(!next_is(&headers, &cursor, "", ""));
  HOLDS(add(&headers, "HTTP/1.1 200 OK\r\n") == SEAM_HEADERS_OK && headers.count == 0);
  HOLDS(add(&headers, "") == SEAM_HEADERS_OK && headers.complete);
  seam_headers_free(&headers);
}

/* The room ends anywhere in the next line: name, NUL, value, NUL. */
static void head_without_memory(void) {
  seam_headers headers;
  char line[1100];
  int length, refused = 0;
  for (length = 900; length < 1024; length++) {
    (void)snprintf(line, sizeof line, "X: %0*d\r\n", length, 1);
    seam_headers_init(&headers);
    HOLDS(add(&headers, line) == SEAM_HEADERS_OK);
    no_more_memory = 1;
    if (add(&headers, "Name: value\r\n") == SEAM_HEADERS_NO_MEMORY) refused++;
    no_more_memory = 0;
    seam_headers_free(&headers);
  }
  HOLDS(refused == 11); /* as many places as the line has bytes */
}

static void framing(void) {
  seam_headers headers;
  HOLDS(length_of("Content-Length: 999999999999999999\r\n") == SEAM_HEADERS_OK);
  HOLDS(length_of("Content-Length: 1000000000000000000\r\n") == SEAM_HEADERS_BAD_LENGTH);
  HOLDS(length_of("Content-Length:\r\n") == SEAM_HEADERS_BAD_LENGTH);
  HOLDS(length_of("Content-Length: 1/2\r\n") == SEAM_HEADERS_BAD_LENGTH);
  HOLDS(length_of("Content-Length: 1:2\r\n") == SEAM_HEADERS_BAD_LENGTH);
  seam_headers_init(&headers);
  HOLDS(add(&headers, "Content-Length: 5\r\n") == SEAM_HEADERS_OK);
  HOLDS(add(&headers, "Content-Length: 5\r\n") == SEAM_HEADERS_OK);
  HOLDS(add(&headers, "Content-Length: 6\r\n") == SEAM_HEADERS_BAD_LENGTH);
  HOLDS(add(&headers, "Transfer-Encoding: chunked\r\n") == SEAM_HEADERS_BAD_LENGTH);
  seam_headers_free(&headers);
}

/* A line before it is added: folded, right behind a status line, it goes on with nothing. */
static void foreseen(void) {
  seam_headers headers;
  seam_headers_init(&headers);
  HOLDS(seam_headers_open(&headers) && seam_headers_foresee(&headers, "HTTP/1.1 100 Continue\r\n"));
  HOLDS(add(&headers, "HTTP/1.1 100 Continue\r\n") == SEAM_HEADERS_OK);
  HOLDS(seam_headers_foresee(&headers, "\r\n"));
  HOLDS(add(&headers, "\r\n") == SEAM_HEADERS_OK && seam_headers_open(&headers));
  HOLDS(add(&headers, "HTTP/1.1 200 OK\r\n") == SEAM_HEADERS_OK);
  HOLDS(!seam_headers_foresee(&headers, "\tfolded: 1\r\n"));
  HOLDS(seam_headers_foresee(&headers, " the rest of a long line"));
  HOLDS(add(&headers, "\r\n") == SEAM_HEADERS_OK && !seam_headers_open(&headers));
  HOLDS(add(&headers, "HTTP/1.1\r\n") == SEAM_HEADERS_OK && !headers.interim);
  HOLDS(add(&headers, "HTTP/1.1 10") == SEAM_HEADERS_OK && !headers.interim);
  HOLDS(add(&headers, "HTTP/1.1 101 Switching\r\n") == SEAM_HEADERS_OK && !headers.interim);
  seam_headers_free(&headers);
}

/* ---- what libcurl says ---- */

static void meanings(void) {
  CURL *fresh = curl_easy_init();
  HOLDS(seam_failure_from_curl(CURLE_OK, fresh, "") == SEAM_OK);
  HOLDS(seam_failure_from_curl(CURL_LAST, fresh, "") == SEAM_CLOSED);
  HOLDS(seam_failure_from_curl(CURLE_UNSUPPORTED_PROTOCOL, fresh, "") == SEAM_INVALID_REQUEST);
  HOLDS(seam_failure_from_curl(CURLE_OUT_OF_MEMORY, fresh, "") == SEAM_MEMORY);
  HOLDS(seam_failure_from_curl(CURLE_RECV_ERROR, fresh, "bad chunk") == SEAM_INVALID_RESPONSE);
  HOLDS(seam_failure_from_curl(CURLE_RECV_ERROR, fresh, "reset") == SEAM_CLOSED);
  HOLDS(seam_failure_from_curl(CURLE_SSL_CONNECT_ERROR, fresh, "unknown ca") == SEAM_TLS);
  HOLDS(seam_failure_from_curl(CURLE_SSL_CONNECT_ERROR, fresh, "SSL_ERROR_SYSCALL") == SEAM_CLOSED);
  HOLDS(seam_failure_from_curl(CURLE_SSL_CONNECT_ERROR, fresh, "unexpected eof") == SEAM_CLOSED);
  HOLDS(seam_failure_from_curl(CURLE_SSL_CONNECT_ERROR, fresh, "reset by peer") == SEAM_CLOSED);
  curl_easy_cleanup(fresh);
  /* A handle that tells nothing. */
  HOLDS(seam_failure_from_curl(CURLE_RECV_ERROR, NULL, "reset") == SEAM_CLOSED);
  HOLDS(seam_failure_from_curl(CURLE_UNSUPPORTED_PROTOCOL, NULL, "") == SEAM_INVALID_REQUEST);
}

/* ---- other libcurls: looked at once in a process, so that each is a case of its own ---- */

static void tell_version(CURLversion age, unsigned int number) {
  told.age = age;
  told.version_num = number;
  told.cainfo = "bundle";
  told.capath = "/"; /* what is listed is ours */
}

static void start_refused(void) {
  global_init = CURLE_FAILED_INIT;
  HOLDS(seam_options_start_curl() == -1);
  HOLDS(seam_options_start_curl() == -1);
}

static int tls_may_signal(unsigned int version, const char *library) {
  tell_version(CURLVERSION_SEVENTH, version);
  told.ssl_version = library;
  HOLDS(seam_options_start_curl() == 0);
  return seam_options_tls_may_signal();
}

static void start_old(void) {
  HOLDS(tls_may_signal(0x075100, "OpenSSL/3.0.17"));
}

static void start_new(void) {
  HOLDS(!tls_may_signal(0x075700, "OpenSSL/3.0.17"));
}

static void start_other(void) {
  HOLDS(tls_may_signal(0x080200, "GnuTLS/3.7.9"));
}

static void start_without_tls(void) {
  HOLDS(tls_may_signal(0x080200, NULL));
}

static void trust_unknown(void) {
  tell_version(CURLVERSION_SIXTH, 0x074500);
  HOLDS(seam_trust_default()->file == NULL && seam_trust_default()->folder == NULL);
}

static void trust_no_folder(void) {
  tell_version(CURLVERSION_SEVENTH, 0x075300);
  told.capath = NULL;
  HOLDS(strcmp(seam_trust_default()->file, "bundle") == 0 && seam_trust_default()->folder == NULL);
}

static void trust_closed_folder(void) {
  tell_version(CURLVERSION_SEVENTH, 0x075300);
  HOLDS(strcmp(seam_trust_default()->file, "bundle") == 0 && seam_trust_default()->folder == NULL);
}

static void trust_plain_folder(void) {
  static const char *const names[] = {".", "ab12cd3", "ab12cd34", "ab12cd34.x", "ab12cd34x0", NULL};
  listed = names;
  tell_version(CURLVERSION_SEVENTH, 0x075300);
  HOLDS(strcmp(seam_trust_default()->file, "bundle") == 0 && seam_trust_default()->folder == NULL);
}

static void trust_hashed_folder(void) {
  static const char *const names[] = {"..", "certificate.pem", "ab12cd34.0", "later", NULL};
  listed = names;
  tell_version(CURLVERSION_SEVENTH, 0x075300);
  HOLDS(strcmp(seam_trust_default()->folder, "/") == 0 && seam_trust_default()->file == NULL);
  HOLDS(*listed != NULL && strcmp(*listed, "later") == 0); /* one is enough */
}

/* ---- signals ---- */

static int sigpipe_is(int (*look)(sigset_t *)) {
  sigset_t set;
  sigemptyset(&set);
  look(&set);
  return sigismember(&set, SIGPIPE) == 1;
}

static int read_mask(sigset_t *mask) {
  return pthread_sigmask(SIG_BLOCK, NULL, mask);
}

/* One that waits already is the host's own: it waits on. One that came of ours does not. */
static void signals(void) {
  seam_sigpipe guard;
  sigset_t set;
  seam_sigpipe_hold(&guard, 1);
  raise(SIGPIPE);
  HOLDS(sigpipe_is(sigpending));
  seam_sigpipe_release(&guard);
  HOLDS(!sigpipe_is(sigpending) && !sigpipe_is(read_mask));
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  seam_sigpipe_hold(&guard, 1);
  raise(SIGPIPE);
  seam_sigpipe_release(&guard);
  HOLDS(!sigpipe_is(sigpending) && sigpipe_is(read_mask));
  raise(SIGPIPE);
  seam_sigpipe_hold(&guard, 1);
  seam_sigpipe_release(&guard);
  HOLDS(sigpipe_is(sigpending) && sigpipe_is(read_mask));
  no_signals_told = 1;
  seam_sigpipe_hold(&guard, 1);
  HOLDS(guard.active);
  seam_sigpipe_release(&guard);
  no_mask = 1;
  seam_sigpipe_hold(&guard, 1);
  HOLDS(!guard.active);
}

/* ---- events ---- */

static void events_idle(void) {
  seam_events events;
  CURLM *multi = curl_multi_init();
  HOLDS(seam_events_open(&events, multi) == 0);
  HOLDS(seam_events_due(&events) == HUGE_VAL && seam_events_work(&events, 0) == 0);
  curl_multi_cleanup(multi);
  seam_events_close(&events);
}

/* A port that takes connections and never answers. */
static int listen_silently(char *url, size_t size) {
  struct sockaddr_in name;
  socklen_t length = sizeof name;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  memset(&name, 0, sizeof name);
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  HOLDS(bind(listener, (struct sockaddr *)&name, sizeof name) == 0 && listen(listener, 4) == 0);
  HOLDS(getsockname(listener, (struct sockaddr *)&name, &length) == 0);
  (void)snprintf(url, size, "http://127.0.0.1:%d/", ntohs(name.sin_port));
  return listener;
}

/* All transfers are looked at after pauses that grow, then only when something stirs. */
static void events_looked_at(void) {
  seam_events events;
  char url[64];
  int listener = listen_silently(url, sizeof url);
  CURLM *multi = curl_multi_init();
  CURL *easy = curl_easy_init();
  HOLDS(seam_events_open(&events, multi) == 0);
  HOLDS(curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK);
  HOLDS(curl_multi_add_handle(multi, easy) == CURLM_OK && seam_events_begin(&events) == 0);
  events.pause = 0.1;
  events.again = 0;
  HOLDS(seam_events_begin(&events) == 0 && events.again < HUGE_VAL);
  events.pause = 1;
  events.again = 0;
  HOLDS(seam_events_begin(&events) == 0 && events.again == HUGE_VAL);
  curl_is_at_its_end = 1;
  events.again = 0;
  HOLDS(seam_events_begin(&events) == -1);
  curl_multi_remove_handle(multi, easy);
  curl_easy_cleanup(easy);
  curl_multi_cleanup(multi);
  seam_events_close(&events);
  close(listener);
}

/* libcurl gives up while a socket that stirred is read once more. */
static void events_rest(void) {
  seam_events events;
  char url[64];
  int i, connection, listener = listen_silently(url, sizeof url);
  CURLM *multi = curl_multi_init();
  CURL *easy = curl_easy_init();
  HOLDS(seam_events_open(&events, multi) == 0);
  events.shares = 1;
  HOLDS(curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK);
  HOLDS(curl_multi_add_handle(multi, easy) == CURLM_OK && seam_events_begin(&events) == 0);
  for (i = 0; i < 10; i++) HOLDS(seam_events_work(&events, 0.01) == 0);
  connection = accept(listener, NULL, NULL);
  HOLDS(send(connection, "HTTP/1.1 200 OK\r\n", 17, 0) == 17);
  actions_left = 1;
  HOLDS(seam_events_work(&events, 1) == -1);
  curl_multi_remove_handle(multi, easy);
  curl_easy_cleanup(easy);
  curl_multi_cleanup(multi);
  seam_events_close(&events);
  close(connection);
  close(listener);
}

/* ---- sockets ---- */

/* An empty set, a pair of sockets, and the epoll descriptor that they are for. */
static int open_set(seam_socket_set *set, int *ends) {
  seam_socket_set_init(set);
  HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  return epoll_create1(EPOLL_CLOEXEC);
}

/* Whether the epoll set has something to say, once the peer has sent a byte. */
static int stirs(int epoll, int peer) {
  struct epoll_event event;
  HOLDS(send(peer, "x", 1, 0) == 1);
  return epoll_wait(epoll, &event, 1, 20) == 1;
}

static void sockets_parked(void) {
  seam_socket_set set;
  int ends[2], epoll = open_set(&set, ends);
  seam_socket_set_opened(&set, ends[0]);
  HOLDS(seam_socket_set_watch(&set, epoll, ends[0], CURL_POLL_IN) == 0);
  changes = 0;
  seam_socket_set_let_go(&set, epoll, ends[0]);
  seam_socket_set_let_go(&set, epoll, ends[0]);
  HOLDS(set.parked == 1);
  HOLDS(seam_socket_set_watch(&set, epoll, ends[0], CURL_POLL_IN) == 0);
  HOLDS(set.parked == 0 && changes == 0 && !seam_socket_set_stirred(&set, epoll, ends[0]));
  HOLDS(seam_socket_set_watch(&set, epoll, ends[0], CURL_POLL_INOUT) == 0 && changes == 1);
  HOLDS(seam_socket_set_watch(&set, epoll, ends[0], CURL_POLL_IN) == 0 && changes == 2);
  seam_socket_set_let_go(&set, epoll, ends[0]);
  HOLDS(stirs(epoll, ends[1]) && seam_socket_set_stirred(&set, epoll, ends[0]));
  HOLDS(set.parked == 0 && !stirs(epoll, ends[1]));
  seam_socket_set_let_go(&set, epoll, ends[0]);
  HOLDS(set.parked == 0);
  seam_socket_set_free(&set);
}

/* A copy of the socket, as a forked child has one, keeps nothing in the set. */
static void sockets_closed(void) {
  seam_socket_set set;
  int ends[2], copy, epoll = open_set(&set, ends);
  copy = dup(ends[0]);
  seam_socket_set_opened(&set, ends[0]);
  HOLDS(seam_socket_set_watch(&set, epoll, ends[0], CURL_POLL_IN) == 0);
  seam_socket_set_let_go(&set, epoll, ends[0]);
  seam_socket_set_closing(&set, epoll, ends[0]);
  close(ends[0]);
  HOLDS(set.parked == 0 && !stirs(epoll, ends[1]));
  seam_socket_set_closing(&set, epoll, ends[0]);
  HOLDS(dup2(copy, ends[0]) == ends[0]);
  seam_socket_set_opened(&set, ends[0]);
  HOLDS(seam_socket_set_watch(&set, epoll, ends[0], CURL_POLL_IN) == 0);
  HOLDS(stirs(epoll, ends[1]) && !seam_socket_set_stirred(&set, epoll, ends[0]));
  seam_socket_set_let_go(&set, epoll, ends[0]);
  seam_socket_set_opened(&set, ends[0]); /* its end was not told */
  HOLDS(set.parked == 0);
  seam_socket_set_free(&set);
}

/* One that we did not open, and one that there was no memory to remember: never parked. */
static void sockets_not_ours(void) {
  seam_socket_set set;
  int ends[2], epoll = open_set(&set, ends);
  no_more_memory = 1;
  seam_socket_set_opened(&set, ends[0]);
  no_more_memory = 0;
  HOLDS(seam_socket_set_watch(&set, epoll, ends[0], CURL_POLL_OUT) == 0);
  HOLDS(seam_socket_set_watch(&set, epoll, ends[0], CURL_POLL_IN) == 0);
  HOLDS(stirs(epoll, ends[1]) && !seam_socket_set_stirred(&set, epoll, ends[0]));
  seam_socket_set_let_go(&set, epoll, ends[0]);
  HOLDS(set.parked == 0 && !stirs(epoll, ends[1]));
  seam_socket_set_closing(&set, epoll, ends[0]);
  seam_socket_set_opened(&set, -1);
  HOLDS(seam_socket_set_watch(&set, epoll, -1, CURL_POLL_IN) == -1);
}

static void sockets_refused(void) {
  seam_socket_set set;
  int ends[2], epoll = open_set(&set, ends);
  seam_socket_set_opened(&set, ends[0]);
  HOLDS(seam_socket_set_watch(&set, epoll, ends[0], CURL_POLL_IN) == 0);
  no_more_changes = 1;
  HOLDS(seam_socket_set_watch(&set, epoll, ends[0], CURL_POLL_OUT) == -1);
  seam_socket_set_free(&set);
}

/* ---- the engine's face ---- */

int luaopen_seam_core(lua_State *L);

static int lose_memory(lua_State *L) {
  (void)L;
  no_more_memory = 1;
  return 0;
}

static void engine_without_memory(void) {
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  luaL_requiref(L, "core", luaopen_seam_core, 1);
  lua_register(L, "lose_memory", lose_memory);
  HOLDS(luaL_dostring(
            L,
            "local request = { method = 'POST', url = 'http://127.0.0.1:1/', body = '{}' }\n"
            "assert(core.engine_submit(request))\n"
            "lose_memory()\n"
            "return core.engine_submit(request)") == LUA_OK);
  no_more_memory = 0;
  HOLDS(lua_gettop(L) >= 3 && lua_isnil(L, -3) && strcmp(lua_tostring(L, -2), "memory") == 0);
  lua_close(L);
}

/* ---- */

static const struct {
  const char *name;
  void (*check)(void);
} pieces[] = {
    {"lengths", lengths},
    {"numbers", numbers},
    {"sleeping", sleeping},
    {"head", head},
    {"head_without_memory", head_without_memory},
    {"framing", framing},
    {"foreseen", foreseen},
    {"meanings", meanings},
    {"start_refused", start_refused},
    {"start_old", start_old},
    {"start_new", start_new},
    {"start_other", start_other},
    {"start_without_tls", start_without_tls},
    {"trust_unknown", trust_unknown},
    {"trust_no_folder", trust_no_folder},
    {"trust_closed_folder", trust_closed_folder},
    {"trust_plain_folder", trust_plain_folder},
    {"trust_hashed_folder", trust_hashed_folder},
    {"signals", signals},
    {"events_idle", events_idle},
    {"events_looked_at", events_looked_at},
    {"events_rest", events_rest},
    {"sockets_parked", sockets_parked},
    {"sockets_closed", sockets_closed},
    {"sockets_not_ours", sockets_not_ours},
    {"sockets_refused", sockets_refused},
    {"engine_without_memory", engine_without_memory},
};

int main(int count, char **arguments) {
  size_t i, last = sizeof pieces / sizeof pieces[0];
  for (i = 0; i < last; i++) {
    if (count < 2) {
      printf("%s\n", pieces[i].name);
    } else if (strcmp(arguments[1], pieces[i].name) == 0) {
      pieces[i].check();
      return failures == 0 ? 0 : 1;
    }
  }
  return count < 2 ? 0 : 2;
}
