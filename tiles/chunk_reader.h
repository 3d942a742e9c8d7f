/* chunk_reader.h - the bytes of a chunk back into heads and events.
 *
 *	struct chunk_reader r;
 *	if (chunk_open(&r, data, n, &e) < 0) …
 *	while ((rc = chunk_next(&r, &ev, &e)) > 0) …            P, M, G
 *
 * Bytes are untrusted: every count, row, state and length is checked before use, and a chunk is
 * ERR_DAMAGED unless exactly all of it is used.
 *
 * 1. r.head[row] is what the row is before the event that chunk_next() hands out next: the
 *    reader applies an event to the heads when the next one is asked for, or the end reached.
 *
 * Memory: none; points into `data`, which must outlive the reader. */
#ifndef TILES_CHUNK_READER_H
#define TILES_CHUNK_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/bytes.h"
#include "tiles/chunk.h"

struct err;

struct chunk_reader {
	enum view view;
	uint32_t block, number, n_events, n_rows;
	uint64_t base;
	double ns_per_tick;
	uint32_t n_read; /* events handed out */
	struct chunk_head head[BLOCK_ROWS];
	uint64_t alive[BLOCK_ROWS][N_STATES]; /* F: goroutines in each state */
	struct bytes stream[CHUNK_STREAMS];
	uint64_t ticks; /* of the event last handed out */
	uint64_t g;     /* last value of the stream */
	uint32_t corr_left, corr_gap;
	int64_t corr_ns;
	struct chunk_event last; /* to be applied */
	bool has_last;
};

int chunk_open(struct chunk_reader *r, const void *data, size_t n, struct err *e);

/* Next event of a P, M or G chunk: 1, 0 at the end, -1 on error. */
int chunk_next(struct chunk_reader *r, struct chunk_event *ev, struct err *e);

/* Next event of an F chunk; alive[][] is already changed by it. */
int chunk_next_group(struct chunk_reader *r, struct group_event *ev, struct err *e);

/* The fields of ev->mark that lie in column MARK; sticky. */
void chunk_get_mark(struct bytes *b, struct chunk_event *ev);

/* Samples of a counter's chunk, at most COUNTER_SAMPLES: page times and values; -1 on error. */
int chunk_read_counter(const struct chunk_reader *r, int64_t *t_ns, uint64_t *value, struct err *e);

#endif
