/* interval.h - ordered events into changes of state on lanes.
 *
 *   struct event (one legal order)  ►  struct change (what the timelines show)
 *
 * A lane is one goroutine, processor or thread, or the trace as a whole. A change says that a lane
 * enters a state at a moment; the state holds until the next change of the same lane, so that two
 * neighbouring changes are one half-open interval [t0, t1). Marks (logs, labels, samples, regions)
 * and ranges (GC, stop-the-world, sweep, assist) travel as changes of their own kinds.
 *
 * Knows nothing of wire formats, of ordering, of rows, tiles or stores.
 *
 * Invariants:
 *  1. Changes come in the order of Go's time T. Clock times are those of the records: over one lane
 *     they may step back a little where the trace does; who draws keeps each row monotone.
 *  2. A goroutine lane is opened by exactly one CHANGE_BORN before anything else of it, and closed
 *     by at most one CHANGE_GONE. What is alive at the end gets no CHANGE_GONE: its last state
 *     holds until interval_end().
 *  3. A state first seen by a status event holds since the last Sync before it: such lanes are
 *     opened right after the CHANGE_SYNC of that generation (trace_initial()).
 *  4. Where a part of the trace is lost and states do not hold across it (event_sync.gap), all lanes
 *     are left at the last event before: ranges end, goroutines are in STATE_UNKNOWN, procs and
 *     threads in STATE_NONE. Behind it those that the next generation lists go on; a goroutine that
 *     a whole generation does not list is gone.
 *  5. Lanes never get two CHANGE_STATE with equal (state, reason, g, p, m, label) in a row, except
 *     to name another stack.
 *
 * Memory:  one record per live goroutine, proc and thread; nothing per change.
 * Threads: none; belongs to the calling thread.
 * Errors:  those of trace_next(), unchanged. */
#ifndef PARSER_INTERVAL_H
#define PARSER_INTERVAL_H

#include <stdint.h>

#include "parser/base/err.h"
#include "parser/change.h"

struct trace;

struct interval;

/* `tr` is borrowed and must outlive the result. */
struct interval *interval_create(struct trace *tr, struct err *e);
void interval_destroy(struct interval *iv); /* accepts NULL */

/* Next change: 1 and *c, valid until the next call; 0 at the end of the trace, -1 on error. */
int interval_next(struct interval *iv, const struct change **c, struct err *e);

/* Clock and T of the last event so far: where the last states end. */
void interval_end(const struct interval *iv, uint64_t *ticks, int64_t *clock_ns, int64_t *time_ns);

#endif
