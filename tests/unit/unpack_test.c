/* unpack_test.c: the same bytes come out whatever they came in as, what is good before a fault
 * comes first, and nothing gets past the bounds. */
#include "parser/unpack.h"

#include "tests/unit/packed.h"

#define MIB ((size_t)1 << 20)

static const struct limits limits = LIMITS_DEFAULT;

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
