/* SPDX-License-Identifier: MIT
 * What libmosquitto's callbacks leave for Lua: messages in the order in which they came. */
#ifndef SEAM_INBOX_H
#define SEAM_INBOX_H

#include <stddef.h>

/* A broker can send faster than Lua fetches, and more than anybody means to send to a lock. */
#define SEAM_INBOX_MOST_MESSAGES 10000
#define SEAM_INBOX_LONGEST_PAYLOAD 65536

typedef struct seam_message {
  struct seam_message *next;
  char *topic;   /* ends with a zero byte, as MQTT's topics hold none */
  char *payload; /* any bytes, behind the topic in the same block */
  size_t payload_length;
  int retained;
} seam_message;

typedef struct seam_inbox {
  seam_message *first, *last;
  size_t count;
  size_t dropped; /* too many, too long, or no memory for them */
} seam_inbox;

/* Copies a message in, or counts it as dropped. */
void seam_inbox_add(seam_inbox *inbox, const char *topic, const void *payload, size_t length,
                    int retained);

/* Frees the oldest message, if there is one. */
void seam_inbox_drop_first(seam_inbox *inbox);

void seam_inbox_clear(seam_inbox *inbox);

#endif
