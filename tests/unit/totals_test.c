/* totals_test.c - exact sums and landmarks of random traces, against plain loops. */
#include "tests/unit/tile_scene.h"

#include "tiles/landmark.h"
#include "tiles/pyramid.h"
#include "tiles/totals.h"

struct sum {
	uint64_t ns, n, longest;
};

/* The sums of the model, by state and reason. */
static void model_sums(const struct scene *s, enum view view, int row, uint64_t g, int64_t from,
	int64_t to, struct sum sums[N_STATES][8])
{
	memset(sums, 0, sizeof(struct sum) * N_STATES * 8);
	for (size_t i = 0; i < s->intervals.n; i++) {
		const struct scene_interval *iv = &s->intervals.at[i];
		struct sum *sum = &sums[iv->state][iv->reason];
		int64_t a = iv->t0 > from ? iv->t0 : from, b = iv->t1 < to ? iv->t1 : to;

		if (iv->view != view || (row >= 0 && iv->row != (uint32_t)row) || (g && iv->g != g))
			continue;
		if (iv->t0 >= to || (iv->t0 < from && iv->t1 <= from))
			continue;
		sum->n++;
		sum->ns += (uint64_t)(b - a);
		if ((uint64_t)(b - a) > sum->longest)
			sum->longest = (uint64_t)(b - a);
	}
}

static void check_totals(struct totals *t, struct sum sums[N_STATES][8], int64_t from)
{
	uint64_t total = 0;
	size_t n = 0;

	totals_sort(t);
	for (unsigned i = 0; i < N_STATES; i++)
		for (unsigned j = 0; j < 8; j++)
			n += sums[i][j].n != 0;
	assert_int_equal(t->entries.n, n);
	for (size_t i = 0; i < t->entries.n; i++) {
		const struct totals_entry *entry = &t->entries.at[i];
		const struct sum *sum = &sums[entry->state][entry->reason];

		assert_int_equal(entry->ns, sum->ns);
		assert_int_equal(entry->n, sum->n);
		assert_int_equal(entry->longest[0].inside, sum->longest);
		assert_int_equal(entry->longest[0].t1 -
				(entry->longest[0].t0 > from ? entry->longest[0].t0 : from),
			sum->longest);
		assert_int_equal(
			entry->n_longest, sum->n < TOTALS_LONGEST ? sum->n : TOTALS_LONGEST);
		for (unsigned k = 1; k < entry->n_longest; k++)
			assert_true(entry->longest[k - 1].inside >= entry->longest[k].inside);
		assert_true(i == 0 || entry[-1].ns >= entry->ns);
		total += entry->ns;
	}
	assert_int_equal(t->total_ns, total);
}

static void test_totals_are_exact(void **state)
{
	struct sum sums[N_STATES][8];
	struct err e = ERR_INIT;
	struct tile_reader *r;
	struct scene s;

	(void)state;
	scene_make(&s, STORE_IN_MEMORY, 61, 40000, 40, 15.625);
	r = tile_reader_create(s.st, &e);
	scene_ok(r != NULL, &e, __LINE__);
	for (unsigned i = 0; i < 60; i++) {
		int64_t from = (int64_t)scene_random(&s, (uint64_t)s.span);
		int64_t to = from + 1 + (int64_t)scene_random(&s, (uint64_t)s.span / (1 + i));
		uint32_t row = (uint32_t)scene_random(&s, 40);
		const struct scene_life *life = &s.lives.at[scene_random(&s, s.lives.n)];
		struct totals t = {0};

		if (i == 0) {
			from = 0;
			to = s.span;
		}
		ok(totals_add_view(&t, r, (enum view)(i % 3), from, to, &e));
		model_sums(&s, (enum view)(i % 3), -1, 0, from, to, sums);
		check_totals(&t, sums, from);
		totals_clear(&t);
		ok(totals_add_block(&t, r, VIEW_M, row / 32, 1u << row % 32, 0, from, to, &e));
		model_sums(&s, VIEW_M, (int)row, 0, from, to, sums);
		check_totals(&t, sums, from);
		totals_clear(&t);
		ok(totals_add_block(&t, r, VIEW_G, life->row / 32, 1u << life->row % 32, life->g,
			from, to, &e));
		model_sums(&s, VIEW_G, -1, life->g, from, to, sums);
		check_totals(&t, sums, from);
		totals_clear(&t);
	}
	tile_reader_destroy(r);
	scene_clear(&s);
}

