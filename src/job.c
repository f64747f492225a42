/* SPDX-License-Identifier: MIT
 * One call in the engine. */
#include "job.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

/* 0, or -1; what is not given stays so. */
static int copy_text(seam_text *copy, const seam_text *text) {
  char *bytes;
  copy->bytes = NULL;
  copy->length = 0;
  if (text->bytes == NULL) return 0;
  bytes = malloc(text->length + 1);
  if (bytes == NULL) return -1;
  memcpy(bytes, text->bytes, text->length);
  bytes[text->length] = '\0';
  copy->bytes = bytes;
  copy->length = text->length;
  return 0;
}

static void forget_text(seam_text *text) {
  if (text->bytes != NULL) OPENSSL_cleanse((char *)text->bytes, text->length);
  free((char *)text->bytes);
  text->bytes = NULL;
  text->length = 0;
}

void seam_job_forget_request(seam_job *job) {
  forget_text(&job->request.method);
  forget_text(&job->request.url);
  forget_text(&job->request.body);
  forget_text(&job->request.ca_file);
  forget_text(&job->request.proxy);
}

/* Every text is given a value, whichever fails. */
static int copy_request(seam_request *copy, const seam_request *request) {
  int failed = 0;
  *copy = *request;
  failed |= copy_text(&copy->method, &request->method);
  failed |= copy_text(&copy->url, &request->url);
  failed |= copy_text(&copy->body, &request->body);
  failed |= copy_text(&copy->ca_file, &request->ca_file);
  failed |= copy_text(&copy->proxy, &request->proxy);
  return failed;
}

/* Without the query: that may hold a PIN. */
static void write_label(char *label, const seam_request *request) {
  const char *host = strstr(request->url.bytes, "//");
  const char *path = host == NULL ? NULL : strchr(host + 2, '/');
  int length = path == NULL ? 0 : (int)strcspn(path, "?#");
  (void)snprintf(label, SEAM_JOB_LABEL, "%s %.*s", request->method.bytes, length,
                 path == NULL ? "" : path);
}

seam_job *seam_job_new(seam_transfer *transfer, const seam_request *request) {
  seam_job *job = calloc(1, sizeof *job);
  if (job == NULL) return NULL;
  if (copy_request(&job->request, request) != 0) {
    seam_job_free(job);
    return NULL;
  }
  write_label(job->label, request);
  job->state = SEAM_JOB_NEW;
  job->reads = request->reads;
  job->made = seam_clock_now();
  job->transfer = transfer;
  return job;
}

void seam_job_free(seam_job *job) {
  seam_job_forget_request(job);
  seam_transfer_free(job->transfer);
  free(job);
}
