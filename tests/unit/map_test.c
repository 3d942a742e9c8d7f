#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "parser/base/index.h"
#include "parser/base/intern.h"
#include "parser/base/map.h"
#include "parser/base/mem.h"

#define KEYS 4096

/* Against a plain array: keys spread over the extremes of the range. */
static uint64_t key_of(size_t i)
{
	return i % 3 == 0 ? i : i % 3 == 1 ? UINT64_MAX - i : (uint64_t)i << 52;
}

static void test_map_agrees_with_an_array(void **state)
{
	uint32_t want[KEYS];
	struct map m;
	size_t step, i;
	uint64_t x = 1;

	(void)state;
	for (i = 0; i < KEYS; i++)
		want[i] = MAP_NONE;
	map_init(&m);
	for (step = 0; step < 200000; step++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		i = (size_t)(x >> 40) % KEYS;
		if (x >> 63) {
			map_remove(&m, key_of(i));
			want[i] = MAP_NONE;
		} else {
			assert_int_equal(map_put(&m, key_of(i), (uint32_t)step), 0);
			want[i] = (uint32_t)step;
		}
	}
	for (i = 0; i < KEYS; i++)
		assert_int_equal(map_get(&m, key_of(i)), want[i]);
	map_reset(&m);
	for (i = 0; i < KEYS; i++)
		assert_int_equal(map_get(&m, key_of(i)), MAP_NONE);
	map_clear(&m);
	assert_int_equal(mem_used(), 0);
}

static void test_map_put_survives_lack_of_memory(void **state)
{
	struct map m;
	uint64_t i;

	(void)state;
	map_init(&m);
	mem_fail_nth(3, 1);
	for (i = 0; map_put(&m, i, (uint32_t)i) == 0; i++)
		;
	mem_fail_nth(0, 0);
	while (i-- > 0)
		assert_int_equal(map_get(&m, i), i);
	map_clear(&m);
}

static void test_index_finds_dense_and_sparse_ids(void **state)
{
	uint64_t dense[] = {3, 1, 2}, sparse[] = {UINT64_MAX, 1u << 30, 5}, bad = 0;
	uint64_t twice[] = {4, 4}, zero[] = {0};
	struct index ix;

	(void)state;
	index_init(&ix);
	assert_int_equal(index_build(&ix, dense, 8, 3, &bad), 1);
	assert_true(ix.is_dense);
	assert_int_equal(index_find(&ix, 3), 1);
	assert_int_equal(index_find(&ix, 0), 0);
	assert_int_equal(index_find(&ix, 4), INDEX_NONE);
	assert_int_equal(index_build(&ix, sparse, 8, 3, &bad), 1);
	assert_false(ix.is_dense);
	assert_int_equal(index_find(&ix, UINT64_MAX), 1);
	assert_int_equal(index_find(&ix, 3), INDEX_NONE);
	assert_int_equal(index_build(&ix, twice, 8, 2, &bad), 0);
	assert_int_equal(bad, 4);
	assert_int_equal(index_build(&ix, zero, 8, 1, &bad), 0);
	index_clear(&ix);
}

static void test_intern_gives_equal_bytes_one_id(void **state)
{
	struct intern in;
	size_t n;

	(void)state;
	intern_init(&in);
	assert_int_equal(intern_put(&in, "sleep", 5), 1);
	assert_int_equal(intern_put(&in, "select", 6), 2);
	assert_int_equal(intern_put(&in, "sleepy", 5), 1);
	assert_int_equal(intern_put(&in, "", 0), 3);
	assert_memory_equal(intern_get(&in, 2, &n), "select", 6);
	assert_int_equal(n, 6);
	assert_null(intern_get(&in, 0, &n));
	assert_null(intern_get(&in, 4, &n));
	assert_int_equal(n, 0);
	intern_clear(&in);
	assert_int_equal(mem_used(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_map_agrees_with_an_array),
		cmocka_unit_test(test_map_put_survives_lack_of_memory),
		cmocka_unit_test(test_index_finds_dense_and_sparse_ids),
		cmocka_unit_test(test_intern_gives_equal_bytes_one_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
