/* pyramid_stream.h - the heavy tiles of all blocks, a batch of frames at a time.
 *
 * Part of pyramid.c's inside. Goes through the blocks family by family, and through the time of a family
 * unit by unit:
 *
 *             upper            a family is as many blocks as fit into memory; the slabs are gone
 *            /     \           through once for each, and few traces have more than one
 *        upper      unit       a unit is a tile with all that is heavy below it
 *       /     \                an upper tile is done with the last unit in it
 *    unit     unit             one batch: a unit, and the upper tiles that are done with it
 *
 * Every member has an exact histogram at the bottom, the leaf. For P, M and G, whose full bin is known,
 * it is folded into all levels above at once (fold.h); for F and A every level is an exact histogram,
 * merged from its halves. A leads the first family and is the sum of its other members, if F, M
 * and P are all in it; else it is computed by itself.
 *
 * 1. Which batches there are, and their frames, follows from the store alone.
 *
 * Threads: as its reader. */
#ifndef TILES_PYRAMID_STREAM_H
#define TILES_PYRAMID_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/vec.h"
#include "tiles/fold.h"
#include "tiles/pyramid_before.h"
#include "tiles/tile.h"

struct crew;
struct err;

#define STREAM_UNITS         32      /* the most in a family, about */
#define STREAM_UNIT_EVENTS   8388608 /* a family with fewer is one unit */
#define STREAM_FAMILY_PLANES 12288 /* of histograms, 8 KiB each; or one per 32 rows of G, if more */

struct stream {
	struct tile_reader *r;
	struct codec codec;
	const struct crew *crew; /* to read ahead with, or NULL */
	void (*progress)(void *context, uint64_t done,
		uint64_t total); /* in slabs, after each leaf; or NULL */
	void *progress_context;
	struct store *before_store; /* or NULL */
	struct pyramid_before before;
	uint64_t unit_events, family_planes; /* 0 before stream_init(): as above */
	VEC(struct tile_key) members;        /* view and y */
	VEC(size_t) ends;                    /* of families, in members */
	size_t family, first, n;             /* the family at hand: members [first, first + n) */
	uint64_t unit;                       /* that is next in it */
	unsigned unit_k;
	unsigned depth;                      /* levels that have heavy tiles */
	bool is_joint;                       /* its first is A, the sum of F, M and P */
	struct hist *leaf;                   /* [n]: P, M, G */
	struct fold *folds;                  /* [n][TILE_MAX_LEVELS]: P, M, G */
	struct hist *level[TILE_MAX_LEVELS]; /* [n] each: F, A */
	struct tile_key *keys;               /* [n]: what is computed at once */
	struct hist **hists;
	struct buf bytes;
	struct buf frames; /* per tile: id, length, frame */
};

/* A stream that is zeroed, but perhaps for its limits, progress and before_store, is made ready. `r` is the stream's then; `crew`, borrowed, may be NULL. */
int stream_init(struct stream *s, struct tile_reader *r, const struct crew *crew, struct err *e);
void stream_clear(struct stream *s);

/* The next batch into s->frames: 1, 0 at the end, -1. */
int stream_next(struct stream *s, struct err *e);

#endif
