/* counter_test.c - counters against plain lists of samples: every level, computed and stored, random and real. */
#include "tests/unit/tile_scene.h"

#include <math.h>
#include <unistd.h>

#include "parser/source.h"
#include "tiles/build.h"
#include "tiles/chunk_reader.h"
#include "tiles/counter.h"
#include "tiles/pyramid.h"
#include "tiles/tables.h"
#include "tiles/text_table.h"
#include "tiles/tile_codec.h"

#define VALUES 6 /* first, last, min, max, rise, fall */

struct sample {
	int64_t t;
	uint64_t v;
};

struct samples {
	VEC(struct sample) all;
};

/* First sample at or after t. */
static size_t sample_at(const struct samples *s, int64_t t)
{
	size_t lo = 0, hi = s->all.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->all.at[mid].t < t)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void model_bin(const struct samples *s, int64_t a, int64_t b, double want[VALUES])
{
	size_t first = sample_at(s, a), end = sample_at(s, b);
	double held = first > 0 ? (double)s->all.at[first - 1].v : (double)NAN;
	uint64_t rise = 0, fall = 0;

	want[0] = want[1] = want[2] = want[3] = held;
	for (size_t i = first; i < end; i++) {
		uint64_t v = s->all.at[i].v;

		if (i == first)
			want[0] = want[2] = want[3] = (double)v;
		want[1] = (double)v;
		want[2] = fmin(want[2], (double)v);
		want[3] = fmax(want[3], (double)v);
		if (i > 0 && v > s->all.at[i - 1].v)
			rise += v - s->all.at[i - 1].v;
		else if (i > 0)
			fall += s->all.at[i - 1].v - v;
	}
	want[4] = (double)rise;
	want[5] = (double)fall;
}

static void check_bins(const struct samples *s, struct tile_key key, const uint8_t *points)
{
	for (unsigned i = 0; i < TILE_BINS; i++) {
		int64_t a = tile_t0(key) + ((int64_t)i << key.k);
		double want[VALUES], got[VALUES];

		model_bin(s, a, a + (INT64_C(1) << key.k), want);
		memcpy(got, points + (size_t)i * sizeof(got), sizeof(got));
		for (unsigned j = 0; j < VALUES; j++)
			if (!(got[j] == want[j] || (isnan(got[j]) && isnan(want[j]))))
				fail_msg("k=%u, x=%llu, bin %u, value %u: %g, not %g", key.k,
					(unsigned long long)key.x, i, j, got[j], want[j]);
	}
}

/* As it is served, and computed whether it is stored or not: the same bytes, which are the model's. */
static bool check_tile(const struct samples *s, struct tile_reader *r, struct tile_key key)
{
	struct counter_tile *t = malloc(sizeof(*t));
	struct buf frame = {0}, got = {0}, computed = {0};
	struct block_range range;
	struct codec codec = {0};
	enum tile_source source;
	struct tile_view view;
	struct err e = ERR_INIT;

	ok(tile_source(r, key, &range, &source, &e));
	ok(tile_get(r, key, &frame, &e));
	ok(codec_decompress(&codec, frame.at, frame.n, 1 << 20, &got, &e));
	ok(counter_compute(r, key, t, &e));
	ok(counter_encode(key, t, &computed, &e));
	assert_int_equal(got.n, computed.n);
	assert_memory_equal(got.at, computed.at, got.n);
	ok(tile_decode(got.at, got.n, &view, &e));
	check_bins(s, key, view.points);
	codec_clear(&codec);
	buf_clear(&frame);
	buf_clear(&got);
	buf_clear(&computed);
	free(t);
	return source == TILE_IS_STORED;
}

/* Some tiles of each level, most of them around a sample; the number of those that are stored. */
static unsigned check_levels(const struct samples *s, struct tile_reader *r, uint32_t counter,
	unsigned n, struct scene *dice)
{
	const struct meta *m = tile_reader_meta(r);
	unsigned n_stored = 0;

	for (unsigned k = 0; k < m->levels; k++)
		for (unsigned i = 0; i < n; i++) {
			struct tile_key key = {.view = VIEW_C, .y = counter, .k = (uint8_t)k};
			uint64_t t = scene_random(dice, (uint64_t)m->span_ns + 1);

			if (i > 0 && s->all.n > 0)
				t = (uint64_t)s->all.at[scene_random(dice, s->all.n)].t;
			key.x = t >> (k + TILE_BIN_BITS);
			n_stored += check_tile(s, r, key);
		}
	return n_stored;
}

