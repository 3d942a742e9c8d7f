/* presume.h — what a generation that lacks batches must have held for its records to make sense.
 *
 * A program that is killed leaves the buffers of its threads unwritten: often a few events of one
 * idle thread, for which all others would wait for ever. Where no record can come next, the earliest
 * one tells what was: a GoStart with number 4 says that its goroutine became runnable with number
 * 3, on whichever thread. The model of the scheduler is set to that, and the record's own rule goes on.
 *
 * 1. No event is made: what is given is recorded, each thread's in its order. Missing is what lay in
 *    the lost batches; a goroutine may seem to wait until it runs.
 * 2. Nothing is presumed against what is known: of a thread that still has records, neither the
 *    goroutine nor the proc on it; of a resource, no earlier number than it stands at.
 * 3. Earliest first: what a record waits for is older than it, so it does not lie in the records
 *    that are still to come, but for what clocks disagree.
 *
 * Part of the ordering; see order.h. */
#ifndef PARSER_PRESUME_H
#define PARSER_PRESUME_H

struct order;
struct raw;
struct sched_m;

/* Can the record of thread `m`, which must wait, be explained by lost ones? ADVANCED: the model is set, its
 * rule will take it; NOT_YET; BROKEN: out of memory or over a limit. */
int presume(struct order *o, const struct raw *raw, struct sched_m *m);

/* A status record is against what is known from earlier generations, which damage that nobody saw may
 * have put wrong: the status holds. As presume(); NOT_YET where it is no status, or a thread with
 * records to come speaks against it. */
int presume_status(struct order *o, const struct raw *raw);

#endif
