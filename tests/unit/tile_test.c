/* tile_test.c - the rules of truth: tiles of random traces against sums made bin by bin. */
#include "tests/unit/tile_scene.h"

#include <math.h>

#include "tiles/pyramid.h"
#include "tiles/pyramid_stream.h"
#include "tiles/tile_codec.h"

struct model {
	uint64_t ns[BLOCK_ROWS][N_STATES][TILE_BINS];
	bool has[BLOCK_ROWS][N_STATES][TILE_BINS];
	uint64_t n[BLOCK_ROWS], goroutines[BLOCK_ROWS], first_g[BLOCK_ROWS];
	int64_t first_t[BLOCK_ROWS];
};

static struct model model;

/* The row of the tile that an interval is drawn in; -1 none. */
static int row_in(struct tile_key key, const struct scene_interval *iv)
{
	if (key.view == VIEW_A)
		return iv->view == VIEW_F    ? 0
			: iv->view == VIEW_M ? 1
			: iv->view == VIEW_P ? 2
					     : -1;
	return iv->view == key.view && iv->row / BLOCK_ROWS == key.y ? (int)(iv->row % BLOCK_ROWS)
								     : -1;
}

static void model_interval(struct tile_key key, const struct scene_interval *iv)
{
	int64_t a = tile_t0(key), b = tile_t1(key), bin = INT64_C(1) << key.k;
	int row = row_in(key, iv);

	if (row < 0 || iv->t0 >= b || (iv->t0 < a && iv->t1 <= a && iv->view != VIEW_F))
		return;
	if (iv->view == VIEW_F && iv->t1 < a)
		return;
	/* F counts who was alive just before a, even if leaving at a */
	model.n[row]++;
	for (int64_t i = 0; i < TILE_BINS; i++) {
		int64_t from = a + i * bin, to = from + bin;
		int64_t x = iv->t0 > from ? iv->t0 : from, y = iv->t1 < to ? iv->t1 : to;

		if (x < y)
			model.ns[row][iv->state][i] += (uint64_t)(y - x);
		if (x < y || (iv->t0 >= from && iv->t0 < to))
			model.has[row][iv->state][i] = true;
	}
}

static void model_life(struct tile_key key, const struct scene_life *life)
{
	int64_t a = tile_t0(key), b = tile_t1(key);
	uint32_t row = life->row % BLOCK_ROWS;

	if (key.view != VIEW_G || life->row / BLOCK_ROWS != key.y || life->t0 >= b ||
		(life->t0 < a && life->t1 <= a))
		return;
	if (model.goroutines[row]++ == 0 || life->t0 < model.first_t[row] ||
		(life->t0 == model.first_t[row] && life->g < model.first_g[row])) {
		model.first_g[row] = life->g;
		model.first_t[row] = life->t0;
	}
}

static void model_make(const struct scene *s, struct tile_key key)
{
	memset(&model, 0, sizeof(model));
	for (size_t i = 0; i < s->intervals.n; i++)
		model_interval(key, &s->intervals.at[i]);
	for (size_t i = 0; i < s->lanes.n; i++)
		model_interval(key, &s->lanes.at[i]);
	for (size_t i = 0; i < s->lives.n; i++)
		model_life(key, &s->lives.at[i]);
}

static void check_plane(const struct tile_row *row, unsigned state, uint64_t full_ns)
{
	const uint8_t *v = tile_row_plane(row, state);
	unsigned r = row->row;

	for (unsigned i = 0; i < TILE_BINS; i++) {
		double exact =
			full_ns ? 255.0 * (double)model.ns[r][state][i] / (double)full_ns : 0;

		assert_int_equal(v[i] != 0, model.has[r][state][i]);
		if (v[i] > 1)
			assert_true(fabs(v[i] - exact) <= 0.5);
		else if (v[i] == 1)
			assert_true(exact <= 1.5);
	}
}

