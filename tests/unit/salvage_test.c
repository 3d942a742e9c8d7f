/* salvage_test.c — what is kept of damaged traces: nothing that was not recorded, and all that stands apart from the damage.
 *
 * SALVAGE_STEP=1 cuts and damages at every byte; else at every so many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/base/vec.h"
#include "parser/event.h"
#include "parser/interval.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "parser/trace.h"
#include "salvage_reading.h"
#include "small_trace.h"

static const char *const calm[] = {"tests/traces/good/go1.22-calm.trace",
	"tests/traces/good/go1.23-calm.trace", "tests/traces/good/go1.25-calm.trace",
	"tests/traces/good/go1.26-calm.trace"};

/* ---- files ---- */

struct file {
	uint8_t *bytes;
	size_t n;
	struct reading whole;
};

static void open_file(struct file *f, const char *path)
{
	FILE *in = fopen(path, "rb");
	long size = -1;

	memset(f, 0, sizeof(*f));
	if (!in)
		fail_msg("Cannot open %s", path);
	if (fseek(in, 0, SEEK_END) == 0)
		size = ftell(in);
	assert_true(size > 0);
	rewind(in);
	f->n = (size_t)size;
	f->bytes = malloc(f->n);
	assert_int_equal(fread(f->bytes, 1, f->n, in), f->n);
	fclose(in);
	read_bytes(&f->whole, f->bytes, f->n);
	assert_int_equal(f->whole.e.kind, ERR_NONE);
}

static void close_file(struct file *f)
{
	clear(&f->whole);
	free(f->bytes);
}

static size_t step(size_t usual)
{
	const char *s = getenv("SALVAGE_STEP");

	return s ? (size_t)strtoul(s, NULL, 10) : usual;
}

static void test_every_cut_keeps_what_stands_before_it(void **state)
{
	struct reading r = {0};
	size_t i, k, n, saved = 0;

	(void)state;
	for (i = 0; i < sizeof(calm) / sizeof(*calm); i++) {
		struct file f;

		open_file(&f, calm[i]);
		for (n = 16; n < f.n; n += step(997)) {
			read_bytes(&r, f.bytes, n);
			check_gaps(&r, n);
			for (k = 0; k + 1 < r.parts.n; k++) { /* the last one is the last Sync */
				bool whole = same_part(&f.whole, k, &r, k);

				if (!whole &&
					!(k + 2 == r.parts.n && is_part_of(&f.whole, k, &r, k)))
					fail_msg("%s cut at %zu: generation %zu", calm[i], n, k);
			}
			saved += r.said.n;
		}
		close_file(&f);
	}
	assert_true(saved > 0);
	clear(&r);
}

/* One byte of one generation is turned: the others come out whole, and the gap is told. */
static void test_one_bad_byte_costs_one_generation(void **state)
{
	struct reading r = {0};
	size_t i, k, n, other, n_bytes = 0, n_bad = 0;

	(void)state;
	for (i = 0; i < sizeof(calm) / sizeof(*calm); i++) {
		struct file f;

		open_file(&f, calm[i]);
		for (n = 16; n < f.n; n += step(997)) {
			size_t bad = 0, lost = 0;

			f.bytes[n] ^= 0xff;
			read_bytes(&r, f.bytes, f.n);
			f.bytes[n] ^= 0xff;
			check_gaps(&r, f.n);
			for (k = 0; k + 1 < f.whole.parts.n; k++) {
				for (other = 0; other + 1 < r.parts.n &&
					r.parts.at[other].number != f.whole.parts.at[k].number;)
					other++;
				bad += other + 1 >= r.parts.n || !same_part(&f.whole, k, &r, other);
				lost += other + 1 >= r.parts.n;
			}
			n_bytes++;
			n_bad += bad > 1;
			if (bad > 1)
				print_message(
					"%s, bad byte %zu: %zu generations differ, %zu are gone: "
					"%s",
					calm[i], n, bad, lost, r.e.msg);
		}
		close_file(&f);
	}
	/* What a record says wrong, and no rule forbids, may come out a generation later. */
	if (n_bad * 1000 > n_bytes)
		fail_msg("%zu of %zu bad bytes cost more than one generation", n_bad, n_bytes);
	clear(&r);
}

