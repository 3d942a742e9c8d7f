/* goroutine_sums_test.c - what goroutines did in ranges and rows of random traces, one by one, in every order,
 * page by page, and by group with percentiles, against plain loops. */
#include "tests/unit/tile_scene.h"

#include <inttypes.h>

#include "parser/base/mem.h"
#include "tiles/goroutine_groups.h"
#include "tiles/quantiles.h"
#include "tiles/row_set.h"

#define MOST 8192

struct model {
	struct goroutine_sums at[MOST]; /* by id */
	bool is_there[MOST];
};

static unsigned column(unsigned state)
{
	switch (state) {
	case STATE_RUNNING:
	case STATE_GC:
	case STATE_ASSIST:
		return SUM_EXECUTION;
	case STATE_SYSCALL:
		return SUM_SYSCALL;
	case STATE_RUNNABLE:
		return SUM_SCHED_WAIT;
	case STATE_SYNC:
		return SUM_SYNC;
	case STATE_CHAN:
		return SUM_CHAN;
	case STATE_NET:
		return SUM_NET;
	case STATE_SLEEP:
		return SUM_SLEEP;
	default:
		return state == STATE_OTHER ? SUM_OTHER : SUM_UNKNOWN;
	}
}

static bool is_picked(const struct sums_query *q, uint32_t group, uint64_t g)
{
	char digits[24];

	if (!q->is_picky)
		return true;
	snprintf(digits, sizeof(digits), "%" PRIu64, g);
	return q->groups[group / 8] >> group % 8 & 1 || (q->digits && strstr(digits, q->digits));
}

static void sum_up(struct model *m, const struct scene *s, const struct sums_query *q)
{
	memset(m, 0, sizeof(*m));
	for (size_t i = 0; i < s->intervals.n; i++) {
		const struct scene_interval *iv = &s->intervals.at[i];
		int64_t a = iv->t0 > q->from ? iv->t0 : q->from;
		int64_t b = iv->t1 < q->to ? iv->t1 : q->to;
		uint32_t group = iv->row / BLOCK_ROWS;
		struct goroutine_sums *sums;

		if (iv->view != VIEW_G || (q->group != STAYS_ANY && group != q->group) ||
			(q->rows && !row_set_has(q->rows, VIEW_G, iv->row, iv->g)) ||
			!is_picked(q, group, iv->g))
			continue;
		if (iv->t0 >= q->to || (iv->t0 < q->from && iv->t1 <= q->from))
			continue;
		assert_true(iv->g > 0 && iv->g < MOST);
		sums = &m->at[iv->g];
		m->is_there[iv->g] = true;
		sums->g = iv->g;
		sums->group = group;
		sums->ns[SUM_TOTAL] += (uint64_t)(b - a);
		sums->ns[column(iv->state)] += (uint64_t)(b - a);
		if (iv->state == STATE_GC || iv->state == STATE_ASSIST)
			sums->ns[SUM_GC] += (uint64_t)(b - a);
	}
}

static struct rank_query comparing;

static int by_rank(const void *left, const void *right)
{
	const struct goroutine_sums *a = left, *b = right;
	uint64_t x = rank_value(a, comparing.by), y = rank_value(b, comparing.by);

	if (x != y)
		return (x < y) == comparing.is_descending ? 1 : -1;
	return a->g < b->g ? -1 : a->g > b->g;
}

