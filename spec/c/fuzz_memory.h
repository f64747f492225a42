/* SPDX-License-Identifier: MIT
 * A Lua state's memory for fuzzing: quicker than a sanitizer's malloc, with edges it still sees. */
#ifndef SEAM_SPEC_FUZZ_MEMORY_H
#define SEAM_SPEC_FUZZ_MEMORY_H

#include <stddef.h>

/* A lua_Alloc. Bytes beside a block and in a block that was given back are poison to our own C,
 * which is compiled with ASan; small blocks are used again in the order they came back, so not at
 * once. */
void *fuzz_allocate(void *unused, void *block, size_t old_size, size_t size);

#endif
