/* source_test.c: the same bytes come out whatever they came in as, what is good before a fault
 * comes first, and nothing gets past the bounds. */
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
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/limits.h"
#include "parser/unpack.h"

#define MIB ((size_t)1 << 20)

static const struct limits limits = LIMITS_DEFAULT;

/* Bytes that grow; what a test compares or feeds. */
struct text {
	unsigned char *at;
	size_t n, cap;
};

static void put(struct text *t, const void *bytes, size_t n)
{
	if (t->n + n > t->cap) {
		t->cap = (t->n + n) * 2;
		t->at = realloc(t->at, t->cap);
		assert_non_null(t->at);
	}
	if (n > 0)
		memcpy(t->at + t->n, bytes, n);
	t->n += n;
}

static void drop(struct text *t)
{
	free(t->at);
	*t = (struct text){0};
}

/* Neither all alike nor random: it shrinks to about a third, as traces do. */
static void put_plain(struct text *t, size_t n)
{
	uint32_t x = 12345;

	for (size_t i = 0; i < n; i++) {
		unsigned char byte;

		x = x * 1664525 + 1013904223;
		byte = (unsigned char)(i % 3 == 0 ? x >> 24 : i / 100);
		put(t, &byte, 1);
	}
}

static void put_gzip(struct text *t, const void *bytes, size_t n)
{
	z_stream z = {0};
	unsigned char *packed;

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.avail_out = (uInt)deflateBound(&z, n);
	packed = malloc(z.avail_out);
	assert_non_null(packed);
	z.next_out = packed;
	z.next_in = (Bytef *)(uintptr_t)bytes;
	z.avail_in = (uInt)n;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	put(t, packed, z.total_out);
	deflateEnd(&z);
	free(packed);
}

static void put_zstd(struct text *t, const void *bytes, size_t n)
{
	size_t cap = ZSTD_compressBound(n), size;
	ZSTD_CCtx *z = ZSTD_createCCtx();
	unsigned char *packed = malloc(cap);

	assert_non_null(packed);
	ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
	size = ZSTD_compress2(z, packed, cap, bytes, n);
	assert_false(ZSTD_isError(size));
	put(t, packed, size);
	ZSTD_freeCCtx(z);
	free(packed);
}

static void put_skippable(struct text *t, uint32_t n)
{
	unsigned char head[8] = {0x53, 0x2a, 0x4d, 0x18};

	for (unsigned i = 0; i < 4; i++)
		head[4 + i] = (unsigned char)(n >> (8 * i));
	put(t, head, sizeof(head));
	for (uint32_t i = 0; i < n; i++)
		put(t, "s", 1);
}

typedef void packer(struct text *t, const void *bytes, size_t n);

static packer *const packers[] = {put_gzip, put_zstd};

static struct source *open_packed(const struct text *packed, const struct limits *lim)
{
	struct err e = ERR_INIT;
	struct source *s = source_open_memory(packed->at, packed->n, &e);

	assert_non_null(s);
	if (source_unpack(s, lim, &e) < 0)
		fail_msg("%s", e.msg);
	return s;
}

/* All that comes, in blocks of `block` bytes; *e is the error that ends it. It stays. */
static struct text read_all(struct source *s, size_t block, struct err *e)
{
	struct err again = ERR_INIT;
	struct text t = {0};
	unsigned char *b = malloc(block);
	int64_t n;

	assert_non_null(b);
	while ((n = source_read(s, b, block, e)) > 0)
		put(&t, b, (size_t)n);
	assert_int_equal(n, e->kind == ERR_NONE ? 0 : -1);
	assert_int_equal(source_read(s, b, block, &again), n);
	assert_int_equal(again.kind, e->kind);
	assert_int_equal(source_offset(s), t.n);
	if (e->kind == ERR_NONE)
		assert_int_equal(source_size(s), t.n);
	free(b);
	return t;
}

static struct text unpack_all(
	const struct text *packed, const struct limits *lim, size_t block, struct err *e)
{
	struct source *s = open_packed(packed, lim);
	struct text t = read_all(s, block, e);

	source_close(s);
	assert_int_equal(mem_used(), 0);
	return t;
}

