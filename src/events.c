/* SPDX-License-Identifier: MIT
 * What events are before they are opened, on every system. */
#include "events.h"

#include <math.h>

void seam_events_init(seam_events *events) {
  events->multi = NULL;
  events->due = events->again = events->timer_set = HUGE_VAL;
  events->pause = 0;
  events->shares = 0;
  events->heard = 0;
  events->running = 0;
  events->sockets = events->timer = events->bell = -1;
  events->is_ringing = 0;
  seam_socket_set_init(&events->set);
}
