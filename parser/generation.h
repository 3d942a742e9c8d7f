/* generation.h — the batches of one generation, with the tables they refer to.
 *
 * A generation (about a second of the trace) is self-contained: its own strings, stacks, clock
 * and CPU samples, and for each thread a list of event batches. All of it lives here, so that
 * several generations can be worked on at the same time.
 *
 *	batches  ──by thread──►  threads[i].first ─► next ─► next …   (order of the file)
 *	stacks[k] ─► pcs[first … first + n) ─► frames[]               (one frame per pc)
 *
 * Knows nothing of the meaning of events.
 *
 * 1. Every string that a frame names exists, unless the generation is damaged; every id in a table
 *    is unique and not 0.
 * 2. Data of an event batch is followed by GENERATION_PAD readable bytes, so that a decoder may read
 *    one whole event past the end before it looks.
 * 3. Indices handed out for strings and stacks are 1-based; 0 = none (id 0 in the file).
 *
 * Memory: reset and reused for the next generation, no new pages once it has grown.
 * Threads: one at a time. */
#ifndef PARSER_GENERATION_H
#define PARSER_GENERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/arena.h"
#include "parser/base/err.h"
#include "parser/base/index.h"
#include "parser/base/map.h"
#include "parser/base/sort.h"
#include "parser/base/vec.h"

struct batch;
struct batch_reader;
struct limits;

#define GENERATION_PAD     64 /* > 1 + 5 * 10, the longest event */
#define GENERATION_END     UINT32_MAX
#define GENERATION_NOT_MET UINT32_MAX

struct generation_batch {
	const uint8_t *data;
	uint64_t time;  /* ticks */
	int64_t offset; /* of data in the file */
	uint32_t size;
	uint32_t next; /* the thread's next batch, or GENERATION_END */
};

struct generation_thread {
	int64_t m;
	uint32_t first;
	uint32_t last;
};

struct generation_string {
	uint64_t id;
	const uint8_t *bytes;
	uint32_t size;
};

struct generation_frame {
	uint64_t pc;
	uint64_t func; /* string ids of the file */
	uint64_t file;
	uint64_t line;
};

struct generation_stack {
	uint64_t id;
	uint32_t first; /* in pcs */
	uint32_t n;
};

struct generation_sample {
	int64_t time_ns;
	uint64_t ticks;
	int64_t m, p, g;
	uint64_t stack_id;
};

struct generation {
	uint64_t number;           /* as in the file; 0 before the first batch */
	uint64_t min_ticks;        /* earliest batch: the time of the generation's Sync */
	double ns_per_tick;        /* 0 until known */
	uint64_t max_ticks;        /* more than these are beyond limits.time_ns */
	int64_t offset;            /* of its first batch in the file; -1 before */
	double last_ns_per_tick;   /* of the generation before, 0 none: set by who reads them */
	int64_t done_before, done; /* of the source, as source_progress(): the same */

	struct err
		damage; /* what was wrong with it first, where the reader went on: salvage.h, wide.h */
	bool is_ended;         /* its end mark or the next generation was seen */
	bool is_clock_assumed; /* it says none */
	bool is_torn; /* event batches are missing; those behind the first of them are left out */
	bool is_doubtful; /* a record names what sound tables lack: what else does it say wrong? */
	uint32_t no_string,
		no_stack; /* trace-wide: stand in for what is missing; 0 not needed yet */

	bool has_snapshot;
	uint64_t snapshot_ticks;
	uint64_t snapshot_mono_ns;
	uint64_t snapshot_sec;
	uint64_t snapshot_nsec;

	VEC(struct generation_batch) batches;
	VEC(struct generation_thread) threads; /* in order of first batch */
	VEC(struct generation_string) strings;
	VEC(struct generation_stack) stacks;
	VEC(uint32_t) pcs; /* indices into frames */
	VEC(struct generation_frame) frames;
	VEC(struct generation_sample) samples;
	VEC(struct sort_item) sample_order; /* samples by time, as Go sorts them */

	struct index string_index;
	struct index stack_index;
	/* For wide.h: trace-wide ids, GENERATION_NOT_MET before: of id k of the file at [k] for k below the number
	 * beside it, of the others at their 1-based index. */
	VEC(uint32_t) wide_strings, wide_stacks;
	uint64_t n_direct_strings, n_direct_stacks;
	struct map thread_of_m;
	struct map frame_of_pc;
	struct arena bytes;

	uint64_t n_experimental; /* batches left out */
	uint64_t n_unknown;
	const struct limits *lim;
};

void generation_init(struct generation *g, const struct limits *lim);
void generation_clear(struct generation *g);

/* Read the next generation in place of what is there: 1, 0 where the trace ends cleanly before
 * it, -1 where nothing of it can be used. Up to Go 1.25, where only the next generation's first
 * batch shows that one is complete, damage behind the last good batch ends the generation there:
 * 1 now, and -1 from the next call. */
int generation_read(struct generation *g, struct batch_reader *r, struct err *e);

/* Its parts, for who puts a damaged one together: one more batch; the clock; when all batches are
 * in, what is checked and built of them. 0 or -1. */
int generation_add(struct generation *g, const struct batch *b, int minor, struct err *e);
void generation_set_rate(struct generation *g, double ns_per_tick);
int generation_index(struct generation *g, struct err *e);

/* ERR_LIMIT. Returns -1. */
int generation_over_limit(const char *name, uint64_t limit, int64_t at, struct err *e);

/* Ticks to ns as Go converts them: multiplied as doubles, truncated. Out of range is undefined in
 * C; on amd64 Go gets the smallest integer, and so do we. Inline: once per event. */
static inline int64_t generation_ns(const struct generation *g, uint64_t ticks)
{
	double ns = (double)ticks * g->ns_per_tick;

	return ns < 0x1p63 ? (int64_t)ns : INT64_MIN;
}

/* 1-based index of an id of the file, 0 for id 0, INDEX_NONE where there is no such entry. */
static inline uint32_t generation_find_string(const struct generation *g, uint64_t id)
{
	return index_find(&g->string_index, id);
}

static inline uint32_t generation_find_stack(const struct generation *g, uint64_t id)
{
	return index_find(&g->stack_index, id);
}

#endif
