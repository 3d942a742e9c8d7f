#include "tiles/counter.h"

#include <math.h>
#include <string.h>

#include "parser/base/err.h"
#include "tiles/chunk_reader.h"
#include "tiles/tile.h"

struct samples {
	int64_t t_ns[COUNTER_SAMPLES];
	uint64_t value[COUNTER_SAMPLES];
	struct chunk_reader chunk;
	struct buf plain;
};

/* The value that holds before a sample. */
struct before {
	uint64_t value;
	bool is_known;
};

static void add_up(uint64_t *sum, uint64_t more)
{
	*sum = *sum + more < more ? UINT64_MAX : *sum + more;
}

static void bin_add(struct counter_bin *bin, const struct before *before, uint64_t value)
{
	double v = (double)value;

	if (before->is_known && value > before->value)
		add_up(&bin->rise, value - before->value);
	else if (before->is_known)
		add_up(&bin->fall, before->value - value);
	if (!bin->is_used)
		bin->first = bin->min = bin->max = v;
	bin->is_used = true;
	bin->last = v;
	bin->min = v < bin->min ? v : bin->min;
	bin->max = v > bin->max ? v : bin->max;
}

/* What holds in a bin without a sample. */
static void bin_hold(struct counter_bin *bin, double v)
{
	bin->first = bin->last = bin->min = bin->max = v;
}

/* One chunk's samples into the bins; those before the tile only tell what holds at its begin. */
static void play_samples(const struct samples *s, struct tile_key key, struct counter_tile *t,
	struct before *before, double *held)
{
	int64_t a = tile_t0(key), b = tile_t1(key);

	for (uint32_t i = 0; i < s->chunk.n_events && s->t_ns[i] < b; i++) {
		if (s->t_ns[i] < a)
			*held = (double)s->value[i];
		else
			bin_add(&t->bin[(uint64_t)(s->t_ns[i] - a) >> key.k], before, s->value[i]);
		*before = (struct before){s->value[i], true};
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

static void fill_gaps(struct counter_tile *t, double held)
{
	for (size_t i = 0; i < TILE_BINS; i++) {
		if (!t->bin[i].is_used)
			bin_hold(&t->bin[i], held);
		held = t->bin[i].last;
	}
}

int counter_compute(
	struct tile_reader *r, struct tile_key key, struct counter_tile *t, struct err *e)
{
	const struct block_index *ix = tile_get_index(r, VIEW_C, key.y, e);
	struct before before = {0};
	double held = (double)NAN;
	struct block_range range;
	struct samples *s;
	int rc = -1;

	if (!ix)
		return -1;
	range = block_index_range(ix, tile_t0(key), tile_t1(key));
	s = mem_calloc(1, sizeof(*s));
	if (!s)
		return err_set(e, ERR_MEMORY, -1, "Cannot compute counter tile: c=%u", key.y);
	memset(t, 0, sizeof(*t));
	/* The value that holds at the start may be the last of the chunk before. */
	for (uint32_t n = range.first ? range.first - 1 : 0; n < range.end; n++) {
		if (read_samples(r, key.y, n, s, e) < 0)
			goto out;
		play_samples(s, key, t, &before, &held);
	}
	fill_gaps(t, held);
	rc = 0;
out:
	buf_clear(&s->plain);
	mem_free(s);
	return rc;
}

static void bin_merge(
	struct counter_bin *to, const struct counter_bin *a, const struct counter_bin *b)
{
	const struct counter_bin *first = a->is_used ? a : b;

	*to = *first;
	if (a->is_used && b->is_used) {
		to->last = b->last;
		to->min = b->min < a->min ? b->min : a->min;
		to->max = b->max > a->max ? b->max : a->max;
		add_up(&to->rise, b->rise);
		add_up(&to->fall, b->fall);
	}
}

void counter_merge(struct counter_tile *t, const struct counter_tile *child, unsigned half)
{
	for (size_t i = 0; i < TILE_BINS / 2; i++)
		bin_merge(&t->bin[half * (TILE_BINS / 2) + i], &child->bin[2 * i],
			&child->bin[2 * i + 1]);
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
	if (buf_reserve(out, 24 + TILE_BINS * COUNTER_BIN_BYTES) < 0)
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
		buf_put_f64(out, (double)t->bin[i].rise);
		buf_put_f64(out, (double)t->bin[i].fall);
	}
	return 0;
}
