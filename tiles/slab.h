/* slab.h - a stretch of the one sequence of all events of all rows, in bytes: how a store keeps them.
 *
 *	slab_add() … slab_add() until slab_is_full() ► slab_seal() ► bytes
 *
 * One event is kept once: that a goroutine runs tells what its proc and its thread do, that a proc
 * becomes free tells which goroutine left it (slab_rows.h). Chunks and tiles of every view are made
 * from slabs. Bytes: TILE_FORMAT.md, section 8. Knows nothing of compression and of stores.
 *
 * 1. Rows lie in the slab's begin where they take little of it; else they are those at the end of
 *    the slab before (`age` counts back to the last that has them).
 * 2. Same events in, same bytes out.
 *
 * Memory: the open slab's columns, and the rows. Threads: none. */
#ifndef TILES_SLAB_H
#define TILES_SLAB_H

#include <stdbool.h>
#include <stdint.h>

#include "tiles/buf.h"
#include "tiles/slab_code.h"
#include "tiles/slab_rows.h"

struct err;

#define SLAB_EVENTS 65536 /* records: most events need none of their own */
#define SLAB_BYTES  ((size_t)4 << 20)

struct slab_writer {
	struct slab_rows rows; /* now */
	struct buf column[SLAB_COLUMNS];
	struct slab_code code;
	struct slab_state entailed[SLAB_ENTAILED];
	unsigned n_entailed, next_entailed;
	uint64_t entailed_ticks;
	int64_t entailed_corr_ns;
	size_t op_at; /* of the record that entails them */
	uint64_t base;
	uint32_t n_records, n_corr, corr_at;
	uint32_t age;
	uint64_t since_rows; /* records since the last slab that has rows */
};

/* A zeroed writer is ready but for the rate. */
void slab_writer_init(struct slab_writer *w, double ns_per_tick);
void slab_writer_clear(struct slab_writer *w);

/* The next block of G belongs to this group, numbered by first appearance. `ticks`: of the next event. */
int slab_add_block(struct slab_writer *w, uint32_t group, uint64_t ticks, struct err *e);

/* Add an event; its ticks and corr_ns become what its row was given. *change: what it means for its
 * group. ev->ev.p of a runnable or born goroutine is a hint: the proc of who made it so. */
int slab_add(
	struct slab_writer *w, struct slab_event *ev, struct slab_change *change, struct err *e);

static inline bool slab_is_empty(const struct slab_writer *w)
{
	return w->n_records == 0;
}

bool slab_is_full(const struct slab_writer *w);

/* Append the open slab's bytes to `out`, and begin the next. */
int slab_seal(struct slab_writer *w, struct buf *out, struct err *e);

/* Between slabs. */
void slab_set_rate(struct slab_writer *w, double ns_per_tick);

#endif