/* ---- one kind of damage each ---- */

/* Four generations, of the second of which `parts` are told. */
static struct parts write_four(struct trace_writer *w, int minor)
{
	struct parts second;

	tw_header(w, minor);
	write_generation(w, minor, 1);
	second = write_generation(w, minor, 2);
	write_generation(w, minor, 3);
	write_generation(w, minor, 4);
	return second;
}

/* How many records each generation gives, and behind which gap it stands. */
static void expect(const struct reading *r, size_t n, const size_t records[], const uint32_t gaps[])
{
	size_t i;

	assert_int_equal(r->parts.n, n + 1);
	for (i = 0; i < n; i++) {
		assert_int_equal(r->parts.at[i].n, records[i]);
		assert_int_equal(r->parts.at[i].gap, gaps[i]);
	}
}

static void test_a_bad_header_costs_what_stands_behind_it(void **state)
{
	static const int minors[] = {22, 25, 26};
	struct reading r = {0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(minors) / sizeof(*minors); i++) {
		struct trace_writer w = {0};
		struct parts second = write_four(&w, minors[i]);

		w.bytes[second.strings] = 0x77;
		read_bytes(&r, w.bytes, w.n);
		check_gaps(&r, w.n);
		expect(&r, 4, (size_t[]){9, 9, 9, 9}, (uint32_t[]){0, 0, 1, 0});
		assert_int_equal(r.gaps.n, 1);
		assert_int_equal(r.gaps.at[0].first_byte, second.strings);
		assert_int_equal(r.gaps.at[0].first_gen, 2);
		assert_int_equal(r.gaps.at[0].last_gen, 2);
		tw_clear(&w);
	}
	clear(&r);
}

static void test_a_bad_first_header_costs_the_generation(void **state)
{
	struct trace_writer w = {0};
	struct parts second = write_four(&w, 26);
	struct reading r = {0};

	(void)state;
	w.bytes[second.events] = 0x77;
	read_bytes(&r, w.bytes, w.n);
	check_gaps(&r, w.n);
	expect(&r, 3, (size_t[]){9, 9, 9}, (uint32_t[]){0, 1, 0});
	assert_int_equal(r.parts.at[1].number, 3);
	tw_clear(&w);
	clear(&r);
}

static void test_a_bad_table_costs_names_alone(void **state)
{
	struct trace_writer w = {0};
	struct parts second = write_four(&w, 26);
	struct reading r = {0};

	(void)state;
	w.bytes[second.stacks + 7] = 0x77; /* where a stack should begin */
	read_bytes(&r, w.bytes, w.n);
	check_gaps(&r, w.n);
	expect(&r, 4, (size_t[]){9, 9, 9, 9}, (uint32_t[]){0, 0, 0, 0});
	assert_int_equal(r.gaps.n, 1);
	assert_false(r.gaps.at[0].is_break);
	assert_int_equal(r.gaps.at[0].n_unordered, 0);
	tw_clear(&w);
	clear(&r);
}

static void test_a_lost_end_mark_loses_nothing_else(void **state)
{
	struct trace_writer w = {0};
	struct parts second = write_four(&w, 26);
	struct reading r = {0};

	(void)state;
	w.bytes[second.end] = 0x77;
	read_bytes(&r, w.bytes, w.n);
	check_gaps(&r, w.n);
	expect(&r, 4, (size_t[]){9, 9, 9, 9}, (uint32_t[]){0, 0, 1, 0});
	tw_clear(&w);
	clear(&r);
}

