#include "tiles/solo.h"

#include <string.h>

#include "parser/base/bytes.h"
#include "parser/base/err.h"
#include "tiles/tile.h"

#define EDGES 2 /* bins that a goroutine shares with others of its row, at the most */

/* What is played: a bin that a goroutine begins or ends in, or all of a tile that is not stored. */
struct edge {
	unsigned who, bin;
	bool is_whole;
	struct hist h;
};

struct solo {
	struct tile_reader *r;
	const struct goroutine *who;
	unsigned n;
	struct tile_key key; /* of G, but for the block */
	uint8_t plane[SOLO_MOST][N_STATES][TILE_BINS];
	struct hist_row about[SOLO_MOST];
	struct solo_place place[SOLO_MOST];
	bool is_stored[SOLO_MOST];
	struct edge edges[SOLO_MOST * EDGES];
	struct tile_life lives[SOLO_MOST * EDGES];
	unsigned n_edges;
	struct buf frame, plain;
	struct tile_view view;
};

static int64_t bin_t0(const struct solo *s, unsigned bin)
{
	return tile_t0(s->key) + ((int64_t)bin << s->key.k);
}

static bool has_ended(const struct goroutine *g, int64_t t)
{
	return !g->is_alive && g->gone_t < t;
}

/* Whose is a bin? What begins at its begin may share it: who was there before may have ended there. */
enum owner { OWNER_OTHERS, OWNER_SHARED, OWNER_ALONE };

static enum owner owner_of(const struct solo *s, const struct goroutine *g, unsigned bin)
{
	int64_t a = bin_t0(s, bin), b = bin_t0(s, bin + 1);

	if (g->born_t >= b || has_ended(g, a))
		return OWNER_OTHERS;
	return g->born_t < a && !has_ended(g, b) ? OWNER_ALONE : OWNER_SHARED;
}

/* Where each of them lives, and what tells of it in this tile. */
static int find_places(struct solo *s, struct err *e)
{
	for (unsigned i = 0; i < s->n; i++) {
		const struct goroutine *g = &s->who[i];
		struct solo_place *p = &s->place[i];
		struct block_range range;
		enum tile_source source;

		*p = (struct solo_place){.is_alive = g->is_alive,
			.row = (uint8_t)g->row,
			.block = g->block,
			.g = g->id,
			.born_t = g->born_t,
			.gone_t = g->gone_t};
		s->key.y = g->block;
		if (g->row >= BLOCK_ROWS)
			return err_set(
				e, ERR_DAMAGED, -1, "Cannot read goroutines: row=%u", g->row);
		if (tile_source(s->r, s->key, &range, &source, e) < 0)
			return -1;
		if (g->born_t >= tile_t1(s->key) || has_ended(g, tile_t0(s->key)))
			continue;
		p->source = source == TILE_IS_RAW ? SOLO_RAW : SOLO_HIST;
		s->is_stored[i] = source == TILE_IS_STORED;
		if (p->source == SOLO_RAW) {
			p->first = range.first;
			p->n_chunks = (uint8_t)(range.end - range.first);
		}
	}
	return 0;
}

/* The packed row's bins that are the goroutine's alone; those that it shares are noted. */
static void take_row(struct solo *s, unsigned i, const struct tile_row *row)
{
	for (unsigned bin = 0; bin < TILE_BINS; bin++) {
		enum owner owner = owner_of(s, &s->who[i], bin);

		if (owner == OWNER_SHARED) {
			s->edges[s->n_edges].who = i;
			s->edges[s->n_edges++].bin = bin;
		}
		for (unsigned st = 0; owner == OWNER_ALONE && row && st < N_STATES; st++) {
			const uint8_t *plane = tile_row_plane(row, st);

			if (plane)
				s->plane[i][st][bin] = plane[bin];
		}
	}
}

static void take_whole(struct solo *s, unsigned i)
{
	s->edges[s->n_edges].who = i;
	s->edges[s->n_edges++].is_whole = true;
}

static const struct tile_row *find_row(const struct tile_view *v, unsigned row)
{
	for (uint32_t i = 0; i < v->n; i++)
		if (v->rows[i].row == row)
			return &v->rows[i];
	return NULL;
}

