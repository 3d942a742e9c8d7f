#include "tiles/fold.h"

#include <string.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "tiles/tile_codec.h"

/* A plane on its way up: exact sums, and whether the state occurs at all. */
struct folding {
	uint64_t ns[TILE_BINS];
	bool has[TILE_BINS];
	unsigned n; /* bins left */
};

void fold_begin(struct fold *f, struct tile_key key)
{
	memset(f->row, 0, sizeof(f->row));
	for (size_t i = 0; i < f->n_used; i++)
		memset(f->all[i], 0, TILE_BINS);
	f->n_used = 0;
	f->key = key;
	f->part_bin = 0;
	f->is_open = true;
}

void fold_clear(struct fold *f)
{
	for (size_t i = 0; i < f->n_all; i++)
		mem_free(f->all[i]);
	mem_free(f->all);
	memset(f, 0, sizeof(*f));
}

static uint8_t *plane_of(struct fold *f, unsigned row, unsigned state, struct err *e)
{
	uint8_t *plane = f->row[row].plane[state];

	if (plane)
		return plane;
	if (!f->all)
		f->all = mem_calloc((size_t)BLOCK_ROWS * N_STATES, sizeof(uint8_t *));
	if (f->all && f->n_used == f->n_all) {
		f->all[f->n_all] = mem_calloc(1, TILE_BINS);
		f->n_all += f->all[f->n_all] != NULL;
	}
	if (!f->all || f->n_used == f->n_all) {
		err_set(e, ERR_MEMORY, -1, "Cannot fold tile: planes=%zu", f->n_all);
		return NULL;
	}
	plane = f->all[f->n_used++];
	f->row[row].plane[state] = plane;
	return plane;
}

/* round(255 * ns / 2^k), at least 1: as tile_codec.c has it for any scale. */
static inline uint8_t share(uint64_t ns, unsigned k)
{
	uint64_t v = (255 * ns + (UINT64_C(1) << k) / 2) >> k;

	return v < 1 ? 1 : (uint8_t)v;
}

/* What is one bin, or less: added to the one that is being filled. */
static int put_part(
	struct fold *f, unsigned row, unsigned state, const struct folding *now, struct err *e)
{
	struct fold_row *to = &f->row[row];

	to->part[state] += now->ns[0];
	to->part_has[state] |= now->has[0];
	return plane_of(f, row, state, e) ? 0 : -1;
}

static int put_bins(struct fold *f, unsigned row, unsigned state, const struct folding *now,
	size_t first, struct err *e)
{
	uint8_t *plane = plane_of(f, row, state, e);

	if (!plane)
		return -1;
	for (unsigned i = 0; i < now->n; i++)
		if (now->has[i])
			plane[first + i] = share(now->ns[i], f->key.k);
	return 0;
}

static void halve(struct folding *now)
{
	if (now->n == 1)
		return;
	now->n /= 2;
	for (unsigned i = 0; i < now->n; i++) {
		now->ns[i] = now->ns[2 * i] + now->ns[2 * i + 1];
		now->has[i] = now->has[2 * i] || now->has[2 * i + 1];
	}
}

static void take_plane(struct folding *now, const struct hist_plane *p)
{
	now->n = TILE_BINS;
	for (unsigned i = 0; i < TILE_BINS; i++) {
		now->ns[i] = p->ns[i];
		now->has[i] = hist_has(p, i);
	}
}

/* Which bin of the tile the leaf begins in. */
static size_t bin_of(const struct fold *f, const struct hist *leaf)
{
	return (size_t)((uint64_t)(leaf->t0 - tile_t0(f->key)) >> f->key.k);
}

static int fold_plane(struct fold *levels, unsigned n_levels, const struct hist *leaf, unsigned row,
	unsigned state, struct err *e)
{
	struct folding now;

	take_plane(&now, leaf->row[row].plane[state]);
	for (unsigned i = 0; i < n_levels; i++) {
		struct fold *f = &levels[i];
		bool is_part = i + 1 > TILE_BIN_BITS; /* the leaf is less than a bin */

		halve(&now);
		if (!f->is_open)
			continue;
		if ((is_part ? put_part(f, row, state, &now, e)
			     : put_bins(f, row, state, &now, bin_of(f, leaf), e)) < 0)
			return -1;
	}
	return 0;
}

/* The bin that is being filled is done. */
static void end_part(struct fold *f)
{
	for (unsigned row = 0; row < BLOCK_ROWS; row++)
		for (unsigned s = 0; s < N_STATES; s++) {
			struct fold_row *r = &f->row[row];

			if (r->part_has[s])
				r->plane[s][f->part_bin] = share(r->part[s], f->key.k);
			r->part[s] = 0;
			r->part_has[s] = false;
		}
}

/* The leaf's first bin is the next to be filled, where it is another. */
static void begin_part(struct fold *f, const struct hist *leaf)
{
	size_t bin = bin_of(f, leaf);

	if (bin != f->part_bin)
		end_part(f);
	f->part_bin = bin;
}

int fold_leaf(struct fold *levels, unsigned n_levels, struct hist *leaf, struct err *e)
{
	hist_resolve(leaf);
	for (unsigned i = 0; i < n_levels; i++)
		if (levels[i].is_open)
			begin_part(&levels[i], leaf);
	for (unsigned row = 0; row < BLOCK_ROWS; row++)
		for (unsigned s = STATE_NONE + 1; s < N_STATES; s++)
			if (leaf->row[row].plane[s] &&
				fold_plane(levels, n_levels, leaf, row, s, e) < 0)
				return -1;
	for (unsigned i = 0; i < n_levels; i++) {
		struct fold *f = &levels[i];

		if (!f->is_open)
			continue;
		for (unsigned row = 0; row < BLOCK_ROWS; row++)
			hist_row_merge(
				&f->row[row].about, &leaf->row[row], leaf->t0 == tile_t0(f->key));
	}
	return 0;
}

int fold_end(struct fold *f, struct buf *out, struct err *e)
{
	struct tile_row_bytes rows[BLOCK_ROWS] = {0};

	end_part(f);
	for (unsigned i = 0; i < BLOCK_ROWS; i++) {
		const struct fold_row *r = &f->row[i];

		rows[i].about = &r->about;
		for (unsigned s = STATE_NONE + 1; s < N_STATES; s++)
			rows[i].plane[s] = r->plane[s];
	}
	f->is_open = false;
	return tile_encode_planes(f->key, rows, out, e);
}
