/* wide.h — a generation's strings and stacks under numbers that hold for the whole trace.
 *
 *	id of the file ─► generation's tables ─► bytes, frames ─► intern ─► trace-wide id
 *
 * Interned when asked for the first time; the generation keeps the answer.
 *
 * What an id names and the tables lack: where limits.stops_at_damage, there is none, as in Go. Else one
 * of the texts below stands in for it (for a stack: as the function of its only frame), and the
 * generation is damaged (generation.damage).
 *
 * Memory: that of the interns. Threads: as the generation. */
#ifndef PARSER_WIDE_H
#define PARSER_WIDE_H

#include <stdint.h>

struct err;
struct generation;
struct intern;

/* The generation has no end: its tables would have come there. Otherwise they are damaged. */
#define WIDE_NO_STACK_CUT     "no stack recorded: the trace ends before its tables"
#define WIDE_NO_TEXT_CUT      "no text recorded: the trace ends before its tables"
#define WIDE_NO_STACK_DAMAGED "no stack recorded: the trace is damaged"
#define WIDE_NO_TEXT_DAMAGED  "no text recorded: the trace is damaged"

/* Trace-wide id of a string or stack of the file; id 0 gives 0. 1, 0 where there is no such id, -1
 * on error (ERR_MEMORY or ERR_LIMIT). */
int wide_string(
	struct generation *g, struct intern *strings, uint64_t id, uint32_t *wide, struct err *e);
int wide_stack(struct generation *g, struct intern *strings, struct intern *stacks, uint64_t id,
	uint32_t *wide, struct err *e);

#endif
