/* samples.h - the samples of one counter into the bytes of its chunks.
 *
 *	samples_add() … samples_add() until samples_are_full() ► samples_seal() ► bytes, struct chunk_span
 *
 * Knows nothing of stores, and of what the counter counts. Bytes: TILE_FORMAT.md, section 6.
 *
 * 1. Times never step back: an earlier one is replaced by the last.
 * 2. Same samples in, same bytes out.
 *
 * Memory: up to COUNTER_SAMPLES times and values. Threads: none. Errors: ERR_MEMORY. */
#ifndef TILES_SAMPLES_H
#define TILES_SAMPLES_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/vec.h"
#include "tiles/chunk.h"

struct err;

/* Zeroed it is empty. */
struct samples {
	VEC(uint64_t) dt;         /* ns, of the open chunk */
	struct buf times, values; /* the columns: times when it is sealed */
	uint64_t base, t, value;
	uint32_t n_chunks;
};

void samples_clear(struct samples *s);

/* At page time t_ns. There must be room. */
int samples_add(struct samples *s, int64_t t_ns, uint64_t value, struct err *e);

static inline bool samples_are_full(const struct samples *s)
{
	return s->dt.n == COUNTER_SAMPLES;
}

/* What a sealed chunk will tell its index; n_events 0: there is nothing to seal. */
struct chunk_span samples_span(const struct samples *s);

/* Append the chunk of counter `number` to `out`, and begin the next. */
int samples_seal(struct samples *s, uint32_t number, struct buf *out, struct err *e);

#endif
