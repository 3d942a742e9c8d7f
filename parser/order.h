/* order.h — raw records of all threads into the one legal order of events.
 *
 * Clocks of different cores disagree, so time alone is no order. A model of Go's scheduler
 * (sched.h) decides: the earliest record is tried; each event type has a rule that answers
 * "advanced", "not yet" (another thread must come first) or "broken" (no legal order exists).
 * When the earliest must wait, the others are tried by time. GO_TRACE.md lists the rules.
 *
 *	frontier (earliest first) ─► rule of the type ─► event, and sometimes two or three
 *
 * Works in runs: while one thread's records stay the earliest, they are taken without a look at
 * the heap, many events a call.
 *
 * Knows the wire events and the scheduler; not files.
 *
 * 1. Which event comes next is Go's choice exactly, also between equal times.
 * 2. event.time rises strictly over all generations: a tie or a step back becomes last + 1.
 * 3. The work is bounded: at most limits.order_tries per event on average.
 * 4. A record that cannot be decoded, or is against the rules, ends the generation where
 *    limits.stops_at_damage, as in Go. Else it ends its thread alone, and the others go on until none
 *    of them can; of a generation that lacks batches, beyond that (presume.h). A status that
 *    contradicts what is known is taken for the truth.
 *
 * Memory: what is alive in the traced program. Threads: one order belongs to one thread. */
#ifndef PARSER_ORDER_H
#define PARSER_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/err.h"
#include "parser/cursor.h"
#include "parser/event.h"
#include "parser/sched.h"

struct generation;
struct intern;
struct limits;

enum gc_state { GC_UNDETERMINED, GC_IDLE, GC_MARKING };

struct order {
	struct sched sched;
	struct frontier frontier;
	struct cursor *at;               /* that the record being tried comes from */
	struct generation *gen;          /* borrowed from order_open() on */
	struct intern *strings, *stacks; /* borrowed: trace-wide */
	const struct limits *lim;
	uint64_t first_gen; /* number of the first generation that has events; 0 before */
	uint64_t gc_seq;
	enum gc_state gc;
	size_t next_sample;
	int64_t last_time; /* of the event given last */
	int64_t end_time;  /* beyond it the trace is too long */
	uint64_t tries, n_events;
	struct sched_m nobody; /* stands for the thread of a batch that names none */
	struct err failed;     /* told after the events before it */
	uint64_t n_left_out;   /* in this generation: records of threads that ended early */
	int64_t lost_ns;       /* clock of the earliest of them; INT64_MAX none */
	bool lacks_batches;    /* the generation does: presume */
	bool takes_new_g; /* though it is not the first: a status has shown that some were missed */
	struct err damage; /* of this generation: why a thread ended early; ERR_NONE: none did */
};

void order_init(
	struct order *o, struct intern *strings, struct intern *stacks, const struct limits *lim);
void order_clear(struct order *o);

/* Begin a generation; the last one must have been read to its end. 0 or -1. */
int order_open(struct order *o, struct generation *g, bool skips_unknown, struct err *e);

/* How much of the generation is ordered, 0 to 1, but for what is decoded and waits. */
double order_share(const struct order *o);

/* Make an event's time rise: last + 1 where it does not by itself. 0, or -1 where the trace spans
 * more than limits.span_ns. */
int order_stamp(struct order *o, struct event *ev, struct err *e);

/* The next events: how many (cap >= 8), 0 at the end of the generation, -1 on error. */
int order_next(struct order *o, struct event *out, size_t cap, struct err *e);

/* Forget all but the time: what comes next is ordered as a trace's first generation is. */
void order_restart(struct order *o);

/* Give up what is left of the generation: how many records could not be ordered. */
uint64_t order_abandon(struct order *o);

/* Batches given up so far in this generation because of an unknown event. */
uint64_t order_n_skipped(const struct order *o);

#endif
