/* SPDX-License-Identifier: MIT
 * Transfers in a row. */
#include "list.h"

#include <stddef.h>

void seam_list_append(seam_list *list, seam_transfer *transfer) {
  transfer->previous = list->last;
  transfer->next = NULL;
  if (list->last != NULL) {
    list->last->next = transfer;
  } else {
    list->first = transfer;
  }
  list->last = transfer;
}

void seam_list_remove(seam_list *list, seam_transfer *transfer) {
  if (transfer->previous != NULL) {
    transfer->previous->next = transfer->next;
  } else {
    list->first = transfer->next;
  }
  if (transfer->next != NULL) {
    transfer->next->previous = transfer->previous;
  } else {
    list->last = transfer->previous;
  }
  transfer->previous = transfer->next = NULL;
}
