/* Version-1 traces, written by hand: what comes first, what comes last, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

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

static void test_header_that_no_go_writes_is_refused(void **state)
{
	static const int minors[] = {12, 18, 20};
	struct limits lim = LIMITS_DEFAULT;

	(void)state;
	for (size_t i = 0; i < sizeof(minors) / sizeof(*minors); i++) {
		struct err e = ERR_INIT;
		struct source *src;
		char bytes[32];

		snprintf(bytes, sizeof(bytes), "go 1.%d trace", minors[i]);
		memset(bytes + 13, 0, 3);
		src = source_open_memory(bytes, 16, &e);
		assert_null(trace_open(src, &lim, &e));
		assert_int_equal(e.kind, ERR_VERSION);
		source_close(src);
	}
}

/* What exists when the trace begins: goroutine 1 starts it, 2 waits, 3 is in a system call, 4 could run. */
/* clang-format off */
#define LISTED \
	"go 1.21 trace\0\0\0\x41\x00\x05" \
	"\xcd\x04\x01\x01\x01\x00" /* GoCreate 1, stack 1 */ \
	"\xcd\x04\x01\x02\x02\x00" /* GoCreate 2, stack 2 */ \
	"\x5f\x01\x02"             /* GoWaiting 2 */ \
	"\xcd\x04\x01\x03\x00\x00" /* GoCreate 3 */ \
	"\x60\x01\x03"             /* GoInSyscall 3 */ \
	"\xcd\x04\x01\x04\x01\x00" /* GoCreate 4, stack 1 */ \
	"\x45\x01\x09"             /* ProcStart, thread 9 */ \
	"\x8e\x01\x01\x01"         /* GoStart 1 */
#define GOMAXPROCS "\x84\x01\x02\x00"         /* 2 */
#define LATER      "\xcd\x04\x01\x05\x01\x00" /* GoCreate 5 */
#define SECOND_P   "\x41\x01\x50\x45\x01\x08" /* batch of P 1: ProcStart, thread 8 */
#define TABLES \
	"\x25\x01\x09" "main.main" \
	"\x25\x02\x04" "f.go" \
	"\x25\x03\x0f" "runtime.bgsweep" \
	"\xc3\x06\x01\x01\x21\x01\x02\x03" /* stack 1: main.main */ \
	"\xc3\x06\x02\x01\x22\x03\x02\x04" /* stack 2: runtime.bgsweep */ \
	"\x02\x80\x94\xeb\xdc\x03"
/* clang-format on */

/* The trace's statuses, as text: resource, id, state, m, p, g, function. */
static void read_initial(const char *bytes, size_t n, char *text, size_t cap)
{
	struct limits lim = LIMITS_DEFAULT;
	struct err e = ERR_INIT;
	struct source *src = source_open_memory(bytes, n, &e);
	struct trace *tr = trace_open(src, &lim, &e);
	const struct initial_status *s;
	struct event ev;
	size_t n_statuses, i, len, at = 0;

	assert_non_null(tr);
	assert_int_equal(trace_next(tr, &ev, &e), 1);
	assert_int_equal(ev.kind, EVENT_SYNC);
	s = trace_initial(tr, &n_statuses);
	text[0] = '\0';
	for (i = 0; i < n_statuses; i++) {
		const char *func = trace_string(tr, s[i].start_func, &len);

		at += (size_t)snprintf(text + at, cap - at, "%c%d %d m%d p%d g%d %.*s%s\n",
			"-GPM"[s[i].resource], (int)s[i].id, s[i].state, (int)s[i].m, (int)s[i].p,
			(int)s[i].g, (int)len, func, s[i].is_system ? " system" : "");
		assert_true(at < cap);
	}
	trace_close(tr);
	source_close(src);
}

static void test_initial_is_what_comes_before_gomaxprocs(void **state)
{
	static const char bytes[] = LISTED GOMAXPROCS LATER SECOND_P TABLES;
	char text[1024], want[1024];

	(void)state;
	snprintf(want, sizeof(want),
		"G1 %d m9 p0 g-1 main.main\n"
		"G2 %d m-1 p-1 g-1 runtime.bgsweep system\n"
		"G3 %d m-1 p-1 g-1 \n"
		"G4 %d m-1 p-1 g-1 main.main\n"
		"P0 %d m9 p-1 g1 \n"
		"P1 %d m-1 p-1 g-1 \n"
		"M9 0 m-1 p0 g1 \n",
		GO_RUNNING, GO_WAITING, GO_SYSCALL, GO_RUNNABLE, PROC_RUNNING, PROC_IDLE);
	read_initial(bytes, sizeof(bytes) - 1, text, sizeof(text));
	assert_string_equal(text, want);
}

/* A file that was cut has the statuses without what stands at its end: names, and the number of Ps. */
static void test_initial_of_a_cut_trace_has_no_names(void **state)
{
	static const char bytes[] = LISTED;
	char text[1024], want[1024];

	(void)state;
	snprintf(want, sizeof(want),
		"G1 %d m9 p0 g-1 \n"
		"G2 %d m-1 p-1 g-1 \n"
		"G3 %d m-1 p-1 g-1 \n"
		"G4 %d m-1 p-1 g-1 \n"
		"P0 %d m9 p-1 g1 \n"
		"M9 0 m-1 p0 g1 \n",
		GO_RUNNING, GO_WAITING, GO_SYSCALL, GO_RUNNABLE, PROC_RUNNING);
	read_initial(bytes, sizeof(bytes) - 1, text, sizeof(text));
	assert_string_equal(text, want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_event_is_one_sync),
		cmocka_unit_test(test_futile_wakeup_means_nothing),
		cmocka_unit_test(test_cut_ends_with_a_sync),
		cmocka_unit_test(test_header_that_no_go_writes_is_refused),
		cmocka_unit_test(test_initial_is_what_comes_before_gomaxprocs),
		cmocka_unit_test(test_initial_of_a_cut_trace_has_no_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
