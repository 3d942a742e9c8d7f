/* slabs.h - the slabs of a store, read: a block's events in one of them, a chunk, or all in order.
 *
 *	slabs_slice(s, number, view, block) ► events of one block, brief, for histograms
 *	slabs_chunk(s, view, block, index, n) ► the bytes of a chunk, as TILE_FORMAT.md has them
 *	slabs_seek(s, number), slabs_next() …  ► every event of a slab, with the rows
 *
 * A slab that is asked for slices is read once, spread over its blocks, and kept until others need the
 * place. What a row was before a slab is told by the slab, or by reading on from one that tells.
 *
 * Memory: the rows, one slab, and a few spread ones (SLABS_SPREAD_BYTES).
 * Threads: one reader, and its store, per thread. */
#ifndef TILES_SLABS_H
#define TILES_SLABS_H

#include <stdbool.h>
#include <stdint.h>

#include "tiles/buf.h"
#include "tiles/slab_reader.h"
#include "tiles/spread.h"

struct block_index;
struct crew;
struct err;
struct slabs;
struct store;

#define SLABS_SPREAD_BYTES ((size_t)16 << 20)

/* Asked once per slab or 4,096 events by whatever may take long; true = stop with ERR_CANCELLED. */
struct cancel {
	bool (*is_cancelled)(void *context); /* NULL: never */
	void *context;
};

struct slabs *slabs_create(struct store *st, struct err *e); /* `st` is borrowed */
void slabs_destroy(struct slabs *s);                         /* accepts NULL */

void slabs_set_cancel(struct slabs *s, struct cancel cancel);

/* Valid until the next call. */
int slabs_slice(struct slabs *s, uint64_t number, enum view view, uint32_t block, struct slice *out,
	struct err *e);

/* Whoever goes through slabs from `from` on, one after another: those to come are read meanwhile by a
 * thread of the crew, until slabs_destroy(). Again: from there on. */
int slabs_read_ahead(struct slabs *s, uint64_t from, const struct crew *crew, struct err *e);

/* One slab into a spread of the caller's. */
int slabs_spread(struct slabs *s, uint64_t number, struct spread *sp, struct err *e);

/* The bytes of a block's chunk, which its index has, replace `out`. */
int slabs_chunk(struct slabs *s, enum view view, uint32_t block, const struct block_index *ix,
	uint32_t number, struct buf *out, struct err *e);

/* From here on slabs_next() tells all events of this slab: 1; 0 at its end, -1. To go on to the next one
 * costs nothing more. */
int slabs_seek(struct slabs *s, uint64_t number, struct err *e);
int slabs_next(struct slabs *s, struct slab_event *ev, struct slab_change *change, struct err *e);

const struct slab_rows *slabs_rows(const struct slabs *s);    /* after the event */
const struct chunk_head *slabs_before(const struct slabs *s); /* its row before it */

#endif