static void assert_same(const struct text *a, const struct text *b)
{
	assert_int_equal(a->n, b->n);
	if (a->n > 0)
		assert_memory_equal(a->at, b->at, a->n);
}

/* It unpacks to `plain`, in blocks of any size, and that is all. */
static void expect(const struct text *packed, const struct text *plain)
{
	static const size_t blocks[] = {1, 7, 4096, 1000000};

	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		struct err e = ERR_INIT;
		struct text got = unpack_all(packed, &limits, blocks[i], &e);

		assert_int_equal(e.kind, ERR_NONE);
		assert_same(&got, plain);
		drop(&got);
	}
}

/* It gives `plain` and then fails so. */
static void expect_failure(
	const struct text *packed, const struct text *plain, enum err_kind kind, int64_t offset)
{
	static const size_t blocks[] = {1, 100000};

	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		struct err e = ERR_INIT;
		struct text got = unpack_all(packed, &limits, blocks[i], &e);

		if (e.kind != kind || (offset >= 0 && e.offset != offset))
			fail_msg("%d at %ld: %s", e.kind, (long)e.offset, e.msg);
		assert_same(&got, plain);
		drop(&got);
	}
}

static void test_one_part(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 3, 100, 70000, 300001};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct text plain = {0}, packed = {0};

		put_plain(&plain, sizes[i / 2]);
		packers[i % 2](&packed, plain.at, plain.n);
		expect(&packed, &plain);
		drop(&plain);
		drop(&packed);
	}
}

static void test_several_parts_and_empty_ones(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct text plain = {0}, packed = {0};

		put_plain(&plain, 50000);
		packers[i](&packed, "", 0);
		for (size_t at = 0; at < plain.n; at += 5000) {
			packers[i](&packed, plain.at + at, 5000);
			packers[i](&packed, "", 0);
		}
		expect(&packed, &plain);
		drop(&plain);
		drop(&packed);
	}
}

static void test_skippable_frames(void **state)
{
	struct text plain = {0}, packed = {0};

	(void)state;
	put_plain(&plain, 20000);
	put_skippable(&packed, 0);
	put_skippable(&packed, 300000);
	put_zstd(&packed, plain.at, 10000);
	put_skippable(&packed, 1);
	put_zstd(&packed, plain.at + 10000, 10000);
	put_skippable(&packed, 17);
	put_skippable(&packed, 0);
	expect(&packed, &plain);
	packed.n = 7; /* of the first one's header */
	plain.n = 0;
	expect_failure(&packed, &plain, ERR_TRUNCATED, 7);
	drop(&plain);
	drop(&packed);
}

/* Any cut: a beginning of the bytes, and then the error; never other bytes, never silence. */
static void test_truncated_at_every_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct text plain = {0}, packed = {0};
		size_t first, end, longest = 0;

		put_plain(&plain, 6000);
		packers[i](&packed, plain.at, 3000);
		first = packed.n;
		packers[i](&packed, plain.at + 3000, 3000);
		end = packed.n;
		for (packed.n = UNPACK_HEAD; packed.n < end; packed.n++) {
			struct err e = ERR_INIT;
			struct text got = unpack_all(&packed, &limits, 1000000, &e);

			assert_int_equal(e.kind, packed.n == first ? ERR_NONE : ERR_TRUNCATED);
			if (e.kind == ERR_TRUNCATED)
				assert_int_equal(e.offset, packed.n);
			assert_true(got.n <= plain.n && got.n >= longest);
			assert_true(packed.n < first || got.n >= 3000);
			if (got.n > 0)
				assert_memory_equal(got.at, plain.at, got.n);
			longest = got.n;
			drop(&got);
		}
		drop(&plain);
		drop(&packed);
	}
}

