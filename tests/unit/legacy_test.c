/* Version-1 traces, written by hand: what comes first, what comes last, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parser/base/err.h"
#include "parser/event.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "parser/trace.h"

/* Header, a batch of P 0 at tick 5, a clock of 1 GHz. */
#define BEGIN "go 1.21 trace\0\0\0\x41\x00\x05\x02\x80\x94\xeb\xdc\x03"

/* Reads all: the kind of the error, the number of Syncs, the last time. */
static enum err_kind read_all(const char *bytes, size_t n, unsigned *n_syncs, int64_t *time)
{
	struct limits lim = LIMITS_DEFAULT;
	struct err e = ERR_INIT;
	struct source *src = source_open_memory(bytes, n, &e);
	struct trace *tr = trace_open(src, &lim, &e);
	struct event ev;

	*n_syncs = 0;
	*time = INT64_MIN;
	assert_non_null(tr);
	while (trace_next(tr, &ev, &e) > 0) {
		*n_syncs += ev.kind == EVENT_SYNC;
		*time = ev.time;
	}
	trace_close(tr);
	source_close(src);
	return e.kind;
}

static void test_no_event_is_one_sync(void **state)
{
	static const char bytes[] = BEGIN;
	unsigned n;
	int64_t time;

	(void)state;
	assert_int_equal(read_all(bytes, sizeof(bytes) - 1, &n, &time), ERR_NONE);
	assert_int_equal(n, 1);
	assert_int_equal(time, 0);
}

static void test_futile_wakeup_means_nothing(void **state)
{
	static const char bytes[] = BEGIN "\x24\x01";
	unsigned n;
	int64_t time;

	(void)state;
	assert_int_equal(read_all(bytes, sizeof(bytes) - 1, &n, &time), ERR_DAMAGED);
	assert_int_equal(n, 1);
	assert_int_equal(time, -1);
}

static void test_cut_ends_with_a_sync(void **state)
{
	static const char bytes[] = "go 1.21 trace\0\0\0\x41\x00\x05\x61\x01\x07\x61";
	unsigned n;
	int64_t time;

	(void)state;
	assert_int_equal(read_all(bytes, sizeof(bytes) - 1, &n, &time), ERR_TRUNCATED);
	assert_int_equal(n, 2);
	assert_int_equal(time, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_event_is_one_sync),
		cmocka_unit_test(test_futile_wakeup_means_nothing),
		cmocka_unit_test(test_cut_ends_with_a_sync),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
