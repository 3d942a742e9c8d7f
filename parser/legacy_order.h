/* legacy_order.h — the events of all Ps of a version-1 trace, merged into one legal order.
 *
 *	cursors ► heads ─ ready? ─► frontier (earliest first) ► merged ─┐
 *	pieces, by first_exit ► early exits ────────────────────────────┼─► by time ► event
 *	merged ends of system calls that are stamped later ► late exits ┘
 *
 * Clocks of different cores disagree, so time alone is no order: an event is ready when its
 * goroutine is in the state, and has the sequence number, that it needs (Go: order.go).
 *
 * 1. The end of a system call is ordered by the time E of its record, and comes at the real time
 *    R that stands inside: Go sorts once more, by R, with the whole trace in memory. Here pieces
 *    are looked into ahead of the merge (legacy_index.h), and what comes later waits.
 * 2. Equal times of two Ps: Go's order where its Ps, which it takes in random order, come in that
 *    of their first batches.
 * 3. The work is bounded: at most limits.order_tries per event on average.
 *
 * Memory: one piece a P, what is alive in the traced program, early exits of the pieces that were
 * looked into. Threads: one order belongs to one thread. */
#ifndef PARSER_LEGACY_ORDER_H
#define PARSER_LEGACY_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/id_table.h"
#include "parser/base/sort.h"
#include "parser/base/vec.h"
#include "parser/legacy_cursor.h"

struct err;
struct legacy_index;

/* An event in its place. Local forms have become the plain ones, and a system call's end has its
 * real time. */
struct legacy_ordered {
	struct legacy_event ev;
	bool blocks; /* GO_SYS_CALL: gives its P away */
};

/* What an event needs before it can come. */
struct legacy_need {
	uint64_t g;
	uint64_t seq; /* of the goroutine, or of the collection */
	uint8_t role; /* enum legacy_role */
};

struct legacy_head {
	struct legacy_cursor cursor;
	struct legacy_event ev; /* that comes next on the P */
	struct legacy_need need;
	bool is_new; /* nobody has looked yet whether it can come */
};

struct legacy_goroutine {
	uint64_t seq;
	int64_t blocked; /* ticks of the system call it is in, or was in last; 0 = none */
	uint8_t status;
};

/* The end of a system call away from its record. */
struct legacy_exit {
	int64_t real, emitted;
	int64_t offset;
	uint64_t g;
};

struct legacy_order {
	struct legacy_index *x; /* borrowed */
	VEC(struct legacy_head) heads;
	VEC(uint32_t) waiting;          /* heads that are not in the frontier */
	VEC(struct sort_item) frontier; /* a heap of ticks and heads */
	VEC(struct legacy_goroutine) gs;
	VEC(uint32_t) free_gs;
	struct id_table g_of;
	uint64_t changed; /* goroutine of the last event: only who waits for it may come now */
	uint64_t gc_seq;
	size_t next_sample;
	VEC(struct sort_item) pieces; /* by first_exit */
	size_t next_piece;
	VEC(struct legacy_exit) early, late; /* heaps */
	struct legacy_ordered held;          /* merged, and not yet its turn */
	struct legacy_ordered exit;          /* handed out instead of it */
	bool is_open, has_held, at_end;
	int64_t last_ticks; /* of the merge */
	uint64_t tries, n_events;
	int64_t n_bytes; /* of pieces that were begun */
};

void legacy_order_init(struct legacy_order *o, struct legacy_index *x);
void legacy_order_clear(struct legacy_order *o);

/* The next event: 1, 0 after the last, -1 on error. It is the caller's, who may change it, until
 * the next call. What a file that was cut lacks may keep the
 * rest from being ordered: that is the end, too. */
int legacy_order_next(struct legacy_order *o, struct legacy_ordered **ev, struct err *e);

#endif
