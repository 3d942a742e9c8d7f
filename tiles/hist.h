/* hist.h - histogram of state time: 32 rows x states x 512 bins, exact, in lane-nanoseconds.
 *
 * The associative merge that all tiles lean on: two neighbours of level k - 1 make exactly the tile
 * of level k, because everything kept is a sum, an OR or a "first of". An interval costs the same
 * however many bins it spans: where it begins and where it ends, a difference tells of a lane more
 * or less in this bin and all later ones, and the part of the bin before that moment is taken off,
 * or added. hist_resolve() sums up once.
 *
 * 1. Over a bin, the sums of a row's states (none left out) are its covered time.
 * 2. A state entered at t is marked in the bin of t, even if it lasted no time.
 *
 * Memory: 8 KiB per (row, state) that occurs, kept for reuse by hist_reset().
 * Threads: none. Sums wrap beyond 2^64 lane-ns in one bin (584 lane-years). */
#ifndef TILES_HIST_H
#define TILES_HIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/interval.h"
#include "tiles/tile_key.h"

struct err;

struct hist_plane {
	uint64_t ns[TILE_BINS];
	uint64_t mark[TILE_BINS /
		64]; /* states entered; between, so that ns[i] and diff[i] are no page apart */
	uint64_t diff[TILE_BINS]; /* lanes more from the bin's begin on; 0 once resolved */
};

struct hist_row {
	struct hist_plane *plane[N_STATES]; /* NULL: does not occur */
	uint64_t starts;                    /* state intervals that begin in the tile */
	uint64_t born;                      /* goroutines born in the tile */
	uint64_t first_g;                   /* the first that lived in the row during the tile */
	uint64_t head_n; /* intervals that began before and reach into the tile */
	bool head_g;     /* a goroutine born before lives into the tile */
};

struct hist {
	int64_t t0, t1; /* page time; t1 - t0 = 512 bins */
	unsigned k;
	struct hist_row row[BLOCK_ROWS];
	struct hist_plane **all; /* every plane ever made; the first n_used are in rows */
	size_t n_all, n_used;
};

/* A zeroed hist is empty; reset gives it a range. */
void hist_reset(struct hist *h, int64_t t0, unsigned k);
void hist_clear(struct hist *h);

/* What a row gets when a state first occurs in it; NULL where memory ran out. */
struct hist_plane *hist_plane_new(struct hist *h, struct err *e);

static inline struct hist_plane *hist_plane_of(
	struct hist *h, unsigned row, unsigned state, struct err *e)
{
	struct hist_plane **p = &h->row[row].plane[state];

	if (!*p)
		*p = hist_plane_new(h, e);
	return *p;
}

/* So many lanes of the row are in `state` when the tile begins. */
static inline int hist_begin(
	struct hist *h, unsigned row, unsigned state, uint64_t lanes, struct err *e)
{
	struct hist_plane *p = hist_plane_of(h, row, state, e);

	if (!p)
		return -1;
	p->diff[0] += lanes;
	return 0;
}

/* So many lanes that were in the state are so no more from t on; nothing where t is not in the tile. Inline, as
 * the next ones, because the pyramid calls them for every event of every view. */
static inline void hist_leave(
	struct hist *h, unsigned row, unsigned state, uint64_t lanes, int64_t t)
{
	uint64_t at = (uint64_t)t - (uint64_t)h->t0;
	struct hist_plane *p = h->row[row].plane[state];
	size_t bin = (size_t)(at >> h->k);

	if (bin >= TILE_BINS || !p)
		return;
	p->ns[bin] += lanes * (at - ((uint64_t)bin << h->k));
	p->diff[bin] -= lanes;
}

/* A state interval begins at t, which is in the tile: its bin is marked. Its time is not counted. */
static inline struct hist_plane *hist_mark(
	struct hist *h, unsigned row, unsigned state, int64_t t, struct err *e)
{
	struct hist_plane *p = hist_plane_of(h, row, state, e);
	size_t bin = (size_t)((uint64_t)(t - h->t0) >> h->k);

	h->row[row].starts++;
	if (p)
		p->mark[bin / 64] |= UINT64_C(1) << (bin % 64);
	return p;
}

/* The same, and one more lane is in the state from t on. */
static inline int hist_enter(struct hist *h, unsigned row, unsigned state, int64_t t, struct err *e)
{
	struct hist_plane *p = hist_mark(h, row, state, t, e);
	uint64_t at = (uint64_t)(t - h->t0);
	size_t bin = (size_t)(at >> h->k);

	if (!p)
		return -1;
	p->ns[bin] -= at - ((uint64_t)bin << h->k);
	p->diff[bin]++;
	return 0;
}

/* Sum up the differences. Needed before reading ns[]; does nothing the second time. */
void hist_resolve(struct hist *h);

/* What is told of a row besides its planes: `from` comes behind, or is the first of what `to` is made of. */
void hist_row_merge(struct hist_row *to, const struct hist_row *from, bool is_first);

/* Put a tile of level k - 1 into its half of `h`. The left half first. Resolves the child. */
int hist_merge(struct hist *h, struct hist *child, struct err *e);

/* Put the sum of all rows of another tile of the same range into one row: states, starts and head_n.
 * Resolves the other. */
int hist_add_rows(struct hist *h, unsigned row, struct hist *from, struct err *e);

/* Does the state occur in the bin? */
static inline bool hist_has(const struct hist_plane *p, unsigned bin)
{
	return p->ns[bin] || (p->mark[bin / 64] >> (bin % 64) & 1);
}

#endif