static void check_row(struct tile_key key, const struct tile_row *row)
{
	uint64_t full_ns = UINT64_C(1) << key.k;
	unsigned r = row->row, mask = 0;

	if (key.view == VIEW_F || key.view == VIEW_A) {
		full_ns = 0;
		for (unsigned i = 0; i < TILE_BINS; i++) {
			uint64_t sum = 0;

			for (unsigned s = 1; s < N_STATES; s++)
				sum += model.ns[r][s][i];
			full_ns = sum > full_ns ? sum : full_ns;
		}
	}
	for (unsigned s = 1; s < N_STATES; s++)
		for (unsigned i = 0; i < TILE_BINS; i++)
			mask |= (unsigned)model.has[r][s][i] << s;
	assert_int_equal(row->mask, mask);
	assert_true(row->full == (double)full_ns / (double)(UINT64_C(1) << key.k));
	assert_int_equal(row->goroutines, model.goroutines[r]);
	assert_int_equal(row->first_g, model.first_g[r]);
	/* A change at the very edge of a tile may count once more where lanes have no names (F). */
	if (key.view != VIEW_F && (key.view != VIEW_A || r != 0))
		assert_int_equal(row->intervals, model.n[r]);
	for (unsigned s = 1; s < N_STATES; s++)
		if (mask >> s & 1)
			check_plane(row, s, full_ns);
}

static bool model_row_is_empty(unsigned r)
{
	for (unsigned s = 1; s < N_STATES; s++)
		for (unsigned i = 0; i < TILE_BINS; i++)
			if (model.has[r][s][i])
				return false;
	return true;
}

static int compute(struct tile_reader *r, struct tile_key key, struct hist *h, struct err *e)
{
	return tile_compute(r, &key, 1, &h, e);
}

/* One tile, made from chunks whether it would be RAW or not, against the model. */
static void check_tile(struct scene *s, struct tile_reader *r, struct tile_key key)
{
	static struct hist h;
	struct err e = ERR_INIT;
	struct tile_view v;
	struct buf bytes = {0};
	unsigned seen = 0;

	ok(compute(r, key, &h, &e));
	ok(tile_encode_hist(key, &h, &bytes, &e));
	ok(tile_decode(bytes.at, bytes.n, &v, &e));
	model_make(s, key);
	for (uint32_t i = 0; i < v.n; i++) {
		check_row(key, &v.rows[i]);
		seen |= 1u << v.rows[i].row;
	}
	for (unsigned i = 0; i < BLOCK_ROWS; i++)
		if (!(seen >> i & 1))
			assert_true(model_row_is_empty(i));
	buf_clear(&bytes);
	hist_clear(&h);
}

static const double rates[] = {1.0, 64.0, 15.625, 0.3333333333333333};

static void test_tiles_hold_what_happened(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 8; seed++) {
		struct scene s;
		struct err e = ERR_INIT;
		struct tile_reader *r;

		scene_make(&s, STORE_IN_MEMORY, seed, 3000, seed % 2 ? 6 : SCENE_ROWS,
			rates[seed % 4]);
		r = tile_reader_create(s.st, &e);
		scene_ok(r != NULL, &e, __LINE__);
		for (unsigned i = 0; i < 120; i++) {
			unsigned levels = tile_reader_meta(r)->levels;
			struct tile_key key = {.view = (uint8_t)(i % 5)};

			key.k = (uint8_t)(i < 10 ? levels - 1 : scene_random(&s, levels));
			key.x = scene_random(&s, ((uint64_t)s.span >> (key.k + 9)) + 1);
			key.y = (uint32_t)scene_random(&s, tile_reader_meta(r)->n_blocks[key.view]);
			check_tile(&s, r, key);
		}
		tile_reader_destroy(r);
		scene_clear(&s);
	}
}