static void test_a_bad_record_ends_its_thread(void **state)
{
	struct trace_writer w = {0};
	struct parts second = write_four(&w, 26);
	struct reading r = {0};

	(void)state;
	w.bytes[second.strings - 4] = EV_STRINGS; /* the last record: GoStart */
	read_bytes(&r, w.bytes, w.n);
	check_gaps(&r, w.n);
	expect(&r, 4, (size_t[]){9, 8, 9, 9}, (uint32_t[]){0, 0, 1, 0});
	assert_true(r.gaps.at[0].is_break);
	tw_clear(&w);
	clear(&r);
}

/* The text that stands in for what the tables would have said, and the clock that is assumed. */
static void test_what_an_unfinished_generation_lacks_is_said(void **state)
{
	static const char said[] = "no stack recorded: the trace ends before its tables";
	struct trace_writer w = {0};
	struct err e = ERR_INIT;
	const struct trace_frame *f;
	struct source *src;
	struct trace *tr;
	struct event ev;
	size_t n, n_said = 0;
	struct parts p;

	(void)state;
	tw_header(&w, 22);
	p = write_generation(&w, 22, 1);
	src = source_open_memory(w.bytes, p.strings, &e);
	tr = trace_open(src, &limits, &e);
	while (trace_next(tr, &ev, &e) > 0) {
		f = trace_stack(tr, ev.stack, &n);
		if (n == 0)
			continue;
		assert_int_equal(n, 1);
		assert_memory_equal(trace_string(tr, f->func, &n), said, sizeof(said) - 1);
		n_said++;
	}
	assert_int_equal(n_said, 4);
	assert_int_equal(e.kind, ERR_TRUNCATED);
	assert_non_null(strstr(e.msg, "64 ns a tick are assumed"));
	assert_true(trace_ns_per_tick(tr) == 64.0);
	trace_close(tr);
	source_close(src);
	tw_clear(&w);
}

/* What a record waits for lies in a batch that was never written. */
static void test_lost_causes_are_presumed(void **state)
{
	struct trace_writer w = {0};
	struct reading r = {0};

	(void)state;
	tw_header(&w, 26);
	tw_clock(&w, 26, 1, SMALL_TRACE_HZ);
	tw_batch(&w, 1, 1, 1000);
	TW(&w, EV_PROC_STATUS, 0, 0, 1);
	TW(&w, EV_GO_STATUS, 0, 10, UINT64_MAX, 4);
	TW(&w, EV_GO_START, 5, 10, 2); /* its unblocking is lost */
	TW(&w, EV_GO_BLOCK, 5, 0, 0);
	TW(&w, EV_GO_START, 5, 77, 4); /* never heard of */
	tw_end(&w);
	read_bytes(&r, w.bytes, w.n);
	expect(&r, 1, (size_t[]){5}, (uint32_t[]){0});
	assert_int_equal(r.e.kind, ERR_TRUNCATED);
	tw_end_generation(&w); /* a complete generation lost nothing: damage */
	read_bytes(&r, w.bytes, w.n);
	expect(&r, 1, (size_t[]){2}, (uint32_t[]){0});
	assert_int_equal(r.e.kind, ERR_DAMAGED);
	assert_int_equal(r.gaps.at[0].n_unordered, 3);
	tw_clear(&w);
	clear(&r);
}

static void test_gaps_beyond_the_limit_are_told_as_one(void **state)
{
	struct trace_writer w = {0};
	struct limits few = limits;
	struct err e = ERR_INIT;
	const struct trace_gap *gaps;
	struct source *src;
	struct trace *tr;
	struct event ev;
	uint64_t gen;
	size_t n;

	(void)state;
	tw_header(&w, 26);
	for (gen = 1; gen <= 20; gen++) {
		struct parts p = write_generation(&w, 26, gen);

		w.bytes[p.strings - 4] = EV_STRINGS;
	}
	few.gaps = 5;
	src = source_open_memory(w.bytes, w.n, &e);
	tr = trace_open(src, &few, &e);
	while (trace_next(tr, &ev, &e) > 0)
		;
	gaps = trace_gaps(tr, &n);
	assert_int_equal(n, 5);
	assert_int_equal(gaps[3].last_gen, 4);
	assert_int_equal(gaps[4].first_gen, 5);
	assert_int_equal(gaps[4].last_gen, 20);
	assert_non_null(strstr(e.msg, "the first of 20 gaps"));
	trace_close(tr);
	source_close(src);
	tw_clear(&w);
}

