/* SPDX-License-Identifier: MIT
 * The limit: what C on libcurl needs for each scenario, with nothing around it.
 *
 *   limit <cold|small|list|fan|decode> <base url> <count> <concurrency> [http1]
 *
 * BENCH_CA_FILE names the certificates to trust; else libcurl's hashed folder. Decode reads the
 * body from the path given in place of the URL. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "reader.h"

#define MOST_AT_ONCE 4096

typedef struct call {
  CURL *easy;
  char *bytes;
  size_t length, capacity;
} call;

static const char *base;
static int http1;
static struct curl_slist *lines;

static double clock_of(clockid_t id) {
  struct timespec time;
  clock_gettime(id, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(const char *what) {
  fprintf(stderr, "limit: %s\n", what);
  exit(1);
}

static size_t drop(char *bytes, size_t size, size_t count, void *self) {
  (void)bytes, (void)self;
  return size * count;
}

static size_t keep(char *bytes, size_t size, size_t count, void *self) {
  call *one = self;
  size_t length = size * count, wanted = one->length + length + 1;
  if (wanted > one->capacity) {
    curl_off_t told = 0;
    curl_easy_getinfo(one->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &told);
    one->capacity = (size_t)told + 1 > wanted ? (size_t)told + 1 : wanted * 2;
    one->bytes = realloc(one->bytes, one->capacity);
  }
  memcpy(one->bytes + one->length, bytes, length);
  one->length += length;
  return length;
}

static void open_call(call *one, const char *path) {
  char url[256];
  CURL *easy = one->easy = curl_easy_init();
  const char *ca = getenv("BENCH_CA_FILE");
  (void)snprintf(url, sizeof url, "%s%s", base, path);
  curl_easy_setopt(easy, CURLOPT_URL, url);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, lines);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, reader_wants_bodies() ? keep : drop);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, one);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, one);
  curl_easy_setopt(easy, CURLOPT_CAINFO, ca);
  if (ca != NULL) curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
  curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
  if (http1) curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
}

static void take(call *one) {
  long status = 0;
  curl_easy_getinfo(one->easy, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) fail("a status that is not 200");
  if (reader_wants_bodies()) {
    one->bytes[one->length] = '\0';
    reader_take(one->bytes, one->length);
  }
  one->length = 0;
}

static void perform(call *one) {
  if (curl_easy_perform(one->easy) != CURLE_OK) fail("no answer");
  take(one);
}

/* ---- fan-out ---- */

static void settle(CURLM *multi, CURLMsg *message, int *left, int *done) {
  CURL *easy = message->easy_handle;
  call *one;
  if (message->data.result != CURLE_OK) fail("no answer");
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&one);
  curl_multi_remove_handle(multi, easy);
  take(one);
  ++*done;
  if ((*left)-- > 0) curl_multi_add_handle(multi, easy);
}

static void fan(int count, int at_once) {
  static call calls[MOST_AT_ONCE];
  CURLM *multi = curl_multi_init();
  int i, left, done = 0, running, queued;
  int h2 = strncmp(base, "https", 5) == 0 && !http1;
  CURLMsg *message;
  if (at_once > MOST_AT_ONCE) at_once = MOST_AT_ONCE;
  if (at_once > count) at_once = count;
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)at_once);
  if (h2) curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, 4L);
  if (h2) curl_multi_setopt(multi, CURLMOPT_MAX_CONCURRENT_STREAMS, 128L);
  for (i = 0; i < at_once; i++) {
    open_call(&calls[i], "/locks/get?device_id=warm&_strict=true");
    curl_multi_add_handle(multi, calls[i].easy);
  }
  left = count - at_once;
  while (done < count) {
    curl_multi_perform(multi, &running);
    while ((message = curl_multi_info_read(multi, &queued)) != NULL) {
      if (message->msg == CURLMSG_DONE) settle(multi, message, &left, &done);
    }
    if (done < count) curl_multi_poll(multi, NULL, 0, 1000, NULL);
  }
}

/* ---- scenarios ---- */

static void decode(int count) {
  FILE *file = fopen(base, "rb");
  static char body[32 << 20];
  size_t length;
  int i;
  if (file == NULL) fail("there is no body to decode");
  length = fread(body, 1, sizeof body - 1, file);
  fclose(file);
  for (i = 0; i < count; i++) reader_take(body, length);
}

static void repeat(const char *path, int count) {
  call one = {0};
  open_call(&one, path);
  while (count-- > 0) perform(&one);
}

static void warm(call *one) {
  open_call(one, "/devices/get?device_id=warm&_strict=true");
  perform(one);
}

int main(int argc, char **argv) {
  double wall, processor;
  int count, at_once;
  const char *scenario;
  call one = {0};
  if (argc < 5) fail("<scenario> <base url> <count> <concurrency>");
  scenario = argv[1], base = argv[2], count = atoi(argv[3]), at_once = atoi(argv[4]);
  http1 = argc > 5;
  lines = curl_slist_append(lines, "Authorization: Bearer seam_test_0123456789abcdef0123456789ab");
  lines = curl_slist_append(lines, "Accept: application/json");
  reader_open();
  if (strcmp(scenario, "small") == 0) warm(&one);
  wall = clock_of(CLOCK_MONOTONIC), processor = clock_of(CLOCK_PROCESS_CPUTIME_ID);
  if (strcmp(scenario, "cold") == 0) repeat("/devices/get?device_id=warm&_strict=true", count);
  if (strcmp(scenario, "small") == 0)
    while (count-- > 0) perform(&one);
  if (strcmp(scenario, "list") == 0) repeat("/devices/list", count);
  if (strcmp(scenario, "fan") == 0) fan(count, at_once);
  if (strcmp(scenario, "decode") == 0) decode(count);
  printf("inside wall=%.9f cpu=%.9f\n", clock_of(CLOCK_MONOTONIC) - wall,
         clock_of(CLOCK_PROCESS_CPUTIME_ID) - processor);
  return 0;
}
