/* interval_gap.h - what becomes of the lanes where a part of the trace is lost.
 *
 *   last event before  ►  every lane is left: ranges end, goroutines are unknown, procs and threads empty
 *   Sync behind        ►  what its generation lists is taken up again; a goroutine it does not list is gone
 *
 * Part of interval.c's inside. Works in steps of one lane, so that the queue stays small.
 *
 * Invariants:
 *  1. No state, range or binding is carried over a gap; only lanes, with their names, are.
 *
 *  2. A gap costs what was told since the one before, however much there ever was.
 *
 * Memory, threads, errors: those of the interval. */
#ifndef PARSER_INTERVAL_GAP_H
#define PARSER_INTERVAL_GAP_H

#include <stdbool.h>

struct interval;

/* The current event is a Sync behind a gap: it is put aside until all lanes are left. */
void gap_begin(struct interval *iv);

/* Leave one more lane: false, and the Sync is the current event again, when none is left. */
bool gap_leave(struct interval *iv);

/* After what the generation lists: end one more goroutine that is not on the list; false when none
 * is left. */
bool gap_bury(struct interval *iv);

#endif
