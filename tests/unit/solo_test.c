/* solo_test.c - rows of single goroutines against histograms made of their intervals alone. */
#include "tests/unit/tile_scene.h"

#include <unistd.h>

#include "parser/source.h"
#include "tiles/build.h"
#include "tiles/pyramid.h"
#include "tiles/solo.h"

struct model {
	uint64_t ns[N_STATES][TILE_BINS];
	bool has[N_STATES][TILE_BINS];
};

/* What is known of a goroutine: a list of intervals, half open, that begin and end where they say. */
struct known {
	struct goroutine who;
	VEC(struct scene_interval) intervals;
};

struct all {
	VEC(struct known) list;
};

static void model_make(struct model *m, const struct known *g, struct tile_key key)
{
	int64_t bin = INT64_C(1) << key.k;

	memset(m, 0, sizeof(*m));
	for (size_t n = 0; n < g->intervals.n; n++) {
		const struct scene_interval *iv = &g->intervals.at[n];
		int64_t i = iv->t0 > tile_t0(key) ? (iv->t0 - tile_t0(key)) >> key.k : 0;

		for (; i < TILE_BINS; i++) {
			int64_t from = tile_t0(key) + i * bin, to = from + bin;
			int64_t a = iv->t0 > from ? iv->t0 : from, b = iv->t1 < to ? iv->t1 : to;

			if (from > iv->t1)
				break;
			if (a < b)
				m->ns[iv->state][i] += (uint64_t)(b - a);
			if (a < b || (iv->t0 >= from && iv->t0 < to))
				m->has[iv->state][i] = true;
		}
	}
}

/* round(255 ns / bin), 1 at the least where the state occurs; the bin is a power of 2. */
static unsigned model_value(const struct model *m, unsigned state, unsigned bin, unsigned k)
{
	unsigned __int128 ns = m->ns[state][bin];
	unsigned v = (unsigned)((255 * ns * 2 + ((unsigned __int128)1 << k)) >> (k + 1));

	return !m->has[state][bin] ? 0 : v < 1 ? 1 : v;
}

static void check_row(const struct known *g, const struct tile_row *row, struct tile_key key)
{
	struct model *m = malloc(sizeof(*m));
	unsigned any = 0;

	model_make(m, g, key);
	for (unsigned s = 1; s < N_STATES; s++) {
		const uint8_t *plane = row ? tile_row_plane(row, s) : NULL;

		for (unsigned i = 0; i < TILE_BINS; i++) {
			unsigned want = model_value(m, s, i, key.k), got = plane ? plane[i] : 0;

			any |= want;
			if (got != want)
				fail_msg("g %llu, k %u, x %llu, state %u, bin %u: %u, not %u",
					(unsigned long long)g->who.id, key.k,
					(unsigned long long)key.x, s, i, got, want);
		}
	}
	assert_int_equal(row != NULL, any != 0);
	if (row) {
		assert_int_equal(row->goroutines, 1);
		assert_int_equal(row->first_g, g->who.id);
		assert_int_equal(row->intervals, 0);
		assert_true(row->full == 1.0);
	}
	free(m);
}

static const struct tile_row *row_of(const struct tile_view *v, unsigned row)
{
	for (uint32_t i = 0; i < v->n; i++)
		if (v->rows[i].row == row)
			return &v->rows[i];
	return NULL;
}

static const struct known *pick(const struct all *all, struct scene *dice)
{
	return &all->list.at[scene_random(dice, all->list.n)];
}

/* A tile of these goroutines: places, and rows where the tile of G is a histogram. The number of those. */
static unsigned check_tile(
	struct tile_reader *r, const struct known *const *g, unsigned n, uint8_t k, uint64_t x)
{
	struct tile_key key = {.view = VIEW_G, .k = k, .x = x};
	struct goroutine who[SOLO_MOST];
	struct solo_view v = {0};
	struct err e = ERR_INIT;
	struct buf out = {0};
	unsigned n_hist = 0;

	for (unsigned i = 0; i < n; i++)
		who[i] = g[i]->who;
	ok(solo_get(r, who, n, k, x, &out, &e));
	ok(solo_decode(&v, out.at, out.n, &e));
	assert_int_equal(v.n, n);
	for (unsigned i = 0; i < n; i++) {
		const struct solo_place *p = &v.place[i];
		struct block_range range;
		enum tile_source source;
		bool lives = who[i].born_t < tile_t1(key) &&
			(who[i].is_alive || who[i].gone_t >= tile_t0(key));

		key.y = p->block;
		ok(tile_source(r, key, &range, &source, &e));
		assert_int_equal(p->source,
			!lives                          ? SOLO_NONE
				: source == TILE_IS_RAW ? SOLO_RAW
							: SOLO_HIST);
		assert_true(p->g == who[i].id && p->born_t == who[i].born_t &&
			p->block == who[i].block && p->row == who[i].row);
		if (p->source == SOLO_RAW) {
			assert_int_equal(p->first, range.first);
			assert_int_equal(p->n_chunks, range.end - range.first);
			assert_null(row_of(&v.tile, i));
		} else {
			check_row(g[i], row_of(&v.tile, i), key);
			n_hist += p->source == SOLO_HIST;
		}
	}
	solo_clear(&v);
	buf_clear(&out);
	return n_hist;
}

