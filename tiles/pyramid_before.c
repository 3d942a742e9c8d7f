#include "tiles/pyramid_before.h"

#include "parser/base/err.h"
#include "tiles/block_index.h"
#include "tiles/hist.h"

#define MOST_NS 0x1p62 /* of lanes in a bin: beyond it sums would wrap */

/* The last slab of a snapshot was cut short by it. */
static int find_end(struct pyramid_before *b, struct tile_reader *now, struct err *e)
{
	const struct block_index *then = tile_get_index(b->r, VIEW_A, 0, e);
	const struct block_index *all = tile_get_index(now, VIEW_A, 0, e);
	size_t n;

	if (!then || !all)
		return -1;
	n = then->chunks.n;
	b->end_ns = n > 0 && n <= all->chunks.n ? all->chunks.at[n - 1].t_lo : 0;
	return 0;
}

int before_open(struct pyramid_before *b, struct store *st, struct tile_reader *now, struct err *e)
{
	b->r = tile_reader_create(st, e);
	if (!b->r)
		return -1;
	if (tile_reader_meta(b->r)->origin_ns != tile_reader_meta(now)->origin_ns)
		return err_set(e, ERR_DAMAGED, -1, "Cannot go on from a snapshot: what=\"origin\"");
	return find_end(b, now, e);
}

void before_clear(struct pyramid_before *b)
{
	tile_reader_destroy(b->r);
	b->r = NULL;
	b->end_ns = 0;
	buf_clear(&b->frame);
	buf_clear(&b->plain);
	codec_clear(&b->codec);
}

bool before_has(const struct pyramid_before *b, unsigned k, uint64_t x)
{
	return b->r && k < tile_reader_meta(b->r)->levels &&
		tile_t1((struct tile_key){.k = (uint8_t)k, .x = x}) <= b->end_ns;
}

int before_frame(struct pyramid_before *b, struct tile_key key, struct err *e)
{
	const struct meta *m = tile_reader_meta(b->r);
	int64_t id = tile_id(key, m->levels);

	if (id < 0 || key.y >= m->n_blocks[key.view])
		return 0;
	return store_get(tile_reader_store(b->r), id, &b->frame, e);
}

static int take_plane(struct hist *h, const struct tile_row *row, unsigned state, struct err *e)
{
	const uint8_t *v = tile_row_plane(row, state);
	double step = row->full * (double)(UINT64_C(1) << h->k) / 255;
	struct hist_plane *p = v ? hist_plane_of(h, row->row, state, e) : NULL;

	if (!v)
		return 0;
	if (!p)
		return -1;
	for (unsigned i = 0; i < TILE_BINS; i++) {
		p->ns[i] = (uint64_t)(step * v[i] + 0.5);
		p->mark[i / 64] |= (uint64_t)(v[i] != 0) << (i % 64);
	}
	return 0;
}

/* Lanes that the row has when the tile begins: nearly always they were there before. */
static uint64_t heads_of(const struct tile_row *row)
{
	unsigned sum = 0;

	for (unsigned s = 0; s < N_STATES; s++) {
		const uint8_t *v = tile_row_plane(row, s);

		sum += v ? v[0] : 0;
	}
	return (uint64_t)(row->full * sum / 255 + 0.02);
}

static int take_row(struct hist *h, const struct tile_row *row, struct err *e)
{
	struct hist_row *to = &h->row[row->row];
	uint64_t heads;

	if (row->full * (double)(UINT64_C(1) << h->k) > MOST_NS)
		return err_set(e, ERR_DAMAGED, -1, "Cannot go on from a snapshot: what=\"full\"");
	heads = heads_of(row);
	to->head_n = heads < row->intervals ? heads : row->intervals;
	to->starts = row->intervals - to->head_n;
	to->head_g = heads > 0 && row->goroutines > 0;
	to->born = row->goroutines - to->head_g;
	to->first_g = row->first_g;
	for (unsigned s = 0; s < N_STATES; s++)
		if (take_plane(h, row, s, e) < 0)
			return -1;
	return 0;
}

int before_hist(struct pyramid_before *b, struct tile_key key, struct hist *h, struct err *e)
{
	int rc = before_frame(b, key, e);
	struct tile_view v;

	if (rc <= 0)
		return rc;
	if (codec_decompress(&b->codec, b->frame.at, b->frame.n, CODEC_MAX_PLAIN, &b->plain, e) <
			0 ||
		tile_decode(b->plain.at, b->plain.n, &v, e) < 0)
		return -1;
	if (v.kind != TILE_HIST || v.key.view != key.view || v.key.k != key.k || v.key.y != key.y ||
		v.key.x != key.x)
		return err_set(e, ERR_DAMAGED, -1, "Cannot go on from a snapshot: what=\"tile\"");
	hist_reset(h, tile_t0(key), key.k);
	for (uint32_t i = 0; i < v.n; i++)
		if (take_row(h, &v.rows[i], e) < 0)
			return -1;
	return 1;
}
