/* spread.h - one slab, its events by block, and what every row was before it.
 *
 *	slab ► spread_fill() ► spread_slice(view, block) ► events and heads of one block
 *
 * The events of a block, marks left out, are a few bytes each: two of row, kind and state, one to eight of the
 * ticks since the one before (of the first: since 0), of a BORN eight of the goroutine.
 *
 * Memory: about 4 bytes per event, 24 per row; kept for the next slab. Threads: none. Errors: ERR_MEMORY. */
#ifndef TILES_SPREAD_H
#define TILES_SPREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "parser/base/vec.h"
#include "tiles/buf.h"
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
	const uint8_t *events; /* for slice_next() */
	size_t n_bytes;
	const struct slice_head *heads;  /* P, M, G: by row */
	const struct slab_group *groups; /* F: by row */
	uint32_t n_rows; /* that there were before the slab, or more, that are empty */
};

struct bucket {
	struct buf events;
	uint64_t ticks; /* of the last */
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

/* The event at p into *ev, which is the one before, or zeroed; returns what is behind it. */
static inline const uint8_t *slice_next(const uint8_t *p, enum view view, struct slice_event *ev)
{
	uint16_t head;
	uint64_t d;
	unsigned n;

	memcpy(&head, p, sizeof(head));
	memcpy(&d, p + sizeof(head), sizeof(d));
	n = 1 + (head >> 13);
	ev->ticks += zigzag_undo(d & (UINT64_MAX >> (64 - 8 * n)));
	ev->row = head % BLOCK_ROWS;
	ev->kind = head >> 5 & 15;
	ev->state = head >> 9 & 15;
	p += sizeof(head) + n;
	if (ev->kind != CHUNK_BORN || view == VIEW_F)
		return p;
	memcpy(&ev->g, p, sizeof(ev->g));
	return p + sizeof(ev->g);
}

/* Valid while the spread is. */
struct slice spread_slice(const struct spread *sp, enum view view, uint32_t block);

#endif
