#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "parser/base/arena.h"
#include "parser/base/err.h"
#include "parser/base/log.h"
#include "parser/base/mem.h"
#include "parser/base/vec.h"

static void test_bytes_are_counted(void **state)
{
	void *p = mem_alloc(100), *q;

	(void)state;
	assert_int_equal(mem_used(), 100);
	q = mem_realloc(p, 1000);
	assert_non_null(q);
	assert_int_equal(mem_used(), 1000);
	mem_reset_peak();
	mem_free(q);
	assert_int_equal(mem_used(), 0);
	assert_int_equal(mem_peak(), 1000);
}

static void test_cap_refuses_and_leaves_the_block(void **state)
{
	char *p = mem_alloc(100);

	(void)state;
	memset(p, 7, 100);
	mem_set_cap(150);
	assert_null(mem_alloc(100));
	assert_null(mem_realloc(p, 200));
	assert_int_equal(p[99], 7);
	assert_int_equal(mem_used(), 100);
	mem_set_cap(0);
	mem_free(p);
}

static void test_overflowing_sizes_are_refused(void **state)
{
	(void)state;
	assert_null(mem_calloc(SIZE_MAX / 2, 3));
	assert_null(mem_alloc(SIZE_MAX));
	assert_int_equal(mem_used(), 0);
}

static void test_nth_allocation_fails(void **state)
{
	void *a, *b, *c;

	(void)state;
	mem_fail_nth(2, 0);
	a = mem_alloc(1);
	b = mem_alloc(1);
	c = mem_alloc(1);
	assert_non_null(a);
	assert_null(b);
	assert_non_null(c);
	assert_int_equal(mem_calls(), 3);
	mem_fail_nth(0, 0);
	mem_free(a);
	mem_free(c);
}

static void test_arena_reset_keeps_its_blocks(void **state)
{
	struct arena a;
	size_t before;
	int round, i;

	(void)state;
	arena_init(&a, 256);
	for (i = 0; i < 100; i++)
		assert_int_equal((uintptr_t)arena_alloc(&a, 50) % 16, 0);
	assert_non_null(arena_alloc(&a, 5000));
	assert_true(arena_is_consistent(&a));
	before = mem_used();
	for (round = 0; round < 3; round++) {
		arena_reset(&a);
		for (i = 0; i < 100; i++)
			assert_non_null(arena_alloc(&a, 50));
		assert_true(arena_is_consistent(&a));
		assert_int_equal(mem_used(), before);
	}
	arena_clear(&a);
	assert_int_equal(mem_used(), 0);
}

static void test_arena_failure_is_sticky_until_reset(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 64);
	mem_fail_nth(1, 0);
	assert_null(arena_alloc(&a, 10));
	assert_null(arena_alloc(&a, 10));
	mem_fail_nth(0, 0);
	arena_reset(&a);
	assert_non_null(arena_copy(&a, "abc", 3, 8));
	assert_null(arena_calloc(&a, SIZE_MAX / 4, 16));
	arena_clear(&a);
}

static void test_vec_keeps_its_elements_when_it_cannot_grow(void **state)
{
	VEC(uint32_t) v = {0};
	uint32_t i;

	(void)state;
	mem_fail_nth(3, 1);
	for (i = 0; vec_push(&v, i) == 0; i++)
		;
	mem_fail_nth(0, 0);
	assert_int_equal(v.n, i);
	while (i-- > 0)
		assert_int_equal(v.at[i], i);
	vec_clear(&v);
	assert_int_equal(mem_used(), 0);
}

static void test_first_error_wins(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(err_set(&e, ERR_DAMAGED, 42, "Cannot read %s: x\n\x1b[31m", "a"), -1);
	assert_int_equal(err_set(&e, ERR_IO, 1, "later"), -1);
	assert_int_equal(e.kind, ERR_DAMAGED);
	assert_int_equal(e.offset, 42);
	assert_string_equal(e.msg, "Cannot read a: x??[31m");
	assert_int_equal(err_set(NULL, ERR_IO, 1, "nobody listens"), -1);
	assert_int_equal(err_exit_code(ERR_NONE), 0);
	assert_int_equal(err_exit_code(ERR_USAGE), 2);
	assert_string_equal(err_kind_name(ERR_TRUNCATED), "truncated");
}

static void test_log_escapes_foreign_bytes(void **state)
{
	char buf[32], tiny[6];

	(void)state;
	assert_int_equal(log_escape(buf, sizeof(buf), "a\n\"\xff", 4), 13);
	assert_string_equal(buf, "a\\x0a\\x22\\xff");
	assert_int_equal(log_escape(tiny, sizeof(tiny), "ab\ncd", 5), 2);
	assert_string_equal(tiny, "ab");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_are_counted),
		cmocka_unit_test(test_cap_refuses_and_leaves_the_block),
		cmocka_unit_test(test_overflowing_sizes_are_refused),
		cmocka_unit_test(test_nth_allocation_fails),
		cmocka_unit_test(test_arena_reset_keeps_its_blocks),
		cmocka_unit_test(test_arena_failure_is_sticky_until_reset),
		cmocka_unit_test(test_vec_keeps_its_elements_when_it_cannot_grow),
		cmocka_unit_test(test_first_error_wins),
		cmocka_unit_test(test_log_escapes_foreign_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
