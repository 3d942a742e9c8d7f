/* decode.h — one thread's batches into raw records: type, clock, arguments.
 *
 *	type byte │ time difference │ arguments        (LEB128 numbers; spec.h tells how many)
 *
 * A decoder works a block of records at a time. Decoding is a loop of its own, apart from the
 * ordering: the branches of both are hard to predict, and each spoils the other's (measured: four
 * times the cost per event when every event is decoded as it is asked for).
 *
 * 1. Time restarts at each batch from the batch's own time; each difference is converted to ns
 *    and truncated by itself, then added, as Go does. `ticks` carries the unrounded clock.
 * 2. A record always lies within its batch.
 * 3. Bad bytes are reported by the call that begins with them: all records before come first.
 *
 * Memory: none of its own. Threads: a decoder belongs to one thread; a sealed generation may be
 * decoded by several. */
#ifndef PARSER_DECODE_H
#define PARSER_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/spec.h"

struct err;
struct generation;

struct raw {
	int64_t time_ns;
	uint64_t ticks;
	uint64_t args[SPEC_MAX_ARGS];
	uint32_t end; /* of the record, from the start of its batch's data */
	uint8_t type; /* enum ev_type */
};

struct decoder {
	const uint8_t *at; /* rest of the current batch */
	const uint8_t *end;
	int64_t m;
	int64_t time_ns;
	uint64_t ticks;
	uint32_t batch;     /* of the generation; GENERATION_END after the last */
	bool skips_unknown; /* trace newer than we know: give up a batch at an unknown event */
	uint64_t n_skipped;
};

void decoder_init(struct decoder *d, const struct generation *g, size_t thread);

/* Up to `cap` records of one batch, d->batch: how many, 0 after the last, -1 on error. */
int decoder_read(
	struct decoder *d, const struct generation *g, struct raw *out, size_t cap, struct err *e);

/* For reading ahead: the next record of a wanted type, stepping over the others: 1, 0 or -1.
 * Keeps ticks but not time_ns; use one or the other on a decoder, not both. */
int decoder_scan(struct decoder *d, const struct generation *g, const bool wanted[256],
	struct raw *out, struct err *e);

#endif