static void check_pages(
	const struct model *m, struct tile_reader *r, struct rank_query *q, uint32_t limit)
{
	static struct goroutine_sums want[MOST];
	struct goroutine_rank got = {0};
	struct err e = ERR_INIT;
	uint64_t ns[N_SUMS] = {0}, longest = 0;
	size_t n = 0, at = 0;

	for (size_t i = 0; i < MOST; i++) {
		if (!m->is_there[i])
			continue;
		want[n++] = m->at[i];
		for (unsigned c = 0; c < N_SUMS; c++)
			ns[c] += m->at[i].ns[c];
		if (m->at[i].ns[SUM_TOTAL] > longest)
			longest = m->at[i].ns[SUM_TOTAL];
	}
	comparing = *q;
	qsort(want, n, sizeof(*want), by_rank);
	q->limit = limit;
	do {
		ok(goroutine_rank_make(&got, r, q, &e));
		assert_int_equal(got.n, n);
		assert_int_equal(got.longest, longest);
		assert_memory_equal(got.ns, ns, sizeof(ns));
		assert_true(got.lines.n <= limit && at + got.lines.n <= n);
		for (size_t i = 0; i < got.lines.n; i++, at++) {
			assert_int_equal(got.lines.at[i].g, want[at].g);
			assert_int_equal(got.lines.at[i].group, want[at].group);
			assert_memory_equal(got.lines.at[i].ns, want[at].ns, sizeof(want[at].ns));
		}
		assert_int_equal(got.has_next, at < n);
		if (got.lines.n == 0)
			break;
		q->has_after = true;
		q->after_g = got.lines.at[got.lines.n - 1].g;
		q->after_value = rank_value(&got.lines.at[got.lines.n - 1], q->by);
	} while (got.has_next);
	assert_int_equal(at, n);
	goroutine_rank_clear(&got);
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* One column of a group: sum and percentiles by sorting all of it; `low` of a thousand may be missing. */
static void check_column(
	const struct model *m, const struct group_sums *got, unsigned c, unsigned low)
{
	static const unsigned permille[] = {0, 500, 900, 990, 1000};
	static uint64_t all[MOST];
	uint64_t sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < MOST; i++) {
		if (!m->is_there[i] || m->at[i].group != got->group)
			continue;
		all[n++] = m->at[i].ns[c];
		sum += m->at[i].ns[c];
	}
	assert_int_equal(got->n, n);
	assert_int_equal(got->ns[GROUP_SUM][c], sum);
	qsort(all, n, sizeof(*all), ascending);
	for (unsigned f = GROUP_P50; f <= GROUP_MAX; f++) {
		size_t rank = (n * permille[f] + 999) / 1000;
		uint64_t want = all[rank - 1], have = got->ns[f][c];

		if (f == GROUP_MAX || low == 0)
			assert_int_equal(have, want);
		else
			assert_true(have <= want && want - have <= want * low / 1000 + 1);
	}
}

static void check_groups(const struct model *m, struct tile_reader *r, const struct sums_query *q,
	size_t most, unsigned low)
{
	struct goroutine_groups got = {0};
	struct err e = ERR_INIT;
	size_t n = 0;

	ok(goroutine_groups_make(&got, r, q, most, &e));
	if (low == 0)
		assert_int_equal(got.digits, QUANTILES_EXACT);
	for (size_t i = 0; i < got.groups.n; i++) {
		assert_true(i == 0 || got.groups.at[i - 1].group < got.groups.at[i].group);
		n += got.groups.at[i].n;
		for (unsigned c = 0; c < N_SUMS; c++)
			check_column(m, &got.groups.at[i], c, low);
	}
	assert_int_equal(n, got.n);
	for (size_t i = 0; i < MOST; i++)
		n -= m->is_there[i];
	assert_int_equal(n, 0);
	goroutine_groups_clear(&got);
}

static void choose_rows(struct row_set *set, struct scene *s, struct tile_reader *r)
{
	const struct scene_life *life = &s->lives.at[scene_random(s, s->lives.n)];
	uint64_t first = scene_random(s, 40), last = first + scene_random(s, 40 - first);
	struct err e = ERR_INIT;

	row_set_init(set, tile_reader_meta(r)->n_blocks);
	ok(row_set_add(set, VIEW_G, first, last, &e));
	ok(row_set_add_goroutine(set, life->g, life->row / BLOCK_ROWS, life->row % BLOCK_ROWS, &e));
}

static void test_goroutines_are_summed_up(void **state)
{
	static const uint8_t second[] = {2};
	static struct model m;
	struct sums_kept kept = {0}; /* also from one range and group to the next */
	struct err e = ERR_INIT;
	struct tile_reader *r;
	struct scene s;

	(void)state;
	scene_make(&s, STORE_IN_MEMORY, 71, 60000, 40, 15.625);
	r = tile_reader_create(s.st, &e);
	scene_ok(r != NULL, &e, __LINE__);
	for (unsigned i = 0; i < 36; i++) {
		struct sums_query q = {.group = STAYS_ANY};
		struct rank_query rank = {.by = i % (N_SUMS + 1), .is_descending = i / 12 % 2};
		struct row_set set;

		q.from = (int64_t)scene_random(&s, (uint64_t)s.span);
		q.to = q.from + 1 + (int64_t)scene_random(&s, (uint64_t)s.span / (1 + i));
		if (i < 12) {
			q.from = 0;
			q.to = s.span + 1;
		}
		choose_rows(&set, &s, r);
		if (i % 3 == 1)
			q.rows = &set;
		if (i % 5 == 1)
			q.group = 1;
		if (i % 5 == 2) {
			q.is_picky = true;
			q.groups = second;
			q.n_groups = 2;
			q.digits = i % 2 ? "17" : NULL;
		}
		if (i % 4)
			q.kept = &kept;
		sum_up(&m, &s, &q);
		rank.of = q;
		check_pages(&m, r, &rank, 60 + (uint32_t)scene_random(&s, i % 2 ? 100 : 2000));
		check_groups(&m, r, &q, 0, 0);
		if (q.kept && !q.rows)
			assert_true(kept.is_there && kept.from == q.from && kept.to == q.to);
		row_set_clear(&set);
	}
	sums_kept_clear(&kept);
	tile_reader_destroy(r);
	scene_clear(&s);
}