/* Each byte flipped: either it does not matter, or a beginning comes and then an error. */
static void test_damaged_at_every_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct text plain = {0}, packed = {0};

		put_plain(&plain, 3000);
		packers[i](&packed, plain.at, 3000);
		for (size_t at = UNPACK_HEAD; at < packed.n; at++) {
			struct err e = ERR_INIT;
			struct text got;

			packed.at[at] ^= 0x10;
			got = unpack_all(&packed, &limits, 1000000, &e);
			packed.at[at] ^= 0x10;
			if (e.kind == ERR_NONE)
				assert_same(&got, &plain);
			else
				assert_true(e.kind == ERR_DAMAGED || e.kind == ERR_TRUNCATED ||
					e.kind == ERR_LIMIT);
			drop(&got);
		}
		drop(&plain);
		drop(&packed);
	}
}

static void test_bad_checksum_is_told_after_the_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct text plain = {0}, packed = {0};

		put_plain(&plain, 3000);
		packers[i](&packed, plain.at, 3000);
		packed.at[packed.n - (i == 0 ? 6 : 2)] ^= 1; /* gzip's length stands behind it */
		expect_failure(&packed, &plain, ERR_DAMAGED, -1);
		drop(&plain);
		drop(&packed);
	}
}

static void test_trailing_data_names_its_byte(void **state)
{
	static const char *const tails[] = {"x", "junk that goes on", "\0\0\0\0\0\0\0\0"};
	static const size_t sizes[] = {1, 17, 8};

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct text plain = {0}, packed = {0};
		int64_t at;

		put_plain(&plain, 3000);
		packers[i % 2](&packed, plain.at, 3000);
		at = (int64_t)packed.n;
		put(&packed, tails[i / 2], sizes[i / 2]);
		expect_failure(&packed, &plain, ERR_DAMAGED, at);
		packed.n = (size_t)at; /* the other way to compress does not follow either */
		packers[1 - i % 2](&packed, plain.at, 3000);
		expect_failure(&packed, &plain, ERR_DAMAGED, at);
		drop(&plain);
		drop(&packed);
	}
}

static void test_one_layer(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct text none = {0}, plain = {0}, once = {0}, twice = {0};

		put_plain(&plain, 3000);
		packers[i / 2](&once, plain.at, plain.n);
		packers[i % 2](&twice, once.at, once.n);
		for (size_t block = 4; block <= 4096; block *= 1024) {
			struct err e = ERR_INIT;
			struct text got = unpack_all(&twice, &limits, block, &e);

			assert_int_equal(e.kind, ERR_FORMAT);
			assert_non_null(strstr(e.msg, "compressed twice"));
			assert_same(&got, &none);
		}
		drop(&plain);
		drop(&once);
		drop(&twice);
	}
}

/* 256 MiB of zeroes, made without ever being there. */
static void put_bomb_gzip(struct text *t)
{
	static unsigned char zeroes[MIB], packed[MIB];
	z_stream z = {0};

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
	for (int i = 0; i < 256; i++) {
		z.next_in = zeroes;
		z.avail_in = sizeof(zeroes);
		z.next_out = packed;
		z.avail_out = sizeof(packed);
		deflate(&z, i == 255 ? Z_FINISH : Z_NO_FLUSH);
		put(t, packed, sizeof(packed) - z.avail_out);
	}
	deflateEnd(&z);
}

static void put_bomb_zstd(struct text *t)
{
	static unsigned char zeroes[MIB], packed[MIB];
	ZSTD_CCtx *z = ZSTD_createCCtx();

	for (int i = 0; i < 256; i++) {
		ZSTD_inBuffer in = {.src = zeroes, .size = sizeof(zeroes)};
		ZSTD_outBuffer out = {.dst = packed, .size = sizeof(packed)};

		ZSTD_compressStream2(z, &out, &in, i == 255 ? ZSTD_e_end : ZSTD_e_continue);
		put(t, packed, out.pos);
	}
	ZSTD_freeCCtx(z);
}

