/* profile.h - where a range of time was spent: stacks with time, or with CPU samples.
 *
 *   stays in the states that are asked for ► per stack that entered the state: time inside, intervals
 *   samples in the range                   ► per stack: how many
 *
 * The stack of a state is the one its event carries: of a wait or a system call where it began, of
 * a runnable goroutine that of who made it so. Running, and what the runtime wrote without a stack,
 * has stack 0. An interval counts where it touches the range, as in totals.h.
 *
 * 1. Without samples the sums over all stacks are those that totals.h has for the same states and rows.
 * 2. Entries are ordered by time, then number, the most first, then by stack; each stack comes once.
 *
 * Memory: 24 bytes per distinct stack, and a place in a map. Threads: as the reader.
 * Errors: of the store; ERR_CANCELLED, by the reader's cancel. */
#ifndef TILES_PROFILE_H
#define TILES_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/map.h"
#include "parser/base/vec.h"
#include "tiles/tile.h"

struct err;
struct row_set;

#define PROFILE_ANY UINT32_MAX

struct profile_query {
	uint32_t states;      /* bit per enum state; 0: CPU samples */
	uint32_t block, rows; /* of G: only these rows, bit per row of the block; or PROFILE_ANY */
	uint32_t group;       /* only this one's goroutines, or PROFILE_ANY */
	uint64_t g;           /* only this goroutine; 0 all */
	/* Only these rows; NULL: all. States are those of goroutines, rows of P and M have none; samples
	 * belong to the row of their goroutine, and to those that they were taken on. */
	const struct row_set *set;
	int64_t from, to; /* page time, half open */
};

struct profile_entry {
	uint64_t ns, n; /* samples: ns is 0 */
	uint32_t stack; /* 0: none is recorded */
};

struct profile {
	VEC(struct profile_entry) entries;
	uint64_t ns, n; /* of all */
	struct map known;
};

void profile_init(struct profile *p);
void profile_clear(struct profile *p);

/* Once per struct profile. */
int profile_make(
	struct profile *p, struct tile_reader *r, const struct profile_query *q, struct err *e);

#endif
