/* legacy_convert.h — an ordered event of a version-1 trace ► the events every consumer knows.
 *
 *	GoSysCall             ► Running->Syscall, and where it keeps its P Syscall->Running 1 ns on
 *	GoCreate, early       ► nothing yet: a status at the end of the list of goroutines
 *	GoWaiting, GoInSyscall, GoStart, early ► status
 *	first ProcStart or -Stop of a P        ► status
 *
 * "Early" is before the first Gomaxprocs, i.e. while the runtime lists what exists. The rest is
 * one to one (tracev1.go); GO_TRACE.md has the table.
 *
 * 1. String and stack ids are trace-wide already. `clock` counts from the first event.
 * 2. event.time may tie with the last event's; the façade makes it rise.
 * 3. Of a whole file, what Go's reader verifies before it shows the first event is verified event by
 *    event (legacy_nest.h); of one that was cut, events are handed on as they are.
 *
 * Memory: Ps, open tasks, goroutines that wait for the network. Threads: one. */
#ifndef PARSER_LEGACY_CONVERT_H
#define PARSER_LEGACY_CONVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/map.h"
#include "parser/base/vec.h"
#include "parser/event.h"
#include "parser/legacy_nest.h"

struct err;
struct legacy_index;
struct legacy_ordered;

#define LEGACY_STOP_KINDS 17 /* reasons to stop the world */

enum legacy_reason {
	REASON_FOREVER,
	REASON_PREEMPTED,
	REASON_GOSCHED,
	REASON_SLEEP,
	REASON_SEND,
	REASON_RECV,
	REASON_NET,
	REASON_SYNC,
	REASON_COND,
	REASON_SELECT,
	REASON_NONE,
	REASON_ASSIST,
	REASON_STOPS, /* the first of LEGACY_STOP_KINDS */
	N_REASONS = REASON_STOPS + LEGACY_STOP_KINDS
};

struct legacy_convert_proc {
	int64_t m; /* thread it runs on */
	bool is_running, is_known;
};

struct legacy_convert_task {
	uint64_t parent;
	uint32_t type;
};

struct legacy_convert {
	struct legacy_index *x; /* borrowed */
	int64_t first_ticks;
	double ns_per_tick;
	bool is_early; /* the runtime still lists its goroutines */
	VEC(struct legacy_convert_proc) procs;
	struct map proc_of;
	VEC(uint64_t) created; /* early, ascending once they are told */
	struct map created_of, net;
	size_t next_created;
	VEC(struct legacy_convert_task) tasks;
	VEC(uint32_t) free_tasks;
	struct map task_of;
	struct legacy_nest nest;
	uint32_t reasons[N_REASONS]; /* trace-wide strings; 0 until the first use */
	uint32_t stop_reason;        /* of the last stop */
	struct event first, extra;   /* extra: what one event gave besides; first: its model */
	bool has_extra;
};

void legacy_convert_init(struct legacy_convert *c, struct legacy_index *x, double ns_per_tick);
void legacy_convert_clear(struct legacy_convert *c);

/* One event, which changes: 1 and *out, 0 where it gives none (yet), -1 on error. */
int legacy_convert_event(
	struct legacy_convert *c, struct legacy_ordered *in, struct event *out, struct err *e);

/* What the last event gave besides: 1 and *out, or 0. Ask before the next one. */
int legacy_convert_more(struct legacy_convert *c, struct event *out);

#endif