/* A parent's bins are what two bins of its children make. */
static void check_merge(struct tile_reader *r, uint32_t counter, struct scene *dice)
{
	struct counter_tile *t = malloc(3 * sizeof(*t));
	const struct meta *m = tile_reader_meta(r);
	struct err e = ERR_INIT;

	for (unsigned k = 1; k < m->levels; k++) {
		struct tile_key key = {.view = VIEW_C, .y = counter, .k = (uint8_t)k};

		key.x = scene_random(dice, (uint64_t)m->span_ns + 1) >> (k + TILE_BIN_BITS);
		ok(counter_compute(r, key, &t[0], &e));
		memset(&t[1], 0, sizeof(t[1]));
		for (unsigned half = 0; half < 2; half++) {
			struct tile_key child = key;

			child.k--;
			child.x = 2 * key.x + half;
			ok(counter_compute(r, child, &t[2], &e));
			counter_merge(&t[1], &t[2], half);
		}
		for (unsigned i = 0; i < TILE_BINS; i++) {
			const struct counter_bin *a = &t[0].bin[i], *b = &t[1].bin[i];

			assert_int_equal(a->is_used, b->is_used);
			assert_true(a->rise == b->rise && a->fall == b->fall);
			assert_memory_equal(&a->first, &b->first, 4 * sizeof(double));
		}
	}
	free(t);
}

static void random_samples(uint64_t seed, unsigned n, uint64_t below)
{
	struct meta meta = {.n_blocks = {0, 0, 0, 0, 1, 1}};
	struct err e = ERR_INIT;
	static const struct pyramid_options none;
	struct scene s = {.random = seed, .st = store_create(STORE_IN_MEMORY, &e)};
	struct samples samples = {0};
	struct sample now = {.t = 5000};
	struct tile_reader *r;
	unsigned n_stored;

	s.b = blocks_create(s.st, 0, 1.0, &e);
	for (unsigned i = 0; i < n; i++) {
		if (scene_random(&s, 3))
			now.t += (int64_t)scene_random(&s, scene_random(&s, 100) ? 30 : 30000);
		now.v = scene_random(&s, 4) ? scene_random(&s, below) : now.v;
		assert_int_equal(vec_push(&samples.all, now), 0);
		ok(blocks_add_counter(s.b, 0, now.t, now.v, &e));
	}
	ok(blocks_seal(s.b, &e));
	meta.span_ns = now.t;
	meta.levels = tile_levels(now.t);
	ok(meta_put(s.st, &meta, &e));
	ok(pyramid_build(s.st, NULL, &none, &e));
	r = tile_reader_create(s.st, &e);
	scene_ok(r != NULL, &e, __LINE__);
	n_stored = check_levels(&samples, r, 0, 6, &s);
	assert_true(n < 100000 || n_stored > 8);
	check_merge(r, 0, &s);
	tile_reader_destroy(r);
	vec_clear(&samples.all);
	scene_clear(&s);
}

static void test_bins_of_random_samples(void **state)
{
	(void)state;
	random_samples(71, 300, 1000);
	random_samples(72, 9000, UINT64_C(1) << 63);
	random_samples(73, 900000, UINT64_C(1) << 44);
}

static void test_sums_stay_at_their_end(void **state)
{
	static struct counter_tile child, t;

	(void)state;
	child.bin[0] = (struct counter_bin){.rise = UINT64_MAX - 1, .fall = 3, .is_used = true};
	child.bin[1] = (struct counter_bin){.rise = 7, .fall = 4, .is_used = true};
	counter_merge(&t, &child, 1);
	assert_true(t.bin[TILE_BINS / 2].rise == UINT64_MAX && t.bin[TILE_BINS / 2].fall == 7);
}

/* ---- real traces ---- */

static void read_samples(struct tile_reader *r, uint32_t counter, struct samples *s)
{
	static int64_t t[COUNTER_SAMPLES];
	static uint64_t v[COUNTER_SAMPLES];
	struct chunk_reader chunk;
	struct err e = ERR_INIT;
	struct buf plain = {0};
	size_t n = tile_get_index(r, VIEW_C, counter, &e)->chunks.n;

	s->all.n = 0;
	for (uint32_t i = 0; i < n; i++) {
		ok(tile_get_chunk_plain(r, VIEW_C, counter, i, &plain, &e));
		ok(chunk_open(&chunk, plain.at, plain.n, &e));
		ok(chunk_read_counter(&chunk, t, v, &e));
		for (uint32_t j = 0; j < chunk.n_events; j++)
			assert_int_equal(vec_push(&s->all, ((struct sample){t[j], v[j]})), 0);
	}
	buf_clear(&plain);
}

