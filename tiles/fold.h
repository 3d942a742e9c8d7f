/* fold.h - tiles of rows that are in one state at a time, from the finer ones below them.
 *
 *   leaf: a histogram, exact ──► halved, halved, ... ──► the bytes of the tiles of all coarser levels
 *
 * A leaf's bins are summed up exactly, level by level, and each level keeps only what is written of
 * them: one byte per bin and state. That is a sixteenth of a histogram, so that the coarse tiles of
 * all blocks can be open at once. For P, M and G, whose full bin is known beforehand.
 *
 * 1. A tile that leaves were folded into has the bytes of one that was computed as a whole.
 *
 * Memory: 512 bytes per (row, state) that occurs, kept for reuse. Threads: none. Errors: ERR_MEMORY. */
#ifndef TILES_FOLD_H
#define TILES_FOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "tiles/buf.h"
#include "tiles/hist.h"
#include "tiles/tile_key.h"

struct err;

struct fold_row {
	uint8_t *plane[N_STATES]; /* NULL: does not occur */
	uint64_t part[N_STATES];  /* of the bin that is not full yet */
	bool part_has[N_STATES];
	struct hist_row about; /* its planes are not used */
};

/* One tile being made; a zeroed one is closed. */
struct fold {
	struct tile_key key;
	bool is_open;
	size_t part_bin; /* that is being filled */
	struct fold_row row[BLOCK_ROWS];
	uint8_t **all; /* every plane ever made; the first n_used are in rows */
	size_t n_all, n_used;
};

void fold_begin(struct fold *f, struct tile_key key);
void fold_clear(struct fold *f);

/* Fold a leaf into the open ones among `levels`, which are those of levels leaf->k + 1 and up. Leaves
 * come in order of time, from the tile's begin on, without gaps. Resolves the leaf. */
int fold_leaf(struct fold *levels, unsigned n_levels, struct hist *leaf, struct err *e);

/* Append the tile's bytes and close it. */
int fold_end(struct fold *f, struct buf *out, struct err *e);

#endif
