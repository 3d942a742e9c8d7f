/* tile.h - any tile or chunk of a store, by key: stored, or computed with the same bytes.
 *
 *   tile_get: block index ► RAW? the list : stored? the blob : slabs ► hist ► encode ► compress
 *
 * One function computes a tile, here and in the pass that stores the heavy ones (pyramid.h).
 * View A is summed from F, M and P. Chunks are cut out of slabs.
 *
 * 1. Computed bytes equal stored bytes: both come from exact sums.
 *
 * Memory: one histogram, some blocks' indexes and slabs (cached).
 * Threads: one reader, and its store, per thread. */
#ifndef TILES_TILE_H
#define TILES_TILE_H

#include <stdbool.h>
#include <stdint.h>

#include "tiles/block_index.h"
#include "tiles/buf.h"
#include "tiles/hist.h"
#include "tiles/meta.h"
#include "tiles/slabs.h"
#include "tiles/store.h"
#include "tiles/tile_key.h"

struct err;

struct tile_reader;

/* `st` is borrowed: a store that is being read, or one being written whose meta is put. */
struct tile_reader *tile_reader_create(struct store *st, struct err *e);
void tile_reader_destroy(struct tile_reader *r); /* accepts NULL */

const struct meta *tile_reader_meta(const struct tile_reader *r);
struct store *tile_reader_store(struct tile_reader *r);
struct slabs *tile_reader_slabs(struct tile_reader *r);
void tile_reader_set_cancel(struct tile_reader *r, struct cancel cancel);

/* The tile's zstd frame replaces `out`. ERR_NOT_FOUND where the key names none. VIEW_C: a counter
 * tile, y is the counter. */
int tile_get(struct tile_reader *r, struct tile_key key, struct buf *out, struct err *e);

/* A chunk, as a frame; decompressed. ERR_NOT_FOUND. */
int tile_get_chunk(struct tile_reader *r, enum view view, uint32_t block, uint32_t number,
	struct buf *out, struct err *e);
int tile_get_chunk_plain(struct tile_reader *r, enum view view, uint32_t block, uint32_t number,
	struct buf *out, struct err *e);

/* The index of a block, valid until the next call; NULL on error. */
const struct block_index *tile_get_index(
	struct tile_reader *r, enum view view, uint32_t block, struct err *e);

/* What the index says of a tile; that of A is one of slabs. */
enum tile_source { TILE_IS_RAW, TILE_IS_STORED, TILE_IS_COMPUTED };
int tile_source(struct tile_reader *r, struct tile_key key, struct block_range *range,
	enum tile_source *source, struct err *e);

/* Compute the histograms of n tiles, slab by slab, all at once. */
int tile_compute(struct tile_reader *r, const struct tile_key *keys, size_t n,
	struct hist *const *h, struct err *e);

/* What single goroutines did in the ranges that their histograms have, all at once; each in the row that
 * it lives in. */
struct tile_life {
	uint64_t g;
	uint32_t block; /* of G */
	struct hist *h;
};
int tile_compute_lives(
	struct tile_reader *r, const struct tile_life *lives, size_t n, struct err *e);

#endif
