/* pyramid_before.h - what an earlier snapshot has of the tiles that a later one needs.
 *
 *   a tile that both have whole ──► its frame, as it is ──► what it is as a histogram, for the tiles above
 *
 * Part of pyramid.c's inside: without it each snapshot would go through all slabs anew, and all together would
 * cost many times what the last does. A trace that goes on changes nothing in a tile that no later slab touches.
 *
 * 1. A frame has the bytes of the earlier store. A histogram is exact to the step that its tile was written in, and
 *    what is counted to what reaches over its begin: good for snapshots, never for the store itself.
 *
 * Memory: a tile. Threads: as its readers. Errors: ERR_DAMAGED, ERR_MEMORY. */
#ifndef TILES_PYRAMID_BEFORE_H
#define TILES_PYRAMID_BEFORE_H

#include <stdbool.h>
#include <stdint.h>

#include "tiles/buf.h"
#include "tiles/tile.h"

struct err;
struct hist;

struct pyramid_before {
	struct tile_reader *r; /* NULL: there is none */
	int64_t end_ns;        /* no later slab has anything before it */
	struct buf frame, plain;
	struct codec codec;
};

/* `st`, borrowed, is an earlier snapshot of what `now` reads. */
int before_open(struct pyramid_before *b, struct store *st, struct tile_reader *now, struct err *e);
void before_clear(struct pyramid_before *b);

/* Is the tile the same in both? */
bool before_has(const struct pyramid_before *b, unsigned k, uint64_t x);

/* Of such a tile: its frame replaces b->frame; *h is it. 1, 0 = it is not stored there, -1. */
int before_frame(struct pyramid_before *b, struct tile_key key, struct err *e);
int before_hist(struct pyramid_before *b, struct tile_key key, struct hist *h, struct err *e);

#endif
