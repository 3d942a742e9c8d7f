/* task_lane.h - user tasks for the timeline: bars in rows, and how many are alive, over one tile of time.
 *
 * Rows: the tasks of the trace are gone through from the one that ended last to the one that ended first, in
 * the order of T. Each takes the lowest row that is free until its end on the clock, below its parent where that
 * is still alive then. So its row depends on what ended after it alone, never on what is asked for; there are as many rows as tasks are
 * alive at once, or a few more where parents are nested; and no more is kept than one task per row.
 *
 * Bins: exact time that tasks of a type lived in each, and how many began there. Types that are not asked
 * for go together.
 *
 * 1. A task that finds none of TASK_ROWS rows free has none (TASK_NO_ROW), and is counted as such.
 * 2. Where more than TASK_LANE_MOST tasks overlap the tile, none of them is listed.
 *
 * Memory: 16 KiB for rows, 10 KiB per type, TASK_LANE_MOST bars. Threads: as the store. Errors: of the
 * store; ERR_MEMORY, ERR_CANCELLED. */
#ifndef TILES_TASK_LANE_H
#define TILES_TASK_LANE_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/vec.h"
#include "tiles/slabs.h"
#include "tiles/tables.h"
#include "tiles/tile_key.h"

struct err;
struct store;

#define TASK_ROWS       1024
#define TASK_NO_ROW     UINT32_MAX
#define TASK_LANE_TYPES 8
#define TASK_LANE_MOST  1000

struct task_bins {
	uint64_t n;             /* tasks that overlap the tile */
	uint64_t ns[TILE_BINS]; /* lived in the bin, all of them together */
	uint32_t begun[TILE_BINS];
	int64_t change[TILE_BINS + 1]; /* of the number that live all through a bin */
};

struct task_bar {
	struct range task;
	uint32_t row; /* or TASK_NO_ROW */
};

struct task_rows {
	int64_t begin[TASK_ROWS]; /* of the task placed last: the row is free before */
	uint64_t id[TASK_ROWS];   /* of that task */
	uint32_t n;               /* rows used */
	uint64_t n_unplaced;
};

struct task_lane_query {
	int64_t from; /* page time of the tile */
	uint8_t k;    /* a bin is 2^k ns */
	unsigned n_types;
	uint32_t types[TASK_LANE_TYPES]; /* strings */
	struct cancel cancel;
};

struct task_lane {
	struct task_rows *rows;
	struct task_bins *bins; /* of each type asked for, then of all others */
	uint64_t n;             /* tasks that overlap the tile */
	bool is_many;           /* too many to list */
	VEC(struct task_bar) bars;
};

void task_lane_init(struct task_lane *l);
void task_lane_clear(struct task_lane *l);
int task_lane_make(
	struct task_lane *l, struct store *st, const struct task_lane_query *q, struct err *e);

/* Rows of the whole trace; then `rows` tells how many, and what found none. */
int task_lane_count(struct task_lane *l, struct store *st, struct cancel cancel, struct err *e);

/* One task and its row: 1, or 0 where there is none of that id. */
int task_lane_find(struct task_lane *l, struct store *st, uint64_t id, struct cancel cancel,
	struct task_bar *out, struct err *e);

#endif
