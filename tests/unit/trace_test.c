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
#include "small_trace.h"

static struct limits limits = LIMITS_DEFAULT;

static void write_trace(struct trace_writer *w, int minor, uint64_t n_generations)
{
	uint64_t gen;

	tw_header(w, minor);
	for (gen = 1; gen <= n_generations; gen++)
		write_generation(w, minor, gen);
}

/* A hash over all that an event says, chained; and how many there were. */
struct digest {
	uint64_t hash;
	size_t n_events;
	size_t n_syncs;
};

static void digest_of(const void *bytes, size_t n, struct digest *d, struct err *e)
{
	struct source *src = source_open_memory(bytes, n, e);
	struct trace *tr = src ? trace_open(src, &limits, e) : NULL;
	struct event ev;

	memset(d, 0, sizeof(*d));
	while (tr && trace_next(tr, &ev, e) > 0) {
		d->n_events++;
		d->n_syncs += ev.kind == EVENT_SYNC;
		d->hash = d->hash * 31 + (uint64_t)ev.time + ev.stack * 7u + ev.kind;
	}
	trace_close(tr);
	source_close(src);
	assert_int_equal(mem_used(), 0);
}

static void test_every_version_gives_the_same_events(void **state)
{
	static const int minors[] = {22, 23, 24, 25, 26, 27};
	struct digest d;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(minors) / sizeof(*minors); i++) {
		struct trace_writer w = {0};
		struct err e = ERR_INIT;

		write_trace(&w, minors[i], 3);
		digest_of(w.bytes, w.n, &d, &e);
		assert_int_equal(e.kind, ERR_NONE);
		assert_int_equal(d.n_syncs, 4);
		/* Goroutine 11 waits again, 10 runs: each generation starts as the last ended. */
		assert_int_equal(d.n_events, 3 * 9 + 4);
		tw_clear(&w);
	}
}

static void open_and_fail(const char *bytes, size_t n, enum err_kind kind)
{
	struct err e = ERR_INIT;
	struct digest d;

	digest_of(bytes, n, &d, &e);
	assert_int_equal(e.kind, kind);
	assert_int_equal(d.n_events, 0);
}

static void test_what_is_no_trace_is_named(void **state)
{
	(void)state;
	open_and_fail("", 0, ERR_FORMAT);
	open_and_fail("\x1f\x8b\x08", 3, ERR_FORMAT);
	open_and_fail("go 1.26 trace\0\0", 15, ERR_FORMAT);
	open_and_fail("go 1.2x trace\0\0", 16, ERR_FORMAT);
	open_and_fail("go 1.10 trace\0\0", 16, ERR_VERSION);
}

/* Whole generations before a cut come out as from the whole trace; the cut is reported. */
static void test_every_truncation_keeps_whole_generations(void **state)
{
	struct trace_writer w = {0};
	size_t n, one = 0, two = 0;

	(void)state;
	tw_header(&w, 26);
	write_generation(&w, 26, 1);
	one = w.n;
	write_generation(&w, 26, 2);
	two = w.n;
	limits.stops_at_damage = true;
	for (n = 16; n <= two; n++) {
		struct err e = ERR_INIT;
		struct digest d;

		digest_of(w.bytes, n, &d, &e);
		assert_int_equal(d.n_events, n < one ? 1 : n < two ? 11 : 21);
		assert_int_equal(
			e.kind, n == 16 || n == one || n == two ? ERR_NONE : ERR_TRUNCATED);
	}
	limits.stops_at_damage = false;
	tw_clear(&w);
}

static void test_every_failed_allocation_is_an_error(void **state)
{
	struct trace_writer w = {0};
	struct err e;
	struct digest d;
	long k;

	(void)state;
	write_trace(&w, 26, 2);
	for (k = 1; k < 10000; k++) {
		err_clear(&e);
		mem_fail_nth(k, 0);
		digest_of(w.bytes, w.n, &d, &e);
		if (mem_calls() < k)
			break;
		assert_int_equal(e.kind, ERR_MEMORY);
	}
	mem_fail_nth(0, 0);
	assert_int_equal(e.kind, ERR_NONE);
	assert_true(k > 10 && k < 10000);
	tw_clear(&w);
}

