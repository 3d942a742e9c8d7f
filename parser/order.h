/* order.h — the raw events of all threads of a generation, merged into the one legal order.
 *
 * Clocks of different cores disagree, so time alone is no order. A model of Go's scheduler
 * (sched.h) decides: the earliest event is tried; each event type has a rule that answers
 * "advanced", "not yet" (another thread must come first) or "broken" (no legal order exists).
 * When the earliest must wait, the others are tried by time. GO_TRACE.md lists the rules.
 *
 *	frontier (earliest first) ─► rule of the type ─► event, and sometimes two or three
 *
 * Knows the wire events and the scheduler; not files, not trace-wide times.
 *
 * 1. Which event comes next is Go's choice exactly, also between equal times.
 * 2. event.time is not yet strictly increasing, and stack and string fields hold 1-based indices
 *    of the generation, but for the names of tasks and regions, which live longer than a
 *    generation and are trace-wide.
 * 3. The work is bounded: at most limits.order_tries per event on average.
 *
 * Memory: what is alive in the traced program. Threads: one order belongs to one thread. */
#ifndef PARSER_ORDER_H
#define PARSER_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/cursor.h"
#include "parser/event.h"
#include "parser/sched.h"

struct err;
struct generation;
struct intern;
struct limits;

enum gc_state { GC_UNDETERMINED, GC_IDLE, GC_MARKING };

struct order {
	struct sched sched;
	struct frontier frontier;
	struct generation *gen; /* borrowed from order_open() on */
	struct intern *strings; /* borrowed: trace-wide */
	const struct limits *lim;
	uint64_t first_gen; /* number of the first generation; 0 before */
	uint64_t gc_seq;
	enum gc_state gc;
	size_t next_sample;
	struct event queue[3]; /* what one raw event gave besides its first event */
	unsigned queue_at, queue_n;
	uint64_t tries, n_events;
};

void order_init(struct order *o, struct intern *strings, const struct limits *lim);
void order_clear(struct order *o);

/* Begin a generation; the last one must have been read to its end. 0 or -1. */
int order_open(struct order *o, struct generation *g, bool skips_unknown, struct err *e);

/* The next event: 1, 0 at the end of the generation, -1 on error. */
int order_next(struct order *o, struct event *ev, struct err *e);

/* Batches given up so far in this generation because of an unknown event. */
uint64_t order_n_skipped(const struct order *o);

#endif
