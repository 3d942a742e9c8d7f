/* interval_tell.h - the changes that one event makes, and the lanes' states told through them.
 *
 * Part of interval.c's inside: interval.c moves the lanes, this tells what became of them.
 *
 * Invariants:
 *  1. tell_*() adds a change only where the lane's state differs from the one told last.
 *  2. One event adds at most QUEUE_MAX changes.
 *
 * Memory:  one byte per string that was a reason. Threads: none.
 * Errors:  out_of_memory is set and stays. */
#ifndef PARSER_INTERVAL_TELL_H
#define PARSER_INTERVAL_TELL_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/vec.h"
#include "parser/event.h"
#include "parser/change.h"
#include "parser/interval_lane.h"

/* The most changes that one event makes: a label on a running goroutine, with the three lanes that
 * it changes, is 4; a proc taken by a thread from another, both with something on them, is 6. */
#define QUEUE_MAX 8

/* A part of the trace is lost: see interval_gap.h. */
enum gap_phase { GAP_NONE, GAP_LEAVING, GAP_TAKING_UP };

struct initial_status;

struct interval {
	struct trace *tr;
	struct lanes lanes;
	const struct event *ev; /* the one whose changes wait in the queue */
	size_t n_more;          /* that are ready behind it */
	struct event last;      /* a copy: while the trace is asked for more, and to change */
	struct change queue[QUEUE_MAX];
	unsigned queue_at, queue_n;
	const struct initial_status *initial; /* of this generation, those still to tell */
	size_t initial_n;
	VEC(uint8_t) reason_state; /* by string: enum state, 0 = not looked up yet */
	uint64_t n_syncs;
	bool gc_active, stw_active;
	uint32_t stw_reason; /* of the stop-the-world under way, and who stopped it */
	uint64_t stw_g;
	enum gap_phase gap;
	unsigned gap_lane; /* enum lane_kind, and ... */
	size_t gap_at;     /* ... the place in its list that is next there */
	VEC(uint32_t)
	lively[N_LANES];    /* lanes told since the last gap: those that one must leave */
	VEC(uint32_t) left; /* goroutines that gaps have left, until it is known who lives */
	struct event sync;  /* the Sync behind the gap, while lanes are left */
	struct {
		uint64_t clock;
		int64_t clock_ns, time_ns;
	} before; /* the event before the current one */
	bool out_of_memory;
};

/* A new change of a lane at the end of the queue, of the current event and its context. `slot`: the
 * lane's record; 0 for the trace's own lane. */
struct change *add_change(
	struct interval *iv, enum change_kind kind, enum lane_kind lane, uint32_t slot);

/* Tell the state of a lane, unless that is what was told last. `waker`: who made it runnable. */
void tell_goroutine(
	struct interval *iv, uint32_t i, uint32_t reason, uint32_t stack, uint64_t waker);
void tell_proc(struct interval *iv, uint32_t i);
void tell_thread(struct interval *iv, uint32_t i);

/* A thread and the proc that it holds; NO_LANE tells nothing. */
void tell_thread_and_proc(struct interval *iv, uint32_t thread);

#endif