static void test_ids_of_strings_and_stacks_span_generations(void **state)
{
	struct trace_writer w = {0};
	struct err e = ERR_INIT;
	struct source *src;
	struct trace *tr;
	struct event ev;
	const struct trace_frame *f;
	size_t n;

	(void)state;
	write_trace(&w, 26, 3);
	src = source_open_memory(w.bytes, w.n, &e);
	tr = trace_open(src, &limits, &e);
	while (trace_next(tr, &ev, &e) > 0)
		;
	assert_int_equal(e.kind, ERR_NONE);
	assert_int_equal(trace_n_strings(tr), 2);
	assert_int_equal(trace_n_stacks(tr), 1);
	f = trace_stack(tr, 1, &n);
	assert_int_equal(n, 1);
	assert_int_equal(f->pc, 0xabc);
	assert_memory_equal(trace_string(tr, f->func, &n), "runtime.g", 9);
	assert_int_equal(n, 9);
	assert_string_equal(trace_string(tr, 77, &n), "");
	assert_int_equal(trace_generation(tr), 3);
	assert_int_equal(trace_bytes_read(tr), w.n);
	assert_true(trace_ns_per_tick(tr) == 1.0);
	trace_close(tr);
	source_close(src);
	tw_clear(&w);
}

/* Progress when the k-th event is given; returns how many there are. */
static uint64_t progress_at(const char *path, uint64_t k, double *share)
{
	struct err e = ERR_INIT;
	struct source *src = source_open_file(path, &e);
	struct trace *tr = src ? trace_open(src, &limits, &e) : NULL;
	int64_t done = 0, before = 0, total = 0;
	struct event ev;
	uint64_t n = 0;

	while (tr && trace_next(tr, &ev, &e) > 0) {
		trace_progress(tr, &done, &total);
		assert_true(done >= before && done <= total);
		before = done;
		if (++n == k)
			*share = (double)done / (double)total;
	}
	assert_int_equal(e.kind, ERR_NONE);
	assert_int_equal(done, total);
	trace_close(tr);
	source_close(src);
	return n;
}

/* Of one generation and of an old format, which are read as a whole first: what is ordered counts. */
static void test_progress_is_that_of_the_events(void **state)
{
	static const char *const paths[] = {"tests/traces/good/go1.26-gc.trace",
		"tests/traces/good/demo.trace", "tests/traces/good/go1.21-mix.trace"};

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		double share = 0;
		uint64_t n = progress_at(paths[i], 0, &share);

		progress_at(paths[i], n / 2, &share);
		if (share < 0.3 || share > 0.8)
			fail_msg("%s: %.3f", paths[i], share);
	}
}

static void test_initial_statuses_are_told_at_the_first_sync(void **state)
{
	struct trace_writer w = {0};
	struct err e = ERR_INIT;
	const struct initial_status *st;
	struct source *src;
	struct trace *tr;
	struct event ev;
	size_t n, len;

	(void)state;
	write_trace(&w, 26, 2);
	src = source_open_memory(w.bytes, w.n, &e);
	tr = trace_open(src, &limits, &e);
	assert_int_equal(trace_next(tr, &ev, &e), 1);
	st = trace_initial(tr, &n);
	assert_int_equal(n, 4); /* goroutines 10 and 11, proc 0, thread 1 */
	assert_int_equal(st[0].resource, RESOURCE_GOROUTINE);
	assert_int_equal(st[0].id, 10);
	assert_int_equal(st[0].state, GO_RUNNING);
	assert_int_equal(st[0].m, 1);
	assert_int_equal(st[0].p, 0);
	assert_memory_equal(trace_string(tr, st[0].start_func, &len), "runtime.g", 9);
	assert_true(st[0].is_system);
	assert_int_equal(st[1].id, 11);
	assert_int_equal(st[1].state, GO_WAITING);
	assert_int_equal(st[1].m, NO_ID);
	assert_int_equal(st[2].resource, RESOURCE_PROC);
	assert_int_equal(st[2].state, PROC_RUNNING);
	assert_int_equal(st[2].g, 10);
	assert_int_equal(st[3].resource, RESOURCE_THREAD);
	assert_int_equal(st[3].g, 10);
	assert_int_equal(st[3].p, 0);
	while (trace_next(tr, &ev, &e) > 0) {
		if (ev.kind == EVENT_SYNC) {
			trace_initial(tr, &n);
			assert_int_equal(n, 0); /* all are known by now */
		}
	}
	trace_close(tr);
	source_close(src);
	tw_clear(&w);
}

