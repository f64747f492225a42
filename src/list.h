/* SPDX-License-Identifier: MIT
 * Transfers in a row, linked through themselves: adding and taking out never fails. */
#ifndef SEAM_LIST_H
#define SEAM_LIST_H

#include "transfer.h"

typedef struct seam_list {
  seam_transfer *first, *last;
} seam_list;

void seam_list_append(seam_list *list, seam_transfer *transfer);

/* `transfer` must be in this list. */
void seam_list_remove(seam_list *list, seam_transfer *transfer);

#endif
