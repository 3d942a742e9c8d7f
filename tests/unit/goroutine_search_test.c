/* goroutine_search_test.c - searches of a random table against a plain loop over all records. */
#include "tests/unit/tile_scene.h"

#include "tiles/goroutine_table.h"

#define N        30000
#define N_GROUPS 3000
#define MOST     6000

static struct goroutine all[N];

static void make_record(struct scene *dice, size_t i)
{
	struct goroutine *g = &all[i];

	memset(g, 0, sizeof(*g));
	g->id = i * 3 + 1;
	g->group = (uint32_t)(i / 10 + scene_random(dice, 40)) % N_GROUPS;
	g->function = 1 + g->group % 50;
	g->row = (uint32_t)scene_random(dice, BLOCK_ROWS);
	g->creator = scene_random(dice, 40);
	g->born_t = (int64_t)(i * 100 + scene_random(dice, 1000));
	g->gone_t = g->born_t + (int64_t)scene_random(dice, scene_random(dice, 30) ? 400 : 2000000);
	if (scene_random(dice, 5) == 0)
		g->gone_t = g->born_t;
	g->is_alive = scene_random(dice, 200) == 0;
	for (unsigned s = 1; s < N_STATES; s++)
		if (scene_random(dice, 3) == 0)
			g->time_ns[s] = scene_random(dice, scene_random(dice, 9) ? 50 : 1000000);
}

static int has_function(void *context, const struct goroutine *g, struct err *e)
{
	(void)e;
	return g->function == *(uint32_t *)context;
}

/* What a query means, said again. */
static bool model_fits(const struct goroutine_query *q, const struct goroutine *g)
{
	uint64_t ns = g->time_ns[q->order];

	if (q->group != GOROUTINE_ANY_GROUP && g->group != q->group)
		return false;
	if (q->groups && !(q->groups[g->group / 8] >> g->group % 8 & 1))
		return false;
	if (q->is_sought && g->function != *(uint32_t *)q->context)
		return false;
	if (q->state && g->time_ns[q->state] < q->min_ns)
		return false;
	if (q->has_creator && g->creator != q->creator)
		return false;
	if (q->has_range &&
		(g->born_t >= q->to ||
			(!g->is_alive && g->gone_t <= q->from && g->born_t < q->from)))
		return false;
	if (!q->has_after)
		return true;
	return q->order && ns != q->after_ns ? ns < q->after_ns : g->id > q->after;
}

static unsigned by;

static int compare(const void *a, const void *b)
{
	const struct goroutine *x = *(const struct goroutine *const *)a;
	const struct goroutine *y = *(const struct goroutine *const *)b;

	if (by && x->time_ns[by] != y->time_ns[by])
		return x->time_ns[by] > y->time_ns[by] ? -1 : 1;
	return x->id < y->id ? -1 : 1;
}

static void check(struct goroutine_table *t, const struct goroutine_query *q, size_t cap)
{
	static const struct goroutine *want[N];
	static struct goroutine got[MOST];
	struct err e = ERR_INIT;
	size_t n = 0;
	int found;

	for (size_t i = 0; i < N; i++)
		if (model_fits(q, &all[i]))
			want[n++] = &all[i];
	by = q->order;
	qsort(want, n, sizeof(want[0]), compare);
	found = goroutine_search(t, q, got, cap, &e);
	ok(found);
	assert_int_equal(found, n < cap ? n : cap);
	for (int i = 0; i < found; i++) {
		assert_int_equal(got[i].id, want[i]->id);
		assert_memory_equal(got[i].time_ns, want[i]->time_ns, sizeof(got[i].time_ns));
	}
}

static struct goroutine_query random_query(struct scene *dice, uint8_t *groups, uint32_t *function)
{
	struct goroutine_query q = {.group = GOROUTINE_ANY_GROUP};
	const struct goroutine *any = &all[scene_random(dice, N)];

