/* event.h — one ordered event, as every consumer of a trace sees it.
 *
 * Made by the ordering (1.22 and later) or the legacy reader (1.11 to 1.21); both speak the
 * vocabulary of Go's own reader (internal/trace: EventKind, GoState, ProcState, ResourceKind).
 *
 * 1. `time` rises strictly over the whole trace and is the event's identity.
 * 2. g, p, m are the context *before* the event: what ran there when it happened. NO_ID = none.
 * 3. String and stack ids are trace-wide (trace_string(), trace_stack()); 0 = none.
 * 4. Ids of goroutines, procs and threads are signed as in Go, so 2^64-1 in a file is NO_ID.
 *
 * Plain data; knows nothing of any byte format. */
#ifndef PARSER_EVENT_H
#define PARSER_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#define NO_ID   (-1)       /* no goroutine, no proc, no thread */
#define NO_TASK UINT64_MAX /* no parent task, or unknown; task 0 is the background task */

enum event_kind {
	EVENT_BAD,
	EVENT_SYNC, /* a generation begins, or the trace ends */
	EVENT_METRIC,
	EVENT_LABEL,
	EVENT_STACK_SAMPLE, /* a CPU profile sample; its `stack` may be 0 */
	EVENT_RANGE_BEGIN,
	EVENT_RANGE_ACTIVE, /* was under way already when the generation began */
	EVENT_RANGE_END,
	EVENT_TASK_BEGIN,
	EVENT_TASK_END,
	EVENT_REGION_BEGIN,
	EVENT_REGION_END,
	EVENT_LOG,
	EVENT_STATE_TRANSITION,
	EVENT_EXPERIMENTAL,
	EVENT_N_KINDS
};

enum resource_kind { RESOURCE_NONE, RESOURCE_GOROUTINE, RESOURCE_PROC, RESOURCE_THREAD };

enum go_state {
	GO_UNDETERMINED, /* before the first status */
	GO_NOT_EXIST,
	GO_RUNNABLE,
	GO_RUNNING,
	GO_WAITING,
	GO_SYSCALL,
	GO_N_STATES
};

enum proc_state { PROC_UNDETERMINED, PROC_NOT_EXIST, PROC_RUNNING, PROC_IDLE, PROC_N_STATES };

enum metric_name {
	METRIC_GOMAXPROCS,   /* "/sched/gomaxprocs:threads" */
	METRIC_HEAP_OBJECTS, /* "/memory/classes/heap/objects:bytes" */
	METRIC_HEAP_GOAL,    /* "/gc/heap/goal:bytes" */
	METRIC_N_NAMES
};

enum range_name {
	RANGE_STOP_THE_WORLD, /* "stop-the-world (" + reason + ")", scope goroutine */
	RANGE_GC_MARK,        /* "GC concurrent mark phase", scope none: the whole program */
	RANGE_GC_SWEEP,       /* "GC incremental sweep", scope proc */
	RANGE_MARK_ASSIST,    /* "GC mark assist", scope goroutine */
	RANGE_N_NAMES
};

/* A resource changes state. GoCreate: `stack` is where the new goroutine starts, event.stack is
 * who created it. Block, stop, syscall, status: `stack` equals event.stack. */
struct event_transition {
	int64_t id;       /* of the goroutine or proc */
	uint32_t reason;  /* string: "chan receive", "preempted", …; 0 = none given */
	uint32_t stack;   /* of the resource that changes */
	uint8_t resource; /* enum resource_kind */
	uint8_t from;     /* enum go_state or enum proc_state */
	uint8_t to;
	bool has_stack; /* the event carries a transition stack, though it may be empty (0) */
};

struct event_metric {
	uint64_t value;
	uint8_t name; /* enum metric_name */
};

struct event_label {
	int64_t id; /* goroutine */
	uint32_t label;
	uint8_t resource;
};

struct event_range {
	int64_t id;     /* of the scope: goroutine or proc; 0 for the whole program */
	uint64_t swept; /* bytes; only at the end of a sweep */
	uint64_t reclaimed;
	uint32_t reason;  /* string; only for stop-the-world */
	uint8_t name;     /* enum range_name */
	uint8_t resource; /* enum resource_kind of the scope */
};

struct event_task {
	uint64_t id;
	uint64_t parent; /* NO_TASK = none or unknown */
	uint32_t type;   /* string; 0 at the end of a task whose begin was not seen */
};

struct event_region {
	uint64_t task; /* 0 = background */
	uint32_t type;
};

struct event_log {
	uint64_t task;
	uint32_t category;
	uint32_t message;
};

/* Clocks read (nearly) together once per generation, by Go 1.25 and later. */
struct event_sync {
	int64_t trace_ns;   /* the trace's own clock, as event.clock_ns */
	uint64_t mono_ns;   /* the system's monotonic clock */
	int64_t wall_sec;   /* Unix time */
	uint32_t wall_nsec; /* 0 .. 999,999,999 */
	uint32_t n;         /* 1 for the first sync of the trace */
	uint32_t gap; /* 1-based, of trace_gaps(): what was known before holds no more; 0 none */
	bool has_snapshot;
	bool is_doubtful; /* the generation is damaged: it need not list all that live */
	bool is_last;     /* no generation follows: this one ends the trace */
};

/* Raw arguments; their names are in the event table of spec.h, row `type`. */
struct event_experimental {
	uint64_t args[4];
	uint8_t n_args;
};

struct event {
	int64_t time;     /* ns, Go's time T: strictly rising, never equal */
	int64_t clock_ns; /* ns, what the record says (truncated as Go does); may run backwards */
	uint64_t clock;   /* the same in ticks, unrounded; trace_ns_per_tick() converts */
	int64_t g;
	int64_t p;
	int64_t m;
	uint32_t stack; /* of the context: where it happened */
	uint8_t kind;   /* enum event_kind: which member below is set */
	uint8_t type;   /* enum ev_type of spec.h, EV_SYNC_POINT for EVENT_SYNC */
	union {
		struct event_transition transition; /* EVENT_STATE_TRANSITION */
		struct event_metric metric;
		struct event_label label;
		struct event_range range; /* EVENT_RANGE_* */
		struct event_task task;
		struct event_region region;
		struct event_log log;
		struct event_sync sync;
		struct event_experimental experimental;
	};
};

/* The `type` of a Sync: no record of the file says it. */
#define EV_SYNC_POINT 255

#endif
