/* SPDX-License-Identifier: MIT
 * The allocators below Lua, each with a plan: libcurl's, OpenSSL's, and malloc as our own C uses
 * it. The host calls layers_start before anything else allocates through them. */
#ifndef SEAM_SPEC_LAYERS_H
#define SEAM_SPEC_LAYERS_H

#include "plan.h"

/* 0 when libcurl and OpenSSL took our allocators. */
int layers_start(void);

/* "curl", "openssl", "malloc" or "calls" (refusals.h); NULL for any other name. */
plan *layers_find(const char *name);

#endif