/* Tiles of every level around where goroutines begin, end, and anywhere. */
static unsigned check_levels(
	struct tile_reader *r, const struct all *all, unsigned n_tiles, struct scene *dice)
{
	const struct meta *m = tile_reader_meta(r);
	unsigned n_hist = 0;

	for (unsigned k = 0; k < m->levels; k++)
		for (unsigned i = 0; i < n_tiles; i++) {
			const struct known *g[SOLO_MOST];
			unsigned n = 1 + (unsigned)scene_random(dice, i % 4 ? 6 : SOLO_MOST);
			int64_t t;

			for (unsigned j = 0; j < n; j++)
				g[j] = pick(all, dice);
			t = i % 3 == 0 ? g[0]->who.born_t
				: i % 3 == 1
				? g[0]->who.gone_t
				: (int64_t)scene_random(dice, (uint64_t)m->span_ns + 1);
			t = t < 0 ? 0 : t > m->span_ns ? m->span_ns : t;
			n_hist +=
				check_tile(r, g, n, (uint8_t)k, (uint64_t)t >> (k + TILE_BIN_BITS));
		}
	return n_hist;
}

static void all_clear(struct all *all)
{
	for (size_t i = 0; i < all->list.n; i++)
		vec_clear(&all->list.at[i].intervals);
	vec_clear(&all->list);
}

/* The model of a random trace: its lives, and the intervals of each. */
static void all_of_scene(struct all *all, const struct scene *s)
{
	size_t *at = calloc(s->next_g + 1, sizeof(*at));

	for (size_t i = 0; i < s->lives.n; i++) {
		const struct scene_life *life = &s->lives.at[i];
		struct known g = {.who = {.id = life->g,
					  .block = life->row / BLOCK_ROWS,
					  .row = life->row % BLOCK_ROWS,
					  .born_t = life->t0,
					  .gone_t = life->t1,
					  .is_alive = s->row[VIEW_G][life->row].life.g == life->g}};

		at[life->g] = all->list.n;
		assert_int_equal(vec_push(&all->list, g), 0);
	}
	for (size_t i = 0; i < s->intervals.n; i++) {
		const struct scene_interval *iv = &s->intervals.at[i];

		if (iv->view == VIEW_G)
			assert_int_equal(vec_push(&all->list.at[at[iv->g]].intervals, *iv), 0);
	}
	free(at);
}

static void test_rows_of_random_goroutines(void **state)
{
	static const struct {
		unsigned n, rows;
		double rate;
		bool is_stored;
	} scenes[] = {{3000, SCENE_ROWS, 64.0, false}, {40000, 9, 15.625, false},
		{60000, SCENE_ROWS, 0.3333333333333333, false}, {700000, 40, 64.0, true}};
	static const struct pyramid_options none;

	(void)state;
	for (unsigned i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
		struct all all = {0};
		struct err e = ERR_INIT;
		struct tile_reader *r;
		struct scene s;
		unsigned n;

		scene_make(
			&s, STORE_IN_MEMORY, 81 + i, scenes[i].n, scenes[i].rows, scenes[i].rate);
		if (scenes[i].is_stored)
			ok(pyramid_build(s.st, NULL, &none, &e));
		all_of_scene(&all, &s);
		r = tile_reader_create(s.st, &e);
		scene_ok(r != NULL, &e, __LINE__);
		n = check_levels(r, &all, scenes[i].is_stored ? 4 : 12, &s);
		assert_true(n > 50 || scenes[i].n < 40000);
		tile_reader_destroy(r);
		all_clear(&all);
		scene_clear(&s);
	}
}

/* ---- real traces: records of the table, intervals from slabs ---- */

struct open_row {
	struct scene_interval iv;
	size_t at; /* of the goroutine in the list, SIZE_MAX none */
};

struct reading {
	struct all *all;
	const struct meta *meta;
	VEC(struct open_row) rows;
};

static void end_interval(struct reading *rd, struct open_row *row, int64_t t)
{
	row->iv.t1 = t;
	if (row->at != SIZE_MAX && row->iv.state != STATE_NONE)
		assert_int_equal(vec_push(&rd->all->list.at[row->at].intervals, row->iv), 0);
	row->iv.state = STATE_NONE;
}

static size_t find_known(const struct all *all, uint64_t g)
{
	size_t lo = 0, hi = all->list.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (all->list.at[mid].who.id < g)
			lo = mid + 1;
		else
			hi = mid;
	}
	assert_true(lo < all->list.n && all->list.at[lo].who.id == g);
	return lo;
}

