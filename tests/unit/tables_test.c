/* tables_test.c - goroutines, strings, stacks, manifest tables and ranges: what goes in comes out. */
#include "tests/unit/tile_scene.h"

#include "tiles/goroutine_table.h"
#include "tiles/tables.h"
#include "tiles/text_table.h"

static uint64_t seed = 88172645463325252u;

static uint64_t any(uint64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed >> 11) % below;
}

static struct goroutine goroutine_of(uint64_t id)
{
	struct goroutine g = {.id = id, .group = (uint32_t)(id % 200), .creator = id / 3};

	g.function = g.group * 3 + 1;
	g.block = g.group + (uint32_t)(id % 7 == 0);
	g.row = (uint32_t)(id % 32);
	g.creator_stack = g.group * 5;
	g.born_known = id % 5 != 0;
	g.is_alive = id % 11 == 0;
	g.born_t = (int64_t)(id * 6400);
	g.gone_t = g.born_t;
	for (unsigned s = 1; s < N_STATES; s++) {
		g.time_ns[s] = (id * s) % 3 ? 0 : (id * s % 1000) * 64 + (id % 13 == 0);
		g.gone_t += (int64_t)g.time_ns[s];
	}
	g.gone_t += id % 17 == 0 ? 640 : 0; /* a time in no state */
	g.born_time_ns = g.born_t + 123456789;
	g.gone_time_ns = g.gone_t + 123456789 + (id % 19 == 0);
	return g;
}

static void assert_goroutine(const struct goroutine *a, const struct goroutine *b)
{
	assert_true(a->id == b->id && a->creator == b->creator && a->function == b->function &&
		a->group == b->group && a->block == b->block && a->row == b->row &&
		a->creator_stack == b->creator_stack && a->born_known == b->born_known &&
		a->is_alive == b->is_alive && a->born_t == b->born_t && a->gone_t == b->gone_t &&
		a->born_time_ns == b->born_time_ns && a->gone_time_ns == b->gone_time_ns);
	assert_memory_equal(a->time_ns, b->time_ns, sizeof(a->time_ns));
}

#define N_GOROUTINES 10000

static void test_goroutines_come_back_as_they_were_put(void **state)
{
	static uint64_t order[N_GOROUTINES];
	struct err e = ERR_INIT;
	struct store *st = store_create(STORE_IN_MEMORY, &e);
	struct goroutine_writer w;
	struct goroutine_table t;
	struct goroutine g, want;

	(void)state;
	for (uint64_t i = 0; i < N_GOROUTINES; i++) {
		uint64_t j = any(i + 1);

		order[i] = order[j];
		order[j] = 2 * i + 2;
	}
	goroutine_writer_init(&w, st);
	for (size_t i = 0; i < N_GOROUTINES; i++) {
		g = goroutine_of(order[i]);
		ok(goroutine_writer_add(&w, &g, &e));
	}
	ok(goroutine_writer_seal(&w, &e));
	goroutine_writer_clear(&w);
	ok(goroutine_table_open(&t, st, &e));
	for (size_t i = 0; i < 100; i++) {
		uint64_t id = order[any(N_GOROUTINES)];

		want = goroutine_of(id);
		assert_int_equal(goroutine_get(&t, id, &g, &e), 1);
		assert_goroutine(&g, &want);
		assert_int_equal(goroutine_get(&t, id + 1, &g, &e), 0);
	}
	goroutine_table_clear(&t);
	store_close(st);
}

