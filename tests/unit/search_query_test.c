/* The filter language, as tables of good and bad words: tiles/search_query.h. */
#include "tiles/search_query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "parser/base/err.h"
#include "parser/interval.h"

static struct search_query q;

static const struct search_term *only(const char *text)
{
	struct err e = ERR_INIT;

	assert_int_equal(search_query_parse(&q, text, strlen(text), &e), 0);
	assert_int_equal(q.n_terms, 1);
	return &q.terms[0];
}

static void values_are(const char *text, enum search_key key, const char *const *values)
{
	const struct search_term *t = only(text);

	assert_int_equal(t->key, key);
	for (uint32_t i = 0; i < t->n; i++) {
		const struct search_value *v = &q.values[t->first + i];

		assert_non_null(values[i]);
		assert_int_equal(v->n, strlen(values[i]));
		assert_memory_equal(v->text, values[i], v->n);
	}
	assert_null(values[t->n]);
}

#define VALUES(...) \
	(const char *const[]) \
	{ \
		__VA_ARGS__, NULL \
	}

static void texts_are_words_or_quoted(void **state)
{
	(void)state;
	values_are("serve", SEARCH_FUNC, VALUES("serve"));
	values_are("  net/http.(*conn).serve\t", SEARCH_FUNC, VALUES("net/http.(*conn).serve"));
	values_are("func:a,b", SEARCH_FUNC, VALUES("a", "b"));
	values_are("\"F[int,string]\",x", SEARCH_FUNC, VALUES("F[int,string]", "x"));
	values_are(
		"reason:\"chan receive\",select", SEARCH_REASON, VALUES("chan receive", "select"));
	values_are("log:\"a \\\"b\\\" \\\\ \\n\"", SEARCH_LOG, VALUES("a \"b\" \\ \\n"));
	values_are("function:-x", SEARCH_FUNC, VALUES("-x"));
	values_are("\"state:sync\"", SEARCH_FUNC, VALUES("state:sync"));
	values_are("frame:a::b", SEARCH_FRAME, VALUES("a::b"));
	values_are("region:\xe6\xbc\xa2", SEARCH_REGION, VALUES("\xe6\xbc\xa2"));
}

static void states_have_bounds(void **state)
{
	const struct search_term *t = only("state:blocked>10ms");

	(void)state;
	assert_int_equal(t->states,
		1u << STATE_SYNC | 1u << STATE_CHAN | 1u << STATE_OTHER | 1u << STATE_NET);
	assert_int_equal(t->more_ns, 10000000);
	assert_int_equal(t->less_ns, INT64_MAX);
	t = only("-state:sync,sleep<1us>0.5us");
	assert_true(t->is_not);
	assert_int_equal(t->states, 1u << STATE_SYNC | 1u << STATE_SLEEP);
	assert_int_equal(t->more_ns, 500);
	assert_int_equal(t->less_ns, 1000);
	t = only("state:runnable");
	assert_int_equal(t->more_ns, -1);
	assert_int_equal(only("duration:>1h1m1s1ms1us1ns")->more_ns, INT64_C(3661001001001));
	assert_int_equal(only("dur:<2min")->less_ns, INT64_C(120000000000));
	assert_int_equal(only("dur:<1.5\xc2\xb5s")->less_ns, 1500);
	assert_int_equal(only("dur:>.25s>1ms")->more_ns, 250000000);
}

static void numbers_name_goroutines_and_places(void **state)
{
	const struct search_term *t = only("g:g12,9223372036854775807,0");

	(void)state;
	assert_int_equal(t->n, 3);
	assert_int_equal(q.values[0].number, 12);
	assert_true(q.values[1].number == INT64_MAX);
	assert_int_equal(q.values[2].number, 0);
	assert_int_equal(only("with:g7")->key, SEARCH_WITH);
	assert_int_equal(only("p:3")->key, SEARCH_P);
	assert_int_equal(only("m:4711")->key, SEARCH_M);
	assert_int_equal(q.values[0].number, 4711);
}

