/* SPDX-License-Identifier: MIT
 * A chain of transfers. */
#include "chain.h"

#include <stddef.h>

void seam_chain_append(seam_chain *chain, seam_transfer *transfer) {
  transfer->previous = chain->last;
  transfer->next = NULL;
  if (chain->last != NULL) {
    chain->last->next = transfer;
  } else {
    chain->first = transfer;
  }
  chain->last = transfer;
}

void seam_chain_remove(seam_chain *chain, seam_transfer *transfer) {
  if (transfer->previous != NULL) {
    transfer->previous->next = transfer->next;
  } else {
    chain->first = transfer->next;
  }
  if (transfer->next != NULL) {
    transfer->next->previous = transfer->previous;
  } else {
    chain->last = transfer->previous;
  }
  transfer->previous = transfer->next = NULL;
}
