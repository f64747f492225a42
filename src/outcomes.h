/* SPDX-License-Identifier: MIT
 * How writes ended that nobody waited for any more: a few lines, kept until somebody logs them. */
#ifndef SEAM_OUTCOMES_H
#define SEAM_OUTCOMES_H

#include <stddef.h>

#include "job.h"

#define SEAM_OUTCOMES_MOST 64
#define SEAM_OUTCOME_LENGTH 256

typedef struct seam_outcomes {
  char lines[SEAM_OUTCOMES_MOST][SEAM_OUTCOME_LENGTH];
  size_t first, count;
  size_t dropped; /* for which there was no room */
} seam_outcomes;

/* Keeps what became of a job whose transfer has ended. Nothing secret is kept. */
void seam_outcomes_add(seam_outcomes *outcomes, const seam_job *job);

/* Writes the oldest line and forgets it. Returns 0 when there is none. */
int seam_outcomes_take(seam_outcomes *outcomes, char line[SEAM_OUTCOME_LENGTH]);

#endif
