/* json_test.c: what is written reads back, whatever the text; what is read is strict. */
#include "server/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "parser/base/mem.h"
#include "server/json_writer.h"

static void expect_text(struct json_writer *w, const char *want)
{
	size_t n = 0;
	char *got = json_take(w, &n);

	assert_non_null(got);
	if (n != strlen(want) || memcmp(got, want, n) != 0)
		fail_msg("got %.*s, want %s", (int)n, got, want);
	mem_free(got);
}

static void test_structure(void **state)
{
	struct json_writer w = {0};

	(void)state;
	json_open(&w, '{');
	json_key(&w, "a");
	json_open(&w, '[');
	json_i64(&w, -1);
	json_u64_text(&w, UINT64_MAX);
	json_i64_text(&w, INT64_MIN);
	json_hex_text(&w, 0x47a1b2);
	json_bool(&w, true);
	json_null(&w);
	json_open(&w, '[');
	json_close(&w, ']');
	json_open(&w, '{');
	json_close(&w, '}');
	json_close(&w, ']');
	json_key_text(&w, "b", NULL);
	json_key_u64(&w, "c", 3);
	json_close(&w, '}');
	expect_text(&w,
		"{\"a\":[-1,\"18446744073709551615\",\"-9223372036854775808\",\"0x47a1b2\","
		"true,null,[],{}],\"b\":null,\"c\":3}");
}

static void test_text(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *want;
	} cases[] = {
#define T(s, want) {s, sizeof(s) - 1, "\"" want "\""}
		T("plain", "plain"),
		T("\"\\", "\\\"\\\\"),
		T("\n\t\r\0\x1f\x7f", "\\n\\t\\u000d\\u0000\\u001f\\u007f"),
		T("</script><!--", "\\u003c/script>\\u003c!--"),
		T("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"),
		T("\xff", "\xef\xbf\xbd"),
		T("a\xc3", "a\xef\xbf\xbd"),
		T("\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"),
		T("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"),
		T("\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"),
		T("\xe2\x82x", "\xef\xbf\xbd\xef\xbf\xbdx"),
		T("", ""),
#undef T
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json_writer w = {0};

		json_text_n(&w, cases[i].bytes, cases[i].n);
		expect_text(&w, cases[i].want);
	}
}

static void test_doubles(void **state)
{
	struct json_writer w = {0};

	(void)state;
	json_open(&w, '[');
	json_double(&w, 0.1);
	json_double(&w, 1.0 / 3);
	json_double(&w, 1e300);
	json_double(&w, 9007199254740991.0);
	json_double(&w, NAN);
	json_double(&w, INFINITY);
	json_close(&w, ']');
	expect_text(&w, "[0.1,0.3333333333333333,1e+300,9007199254740991,null,null]");
}

static void test_no_memory(void **state)
{
	struct json_writer w = {0};
	size_t n;

	(void)state;
	mem_fail_nth(1, 1);
	json_open(&w, '[');
	json_text(&w, "x");
	json_close(&w, ']');
	mem_fail_nth(0, 0);
	assert_null(json_take(&w, &n));
}

static void test_read(void **state)
{
	static const char text[] =
		"{\"bytes\":9007199254740991,\"e\":{\"code\":\"io\"},\"f\":1.5}\n";
	struct json *root = json_parse(text, sizeof(text) - 1);
	int64_t v;

	(void)state;
	assert_non_null(root);
	assert_true(json_get_i64(root, "bytes", &v) && v == 9007199254740991);
	assert_false(json_get_i64(root, "f", &v));
	assert_false(json_get_i64(root, "Bytes", &v));
	assert_false(json_get_i64(root, "e", &v));
	assert_string_equal(json_get_text(json_get(root, "e"), "code"), "io");
	assert_null(json_get_text(json_get(root, "none"), "code"));
	json_free(root);
}

static void test_refuse(void **state)
{
	static const char *const bad[] = {"", "{", "{}x", "{} {}", "{\"a\":1,\"a\":2}",
		"[{\"b\":{\"a\":1,\"a\":2}}]", "nul", "{\"a\":1e}", "{\"a\" 1}",
		"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"};
	static char long_text[JSON_MAX_BYTES + 2];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (json_parse(bad[i], strlen(bad[i])))
			fail_msg("accepted: %s", bad[i]);
	}
	memset(long_text, ' ', sizeof(long_text) - 1);
	long_text[0] = '1';
	assert_null(json_parse(long_text, sizeof(long_text) - 1));
	assert_null(json_parse("1\0", 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_structure),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_doubles),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_refuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
