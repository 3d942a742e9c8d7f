/* task_lane_test.c - rows of user tasks against a plain check of overlaps, bins against plain sums. */
#include "tests/unit/tile_scene.h"

#include "tiles/task_lane.h"

#define N_TASKS 9000
#define SPAN    100000

static uint64_t seed = 88172645463325252u;
static struct range tasks[N_TASKS];

static uint64_t any(uint64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed >> 11) % below;
}

/* In the order of T, from which the clock may differ a little. */
static int64_t end_by_time(const struct range *r)
{
	return r->t1 / 32;
}

static int by_end(const void *a, const void *b)
{
	const struct range *x = a, *y = b;
	int64_t s = end_by_time(x), t = end_by_time(y);

	return s != t ? (s < t ? -1 : 1) : x->id < y->id ? -1 : 1;
}

/* Every third task has a parent that holds it. */
static struct store *store_of_tasks(void)
{
	struct err e = ERR_INIT;
	struct store *st = store_create(STORE_IN_MEMORY, &e);
	struct range_writer w;

	for (size_t i = 0; i < N_TASKS; i++) {
		struct range *r = &tasks[i], *parent = i % 3 == 2 ? &tasks[i - 1] : NULL;
		int64_t room = parent ? parent->t1 - parent->t0 : SPAN;

		*r = (struct range){.id = i + 1, .text = (uint32_t)(i % 4), .is_begin_known = true};
		r->is_end_known = true;
		r->t0 = (parent ? parent->t0 : 0) + (int64_t)any((uint64_t)room + 1);
		r->t1 = r->t0 + (int64_t)any(300);
		if (parent) {
			r->parent = parent->id;
			r->t1 = r->t1 < parent->t1 ? r->t1 : parent->t1;
		}
	}
	qsort(tasks, N_TASKS, sizeof(*tasks), by_end);
	range_writer_init(&w, st, TABLE_TASKS);
	for (size_t i = 0; i < N_TASKS; i++)
		ok(range_writer_add(&w, &tasks[i], &e));
	ok(range_writer_seal(&w, &e));
	range_writer_clear(&w);
	return st;
}

static struct task_bar *bar_of(struct task_lane *l, uint64_t id)
{
	for (size_t i = 0; i < l->bars.n; i++)
		if (l->bars.at[i].task.id == id)
			return &l->bars.at[i];
	return NULL;
}

static void assert_apart(struct task_lane *l)
{
	for (size_t i = 0; i < l->bars.n; i++) {
		const struct task_bar *a = &l->bars.at[i];

		assert_true(a->row < TASK_ROWS);
		for (size_t j = i + 1; j < l->bars.n; j++) {
			const struct task_bar *b = &l->bars.at[j];

			assert_true(a->row != b->row || a->task.t1 <= b->task.t0 ||
				b->task.t1 <= a->task.t0);
		}
	}
}

static void test_tasks_of_a_row_are_apart_and_children_below(void **state)
{
	struct task_lane_query q = {.k = 2};
	struct err e = ERR_INIT;
	struct store *st = store_of_tasks();

	(void)state;
	for (q.from = 0; q.from < SPAN; q.from += 20 * TILE_BINS << q.k) {
		struct task_lane l;

		task_lane_init(&l);
		ok(task_lane_make(&l, st, &q, &e));
		assert_true(l.n > 100 && !l.is_many);
		assert_apart(&l);
		for (size_t i = 0; i < l.bars.n; i++) {
			struct task_bar *parent = bar_of(&l, l.bars.at[i].task.parent);

			/* of two that end at once, the child may have ended last */
			if (parent && end_by_time(&parent->task) > end_by_time(&l.bars.at[i].task))
				assert_true(parent->row < l.bars.at[i].row);
		}
		task_lane_clear(&l);
	}
	store_close(st);
}

