/* salvage.h — the next generation, also where the trace is damaged or ends inside it.
 *
 * What Go's reader throws away is kept as far as it can be trusted:
 *
 *	damage                            what is kept of the generation
 *	the trace ends inside             all batches before
 *	a batch that cannot be framed     event batches before it; tables, samples and clock from behind it
 *	a batch of another generation     the same
 *	a table that cannot be decoded    its entries before the damage, and all other batches
 *	an id twice in a table            neither entry: one of them is wrong
 *	no clock                          the ticks of the generation before; in the first, 64 ns each
 *
 * Event batches behind a lost one are left out: a thread that lacks a batch in its middle would go on
 * with what ran on it before, and show what never happened. One that lacks its first or last
 * batches cannot: it knows of nothing to go on with, or ends.
 *
 * Knows nothing of order and of what is told about the loss; generation.damage says what is wrong first.
 *
 * Memory, threads: those of the generation and the reader. */
#ifndef PARSER_SALVAGE_H
#define PARSER_SALVAGE_H

#include <stdbool.h>

struct batch_reader;
struct err;
struct generation;

/* Assumed where nothing tells: the tracer divides the system's clock by 64 (R/tracetime.go). */
#define SALVAGE_NS_PER_TICK 64.0

/* As generation_read(); g->damage.kind tells whether something is wrong with it. 0 with damage: the
 * trace ends, and what stands before its end is none. -1 only where it is no damage of the trace. */
int salvage_read(struct generation *g, struct batch_reader *r, struct err *e);

/* Errors that speak of the bytes of the trace, and not of disk, memory or limits. */
bool salvage_is_damage(const struct err *e);

#endif
