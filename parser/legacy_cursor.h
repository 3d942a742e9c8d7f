/* legacy_cursor.h — the events of one P of a version-1 trace, one after another.
 *
 *	pieces of the P (legacy_index.h) ► records ► struct legacy_event
 *
 * Makes ticks absolute, tells which goroutine the P was running, and leaves out what is no event
 * of a P: tables, the clock, CPU samples. Knows nothing of other Ps.
 *
 * 1. `last_g` lives on from batch to batch of the P, as in Go (parseEvent).
 * 2. A log message gets its trace-wide id here, since nothing in the file numbers it.
 *
 * Memory: one piece. Threads: one cursor belongs to one thread. */
#ifndef PARSER_LEGACY_CURSOR_H
#define PARSER_LEGACY_CURSOR_H

#include <stddef.h>
#include <stdint.h>

#include "parser/base/bytes.h"

struct err;
struct legacy_index;

/* An event of the file. Arguments are those of GO_TRACE.md without time and stack; the last one
 * of a log is its message's trace-wide id. */
struct legacy_event {
	int64_t ticks;
	uint64_t g; /* that the P ran, or that the event is of; 0 = none */
	uint64_t args[4];
	int64_t offset; /* in the file */
	uint32_t stack; /* as the file numbers them; 0 = none */
	int32_t p;      /* or an enum legacy_proc_id */
	uint8_t type;   /* enum legacy_type */
};

struct legacy_cursor {
	struct bytes b; /* what is left of the piece */
	uint8_t *block;
	size_t block_size;
	int64_t base;   /* file offset of block[0] */
	uint32_t piece; /* that comes next, or LEGACY_NO_PIECE */
	int32_t p;
	uint64_t ticks;  /* of the last event */
	uint64_t last_g; /* that the P runs after it; 0 = none */
};

/* The P is x->procs.at[proc]. */
void legacy_cursor_init(struct legacy_cursor *c, const struct legacy_index *x, size_t proc);
void legacy_cursor_clear(struct legacy_cursor *c);

/* The next event: 1, 0 after the last, -1 on error. */
int legacy_cursor_next(
	struct legacy_cursor *c, struct legacy_index *x, struct legacy_event *ev, struct err *e);

/* The type of the first event of goroutine g that is still to come on this P, or LEGACY_NONE.
 * Nothing moves; what cannot be read counts as none, and so does what comes after another goroutine
 * has started: the look ahead ends there, so that all of them together are one reading. */
unsigned legacy_cursor_peek(const struct legacy_cursor *c, struct legacy_index *x, uint64_t g);

#endif
