/* tables.h - what the manifest lists: procs, threads, groups, reasons, counters, clocks, ...
 *
 * The ingest fills a struct tables and puts it once; a server gets it once. Small: everything here
 * grows with the program that was traced, not with the trace. Tasks, GC cycles and stop-the-world
 * phases grow with the trace and are written as they end (struct range_writer). */
#ifndef TILES_TABLES_H
#define TILES_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/vec.h"
#include "parser/interval.h"
#include "tiles/column_table.h"

struct err;
struct store;

struct group_info {
	uint32_t function; /* string */
	uint32_t rows;     /* rows ever used */
	uint64_t goroutines;
	uint32_t alive_max;
	uint64_t time_ns[N_STATES]; /* lane-ns per state over the whole trace */
};

struct group_block {
	uint32_t group, block;
};

struct counter_info {
	uint32_t name; /* string; the unit is what stands after its last ':' */
	uint64_t min, max;
	uint64_t samples;
};

struct wall_clock {
	int64_t t_ns; /* page time */
	int64_t unix_ns;
	int64_t mono_ns;
};

struct generation_info {
	uint64_t number; /* in the file */
	int64_t t_ns;    /* page time of its Sync */
	int64_t time_ns; /* T of its Sync */
	double ns_per_tick;
};

/* What is lost of a damaged trace, as struct trace_gap; page times. */
struct gap_info {
	int64_t t0, t1; /* -1: nothing before it, the trace ends in it */
	int64_t first_byte, end_byte;
	uint64_t first_gen, last_gen;
	uint64_t n_unordered;
	uint32_t why; /* string */
};

struct tables {
	VEC(int64_t) procs;    /* row -> id */
	VEC(int64_t) threads;  /* row -> id */
	VEC(uint32_t) reasons; /* index -> string; the first is 0, "" */
	VEC(struct group_info) groups;
	VEC(struct group_block) group_blocks; /* by group, then by place in it */
	VEC(struct counter_info) counters;
	VEC(struct wall_clock) wall;
	VEC(struct generation_info) generations;
	VEC(uint32_t) warnings; /* strings */
	VEC(struct gap_info) gaps;
};

int tables_put(struct store *st, const struct tables *t, struct err *e);
int tables_get(struct store *st, struct tables *t, struct err *e); /* `t` zeroed or cleared */
void tables_clear(struct tables *t);

/* A GC cycle, a stop-the-world phase, or a user task. */
struct range {
	int64_t t0, t1;  /* page time */
	int64_t time_ns; /* T of the begin; 0 if it began before the trace */
	uint64_t id;     /* GC: number of the cycle; task: its id */
	uint64_t g;      /* STW, task: the goroutine it began on */
	uint64_t parent; /* task */
	uint32_t text;   /* STW: reason; task: type */
	bool is_begin_known, is_end_known;
};

struct range_writer {
	struct column_writer w;
};

/* `table`: TABLE_GC, TABLE_STW or TABLE_TASKS. Ranges come in the order in which they end. */
void range_writer_init(struct range_writer *w, struct store *st, enum table_number table);
void range_writer_clear(struct range_writer *w);
int range_writer_add(struct range_writer *w, const struct range *r, struct err *e);
int range_writer_seal(struct range_writer *w, struct err *e);

/* Call `each` for the table's ranges that overlap [t0, t1); not 0 stops and is returned. */
int range_each(struct store *st, enum table_number table, int64_t t0, int64_t t1,
	int (*each)(void *context, const struct range *r), void *context, struct err *e);

/* From the last to the first, down to a page in which one ends at t0 or later and before which none does: those
 * that end before t0 are told too, where they lie behind. */
int range_each_back(struct store *st, enum table_number table, int64_t t0,
	int (*each)(void *context, const struct range *r), void *context, struct err *e);

#endif
