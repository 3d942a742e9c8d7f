/* source_test.c: files, standard input and spooled streams give the same bytes and the same hash. */
#include "parser/source.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xxhash.h>

#include <cmocka.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/limits.h"
#include "tests/unit/packed.h"

#define MIB ((size_t)1 << 20)

static const struct limits limits = LIMITS_DEFAULT;

static void expect_hash(struct source *s, const struct text *plain)
{
	uint8_t hash[SOURCE_HASH_BYTES];
	struct err e = ERR_INIT;
	XXH128_canonical_t want;

	XXH128_canonicalFromHash(&want, XXH3_128bits(plain->at, plain->n));
	assert_int_equal(source_hash(s, hash, &e), 0);
	assert_memory_equal(hash, want.digest, sizeof(hash));
	assert_int_equal(source_size(s), plain->n);
}

static void test_hash_is_of_all_bytes_however_they_are_read(void **state)
{
	struct text plain = {0}, packed = {0}, cut = {0}, got;
	struct err e = ERR_INIT;
	struct source *s;
	char some[100];

	(void)state;
	put_plain(&plain, 700000);
	put_zstd(&packed, plain.at, plain.n);
	for (int i = 0; i < 8; i++) {
		s = i & 1 ? open_packed(&packed, &limits)
			  : source_open_memory(plain.at, plain.n, &e);
		if (i & 2)
			assert_int_equal(source_read(s, some, sizeof(some), &e), sizeof(some));
		if (i & 4)
			assert_int_equal(source_spool(s, NULL, &e), 0);
		if (source_is_seekable(s))
			source_read_at(s, 50, some, sizeof(some), &e);
		expect_hash(s, &plain);
		expect_hash(s, &plain);
		source_close(s);
	}
	put(&cut, packed.at, packed.n - 1);
	got = unpack_all(&cut, &limits, 1000, &e);
	assert_int_equal(e.kind, ERR_TRUNCATED);
	s = open_packed(&cut, &limits);
	expect_hash(s, &got);
	source_close(s);
	drop(&got);
	drop(&cut);
	drop(&plain);
	drop(&packed);
	assert_int_equal(mem_used(), 0);
}

static void check_read_at(struct source *s, const struct text *plain)
{
	char some[100];
	struct err e = ERR_INIT;

	assert_true(source_is_seekable(s));
	for (size_t at = 0; at + sizeof(some) <= plain->n; at += plain->n / 7) {
		assert_int_equal(
			source_read_at(s, (int64_t)at, some, sizeof(some), &e), sizeof(some));
		assert_memory_equal(some, plain->at + at, sizeof(some));
	}
	assert_int_equal(source_read_at(s, (int64_t)plain->n - 3, some, sizeof(some), &e), 3);
	assert_int_equal(source_read_at(s, (int64_t)plain->n, some, sizeof(some), &e), 0);
	assert_int_equal(source_read_at(s, (int64_t)plain->n + 9, some, sizeof(some), &e), 0);
	assert_int_equal(source_offset(s), 16);
}

static void test_spool(void **state)
{
	struct text plain = {0}, packed = {0}, rest;
	struct err e = ERR_INIT;
	char head[16];

	(void)state;
	put_plain(&plain, 700000);
	put_gzip(&packed, plain.at, plain.n);
	for (int i = 0; i < 2; i++) {
		struct source *s = i ? open_packed(&packed, &limits)
				     : source_open_memory(plain.at, plain.n, &e);

		assert_int_equal(source_read(s, head, 16, &e), 16);
		assert_int_equal(source_is_seekable(s), i == 0);
		if (i == 1)
			assert_int_equal(source_read_at(s, 0, head, 16, NULL), -1);
		assert_int_equal(source_spool(s, NULL, &e), 0);
		assert_int_equal(source_size(s), plain.n);
		check_read_at(s, &plain);
		rest = (struct text){0};
		for (int64_t n; (n = source_read(s, head, 16, &e)) > 0;)
			put(&rest, head, (size_t)n);
		assert_int_equal(rest.n, plain.n - 16);
		assert_memory_equal(rest.at, plain.at + 16, rest.n);
		drop(&rest);
		source_close(s);
	}
	assert_int_equal(mem_used(), 0);
	drop(&plain);
	drop(&packed);
}

