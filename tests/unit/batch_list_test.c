/* batch_list_test.c: lists of batches into pieces: combinations, ranges, ids, bounds, what is refused and where. */
#include "server/batch_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "parser/base/err.h"

/* The pieces as text: "G 19 0 1, ..." */
static const char *pieces_of(const char *list)
{
	static char text[8192];
	struct batch_piece at[BATCH_PIECES];
	struct err e = ERR_INIT;
	int i, n = batch_list_parse(list, at, &e);
	size_t len = 0;

	if (n < 0) {
		assert_int_equal(e.kind, ERR_USAGE);
		snprintf(text, sizeof(text), "bad at %" PRId64, e.offset);
		return text;
	}
	text[0] = '\0';
	for (i = 0; i < n; i++) {
		len += (size_t)snprintf(text + len, sizeof(text) - len,
			"%s%c%s%.*s %" PRIu64 " %" PRIu64, i ? ", " : "", at[i].what,
			at[i].ids ? ":" : "", (int)at[i].n_ids, at[i].ids ? at[i].ids : "",
			at[i].field[0], at[i].field[1]);
		if (strchr("PMGFAC", at[i].what))
			len += (size_t)snprintf(
				text + len, sizeof(text) - len, " %" PRIu64, at[i].field[2]);
	}
	return text;
}

static void test_pieces(void **state)
{
	static const char *const cases[][2] = {
		{"G.19.0.7", "G 19 0 7"},
		{"G.19.0-1.0-1", "G 19 0 0, G 19 0 1, G 19 1 0, G 19 1 1"},
		{"G.19.7,1-2.5", "G 19 7 5, G 19 1 5, G 19 2 5"},
		{"P.3.0.0;C.3.2.1;L.3.0", "P 3 0 0, C 3 2 1, L 3 0"},
		{"g.2.17-18;f.0.1", "g 2 17, g 2 18, f 0 1"},
		{"R:17,149.3.0;T.3.0;T:5.3.1", "R:17,149 3 0, T 3 0, T:5 3 1"},
		{"A.0.0.9223372036854775807", "A 0 0 9223372036854775807"},
		{"L.18-19.0", "L 18 0, L 19 0"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(pieces_of(cases[i][0]), cases[i][1]);
}

static void test_refused(void **state)
{
	static const char *const cases[][2] = {
		{"", "bad at 0"},
		{"G", "bad at 1"},
		{"X.1.1.1", "bad at 0"},
		{"G.1.1", "bad at 5"},
		{"G.1.1.1.1", "bad at 7"},
		{"L.1.1.1", "bad at 5"},
		{"G.1.1.1;", "bad at 8"},
		{"G.1.1.", "bad at 6"},
		{"G.1.1.01", "bad at 6"},
		{"G.1.1.-1", "bad at 6"},
		{"G.1.1.2-1", "bad at 9"},
		{"G.1.1.1,", "bad at 8"},
		{"G.1.1.1 ", "bad at 7"},
		{"G.1.1.9223372036854775808", "bad at 6"},
		{"G.1.1.99999999999999999999999999", "bad at 6"},
		{"G.1.1.0-9223372036854775807", "bad at 27"},
		{"G:1.1.1.1", "bad at 1"},
		{"R.1.1", "bad at 1"},
		{"R:.1.1", "bad at 2"},
		{"T:.1.1", "bad at 2"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(pieces_of(cases[i][0]), cases[i][1]);
}

static void test_bound(void **state)
{
	struct batch_piece at[BATCH_PIECES];
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(batch_list_parse("G.1.0-7.0-7", at, &e), BATCH_PIECES);
	assert_int_equal(batch_list_parse("L.1.0-62;L.2.0", at, &e), BATCH_PIECES);
	assert_string_equal(pieces_of("L.1.0-63;L.2.0"), "bad at 14");
	assert_string_equal(pieces_of("G.1.0-7.0-8"), "bad at 11");
	assert_string_equal(pieces_of("G.0-63.0-63.0-63"), "bad at 16");
	assert_string_equal(pieces_of("L.1.0-64"), "bad at 8");
	assert_string_equal(pieces_of("L.1.0-63,1"), "bad at 9");
}

static void test_long(void **state)
{
	(void)state;
	assert_true(batch_is_long('R') && batch_is_long('T'));
	assert_false(batch_is_long('G') || batch_is_long('L') || batch_is_long('g'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
