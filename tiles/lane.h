/* lane.h - which row a goroutine, proc or thread is drawn in.
 *
 *   goroutine ► group (its start function) ► row of the group ► block of 32 rows
 *   proc, thread ► row by first appearance
 *
 * A goroutine takes the lowest free row of its group when it is born and frees it at its end: a
 * group has as many rows as goroutines were alive at once, not as there ever were. Rows are given
 * out in runs of 32, so that a block belongs to one group:
 *
 *   group 0: rows 0..31 = block 0, rows 32..63 = block 3      blocks count over all groups
 *   group 1: rows 0..31 = block 1
 *   group 2: rows 0..31 = block 2
 *
 * Knows nothing of states, chunks or stores.
 *
 * Invariants:
 *  1. Groups, blocks and rows are numbered from 0 by first appearance, without gaps.
 *  2. No two live goroutines share a row; a freed row is given out again, the lowest first.
 *
 * Memory:  per row ever used and per group; nothing per goroutine.
 * Threads: none. Errors: ERR_MEMORY, ERR_LIMIT. */
#ifndef TILES_LANE_H
#define TILES_LANE_H

#include <stddef.h>
#include <stdint.h>

#include "parser/base/map.h"
#include "parser/base/vec.h"

struct err;

#define LANE_BLOCK_ROWS 32
#define LANE_RECENT     64

struct lane_group {
	uint32_t function; /* as given to lane_packing_group() */
	uint32_t n_rows;   /* used so far */
	uint32_t alive;
	uint32_t alive_max;
	uint64_t n_goroutines; /* that ever lived in it */
	VEC(uint32_t) blocks;  /* by row / 32 */
	VEC(uint32_t) free;    /* heap of free rows, the lowest on top; capacity >= n_rows */
};

struct lane_place {
	uint32_t group;
	uint32_t row; /* within the group */
};

struct lane_packing {
	VEC(struct lane_group) groups;
	VEC(uint32_t) group_of_block;
	struct map group_of_function;
};

void lane_packing_init(struct lane_packing *lp);
void lane_packing_clear(struct lane_packing *lp);

/* Number of the group of a start function, made where there was none; `function` is any number
 * that is equal where the names are. */
int lane_packing_group(struct lane_packing *lp, uint32_t function, uint32_t *group, struct err *e);

/* The lowest free row of a group; the block is made with its first row. */
int lane_packing_take(
	struct lane_packing *lp, uint32_t group, struct lane_place *place, struct err *e);
void lane_packing_release(struct lane_packing *lp, struct lane_place place);

static inline uint32_t lane_block(const struct lane_packing *lp, struct lane_place place)
{
	return lp->groups.at[place.group].blocks.at[place.row / LANE_BLOCK_ROWS];
}

/* Rows of procs or threads. */
struct lane_rows {
	VEC(int64_t) ids; /* by row */
	struct map row_of;
	uint32_t recent[LANE_RECENT]; /* row of the last id that ended in these bits */
};

void lane_rows_init(struct lane_rows *lr);
void lane_rows_clear(struct lane_rows *lr);

/* Row of an id, the next one where it is new. */
int lane_rows_look_up(struct lane_rows *lr, int64_t id, uint32_t *row, struct err *e);

/* The same. Inline because every event asks for a proc and a thread, of the same few. */
static inline int lane_rows_get(struct lane_rows *lr, int64_t id, uint32_t *row, struct err *e)
{
	uint32_t recent = lr->recent[(uint64_t)id % LANE_RECENT];

	if (recent < lr->ids.n && lr->ids.at[recent] == id) {
		*row = recent;
		return 0;
	}
	return lane_rows_look_up(lr, id, row, e);
}

#endif