/* What slabs tell of births and ends, one by one; time does not step back. */
static void model_alive(struct tile_reader *r, struct samples *s)
{
	struct slabs *slabs = tile_reader_slabs(r);
	const struct meta *m = tile_reader_meta(r);
	struct slab_change change;
	struct slab_event ev;
	struct err e = ERR_INIT;
	size_t n_slabs = tile_get_index(r, VIEW_A, 0, &e)->chunks.n;
	struct sample now = {0};

	s->all.n = 0;
	for (uint64_t i = 0; i < n_slabs; i++) {
		ok(slabs_seek(slabs, i, &e));
		while (slabs_next(slabs, &ev, &change, &e) > 0) {
			int64_t t;

			if (ev.view != VIEW_G ||
				(ev.ev.kind != CHUNK_BORN && ev.ev.kind != CHUNK_GONE))
				continue;
			t = chunk_clock(ev.ev.ticks, slabs_rows(slabs)->ns_per_tick) - m->origin_ns;
			now.t = t > now.t ? t : now.t;
			now.v += ev.ev.kind == CHUNK_BORN ? 1 : UINT64_MAX;
			assert_int_equal(vec_push(&s->all, now), 0);
		}
		assert_int_equal(e.kind, ERR_NONE);
	}
}

/* The counter of goroutines holds the same, but that those alive before the trace are one sample. */
static void check_alive(struct tile_reader *r, const struct samples *got)
{
	struct samples want = {0};
	size_t skip;

	model_alive(r, &want);
	assert_true(got->all.n > 0 && want.all.n >= got->all.n);
	skip = want.all.n - got->all.n;
	assert_int_equal(got->all.at[0].v, want.all.at[skip].v);
	for (size_t i = 1; i < got->all.n; i++) {
		assert_int_equal(got->all.at[i].t, want.all.at[skip + i].t);
		assert_int_equal(got->all.at[i].v, want.all.at[skip + i].v);
	}
	vec_clear(&want.all);
}

static void check_store(struct store *st)
{
	struct scene dice = {.random = 5};
	struct samples samples = {0};
	struct text_reader text;
	struct tables tables = {0};
	struct err e = ERR_INIT;
	struct tile_reader *r = tile_reader_create(st, &e);
	unsigned n_alive = 0;

	scene_ok(r != NULL, &e, __LINE__);
	ok(tables_get(st, &tables, &e));
	text_reader_init(&text, st);
	for (uint32_t c = 0; c < tables.counters.n; c++) {
		const struct counter_info *info = &tables.counters.at[c];
		const char *name;
		size_t n;

		read_samples(r, c, &samples);
		assert_int_equal(samples.all.n, info->samples);
		check_levels(&samples, r, c, 3, &dice);
		check_merge(r, c, &dice);
		ok(text_get_string(&text, info->name, &name, &n, &e));
		if (n != strlen("/sched/goroutines:goroutines") ||
			memcmp(name, "/sched/goroutines:goroutines", n) != 0)
			continue;
		n_alive++;
		check_alive(r, &samples);
	}
	assert_int_equal(n_alive, 1);
	vec_clear(&samples.all);
	text_reader_clear(&text);
	tables_clear(&tables);
	tile_reader_destroy(r);
}

static void test_bins_of_real_traces(void **state)
{
	static const char *const traces[] = {"tests/traces/good/demo.trace",
		"tests/traces/good/go1.26-churn.trace", "tests/traces/good/go1.21-mix.trace",
		"tests/traces/good/go1.26-gc.trace", "tests/traces/good/go1.26-unfinished.trace"};
	char path[] = "/tmp/counter_test.XXXXXX", file[64];

	(void)state;
	assert_non_null(mkdtemp(path));
	snprintf(file, sizeof(file), "%s/store", path);
	for (size_t i = 0; i < sizeof(traces) / sizeof(traces[0]); i++) {
		struct err e = ERR_INIT;
		struct source *src = source_open_file(traces[i], &e);
		struct store *st;

		scene_ok(src != NULL, &e, __LINE__);
		ok(build_run(src, file, NULL, &e));
		source_close(src);
		st = store_open(file, &e);
		scene_ok(st != NULL, &e, __LINE__);
		check_store(st);
		store_close(st);
		unlink(file);
	}
	assert_int_equal(rmdir(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bins_of_random_samples),
		cmocka_unit_test(test_sums_stay_at_their_end),
		cmocka_unit_test(test_bins_of_real_traces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