/* What is cut off is kept up to there; the end tells why. Other errors leave no spool. */
static void test_spool_of_what_is_damaged(void **state)
{
	struct text plain = {0}, packed = {0}, got;
	struct limits lim = limits;
	struct err e = ERR_INIT, why = ERR_INIT;
	struct source *s;
	char byte;

	(void)state;
	put_plain(&plain, 5000);
	put_gzip(&packed, plain.at, plain.n);
	put(&packed, "junk", 4);
	s = open_packed(&packed, &limits);
	assert_int_equal(source_spool(s, NULL, &e), 0);
	assert_int_equal(source_size(s), plain.n);
	assert_int_equal(source_read_at(s, source_size(s), &byte, 1, &why), -1);
	assert_int_equal(why.kind, ERR_DAMAGED);
	err_clear(&why);
	got = read_all(s, 999, &why);
	assert_int_equal(why.offset, packed.n - 4);
	assert_same(&got, &plain);
	source_close(s);

	lim.trace_bytes = 4000;
	s = open_packed(&packed, &lim);
	assert_int_equal(source_spool(s, NULL, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	source_close(s);
	err_clear(&e);
	s = open_packed(&packed, &limits);
	assert_int_equal(source_spool(s, "/nowhere/at/all", &e), -1);
	assert_int_equal(e.kind, ERR_IO);
	source_close(s);
	drop(&got);
	drop(&plain);
	drop(&packed);
}

static void test_full_disk(void **state)
{
	struct rlimit old, small;
	struct text plain = {0}, packed = {0};
	struct err e = ERR_INIT;
	struct source *s;

	(void)state;
	put_plain(&plain, 400000);
	put_zstd(&packed, plain.at, plain.n);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = (struct rlimit){.rlim_cur = 300000, .rlim_max = old.rlim_max};
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	s = open_packed(&packed, &limits);
	assert_int_equal(source_spool(s, NULL, &e), -1);
	source_close(s);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(e.kind, ERR_NOSPACE);
	drop(&plain);
	drop(&packed);
}

/* Standard input is this pipe, fed by a child in pieces, for the time of a test. */
static pid_t feed_stdin(const struct text *t, size_t piece)
{
	int ends[2];
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(ends[0]);
		for (size_t at = 0; at < t->n; at += piece) {
			size_t n = t->n - at < piece ? t->n - at : piece;

			if (write(ends[1], t->at + at, n) != (ssize_t)n)
				_exit(1);
		}
		_exit(0);
	}
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	close(ends[1]);
	return child;
}

static void test_standard_input_as_a_pipe(void **state)
{
	struct text plain = {0}, packed[3] = {{0}};

	(void)state;
	put_plain(&plain, 200000);
	put(&packed[0], plain.at, plain.n);
	put_gzip(&packed[1], plain.at, plain.n);
	put_zstd(&packed[2], plain.at, plain.n);
	for (size_t i = 0; i < 6; i++) {
		struct err e = ERR_INIT;
		pid_t child = feed_stdin(&packed[i % 3], i < 3 ? 1000000 : 101);
		struct source *s = source_open("-", &limits, &e);
		struct text got;

		assert_non_null(s);
		assert_false(source_is_seekable(s));
		assert_int_equal(source_size(s), -1);
		if (i == 4)
			assert_int_equal(source_spool(s, NULL, &e), 0);
		got = read_all(s, 5000, &e);
		assert_int_equal(e.kind, ERR_NONE);
		assert_same(&got, &plain);
		drop(&got);
		source_close(s);
		waitpid(child, NULL, 0);
	}
	for (size_t i = 0; i < 3; i++)
		drop(&packed[i]);
	drop(&plain);
}

static bool third_look(void *context)
{
	int *n = context;

	return ++*n == 3;
}

/* Nobody writes and nobody closes: the wait ends all the same. */
static void test_waiting_is_cancelled(void **state)
{
	struct err e = ERR_INIT;
	struct source *s;
	int ends[2], looks = 0;
	char byte;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	dup2(ends[0], STDIN_FILENO);
	s = source_open("-", &limits, &e);
	assert_non_null(s);
	source_set_cancel(s, third_look, &looks);
	assert_int_equal(source_read(s, &byte, 1, &e), -1);
	assert_int_equal(e.kind, ERR_CANCELLED);
	source_close(s);
	close(ends[0]);
	close(ends[1]);
}

static char path[] = "/tmp/source_test.XXXXXX";

/* A file on standard input is read from where it stands, and can be read anywhere. */
static void test_standard_input_as_a_file(void **state)
{
	struct text plain = {0}, got;
	struct err e = ERR_INIT;
	struct source *s;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	unlink(path);
	put_plain(&plain, 100000);
	assert_int_equal(write(fd, "before", 6), 6);
	assert_int_equal(write(fd, plain.at, plain.n), plain.n);
	assert_int_equal(lseek(fd, 6, SEEK_SET), 6);
	dup2(fd, STDIN_FILENO);
	close(fd);
	s = source_open("-", &limits, &e);
	assert_non_null(s);
	assert_int_equal(source_size(s), plain.n);
	assert_string_equal(source_name(s), "standard input");
	expect_hash(s, &plain);
	got = read_all(s, 3000, &e);
	assert_same(&got, &plain);
	source_close(s);
	drop(&got);
	drop(&plain);
}

static void test_paths(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_null(source_open("/nowhere/at/all", &limits, &e));
	assert_int_equal(e.kind, ERR_NOT_FOUND);
	err_clear(&e);
	assert_null(source_open("/tmp", &limits, &e));
	assert_int_equal(e.kind, ERR_USAGE);
	err_clear(&e);
	assert_null(source_open("/dev/zero", &limits, &e));
	assert_int_equal(e.kind, ERR_USAGE);
	assert_int_equal(mem_used(), 0);
}

/* Any allocation fails: an error, all memory back. */
static void test_no_memory(void **state)
{
	struct text plain = {0};

	(void)state;
	put_plain(&plain, 5000);
	for (size_t i = 0; i < 2; i++) {
		struct text packed = {0};
		enum err_kind kind = ERR_MEMORY;

		packers[i](&packed, plain.at, plain.n);
		for (long nth = 1; kind == ERR_MEMORY; nth++) {
			struct err e = ERR_INIT;
			struct source *s;

			mem_fail_nth(nth, 1);
			s = source_open_memory(packed.at, packed.n, &e);
			if (s && source_unpack(s, &limits, &e) == 0)
				source_spool(s, NULL, &e);
			source_close(s);
			mem_fail_nth(0, 0);
			assert_int_equal(mem_used(), 0);
			kind = e.kind;
		}
		assert_int_equal(kind, ERR_NONE);
		drop(&packed);
	}
	drop(&plain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash_is_of_all_bytes_however_they_are_read),
		cmocka_unit_test(test_spool),
		cmocka_unit_test(test_spool_of_what_is_damaged),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_standard_input_as_a_pipe),
		cmocka_unit_test(test_waiting_is_cancelled),
		cmocka_unit_test(test_standard_input_as_a_file),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
