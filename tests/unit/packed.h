/* packed.h — compressed bytes made for tests, and all that a source gives back of them. */
#ifndef TESTS_UNIT_PACKED_H
#define TESTS_UNIT_PACKED_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>
#include <zstd.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/limits.h"
#include "parser/source.h"

/* Bytes that grow; what a test compares or feeds. */
struct text {
	unsigned char *at;
	size_t n, cap;
};

static inline void put(struct text *t, const void *bytes, size_t n)
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

static inline void drop(struct text *t)
{
	free(t->at);
	*t = (struct text){0};
}

/* Neither all alike nor random: it shrinks to about a third, as traces do. */
static inline void put_plain(struct text *t, size_t n)
{
	uint32_t x = 12345;

	for (size_t i = 0; i < n; i++) {
		unsigned char byte;

		x = x * 1664525 + 1013904223;
		byte = (unsigned char)(i % 3 == 0 ? x >> 24 : i / 100);
		put(t, &byte, 1);
	}
}

static inline void put_gzip(struct text *t, const void *bytes, size_t n)
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

static inline void put_zstd(struct text *t, const void *bytes, size_t n)
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

static inline void put_skippable(struct text *t, uint32_t n)
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

static inline struct source *open_packed(const struct text *packed, const struct limits *lim)
{
	struct err e = ERR_INIT;
	struct source *s = source_open_memory(packed->at, packed->n, &e);

	assert_non_null(s);
	if (source_unpack(s, lim, &e) < 0)
		fail_msg("%s", e.msg);
	return s;
}

/* All that comes, in blocks of `block` bytes; *e is the error that ends it. It stays. */
static inline struct text read_all(struct source *s, size_t block, struct err *e)
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

static inline struct text unpack_all(
	const struct text *packed, const struct limits *lim, size_t block, struct err *e)
{
	struct source *s = open_packed(packed, lim);
	struct text t = read_all(s, block, e);

	source_close(s);
	assert_int_equal(mem_used(), 0);
	return t;
}

static inline void assert_same(const struct text *a, const struct text *b)
{
	assert_int_equal(a->n, b->n);
	if (a->n > 0)
		assert_memory_equal(a->at, b->at, a->n);
}

#endif
