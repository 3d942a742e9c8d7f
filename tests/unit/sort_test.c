#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "parser/base/quote.h"
#include "parser/base/sort.h"

/* What slices.SortFunc of Go 1.26 made of the same items: a hash over the order of the values. */
static const struct {
	int pattern;
	size_t n;
	uint64_t hash;
} golden[] = {
	{0, 5, 0xe3671b16371fea8f},
	{0, 12, 0x30d8592fa1b77849},
	{0, 13, 0x4367f08058f32e9},
	{0, 49, 0x2a72c16afebad7b1},
	{0, 50, 0xc81b6c800fe7f04a},
	{0, 60, 0xcba55c4b0912e691},
	{0, 200, 0x90d618642afbd38d},
	{0, 1000, 0xbcc770ea1b3c253d},
	{0, 5000, 0x16295ffc3fa68215},
	{1, 5, 0x676427d0e29340db},
	{1, 12, 0x3c24d91e347a385},
	{1, 13, 0xf7d81ae66698d123},
	{1, 49, 0xeccdbfb8d4b18401},
	{1, 50, 0xe388bcdff13604f4},
	{1, 60, 0x173fb3c7bbf75ab},
	{1, 200, 0xbe6247302d23d2dd},
	{1, 1000, 0x60d45695cc9ffa0f},
	{1, 5000, 0xda055d7a8515fa9d},
	{2, 5, 0x3378e3d0c52edfaf},
	{2, 12, 0x2d7d4819416d7fb9},
	{2, 13, 0xb96137ea2d10008f},
	{2, 49, 0x479cdd0574a6bfe9},
	{2, 50, 0xcc4a881b0f375826},
	{2, 60, 0xae1261190d88ade5},
	{2, 200, 0xa4f3a9631988cea7},
	{2, 1000, 0x7cf38565f5cc6d81},
	{2, 5000, 0x584b69777cd0bd17},
	{3, 5, 0xc0baaf3689a07705},
	{3, 12, 0xf78fc6cb1ce4b289},
	{3, 13, 0x8509aefec10ddc31},
	{3, 49, 0x28a9520c8e3ebf23},
	{3, 50, 0x435476d9d54a2a50},
	{3, 60, 0x779a7a98a902619f},
	{3, 200, 0xe6e69032c9afdd45},
	{3, 1000, 0xb09703eeb6520b9b},
	{3, 5000, 0x5207a059fd488537},
};

static void make(struct sort_item *a, size_t n, int pattern)
{
	uint64_t x = 12345;
	size_t i;

	for (i = 0; i < n; i++) {
		int64_t r;

		x = x * 6364136223846793005u + 1442695040888963407u;
		r = (int64_t)(x >> 33);
		a[i].value = (uint32_t)i;
		a[i].key = pattern == 0 ? r % 10
			: pattern == 1  ? r
			: pattern == 2  ? (int64_t)(i / 3)
					: (int64_t)((n - i) / 4);
	}
	if (pattern >= 2 && n > 20) {
		a[n / 2].key = 0;
		a[n / 3].key = (int64_t)n;
	}
}

static void test_order_of_ties_is_that_of_go(void **state)
{
	static struct sort_item a[5000], b[5000], room[2 * 5000];
	size_t g, i;

	(void)state;
	for (g = 0; g < sizeof(golden) / sizeof(*golden); g++) {
		uint64_t h = 14695981039346656037u;

		make(a, golden[g].n, golden[g].pattern);
		memcpy(b, a, golden[g].n * sizeof(*b));
		sort_like_go(a, golden[g].n);
		sort_like_go_with(b, golden[g].n, room);
		for (i = 0; i < golden[g].n; i++) {
			assert_true(i == 0 || a[i - 1].key <= a[i].key);
			assert_true(a[i].key == b[i].key && a[i].value == b[i].value);
			h = (h ^ a[i].value) * 1099511628211u;
		}
		assert_true(h == golden[g].hash);
	}
	sort_like_go(a, 0);
}

/* Keys near each other and far from it, few of them equal or none. */
static void test_room_changes_nothing(void **state)
{
	static const int64_t ends[][2] = {
		{0, 1}, {-1, 0}, {-5000, 255}, {INT64_MIN, INT64_MAX}, {INT64_MAX - 9, INT64_MAX}};
	static struct sort_item a[5000], b[5000], room[2 * 5000];

	(void)state;
	for (size_t n = 0; n <= 5000; n = n < 300 ? n + 1 : n + 1567)
		for (size_t k = 0; k < sizeof(ends) / sizeof(*ends); k++) {
			for (size_t i = 0; i < n; i++)
				a[i] = (struct sort_item){
					.key = (int64_t)(i * 7919 % 5003 << 8 * k),
					.value = (uint32_t)i};
			for (size_t i = 0; i < n && i < 2; i++)
				a[n - 1 - i].key = ends[k][i];
			memcpy(b, a, n * sizeof(*b));
			sort_like_go(a, n);
			sort_like_go_with(b, n, room);
			for (size_t i = 0; i < n; i++)
				assert_true(a[i].key == b[i].key && a[i].value == b[i].value);
		}
}

static void check_quote(const char *in, size_t n, const char *want)
{
	char buf[256];
	size_t len = quote_go(buf, in, n);

	assert_true(len <= QUOTE_MAX(n));
	buf[len] = '\0';
	assert_string_equal(buf, want);
}

static void test_quote_is_that_of_go(void **state)
{
	(void)state;
	check_quote("", 0, "\"\"");
	check_quote("a\"b\\c", 5, "\"a\\\"b\\\\c\"");
	check_quote("\a\b\f\n\r\t\v\0\x7f", 9, "\"\\a\\b\\f\\n\\r\\t\\v\\x00\\x7f\"");
	check_quote("\xc3\xa9\xe2\x80\xae", 5, "\"\xc3\xa9\\u202e\""); /* e acute, RLO */
	check_quote("\xff\xc0\x80", 3, "\"\\xff\\xc0\\x80\"");         /* no UTF-8 */
	check_quote("\xed\xa0\x80", 3, "\"\\xed\\xa0\\x80\"");         /* a surrogate */
	check_quote("\xf0\x9f\x98\x80", 4, "\"\xf0\x9f\x98\x80\"");    /* an emoji */
	check_quote("\xf4\x8f\xbf\xbf", 4, "\"\\U0010ffff\"");
	check_quote("\xef\xbf\xbd", 3, "\"\xef\xbf\xbd\""); /* U+FFFD itself */
	check_quote("\xe2\x82", 2, "\"\\xe2\\x82\"");       /* cut off */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order_of_ties_is_that_of_go),
		cmocka_unit_test(test_room_changes_nothing),
		cmocka_unit_test(test_quote_is_that_of_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
