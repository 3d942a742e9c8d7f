/* counter.h - lines without error: first, last, min and max of a counter per bin (M4), and by how
 * much it rose and fell in it.
 *
 * Samples are kept as chunks (view C, block = counter); a tile is computed from those that touch it
 * or stored, by the same rule as all tiles. A bin without a sample holds the value that was valid;
 * before the first sample it is NaN. The step from one sample to the next belongs to the bin of the
 * later one, so that every step is in one bin of each level. The first sample is no step.
 *
 * 1. Computed bytes equal stored bytes, and a parent is the merge of its children.
 * 2. rise and fall are exact up to 2^64 - 1, and stay there.
 *
 * Memory: one tile. Threads: as the reader. */
#ifndef TILES_COUNTER_H
#define TILES_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

#include "tiles/buf.h"
#include "tiles/tile_key.h"

struct err;
struct tile_reader;

struct counter_bin {
	double first, last, min, max;
	uint64_t rise, fall;
	bool is_used; /* a sample lies in it */
};

struct counter_tile {
	struct counter_bin bin[TILE_BINS];
};

/* Fill the tile from the counter's chunks. */
int counter_compute(
	struct tile_reader *r, struct tile_key key, struct counter_tile *t, struct err *e);

/* Put a tile of level k - 1 into its half, 0 or 1, of a tile. */
void counter_merge(struct counter_tile *t, const struct counter_tile *child, unsigned half);

/* Append the tile's bytes. */
int counter_encode(
	struct tile_key key, const struct counter_tile *t, struct buf *out, struct err *e);

#endif
