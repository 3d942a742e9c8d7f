#include "parser/event_filter.h"

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

/* Times of the events: Sync 1, statuses 100 101, create 110, label 120, metric 130, stop 140, start 150, Sync 151. */
static const char script[] =
	"strings 1; string 1 main.main; string 2 blue; stacks 1; stack 1 1 7 1 1 1; "
	"batch 1 3 90; close; "
	"batch 1 7 100; ProcStatus 0 4 1; GoStatus 0 10 7 2; GoCreate 10 11 1 1; GoLabel 10 2; "
	"HeapAlloc 10 5; GoStop 10 0 1; GoStart 10 11 1; clock 1; end";

struct row {
	enum filter which;
	const char *value;
	int n; /* events taken; -1: the value makes no sense */
};

static int count(struct event_filter *f)
{
	struct limits lim = LIMITS_DEFAULT;
	struct trace_writer w = {0};
	enum filter_answer answer = FILTER_LEAVES;
	struct err e = ERR_INIT;
	struct source *src;
	struct trace *tr;
	struct event ev;
	int64_t at;
	int n = 0;

	trace_script(&w, 26, script, &at);
	src = source_open_memory(w.bytes, w.n, &e);
	tr = trace_open(src, &lim, &e);
	while (answer != FILTER_ENDS && trace_next(tr, &ev, &e) > 0) {
		answer = event_filter_takes(f, tr, &ev);
		assert_int_not_equal(answer, FILTER_FAILED);
		n += answer == FILTER_TAKES;
	}
	assert_int_equal(e.kind, ERR_NONE);
	trace_close(tr);
	source_close(src);
	tw_clear(&w);
	return n;
}

static void test_one_filter(void **state)
{
	static const struct row rows[] = {
		{FILTER_G, "10", 5}, /* its status, and what it does: create, label, metric, stop */
		{FILTER_G, "11", 2}, /* is created and starts */
		{FILTER_G, "10,11", 6},
		{FILTER_G, "99", 0},
		{FILTER_G, "-1", 5}, /* on none: Syncs, statuses, start */
		{FILTER_G, "10,", -1},
		{FILTER_G, "", -1},
		{FILTER_G, "x", -1},
		{FILTER_G, "99999999999999999999", -1},
		{FILTER_P, "4", 7},
		{FILTER_P, "-1", 3},
		{FILTER_M, "7", 7},
		{FILTER_M, "-1", 2},
		{FILTER_KIND, "Sync", 2},
		{FILTER_KIND, "sync,METRIC", 3},
		{FILTER_KIND, "StateTransition", 5},
		{FILTER_KIND, "Label", 1},
		{FILTER_KIND, "Log", 0},
		{FILTER_KIND, "Bad", -1},
		{FILTER_KIND, "Sync,", -1},
		{FILTER_KIND, "", -1},
		{FILTER_FROM, "120", 5},
		{FILTER_FROM, "151", 1},
		{FILTER_FROM, "152", 0},
		{FILTER_FROM, "9223372036854775807", 0},
		{FILTER_FROM, "+119ns", 5}, /* the first is at 1 */
		{FILTER_FROM, "-1s", 9},
		{FILTER_FROM, "-1", 9}, /* T of Go 1.11 to 1.21 starts there */
		{FILTER_TO, "-1", 0},
		{FILTER_TO, "--1", -1},
		{FILTER_FROM, "1x", -1},
		{FILTER_FROM, "soon", -1},
		{FILTER_TO, "120", 4},
		{FILTER_TO, "0", 0},
		{FILTER_TO, "0.5us", 9},
		{FILTER_MATCH, "Any \"main\"", 2},
		{FILTER_MATCH, "Metric \"main\"", 0},
		{FILTER_MATCH, "StateTransition `main`", 2},
		{FILTER_MATCH, "any", 9},
		{FILTER_MATCH, "Any \"other\"", 0},
		{FILTER_MATCH, "Some \"main\"", -1},
		{FILTER_MATCH, "Any \"main", -1},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct event_filter f = {0};
		struct err e = ERR_INIT;
		int n = -1;

		event_filter_init(&f);
		if (event_filter_set(&f, rows[i].which, rows[i].value, &e) == 0)
			n = count(&f);
		else
			assert_int_equal(e.kind, ERR_USAGE);
		event_filter_clear(&f);
		assert_int_equal(mem_used(), 0);
		if (n != rows[i].n)
			fail_msg("row %zu, \"%s\": expected %d, got %d", i, rows[i].value,
				rows[i].n, n);
	}
}

static void test_all_that_are_set_must_take_it(void **state)
{
	struct event_filter f = {0};
	struct err e = ERR_INIT;

	(void)state;
	event_filter_init(&f);
	assert_int_equal(event_filter_set(&f, FILTER_G, "99", &e), 0);
	assert_int_equal(event_filter_set(&f, FILTER_G, "10", &e), 0); /* the last value holds */
	assert_int_equal(event_filter_set(&f, FILTER_KIND, "StateTransition", &e), 0);
	assert_int_equal(count(&f), 3);
	assert_int_equal(event_filter_set(&f, FILTER_FROM, "110", &e), 0);
	f.has_first = false;
	assert_int_equal(count(&f), 2);
	assert_int_equal(event_filter_set(&f, FILTER_TO, "140", &e), 0);
	assert_int_equal(count(&f), 1);
	event_filter_clear(&f);
}

static void test_durations(void **state)
{
	static const struct {
		const char *text;
		int64_t ns; /* -1: none */
	} rows[] = {{"0", 0}, {"1ns", 1}, {"1us", 1000}, {"1\xc2\xb5s", 1000}, {"1\xce\xbcs", 1000},
		{"1.5ms", 1500000}, {"+2s", 2000000000}, {"1m1s", INT64_C(61000000000)},
		{"1h2m3.5s", INT64_C(3723500000000)}, {".5s", 500000000},
		{"5.s", INT64_C(5000000000)}, {"", -1}, {"1", -1}, {"s", -1}, {".s", -1},
		{"1.2.3s", -1}, {"1 s", -1}, {"1d", -1}, {"1s ", -1}, {"1e3s", -1},
		{"3000000h", -1}, {"--1s", -1}};
	size_t i;
	int64_t ns;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ns = -1;
		if (duration_parse(rows[i].text, &ns))
			assert_true(rows[i].ns >= 0);
		if (ns != rows[i].ns)
			fail_msg("\"%s\": expected %lld, got %lld", rows[i].text,
				(long long)rows[i].ns, (long long)ns);
	}
	assert_true(duration_parse("-2ms", &ns));
	assert_int_equal(ns, -2000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_filter),
		cmocka_unit_test(test_all_that_are_set_must_take_it),
		cmocka_unit_test(test_durations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
