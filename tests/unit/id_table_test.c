#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "parser/base/id_table.h"
#include "parser/base/mem.h"

#define N 20000

static void test_any_id(void **state)
{
	static const uint64_t ids[] = {0, 15, 16, UINT64_MAX, UINT64_MAX - 15, UINT64_C(1) << 63};
	const size_t n = sizeof(ids) / sizeof(ids[0]);
	struct id_table t;
	size_t i;

	(void)state;
	id_table_init(&t);
	for (i = 0; i < n; i++) {
		assert_int_equal(id_table_get(&t, ids[i]), MAP_NONE);
		assert_int_equal(id_table_put(&t, ids[i], (uint32_t)i), 0);
	}
	for (i = 0; i < n; i++)
		assert_int_equal(id_table_get(&t, ids[i]), i);
	assert_int_equal(id_table_put(&t, 15, 77), 0);
	assert_int_equal(id_table_get(&t, 15), 77);
	assert_int_equal(t.n, n);
	assert_int_equal(id_table_get(&t, 17), MAP_NONE);
	id_table_clear(&t);
	assert_int_equal(mem_used(), 0);
}

/* Ids come in runs, live for a while and go: the table does not grow with their number. */
static void test_ids_that_come_and_go(void **state)
{
	struct id_table t;
	uint64_t i;

	(void)state;
	id_table_init(&t);
	for (i = 0; i < N; i++) {
		assert_int_equal(id_table_put(&t, i * 3, (uint32_t)i), 0);
		if (i >= 100) {
			assert_int_equal(id_table_get(&t, (i - 100) * 3), (uint32_t)(i - 100));
			id_table_remove(&t, (i - 100) * 3);
			id_table_remove(&t, (i - 100) * 3);
			assert_int_equal(id_table_get(&t, (i - 100) * 3), MAP_NONE);
		}
		assert_int_equal(t.n, i < 100 ? i + 1 : 100);
	}
	assert_true(t.pages.n < 300);
	for (i = N - 100; i < N; i++)
		assert_int_equal(id_table_get(&t, i * 3), (uint32_t)i);
	id_table_clear(&t);
}

static void test_without_memory(void **state)
{
	struct id_table t;
	long k;
	int rc = -1;

	(void)state;
	for (k = 1; rc < 0; k++) {
		id_table_init(&t);
		mem_fail_nth(k, 0);
		rc = id_table_put(&t, 5, 1);
		mem_fail_nth(0, 0);
		assert_int_equal(id_table_get(&t, 5), rc < 0 ? MAP_NONE : 1);
		id_table_clear(&t);
	}
	assert_true(k > 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_id),
		cmocka_unit_test(test_ids_that_come_and_go),
		cmocka_unit_test(test_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
