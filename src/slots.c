/* SPDX-License-Identifier: MIT
 * Jobs by id. */
#include "slots.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_COUNT 64u
#define MOST 65536u

static int grow(seam_slots *slots) {
  uint32_t i, count = slots->count == 0 ? FIRST_COUNT : slots->count * 2;
  seam_slot *all;
  if (count > MOST) return -1;
  all = realloc(slots->all, count * sizeof *all);
  if (all == NULL) return -1;
  for (i = slots->count; i < count; i++) {
    all[i].job = NULL;
    all[i].next = i + 1;
  }
  /* Called only when none is free: the first new one is the first free one. */
  slots->free = slots->count;
  slots->all = all;
  slots->count = count;
  return 0;
}

int seam_slots_add(seam_slots *slots, seam_job *job, uint32_t serial) {
  if (slots->free == slots->count && grow(slots) != 0) return -1;
  job->slot = slots->free;
  job->serial = serial;
  slots->free = slots->all[job->slot].next;
  slots->all[job->slot].job = job;
  slots->used++;
  return 0;
}

seam_job *seam_slots_find(const seam_slots *slots, const seam_id *id) {
  uint32_t slot, serial;
  seam_job *job;
  memcpy(&slot, id->bytes, sizeof slot);
  memcpy(&serial, id->bytes + sizeof slot, sizeof serial);
  job = slot < slots->count ? slots->all[slot].job : NULL;
  return job != NULL && job->serial == serial ? job : NULL;
}

void seam_slots_remove(seam_slots *slots, const seam_job *job) {
  seam_slot *slot = &slots->all[job->slot];
  slot->job = NULL;
  slot->next = slots->free;
  slots->free = job->slot;
  slots->used--;
}

void seam_slots_free(seam_slots *slots) {
  uint32_t i;
  for (i = 0; i < slots->count; i++) {
    if (slots->all[i].job != NULL) seam_job_free(slots->all[i].job);
  }
  free(slots->all);
  memset(slots, 0, sizeof *slots);
}

seam_id seam_slots_id_of(const seam_job *job) {
  seam_id id;
  memcpy(id.bytes, &job->slot, sizeof job->slot);
  memcpy(id.bytes + sizeof job->slot, &job->serial, sizeof job->serial);
  return id;
}
