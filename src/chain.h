/* SPDX-License-Identifier: MIT
 * A chain of transfers, linked through themselves: adding and taking out never fails. */
#ifndef SEAM_CHAIN_H
#define SEAM_CHAIN_H

#include "transfer.h"

typedef struct seam_chain {
  seam_transfer *first, *last;
} seam_chain;

void seam_chain_append(seam_chain *chain, seam_transfer *transfer);

/* `transfer` must be in this chain. */
void seam_chain_remove(seam_chain *chain, seam_transfer *transfer);

#endif
