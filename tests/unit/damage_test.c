/* Traces that each break one rule of Go's reader: which error, at which byte, in which words.
 *
 * One row is one trace, in the language of trace_script.h; the error is told at its mark `!`, or where the row says. The last column is what Go 1.26's own reader makes of it: tests/e2e/verdict.sh
 * asks it again, of `damage_test --write=DIR`. Where Go takes what we refuse, or the other way round, the row says why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/event.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "parser/trace.h"
#include "tests/unit/damage_table.h"
#include "tests/unit/trace_script.h"
#include "tests/unit/trace_writer.h"

#define MESSAGE_BYTES 900

/* Read it, as Go does, up to its damage; *e is how it ended. */
static void read_all(const struct trace_writer *w, struct err *e)
{
	struct limits lim = LIMITS_DEFAULT;
	struct source *src = source_open_memory(w->bytes, w->n, e);
	struct trace *tr;
	struct event ev;

	lim.stops_at_damage = true;
	tr = src ? trace_open(src, &lim, e) : NULL;
	while (tr && trace_next(tr, &ev, e) > 0)
		;
	trace_close(tr);
	source_close(src);
}

/* 0, or 1 and what differs. */
static int differs(const struct damage *d, const struct err *e, int64_t mark, char *why)
{
	int64_t at = (const int64_t[]){mark, 0, 16, -1}[d->at];

	if (e->kind == d->kind && (d->kind == ERR_NONE || e->offset == at) &&
		strstr(e->msg, d->words))
		return 0;
	snprintf(why, MESSAGE_BYTES,
		"%s: expected %s at byte %lld, \"%s\"; got %s at byte %lld, \"%s\"", d->name,
		err_kind_name(d->kind), (long long)at, d->words, err_kind_name(e->kind),
		(long long)e->offset, e->msg);
	return 1;
}

static void test_each_damage_is_named_where_it_is(void **state)
{
	char why[MESSAGE_BYTES];
	size_t i, n_wrong = 0;

	(void)state;
	for (i = 0; i < damage_n; i++) {
		struct trace_writer w = {0};
		struct err e = ERR_INIT;
		int64_t mark;

		trace_script(&w, damage_table[i].minor, damage_table[i].script, &mark);
		read_all(&w, &e);
		assert_int_equal(mem_used(), 0);
		if (differs(&damage_table[i], &e, mark, why)) {
			print_error("%s\n", why);
			n_wrong++;
		}
		tw_clear(&w);
	}
	assert_int_equal(n_wrong, 0);
	assert_true(damage_n >= 60);
}

/* DIR/ROW.trace for each row, and on stdout: row, what Go says of it, name. */
static int write_all(const char *dir)
{
	size_t i;

	for (i = 0; i < damage_n; i++) {
		struct trace_writer w = {0};
		char path[4096];
		int64_t mark;
		FILE *f;

		trace_script(&w, damage_table[i].minor, damage_table[i].script, &mark);
		snprintf(path, sizeof(path), "%s/%zu.trace", dir, i);
		f = fopen(path, "wb");
		if (!f || (w.n > 0 && fwrite(w.bytes, 1, w.n, f) != w.n) || fclose(f) != 0) {
			perror(path);
			return 2;
		}
		tw_clear(&w);
		printf("%zu %s %s\n", i, damage_table[i].go == GO_GOOD ? "good" : "bad",
			damage_table[i].name);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_damage_is_named_where_it_is),
	};

	if (argc == 2 && strncmp(argv[1], "--write=", 8) == 0)
		return write_all(argv[1] + 8);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
