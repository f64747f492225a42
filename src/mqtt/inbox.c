/* SPDX-License-Identifier: MIT
 * Messages in a row, each in one block. */
#include "inbox.h"

#include <stdlib.h>
#include <string.h>

static seam_message *new_message(const char *topic, const void *payload, size_t length) {
  size_t topic_size = strlen(topic) + 1;
  seam_message *message = malloc(sizeof *message + topic_size + length);
  if (message == NULL) return NULL;
  message->next = NULL;
  message->topic = (char *)(message + 1);
  message->payload = message->topic + topic_size;
  message->payload_length = length;
  memcpy(message->topic, topic, topic_size);
  if (length > 0) memcpy(message->payload, payload, length);
  return message;
}

void seam_inbox_add(seam_inbox *inbox, const char *topic, const void *payload, size_t length,
                    int retained) {
  seam_message *message = NULL;
  if (inbox->count < SEAM_INBOX_MOST_MESSAGES && length <= SEAM_INBOX_LONGEST_PAYLOAD) {
    message = new_message(topic, payload, length);
  }
  if (message == NULL) {
    inbox->dropped++;
    return;
  }
  message->retained = retained;
  if (inbox->last != NULL) {
    inbox->last->next = message;
  } else {
    inbox->first = message;
  }
  inbox->last = message;
  inbox->count++;
}

void seam_inbox_drop_first(seam_inbox *inbox) {
  seam_message *message = inbox->first;
  if (message == NULL) return;
  inbox->first = message->next;
  if (inbox->first == NULL) inbox->last = NULL;
  inbox->count--;
  free(message);
}

void seam_inbox_clear(seam_inbox *inbox) {
  while (inbox->first != NULL) seam_inbox_drop_first(inbox);
}