static void test_goroutines_are_listed_by_id(void **state)
{
	struct err e = ERR_INIT;
	struct store *st = store_create(STORE_IN_MEMORY, &e);
	struct goroutine_writer w;
	struct goroutine_table t;
	struct goroutine g, page[100];
	uint64_t after = 0, n = 0;
	int got;

	(void)state;
	goroutine_writer_init(&w, st);
	for (uint64_t i = 0; i < N_GOROUTINES; i++) {
		g = goroutine_of((i * 7919) % N_GOROUTINES + 1);
		ok(goroutine_writer_add(&w, &g, &e));
	}
	ok(goroutine_writer_seal(&w, &e));
	goroutine_writer_clear(&w);
	ok(goroutine_table_open(&t, st, &e));
	while ((got = goroutine_list(&t, GOROUTINE_ANY_GROUP, after, page, 100, &e)) > 0)
		for (int i = 0; i < got; i++, n++) {
			struct goroutine want = goroutine_of(after + 1);

			assert_goroutine(&page[i], &want);
			after = page[i].id;
		}
	assert_int_equal(got, 0);
	assert_int_equal(n, N_GOROUTINES);
	assert_int_equal(goroutine_list(&t, 17, 5000, page, 30, &e), 26 - 1);
	for (int i = 0; i < 25; i++)
		assert_int_equal(page[i].id, 5017 + 200 * i);
	goroutine_table_clear(&t);
	store_close(st);
}

/* A number of any size, often one that is special. */
static uint64_t any_bits(void)
{
	static const uint64_t special[] = {
		0, 1, 63, 64, INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX};
	uint64_t size = any(66);

	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return size < 64 ? seed >> size : special[any(sizeof(special) / sizeof(*special))];
}

/* Fields that have nothing to do with one another, of a group that may be like the others. */
static struct goroutine goroutine_any(uint64_t id, uint64_t n_groups)
{
	struct goroutine g = {.id = id, .group = (uint32_t)(any(n_groups) * any(1 << 20))};

	g.creator = any_bits();
	g.function = (uint32_t)any_bits();
	g.block = (uint32_t)any_bits();
	g.row = (uint32_t)any(32);
	g.creator_stack = (uint32_t)any_bits();
	g.born_known = any(2);
	g.is_alive = any(2);
	g.born_t = (int64_t)any_bits();
	g.gone_t = (int64_t)any_bits();
	g.born_time_ns = any(2) ? (int64_t)any(5) : (int64_t)any_bits();
	g.gone_time_ns = any(2) ? (int64_t)any(5) : (int64_t)any_bits();
	for (unsigned s = 0; s < N_STATES; s++)
		g.time_ns[s] = any(2) ? any_bits() : 0;
	return g;
}

