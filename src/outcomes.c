/* SPDX-License-Identifier: MIT
 * How writes ended that nobody waited for any more. */
#include "outcomes.h"

#include <stdio.h>

static const char *fate_of(const seam_transfer *transfer) {
  return transfer->sent ? "whether it was carried out is not known" : "it was not sent";
}

void seam_outcomes_add(seam_outcomes *outcomes, const seam_job *job) {
  const seam_transfer *transfer = job->transfer;
  char *line;
  if (outcomes->count == SEAM_OUTCOMES_MOST) {
    outcomes->dropped++;
    return;
  }
  line = outcomes->lines[(outcomes->first + outcomes->count++) % SEAM_OUTCOMES_MOST];
  if (transfer->failure == SEAM_OK) {
    (void)snprintf(line, SEAM_OUTCOME_LENGTH,
                   "%s: nobody waited any more; the server answered with status %ld", job->label,
                   transfer->status);
  } else {
    (void)snprintf(line, SEAM_OUTCOME_LENGTH, "%s: nobody waited any more; it failed (%s), %s",
                   job->label, seam_failure_name(transfer->failure), fate_of(transfer));
  }
}

int seam_outcomes_take(seam_outcomes *outcomes, char line[SEAM_OUTCOME_LENGTH]) {
  if (outcomes->count > 0) {
    (void)snprintf(line, SEAM_OUTCOME_LENGTH, "%s", outcomes->lines[outcomes->first]);
    outcomes->first = (outcomes->first + 1) % SEAM_OUTCOMES_MOST;
    outcomes->count--;
    return 1;
  }
  if (outcomes->dropped == 0) return 0;
  (void)snprintf(line, SEAM_OUTCOME_LENGTH,
                 "%lu more writes ended that nobody waited for; how is not known",
                 (unsigned long)outcomes->dropped);
  outcomes->dropped = 0;
  return 1;
}