static bool hist_is_equal(struct hist *a, struct hist *b)
{
	static const struct hist_plane none;

	hist_resolve(a);
	hist_resolve(b);
	for (unsigned i = 0; i < BLOCK_ROWS; i++) {
		const struct hist_row *x = &a->row[i], *y = &b->row[i];

		if (x->starts != y->starts || x->born != y->born || x->first_g != y->first_g ||
			x->head_n != y->head_n || x->head_g != y->head_g)
			return false;
		for (unsigned s = 0; s < N_STATES; s++) {
			const struct hist_plane *p = x->plane[s] ? x->plane[s] : &none;
			const struct hist_plane *q = y->plane[s] ? y->plane[s] : &none;

			if (memcmp(p, q, sizeof(*p)) != 0)
				return false;
		}
	}
	return true;
}

static void test_a_parent_is_the_merge_of_its_children(void **state)
{
	static struct hist whole, merged, half;
	struct err e = ERR_INIT;
	struct tile_reader *r;
	struct scene s;

	(void)state;
	scene_make(&s, STORE_IN_MEMORY, 11, 20000, SCENE_ROWS, 64.0);
	r = tile_reader_create(s.st, &e);
	scene_ok(r != NULL, &e, __LINE__);
	for (unsigned i = 0; i < 200; i++) {
		unsigned levels = tile_reader_meta(r)->levels;
		struct tile_key key = {.view = (uint8_t)(i % 5)}, child;

		key.k = (uint8_t)(1 + scene_random(&s, levels - 1));
		key.x = scene_random(&s, ((uint64_t)s.span >> (key.k + 9)) + 1);
		key.y = (uint32_t)scene_random(&s, tile_reader_meta(r)->n_blocks[key.view]);
		ok(compute(r, key, &whole, &e));
		hist_reset(&merged, tile_t0(key), key.k);
		for (unsigned side = 0; side < 2; side++) {
			child = key;
			child.k--;
			child.x = 2 * key.x + side;
			ok(compute(r, child, &half, &e));
			ok(hist_merge(&merged, &half, &e));
		}
		assert_true(hist_is_equal(&whole, &merged));
	}
	hist_clear(&whole);
	hist_clear(&merged);
	hist_clear(&half);
	tile_reader_destroy(r);
	scene_clear(&s);
}

/* Planes of the same states in the same bins, each share at most so many steps off. */
static void check_near(const struct buf *a, const struct buf *b, int most)
{
	struct err e = ERR_INIT;
	struct tile_view v, w;

	ok(tile_decode(a->at, a->n, &v, &e));
	ok(tile_decode(b->at, b->n, &w, &e));
	assert_int_equal(v.n, w.n);
	for (uint32_t i = 0; i < v.n; i++) {
		size_t n = (size_t)TILE_BINS * (size_t)__builtin_popcount(v.rows[i].mask);

		assert_int_equal(v.rows[i].row, w.rows[i].row);
		assert_int_equal(v.rows[i].mask, w.rows[i].mask);
		assert_int_equal(v.rows[i].first_g, w.rows[i].first_g);
		for (size_t k = 0; k < n; k++) {
			int off = v.rows[i].planes[k] - w.rows[i].planes[k];

			assert_true(off <= most && -off <= most);
			assert_int_equal(v.rows[i].planes[k] != 0, w.rows[i].planes[k] != 0);
		}
	}
}

/* What is stored of heavy tiles must be what their events give. */
struct stored_check {
	struct tile_reader *r;
	int64_t same_before; /* the same bytes where a tile ends by then, else nearly */
	bool may_lack;       /* some that are heavy are not stored */
	unsigned n;
};

static void check_frame(const struct stored_check *c, struct tile_key key, const struct buf *frame)
{
	static struct hist h;
	struct err e = ERR_INIT;
	struct buf stored = {0}, computed = {0};

	ok(codec_decompress(store_codec(tile_reader_store(c->r)), frame->at, frame->n,
		CODEC_MAX_PLAIN, &stored, &e));
	ok(compute(c->r, key, &h, &e));
	ok(tile_encode_hist(key, &h, &computed, &e));
	if (tile_t1(key) <= c->same_before) {
		assert_int_equal(stored.n, computed.n);
		assert_memory_equal(stored.at, computed.at, stored.n);
	} else {
		check_near(&stored, &computed, 4);
	}
	buf_clear(&stored);
	buf_clear(&computed);
	hist_clear(&h);
}

