/* SPDX-License-Identifier: MIT
 * One connection to an MQTT broker, from its beginning to its end. Nothing waits, no thread is
 * started, no Lua.
 *
 * A link is used once: after a loss a new one is made, so that nothing of the old connection, least
 * of all a message that may have been delivered already, is sent again. The session is clean. */
#ifndef SEAM_LINK_H
#define SEAM_LINK_H

#include <mosquitto.h>

#include "inbox.h"

#define SEAM_LINK_REASON 200

typedef struct seam_link {
  struct mosquitto *client; /* NULL: closed */
  seam_inbox inbox;
  int accepted; /* the broker has said that we are welcome */
  int uses_tls;
  char reason[SEAM_LINK_REASON]; /* of the last failure */
} seam_link;

typedef struct seam_link_options {
  const char *host;
  int port;
  const char *client_id;
  int keepalive; /* seconds */
  int tls;
  const char *ca_file; /* NULL: what the system trusts */
  const char *username, *password;
  const char *will_topic, *will_payload; /* retained; NULL: none */
  size_t will_length;
} seam_link_options;

/* Closed, allocates nothing. The link must not move: libmosquitto knows where it is. */
void seam_link_init(seam_link *link);

/* Starts to connect. 0, or -1 and a reason; then the link is closed. Looking up a name may wait. */
int seam_link_open(seam_link *link, const seam_link_options *options);

/* -1: closed. */
int seam_link_descriptor(const seam_link *link);
int seam_link_wants_write(const seam_link *link);

/* Reads and writes what can be without waiting, and keeps the connection alive: to be called when
 * the descriptor stirs and at least every few seconds. 0, or -1 and a reason: the connection is
 * lost, close it. */
int seam_link_step(seam_link *link);

/* 0, or -1 and a reason. Messages go out with QoS 0: what is lost with a connection is the owner's
 * to send anew. */
int seam_link_publish(seam_link *link, const char *topic, const char *payload, size_t length,
                      int retain);

/* Subscribes with QoS 0, the only one that no broker ever delivers twice. */
int seam_link_subscribe(seam_link *link, const char *filter);

/* Says goodbye where possible (then the broker does not publish the will) and frees everything. */
void seam_link_close(seam_link *link);

#endif
