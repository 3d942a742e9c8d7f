/* small_trace.h — one sound generation of a few records, for tests that need no more, or that damage it.
 *
 * Knows nothing of what is read back. Out of memory aborts the test, as in trace_writer.h. */
#ifndef TESTS_UNIT_SMALL_TRACE_H
#define TESTS_UNIT_SMALL_TRACE_H

#include "trace_writer.h"

#define SMALL_TRACE_HZ 1000000000

struct parts { /* where the parts of a generation begin, in the bytes of the trace */
	size_t events, strings, stacks, clock, end;
};

/* Thread 1 runs goroutine 10 on proc 0; goroutine 11 waits and is unblocked. Nine records. 1 tick = 1 ns. */
static inline struct parts write_generation(struct trace_writer *w, int minor, uint64_t gen)
{
	struct parts p = {.events = w->n};

	tw_batch(w, gen, 1, gen * 1000);
	TW(w, EV_PROC_STATUS, 0, 0, 1);
	TW(w, EV_GO_STATUS, 0, 10, 1, 2);
	TW(w, EV_GO_STATUS, 0, 11, UINT64_MAX, 4);
	TW(w, EV_GO_UNBLOCK, 50, 11, 1, 1);
	TW(w, EV_GO_CREATE, 1, 100 + gen, 1, 1);
	TW(w, EV_GO_STOP, 1, 2, 1);
	TW(w, EV_GO_START, 1, 11, 2);
	TW(w, EV_GO_BLOCK, 1, 2, 1);
	TW(w, EV_GO_START, 1, 10, 1);
	tw_end(w);
	p.strings = w->n;
	tw_batch(w, gen, 1, gen * 1000);
	tw_byte(w, EV_STRINGS);
	tw_string(w, 1, "runtime.g");
	tw_string(w, 2, "select");
	tw_end(w);
	p.stacks = w->n;
	tw_batch(w, gen, 1, gen * 1000);
	tw_byte(w, EV_STACKS);
	tw_stack(w, 1, 0xabc, 1, 1);
	tw_end(w);
	p.clock = w->n;
	tw_clock(w, minor, gen, SMALL_TRACE_HZ);
	p.end = w->n;
	if (minor >= 26)
		tw_end_generation(w);
	return p;
}

#endif
