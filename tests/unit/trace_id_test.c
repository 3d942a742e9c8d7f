/* trace_id_test.c: same bytes, same id; what is no trace file has none. */
#include "server/trace_id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "parser/base/err.h"

static char folder[64], path[96];

/* A file of n bytes, byte i = i * 7 % 251, but for the one at `odd`. */
static void write_file(long n, long odd)
{
	FILE *f = fopen(path, "wb");
	long i;

	assert_non_null(f);
	for (i = 0; i < n; i++)
		fputc(i == odd ? 255 : (int)(i * 7 % 251), f);
	assert_int_equal(fclose(f), 0);
}

static const char *id_of_file(char id[TRACE_ID_LENGTH + 1])
{
	struct trace_stamp stamp;
	struct err e = ERR_INIT;

	if (trace_id_of_file(path, id, &stamp, &e) < 0)
		fail_msg("%s", e.msg);
	assert_true(trace_id_is_valid(id));
	return id;
}

static void test_pinned(void **state)
{
	char id[TRACE_ID_LENGTH + 1];

	(void)state;
	write_file(1, -1);
	assert_string_equal(id_of_file(id), "fa3f5392c40387fb428516d12156e7b6");
	write_file(64 * 4096, -1);
	assert_string_equal(id_of_file(id), "ef8c44b897cbc4113ec797a4633c6265");
	write_file(1000003, -1);
	assert_string_equal(id_of_file(id), "c7bdd1f1b8ea9ab3dd9b614a5d6342d6");
}

static void test_content_decides(void **state)
{
	static const long odd[] = {0, 1000, 64 * 4096 - 1};
	char first[TRACE_ID_LENGTH + 1], other[TRACE_ID_LENGTH + 1];
	size_t i;

	(void)state;
	write_file(64 * 4096, -1);
	id_of_file(first);
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		write_file(64 * 4096, odd[i]);
		assert_string_not_equal(id_of_file(other), first);
	}
	write_file(1000003, -1);
	id_of_file(first);
	write_file(1000003, 1000002); /* the last block ends with the file */
	assert_string_not_equal(id_of_file(other), first);
	write_file(1000004, -1);
	assert_string_not_equal(id_of_file(other), first);
}

static void test_refused(void **state)
{
	char id[TRACE_ID_LENGTH + 1];
	struct trace_stamp stamp;
	struct err e = ERR_INIT;

	(void)state;
	unlink(path);
	assert_int_equal(trace_id_of_file(path, id, &stamp, &e), -1);
	assert_int_equal(e.kind, ERR_NOT_FOUND);
	err_clear(&e);
	assert_int_equal(trace_id_of_file(folder, id, &stamp, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	err_clear(&e);
	write_file(0, -1);
	assert_int_equal(trace_id_of_file(path, id, &stamp, &e), -1);
	assert_int_equal(e.kind, ERR_FORMAT);
	err_clear(&e);
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(trace_id_of_file(path, id, &stamp, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	unlink(path);
}

static void test_stamps(void **state)
{
	struct trace_stamp a, b;
	struct err e = ERR_INIT;

	(void)state;
	write_file(100, -1);
	assert_int_equal(trace_stamp_of_file(path, &a, &e), 0);
	assert_int_equal(trace_stamp_of_file(path, &b, &e), 0);
	assert_true(trace_stamp_equal(&a, &b));
	assert_int_equal(truncate(path, 99), 0);
	assert_int_equal(trace_stamp_of_file(path, &b, &e), 0);
	assert_false(trace_stamp_equal(&a, &b));
}

static void test_names(void **state)
{
	(void)state;
	assert_true(trace_id_is_valid("00112233445566778899aabbccddeeff"));
	assert_false(trace_id_is_valid("00112233445566778899AABBCCDDEEFF"));
	assert_false(trace_id_is_valid("00112233445566778899aabbccddeef"));
	assert_false(trace_id_is_valid("00112233445566778899aabbccddeeff0"));
	assert_false(trace_id_is_valid("../112233445566778899aabbccddeef"));
	assert_false(trace_id_is_valid(""));
}

static int set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/trace_id_test.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/a.trace", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pinned),
		cmocka_unit_test(test_content_decides),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_stamps),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
