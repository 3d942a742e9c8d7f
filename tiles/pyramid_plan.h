/* pyramid_plan.h - which heavy tiles there are, cut into pieces of work that need not know each other.
 *
 * A family is the tiles that are built together, with one walk down the halves of time: those of
 * one block; or, where memory allows, A with all blocks of F, M and P, which A is the sum of.
 * Its first member leads: it is heavy wherever another one is.
 *
 *             upper            steps: unit, unit, upper, unit, upper        (children come first)
 *            /     \
 *        upper      unit       unit: the whole tree below is one piece of work
 *       /     \                upper: merged from its halves, once those are done
 *    unit     unit
 *
 * 1. Follows from the chunk indexes alone.
 *
 * Memory: 24 bytes per step, some 64 steps per family at most. Threads: none. */
#ifndef TILES_PYRAMID_PLAN_H
#define TILES_PYRAMID_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/vec.h"
#include "tiles/tile.h"

struct err;

struct family {
	uint32_t first, n; /* members */
	bool is_joint;     /* the first is A, the sum of the others */
};

struct step {
	uint64_t x;
	uint32_t family;
	uint8_t k;
	bool is_unit, is_root;
};

struct plan {
	VEC(struct family) families;
	VEC(struct tile_key) members; /* view and y */
	VEC(struct step) steps;
	uint64_t unit_events; /* a tile that fewer events touch is not divided */
	uint32_t n_most;      /* members of the largest family */
};

/* Counters are left out. */
int plan_make(struct plan *p, struct tile_reader *r, struct err *e);
void plan_clear(struct plan *p);

#endif
