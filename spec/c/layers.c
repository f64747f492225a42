/* SPDX-License-Identifier: MIT
 * Hooks of libcurl and OpenSSL, and malloc wrapped by the linker (--wrap) around our own sources.
 */
#include "layers.h"

#include <curl/curl.h>
#include <openssl/crypto.h>
#include <string.h>

#include "refusals.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);

static plan curl_plan, openssl_plan, malloc_plan;

/* ---- libcurl ---- */

static void *curl_malloc(size_t size) {
  return plan_must_fail(&curl_plan, NULL, size) ? NULL : __real_malloc(size);
}

static void *curl_realloc(void *block, size_t size) {
  return plan_must_fail(&curl_plan, block, size) ? NULL : __real_realloc(block, size);
}

static void *curl_calloc(size_t count, size_t size) {
  return plan_must_fail(&curl_plan, NULL, count * size) ? NULL : __real_calloc(count, size);
}

static char *curl_strdup(const char *text) {
  return plan_must_fail(&curl_plan, NULL, 0) ? NULL : strdup(text);
}

/* ---- OpenSSL ---- */

static void *openssl_malloc(size_t size, const char *file, int line) {
  (void)file, (void)line;
  return plan_must_fail(&openssl_plan, NULL, size) ? NULL : __real_malloc(size);
}

static void *openssl_realloc(void *block, size_t size, const char *file, int line) {
  (void)file, (void)line;
  return plan_must_fail(&openssl_plan, block, size) ? NULL : __real_realloc(block, size);
}

static void openssl_free(void *block, const char *file, int line) {
  (void)file, (void)line;
  free(block);
}

/* ---- our own sources ---- */

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);

void *__wrap_malloc(size_t size) {
  return plan_must_fail(&malloc_plan, NULL, size) ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
  return plan_must_fail(&malloc_plan, NULL, count * size) ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size) {
  return plan_must_fail(&malloc_plan, block, size) ? NULL : __real_realloc(block, size);
}

/* ---- */

int layers_start(void) {
  if (CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free) != 1) return -1;
  return curl_global_init_mem(CURL_GLOBAL_DEFAULT, curl_malloc, free, curl_realloc, curl_strdup,
                              curl_calloc) == CURLE_OK
             ? 0
             : -1;
}

plan *layers_find(const char *name) {
  if (strcmp(name, "curl") == 0) return &curl_plan;
  if (strcmp(name, "openssl") == 0) return &openssl_plan;
  if (strcmp(name, "malloc") == 0) return &malloc_plan;
  if (strcmp(name, "calls") == 0) return refusals_plan();
  return NULL;
}
