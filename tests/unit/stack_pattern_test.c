#include "parser/stack_pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/event.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "parser/trace.h"
#include "tests/unit/trace_script.h"
#include "tests/unit/trace_writer.h"

/* Stack 1: main.main > a/vendor/lib.(*T).Do > sync.(*Mutex).Lock; stack 2: main.main; innermost first in the file. */
static const char script[] = "strings 1; string 1 main.main; string 2 a/vendor/lib.(*T).Do; string "
			     "3 sync.(*Mutex).Lock; "
			     "stacks 1; stack 1 3 30 3 0 1 20 2 0 1 10 1 0 1; stack 2 1 10 1 0 1; "
			     "batch 1 7 100; ProcStatus 0 4 1; GoStatus 0 10 7 2; ProcsChange 0 1 "
			     "1; ProcsChange 0 1 2; clock 1; end";

struct opened {
	struct trace_writer w;
	struct source *src;
	struct trace *tr;
};

static void open_trace(struct opened *o)
{
	struct limits lim = LIMITS_DEFAULT;
	struct err e = ERR_INIT;
	struct event ev;
	int64_t at;

	memset(o, 0, sizeof(*o));
	trace_script(&o->w, 26, script, &at);
	o->src = source_open_memory(o->w.bytes, o->w.n, &e);
	o->tr = trace_open(o->src, &lim, &e);
	while (trace_next(o->tr, &ev, &e) > 0)
		;
	assert_int_equal(e.kind, ERR_NONE);
	assert_int_equal(trace_n_stacks(o->tr), 2);
}

static void close_trace(struct opened *o)
{
	trace_close(o->tr);
	source_close(o->src);
	tw_clear(&o->w);
	assert_int_equal(mem_used(), 0);
}

static void test_patterns(void **state)
{
	static const struct {
		const char *text;
		bool deep, flat, none; /* stacks 1, 2 and 0 */
	} rows[] = {
		{"", true, true, true},
		{"   ", true, true, true},
		{"\"**\"", true, true, true},
		{"\"main\"", false, true, false},
		{"\"main\" \"**\"", true, true, false},
		{"\"**\" \"Lock\"", true, false, false},
		{"\"main\" \"lib\" \"Lock\"", true, false, false},
		{"\"main\" \"lib\"", false, false, false},
		{"\"**\" \"lib\" \"**\"", true, false, false},
		{"\"**\" \"main\" \"**\"", true, true, false},
		{"\"**\" \"**\"", true, true, true},
		{"\"**\" \"^lib\" \"**\"", true, false, false}, /* "a/vendor/" is left out */
		{"\"**\" \"vendor\" \"**\"", false, false, false},
		{"\"^main.main$\"", false, true, false},
		{"`^main\\.main$`", false, true, false},
		{"\"^main\\\\.main$\"", false, true, false},
		{"\"**\" \"[(][*]Mutex[)]\"", true, false, false},
		{"\"(main|sync)\" \".\" \".\"", true, false, false},
		{"\"m{1}ain\"", false, true, false},
		{"\"\"", false, true, false}, /* any name */
		{"\"\\x6dain\"", false, true, false},
	};
	struct opened o;
	size_t i;

	(void)state;
	open_trace(&o);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err e = ERR_INIT;
		struct stack_pattern *p = stack_pattern_create(rows[i].text, &e);
		int again;

		if (!p)
			fail_msg("%s: %s", rows[i].text, e.msg);
		for (again = 0; again < 2; again++) {
			if (stack_pattern_matches(p, o.tr, 1) != rows[i].deep ||
				stack_pattern_matches(p, o.tr, 2) != rows[i].flat ||
				stack_pattern_matches(p, o.tr, 0) != rows[i].none)
				fail_msg("%s", rows[i].text);
		}
		stack_pattern_destroy(p);
	}
	close_trace(&o);
}

static void test_what_is_no_pattern(void **state)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{"main", "stands in quotes"},
		{"\"main", "not closed"},
		{"`main", "not closed"},
		{"\"a\\qb\"", "not an escape of Go"},
		{"\"(\"", "no regular expression"},
		{"\"[a\"", "no regular expression"},
		{"\"(a)\\\\1\"", "back references"},
		{"\"((a{20}){20}){20}\"", "repetitions"},
	};
	char text[40 * 5] = "";
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		err_clear(&e);
		assert_null(stack_pattern_create(rows[i].text, &e));
		assert_int_equal(e.kind, ERR_USAGE);
		if (!strstr(e.msg, rows[i].words))
			fail_msg("%s: %s", rows[i].text, e.msg);
	}
	for (i = 0; i < 32; i++)
		strcat(text, "\"a\" ");
	err_clear(&e);
	assert_null(stack_pattern_create(text, &e));
	assert_non_null(strstr(e.msg, "more than"));
	assert_int_equal(mem_used(), 0);
	stack_pattern_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_what_is_no_pattern),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
