/* interval_lane.h - what is known of every live goroutine, proc and thread, and who is on whom.
 *
 *   thread 1 --- 0..1 proc            A thread holds the bindings: its proc and its goroutine.
 *        \------ 0..1 goroutine       The other two point back to the thread.
 *
 * Part of interval.c's inside. Knows nothing of events; makes no changes.
 *
 * Invariants:
 *  1. Bindings point both ways or not at all.
 *  2. Records are named by index: growing a table moves them, so pointers live until the next
 *     lanes_add_*().
 *
 * Memory:  one record per live goroutine (freed ones are used again), proc and thread.
 * Threads: none. Errors: out of memory only. */
#ifndef PARSER_INTERVAL_LANE_H
#define PARSER_INTERVAL_LANE_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/map.h"
#include "parser/base/vec.h"
#include "parser/change.h"

#define NO_LANE  UINT32_MAX
#define NOT_TOLD N_STATES /* no state of the lane was told yet: an idle proc shows up too */

struct goroutine_lane {
	uint64_t id;
	uint32_t thread;   /* that executes it, or NO_LANE */
	uint32_t function; /* string, 0 while unknown */
	uint8_t go;        /* enum go_state */
	bool in_gc;        /* labelled as a GC worker since it runs */
	bool in_assist;
	bool is_lively; /* on the list of what a gap must leave; outlives the goroutine */
	/* as last told */
	uint8_t state;
	uint32_t reason;
	uint64_t waker;
	int64_t p, m;
};

struct proc_lane {
	int64_t id;
	uint32_t thread; /* that holds it, or NO_LANE */
	bool running;
	bool held; /* by a goroutine that went into a system call with it */
	bool in_sweep;
	bool is_lively;
	/* as last told */
	uint8_t state;
	uint64_t g;
	int64_t m;
};

struct thread_lane {
	int64_t id;
	uint32_t proc;
	uint32_t goroutine;
	bool is_lively;
	/* as last told */
	uint8_t state;
	uint64_t g;
	int64_t p;
};

struct lanes {
	VEC(struct goroutine_lane) goroutines;
	VEC(struct proc_lane) procs;
	VEC(struct thread_lane) threads;
	VEC(uint32_t) free; /* goroutine records to use again */
	struct map goroutine_of, proc_of, thread_of;
	uint32_t last_thread; /* the thread asked for last: events come in runs of one thread */
};

void lanes_init(struct lanes *l);
void lanes_clear(struct lanes *l);

/* Index of a record, NO_LANE where there is none. */
uint32_t lanes_find_goroutine(const struct lanes *l, uint64_t id);
uint32_t lanes_find_proc(const struct lanes *l, int64_t id);

/* The record of this id, made where there was none; NO_LANE where memory ran out. */
uint32_t lanes_add_goroutine(struct lanes *l, uint64_t id);
uint32_t lanes_add_proc(struct lanes *l, int64_t id);
uint32_t lanes_add_thread(struct lanes *l, int64_t id);

void lanes_remove_goroutine(struct lanes *l, uint32_t g);

/* Binding takes both sides off what they were bound to before. NO_LANE does nothing. */
void lanes_bind_goroutine(struct lanes *l, uint32_t g, uint32_t thread);
void lanes_bind_proc(struct lanes *l, uint32_t p, uint32_t thread);
void lanes_unbind_goroutine(struct lanes *l, uint32_t g);
void lanes_unbind_proc(struct lanes *l, uint32_t p);

/* What follows from the bindings. `g`: the goroutine to tell with the state, 0 none. */
enum state lanes_proc_state(const struct lanes *l, uint32_t p, uint64_t *g);
enum state lanes_thread_state(const struct lanes *l, uint32_t m, uint64_t *g);

#endif
