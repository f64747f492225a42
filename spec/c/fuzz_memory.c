/* SPDX-License-Identifier: MIT
 * Blocks by size in steps of 16 bytes, cut from large pieces that are never given back. */
#include "fuzz_memory.h"

#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <string.h>

#define STEP 16
#define EDGE 16
#define LARGEST_SMALL 1024
#define KINDS (LARGEST_SMALL / STEP + 1)
#define PIECE (1u << 20)

/* Touches poisoned blocks, so without the sanitizer; and tells the fuzzer nothing of interest. */
#define UNSEEN __attribute__((no_sanitize("address", "undefined", "coverage")))

typedef struct free_block {
  struct free_block *next;
} free_block;

static struct { free_block *first, *last; } idle[KINDS];

static char *piece, *piece_end;

UNSEEN static size_t kind_of(size_t size) {
  return (size + STEP - 1) / STEP;
}

UNSEEN static void *cut(size_t kind) {
  size_t room = kind * STEP + EDGE;
  char *block;
  if ((size_t)(piece_end - piece) < room) {
    piece = malloc(PIECE);
    if (piece == NULL) return NULL;
    piece_end = piece + PIECE;
    ASAN_POISON_MEMORY_REGION(piece, PIECE);
  }
  block = piece;
  piece += room;
  return block;
}

UNSEEN static void *take(size_t size) {
  size_t kind = kind_of(size);
  void *block;
  if (size > LARGEST_SMALL) return malloc(size);
  if (idle[kind].first != NULL) {
    block = idle[kind].first;
    idle[kind].first = idle[kind].first->next;
  } else {
    block = cut(kind);
  }
  if (block != NULL) ASAN_UNPOISON_MEMORY_REGION(block, size);
  return block;
}

UNSEEN static void give_back(void *block, size_t size) {
  size_t kind = kind_of(size);
  free_block *freed = block;
  if (size > LARGEST_SMALL) {
    free(block);
    return;
  }
  freed->next = NULL;
  if (idle[kind].first == NULL) {
    idle[kind].first = freed;
  } else {
    idle[kind].last->next = freed;
  }
  idle[kind].last = freed;
  ASAN_POISON_MEMORY_REGION(block, kind * STEP);
}

UNSEEN void *fuzz_allocate(void *unused, void *block, size_t old_size, size_t size) {
  void *moved;
  (void)unused;
  if (block == NULL) old_size = 0; /* else it is a kind of object */
  moved = size == 0 ? NULL : take(size);
  if (size != 0 && moved == NULL) return NULL;
  if (old_size == 0) return moved;
  if (moved != NULL) memcpy(moved, block, old_size < size ? old_size : size);
  give_back(block, old_size);
  return moved;
}