static void test_bombs_end_at_the_ratio(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct text packed = {0}, got;
		struct err e = ERR_INIT;

		(i == 0 ? put_bomb_gzip : put_bomb_zstd)(&packed);
		assert_true(packed.n < 256 * MIB / 1000);
		mem_reset_peak();
		got = unpack_all(&packed, &limits, 65536, &e);
		assert_int_equal(e.kind, ERR_LIMIT);
		assert_true(got.n >= 16 * MIB);
		assert_true(got.n <= 16 * MIB + 200 * packed.n + MIB);
		assert_true(mem_peak() < MIB);
		drop(&got);
		drop(&packed);
	}
}

static void test_output_ends_at_its_limit(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct text plain = {0}, packed = {0};

		put_plain(&plain, 300000);
		packers[i](&packed, plain.at, plain.n);
		for (int64_t limit = 299999; limit <= 300000; limit++) {
			struct limits lim = limits;
			struct err e = ERR_INIT;
			struct text got;

			lim.trace_bytes = limit;
			got = unpack_all(&packed, &lim, 1000, &e);
			assert_int_equal(e.kind, limit < 300000 ? ERR_LIMIT : ERR_NONE);
			assert_true((int64_t)got.n <= limit);
			drop(&got);
		}
		drop(&plain);
		drop(&packed);
	}
}

/* A header that claims a window of 2^31 bytes, and of the most that is let through. */
static void test_window(void **state)
{
	unsigned char frame[] = {0x28, 0xb5, 0x2f, 0xfd, 0x00, 0, 0x19, 0, 0, 'a', 'b', 'c'};
	struct text packed = {0}, plain = {0};

	(void)state;
	frame[5] = (31 - 10) << 3;
	put(&packed, frame, sizeof(frame));
	expect_failure(&packed, &plain, ERR_LIMIT, -1);
	packed.at[5] = (28 - 10) << 3;
	expect_failure(&packed, &plain, ERR_LIMIT, -1);
	packed.at[5] = (27 - 10) << 3;
	put(&plain, "abc", 3);
	expect(&packed, &plain);
	drop(&plain);
	drop(&packed);
}

static void test_frames_are_counted(void **state)
{
	struct text packed = {0}, plain = {0};
	size_t n_frame;

	(void)state;
	put_zstd(&packed, "", 0);
	n_frame = packed.n;
	for (size_t i = 1; i < 1024; i++)
		put_zstd(&packed, "", 0);
	expect(&packed, &plain);
	put_skippable(&packed, 0);
	expect_failure(&packed, &plain, ERR_LIMIT, (int64_t)(1024 * n_frame));
	drop(&packed);
	for (size_t i = 0; i < 1000000; i++)
		put(&packed, "\x28\xb5\x2f\xfd\x20\x00\x01\x00\x00", 9); /* the shortest */
	expect_failure(&packed, &plain, ERR_LIMIT, 1024 * 9);
	drop(&packed);
	for (size_t i = 0; i < 20000; i++)
		put_gzip(&packed, "", 0); /* members cost what they are long */
	expect(&packed, &plain);
	drop(&packed);
}

static void test_what_is_not_compressed_stays(void **state)
{
	static const char *const texts[] = {"", "\x1f", "\x28\xb5\x2f", "go 1.22 trace", "PK\3\4"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct text t = {0};

		put(&t, texts[i], strlen(texts[i]));
		expect(&t, &t);
		drop(&t);
	}
}

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
		cmocka_unit_test(test_one_part),
		cmocka_unit_test(test_several_parts_and_empty_ones),
		cmocka_unit_test(test_skippable_frames),
		cmocka_unit_test(test_truncated_at_every_byte),
		cmocka_unit_test(test_damaged_at_every_byte),
		cmocka_unit_test(test_bad_checksum_is_told_after_the_bytes),
		cmocka_unit_test(test_trailing_data_names_its_byte),
		cmocka_unit_test(test_one_layer),
		cmocka_unit_test(test_bombs_end_at_the_ratio),
		cmocka_unit_test(test_output_ends_at_its_limit),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_frames_are_counted),
		cmocka_unit_test(test_what_is_not_compressed_stays),
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
