/* spec.h — the event table of the version-2 format (Go 1.22 and later): names, arguments, flags.
 *
 * A version of Go is a set of rows (`since`), not an if. The numbers are Go's wire format
 * (tracev2/events.go); the argument list leaves out the time difference that every timed event
 * begins with. See GO_TRACE.md for what the events mean.
 *
 * Constant data. */
#ifndef PARSER_SPEC_H
#define PARSER_SPEC_H

#include <stdint.h>

enum ev_type {
	EV_NONE,
	EV_EVENT_BATCH,
	EV_STACKS,
	EV_STACK,
	EV_STRINGS,
	EV_STRING,
	EV_CPU_SAMPLES,
	EV_CPU_SAMPLE,
	EV_FREQUENCY,
	EV_PROCS_CHANGE,
	EV_PROC_START,
	EV_PROC_STOP,
	EV_PROC_STEAL,
	EV_PROC_STATUS,
	EV_GO_CREATE,
	EV_GO_CREATE_SYSCALL,
	EV_GO_START,
	EV_GO_DESTROY,
	EV_GO_DESTROY_SYSCALL,
	EV_GO_STOP,
	EV_GO_BLOCK,
	EV_GO_UNBLOCK,
	EV_GO_SYSCALL_BEGIN,
	EV_GO_SYSCALL_END,
	EV_GO_SYSCALL_END_BLOCKED,
	EV_GO_STATUS,
	EV_STW_BEGIN,
	EV_STW_END,
	EV_GC_ACTIVE,
	EV_GC_BEGIN,
	EV_GC_END,
	EV_GC_SWEEP_ACTIVE,
	EV_GC_SWEEP_BEGIN,
	EV_GC_SWEEP_END,
	EV_GC_MARK_ASSIST_ACTIVE,
	EV_GC_MARK_ASSIST_BEGIN,
	EV_GC_MARK_ASSIST_END,
	EV_HEAP_ALLOC,
	EV_HEAP_GOAL,
	EV_GO_LABEL,
	EV_USER_TASK_BEGIN,
	EV_USER_TASK_END,
	EV_USER_REGION_BEGIN,
	EV_USER_REGION_END,
	EV_USER_LOG,
	EV_GO_SWITCH,
	EV_GO_SWITCH_DESTROY,
	EV_GO_CREATE_BLOCKED,
	EV_GO_STATUS_STACK,
	EV_EXPERIMENTAL_BATCH,
	EV_SYNC,
	EV_CLOCK_SNAPSHOT,
	EV_END_OF_GENERATION,

	EV_SPAN = 128,
	EV_SPAN_ALLOC,
	EV_SPAN_FREE,
	EV_HEAP_OBJECT,
	EV_HEAP_OBJECT_ALLOC,
	EV_HEAP_OBJECT_FREE,
	EV_GOROUTINE_STACK,
	EV_GOROUTINE_STACK_ALLOC,
	EV_GOROUTINE_STACK_FREE,
	EV_N_TYPES
};

#define SPEC_MAX_ARGS 4 /* of a timed event, without its time difference */

/* Versions the reader was written against. Newer ones are tried, see batch.h. */
#define SPEC_FIRST_MINOR  22
#define SPEC_NEWEST_MINOR 26

struct spec {
	const char *name; /* NULL where the number is unused */
	const char *args[SPEC_MAX_ARGS];
	uint8_t n_args; /* of a timed event; structure has none here */
	uint8_t since;  /* minor version of Go that writes it first */
	uint8_t start;  /* of an end or active event: the event that begins the range; else 0 */
	uint8_t stack;  /* 1 + index of the argument that is the stack of the context; 0 = none */
	uint8_t kind;   /* enum event_kind of the ordered event; EVENT_BAD for structure */
};

extern const struct spec spec_table[256];

/* For the decoder: how many numbers follow the type byte of a timed event, its time difference
 * included. 0 for what cannot stand in an event batch: structure and unknown types. */
extern const uint8_t spec_numbers[256];

/* Never NULL: "unknown" where there is no such event. */
const char *spec_name(unsigned type);

#endif
