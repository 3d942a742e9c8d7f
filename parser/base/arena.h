/* arena.h — bump allocator for things that die together.
 *
 * Hands out 16-byte aligned pieces of large blocks. arena_reset() forgets all pieces but keeps
 * the blocks for the next round, so that a generation costs no page faults after the first.
 *
 * 1. Failure is sticky: after one NULL every later call returns NULL until reset.
 * 2. Pieces never move.
 *
 * Memory: blocks come from mem. Threads: one arena belongs to one thread. */
#ifndef PARSER_BASE_ARENA_H
#define PARSER_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena_block;

struct arena {
	struct arena_block *first;
	struct arena_block *current;
	size_t block_size; /* of new blocks; larger requests get a block of their own */
	size_t used;       /* bytes handed out since the last reset */
	bool failed;
};

void arena_init(struct arena *a, size_t block_size); /* 0 = 1 MiB */
void arena_clear(struct arena *a);                   /* free everything; may be used again */
void arena_reset(struct arena *a);                   /* forget the pieces, keep the blocks */

void *arena_alloc(struct arena *a, size_t n); /* not zeroed */
void *arena_calloc(struct arena *a, size_t n, size_t size);
void *arena_copy(struct arena *a, const void *src, size_t n, size_t zero_pad);

/* Debug aid: blocks are linked, no block is overfull, the sums agree. */
bool arena_is_consistent(const struct arena *a);

#endif
