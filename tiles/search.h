/* search.h - the hits of a query in a range of time, in the order of their begins, or how many there are where.
 *
 *   slabs from where the page before ended ► things ► search_match ► hits, or counts per bin
 *
 * A hit is a state of a goroutine, an event, or a goroutine from its birth to its end (search_query.h). It belongs
 * to the range that its begin lies in, so that ranges side by side tell each hit once.
 *
 * 1. Hits come in the order of the trace (that of T; goroutines by birth, then id), each with its exact begin; none is told
 *    twice or left out.
 * 2. A page goes through SEARCH_SLABS slabs at most that hits may begin in, and says where the next one
 *    begins: it may be short, or empty, though others follow.
 * 3. Whether a hit is one is always decided: slabs behind are read until it is. Its end is told where it lies within
 *    SEARCH_BEYOND slabs behind those; else the hit is open: it goes on at least until t1.
 *
 * What is not read: slabs that the index tells to lie outside of the range, and those without an event of the groups
 * that the query leaves, where these have few blocks. Of goroutines none: search_lives.h.
 *
 * Memory: 136 bytes per hit, and per thing that is not decided yet: SEARCH_PENDING at most, then the page ends.
 * 4 bytes per row. Threads: as the reader. Errors: of the store; ERR_CANCELLED. */
#ifndef TILES_SEARCH_H
#define TILES_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/vec.h"
#include "tiles/search_match.h"
#include "tiles/slabs.h"

#define SEARCH_SLABS   32
#define SEARCH_BEYOND  4
#define SEARCH_PENDING (1u << 18)
#define SEARCH_MOST    1000 /* hits of a page */
#define SEARCH_BINS    1024

/* An event of the sequence of all; of a goroutine's life, the page time of its birth, and its id. */
struct search_place {
	uint64_t slab;
	uint64_t event; /* within it */
};

struct search_request {
	const struct search_query *q;
	int64_t from, to;          /* page time of begins, half open */
	struct search_place start; /* the first event to look at; zero: the first of all */
	uint32_t limit;            /* 1 .. SEARCH_MOST; with bins ignored */
	uint32_t n_bins;           /* 0: hits; else counts in so many bins, SEARCH_BINS at most */
	struct cancel cancel;
};

struct search_hit {
	struct search_thing thing;
	struct search_place place;
	uint8_t answer; /* enum search_answer */
};

struct search_result {
	VEC(struct search_hit) hits;
	uint64_t bins[SEARCH_BINS]; /* bin of t0: (t0 - from) * n_bins / (to - from) */
	uint64_t n;                 /* hits told or counted */
	bool has_next;
	struct search_place next; /* the start of the next page */
	int64_t done_ns;          /* page time: all that begins before is told */
};

static inline bool search_is_before(struct search_place a, struct search_place b)
{
	return a.slab != b.slab ? a.slab < b.slab : a.event < b.event;
}

/* One more hit in its bin. */
static inline void search_count(
	struct search_result *out, const struct search_request *r, const struct search_thing *thing)
{
	uint64_t width = (uint64_t)(r->to - r->from);

	out->bins[(uint64_t)(thing->t0 - r->from) * r->n_bins / width]++;
	out->n++;
}

/* Replaces *out, which is zeroed or was used before. */
int search_get(const struct search_source *s, const struct search_request *r,
	struct search_result *out, struct err *e);
void search_result_clear(struct search_result *out);

#endif
