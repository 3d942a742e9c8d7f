/* router_test.c: targets to segments and queries, strict numbers, patterns, who takes what. */
#include "server/router.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "server/gate.h"
#include "server/negotiate.h"
#include "server/url.h"

static const struct route routes[] = {
	{"/", NULL, NULL, NULL, 0},
	{"/t/{trace}", NULL, NULL, NULL, 0},
	{"/web/{path...}", NULL, NULL, NULL, 0},
	{"/api/v1/traces", NULL, NULL, NULL, 0},
	{"/api/v1/traces/{trace}", "v", NULL, NULL, 0},
	{"/api/v1/traces/{trace}/tiles/{view}/{r}/{k}/{y}/{x}", "v format", NULL, NULL, 0},
};

/* Pattern that answers, "-" none, "?" bad query, "!" bad target. */
static const char *answerer(const char *target, struct route_match *m)
{
	static char text[URL_TEXT_BYTES(GATE_TARGET_BYTES)];
	static struct url u;

	if (url_parse(&u, target, text) < 0)
		return "!";
	switch (router_match(routes, sizeof(routes) / sizeof(routes[0]), &u, m)) {
	case ROUTE_FOUND:
		return m->route->pattern;
	case ROUTE_BAD_QUERY:
		return "?";
	case ROUTE_NOT_FOUND:
		break;
	}
	return "-";
}

static void test_patterns(void **state)
{
	static const char *const cases[][2] = {
		{"/", "/"},
		{"/?", "/"},
		{"/?x=1", "?"},
		{"//", "-"},
		{"/t", "-"},
		{"/t/", "-"},
		{"/t/ab", "/t/{trace}"},
		{"/t/ab/", "-"},
		{"/t/:trace", "/t/{trace}"},
		{"/T/ab", "-"},
		{"/web", "-"},
		{"/web/", "-"},
		{"/web/a.js", "/web/{path...}"},
		{"/web/core/a.js", "/web/{path...}"},
		{"/api/v1/traces", "/api/v1/traces"},
		{"/api/v1/traces?v=1", "?"},
		{"/api/v1/traces/", "-"},
		{"/api/v1/traces/ab?v=1", "/api/v1/traces/{trace}"},
		{"/api/v1/traces/ab?V=1", "?"},
		{"/api/v1/traces/ab?v=1&v=1", "!"},
		{"/api/v1/traces/ab?", "/api/v1/traces/{trace}"},
		{"/api/v1/traces/ab/tiles/G/0/1/2", "-"},
		{"/api/v1/traces/ab/tiles/G/0/1/2/3?format=json&v=1",
			"/api/v1/traces/{trace}/tiles/{view}/{r}/{k}/{y}/{x}"},
		{"/api/v1/traces/ab/tiles/G/0/1/2/3/4", "-"},
		{"/api%2fv1/traces", "-"},
		{"/%61pi/v1/traces", "/api/v1/traces"},
		{"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", "!"},
		{"/a?1&2&3&4&5&6&7&8&9&10&11&12&13&14&15&16&17", "!"},
		{"x", "!"},
		{"/%00", "!"},
	};
	struct route_match m;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(answerer(cases[i][0], &m), cases[i][1]);
}

static void test_params(void **state)
{
	struct route_match m;

	(void)state;
	answerer("/api/v1/traces/ab/tiles/G/0/1/2/3", &m);
	assert_int_equal(m.n_params, 6);
	assert_string_equal(m.params[0], "ab");
	assert_string_equal(m.params[1], "G");
	assert_string_equal(m.params[5], "3");
}

static void test_queries(void **state)
{
	static const char target[] = "/a?x=1&y=a%26b+c&z&=w";
	char text[URL_TEXT_BYTES(sizeof(target) - 1)];
	struct url u;

	(void)state;
	assert_int_equal(url_parse(&u, target, text), 0);
	assert_int_equal(u.n_queries, 4);
	assert_string_equal(url_get(&u, "x"), "1");
	assert_string_equal(url_get(&u, "y"), "a&b c");
	assert_string_equal(url_get(&u, "z"), "");
	assert_string_equal(url_get(&u, ""), "w");
	assert_null(url_get(&u, "w"));
}

static void test_numbers(void **state)
{
	uint64_t u, list[3];
	int64_t i;

	(void)state;
	assert_true(url_u64("0", 0, &u) && u == 0);
	assert_true(url_u64("18446744073709551615", UINT64_MAX, &u) && u == UINT64_MAX);
	assert_false(url_u64("18446744073709551616", UINT64_MAX, &u));
	assert_false(url_u64("62", 61, &u));
	assert_false(url_u64("", 9, &u));
	assert_false(url_u64("01", 9, &u));
	assert_false(url_u64("+1", 9, &u));
	assert_false(url_u64(" 1", 9, &u));
	assert_false(url_u64("1 ", 9, &u));
	assert_false(url_u64("1e3", 9999, &u));
	assert_false(url_u64("0x1", 9, &u));
	assert_true(url_i64("-9223372036854775808", INT64_MIN, INT64_MAX, &i) && i == INT64_MIN);
	assert_true(url_i64("-1", -1, 5, &i) && i == -1);
	assert_false(url_i64("-2", -1, 5, &i));
	assert_false(url_i64("-0", -1, 5, &i));
	assert_false(url_i64("9223372036854775808", INT64_MIN, INT64_MAX, &i));
	assert_int_equal(url_u64_list("1,2,3", list, 3), 3);
	assert_int_equal(list[2], 3);
	assert_int_equal(url_u64_list("1,2,3,4", list, 3), -1);
	assert_int_equal(url_u64_list("", list, 3), -1);
	assert_int_equal(url_u64_list("1,", list, 3), -1);
	assert_int_equal(url_u64_list("1,,2", list, 3), -1);
}

static void test_encodings(void **state)
{
	static const struct {
		const char *list;
		bool zstd;
	} cases[] = {
		{NULL, false},
		{"", false},
		{"zstd", true},
		{"gzip, deflate, br, zstd", true},
		{"ZSTD", true},
		{"zstd;q=0", false},
		{"zstd;q=0.000", false},
		{"zstd;q=0.001", true},
		{"zstd ; q=1.0, gzip", true},
		{"zstd;q=x", false},
		{"zstd;r=1", false},
		{"xzstd", false},
		{"zstdx", false},
		{"*", true},
		{"*;q=0", false},
		{"*, zstd;q=0", false},
		{"zstd;q=0, *", false},
		{"identity;q=1, *;q=0.5", true},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (negotiate_zstd(cases[i].list) != cases[i].zstd)
			fail_msg("Accept-Encoding: %s", cases[i].list);
	}
	assert_true(negotiate_match("\"a\"", "\"a\""));
	assert_true(negotiate_match("\"b\", W/\"a\"", "\"a\""));
	assert_true(negotiate_match("*", "\"a\""));
	assert_false(negotiate_match("\"ab\"", "\"a\""));
	assert_false(negotiate_match("a", "\"a\""));
	assert_false(negotiate_match("", "\"a\""));
	assert_false(negotiate_match(NULL, "\"a\""));
	assert_false(negotiate_match("*", ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_params),
		cmocka_unit_test(test_queries),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_encodings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