static int by_id(const void *a, const void *b)
{
	const struct goroutine *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* The page's codec alone, over what no trace has. */
static void test_any_goroutines_come_back(void **state)
{
	static struct goroutine put[GOROUTINE_PAGE];
	struct goroutine_page *page = calloc(1, sizeof(*page));
	struct buf bytes = {0};

	(void)state;
	for (unsigned run = 0; run < 40; run++) {
		uint32_t n = run == 0 ? GOROUTINE_PAGE : 1 + (uint32_t)any(run < 30 ? 40 : 3000);
		uint64_t id = 0, n_groups = 1 + any(run % 2 ? 2 : 500);

		for (uint32_t i = 0; i < n; i++) {
			id += 1 + any(any(3) ? 3 : INT64_MAX / GOROUTINE_PAGE);
			put[i] = goroutine_any(id, n_groups);
		}
		for (uint32_t i = 0; i < n; i++) {
			uint32_t j = (uint32_t)any(i + 1);

			page->at[i] = page->at[j];
			page->at[j] = put[i];
		}
		page->n = n;
		bytes.n = 0;
		assert_int_equal(goroutine_page_encode(page, &bytes), 0);
		qsort(put, n, sizeof(*put), by_id);
		memset(page, 0xa5, sizeof(*page));
		assert_int_equal(goroutine_page_ids(page, n, bytes_of(bytes.at, bytes.n)), 0);
		goroutine_page_groups(page);
		assert_int_equal(goroutine_page_rest(page), 0);
		for (uint32_t i = 0; i < n; i++)
			assert_goroutine(&page->at[i], &put[i]);
	}
	buf_clear(&bytes);
	free(page);
}

static void test_damaged_goroutines_are_values_or_an_error(void **state)
{
	struct goroutine_page *page = calloc(1, sizeof(*page));
	struct buf bytes = {0};

	(void)state;
	for (uint32_t i = 0; i < 1000; i++)
		page->at[page->n++] = goroutine_of(i + 1);
	assert_int_equal(goroutine_page_encode(page, &bytes), 0);
	for (unsigned run = 0; run < 150; run++) {
		uint8_t *copy = malloc(bytes.n); /* of its own, so that reading beyond it is told */
		size_t n = run % 4 ? bytes.n : any(bytes.n);
		uint32_t n_records = run % 3 ? 1000 : (uint32_t)any(GOROUTINE_PAGE + 1);

		memcpy(copy, bytes.at, bytes.n);
		for (uint64_t i = any(20); i > 0; i--)
			copy[any(bytes.n)] = (uint8_t)any(256);
		copy = realloc(copy, n ? n : 1);
		if (goroutine_page_ids(page, n_records, bytes_of(copy, n)) == 0) {
			goroutine_page_groups(page);
			goroutine_page_rest(page);
		}
		free(copy);
	}
	buf_clear(&bytes);
	free(page);
}

static void test_texts_come_back_as_they_were_put(void **state)
{
	struct err e = ERR_INIT;
	struct store *st = store_create(STORE_IN_MEMORY, &e);
	struct text_writer strings, stacks;
	struct trace_frame frames[40];
	struct text_reader *r = malloc(sizeof(*r));
	char s[300];
	size_t n;

	(void)state;
	text_writer_init(&strings, st);
	text_writer_init(&stacks, st);
	for (uint32_t id = 1; id <= 9000; id++) {
		memset(s, (int)('a' + id % 26), sizeof(s));
		ok(text_writer_add_string(&strings, s, id % 300, &e));
		for (uint32_t i = 0; i < id % 40; i++)
			frames[i] = (struct trace_frame){0x400000 + id * 16 + i, i, id, i % 9};
		ok(text_writer_add_stack(&stacks, frames, id % 40, &e));
	}
	ok(text_writer_seal_strings(&strings, &e));
	ok(text_writer_seal_stacks(&stacks, &e));
	text_writer_clear(&strings);
	text_writer_clear(&stacks);
	text_reader_init(r, st);
	for (unsigned i = 0; i < 2000; i++) {
		uint32_t id = 1 + (uint32_t)any(9000);
		const struct trace_frame *got;
		const char *text;

		assert_int_equal(text_get_string(r, id, &text, &n, &e), 1);
		assert_int_equal(n, id % 300);
		for (size_t j = 0; j < n; j++)
			assert_int_equal(text[j], 'a' + id % 26);
		assert_int_equal(text_get_stack(r, id, &got, &n, &e), 1);
		assert_int_equal(n, id % 40);
		for (size_t j = 0; j < n; j++)
			assert_true(got[j].pc == 0x400000 + id * 16 + j && got[j].line == j &&
				got[j].func == id && got[j].file == j % 9);
	}
	for (uint32_t id = 9001; id < 9003; id++) {
		const struct trace_frame *got;
		const char *text;

		assert_int_equal(text_get_string(r, id, &text, &n, &e), 0);
		assert_int_equal(text_get_stack(r, id, &got, &n, &e), 0);
	}
	text_reader_clear(r);
	free(r);
	store_close(st);
}

static void test_tables_come_back_as_they_were_put(void **state)
{
	struct err e = ERR_INIT;
	struct store *st = store_create(STORE_IN_MEMORY, &e);
	struct tables t = {0}, got = {0};

	(void)state;
	for (uint32_t i = 0; i < 5000; i++) {
		struct group_info g = {i, i * 2, i * 3, i / 2, {0, i, 0, (uint64_t)i << 40}};

		assert_int_equal(vec_push(&t.groups, g), 0);
		assert_int_equal(vec_push(&t.group_blocks, ((struct group_block){i, i * 2})), 0);
	}
	assert_int_equal(vec_push(&t.procs, 7), 0);
	assert_int_equal(vec_push(&t.threads, INT64_C(1) << 40), 0);
	assert_int_equal(vec_push(&t.reasons, 0u), 0);
	assert_int_equal(vec_push(&t.reasons, 12u), 0);
	assert_int_equal(vec_push(&t.wall, ((struct wall_clock){1, INT64_MAX, -3})), 0);
	assert_int_equal(vec_push(&t.generations, ((struct generation_info){1, 2, 3, 0.25})), 0);
	assert_int_equal(vec_push(&t.counters, ((struct counter_info){1, 2, UINT64_MAX, 4})), 0);
	assert_int_equal(vec_push(&t.warnings, 5u), 0);
	assert_int_equal(
		vec_push(&t.gaps, ((struct gap_info){1, -1, 3, 4, 5, UINT64_MAX, 7, 8})), 0);
	ok(tables_put(st, &t, &e));
	ok(tables_get(st, &got, &e));
	assert_int_equal(got.groups.n, 5000);
	for (size_t i = 0; i < 5000; i++) {
		const struct group_info *a = &got.groups.at[i], *b = &t.groups.at[i];

		assert_true(a->function == b->function && a->rows == b->rows &&
			a->goroutines == b->goroutines && a->alive_max == b->alive_max);
		assert_memory_equal(a->time_ns, b->time_ns, sizeof(a->time_ns));
	}
	assert_memory_equal(
		got.group_blocks.at, t.group_blocks.at, 5000 * sizeof(struct group_block));
	assert_int_equal(got.procs.n, 1);
	assert_int_equal(got.procs.at[0], 7);
	assert_true(got.threads.at[0] == INT64_C(1) << 40);
	assert_int_equal(got.reasons.n, 2);
	assert_memory_equal(got.wall.at, t.wall.at, sizeof(*t.wall.at));
	assert_memory_equal(got.generations.at, t.generations.at, sizeof(*t.generations.at));
	assert_true(got.counters.at[0].name == 1 && got.counters.at[0].min == 2 &&
		got.counters.at[0].max == UINT64_MAX && got.counters.at[0].samples == 4);
	assert_int_equal(got.warnings.at[0], 5);
	assert_int_equal(got.gaps.n, 1);
	assert_int_equal(got.gaps.at[0].t1, -1);
	assert_true(got.gaps.at[0].last_gen == UINT64_MAX);
	assert_int_equal(got.gaps.at[0].why, 8);
	tables_clear(&t);
	tables_clear(&got);
	store_close(st);
}

static int count(void *context, const struct range *r)
{
	uint64_t *sum = context;

	assert_true(
		r->t1 == r->t0 + 5 && r->time_ns == r->t0 + 1000 && r->id == (uint64_t)r->t0 / 10);
	*sum += 1;
	return 0;
}

static void test_ranges_are_found_by_time(void **state)
{
	struct err e = ERR_INIT;
	struct store *st = store_create(STORE_IN_MEMORY, &e);
	struct range_writer w;
	uint64_t sum = 0;

	(void)state;
	range_writer_init(&w, st, TABLE_GC);
	for (int64_t i = 0; i < 10000; i++) {
		struct range r = {.t0 = 10 * i,
			.t1 = 10 * i + 5,
			.time_ns = 10 * i + 1000,
			.id = (uint64_t)i};

		ok(range_writer_add(&w, &r, &e));
	}
	ok(range_writer_seal(&w, &e));
	range_writer_clear(&w);
	ok(range_each(st, TABLE_GC, 50004, 50021, count, &sum, &e)); /* 5000, 5001, 5002 */
	assert_int_equal(sum, 3);
	ok(range_each(st, TABLE_GC, 50005, 50010, count, &sum, &e));
	assert_int_equal(sum, 3);
	ok(range_each(st, TABLE_STW, 0, INT64_MAX, count, &sum, &e));
	assert_int_equal(sum, 3);
	store_close(st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goroutines_come_back_as_they_were_put),
		cmocka_unit_test(test_goroutines_are_listed_by_id),
		cmocka_unit_test(test_any_goroutines_come_back),
		cmocka_unit_test(test_damaged_goroutines_are_values_or_an_error),
		cmocka_unit_test(test_texts_come_back_as_they_were_put),
		cmocka_unit_test(test_tables_come_back_as_they_were_put),
		cmocka_unit_test(test_ranges_are_found_by_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
