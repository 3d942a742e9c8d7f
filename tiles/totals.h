/* totals.h - exact time and count per (state, reason) over a range, from slabs.
 *
 * Time inside [from, to), number of intervals that touch it, and per pair those with the most time
 * inside; where it is asked for, all durations (durations.h), of what lies inside too. Never from
 * rounded shares. Cancellable through the reader.
 *
 * Memory: one entry per (state, reason) that occurs, and its durations. Threads: as the reader. */
#ifndef TILES_TOTALS_H
#define TILES_TOTALS_H

#include <stdint.h>

#include "parser/base/map.h"
#include "parser/base/vec.h"
#include "tiles/durations.h"
#include "tiles/tile.h"

struct err;
struct row_set;

#define TOTALS_LONGEST 10

/* One of the longest intervals. */
struct totals_stay {
	int64_t inside;  /* ns */
	int64_t t0, t1;  /* its true start, its end or `to` */
	int64_t time_ns; /* T of its start */
	uint64_t g;      /* G: the goroutine that lives there; P, M: the goroutine on it; or 0 */
	uint32_t block;
	uint8_t row;
};

struct totals_entry {
	uint64_t ns;
	uint64_t n;      /* intervals that touch the range; one of no length at t in it counts */
	uint32_t reason; /* index */
	uint8_t state;
	uint8_t n_longest;
	struct totals_stay longest[TOTALS_LONGEST]; /* most time inside first, then by T */
	struct durations durations; /* sorted by totals_sort(); empty where not asked for */
};

/* A zeroed one is empty. */
struct totals {
	bool with_durations;              /* set before anything is added */
	VEC(struct totals_entry) entries; /* by ns, the most first; then by state, reason */
	struct map
		known; /* (state, reason): index, until totals_sort(); nothing can be added after */
	uint64_t total_ns;
};

/* Add what one block has in [from, to). rows: bit per row of interest; g: only while this goroutine
 * lives in the row, 0 = always. */
int totals_add_block(struct totals *t, struct tile_reader *r, enum view view, uint32_t block,
	uint32_t rows, uint64_t g, int64_t from, int64_t to, struct err *e);

/* Add all goroutines of a group. */
int totals_add_group(struct totals *t, struct tile_reader *r, uint32_t group, int64_t from,
	int64_t to, struct err *e);

/* Add all rows of P, M, or (A, G) of all goroutines. */
int totals_add_view(struct totals *t, struct tile_reader *r, enum view view, int64_t from,
	int64_t to, struct err *e);

/* Add a set of rows, of whatever views. */
int totals_add_rows(struct totals *t, struct tile_reader *r, const struct row_set *rows,
	int64_t from, int64_t to, struct err *e);

void totals_sort(struct totals *t); /* once all is added */
void totals_clear(struct totals *t);

#endif
