/* gaps.h — the list of what is lost of a damaged trace, as trace_gaps() tells it.
 *
 *	gaps_open()  a generation is damaged, or the trace ends: a gap begins
 *	gaps_close() a generation can be read again behind it, or none until the end
 *
 * 1. At most one gap is open; what is lost while it is belongs to it.
 * 2. Beyond limits.gaps the last one stands for all that follow.
 *
 * Memory: one record per gap. Threads: none. Errors: out of memory. */
#ifndef PARSER_GAPS_H
#define PARSER_GAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/vec.h"
#include "parser/trace.h"

struct generation;

struct gaps {
	VEC(struct trace_gap) list;
	uint64_t n_met; /* the last of the list may stand for several */
	uint32_t
		broken; /* 1-based gap across which what the ordering knows does not hold; 0 none */
	bool is_open;
};

void gaps_clear(struct gaps *gs);

/* The gap begins, or more is lost in the open one. 0, or -1 where memory ran out. */
int gaps_open(struct gaps *gs, const struct trace_gap *gap, uint32_t limit);

/* The one that was opened last. There must be one. */
struct trace_gap *gaps_last(struct gaps *gs);

/* `next` can be read behind the open gap, if there is one; NULL: the trace ends in it. */
void gaps_close(struct gaps *gs, const struct generation *next, int64_t end_byte);

/* What is known before the last gap does not hold behind it. */
void gaps_break(struct gaps *gs);

/* The error that ends a damaged trace, when all is told that could be saved. */
void gaps_tell(const struct gaps *gs, struct err *e);

#endif
