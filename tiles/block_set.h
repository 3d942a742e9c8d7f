/* block_set.h - the open blocks of some views: events in, the bytes of chunks out.
 *
 *   (view, block, event) ► chunk_writer of the block ► put()
 *
 * Seals a chunk when it is full, when the clock's rate changes, and the largest ones first when all
 * open chunks together exceed a budget (400,000 goroutines alive keep 12,500 blocks open).
 *
 * 1. What is put, and in which order, depends on the events alone.
 *
 * Memory: the open chunks (budget), 2.3 KB per block. Threads: none. */
#ifndef TILES_BLOCK_SET_H
#define TILES_BLOCK_SET_H

#include <stddef.h>
#include <stdint.h>

#include "parser/base/vec.h"
#include "tiles/chunk.h"

struct err;

/* Where chunks go. `bytes` may be taken, or changed. */
struct chunk_sink {
	int (*put)(void *context, enum view view, uint32_t block, const struct chunk_span *span,
		struct buf *bytes, struct err *e);
	void *context;
};

struct block_set {
	struct chunk_sink sink;
	double ns_per_tick;
	size_t budget;
	uint32_t until_check;
	VEC(struct chunk_writer *) views[VIEW_F + 1]; /* NULL where a block has had no event */
	struct chunk_pool pool;
	struct buf bytes;
};

void block_set_init(
	struct block_set *s, struct chunk_sink sink, double ns_per_tick, size_t budget_bytes);
void block_set_clear(struct block_set *s); /* a zeroed set too */

/* An event of row `row` of a view P, M or G; ev->row is set. */
int block_set_add(
	struct block_set *s, enum view view, uint32_t row, struct chunk_event *ev, struct err *e);

/* An event of a group, which is a row of F; ev->row is set. */
int block_set_add_group(struct block_set *s, uint32_t group, struct group_event *ev, struct err *e);

int block_set_seal(struct block_set *s, struct err *e); /* every open chunk */

/* From now on ticks count in this rate. */
int block_set_rate(struct block_set *s, double ns_per_tick, struct err *e);

#endif