static void test_too_many_numbers_are_rounded(void **state)
{
	static struct model m;
	struct sums_query q = {.group = STAYS_ANY, .to = INT64_MAX};
	struct err e = ERR_INIT;
	struct tile_reader *r;
	struct scene s;

	(void)state;
	scene_make(&s, STORE_IN_MEMORY, 5, 40000, 40, 1);
	r = tile_reader_create(s.st, &e);
	scene_ok(r != NULL, &e, __LINE__);
	sum_up(&m, &s, &q);
	check_groups(&m, r, &q, 2000, 600);
	check_groups(&m, r, &q, 1, 600);
	tile_reader_destroy(r);
	scene_clear(&s);
}

static void test_quantiles_stay_within_their_bound(void **state)
{
	struct err e = ERR_INIT;
	struct quantiles q;
	uint64_t dice = 88172645463325252u, n = 0;

	(void)state;
	quantiles_init(&q, 1 << 12);
	for (unsigned i = 0; i < 300000; i++) {
		dice ^= dice << 13;
		dice ^= dice >> 7;
		dice ^= dice << 17;
		ok(quantiles_add(&q, i % 3, dice >> 4 >> dice % 60, &e));
		n += i % 3 == 0;
		assert_true(q.n_values <= 1 << 12);
	}
	assert_true(q.digits < QUANTILES_EXACT && q.digits >= 4);
	quantiles_seal(&q);
	assert_true(quantiles_at(&q, 0, n, 500) <= quantiles_at(&q, 0, n, 900));
	assert_int_equal(quantiles_at(&q, 0, 1000 * n, 990), 0); /* nearly all of them zero */
	assert_int_equal(quantiles_at(&q, 7, 5, 500), 0);
	quantiles_clear(&q);
}

/* One set after another is filled, as by a program that does one thing after another. */
static void test_quantiles_of_sets_that_are_full_no_more_give_room(void **state)
{
	enum { BOUND = 1 << 12, SETS = 16 };
	struct err e = ERR_INIT;
	size_t before = mem_used();
	struct quantiles q;
	uint64_t dice = 88172645463325252u;

	(void)state;
	quantiles_init(&q, BOUND);
	for (unsigned i = 0; i < SETS * BOUND; i++) {
		dice ^= dice << 13;
		dice ^= dice >> 7;
		dice ^= dice << 17;
		ok(quantiles_add(&q, i / BOUND, dice | 1, &e));
		assert_true(mem_used() - before <= BOUND * 2 * sizeof(struct duration) + 8192);
	}
	quantiles_clear(&q);
}

static void test_rows_that_are_not_there_are_refused(void **state)
{
	const uint32_t n_blocks[ROW_SET_VIEWS] = {1, 1, 3};
	struct row_set set;
	struct err e = ERR_INIT;

	(void)state;
	row_set_init(&set, n_blocks);
	assert_int_equal(row_set_add(&set, VIEW_G, 90, 96, &e), -1);
	assert_int_equal(e.kind, ERR_NOT_FOUND);
	e = (struct err)ERR_INIT;
	assert_int_equal(row_set_add(&set, VIEW_F, 0, 0, &e), -1);
	e = (struct err)ERR_INIT;
	assert_int_equal(row_set_add_goroutine(&set, 7, 3, 0, &e), -1);
	e = (struct err)ERR_INIT;
	assert_false(row_set_has_view(&set, VIEW_G));
	ok(row_set_add(&set, VIEW_G, 30, 65, &e));
	ok(row_set_add_goroutine(&set, 7, 0, 2, &e));
	for (uint32_t row = 0; row < 96; row++) {
		assert_int_equal(row_set_has(&set, VIEW_G, row, 8), row >= 30 && row <= 65);
		assert_int_equal(
			row_set_has(&set, VIEW_G, row, 7), row == 2 || (row >= 30 && row <= 65));
		assert_false(row_set_has_row(&set, VIEW_P, row));
	}
	row_set_clear(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goroutines_are_summed_up),
		cmocka_unit_test(test_too_many_numbers_are_rounded),
		cmocka_unit_test(test_quantiles_stay_within_their_bound),
		cmocka_unit_test(test_quantiles_of_sets_that_are_full_no_more_give_room),
		cmocka_unit_test(test_rows_that_are_not_there_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