static void overlaps_are_gc_stw_or_ranges(void **state)
{
	const struct search_term *t = only("overlaps:gc,stw,12.084s-12.1s,0s-1m");

	(void)state;
	assert_int_equal(t->n, 4);
	assert_int_equal(q.values[0].number, OVERLAP_GC);
	assert_int_equal(q.values[1].number, OVERLAP_STW);
	assert_int_equal(q.values[2].number, OVERLAP_RANGE);
	assert_int_equal(q.values[2].from_ns, INT64_C(12084000000));
	assert_int_equal(q.values[2].to_ns, INT64_C(12100000000));
	assert_int_equal(q.values[3].to_ns, INT64_C(60000000000));
}

static void what_is_asked_for_tells_what_hits_are(void **state)
{
	static const struct {
		const char *text;
		unsigned finds;
	} cases[] = {
		{"serve", HIT_BIT(HIT_GOROUTINE)},
		{"func:a g:1 overlaps:stw task:x -b", HIT_BIT(HIT_GOROUTINE)},
		{"serve state:sync", HIT_BIT(HIT_STATE)},
		{"dur:>1ms", HIT_BIT(HIT_STATE)},
		{"kind:goroutine dur:>1ms", HIT_BIT(HIT_GOROUTINE)},
		{"reason:x p:1", HIT_BIT(HIT_STATE)},
		{"log:x p:1 frame:y", HIT_BIT(HIT_LOG)},
		{"label:x", HIT_BIT(HIT_LABEL)},
		{"region:x task:y", HIT_BIT(HIT_REGION)},
		{"with:1", HIT_BIT(HIT_STATE) | HIT_BIT(HIT_BORN)},
		{"with:1 kind:born", HIT_BIT(HIT_BORN)},
		{"kind:log,label p:1", HIT_BIT(HIT_LOG) | HIT_BIT(HIT_LABEL)},
		{"serve -state:sync", HIT_BIT(HIT_STATE)},
		{"serve -state:sync kind:log", HIT_BIT(HIT_LOG)},
		{"-log:x -label:y", HIT_BIT(HIT_LOG) | HIT_BIT(HIT_LABEL)},
	};
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *text = cases[i].text;

		assert_int_equal(search_query_parse(&q, text, strlen(text), &e), 0);
		assert_int_equal(q.finds, cases[i].finds);
	}
}