/* The tile, and those below it. */
static void check_stored(struct stored_check *c, struct tile_key key)
{
	struct block_range range;
	enum tile_source source;
	struct err e = ERR_INIT;
	struct buf frame = {0};
	int found;

	ok(tile_source(c->r, key, &range, &source, &e));
	if (source != TILE_IS_STORED)
		return;
	found = store_get(
		tile_reader_store(c->r), tile_id(key, tile_reader_meta(c->r)->levels), &frame, &e);
	assert_true(found == 1 || (found == 0 && c->may_lack));
	if (found) {
		check_frame(c, key, &frame);
		c->n++;
	}
	buf_clear(&frame);
	for (unsigned side = 0; side < 2 && key.k > 0; side++) {
		struct tile_key child = key;

		child.k--;
		child.x = 2 * key.x + side;
		check_stored(c, child);
	}
}

/* In all views; how many there are. */
static unsigned check_all_stored(struct stored_check c)
{
	for (unsigned v = 0; v <= VIEW_A; v++) {
		struct tile_key key = {
			.view = (uint8_t)v, .k = (uint8_t)(tile_reader_meta(c.r)->levels - 1)};

		check_stored(&c, key);
	}
	return c.n;
}

static void test_stored_tiles_equal_computed_ones(void **state)
{
	static const struct pyramid_options none;
	struct err e = ERR_INIT;
	struct tile_reader *r;
	struct scene s;
	unsigned n;

	(void)state;
	scene_make(&s, STORE_IN_MEMORY, 21, 900000, 9, 64.0);
	ok(pyramid_build(s.st, NULL, &none, &e));
	r = tile_reader_create(s.st, &e);
	scene_ok(r != NULL, &e, __LINE__);
	n = check_all_stored((struct stored_check){.r = r, .same_before = INT64_MAX});
	assert_in_range(n, 10, 200);
	tile_reader_destroy(r);
	scene_clear(&s);
}

static void test_snapshot_goes_on_from_the_one_before(void **state)
{
	struct pyramid_options o = {0};
	struct err e = ERR_INIT;
	struct scene before, s;
	struct tile_reader *r;
	unsigned n;

	(void)state;
	scene_make(&before, STORE_IN_MEMORY, 21, 900000, 9, 64.0);
	ok(pyramid_build(before.st, NULL, &o, &e));
	scene_make(&s, STORE_IN_MEMORY, 21, 1500000, 9, 64.0);
	o.before = before.st;
	ok(pyramid_build(s.st, NULL, &o, &e));
	r = tile_reader_create(s.st, &e);
	scene_ok(r != NULL, &e, __LINE__);
	n = check_all_stored(
		(struct stored_check){.r = r, .same_before = before.span / 2, .may_lack = true});
	assert_in_range(n, 10, 400);
	tile_reader_destroy(r);
	scene_clear(&s);
	scene_clear(&before);
}

/* All frames of a stream with these limits: how many, and a sum over their ids and bytes. */
static uint64_t sum_of_frames(struct store *st, uint64_t unit_events, uint64_t family_planes,
	unsigned *n, size_t *batches)
{
	struct stream s = {.unit_events = unit_events, .family_planes = family_planes};
	struct err e = ERR_INIT;
	uint64_t sum = 0;

	ok(stream_init(&s, tile_reader_create(st, &e), NULL, &e));
	*n = 0;
	for (*batches = 0; stream_next(&s, &e) > 0; ++*batches)
		for (size_t at = 0; at < s.frames.n; ++*n) {
			uint64_t head[2], hash = 14695981039346656037u;

			memcpy(head, s.frames.at + at, sizeof(head));
			for (size_t i = at; i < at + sizeof(head) + head[1]; i++)
				hash = (hash ^ s.frames.at[i]) * 1099511628211u;
			sum += hash;
			at += sizeof(head) + head[1];
		}
	assert_int_equal(e.kind, ERR_NONE);
	stream_clear(&s);
	return sum;
}