static void read_event(struct reading *rd, const struct slab_event *ev, double rate)
{
	int64_t t = chunk_clock(ev->ev.ticks, rate) - rd->meta->origin_ns;
	struct open_row none = {.at = SIZE_MAX}, *row;

	if (ev->view != VIEW_G || ev->ev.kind == CHUNK_MARK)
		return;
	while (rd->rows.n <= ev->row)
		assert_int_equal(vec_push(&rd->rows, none), 0);
	row = &rd->rows.at[ev->row];
	end_interval(rd, row, t);
	if (ev->ev.kind == CHUNK_BORN)
		row->at = find_known(rd->all, ev->ev.g);
	if (ev->ev.kind == CHUNK_GONE)
		row->at = SIZE_MAX;
	if (ev->ev.kind == CHUNK_STATE)
		row->iv = (struct scene_interval){.t0 = t, .state = ev->ev.state};
}

static void read_slabs(struct reading *rd, struct tile_reader *r)
{
	struct slabs *slabs = tile_reader_slabs(r);
	struct err e = ERR_INIT;
	size_t n = tile_get_index(r, VIEW_A, 0, &e)->chunks.n;
	struct slab_change change;
	struct slab_event ev;

	for (uint64_t i = 0; i < n; i++) {
		ok(slabs_seek(slabs, i, &e));
		while (slabs_next(slabs, &ev, &change, &e) > 0)
			read_event(rd, &ev, slabs_rows(slabs)->ns_per_tick);
		assert_int_equal(e.kind, ERR_NONE);
	}
	for (size_t i = 0; i < rd->rows.n; i++)
		end_interval(rd, &rd->rows.at[i], rd->meta->span_ns);
	vec_clear(&rd->rows);
}

static void read_table(struct all *all, struct store *st)
{
	static struct goroutine page[1000];
	struct goroutine_table table;
	struct err e = ERR_INIT;
	uint64_t after = 0;
	int n;

	ok(goroutine_table_open(&table, st, &e));
	while ((n = goroutine_list(&table, GOROUTINE_ANY_GROUP, after, page, 1000, &e)) > 0) {
		for (int i = 0; i < n; i++)
			assert_int_equal(vec_push(&all->list, ((struct known){.who = page[i]})), 0);
		after = page[n - 1].id;
	}
	goroutine_table_clear(&table);
}

static void test_rows_of_real_traces(void **state)
{
	static const char *const traces[] = {"tests/traces/good/demo.trace",
		"tests/traces/good/go1.26-churn.trace", "tests/traces/good/go1.22-calm.trace",
		"tests/traces/good/go1.21-mix.trace", "tests/traces/good/go1.26-web.trace"};
	char path[] = "/tmp/solo_test.XXXXXX", file[64];
	struct scene dice = {.random = 9};

	(void)state;
	assert_non_null(mkdtemp(path));
	snprintf(file, sizeof(file), "%s/store", path);
	for (size_t i = 0; i < sizeof(traces) / sizeof(traces[0]); i++) {
		struct err e = ERR_INIT;
		struct source *src = source_open_file(traces[i], &e);
		struct all all = {0};
		struct reading rd = {.all = &all};
		struct tile_reader *r;
		struct store *st;

		scene_ok(src != NULL, &e, __LINE__);
		ok(build_run(src, file, NULL, &e));
		source_close(src);
		st = store_open(file, &e);
		scene_ok(st != NULL, &e, __LINE__);
		r = tile_reader_create(st, &e);
		scene_ok(r != NULL, &e, __LINE__);
		rd.meta = tile_reader_meta(r);
		read_table(&all, st);
		read_slabs(&rd, r);
		check_levels(r, &all, 9, &dice);
		tile_reader_destroy(r);
		store_close(st);
		all_clear(&all);
		unlink(file);
	}
	assert_int_equal(rmdir(path), 0);
}

/* ---- the edges of it ---- */

static void test_what_is_no_tile_is_refused(void **state)
{
	struct goroutine who = {.id = 1, .gone_t = 5, .is_alive = true};
	struct solo_view v = {0};
	struct err e = ERR_INIT;
	struct tile_reader *r;
	struct buf out = {0};
	struct scene s;

	(void)state;
	scene_make(&s, STORE_IN_MEMORY, 91, 20000, 9, 64.0);
	r = tile_reader_create(s.st, &e);
	scene_ok(r != NULL, &e, __LINE__);
	who.row = BLOCK_ROWS;
	assert_int_equal(solo_get(r, &who, 1, 0, 0, &out, &e), -1);
	assert_int_equal(e.kind, ERR_DAMAGED);
	err_clear(&e);
	who.row = 0;
	assert_int_equal(solo_get(r, &who, 1, 60, 0, &out, &e), -1);
	assert_int_equal(e.kind, ERR_NOT_FOUND);
	err_clear(&e);
	ok(solo_get(r, &who, 1, (uint8_t)(tile_reader_meta(r)->levels - 1), 0, &out, &e));
	for (size_t n = 0; n < out.n; n += n < 100 ? 1 : 61) {
		struct err why = ERR_INIT;

		assert_int_equal(solo_decode(&v, out.at, n, &why), -1);
		assert_int_equal(why.kind, ERR_DAMAGED);
	}
	solo_clear(&v);
	buf_clear(&out);
	tile_reader_destroy(r);
	scene_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_of_random_goroutines),
		cmocka_unit_test(test_rows_of_real_traces),
		cmocka_unit_test(test_what_is_no_tile_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