/* All goroutines from `first` on that live in the same block, from one tile. */
static int take_block(struct solo *s, unsigned first, bool *is_done, struct err *e)
{
	struct codec *codec = store_codec(tile_reader_store(s->r));

	s->key.y = s->place[first].block;
	if (tile_get(s->r, s->key, &s->frame, e) < 0 ||
		codec_decompress(codec, s->frame.at, s->frame.n, CODEC_MAX_PLAIN, &s->plain, e) <
			0 ||
		tile_decode(s->plain.at, s->plain.n, &s->view, e) < 0)
		return -1;
	for (unsigned i = first; i < s->n; i++) {
		const struct solo_place *p = &s->place[i];

		if (p->source != SOLO_HIST || !s->is_stored[i] || p->block != s->key.y)
			continue;
		is_done[i] = true;
		take_row(s, i, find_row(&s->view, p->row));
	}
	return 0;
}

/* A level at which 512 bins are one of the tile's, or cover it. */
static unsigned edge_level(const struct solo *s)
{
	return s->key.k < TILE_BIN_BITS ? 0 : s->key.k - TILE_BIN_BITS;
}

static void put_whole(struct solo *s, struct edge *edge)
{
	const struct hist_row *row = &edge->h.row[s->who[edge->who].row];

	hist_resolve(&edge->h);
	for (unsigned st = 0; st < N_STATES; st++)
		for (unsigned i = 0; row->plane[st] && i < TILE_BINS; i++)
			if (hist_has(row->plane[st], i))
				s->plane[edge->who][st][i] =
					tile_share(row->plane[st]->ns[i], UINT64_C(1) << s->key.k);
}

static void put_edge(struct solo *s, struct edge *edge)
{
	const struct hist_row *row = &edge->h.row[s->who[edge->who].row];
	uint64_t width = UINT64_C(1) << s->key.k;
	unsigned n = width < TILE_BINS ? (unsigned)width : TILE_BINS;

	hist_resolve(&edge->h);
	for (unsigned st = 0; st < N_STATES; st++) {
		const struct hist_plane *p = row->plane[st];
		uint64_t ns = 0;
		bool is_there = false;

		for (unsigned i = 0; p && i < n; i++) {
			ns += p->ns[i];
			is_there |= hist_has(p, i);
		}
		if (is_there)
			s->plane[edge->who][st][edge->bin] = tile_share(ns, width);
	}
}

static int add_edges(struct solo *s, struct err *e)
{
	for (unsigned i = 0; i < s->n_edges; i++) {
		struct edge *edge = &s->edges[i];
		const struct goroutine *g = &s->who[edge->who];

		if (edge->is_whole)
			hist_reset(&edge->h, tile_t0(s->key), s->key.k);
		else
			hist_reset(&edge->h, bin_t0(s, edge->bin), edge_level(s));
		s->lives[i] = (struct tile_life){g->id, g->block, &edge->h};
	}
	if (s->n_edges > 0 && tile_compute_lives(s->r, s->lives, s->n_edges, e) < 0)
		return -1;
	for (unsigned i = 0; i < s->n_edges; i++)
		if (s->edges[i].is_whole)
			put_whole(s, &s->edges[i]);
		else
			put_edge(s, &s->edges[i]);
	return 0;
}

static void put_place(struct buf *out, const struct solo_place *p)
{
	buf_put_u8(out, (uint8_t)p->source);
	buf_put_u8(out, p->row);
	buf_put_u8(out, p->n_chunks);
	buf_put_u8(out, p->is_alive);
	buf_put_le(out, p->block, 4);
	buf_put_le(out, p->first, 4);
	buf_put_le(out, 0, 4);
	buf_put_le(out, p->g, 8);
	buf_put_le(out, (uint64_t)p->born_t, 8);
	buf_put_le(out, (uint64_t)p->gone_t, 8);
}

