/* counter.h - lines without error: first, last, min and max of a counter per bin (M4).
 *
 * Samples are kept as chunks (view C, block = counter); a tile is computed from those that touch it
 * or stored, by the same rule as all tiles. A bin without a sample holds the value that was valid;
 * before the first sample it is NaN.
 *
 * 1. Computed bytes equal stored bytes, and a parent is the merge of its children.
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
};

struct counter_tile {
	struct counter_bin bin[TILE_BINS];
};

/* Fill the tile from the counter's chunks. */
int counter_compute(
	struct tile_reader *r, struct tile_key key, struct counter_tile *t, struct err *e);

/* Append the tile's bytes. */
int counter_encode(
	struct tile_key key, const struct counter_tile *t, struct buf *out, struct err *e);

#endif
