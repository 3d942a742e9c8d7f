#include "tiles/counter.h"

#include <math.h>

#include "parser/base/err.h"
#include "tiles/chunk_reader.h"
#include "tiles/tile.h"

struct samples {
	int64_t t_ns[CHUNK_EVENTS];
	uint64_t value[CHUNK_EVENTS];
	struct chunk_reader chunk;
	struct buf plain;
};

static void bin_add(struct counter_bin *bin, bool *is_used, double v)
{
	if (!*is_used) {
		*bin = (struct counter_bin){v, v, v, v};
		*is_used = true;
		return;
	}
	bin->last = v;
	bin->min = v < bin->min ? v : bin->min;
	bin->max = v > bin->max ? v : bin->max;
}

/* One chunk's samples into the bins; `before` becomes the last value before the tile. */
static void play_samples(const struct samples *s, struct tile_key key, struct counter_tile *t,
	bool *is_used, double *before)
{
	int64_t a = tile_t0(key), b = tile_t1(key);

	for (uint32_t i = 0; i < s->chunk.n_events && s->t_ns[i] < b; i++) {
		double v = (double)s->value[i];

		if (s->t_ns[i] < a) {
			*before = v;
			continue;
		}
		size_t bin = (size_t)((uint64_t)(s->t_ns[i] - a) >> key.k);
		bin_add(&t->bin[bin], &is_used[bin], v);
	}
}

static int read_samples(
	struct tile_reader *r, uint32_t counter, uint32_t n, struct samples *s, struct err *e)
{
	if (tile_get_chunk_plain(r, VIEW_C, counter, n, &s->plain, e) < 0 ||
		chunk_open(&s->chunk, s->plain.at, s->plain.n, e) < 0)
		return -1;
	return chunk_read_counter(&s->chunk, s->t_ns, s->value, e);
}

static void fill_gaps(struct counter_tile *t, const bool *is_used, double before)
{
	for (size_t i = 0; i < TILE_BINS; i++) {
		if (!is_used[i])
			t->bin[i] = (struct counter_bin){before, before, before, before};
		before = t->bin[i].last;
	}
}

int counter_compute(
	struct tile_reader *r, struct tile_key key, struct counter_tile *t, struct err *e)
{
	const struct block_index *ix = tile_get_index(r, VIEW_C, key.y, e);
	bool is_used[TILE_BINS] = {0};
	double before = (double)NAN;
	struct block_range range;
	struct samples *s;
	int rc = -1;

	if (!ix)
		return -1;
	range = block_index_range(ix, tile_t0(key), tile_t1(key));
	s = mem_calloc(1, sizeof(*s));
	if (!s)
		return err_set(e, ERR_MEMORY, -1, "Cannot compute counter tile: c=%u", key.y);
	/* The value that holds at the start may be the last of the chunk before. */
	for (uint32_t n = range.first ? range.first - 1 : 0; n < range.end; n++) {
		if (read_samples(r, key.y, n, s, e) < 0)
			goto out;
		play_samples(s, key, t, is_used, &before);
	}
	fill_gaps(t, is_used, before);
	rc = 0;
out:
	buf_clear(&s->plain);
	mem_free(s);
	return rc;
}

static void put_value(struct buf *out, double v)
{
	if (isnan(v))
		buf_put_le(out, UINT64_C(0x7ff8) << 48, 8); /* whatever NaN the compiler made */
	else
		buf_put_f64(out, v);
}

int counter_encode(
	struct tile_key key, const struct counter_tile *t, struct buf *out, struct err *e)
{
	if (buf_reserve(out, 24 + TILE_BINS * 32) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot encode counter tile: c=%u", key.y);
	buf_append(out, "TST1C\2", 6);
	buf_put_u8(out, key.r);
	buf_put_u8(out, key.k);
	buf_put_le(out, key.y, 4);
	buf_put_le(out, TILE_BINS, 4);
	buf_put_le(out, key.x, 8);
	for (size_t i = 0; i < TILE_BINS; i++) {
		put_value(out, t->bin[i].first);
		put_value(out, t->bin[i].last);
		put_value(out, t->bin[i].min);
		put_value(out, t->bin[i].max);
	}
	return 0;
}