/* As a tile of G, but for the letter and the places behind the header. */
static int encode(struct solo *s, struct buf *out, struct err *e)
{
	struct tile_row_bytes rows[BLOCK_ROWS] = {0};

	for (unsigned i = 0; i < s->n; i++) {
		s->about[i].head_g = true;
		s->about[i].first_g = s->who[i].id;
		rows[i].about = &s->about[i];
		for (unsigned st = 0; st < N_STATES; st++)
			rows[i].plane[st] = s->plane[i][st];
	}
	s->key.y = s->n;
	s->plain.n = 0;
	if (tile_encode_planes(s->key, rows, &s->plain, e) < 0)
		return -1;
	out->n = 0;
	if (buf_reserve(out, s->plain.n + SOLO_MOST * SOLO_PLACE_BYTES) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot encode tile: goroutines=%u", s->n);
	buf_append(out, s->plain.at, TILE_HEADER_BYTES);
	out->at[4] = 'R';
	for (unsigned i = 0; i < s->n; i++)
		put_place(out, &s->place[i]);
	buf_append(out, s->plain.at + TILE_HEADER_BYTES, s->plain.n - TILE_HEADER_BYTES);
	return 0;
}

static int make(struct solo *s, struct buf *out, struct err *e)
{
	bool is_done[SOLO_MOST] = {0};

	if (!tile_key_is_valid(s->key, tile_reader_meta(s->r)->levels))
		return err_set(e, ERR_NOT_FOUND, -1, "Cannot find tile: k=%u, x=%llu", s->key.k,
			(unsigned long long)s->key.x);
	if (find_places(s, e) < 0)
		return -1;
	for (unsigned i = 0; i < s->n; i++)
		if (s->place[i].source == SOLO_HIST && !s->is_stored[i])
			take_whole(s, i);
		else if (s->place[i].source == SOLO_HIST && !is_done[i] &&
			take_block(s, i, is_done, e) < 0)
			return -1;
	return add_edges(s, e) < 0 ? -1 : encode(s, out, e);
}

int solo_get(struct tile_reader *r, const struct goroutine *who, unsigned n, uint8_t k, uint64_t x,
	struct buf *out, struct err *e)
{
	struct solo *s = mem_calloc(1, sizeof(*s));
	int rc;

	if (!s)
		return err_set(e, ERR_MEMORY, -1, "Cannot make tile: bytes=%zu", sizeof(*s));
	s->r = r;
	s->who = who;
	s->n = n;
	s->key = (struct tile_key){.view = VIEW_G, .k = k, .x = x};
	rc = make(s, out, e);
	for (size_t i = 0; i < SOLO_MOST * EDGES; i++)
		hist_clear(&s->edges[i].h);
	buf_clear(&s->frame);
	buf_clear(&s->plain);
	mem_free(s);
	return rc;
}

static bool read_place(struct bytes *b, struct solo_place *p)
{
	const uint8_t *at = bytes_take(b, SOLO_PLACE_BYTES);

	if (!at)
		return false;
	*p = (struct solo_place){.source = (enum solo_source)at[0],
		.row = at[1],
		.n_chunks = at[2],
		.is_alive = at[3],
		.block = (uint32_t)bytes_le(at + 4, 4),
		.first = (uint32_t)bytes_le(at + 8, 4),
		.g = bytes_le(at + 16, 8),
		.born_t = (int64_t)bytes_le(at + 24, 8),
		.gone_t = (int64_t)bytes_le(at + 32, 8)};
	return at[0] <= SOLO_HIST && at[1] < BLOCK_ROWS && at[3] <= 1 &&
		at[2] <= (at[0] == SOLO_RAW ? TILE_RAW_CHUNKS : 0) && bytes_le(at + 12, 4) == 0;
}

int solo_decode(struct solo_view *v, const void *data, size_t n, struct err *e)
{
	static const size_t at_n = 8, at_view = 4;
	struct bytes b = bytes_of(data, n);
	const uint8_t *head = bytes_take(&b, TILE_HEADER_BYTES);
	bool is_bad = !head || head[at_view] != 'R' || head[at_n] == 0 || head[at_n] > SOLO_MOST;

	v->n = is_bad ? 0 : head[at_n];
	for (unsigned i = 0; i < v->n; i++)
		is_bad |= !read_place(&b, &v->place[i]);
	v->bytes.n = 0;
	if (is_bad || b.bad)
		return err_set(e, ERR_DAMAGED, -1, "Cannot read tile: what=\"place\"");
	if (buf_append(&v->bytes, head, TILE_HEADER_BYTES) < 0 ||
		buf_append(&v->bytes, (const uint8_t *)data + n - bytes_left(&b),
			(size_t)bytes_left(&b)) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot read tile: bytes=%zu", n);
	v->bytes.at[at_view] = 'G';
	return tile_decode(v->bytes.at, v->bytes.n, &v->tile, e);
}

void solo_clear(struct solo_view *v)
{
	buf_clear(&v->bytes);
}
