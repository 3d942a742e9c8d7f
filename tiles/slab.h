/* slab.h - a stretch of the one sequence of all events of all rows, in bytes: how a store keeps them.
 *
 *	slab_add() … slab_add() until slab_is_full() ► slab_seal() ► bytes
 *	slab_open(bytes, rows) ► slab_next() … slab_next()       the same events, and the rows with them
 *
 * One event is kept once: that a goroutine runs tells what its proc and its thread do, that a proc
 * becomes free tells which goroutine left it (slab_rows.h). Chunks and tiles of every view are made
 * from slabs. Bytes: TILE_FORMAT.md, section 8. Knows nothing of compression and of stores.
 *
 * 1. What is read is what was added: the same events in the same order, each with the times that
 *    its row was given.
 * 2. Rows lie in the slab's begin where they take little of it; else they are those at the end of
 *    the slab before (`age` counts back to the last that has them).
 * 3. Bytes are untrusted: a slab is ERR_DAMAGED unless exactly all of it is used.
 *
 * Memory: the open slab's columns, and the rows. Threads: none. */
#ifndef TILES_SLAB_H
#define TILES_SLAB_H

#include <stdbool.h>
#include <stdint.h>

#include "tiles/buf.h"
#include "tiles/slab_rows.h"

struct err;

#define SLAB_EVENTS       65536 /* records: most events need none of their own */
#define SLAB_BYTES        ((size_t)4 << 20)
#define SLAB_COLUMNS      12
#define SLAB_HEADER_BYTES 80

struct slab_code { /* what numbers are told against */
	uint64_t ticks, id, corr;
	uint32_t row;
	VEC(uint64_t) born; /* by P row + 1 of the creator: the last one born */
};

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

struct slab_reader {
	struct slab_rows *rows; /* after the events handed out so far */
	uint32_t number, age, n_records, n_read;
	struct bytes column[SLAB_COLUMNS];
	struct slab_code code;
	uint64_t creator; /* of a birth */
	uint32_t corr_left, corr_gap;
	struct slab_state queue[SLAB_ENTAILED]; /* entailed by the last record */
	unsigned queue_at, queue_n;
	struct chunk_head before; /* the row of the event last handed out, before it */
	uint64_t queue_ticks;
	int64_t queue_corr_ns;
};

/* How many slabs before this one the rows are; 0: in it. -1 on error. */
int slab_age(const void *data, size_t n, uint32_t *age, struct err *e);

/* `rows`, borrowed, are replaced where the slab has them, else they are those at the end of the slab
 * before. `data` must outlive the reader. */
int slab_open(
	struct slab_reader *r, struct slab_rows *rows, const void *data, size_t n, struct err *e);
void slab_reader_clear(struct slab_reader *r);

/* The moves of the next record, which the rows have gone through, and what each means for its group:
 * their number, 0 at the end, -1. Columns that only whole events need are not looked at, and what
 * they tell is old in the rows from then on. Do not mix with slab_next(). */
int slab_next_moves(struct slab_reader *r, struct slab_move out[1 + SLAB_ENTAILED],
	struct slab_change change[1 + SLAB_ENTAILED], struct err *e);

/* The next event, which the rows have gone through, and what it means for its group: 1; 0 at the
 * end, -1. */
int slab_next(
	struct slab_reader *r, struct slab_event *ev, struct slab_change *change, struct err *e);

#endif