static void test_tiles_do_not_depend_on_how_memory_and_time_are_cut(void **state)
{
	static const uint64_t limits[][2] = {{1, 0}, {100000, 0}, {0, 300}, {30000, 1}, {1, 2000}};
	size_t batches;
	struct scene s;
	unsigned n, m;
	uint64_t sum;

	(void)state;
	scene_make(&s, STORE_IN_MEMORY, 71, 1500000, SCENE_ROWS, 15.625);
	sum = sum_of_frames(s.st, 0, 0, &n, &batches);
	assert_int_equal(batches, 1);
	assert_in_range(n, 10, 1000);
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		assert_true(sum_of_frames(s.st, limits[i][0], limits[i][1], &m, &batches) == sum);
		assert_int_equal(m, n);
		assert_true(batches > 1);
	}
	scene_clear(&s);
}

static void test_a_tile_is_raw_while_two_chunks_touch_it(void **state)
{
	struct err e = ERR_INIT;
	struct tile_reader *r;
	struct buf frame = {0}, plain = {0};
	struct codec codec = {0};
	struct scene s;
	unsigned n_raw = 0, n_hist = 0;

	(void)state;
	scene_make(&s, STORE_IN_MEMORY, 31, 60000, 9, 64.0);
	r = tile_reader_create(s.st, &e);
	scene_ok(r != NULL, &e, __LINE__);
	for (unsigned i = 0; i < 300; i++) {
		unsigned levels = tile_reader_meta(r)->levels;
		struct tile_key key = {.view = (uint8_t)(i % 5), .k = (uint8_t)(i % levels)};
		struct tile_view v;

		key.x = scene_random(&s, ((uint64_t)s.span >> (key.k + 9)) + 1);
		ok(tile_get(r, key, &frame, &e));
		ok(codec_decompress(&codec, frame.at, frame.n, 1 << 20, &plain, &e));
		ok(tile_decode(plain.at, plain.n, &v, &e));
		assert_memory_equal(&v.key, &key, sizeof(key.view) * 3);
		assert_true(v.key.x == key.x && v.key.y == key.y);
		n_raw += v.kind == TILE_RAW;
		n_hist += v.kind == TILE_HIST;
		if (v.kind == TILE_RAW)
			assert_true(key.view != VIEW_A && v.n <= 2);
	}
	assert_true(n_raw > 20 && n_hist > 20);
	tile_reader_destroy(r);
	codec_clear(&codec);
	buf_clear(&frame);
	buf_clear(&plain);
	scene_clear(&s);
}

static void test_keys_that_name_no_tile_are_not_found(void **state)
{
	struct tile_key bad[] = {{.view = N_VIEWS}, {.view = VIEW_P, .r = 1},
		{.view = VIEW_P, .k = 60}, {.view = VIEW_P, .y = 1}, {.view = VIEW_A, .y = 1},
		{.view = VIEW_P, .x = UINT64_MAX}, {.view = VIEW_C}};
	struct err e = ERR_INIT;
	struct tile_reader *r;
	struct buf frame = {0};
	struct scene s;

	(void)state;
	scene_make(&s, STORE_IN_MEMORY, 41, 500, 9, 64.0);
	r = tile_reader_create(s.st, &e);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err why = ERR_INIT;

		assert_int_equal(tile_get(r, bad[i], &frame, &why), -1);
		assert_int_equal(why.kind, ERR_NOT_FOUND);
	}
	tile_reader_destroy(r);
	buf_clear(&frame);
	scene_clear(&s);
}

static bool after_one(void *context)
{
	return ++*(int *)context > 1;
}

