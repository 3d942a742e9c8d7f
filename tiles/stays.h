/* stays.h - how long the rows of a view stay in their states, read back from slabs.
 *
 *   slabs that touch [from, to) ► rows and events ► one struct stay per row and state, as it ends
 *
 * The one place that knows how exact sums are read: totals.h and summary.h add up what comes out.
 * On either clock: that of the records (page time), or Go's time T. Events come in the order of T, so
 * that on Go's clock the first one at `to` or behind ends the reading; on the clock of the records
 * rows are monotone and slabs are not, and the index of slabs decides.
 *
 * 1. All stays that touch [from, to) come, those of one row in order and without a hole from its
 *    begin or from before `from` on; and others of the same slabs, which the caller leaves out.
 * 2. What is entered with the last event of the trace has a stay of no length at its end.
 * 3. Idle procs have stays in STATE_NONE from their first event on; elsewhere it means nothing.
 *
 * Memory: a byte per row, 8 per slab of the range.
 * Threads: as the reader, whose slabs nobody else may read meanwhile. Errors: of the store; ERR_CANCELLED. */
#ifndef TILES_STAYS_H
#define TILES_STAYS_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/vec.h"
#include "tiles/tile.h"

struct err;
struct row_set;

enum stay_clock { CLOCK_WIRE, CLOCK_GO };

#define STAYS_ANY UINT32_MAX

struct stays_query {
	enum view view;        /* P, M, G */
	uint32_t block, group; /* only this one's rows, or STAYS_ANY; group: of G */
	enum stay_clock clock;
	int64_t from, to;           /* page time, or T */
	const struct row_set *rows; /* only rows that it may have something of; NULL: all */
};

struct stay {
	const struct chunk_head *head; /* state, reason, who lives there; until the next call */
	int64_t t0;                    /* as the query's times; may lie before `from` */
	int64_t t1;                    /* where the state ends; open ones end with the trace */
	uint32_t row;                  /* of the view */
};

struct stays {
	struct tile_reader *reader;
	const struct meta *meta;
	struct stays_query q;  /* cut to the trace */
	int64_t end;           /* of the trace */
	VEC(uint64_t) slabs;   /* that touch the range */
	size_t at;             /* the next of them */
	VEC(uint8_t) is_there; /* P, by row: has had an event */
	bool is_open;          /* a slab is */
	bool is_past;          /* an event at `to` or behind was met */
	uint32_t row;          /* of the open stays, which come last */
};

/* `r` is borrowed. ERR_NOT_FOUND where there is no such block. After an error, too, stays_close(). */
int stays_open(struct stays *s, struct tile_reader *r, const struct stays_query *q, struct err *e);
int stays_next(struct stays *s, struct stay *out, struct err *e); /* 1; 0 at the end; -1 */
void stays_close(struct stays *s);

/* The range as stays_open() cuts it: to the trace, with what its last event enters. */
void stays_cut(const struct meta *m, enum stay_clock clock, int64_t *from, int64_t *to);

/* Does a stay count in [from, to): it begins there, or goes on there. */
static inline bool stay_touches(int64_t t0, int64_t t1, int64_t from, int64_t to)
{
	return t0 < to && (t0 >= from || t1 > from);
}

/* What of it lies inside. */
static inline int64_t stay_inside(int64_t t0, int64_t t1, int64_t from, int64_t to)
{
	int64_t a = t0 < from ? from : t0, b = t1 > to ? to : t1;

	return b > a ? (int64_t)((uint64_t)b - (uint64_t)a) : 0;
}

#endif
