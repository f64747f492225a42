/* SPDX-License-Identifier: MIT
 * Calls of libcurl and the system that fail by a plan, as our own sources make them. */
#ifndef SEAM_SPEC_REFUSALS_H
#define SEAM_SPEC_REFUSALS_H

#include "plan.h"

plan *refusals_plan(void);

#endif