static void test_a_computation_can_be_cancelled(void **state)
{
	struct err e = ERR_INIT, why = ERR_INIT;
	int n = 0;
	struct cancel cancel = {after_one, &n};
	struct tile_key key = {.view = VIEW_G};
	struct tile_reader *r;
	struct hist h = {0};
	struct scene s;

	(void)state;
	scene_make(&s, STORE_IN_MEMORY, 51, 200000, 9, 64.0);
	r = tile_reader_create(s.st, &e);
	tile_reader_set_cancel(r, cancel);
	key.k = (uint8_t)(tile_reader_meta(r)->levels - 1);
	assert_int_equal(compute(r, key, &h, &why), -1);
	assert_int_equal(why.kind, ERR_CANCELLED);
	hist_clear(&h);
	tile_reader_destroy(r);
	scene_clear(&s);
}

/* A clock that steps back: the row keeps its last time, its group the one that was told, which lies in a tile
 * that no other event of the slab touches. */
static void test_a_group_has_times_of_its_own(void **state)
{
	struct meta meta = {.n_blocks = {0, 1, 1, 1, 1, 0}, .span_ns = 3000000};
	struct tile_key key = {.view = VIEW_F, .k = 10};
	struct err e = ERR_INIT;
	struct scene s = {.st = store_create(STORE_IN_MEMORY, &e)};
	struct slab_event ev = {.view = VIEW_G, .ev = {.kind = CHUNK_BORN, .ticks = 1000, .g = 7}};
	struct tile_reader *r;
	struct hist h = {0};

	(void)state;
	s.b = blocks_create(s.st, 0, 1.0, &e);
	ok(blocks_add_block(s.b, 0, 1000, &e));
	ok(blocks_add(s.b, &ev, &e));
	ev.ev = (struct chunk_event){.kind = CHUNK_STATE, .ticks = 1000, .state = STATE_RUNNABLE};
	ok(blocks_add(s.b, &ev, &e));
	ev.ev = (struct chunk_event){.kind = CHUNK_MARK, .ticks = 1000000, .mark = MARK_SAMPLE};
	ok(blocks_add(s.b, &ev, &e));
	ev = (struct slab_event){.view = VIEW_M, .ev = {.kind = CHUNK_STATE}};
	for (unsigned i = 0; i < SLAB_EVENTS; i++) {
		ev.ev.ticks = 1100000 + i;
		ev.ev.state = i % 2 ? STATE_RUNNING : STATE_SYSCALL;
		ok(blocks_add(s.b, &ev, &e));
	}
	ev = (struct slab_event){.view = VIEW_G,
		.ev = {.kind = CHUNK_STATE, .ticks = 500000, .state = STATE_RUNNING}};
	ok(blocks_add(s.b, &ev, &e));
	ok(blocks_seal(s.b, &e));
	meta.levels = tile_levels(meta.span_ns);
	ok(meta_put(s.st, &meta, &e));
	r = tile_reader_create(s.st, &e);
	assert_non_null(r);
	ok(tile_compute(r, &key, 1, &(struct hist *){&h}, &e));
	hist_resolve(&h);
	assert_non_null(h.row[0].plane[STATE_RUNNING]);
	assert_int_equal(h.row[0].plane[STATE_RUNNING]->ns[500000 >> 10],
		((500000 >> 10) + 1) * 1024 - 500000);
	assert_true(hist_has(h.row[0].plane[STATE_RUNNING], 511));
	hist_clear(&h);
	tile_reader_destroy(r);
	scene_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_group_has_times_of_its_own),
		cmocka_unit_test(test_tiles_hold_what_happened),
		cmocka_unit_test(test_a_parent_is_the_merge_of_its_children),
		cmocka_unit_test(test_stored_tiles_equal_computed_ones),
		cmocka_unit_test(test_snapshot_goes_on_from_the_one_before),
		cmocka_unit_test(test_tiles_do_not_depend_on_how_memory_and_time_are_cut),
		cmocka_unit_test(test_a_tile_is_raw_while_two_chunks_touch_it),
		cmocka_unit_test(test_keys_that_name_no_tile_are_not_found),
		cmocka_unit_test(test_a_computation_can_be_cancelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