static void test_a_row_is_the_same_in_every_tile(void **state)
{
	struct task_lane_query wide = {.k = 3}, narrow = {.k = 0};
	struct err e = ERR_INIT;
	struct store *st = store_of_tasks();
	struct task_lane a, all;

	(void)state;
	task_lane_init(&a);
	ok(task_lane_make(&a, st, &wide, &e));
	task_lane_init(&all);
	ok(task_lane_count(&all, st, (struct cancel){0}, &e));
	for (narrow.from = 0; narrow.from < TILE_BINS << 3; narrow.from += TILE_BINS) {
		struct task_lane b;

		task_lane_init(&b);
		ok(task_lane_make(&b, st, &narrow, &e));
		for (size_t i = 0; i < b.bars.n; i++) {
			struct task_bar *same = bar_of(&a, b.bars.at[i].task.id), alone;

			assert_non_null(same);
			assert_int_equal(same->row, b.bars.at[i].row);
			assert_true(same->row < all.rows->n);
			if (i % 16 != 0)
				continue;
			task_lane_clear(&all);
			task_lane_init(&all);
			assert_int_equal(task_lane_find(&all, st, same->task.id, (struct cancel){0},
						 &alone, &e),
				1);
			assert_int_equal(alone.row, same->row);
			task_lane_clear(&all);
			ok(task_lane_count(&all, st, (struct cancel){0}, &e));
		}
		task_lane_clear(&b);
	}
	task_lane_clear(&a);
	task_lane_clear(&all);
	store_close(st);
}

static uint64_t lived(const struct range *r, int64_t from, int64_t to)
{
	int64_t a = r->t0 > from ? r->t0 : from, b = r->t1 < to ? r->t1 : to;

	return b > a ? (uint64_t)(b - a) : 0;
}

static void test_bins_are_exact(void **state)
{
	struct task_lane_query q = {.from = TILE_BINS << 5, .k = 5, .n_types = 2, .types = {2, 0}};
	struct err e = ERR_INIT;
	struct store *st = store_of_tasks();
	struct task_lane l;

	(void)state;
	task_lane_init(&l);
	ok(task_lane_make(&l, st, &q, &e));
	assert_true(l.is_many);
	assert_int_equal(l.bars.n, 0);
	for (unsigned i = 0; i < 3; i++) {
		for (size_t bin = 0; bin < TILE_BINS; bin++) {
			int64_t from = q.from + (int64_t)(bin << q.k), to = from + (1 << q.k);
			uint64_t ns = 0, begun = 0;

			for (size_t t = 0; t < N_TASKS; t++) {
				uint32_t type = tasks[t].text;

				if ((type == 2 ? 0 : type == 0 ? 1 : 2) != (int)i)
					continue;
				ns += lived(&tasks[t], from, to);
				begun += tasks[t].t0 >= from && tasks[t].t0 < to;
			}
			assert_int_equal(l.bins[i].ns[bin], ns);
			assert_int_equal(l.bins[i].begun[bin], begun);
		}
	}
	task_lane_clear(&l);
	store_close(st);
}

static void test_a_task_without_a_row_is_counted(void **state)
{
	struct err e = ERR_INIT;
	struct store *st = store_create(STORE_IN_MEMORY, &e);
	struct range_writer w;
	struct task_lane l;

	(void)state;
	range_writer_init(&w, st, TABLE_TASKS);
	for (uint64_t i = 0; i < TASK_ROWS + 5; i++) {
		struct range r = {.t0 = (int64_t)i, .t1 = 10000, .id = i + 1};

		ok(range_writer_add(&w, &r, &e));
	}
	ok(range_writer_seal(&w, &e));
	range_writer_clear(&w);
	task_lane_init(&l);
	ok(task_lane_count(&l, st, (struct cancel){0}, &e));
	assert_int_equal(l.rows->n, TASK_ROWS);
	assert_int_equal(l.rows->n_unplaced, 5);
	task_lane_clear(&l);
	store_close(st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tasks_of_a_row_are_apart_and_children_below),
		cmocka_unit_test(test_a_row_is_the_same_in_every_tile),
		cmocka_unit_test(test_bins_are_exact),
		cmocka_unit_test(test_a_task_without_a_row_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
