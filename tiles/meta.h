/* meta.h - the few numbers that describe a whole store. Plain data, one blob. */
#ifndef TILES_META_H
#define TILES_META_H

#include <stdint.h>

#include "tiles/tile_key.h"

struct err;
struct store;

struct meta {
	int64_t origin_ns;          /* clock of the first event: page time 0 */
	int64_t origin_time_ns;     /* its T */
	int64_t span_ns;            /* greatest page time of an event; the last states end here */
	int64_t end_time_ns;        /* its T */
	uint32_t levels;            /* tile_levels(span_ns) */
	uint32_t go_minor;          /* 26 for Go 1.26 */
	uint32_t n_blocks[N_VIEWS]; /* A: 1; C: number of counters */
	uint64_t n_events;
	uint64_t n_chunks;
	uint64_t n_strings, n_stacks;
	uint64_t n_goroutines, n_gc, n_stw, n_tasks, n_generations;
	uint64_t trace_bytes;
	uint64_t n_skipped, n_experimental; /* batches left out */
	uint64_t hash_lo, hash_hi; /* XXH3 of all bytes of the trace, 128 bits; 0 not known */
	uint32_t damage;           /* string: what the trace's end was cut off for; 0 nothing */
	int64_t damage_offset;
	int64_t max_corr_ns; /* how far T is ahead of the clock, at most */
};

int meta_put(struct store *st, const struct meta *m, struct err *e);
int meta_get(struct store *st, struct meta *m, struct err *e);

#endif
