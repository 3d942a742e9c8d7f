/* assets_test.c: the page's files as the build embedded them. */
#include "server/assets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <zstd.h>

static void finds_every_row_by_its_path(void **state)
{
	(void)state;
	assert_true(asset_count() > 0);
	for (size_t i = 0; i < asset_count(); i++)
		assert_ptr_equal(asset_find(asset_at(i)->path), asset_at(i));
}

static void finds_nothing_else(void **state)
{
	(void)state;
	assert_null(asset_find(""));
	assert_null(asset_find("/index.html"));
	assert_null(asset_find("../server/main.c"));
	assert_null(asset_find("zzz"));
}

static void stands_in_byte_order_of_the_path(void **state)
{
	(void)state;
	for (size_t i = 1; i < asset_count(); i++)
		assert_true(strcmp(asset_at(i - 1)->path, asset_at(i)->path) < 0);
}

static void ends_bytes_with_a_nul_that_is_not_counted(void **state)
{
	(void)state;
	for (size_t i = 0; i < asset_count(); i++)
		assert_int_equal(strlen((const char *)asset_at(i)->bytes), asset_at(i)->n_bytes);
}

static void quotes_the_etag_and_names_a_type(void **state)
{
	(void)state;
	for (size_t i = 0; i < asset_count(); i++) {
		const struct asset *a = asset_at(i);

		assert_int_equal(strlen(a->etag), 34);
		assert_int_equal(a->etag[0], '"');
		assert_int_equal(a->etag[33], '"');
		assert_non_null(strchr(a->type, '/'));
	}
	assert_string_equal(asset_find("index.html")->type, "text/html; charset=utf-8");
}

static void holds_the_same_bytes_packed(void **state)
{
	static unsigned char out[1u << 18];

	(void)state;
	for (size_t i = 0; i < asset_count(); i++) {
		const struct asset *a = asset_at(i);

		assert_int_equal(
			ZSTD_decompress(out, sizeof(out), a->packed, a->n_packed), a->n_bytes);
		assert_memory_equal(out, a->bytes, a->n_bytes);
		assert_string_not_equal(a->etag, a->etag_packed);
	}
}

static void has_a_version_of_16_digits(void **state)
{
	(void)state;
	assert_int_equal(strlen(asset_version), 16);
	assert_int_equal(strspn(asset_version, "0123456789abcdef"), 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_every_row_by_its_path),
		cmocka_unit_test(finds_nothing_else),
		cmocka_unit_test(stands_in_byte_order_of_the_path),
		cmocka_unit_test(ends_bytes_with_a_nul_that_is_not_counted),
		cmocka_unit_test(quotes_the_etag_and_names_a_type),
		cmocka_unit_test(holds_the_same_bytes_packed),
		cmocka_unit_test(has_a_version_of_16_digits),
	};

	return cmocka_run_group_tests_name("assets", tests, NULL, NULL);
}
