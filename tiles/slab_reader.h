/* slab_reader.h - the bytes of a slab back into events.
 *
 *	slab_open(bytes, rows) ► slab_next() … slab_next()       the events, and the rows with them
 *	                         slab_next_moves() …             only what histograms need
 *
 * 1. What is read is what was added: the same events in the same order, each with the times that
 *    its row was given.
 * 2. Bytes are untrusted: a slab is ERR_DAMAGED unless exactly all of it is used.
 *
 * Memory: the rows; points into the slab. Threads: none. Errors: ERR_DAMAGED, ERR_MEMORY. */
#ifndef TILES_SLAB_READER_H
#define TILES_SLAB_READER_H

#include <stddef.h>
#include <stdint.h>

#include "parser/base/bytes.h"
#include "tiles/slab.h"

struct err;

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
