/* spread.h - one slab, its events by block, and what every row was before it.
 *
 *	slab, read ► spread_fill() ► spread_slice(view, block) ► events and heads of one block
 *
 * Memory: 24 bytes per event and per row; kept for the next slab. Threads: none. Errors: ERR_MEMORY. */
#ifndef TILES_SPREAD_H
#define TILES_SPREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/vec.h"
#include "tiles/slab_reader.h"

struct err;

/* An event of P, M, G without marks; of F: kind is the state left, state the one entered. */
struct slice_event {
	uint64_t ticks;
	uint64_t g; /* BORN: the goroutine */
	uint8_t row, kind, state;
};

/* A row at the begin of a slab. */
struct slice_head {
	uint64_t ticks, occupant;
	uint8_t state;
};

struct slice {
	double ns_per_tick;
	const struct slice_event *events;
	size_t n_events;
	const struct slice_head *heads;  /* P, M, G: by row */
	const struct slab_group *groups; /* F: by row */
	uint32_t n_rows;                 /* that there were before the slab */
};

struct bucket {
	VEC(struct slice_event) events;
};

struct spread {
	uint64_t number; /* of the slab */
	bool is_used;
	double ns_per_tick;
	VEC(struct bucket) buckets[VIEW_F + 1]; /* by block */
	size_t n_bytes;                         /* held, about */
	VEC(struct slice_head) heads[SLAB_VIEWS];
	VEC(struct slab_group) groups;
};

/* A slab that was just opened, read to its end by its moves. The spread is used then. */
int spread_fill(struct spread *sp, struct slab_reader *r, uint64_t number, struct err *e);
void spread_clear(struct spread *sp);

/* Valid while the spread is. */
struct slice spread_slice(const struct spread *sp, enum view view, uint32_t block);

#endif
