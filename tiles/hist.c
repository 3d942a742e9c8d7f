#include "tiles/hist.h"

#include <string.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"

void hist_reset(struct hist *h, int64_t t0, unsigned k)
{
	for (size_t i = 0; i < h->n_used; i++)
		memset(h->all[i], 0, sizeof(*h->all[i]));
	h->n_used = 0;
	memset(h->row, 0, sizeof(h->row));
	h->t0 = t0;
	h->t1 = t0 + (int64_t)((uint64_t)TILE_BINS << k);
	h->k = k;
}

void hist_clear(struct hist *h)
{
	for (size_t i = 0; i < h->n_all; i++)
		mem_free(h->all[i]);
	mem_free(h->all);
	memset(h, 0, sizeof(*h));
}

struct hist_plane *hist_plane_new(struct hist *h, struct err *e)
{
	if (!h->all)
		h->all = mem_calloc((size_t)BLOCK_ROWS * N_STATES, sizeof(struct hist_plane *));
	if (h->all && h->n_used == h->n_all) {
		struct hist_plane *p = mem_calloc(1, sizeof(*p));

		if (p)
			h->all[h->n_all++] = p;
	}
	if (!h->all || h->n_used == h->n_all) {
		err_set(e, ERR_MEMORY, -1, "Cannot grow histogram: planes=%zu", h->n_all);
		return NULL;
	}
	return h->all[h->n_used++];
}

void hist_resolve(struct hist *h)
{
	for (size_t i = 0; i < h->n_used; i++) {
		struct hist_plane *p = h->all[i];
		uint64_t lanes = 0;

		for (size_t j = 0; j < TILE_BINS; j++) {
			lanes += p->diff[j];
			p->ns[j] += lanes << h->k;
			p->diff[j] = 0;
		}
	}
}

static void merge_plane(struct hist_plane *to, const struct hist_plane *from, size_t offset)
{
	for (size_t i = 0; i < TILE_BINS / 2; i++) {
		size_t bin = offset + i;

		to->ns[bin] += from->ns[2 * i] + from->ns[2 * i + 1];
		if (from->mark[i / 32] >> (2 * i % 64) & 3)
			to->mark[bin / 64] |= UINT64_C(1) << (bin % 64);
	}
}

void hist_row_merge(struct hist_row *to, const struct hist_row *from, bool is_first)
{
	if (is_first) {
		to->head_n = from->head_n;
		to->head_g = from->head_g;
		to->first_g = from->first_g;
	} else if (to->born == 0 && !to->head_g) {
		to->first_g = from->first_g;
	}
	to->starts += from->starts;
	to->born += from->born;
}

int hist_merge(struct hist *h, struct hist *child, struct err *e)
{
	bool is_left = child->t0 == h->t0;

	hist_resolve(child);
	for (unsigned i = 0; i < BLOCK_ROWS; i++) {
		hist_row_merge(&h->row[i], &child->row[i], is_left);
		for (unsigned s = 0; s < N_STATES; s++) {
			struct hist_plane *p;

			if (!child->row[i].plane[s])
				continue;
			p = hist_plane_of(h, i, s, e);
			if (!p)
				return -1;
			merge_plane(p, child->row[i].plane[s], is_left ? 0 : TILE_BINS / 2);
		}
	}
	return 0;
}

int hist_add_rows(struct hist *h, unsigned row, struct hist *from, struct err *e)
{
	hist_resolve(from);
	for (unsigned i = 0; i < BLOCK_ROWS; i++) {
		h->row[row].starts += from->row[i].starts;
		h->row[row].head_n += from->row[i].head_n;
		for (unsigned s = 0; s < N_STATES; s++) {
			const struct hist_plane *f = from->row[i].plane[s];
			struct hist_plane *p;

			if (!f)
				continue;
			p = hist_plane_of(h, row, s, e);
			if (!p)
				return -1;
			for (unsigned j = 0; j < TILE_BINS; j++)
				p->ns[j] += f->ns[j];
			for (unsigned j = 0; j < TILE_BINS / 64; j++)
				p->mark[j] |= f->mark[j];
		}
	}
	return 0;
}
