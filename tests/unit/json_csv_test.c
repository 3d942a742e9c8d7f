/* json_csv_test.c - tables of the writer of JSON, as CSV: quotes, escapes, paths, formulas, pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/base/text.h"
#include "server/json_csv.h"
#include "server/json_writer.h"

static void check(struct json_writer *w, const char *columns, bool has_head, const char *want,
	const char *want_next)
{
	const struct json_csv how = {"rows", columns, has_head};
	struct err e = ERR_INIT;
	char next[JSON_CSV_NEXT];
	struct text out = {0};

	assert_false(w->failed);
	assert_int_equal(json_csv(&how, w->data, w->n, &out, next, &e), 0);
	assert_int_equal(out.len, strlen(want));
	assert_memory_equal(out.data, want, out.len);
	assert_string_equal(next, want_next);
	text_clear(&out);
	json_clear(w);
}

static void open_table(struct json_writer *w)
{
	json_open(w, '{');
	json_key_u64(w, "n", 7);
	json_key(w, "rows");
	json_open(w, '[');
}

static void close_table(struct json_writer *w, const char *next)
{
	json_close(w, ']');
	json_key(w, "next");
	json_text(w, next);
	json_close(w, '}');
}

static void test_values_stand_below_their_columns(void **state)
{
	struct json_writer w = {0};

	(void)state;
	open_table(&w);
	json_open(&w, '{');
	json_key_text(&w, "skipped", "x");
	json_key(&w, "born");
	json_open(&w, '{');
	json_key_i64(&w, "t", -5);
	json_key(&w, "known");
	json_bool(&w, true);
	json_close(&w, '}');
	json_key(&w, "list");
	json_open(&w, '[');
	json_open(&w, '{');
	json_key_u64(&w, "g", 99);
	json_close(&w, '}');
	json_u64(&w, 3);
	json_close(&w, ']');
	json_key_u64_text(&w, "g", UINT64_MAX);
	json_close(&w, '}');
	json_open(&w, '{');
	json_key(&w, "born");
	json_null(&w);
	json_key_text(&w, "t", "no column");
	json_key_u64(&w, "g", 1);
	json_close(&w, '}');
	close_table(&w, "12.7");
	check(&w, "g,born.t,born.known,none", true,
		"g,born.t,born.known,none\r\n18446744073709551615,-5,true,\r\n1,,,\r\n", "12.7");
}

static void test_an_empty_table_has_its_head(void **state)
{
	struct json_writer w = {0};

	(void)state;
	open_table(&w);
	close_table(&w, NULL);
	check(&w, "a,b", true, "a,b\r\n", "");
	open_table(&w);
	close_table(&w, NULL);
	check(&w, "a,b", false, "", "");
}

static void test_text_is_no_formula_and_no_markup(void **state)
{
	static const char *const pairs[][2] = {
		{"main.f", "main.f"},
		{"a,b", "\"a,b\""},
		{"say \"no\"", "\"say \"\"no\"\"\""},
		{"two\r\nlines", "\"two\r\nlines\""},
		{"tab\there\\ <b>", "tab\there\\ <b>"},
		{"=1+1", "\"'=1+1\""},
		{"+1", "\"'+1\""},
		{"-cmd", "\"'-cmd\""},
		{"@sum", "\"'@sum\""},
		{"\tx", "\"'\tx\""},
		{"\rx", "\"'\rx\""},
		{"-", "\"'-\""},
		{"-12", "-12"},
		{"-12-3", "\"'-12-3\""},
		{"=\",\"", "\"'=\"\",\"\"\""},
		{"\xcf\x80", "\"\xcf\x80\""},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct json_writer w = {0};
		char want[64] = "";

		open_table(&w);
		json_open(&w, '{');
		json_key_text(&w, "a", pairs[i][0]);
		json_close(&w, '}');
		close_table(&w, NULL);
		strcat(want, pairs[i][1]);
		strcat(want, "\r\n");
		check(&w, "a", false, want, "");
	}
}

static void test_memory_that_runs_out_is_an_error(void **state)
{
	const struct json_csv how = {"rows", "a", true};
	struct json_writer w = {0};
	char next[JSON_CSV_NEXT];
	int rc = -1;

	(void)state;
	open_table(&w);
	json_open(&w, '{');
	json_key_text(&w, "a", "=\"quoted\"");
	json_close(&w, '}');
	close_table(&w, NULL);
	for (long n = 1; rc < 0; n++) {
		struct err e = ERR_INIT;
		struct text out = {0};

		assert_true(n < 20);
		mem_fail_nth(n, 1);
		rc = json_csv(&how, w.data, w.n, &out, next, &e);
		mem_fail_nth(0, 0);
		if (rc < 0)
			assert_int_equal(e.kind, ERR_MEMORY);
		text_clear(&out);
	}
	json_clear(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_stand_below_their_columns),
		cmocka_unit_test(test_an_empty_table_has_its_head),
		cmocka_unit_test(test_text_is_no_formula_and_no_markup),
		cmocka_unit_test(test_memory_that_runs_out_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
