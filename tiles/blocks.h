/* blocks.h - the events of an ingest: rows and events in, slabs and the blocks' indexes in the store.
 *
 *   (view, row, event) ► batch ► relay ► slab ► codec ► store        and the index of each block
 *   counter, value     ► chunk ► relay ► codec ► store
 *
 * Who calls only notes the events; the rest happens on the relay that the store has, if it has one
 * (store_set_relay()). Which slabs there are, and their order, is the same with and without.
 *
 * A chunk of a block, in the index, is up to 4,096 of its events in one slab; its bytes are made when
 * somebody asks for them (slabs.h).
 *
 * 1. What is written depends on the events alone.
 *
 * Memory: the open slab, 80 bytes per row, 24 bytes per chunk.
 * Threads: all functions belong to one thread; an error of the relay surfaces at a later call. */
#ifndef TILES_BLOCKS_H
#define TILES_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

#include "tiles/slab_rows.h"

struct err;
struct store;

struct blocks;

/* `st`, and the relay that it has now, are borrowed. */
struct blocks *blocks_create(
	struct store *st, int64_t origin_ns, double ns_per_tick, struct err *e);
void blocks_destroy(struct blocks *b); /* after the relay; accepts NULL */

/* From now on ticks count in this rate. */
int blocks_set_rate(struct blocks *b, double ns_per_tick, struct err *e);

/* The next block of 32 rows of G is this group's, from `ticks` on; both are numbered by first
 * appearance. */
int blocks_add_block(struct blocks *b, uint32_t group, uint64_t ticks, struct err *e);

/* An event of a row of P, M or G; it is copied. Rows of P and M are numbered by first appearance, those
 * of G lie in a block that was added. What it means for the group follows by itself, what it means for
 * its proc and thread where ev->follows says so. ev->ev.p of a goroutine that is born or made runnable:
 * where that happened, P row + 1, 0 unknown. */
int blocks_add(struct blocks *b, const struct slab_event *ev, struct err *e);

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
