/* trace.h — a Go execution trace as a stream of ordered events: the façade of the reader.
 *
 *	struct source *src = source_open_file(path, &e);
 *	struct trace *tr = src ? trace_open(src, &limits, &e) : NULL;
 *	while (tr && (n = trace_next(tr, &ev, &e)) > 0)
 *		…
 *	trace_close(tr), source_close(src);
 *
 * Detects the version, wires source ► batch ► generation ► cursor ► order, makes times strictly
 * increasing, and turns each generation's string and stack numbers into trace-wide ids.
 * Knows nothing of intervals, tiles or text.
 *
 * 1. Same bytes in, same events out, in exactly the order and with the times of Go's reader.
 * 2. The first event is a Sync, every generation begins with one, and the last event is one
 *    (sync.is_last), of a damaged trace too; but not of version 1 where its order breaks off.
 * 3. A damaged trace yields what can be saved (salvage.h, order.h 4): each complete generation, of a
 *    damaged or unfinished one what orders of it, and what follows; at its end -1 with the first
 *    damage, so that nobody takes it for whole. trace_gaps() tells of each loss. Where states do
 *    not hold across one, the next Sync has it in sync.gap, and the generation begins as the first
 *    of a trace does. With limits.stops_at_damage it yields what Go would and then -1.
 * 4. Ids of strings and stacks keep their meaning until trace_close(); equal content has an
 *    equal id. They are numbered in order of first use.
 *
 * Memory: one generation (two with trace_read_ahead()) and the different strings and stacks of the
 * trace; nothing per event.
 * Threads: one trace belongs to one thread; two traces share nothing.
 * Errors: the first; after -1 every trace_next() returns -1. */
#ifndef PARSER_TRACE_H
#define PARSER_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/err.h"

struct crew;
struct event;
struct limits;
struct source;
struct trace;

/* One frame of a stack, innermost first. */
struct trace_frame {
	uint64_t pc;
	uint64_t line;
	uint32_t func; /* string */
	uint32_t file; /* string */
};

/* What a resource is known to have been doing since the Sync that opens the generation, told by
 * a status record that comes later in the generation. */
struct initial_status {
	int64_t id;
	int64_t m;           /* thread it is on, or NO_ID */
	int64_t p;           /* proc it is on (goroutine, thread), or NO_ID */
	int64_t g;           /* goroutine on it (proc, thread), or NO_ID */
	uint64_t clock;      /* ticks: when the status was written */
	uint32_t stack;      /* from a status record with a stack; 0 = none */
	uint32_t start_func; /* string: outermost function of a stack of the goroutine; 0 = none */
	uint8_t resource;    /* enum resource_kind */
	uint8_t state;       /* enum go_state or enum proc_state; 0 for a thread */
	bool in_syscall;     /* proc: held by a goroutine in a system call; thread: is in one */
	bool is_system;      /* goroutine of the runtime, as far as start_func tells */
};

/* What a damage cost: something is missing from between two events, or after the last one. */
struct trace_gap {
	struct err why;     /* what was wrong first, and its byte */
	int64_t first_byte; /* from there ... */
	int64_t end_byte;   /* ... to there bytes of the file are lost, or may be */
	uint64_t first_gen; /* generations that are damaged or missing, by number ... */
	uint64_t last_gen;  /* ... up to this one */
	int64_t begin_ns; /* clock_ns of the last event before, or of the first record that is lost; -1 none */
	int64_t end_ns;       /* clock_ns of the Sync behind; -1 where the trace ends in the gap */
	uint64_t n_unordered; /* records that were read, but could not be ordered */
	bool is_break;        /* states do not hold across it: behind it each is told anew */
};

/* Read the file's header, "go 1.NN trace" and three zeroes: NN, or -1. For who reads the rest
 * itself. */
int trace_read_version(struct source *src, struct err *e);

/* `src` is borrowed and must outlive the trace; `lim` is copied. NULL on error. */
struct trace *trace_open(struct source *src, const struct limits *lim, struct err *e);
void trace_close(struct trace *tr); /* NULL is fine */

/* Before the first event: from now on read the next generation on a thread of the crew, which is
 * borrowed, while this one is ordered. The events are the same. `src` is the trace's until the last
 * of them, or an error, which may wait for the read that is under way; where the trace is closed
 * before, `src` can only be closed too. */
void trace_read_ahead(struct trace *tr, const struct crew *crew);

/* The next event: 1, 0 after the last one, -1 on error. */
int trace_next(struct trace *tr, struct event *ev, struct err *e);

/* The same, as many as are ready: 1 and n >= 1 events, valid until the next call; a Sync comes
 * alone. For who counts every nanosecond. */
int trace_take(struct trace *tr, const struct event **events, size_t *n, struct err *e);

/* Resources that this generation's status records will introduce, sorted by (resource, id); none
 * but in the first generation and in one behind a gap, see initial.h. Ask right after the Sync that opened it (the batches
 * are read ahead then, at a tenth of the cost of ordering them); valid until the next Sync. Left
 * out is what is created within the generation before its first status. Where memory runs out
 * there are none, and the next trace_next() says why. */
const struct initial_status *trace_initial(struct trace *tr, size_t *n);

/* What was lost so far, in order; complete when trace_next() has come to its end. Beyond limits.gaps
 * the last one stands for all others. Valid until the next trace_next(). */
const struct trace_gap *trace_gaps(const struct trace *tr, size_t *n);

/* Bytes of a string (not terminated, any bytes); id 0 is empty. */
const char *trace_string(const struct trace *tr, uint32_t id, size_t *len);

/* Frames of a stack, innermost first; id 0 has none. */
const struct trace_frame *trace_stack(const struct trace *tr, uint32_t id, size_t *n_frames);

/* Ids handed out so far: strings are 1 .. n, stacks are 1 .. n. */
uint32_t trace_n_strings(const struct trace *tr);
uint32_t trace_n_stacks(const struct trace *tr);

int trace_go_minor(const struct trace *tr);        /* 22 for "go 1.22 trace" */
double trace_ns_per_tick(const struct trace *tr);  /* of the current generation, or the last */
uint64_t trace_generation(const struct trace *tr); /* its number in the file; 0 before the first */
int64_t trace_bytes_read(const struct trace *tr);  /* of the trace, unpacked; also ahead */
int64_t trace_bytes_total(const struct trace *tr); /* -1 where unknown */

/* How far the events given are, in the bytes of the source, compressed as they are (source_progress()). */
void trace_progress(const struct trace *tr, int64_t *done, int64_t *total);

uint64_t trace_n_events(const struct trace *tr);  /* handed out so far, Syncs included */
uint64_t trace_n_skipped(const struct trace *tr); /* batches given up at an unknown event */
uint64_t trace_n_experimental_batches(const struct trace *tr); /* left out, content unknown */

#endif
