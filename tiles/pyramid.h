/* pyramid.h - the pass at the end of an ingest that stores the heavy tiles.
 *
 * Per block, from the coarsest level down: a tile that would take too
 * long to compute (TILE_FORMAT.md, section 3) is stored; what is light is computed from slabs, here and whenever it is asked for
 * (pyramid_stream.h).
 *
 * A snapshot takes what does not change any more out of the one before it.
 *
 * 1. Which tiles are stored, and in which order, is the same with a crew and without.
 *
 * Memory: some 100 MiB of histograms at most, and a few batches.
 * Threads: with a crew one more, which reads slabs ahead, between call and return. */
#ifndef TILES_PYRAMID_H
#define TILES_PYRAMID_H

#include "tiles/tile.h"

struct crew;

/* Whoever waits is asked as any reader is, and told, as often, how many slabs of how many are done. */
struct pyramid_options {
	struct cancel cancel;
	void (*progress)(void *context, uint64_t done, uint64_t total); /* NULL: nobody */
	void *context;
	struct store *
		before; /* an earlier snapshot of what is one, too, to go on from (pyramid_before.h); NULL: none */
};

/* `st` is being written; its blocks are sealed and its meta is put. `crew` may be NULL. */
int pyramid_build(
	struct store *st, const struct crew *crew, const struct pyramid_options *o, struct err *e);

#endif
