/* play.h - the events of one block, slab after slab, into the histogram of one tile.
 *
 *	play_begin() ► play_slice() … play_slice() ► play_end()
 *
 * Slices come in order of time, from the slab that tells what held at the tile's begin to the last
 * that touches it; what lies outside the tile is cut off. Knows nothing of where slices come from.
 *
 * Memory: none of its own. Threads: none. Errors: ERR_MEMORY. */
#ifndef TILES_PLAY_H
#define TILES_PLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "tiles/hist.h"
#include "tiles/slabs.h"

struct err;

/* A row while slices are played. */
struct play_row {
	int64_t since;
	uint64_t occupant;
	uint8_t state;
	bool lived_before; /* the occupant was born before the tile */
};

struct play {
	struct hist *h;
	int64_t origin;
	int64_t end; /* the trace's, page time */
	double ns_per_tick;
	enum view view;
	uint32_t block;
	bool is_one_row; /* all rows of the block go to `one_row` of the histogram */
	bool is_started;
	unsigned one_row;
	uint64_t life; /* only what this goroutine does, 0: all */
	struct play_row now[BLOCK_ROWS];
	uint64_t alive[BLOCK_ROWS][N_STATES]; /* F */
	int64_t since[BLOCK_ROWS][N_STATES];  /* F: entered last */
	bool passed[BLOCK_ROWS];    /* F: an event at or after the tile's begin was seen */
	bool has_begun[BLOCK_ROWS]; /* F: one after it */
};

/* `h` has its range, and may hold something already. */
void play_begin(struct play *p, struct hist *h, enum view view, uint32_t block, int64_t origin_ns,
	int64_t span_ns);
int play_slice(struct play *p, const struct slice *s, struct err *e);

/* The last states hold until the end of the trace. */
int play_end(struct play *p, struct err *e);

#endif
