#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "parser/base/bytes.h"

static uint64_t number(const char *s, size_t n, struct bytes *b)
{
	*b = bytes_of(s, n);
	return bytes_uvarint(b);
}

static void test_uvarint_reads_every_length(void **state)
{
	struct bytes b;

	(void)state;
	assert_int_equal(number("\x00", 1, &b), 0);
	assert_int_equal(number("\x7f", 1, &b), 127);
	assert_int_equal(number("\xac\x02", 2, &b), 300);
	assert_true(number("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10, &b) == UINT64_MAX);
	assert_false(b.bad);
	assert_int_equal(bytes_left(&b), 0);
}

static void test_uvarint_refuses_what_wraps_or_is_cut_off(void **state)
{
	struct bytes b;

	(void)state;
	number("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10, &b); /* 2^64 */
	assert_true(b.bad);
	number("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11, &b);
	assert_true(b.bad);
	number("\x80\x80", 2, &b);
	assert_true(b.bad);
	number("", 0, &b);
	assert_true(b.bad);
}

static void test_failure_is_sticky_and_keeps_its_place(void **state)
{
	static const uint8_t data[] = {1, 0x80, 5};
	struct bytes b = bytes_of(data, 2);

	(void)state;
	assert_int_equal(bytes_u8(&b), 1);
	assert_int_equal(bytes_uvarint(&b), 0);
	assert_true(b.bad);
	assert_ptr_equal(b.bad_at, data + 1);
	assert_int_equal(bytes_u8(&b), 0);
	assert_null(bytes_take(&b, 1));
	assert_ptr_equal(b.bad_at, data + 1);
}

static void test_take_checks_before_it_moves(void **state)
{
	static const uint8_t data[] = {1, 2, 3};
	struct bytes b = bytes_of(data, sizeof(data));

	(void)state;
	assert_ptr_equal(bytes_take(&b, 2), data);
	assert_null(bytes_take(&b, UINT64_MAX));
	assert_true(b.bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uvarint_reads_every_length),
		cmocka_unit_test(test_uvarint_refuses_what_wraps_or_is_cut_off),
		cmocka_unit_test(test_failure_is_sticky_and_keeps_its_place),
		cmocka_unit_test(test_take_checks_before_it_moves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
