/* build_range.h - what lies over the whole trace while it is read: GC cycles, stop-the-world
 * phases, user tasks, counters.
 *
 * Part of build.c's inside. Ranges are written as they end; those still open when the trace ends
 * are written then, with is_end_known false.
 *
 * Invariants:
 *  1. A range that was under way when the trace began starts at page time 0, is_begin_known false.
 *  2. Page times of one counter never step back.
 *  3. The goroutines' counter has one sample per goroutine that is born or ends, in Go's order, after
 *     one that tells those that were there before: it rises and falls by births and ends alone.
 *
 * Memory:  one record per open range. Threads: none. Errors: of the store and of memory. */
#ifndef TILES_BUILD_RANGE_H
#define TILES_BUILD_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/map.h"
#include "parser/base/vec.h"
#include "parser/event.h"
#include "parser/interval.h"
#include "tiles/tables.h"

struct blocks;
struct err;
struct store;

#define METRIC_ALIVE \
	METRIC_N_NAMES /* goroutines alive: no metric of the trace, made from births and ends */

struct build_counter {
	struct counter_info info;
	int64_t last_t;
	uint8_t metric;
};

struct build_alive {
	uint64_t n;
	int64_t first_t; /* of the first that was there */
	bool has_first;
	bool is_told; /* those that were there before are a sample */
};

struct build_ranges {
	struct blocks *blocks;
	struct range_writer gc, stw, tasks;
	struct range open_gc;
	bool has_open_gc;
	VEC(struct range) open_stw;
	VEC(struct range) open_tasks; /* with holes: is_end_known marks one */
	VEC(uint32_t) free_tasks;
	struct map task_of; /* id -> place in open_tasks */
	VEC(struct build_counter) counters;
	struct build_alive alive;
	uint64_t n_gc, n_stw, n_tasks;
};

void build_ranges_init(struct build_ranges *br, struct store *st, struct blocks *blocks);
void build_ranges_clear(struct build_ranges *br);

/* A change of LANE_TRACE at page time t; `text` is the store's number of c->text (of a metric: of
 * its name). */
int build_range_change(
	struct build_ranges *br, const struct change *c, int64_t t, uint32_t text, struct err *e);

/* A goroutine is born, or was there before (is_new false); a goroutine ends. At page time t. */
int build_range_born(struct build_ranges *br, int64_t t, bool is_new, struct err *e);
int build_range_gone(struct build_ranges *br, int64_t t, struct err *e);

int build_ranges_seal(struct build_ranges *br, int64_t end_t, struct err *e);

#endif
