/* build_goroutine.h - goroutines of an ingest: their rows, intervals, sums and records.
 *
 *   born ► row of the group ► state … state ► gone        events of G, landmarks, one record, the count of
 *                                                         those alive
 *
 * Part of build.c's inside. Knows nothing of procs, threads, marks and of where changes come from.
 *
 * Invariants:
 *  1. Times of one row never step back: intervals are cut as the chunks of the row cut them, so a
 *     record's sums are those of its chunks.
 *  2. The sums of a group are those of its records.
 *
 * Memory:  one record per goroutine alive at once, 8 bytes per row, 96 per group.
 * Threads: none. Errors: of the store and of memory. */
#ifndef TILES_BUILD_GOROUTINE_H
#define TILES_BUILD_GOROUTINE_H

#include <stdint.h>

#include "parser/base/vec.h"
#include "parser/interval.h"
#include "tiles/goroutine_table.h"
#include "tiles/lane.h"

struct blocks;
struct build_ranges;
struct slab_event;
struct err;
struct landmark_writer;
struct store;

struct live_goroutine {
	struct goroutine record; /* time_ns up to the open interval */
	struct lane_place place;
	int64_t since_t; /* the open interval: page time, T, state, reason */
	int64_t since_time_ns;
	uint32_t reason; /* index */
	uint8_t state;
	bool is_used;
};

struct group_time {
	uint64_t ns[N_STATES];
};

struct build_goroutines {
	struct blocks *blocks;
	struct build_ranges *ranges;
	struct landmark_writer *landmarks;
	struct goroutine_writer records;
	struct lane_packing packing;
	VEC(struct live_goroutine) live; /* by slot */
	VEC(int64_t) row_last;           /* by row of the view: page time of its last event */
	VEC(struct group_time) groups;
	int64_t origin_ns;
	uint64_t n_total;
};

/* Everything is borrowed until clear; the ranges tell the blocks. */
void build_goroutines_init(struct build_goroutines *bg, struct store *st,
	struct build_ranges *ranges, struct landmark_writer *landmarks, int64_t origin_ns);
void build_goroutines_clear(struct build_goroutines *bg);

/* `ev` holds ticks, corr_ns and the columns of the change; kind and g are set here. */
int build_goroutine_born(
	struct build_goroutines *bg, const struct change *c, struct slab_event *ev, struct err *e);
int build_goroutine_state(
	struct build_goroutines *bg, const struct change *c, struct slab_event *ev, struct err *e);
int build_goroutine_gone(
	struct build_goroutines *bg, const struct change *c, struct slab_event *ev, struct err *e);
int build_goroutine_mark(
	struct build_goroutines *bg, const struct change *c, struct slab_event *ev, struct err *e);

/* The start function became known: the record tells it, the row stays. */
void build_goroutine_name(struct build_goroutines *bg, const struct change *c, uint32_t function);

/* The trace ends: last states hold until end_t; writes the records of what is alive. */
int build_goroutines_seal(
	struct build_goroutines *bg, int64_t end_t, int64_t end_time_ns, struct err *e);

#endif
