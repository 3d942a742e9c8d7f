/* summary.h - exact sums over a range, in Go's words: time and intervals per goroutine, start
 * function, proc, thread, or of all goroutines, and state and reason, from slabs.
 *
 *   struct stay (stays.h)  ►  what Go calls its state  ►  per row  ►  per what is asked for
 *
 * | by | id | states |
 * |---|---|---|
 * | state | 0 | those of all goroutines together |
 * | goroutine | the goroutine | Runnable, Running, Waiting (with its reason), Syscall |
 * | function | 0 | those of all goroutines that were started with it |
 * | proc | the proc | Running, Idle; a proc in a system call is what Go's reader says: Running |
 * | thread | the thread | names of enum state: running, gc, assist, syscall, other |
 *
 * An interval goes on while Go's state and reason stay the same: a goroutine that takes another
 * proc, or helps the collector, is still Running. It counts in [from, to) if it begins there or
 * goes on there, with the part of it that lies inside.
 *
 * 1. By goroutine, proc and state, on CLOCK_GO, these are the sums that Go's reader's transitions
 *    give, to the nanosecond. A state that a status record of the first generation tells of holds
 *    since the trace's begin; Go 1.11 to 1.21 wrote none for procs: their first start ends Idle.
 * 2. Entries are ordered by id, function's number, state, reason's number; each key comes once.
 * 3. Where a part of the trace is lost nothing counts: goroutines are in no state of Go's there,
 *    and procs are not Idle.
 *
 * Memory: an entry of 40 bytes per (id, state, reason) that occurs. Threads: as the reader.
 * Errors: of the store; ERR_CANCELLED, by the reader's cancel. */
#ifndef TILES_SUMMARY_H
#define TILES_SUMMARY_H

#include <stdint.h>

#include "parser/base/vec.h"
#include "tiles/stays.h"

struct err;
struct tables;

enum summary_by {
	SUMMARY_BY_STATE,
	SUMMARY_BY_GOROUTINE,
	SUMMARY_BY_FUNCTION,
	SUMMARY_BY_PROC,
	SUMMARY_BY_THREAD,
	N_SUMMARY_BY
};

/* Go's; behind them those of threads, as SUMMARY_THREAD + enum state. */
enum summary_state {
	SUMMARY_RUNNABLE,
	SUMMARY_RUNNING,
	SUMMARY_WAITING,
	SUMMARY_SYSCALL,
	SUMMARY_IDLE,
	SUMMARY_THREAD
};

struct summary_entry {
	uint64_t ns, n;
	int64_t id;
	uint32_t function; /* string; 0 unknown, or of none */
	uint32_t reason;   /* index into the reasons; 0 none */
	uint8_t state;     /* enum summary_state */
};

struct summary {
	VEC(struct summary_entry) entries;
};

struct summary_query {
	enum summary_by by;
	enum stay_clock clock;
	int64_t from, to; /* page time, or T */
};

/* Adds to *s, which is zeroed or cleared. `t`: the store's tables. */
int summary_make(struct summary *s, struct tile_reader *r, const struct tables *t,
	const struct summary_query *q, struct err *e);
void summary_clear(struct summary *s);

const char *summary_by_name(enum summary_by by);             /* "state", ...; static */
int summary_by_parse(const char *name, enum summary_by *by); /* 0, or -1: there is none */
const char *summary_state_name(unsigned state);              /* "Waiting", ...; static */

#endif
