/* legacy_spec.h — the event table of the version-1 format (Go 1.11 to 1.21).
 *
 * A row says how many numbers follow the type byte of a record, its time difference included, and
 * whether the last of them is the stack of the context; and what the event does to a goroutine. The
 * numbers are Go's wire format (internal/tracev1/parser.go); GO_TRACE.md says what the events mean.
 *
 * Constant data. */
#ifndef PARSER_LEGACY_SPEC_H
#define PARSER_LEGACY_SPEC_H

#include <stdbool.h>
#include <stdint.h>

/* Headers that exist, and no other: Go 1.11 to 1.18 write 11, 1.19 and 1.20 write 19, 1.21 writes 21. */
#define LEGACY_FIRST_MINOR  11
#define LEGACY_SECOND_MINOR 19
#define LEGACY_NEWEST_MINOR 21

/* Types of event records stand in the order of Go's numbers. */
enum legacy_type {
	LEGACY_NONE,
	LEGACY_BATCH,
	LEGACY_FREQUENCY,
	LEGACY_STACK,
	LEGACY_GOMAXPROCS,
	LEGACY_PROC_START,
	LEGACY_PROC_STOP,
	LEGACY_GC_START,
	LEGACY_GC_DONE,
	LEGACY_STW_START,
	LEGACY_STW_DONE,
	LEGACY_GC_SWEEP_START,
	LEGACY_GC_SWEEP_DONE,
	LEGACY_GO_CREATE,
	LEGACY_GO_START,
	LEGACY_GO_END,
	LEGACY_GO_STOP,
	LEGACY_GO_SCHED,
	LEGACY_GO_PREEMPT,
	LEGACY_GO_SLEEP,
	LEGACY_GO_BLOCK,
	LEGACY_GO_UNBLOCK,
	LEGACY_GO_BLOCK_SEND,
	LEGACY_GO_BLOCK_RECV,
	LEGACY_GO_BLOCK_SELECT,
	LEGACY_GO_BLOCK_SYNC,
	LEGACY_GO_BLOCK_COND,
	LEGACY_GO_BLOCK_NET,
	LEGACY_GO_SYS_CALL,
	LEGACY_GO_SYS_EXIT,
	LEGACY_GO_SYS_BLOCK,
	LEGACY_GO_WAITING,
	LEGACY_GO_IN_SYSCALL,
	LEGACY_HEAP_ALLOC,
	LEGACY_HEAP_GOAL,
	LEGACY_TIMER_GOROUTINE,
	LEGACY_FUTILE_WAKEUP,
	LEGACY_STRING,
	LEGACY_GO_START_LOCAL,
	LEGACY_GO_UNBLOCK_LOCAL,
	LEGACY_GO_SYS_EXIT_LOCAL,
	LEGACY_GO_START_LABEL,
	LEGACY_GO_BLOCK_GC,
	LEGACY_GC_MARK_ASSIST_START,
	LEGACY_GC_MARK_ASSIST_DONE,
	LEGACY_USER_TASK_CREATE,
	LEGACY_USER_TASK_END,
	LEGACY_USER_REGION,
	LEGACY_USER_LOG,
	LEGACY_CPU_SAMPLE,
	LEGACY_N_TYPES
};

#define LEGACY_MAX_NUMBERS 5 /* of a record that is no stack */

/* Ps that no file names: where events go that belong to no P. */
enum legacy_proc_id {
	LEGACY_TIMER_P = 1000001,
	LEGACY_NETPOLL_P,
	LEGACY_SYSCALL_P,
	LEGACY_GC_P,
	LEGACY_PROFILE_P
};

/* What an event does to a goroutine: the ordering and the cursors ask nothing else. */
enum legacy_role {
	LEGACY_TELLS,        /* nothing */
	LEGACY_COLLECTS,     /* nothing; collections are numbered */
	LEGACY_CREATES,      /* another one */
	LEGACY_LISTS,        /* one that waits since before the trace */
	LEGACY_STARTS,       /* the P runs it from now on */
	LEGACY_STARTS_LOCAL, /* the same, without a number of its own */
	LEGACY_WAKES,        /* another one */
	LEGACY_WAKES_LOCAL,  /* the same, without a number of its own */
	LEGACY_RETURNS,      /* it wakes itself, on no P: a system call ends */
	LEGACY_YIELDS,       /* it can run on; this and the roles below take it off its P */
	LEGACY_BLOCKS,
	LEGACY_STOPS, /* for ever */
	LEGACY_ENDS,
	LEGACY_N_ROLES
};

static inline bool legacy_role_leaves(enum legacy_role role)
{
	return role >= LEGACY_YIELDS;
}

static inline bool legacy_role_starts(enum legacy_role role)
{
	return role == LEGACY_STARTS || role == LEGACY_STARTS_LOCAL;
}

struct legacy_spec {
	const char *name;
	uint8_t n_numbers; /* 0: the record has a form of its own */
	uint8_t since;     /* version in the header that has it first; 0 = no such record */
	uint8_t role;      /* enum legacy_role */
	bool has_stack;    /* the last number */
	bool is_timed;     /* an event of its P: the first number is a time difference */
};

extern const struct legacy_spec legacy_spec_table[64]; /* the type has six bits */

#endif