static void what_is_wrong_is_told_with_its_place(void **state)
{
	static const struct {
		const char *text;
		int offset;
		const char *words;
	} cases[] = {
		{"", 0, "nothing is sought"},
		{" \t ", 0, "nothing is sought"},
		{"a stat:x", 2, "no key is called so"},
		{"-stat:x", 1, "no key is called so"},
		{"http://x", 0, "no key is called so"},
		{"func:", 5, "a value is missing"},
		{"-", 1, "a value is missing"},
		{"a,", 2, "a value is missing"},
		{"state:sync,>1ms", 11, "a value is missing"},
		{"func:\"a", 5, "the quote is not closed"},
		{"func:\"a\\\"", 5, "the quote is not closed"},
		{"\"\"", 0, "nothing stands between"},
		{"\"a\"b", 3, "a blank is missing"},
		{"a\"b\"", 1, "a blank is missing"},
		{"state:sinc", 6, "no state is called so"},
		{"state:none", 6, "no state is called so"},
		{"state:Sync", 6, "no state is called so"},
		{"state:sync>", 11, "a value is missing"},
		{"state:sync>10", 11, "this is no duration"},
		{"state:sync>-1ms", 11, "this is no duration"},
		{"state:sync>1.ms", 11, "this is no duration"},
		{"state:sync>10msx", 11, "this is no duration"},
		{"state:sync>99999999h", 11, "this is no duration"},
		{"state:sync>1ms,chan", 14, "a blank is missing"},
		{"dur:1ms", 4, "a bound is missing"},
		{"dur:", 4, "a bound is missing"},
		{"g:x", 2, "no goroutine's number"},
		{"g:g", 2, "no goroutine's number"},
		{"g:9223372036854775808", 2, "no goroutine's number"},
		{"p:g1", 2, "this is no number"},
		{"m:-1", 2, "this is no number"},
		{"overlaps:idle", 9, "overlaps takes"},
		{"overlaps:1s-", 9, "overlaps takes"},
		{"overlaps:2s-1s", 9, "ends before it begins"},
		{"kind:mark", 5, "no kind is called so"},
		{"kind:goroutine,log", 15, "stands alone"},
		{"state:sync log:a", 11, "nothing is both"},
		{"region:a state:sync>1ms", 9, "g:17 overlaps:1.2s-1.3s state:sync"},
		{"-kind:gone log:a label:b", 17, "another kind of hit"},
		{"log:\"\\\"\xc3\xa9\" state:x", 17, "at character 17: no state"},
		{"kind:gone frame:x", 10, "another kind of hit"},
		{"\xc3\xa9t\xc3\xa9 state:x", 12, "at character 11: no state"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = ERR_INIT;

		assert_int_equal(
			search_query_parse(&q, cases[i].text, strlen(cases[i].text), &e), -1);
		assert_int_equal(e.kind, ERR_USAGE);
		if (e.offset != cases[i].offset || !strstr(e.msg, cases[i].words))
			fail_msg("\"%s\": byte %d, %s", cases[i].text, (int)e.offset, e.msg);
	}
}

static void too_much_is_refused(void **state)
{
	char text[SEARCH_BYTES + 2];
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_int_equal(search_query_parse(&q, text, SEARCH_BYTES, &e), 0);
	assert_int_equal(search_query_parse(&q, text, SEARCH_BYTES + 1, &e), -1);
	for (i = 0; i < (size_t)2 * SEARCH_TERMS; i += 2)
		text[i + 1] = ' ';
	assert_int_equal(search_query_parse(&q, text, i, &e), 0);
	err_clear(&e);
	assert_int_equal(search_query_parse(&q, text, i + 1, &e), -1);
	assert_non_null(strstr(e.msg, "too many terms"));
	for (i = 0; i < (size_t)2 * SEARCH_VALUES; i += 2)
		text[i + 1] = ',';
	assert_int_equal(search_query_parse(&q, text, i - 1, &e), 0);
	err_clear(&e);
	assert_int_equal(search_query_parse(&q, text, i + 1, &e), -1);
	assert_non_null(strstr(e.msg, "too many values"));
}

/* Every byte anywhere, and every beginning: an answer, and reads within the text (the sanitizers see). */
static void any_bytes_have_an_answer(void **state)
{
	static const char good[] = "-func:\"a \\\" b\",c state:sync,blocked>1.5ms<2s "
				   "overlaps:gc,1s-2s g:g12 p:1 -dur:>1ns";
	char text[sizeof(good)];

	(void)state;
	for (size_t i = 0; i < sizeof(good); i++) {
		for (unsigned c = 0; c < 256; c++) {
			struct err e = ERR_INIT;

			memcpy(text, good, sizeof(good));
			text[i] = (char)c;
			(void)search_query_parse(&q, text, i, &e);
			(void)search_query_parse(&q, text, sizeof(good) - 1, &e);
		}
	}
}

static void parts_are_found_whatever_the_case(void **state)
{
	(void)state;
	assert_true(search_contains("net/HTTP.Serve", 14, "http.s", 6));
	assert_true(search_contains("abc", 3, "abc", 3));
	assert_false(search_contains("abc", 3, "abcd", 4));
	assert_false(search_contains("", 0, "a", 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_words_or_quoted),
		cmocka_unit_test(states_have_bounds),
		cmocka_unit_test(numbers_name_goroutines_and_places),
		cmocka_unit_test(overlaps_are_gc_stw_or_ranges),
		cmocka_unit_test(what_is_asked_for_tells_what_hits_are),
		cmocka_unit_test(what_is_wrong_is_told_with_its_place),
		cmocka_unit_test(too_much_is_refused),
		cmocka_unit_test(any_bytes_have_an_answer),
		cmocka_unit_test(parts_are_found_whatever_the_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