/* Goroutines 10 and 11 live on behind the gap, 101 and 102 are not listed there any more. */
static void test_no_state_is_carried_over_a_gap(void **state)
{
	struct trace_writer w = {0};
	struct parts second = write_four(&w, 26);
	struct err e = ERR_INIT;
	struct source *src;
	struct trace *tr;
	struct interval *iv;
	const struct change *c;
	size_t n_unknown = 0, n_gone = 0, n_born = 0;

	(void)state;
	w.bytes[second.strings - 4] = EV_STRINGS;
	src = source_open_memory(w.bytes, w.n, &e);
	tr = trace_open(src, &limits, &e);
	iv = interval_create(tr, &e);
	while (interval_next(iv, &c, &e) > 0) {
		bool is_state = c->lane == LANE_GOROUTINE && c->kind == CHANGE_STATE;

		n_born += c->kind == CHANGE_BORN;
		n_unknown += is_state && c->state == STATE_UNKNOWN;
		n_gone += c->kind == CHANGE_GONE;
		if (c->kind == CHANGE_GONE) {
			assert_true(c->id == 101 || c->id == 102);
			assert_int_equal(c->clock_ns, 1); /* of the Sync: the clock batch's */
		}
	}
	assert_int_equal(n_born, 6);
	assert_int_equal(n_unknown, 4);
	assert_int_equal(n_gone, 2);
	interval_destroy(iv);
	trace_close(tr);
	source_close(src);
	assert_int_equal(mem_used(), 0);
	tw_clear(&w);
}

static void test_every_failed_allocation_is_an_error(void **state)
{
	struct trace_writer w = {0};
	struct parts second = write_four(&w, 26);
	struct err e = ERR_INIT;
	long k;

	(void)state;
	w.bytes[second.strings] = 0x77;
	for (k = 1; k < 10000; k++) {
		struct source *src;
		struct trace *tr;
		struct event ev;

		err_clear(&e);
		mem_fail_nth(k, 0);
		src = source_open_memory(w.bytes, w.n, &e);
		tr = src ? trace_open(src, &limits, &e) : NULL;
		while (tr && trace_next(tr, &ev, &e) > 0)
			;
		trace_close(tr);
		source_close(src);
		if (mem_calls() < k)
			break;
		assert_int_equal(e.kind, ERR_MEMORY);
	}
	mem_fail_nth(0, 0);
	assert_int_equal(e.kind, ERR_DAMAGED);
	assert_true(k > 10 && k < 10000);
	assert_int_equal(mem_used(), 0);
	tw_clear(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_cut_keeps_what_stands_before_it),
		cmocka_unit_test(test_one_bad_byte_costs_one_generation),
		cmocka_unit_test(test_a_bad_header_costs_what_stands_behind_it),
		cmocka_unit_test(test_a_bad_first_header_costs_the_generation),
		cmocka_unit_test(test_a_bad_table_costs_names_alone),
		cmocka_unit_test(test_a_lost_end_mark_loses_nothing_else),
		cmocka_unit_test(test_a_bad_record_ends_its_thread),
		cmocka_unit_test(test_what_an_unfinished_generation_lacks_is_said),
		cmocka_unit_test(test_lost_causes_are_presumed),
		cmocka_unit_test(test_gaps_beyond_the_limit_are_told_as_one),
		cmocka_unit_test(test_no_state_is_carried_over_a_gap),
		cmocka_unit_test(test_every_failed_allocation_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
