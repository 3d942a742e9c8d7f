/* change.h - what interval.h hands out: changes of lanes, and the names of states, ranges, metrics.
 *
 * Plain data and pure look-ups. Numbers of states are on the wire and in stores. */
#ifndef PARSER_CHANGE_H
#define PARSER_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* States of a lane, in the order in which they are stacked when drawn, bottom first. The numbers
 * are on the wire and in stores (tiles/TILE_FORMAT.md): append only. */
enum state {
	STATE_NONE, /* nothing drawn: not alive, an idle P, an M without P outside system calls */
	STATE_RUNNING,
	STATE_GC,     /* running with a "GC (...)" label */
	STATE_ASSIST, /* running inside a GC mark assist */
	STATE_SYSCALL,
	STATE_RUNNABLE,
	STATE_SYNC,  /* waiting: sync, sync.(*Cond).Wait */
	STATE_CHAN,  /* waiting: chan send, chan receive, select */
	STATE_OTHER, /* waiting: any other reason; P or M: a P without a goroutine (searching) */
	STATE_NET,   /* waiting: network */
	STATE_SLEEP, /* waiting: sleep, forever, system goroutine wait, GC background sweeper wait */
	STATE_UNKNOWN, /* before the first status */
	N_STATES
};

const char *state_name(enum state s); /* "none", "running", ... as in palette and API; static */

/* The state that a goroutine waiting for `reason` (Go's own reason string) is in. */
enum state state_of_reason(const char *reason, size_t n);

enum lane_kind { LANE_GOROUTINE, LANE_PROC, LANE_THREAD, LANE_TRACE, N_LANES };

enum change_kind {
	CHANGE_SYNC,         /* a generation begins: gen, ns_per_tick; clock snapshot if has_wall */
	CHANGE_BORN,         /* goroutine: text = start function (0 unknown), g = creator (0 none),
	                        stack = creator's stack, flag = created inside the trace */
	CHANGE_GONE,         /* goroutine ended */
	CHANGE_FUNCTION,     /* goroutine: start function learned later: text */
	CHANGE_STATE,        /* lane enters `state` */
	CHANGE_LOG,          /* text = category, text2 = message, task */
	CHANGE_LABEL,        /* text = label */
	CHANGE_SAMPLE,       /* CPU sample: stack */
	CHANGE_REGION_BEGIN, /* text = type, task, stack */
	CHANGE_REGION_END,   /* text = type, task, stack */
	CHANGE_RANGE_BEGIN, /* range = its kind, text = reason of a stop-the-world; flag = under way
	                        already when the first generation began */
	CHANGE_RANGE_END,   /* same lane, text and range; value, value2 = bytes swept, reclaimed */
	CHANGE_TASK_BEGIN,  /* LANE_TRACE: task, parent, text = type, g */
	CHANGE_TASK_END,    /* LANE_TRACE: task, text = type, g */
	CHANGE_METRIC,      /* LANE_TRACE: metric, value */
	N_CHANGE_KINDS
};

/* GC and stop-the-world lie on LANE_TRACE, a sweep on its proc, an assist on its goroutine. */
enum range_kind { RANGE_OTHER, RANGE_GC, RANGE_STW, RANGE_SWEEP, RANGE_ASSIST, N_RANGES };

/* Go's name of a range: "GC concurrent mark phase", "stop-the-world" (its reason stands apart). */
const char *range_kind_name(enum range_kind r);

/* Go's name of a metric, which ends in its unit: "/gc/heap/goal:bytes". */
const char *change_metric_name(unsigned metric);

#define NO_ID (-1) /* no proc, no thread */

/* What a goroutine's change brings its proc and its thread, told with it instead of as changes of
 * their own: nine in ten of theirs are of this kind. First the proc's, then the thread's.
 *
 *	goroutine enters running .. syscall     proc p and thread m enter the same state, with it on them
 *	goroutine enters another state, or ends	thread m is left by it: proc p enters other, the thread
 *						other, or none where there is no proc */
enum { FOLLOWS_PROC = 1, FOLLOWS_THREAD = 2 };

struct change {
	uint8_t kind;    /* enum change_kind */
	uint8_t lane;    /* enum lane_kind */
	uint8_t state;   /* CHANGE_STATE: enum state */
	uint8_t range;   /* ranges: enum range_kind */
	uint8_t metric;  /* CHANGE_METRIC: number for change_metric_name() */
	uint8_t follows; /* CHANGE_STATE and CHANGE_GONE of a goroutine: FOLLOWS_* */
	bool flag;
	bool has_wall;    /* CHANGE_SYNC: wall_ns and mono_ns are set (Go 1.25+) */
	uint32_t reason;  /* CHANGE_STATE: trace-wide string of Go's reason; 0 none */
	uint32_t slot;    /* small number of the lane among those of its kind, so that a consumer
	                      needs no map; a goroutine's is given out again after its end */
	uint64_t id;      /* goroutine, proc or thread; 0 on LANE_TRACE */
	uint64_t ticks;   /* clock of the record, in ticks of ns_per_tick */
	int64_t clock_ns; /* the same in ns, truncated as Go does */
	int64_t time_ns;  /* Go's time T of the event this change comes from */
	uint32_t stack;   /* trace-wide stack; 0 none. Blocking: where it blocked; runnable: the
	                      waker's; running: none */
	uint64_t g;       /* CHANGE_STATE on a goroutine: who made it runnable, 0 none. On a proc or
	                      thread: the goroutine on it, 0 none. Else: the goroutine it happened on */
	int64_t p;        /* proc it is or happened on; NO_ID none */
	int64_t m;        /* thread it is or happened on; NO_ID none */
	/* Not set in a CHANGE_STATE, the most frequent by far: */
	uint32_t text; /* trace-wide strings; 0 none */
	uint32_t text2;
	uint64_t task, parent;
	uint64_t value, value2;
	double ns_per_tick;       /* CHANGE_SYNC */
	int64_t wall_ns, mono_ns; /* CHANGE_SYNC, with has_wall: Unix time and monotonic clock */
	int64_t snapshot_ns;      /*   when the trace's clock said this (as clock_ns) */
	uint64_t gen;             /* CHANGE_SYNC: number of the generation */
};

/* Running, in either kind of GC work, or in a system call: on a thread. */
static inline bool state_is_executing(unsigned state)
{
	return state >= STATE_RUNNING && state <= STATE_SYSCALL;
}

/* The state that a proc or a thread enters with a change, if it follows it; *g: the goroutine on it. */
enum state change_follower(const struct change *c, enum lane_kind lane, uint64_t *g);

#endif
