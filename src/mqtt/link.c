/* SPDX-License-Identifier: MIT
 * libmosquitto's client, without its threads and its reconnecting. */
#include "link.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "sigpipe.h"

#define PACKETS_PER_STEP 64

static pthread_once_t library_once = PTHREAD_ONCE_INIT;

/* Never cleaned up: another user of the library in this process may still need it. */
static void start_library(void) {
  mosquitto_lib_init();
}

static int fail(seam_link *link, const char *reason) {
  (void)snprintf(link->reason, sizeof link->reason, "%s", reason);
  return -1;
}

/* What a code of the library means; what the broker or TLS said before tells more. */
static int fail_with(seam_link *link, int code, int system_error) {
  if (link->reason[0] != '\0') return -1;
  return fail(link, code == MOSQ_ERR_ERRNO ? strerror(system_error) : mosquitto_strerror(code));
}

/* ---- callbacks: they note and return ---- */

static void on_connect(struct mosquitto *client, void *owner, int code) {
  seam_link *link = owner;
  (void)client;
  if (code == 0) {
    link->accepted = 1;
  } else {
    fail(link, mosquitto_connack_string(code));
  }
}

static void on_message(struct mosquitto *client, void *owner,
                       const struct mosquitto_message *message) {
  seam_link *link = owner;
  size_t length = message->payloadlen > 0 ? (size_t)message->payloadlen : 0;
  (void)client;
  seam_inbox_add(&link->inbox, message->topic, message->payload, length, message->retain);
}

/* Of TLS only the log says what is wrong. */
static void on_log(struct mosquitto *client, void *owner, int level, const char *text) {
  (void)client;
  if (level == MOSQ_LOG_ERR) fail(owner, text);
}

/* ---- opening ---- */

static int set_tls(seam_link *link, const seam_link_options *options) {
  int code;
  if (!options->tls) return MOSQ_ERR_SUCCESS;
  link->uses_tls = 1;
  if (options->ca_file != NULL) {
    code = mosquitto_tls_set(link->client, options->ca_file, NULL, NULL, NULL, NULL);
  } else {
    code = mosquitto_int_option(link->client, MOSQ_OPT_TLS_USE_OS_CERTS, 1);
  }
  return code;
}

static int set_options(seam_link *link, const seam_link_options *options) {
  int code = set_tls(link, options);
  if (code == MOSQ_ERR_SUCCESS && options->username != NULL) {
    code = mosquitto_username_pw_set(link->client, options->username, options->password);
  }
  if (code == MOSQ_ERR_SUCCESS && options->will_topic != NULL) {
    code = mosquitto_will_set(link->client, options->will_topic, (int)options->will_length,
                              options->will_payload, 0, true);
  }
  return code;
}

void seam_link_init(seam_link *link) {
  memset(link, 0, sizeof *link);
}

int seam_link_open(seam_link *link, const seam_link_options *options) {
  int code, system_error;
  pthread_once(&library_once, start_library);
  link->client = mosquitto_new(options->client_id, true, link);
  if (link->client == NULL) return fail(link, strerror(errno));
  mosquitto_connect_callback_set(link->client, on_connect);
  mosquitto_message_callback_set(link->client, on_message);
  mosquitto_log_callback_set(link->client, on_log);
  code = set_options(link, options);
  errno = 0;
  if (code == MOSQ_ERR_SUCCESS) {
    code = mosquitto_connect_async(link->client, options->host, options->port, options->keepalive);
  }
  system_error = errno;
  if (code == MOSQ_ERR_SUCCESS) return 0;
  fail_with(link, code, system_error);
  seam_link_close(link);
  return -1;
}

/* ---- moving on ---- */

int seam_link_descriptor(const seam_link *link) {
  return link->client != NULL ? mosquitto_socket(link->client) : -1;
}

int seam_link_wants_write(const seam_link *link) {
  return link->client != NULL && mosquitto_want_write(link->client);
}

/* Readiness now; 0 once the socket is gone. */
static int ready_for(seam_link *link) {
  struct pollfd socket = {seam_link_descriptor(link), POLLIN, 0};
  if (seam_link_wants_write(link)) socket.events = POLLIN | POLLOUT;
  if (socket.fd < 0 || poll(&socket, 1, 0) <= 0) return 0;
  return socket.revents;
}

static int move_packets(seam_link *link) {
  int code = MOSQ_ERR_SUCCESS, round;
  for (round = 0; round < PACKETS_PER_STEP && code == MOSQ_ERR_SUCCESS; round++) {
    int ready = ready_for(link);
    if (ready == 0) break;
    errno = 0;
    if (ready & (POLLIN | POLLERR | POLLHUP)) code = mosquitto_loop_read(link->client, 1);
    if (code == MOSQ_ERR_SUCCESS && (ready & POLLOUT)) code = mosquitto_loop_write(link->client, 1);
  }
  return code;
}

int seam_link_step(seam_link *link) {
  seam_sigpipe guard;
  int code, system_error;
  if (link->client == NULL) return fail(link, "the connection is closed");
  seam_sigpipe_hold(&guard, link->uses_tls);
  code = move_packets(link);
  if (code == MOSQ_ERR_SUCCESS) code = mosquitto_loop_misc(link->client);
  system_error = errno;
  seam_sigpipe_release(&guard);
  return code == MOSQ_ERR_SUCCESS ? 0 : fail_with(link, code, system_error);
}

int seam_link_publish(seam_link *link, const char *topic, const char *payload, size_t length,
                      int retain) {
  seam_sigpipe guard;
  int code, system_error;
  if (link->client == NULL || !link->accepted) return fail(link, "there is no connection");
  seam_sigpipe_hold(&guard, link->uses_tls);
  code = mosquitto_publish(link->client, NULL, topic, (int)length, payload, 0, retain != 0);
  system_error = errno;
  seam_sigpipe_release(&guard);
  return code == MOSQ_ERR_SUCCESS ? 0 : fail_with(link, code, system_error);
}

int seam_link_subscribe(seam_link *link, const char *filter) {
  seam_sigpipe guard;
  int code, system_error;
  if (link->client == NULL || !link->accepted) return fail(link, "there is no connection");
  seam_sigpipe_hold(&guard, link->uses_tls);
  code = mosquitto_subscribe(link->client, NULL, filter, 0);
  system_error = errno;
  seam_sigpipe_release(&guard);
  return code == MOSQ_ERR_SUCCESS ? 0 : fail_with(link, code, system_error);
}

void seam_link_close(seam_link *link) {
  if (link->client != NULL) {
    seam_sigpipe guard;
    seam_sigpipe_hold(&guard, link->uses_tls);
    if (link->accepted) mosquitto_disconnect(link->client);
    mosquitto_destroy(link->client);
    seam_sigpipe_release(&guard);
  }
  link->client = NULL;
  link->accepted = 0;
  seam_inbox_clear(&link->inbox);
}
