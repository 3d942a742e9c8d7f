/* cursor.h — one thread's batches as raw events, and the frontier of all threads by time.
 *
 * A cursor decodes: type byte, time difference, arguments (see spec.h). The frontier is Go's
 * binary heap over the cursors' next events; where times are equal its shape decides who comes
 * first, so its moves are Go's moves (batchcursor.go).
 *
 * 1. Time restarts at each batch from the batch's own time; each difference is converted to ns
 *    and truncated by itself, then added, as Go does. `ticks` carries the unrounded clock.
 * 2. A decoded event always lies within its batch.
 *
 * Memory: cursors and heap are kept from generation to generation.
 * Threads: one frontier belongs to one thread. */
#ifndef PARSER_CURSOR_H
#define PARSER_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/sort.h"
#include "parser/base/vec.h"
#include "parser/spec.h"

struct err;
struct generation;

struct cursor {
	/* The event decoded last. */
	int64_t time_ns;
	uint64_t ticks;
	uint64_t args[SPEC_MAX_ARGS];
	uint8_t type;

	const uint8_t *at; /* rest of the current batch */
	const uint8_t *end;
	int64_t m;
	uint32_t batch;     /* of the generation; GENERATION_END after the last */
	uint32_t m_index;   /* for the ordering: its record of the thread, CURSOR_NO_M before */
	bool skips_unknown; /* trace newer than we know: give up a batch at an unknown event */
	uint64_t n_skipped;
};

#define CURSOR_NO_M UINT32_MAX

void cursor_init(struct cursor *c, const struct generation *g, size_t thread);

/* Decode the next event: 1, 0 after the last, -1 on error. */
int cursor_next(struct cursor *c, const struct generation *g, struct err *e);

/* The same for reading ahead: the next event of a wanted type, stepping over the others. Keeps
 * ticks but not time_ns; use one or the other on a cursor, not both. */
int cursor_scan(
	struct cursor *c, const struct generation *g, const bool wanted[256], struct err *e);

/* File offset of the next unread byte, for messages. */
int64_t cursor_offset(const struct cursor *c, const struct generation *g);

/* The frontier: heap[0] is the earliest; key = time, value = index of the cursor. Two more items
 * than heap.n exist, at the end of time. */
struct frontier {
	VEC(struct cursor) cursors;
	VEC(struct sort_item) heap;
};

void frontier_clear(struct frontier *f);

/* A cursor for every thread of the generation, each at its first event. 0 or -1. */
int frontier_open(
	struct frontier *f, const struct generation *g, bool skips_unknown, struct err *e);

/* The cursor at heap position i has been read: decode its next event and restore the heap, or
 * take it out when it has none. 0 or -1. */
int frontier_advance(struct frontier *f, size_t i, const struct generation *g, struct err *e);

/* Order all of the heap by time, as Go sorts it; it stays a heap. */
void frontier_sort(struct frontier *f);

#endif
