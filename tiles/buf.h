/* buf.h - growable bytes that the caller owns, with the writers of the tile formats.
 *
 *	struct buf b = {0};
 *	if (buf_reserve(&b, BUF_VARINT_MAX) < 0)
 *		return err_set(e, ERR_MEMORY, -1, "Cannot ...");
 *	buf_put_varint(&b, 300);       (AC 02)
 *	buf_clear(&b);
 *
 * 1. The put functions do not check: reserve first, once per record.
 *
 * Memory: from mem; doubles. Threads: one buffer belongs to one thread. */
#ifndef TILES_BUF_H
#define TILES_BUF_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "parser/base/mem.h"

#define BUF_VARINT_MAX 10

struct buf {
	uint8_t *at; /* NULL while cap is 0 */
	size_t n;
	size_t cap;
};

static inline int buf_grow(struct buf *b, size_t more)
{
	size_t want = b->cap * 2;
	uint8_t *p;

	if (more > SIZE_MAX / 4 || b->n > SIZE_MAX / 4)
		return -1;
	if (want < b->n + more)
		want = b->n + more;
	if (want < 64)
		want = 64;
	p = mem_realloc(b->at, want);
	if (!p)
		return -1;
	b->at = p;
	b->cap = want;
	return 0;
}

/* 0 when `more` bytes fit behind what is there, -1 where memory ran out. */
static inline int buf_reserve(struct buf *b, size_t more)
{
	return more <= b->cap - b->n ? 0 : buf_grow(b, more);
}

static inline void buf_clear(struct buf *b)
{
	mem_free(b->at);
	*b = (struct buf){0};
}

static inline void buf_put_u8(struct buf *b, uint8_t v)
{
	b->at[b->n++] = v;
}

static inline void buf_put_varint(struct buf *b, uint64_t v)
{
	uint8_t *p = b->at + b->n;

	while (v >= 0x80) {
		*p++ = (uint8_t)(v | 0x80);
		v >>= 7;
	}
	*p++ = (uint8_t)v;
	b->n = (size_t)(p - b->at);
}

static inline uint64_t zigzag_of(uint64_t difference) /* two's complement */
{
	return (difference << 1) ^ (0 - (difference >> 63));
}

static inline uint64_t zigzag_undo(uint64_t v)
{
	return (v >> 1) ^ (0 - (v & 1));
}

static inline void buf_put_zigzag(struct buf *b, uint64_t difference)
{
	buf_put_varint(b, zigzag_of(difference));
}

static inline void buf_put_le(struct buf *b, uint64_t v, unsigned n_bytes)
{
	for (; n_bytes; n_bytes--, v >>= 8)
		b->at[b->n++] = (uint8_t)v;
}

static inline void buf_put_f64(struct buf *b, double v)
{
	uint64_t u;

	memcpy(&u, &v, sizeof(u));
	buf_put_le(b, u, 8);
}

/* 0, or -1 where memory ran out. `src` may be NULL when n is 0. */
static inline int buf_append(struct buf *b, const void *src, size_t n)
{
	if (buf_reserve(b, n) < 0)
		return -1;
	if (n)
		memcpy(b->at + b->n, src, n);
	b->n += n;
	return 0;
}

#endif
