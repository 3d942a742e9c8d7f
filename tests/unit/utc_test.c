#include "server/utc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void test_times(void **state)
{
	static const struct {
		int64_t sec, nsec;
		const char *text;
	} rows[] = {
		{0, 0, "1970-01-01T00:00:00.000000000Z"},
		{1700000000, 500000000, "2023-11-14T22:13:20.500000000Z"},
		{1709164799, 999999999, "2024-02-28T23:59:59.999999999Z"},
		{1709164799, 1000000000, "2024-02-29T00:00:00.000000000Z"},
		{0, -1, "1969-12-31T23:59:59.999999999Z"},
		{10, -10000000000, "1970-01-01T00:00:00.000000000Z"},
		{10, -10000000001, "1969-12-31T23:59:59.999999999Z"},
		{-62135596800, 0, "0001-01-01T00:00:00.000000000Z"},
		{253402300800, 7, "10000-01-01T00:00:00.000000007Z"},
		{0, INT64_MAX, "2262-04-11T23:47:16.854775807Z"},
		{0, INT64_MIN, "1677-09-21T00:12:43.145224192Z"},
		{INT64_MAX, 0, "(out of range)"},
		{INT64_MAX, INT64_MAX, "(out of range)"},
		{INT64_MIN, INT64_MIN, "(out of range)"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[UTC_MAX];

		assert_string_equal(utc_format(text, rows[i].sec, rows[i].nsec), rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_times)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
