#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/batch.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "trace_writer.h"

static const struct limits limits = LIMITS_DEFAULT;

/* Read all batches of `bytes`: how many, and the error that ends them. */
static int read_all(const void *bytes, size_t n, int minor, struct err *e)
{
	struct source *src = source_open_memory(bytes, n, e);
	struct batch_reader r;
	struct batch b;
	int count = 0, rc;

	assert_non_null(src);
	assert_int_equal(batch_reader_init(&r, src, &limits, minor, e), 0);
	while ((rc = batch_next(&r, &b, e)) > 0)
		count++;
	if (rc < 0) { /* and again: the error is sticky */
		struct err again = ERR_INIT;

		assert_int_equal(batch_next(&r, &b, &again), -1);
		assert_int_equal(again.offset, e->offset);
	}
	batch_reader_clear(&r);
	source_close(src);
	assert_int_equal(mem_used(), 0);
	return count;
}

static void expect(const char *bytes, size_t n, int count, enum err_kind kind, int64_t offset)
{
	struct err e = ERR_INIT;

	assert_int_equal(read_all(bytes, n, 26, &e), count);
	assert_int_equal(e.kind, kind);
	assert_int_equal(e.offset, offset);
}

static void test_framing_errors_name_their_byte(void **state)
{
	(void)state;
	expect("", 0, 0, ERR_NONE, -1);
	expect("\x01\x01\x02\x03\x00", 5, 1, ERR_NONE, -1);
	expect("\x01\x01\x02\x03\x00\x09", 6, 1, ERR_DAMAGED, 5);     /* no batch */
	expect("\x01\x01\x02\x03\x05xx", 7, 0, ERR_TRUNCATED, 7);     /* data cut off */
	expect("\x01\x01\x82", 3, 0, ERR_TRUNCATED, 2);               /* number cut off */
	expect("\x01\x01\x02", 3, 0, ERR_TRUNCATED, 3);               /* no time */
	expect("\x31", 1, 0, ERR_TRUNCATED, 1);                       /* no experiment */
	expect("\x01\x01\x02\x03\x81\x80\x04", 7, 0, ERR_DAMAGED, 7); /* size 65,537 */
	expect("\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02\x00\x00\x00", 14, 0, ERR_DAMAGED, 1);
}

static void test_kinds_follow_the_first_byte_and_the_version(void **state)
{
	static const struct {
		int minor;
		uint8_t first;
		enum batch_kind kind;
	} cases[] = {
		{22, EV_STRINGS, BATCH_STRINGS},
		{22, EV_STACKS, BATCH_STACKS},
		{22, EV_CPU_SAMPLES, BATCH_CPU_SAMPLES},
		{22, EV_FREQUENCY, BATCH_SYNC},
		{23, EV_FREQUENCY, BATCH_SYNC},
		{25, EV_FREQUENCY, BATCH_EVENTS},
		{25, EV_SYNC, BATCH_SYNC},
		{23, EV_SYNC, BATCH_EVENTS},
		{26, EV_GO_START, BATCH_EVENTS},
		{26, 99, BATCH_EVENTS},
		{27, 99, BATCH_UNKNOWN},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t bytes[] = {1, 1, 2, 3, 1, cases[i].first};
		struct err e = ERR_INIT;
		struct source *src = source_open_memory(bytes, sizeof(bytes), &e);
		struct batch_reader r;
		struct batch b;

		assert_int_equal(batch_reader_init(&r, src, &limits, cases[i].minor, &e), 0);
		assert_int_equal(batch_next(&r, &b, &e), 1);
		assert_int_equal(b.kind, cases[i].kind);
		assert_int_equal(b.generation, 1);
		assert_int_equal(b.m, 2);
		assert_int_equal(b.time, 3);
		assert_int_equal(b.start, 0);
		assert_int_equal(b.offset, 5);
		batch_unread(&r);
		assert_int_equal(batch_next(&r, &b, &e), 1);
		assert_int_equal(b.size, 1);
		assert_int_equal(batch_next(&r, &b, &e), 0);
		batch_reader_clear(&r);
		source_close(src);
	}
}

/* Larger than any block: what lies across a block's end is read like the rest. */
static void test_batches_cross_blocks(void **state)
{
	struct trace_writer w = {0};
	struct err e = ERR_INIT;
	struct source *src;
	struct batch_reader r;
	struct batch b;
	uint64_t i;
	int64_t end = 0;

	(void)state;
	for (i = 0; i < 200; i++) {
		uint64_t k;

		tw_batch(&w, 1, i, i * 1000);
		for (k = 0; k < i * 300 % 65000; k++)
			tw_byte(&w, (uint8_t)(i + 9));
		tw_end(&w);
	}
	src = source_open_memory(w.bytes, w.n, &e);
	assert_int_equal(batch_reader_init(&r, src, &limits, 26, &e), 0);
	for (i = 0; i < 200; i++) {
		assert_int_equal(batch_next(&r, &b, &e), 1);
		assert_int_equal(b.start, end);
		assert_int_equal(b.m, i);
		assert_int_equal(b.size, i * 300 % 65000);
		assert_true(b.size == 0 || b.data[b.size - 1] == (uint8_t)(i + 9));
		assert_true(b.size == 0 || w.bytes[b.offset] == b.data[0]);
		end = b.offset + b.size;
	}
	assert_int_equal(batch_next(&r, &b, &e), 0);
	batch_reader_clear(&r);
	source_close(src);
	tw_clear(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_framing_errors_name_their_byte),
		cmocka_unit_test(test_kinds_follow_the_first_byte_and_the_version),
		cmocka_unit_test(test_batches_cross_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
