/* blocks.h - all open blocks of an ingest: rows and events in, chunks in the store.
 *
 *   (view, row, event) ► batch ► relay ► chunk ► codec ► store        and the index of the block
 *   counter, value     ► chunk ► relay ► codec ► store
 *
 * Who calls only notes the events; the rest happens on the relay that the store has, if it has one
 * (store_set_relay()). Which chunks there are, and their order, is the same with and without.
 *
 * 1. What is written depends on the events alone.
 *
 * Memory: the open chunks (budget), 24 bytes per sealed chunk, 2.4 KB per block.
 * Threads: all functions belong to one thread; an error of the relay surfaces at a later call. */
#ifndef TILES_BLOCKS_H
#define TILES_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

#include "tiles/chunk.h"

struct err;
struct store;

struct blocks;

/* `st`, and the relay that it has now, are borrowed. budget_bytes 0 = 64 MiB. */
struct blocks *blocks_create(struct store *st, int64_t origin_ns, double ns_per_tick,
	size_t budget_bytes, struct err *e);
void blocks_destroy(struct blocks *b); /* after the relay; accepts NULL */

/* From now on ticks count in this rate. */
int blocks_set_rate(struct blocks *b, double ns_per_tick, struct err *e);

/* An event of row `row` of a view P, M or G; ev is copied. */
int blocks_add(struct blocks *b, enum view view, uint32_t row, const struct chunk_event *ev,
	struct err *e);

/* A goroutine of the group leaves a state and enters another (STATE_NONE: born, ended). */
int blocks_add_group(struct blocks *b, uint32_t group, uint64_t ticks, enum state left,
	enum state entered, struct err *e);

/* A sample of a counter, at page time t_ns. */
int blocks_add_counter(
	struct blocks *b, uint32_t counter, int64_t t_ns, uint64_t value, struct err *e);

/* Write what is open, and the index of each block. Nothing can be added after. */
int blocks_seal(struct blocks *b, struct err *e);

/* Once sealed. */
uint32_t blocks_count(const struct blocks *b, enum view view);
uint64_t blocks_n_chunks(const struct blocks *b); /* all views */
int64_t blocks_last_ns(const struct blocks *b);   /* greatest page time seen: meta.span_ns */

#endif