	if (scene_random(dice, 4) == 0)
		q.group = any->group;
	if (scene_random(dice, 2)) {
		*function = any->function;
		memset(groups, 0, N_GROUPS / 8 + 1);
		for (uint32_t i = 0; i < N_GROUPS; i++)
			if (1 + i % 50 == *function)
				groups[i / 8] |= (uint8_t)(1u << i % 8);
		q.groups = groups;
		q.n_groups = N_GROUPS;
		q.is_sought = has_function;
		q.context = function;
	}
	if (scene_random(dice, 2)) {
		q.state = 1 + (unsigned)scene_random(dice, N_STATES - 1);
		q.min_ns = any->time_ns[q.state];
	}
	if (scene_random(dice, 3) == 0) {
		q.has_range = true;
		q.from = any->born_t;
		q.to = q.from + (int64_t)scene_random(dice, scene_random(dice, 2) ? 2 : 100000);
	}
	if (scene_random(dice, 4) == 0) {
		q.has_creator = true;
		q.creator = any->creator;
	}
	if (scene_random(dice, 2))
		q.order = 1 + (unsigned)scene_random(dice, N_STATES - 1);
	if (scene_random(dice, 2)) {
		q.has_after = true;
		q.after = any->id;
		q.after_ns = any->time_ns[q.order];
	}
	return q;
}

static struct store *make_store(struct scene *dice)
{
	struct goroutine_writer w;
	struct err e = ERR_INIT;
	struct store *st = store_create(STORE_IN_MEMORY, &e);

	scene_ok(st != NULL, &e, __LINE__);
	goroutine_writer_init(&w, st);
	for (size_t i = 0; i < N; i++)
		make_record(dice, i);
	for (size_t i = 0; i < N; i++) /* as they end: about in the order of their ids */
		ok(goroutine_writer_add(&w, &all[i ^ 5 * (i % 16 < 8 && (i ^ 5) < N)], &e));
	ok(goroutine_writer_seal(&w, &e));
	goroutine_writer_clear(&w);
	return st;
}

static bool now(void *context)
{
	(void)context;
	return true;
}

static void test_searches_find_what_a_loop_finds(void **state)
{
	struct scene dice = {.random = 77};
	uint8_t groups[N_GROUPS / 8 + 1];
	struct store *st = make_store(&dice);
	struct goroutine_table t;
	struct err e = ERR_INIT;
	uint32_t function;

	(void)state;
	ok(goroutine_table_open(&t, st, &e));
	for (unsigned i = 0; i < 100; i++) {
		struct goroutine_query q = random_query(&dice, groups, &function);

		check(&t, &q, 1 + scene_random(&dice, i % 2 ? 5 : 300));
	}
	goroutine_table_clear(&t);
	store_close(st);
}

/* Page after page, each behind the last of the one before, is the whole. */
static void test_pages_in_an_order_by_time_make_the_whole(void **state)
{
	struct scene dice = {.random = 78};
	struct goroutine_query q = {.group = GOROUTINE_ANY_GROUP, .order = STATE_SYNC};
	struct store *st = make_store(&dice);
	static struct goroutine got[MOST];
	struct goroutine_table t;
	struct err e = ERR_INIT;
	int n, sum = 0;

	(void)state;
	ok(goroutine_table_open(&t, st, &e));
	while ((n = goroutine_search(&t, &q, got, MOST, &e)) > 0) {
		for (int i = 0; i < n; i++) {
			assert_true(!q.has_after || got[i].time_ns[STATE_SYNC] < q.after_ns ||
				(got[i].time_ns[STATE_SYNC] == q.after_ns && got[i].id > q.after));
			q.after_ns = got[i].time_ns[STATE_SYNC];
			q.after = got[i].id;
			q.has_after = true;
		}
		sum += n;
	}
	assert_int_equal(sum, N);
	q = (struct goroutine_query){.group = GOROUTINE_ANY_GROUP, .is_cancelled = now};
	assert_int_equal(goroutine_search(&t, &q, got, MOST, &e), -1);
	assert_int_equal(e.kind, ERR_CANCELLED);
	goroutine_table_clear(&t);
	store_close(st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_searches_find_what_a_loop_finds),
		cmocka_unit_test(test_pages_in_an_order_by_time_make_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