/* Go 1.27 may write events we do not know: the batch is left at the first of them. */
static void test_unknown_events_of_newer_versions_are_skipped(void **state)
{
	struct trace_writer w = {0};
	struct err e = ERR_INIT;
	struct source *src;
	struct trace *tr;
	struct event ev;
	int n = 0;

	(void)state;
	tw_header(&w, 27);
	tw_batch(&w, 1, 1, 100);
	TW(&w, EV_PROC_STATUS, 0, 0, 1);
	TW(&w, 99, 1, 2, 3);
	tw_end(&w);
	tw_batch(&w, 1, 1, 200);
	TW(&w, EV_PROC_STOP, 1);
	tw_end(&w);
	tw_batch(&w, 1, 1, 200);
	tw_byte(&w, 98);
	tw_end(&w);
	tw_clock(&w, 27, 1, SMALL_TRACE_HZ);
	tw_end_generation(&w);
	src = source_open_memory(w.bytes, w.n, &e);
	tr = trace_open(src, &limits, &e);
	while (trace_next(tr, &ev, &e) > 0)
		n++;
	assert_int_equal(e.kind, ERR_NONE);
	assert_int_equal(n, 4); /* Sync, status, stop, Sync */
	assert_int_equal(trace_n_skipped(tr), 2);
	trace_close(tr);
	source_close(src);
	tw_clear(&w);
}

static void test_silly_clocks_are_refused(void **state)
{
	static const uint64_t hz[] = {0, UINT64_C(1000000000001), UINT64_MAX};
	struct digest d;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(hz) / sizeof(*hz); i++) {
		struct trace_writer w = {0};
		struct err e = ERR_INIT;

		tw_header(&w, 26);
		tw_batch(&w, 1, 1, 100);
		TW(&w, EV_PROC_STATUS, 0, 0, 1);
		tw_end(&w);
		tw_clock(&w, 26, 1, hz[i]);
		tw_end_generation(&w);
		digest_of(w.bytes, w.n, &d, &e);
		assert_int_equal(e.kind, ERR_DAMAGED);
		tw_clear(&w);
	}
}

/* The reader fails with `kind`, at a byte that it names, and keeps saying so. */
static void fail_for_good(const struct trace_writer *w, enum err_kind kind, const char *words)
{
	struct err e = ERR_INIT, again = ERR_INIT;
	struct source *src = source_open_memory(w->bytes, w->n, &e);
	struct trace *tr = trace_open(src, &limits, &e);
	struct event ev;

	assert_non_null(tr);
	while (trace_next(tr, &ev, &e) > 0)
		;
	assert_int_equal(e.kind, kind);
	assert_true(e.offset > 0);
	assert_non_null(strstr(e.msg, words));
	assert_int_equal(trace_next(tr, &ev, &again), -1);
	assert_string_equal(again.msg, e.msg);
	trace_close(tr);
	source_close(src);
}

static void test_a_generation_beyond_the_span_stays_refused(void **state)
{
	struct trace_writer w = {0};

	(void)state;
	write_trace(&w, 26, 1);
	write_generation(&w, 26, 10000000000000);
	fail_for_good(&w, ERR_DAMAGED, "104 days");
	tw_clear(&w);
}

/* Up to Go 1.25 nothing marks the end of a generation; what lacks its clock was cut off. */
static void test_a_cut_before_the_clock_is_a_cut(void **state)
{
	struct trace_writer w = {0};

	(void)state;
	write_trace(&w, 22, 1);
	tw_batch(&w, 2, 1, 2000);
	TW(&w, EV_PROC_STATUS, 0, 0, 1);
	tw_end(&w);
	fail_for_good(&w, ERR_TRUNCATED, "generation 2");
	tw_raw(&w, "\1\2\1\0\5a", 6);
	fail_for_good(&w, ERR_TRUNCATED, "generation 2");
	tw_clear(&w);
}

static void test_an_id_twice_is_refused(void **state)
{
	struct trace_writer w = {0};
	int id;

	(void)state;
	for (id = 0; id <= 1; id++) {
		write_trace(&w, 22, 1);
		tw_batch(&w, 1, 1, 1000);
		tw_byte(&w, EV_STACKS);
		tw_stack(&w, (uint64_t)id, 0xabc, 1, 1);
		tw_end(&w);
		fail_for_good(&w, ERR_DAMAGED, "Cannot read stacks");
		tw_clear(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_version_gives_the_same_events),
		cmocka_unit_test(test_what_is_no_trace_is_named),
		cmocka_unit_test(test_every_truncation_keeps_whole_generations),
		cmocka_unit_test(test_every_failed_allocation_is_an_error),
		cmocka_unit_test(test_ids_of_strings_and_stacks_span_generations),
		cmocka_unit_test(test_progress_is_that_of_the_events),
		cmocka_unit_test(test_initial_statuses_are_told_at_the_first_sync),
		cmocka_unit_test(test_unknown_events_of_newer_versions_are_skipped),
		cmocka_unit_test(test_silly_clocks_are_refused),
		cmocka_unit_test(test_a_generation_beyond_the_span_stays_refused),
		cmocka_unit_test(test_a_cut_before_the_clock_is_a_cut),
		cmocka_unit_test(test_an_id_twice_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
