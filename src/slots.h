/* SPDX-License-Identifier: MIT
 * Jobs by id. An id that was given back means nothing any more: its place gets a new serial. */
#ifndef SEAM_SLOTS_H
#define SEAM_SLOTS_H

#include <stddef.h>

#include "job.h"

#define SEAM_ID_SIZE 8

/* What an id is outside: bytes. */
typedef struct seam_id {
  unsigned char bytes[SEAM_ID_SIZE];
} seam_id;

typedef struct seam_slot {
  seam_job *job; /* NULL: free */
  uint32_t next; /* the next free one */
} seam_slot;

typedef struct seam_slots {
  seam_slot *all;
  uint32_t count, used, free; /* free == count: none */
} seam_slots;

/* Gives a job a place, and `serial`, which must not have been used in this process. 0, or -1 when
 * memory or places ran out. */
int seam_slots_add(seam_slots *slots, seam_job *job, uint32_t serial);

/* NULL for an id that is unknown or was given back. */
seam_job *seam_slots_find(const seam_slots *slots, const seam_id *id);

void seam_slots_remove(seam_slots *slots, const seam_job *job);

/* Frees every job that still has a place, and the places. */
void seam_slots_free(seam_slots *slots);

seam_id seam_slots_id_of(const seam_job *job);

#endif
