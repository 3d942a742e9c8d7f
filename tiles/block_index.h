/* block_index.h - which chunks of a block touch a range of time.
 *
 * Per chunk: its blob, its number of events, t_lo = the earliest page time in this and all later
 * chunks, t_hi = the latest in this and all earlier ones. Rows are monotone, blocks are not (clocks
 * step back between generations), so only these two rise with the number of the chunk. What
 * touches [a, b) begins with the first chunk with t_hi >= a (else the last), whose heads tell
 * what held at a, and goes on while t_lo < b. Nothing touches a range before the first event.
 *
 * The index of A tells the same of slabs: what is in any block.
 *
 * 1. Everything that decides RAW, HIST, stored or computed comes from here alone.
 *
 * Memory: one array. Threads: as the caller. */
#ifndef TILES_BLOCK_INDEX_H
#define TILES_BLOCK_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "parser/base/vec.h"
#include "tiles/buf.h"
#include "tiles/chunk.h"

struct err;

struct block_entry {
	int64_t t_lo, t_hi; /* page time; before block_index_seal() those of the chunk alone */
	uint64_t seq;       /* of the slab that it begins in; of a counter, of the chunk itself */
	uint32_t n_events;
	uint32_t skip;    /* events of the block in that slab that come before it */
	uint32_t n_slabs; /* that it lies in, 1 or more */
};

struct block_index {
	VEC(struct block_entry) chunks;
	uint32_t n_rows;
	uint64_t n_events;
};

struct block_range {
	uint32_t first, end; /* chunks [first, end) */
	uint64_t n_touch;    /* events of the chunks that touch the range */
	uint64_t n_inside;   /* events of those that lie inside it: t_lo >= a, t_hi < b */
	uint32_t n_slabs;    /* that those inside are in */
};

void block_index_clear(struct block_index *ix);
int block_index_add(struct block_index *ix, const struct chunk_span *span, int64_t origin_ns,
	uint64_t seq, struct err *e);          /* skip 0, in one slab */
void block_index_seal(struct block_index *ix); /* once, after the last add */

int block_index_encode(const struct block_index *ix, struct buf *out, struct err *e);
int block_index_decode(struct block_index *ix, const void *data, size_t n, struct err *e);

struct block_range block_index_range(const struct block_index *ix, int64_t a, int64_t b);

#endif
