/* durations_test.c - percentiles against sorted lists; too many different durations; buckets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "parser/base/err.h"
#include "tiles/durations.h"

static const unsigned permille[] = {0, 1, 250, 500, 900, 990, 999, 1000};

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The nearest rank, counted out. */
static uint64_t at_rank(const uint64_t *sorted, size_t n, unsigned thousandths)
{
	size_t rank = (n * thousandths + 999) / 1000;

	return sorted[rank ? rank - 1 : 0];
}

static void check(size_t n, uint64_t unit, uint64_t below, bool is_rounded)
{
	uint64_t *all = malloc(n * sizeof(*all)), seed = 7 + n;
	struct err e = ERR_INIT;
	struct durations d;

	assert_non_null(all);
	durations_init(&d);
	for (size_t i = 0; i < n; i++) {
		all[i] = next_random(&seed) % below * unit;
		assert_int_equal(durations_add(&d, all[i], &e), 0);
	}
	durations_sort(&d);
	qsort(all, n, sizeof(*all), compare);
	assert_int_equal(d.n, n);
	assert_int_equal(d.is_rounded, is_rounded);
	for (size_t i = 0; i < sizeof(permille) / sizeof(permille[0]); i++) {
		uint64_t want = at_rank(all, n, permille[i]), got = durations_at(&d, permille[i]);

		if (is_rounded)
			assert_true(got <= want && want - got <= want / 512);
		else
			assert_int_equal(got, want);
	}
	durations_clear(&d);
	free(all);
}

static void test_percentiles_are_those_of_the_sorted_list(void **state)
{
	(void)state;
	for (size_t n = 1; n < 40; n++)
		check(n, 64, 1000, false);
	check(200000, 64, 5000, false);
	check(130000, 1, UINT64_C(1) << 40, false);
}

static void test_very_many_different_ones_are_rounded(void **state)
{
	(void)state;
	check(200000, 1, UINT64_C(1) << 40, true);
}

static void test_none_has_no_percentile(void **state)
{
	struct durations d;

	(void)state;
	durations_init(&d);
	durations_sort(&d);
	assert_int_equal(durations_at(&d, 500), 0);
	durations_clear(&d);
}

/* Number of the one bucket that holds the one duration. */
static unsigned bucket_of(uint64_t ns)
{
	uint64_t n[DURATION_BUCKETS];
	struct err e = ERR_INIT;
	unsigned bucket = 0;
	struct durations d;

	durations_init(&d);
	assert_int_equal(durations_add(&d, ns, &e), 0);
	durations_sort(&d);
	durations_histogram(&d, n);
	while (n[bucket] == 0)
		bucket++;
	assert_int_equal(n[bucket], 1);
	durations_clear(&d);
	return bucket;
}

static void test_buckets_follow_each_other(void **state)
{
	(void)state;
	assert_int_equal(bucket_of(0), 0);
	assert_int_equal(duration_bucket_ns(0), 0);
	for (unsigned i = 1; i < DURATION_BUCKETS; i++) {
		uint64_t low = duration_bucket_ns(i), before = duration_bucket_ns(i - 1);

		assert_true(low > before);
		assert_int_equal(bucket_of(low), i);
		assert_int_equal(bucket_of(low - 1), i - 1);
	}
	assert_int_equal(duration_bucket_ns(1), 1);
	assert_int_equal(duration_bucket_ns(6), 10);
	assert_int_equal(duration_bucket_ns(46), UINT64_C(1000000000));
	assert_int_equal(bucket_of(UINT64_MAX), DURATION_BUCKETS - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_percentiles_are_those_of_the_sorted_list),
		cmocka_unit_test(test_very_many_different_ones_are_rounded),
		cmocka_unit_test(test_none_has_no_percentile),
		cmocka_unit_test(test_buckets_follow_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