/* 5 ms among two million short intervals, and every tile's longest. */
static void test_a_rare_stall_is_found_at_every_zoom(void **state)
{
	struct err e = ERR_INIT;
	struct store *st = store_create(STORE_IN_MEMORY, &e);
	struct landmark_writer *w = landmark_writer_create(st, &e);
	struct landmarks found = {0};
	const int64_t stall = 1234567890;
	int64_t t = 0;
	unsigned levels, n_found = 0;

	(void)state;
	for (unsigned i = 0; i < 2000000; i++) {
		struct landmark l = {.t0 = t,
			.group = i % 50,
			.state = STATE_RUNNABLE,
			.g = i,
			.time_ns = t + 99};

		if (t <= stall && stall < t + 1000) {
			struct landmark rare = {.t0 = stall,
				.t1 = stall + 5000000,
				.group = 33,
				.state = STATE_SYNC,
				.g = 7,
				.time_ns = stall + 99,
				.reason = 2,
				.block = 4,
				.row = 6};

			ok(landmark_add(w, &rare, &e));
		}
		t += 1000;
		l.t1 = t - (int64_t)(i % 10);
		ok(landmark_add(w, &l, &e));
		l.state = STATE_NET; /* quiet, and long */
		l.t1 = t + 1000000000;
		ok(landmark_add(w, &l, &e));
	}
	ok(landmark_writer_seal(w, 2000000, &e));
	landmark_writer_destroy(w);
	levels = tile_levels(t);
	for (unsigned k = 10; k < levels; k++) {
		ok(landmarks_get(st, k, (uint64_t)stall >> (k + 9), &found, &e));
		for (size_t i = 0; i < found.longest.n; i++) {
			const struct landmark *l = &found.longest.at[i];

			assert_true(i == 0 || l[-1].group < l->group);
			if (l->group != 33)
				continue;
			assert_true(l->t0 == stall && l->t1 == stall + 5000000 && l->g == 7 &&
				l->time_ns == stall + 99 && l->state == STATE_SYNC &&
				l->reason == 2 && l->block == 4 && l->row == 6);
			n_found++;
		}
	}
	assert_int_equal(n_found, levels - 10);
	landmarks_clear(&found);
	store_close(st);
}

static void test_short_stops_share_a_bin(void **state)
{
	struct err e = ERR_INIT;
	struct store *st = store_create(STORE_IN_MEMORY, &e);
	struct landmarks found = {0};
	struct range_writer w;

	(void)state;
	range_writer_init(&w, st, TABLE_STW);
	for (int64_t i = 0; i < 1000; i++) {
		struct range r = {.t0 = 100 * i, .t1 = 100 * i + 10 + (i == 500)};

		ok(range_writer_add(&w, &r, &e));
	}
	ok(range_writer_seal(&w, &e));
	range_writer_clear(&w);
	ok(landmarks_get(st, 20, 0, &found, &e));
	assert_int_equal(found.gc.n, 0);
	assert_int_equal(found.stw.n, 1);
	assert_int_equal(found.stw.at[0].n, 1000);
	assert_int_equal(found.stw.at[0].r.t0, 50000);
	ok(landmarks_get(st, 0, 0, &found, &e));
	assert_int_equal(found.stw.n, 6);
	assert_int_equal(found.stw.at[0].n, 1);
	landmarks_clear(&found);
	store_close(st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_totals_are_exact),
		cmocka_unit_test(test_a_rare_stall_is_found_at_every_zoom),
		cmocka_unit_test(test_short_stops_share_a_bin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
