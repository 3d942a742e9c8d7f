/* bytes.h — cursor over borrowed bytes: fixed bytes, LEB128 numbers, slices.
 *
 * Sticky: the first read that does not fit sets `bad`, moves to the end and returns 0, and all
 * later reads do the same. Read a whole record, then test `bad` once; test earlier only before
 * a loop or an allocation whose size comes from the input.
 *
 * LEB128 ("uvarint"): 7 bits per byte, low bits first, high bit = more follows. 300 is AC 02.
 * At most 10 bytes, the 10th at most 1: a number never wraps silently.
 *
 * Memory: none. Inline because every number of every table passes through here. */
#ifndef PARSER_BASE_BYTES_H
#define PARSER_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
	const uint8_t *at;
	const uint8_t *end;
	const uint8_t *bad_at; /* where the read that failed began; NULL while all is well */
	bool bad;
};

static inline struct bytes bytes_of(const void *data, size_t n)
{
	const uint8_t *p = data;

	return (struct bytes){.at = p, .end = p + n};
}

static inline size_t bytes_left(const struct bytes *b)
{
	return (size_t)(b->end - b->at);
}

static inline uint64_t bytes_fail(struct bytes *b)
{
	if (!b->bad)
		b->bad_at = b->at;
	b->bad = true;
	b->at = b->end; /* every later read takes the failing path by itself */
	return 0;
}

static inline uint8_t bytes_u8(struct bytes *b)
{
	if (b->at == b->end)
		return (uint8_t)bytes_fail(b);
	return *b->at++;
}

static inline uint64_t bytes_uvarint(struct bytes *b)
{
	const uint8_t *p = b->at;
	uint64_t v = 0;
	unsigned shift = 0;

	if (p != b->end && *p < 0x80) {
		b->at = p + 1;
		return *p;
	}
	for (; p != b->end && shift < 70; p++, shift += 7) {
		if (shift == 63 && *p > 1)
			break;
		v |= (uint64_t)(*p & 0x7f) << shift;
		if (*p < 0x80) {
			b->at = p + 1;
			return v;
		}
	}
	return bytes_fail(b);
}

/* A number that must fit into 32 bits. */
static inline uint32_t bytes_uvarint32(struct bytes *b)
{
	uint64_t v = bytes_uvarint(b);

	return v <= UINT32_MAX ? (uint32_t)v : (uint32_t)bytes_fail(b);
}

/* n bytes at p, 8 at most, as a little-endian number. */
static inline uint64_t bytes_le(const uint8_t *p, unsigned n)
{
	uint64_t v = 0;

	while (n)
		v = v << 8 | p[--n];
	return v;
}

/* The next n bytes, or NULL (and bad) where fewer are left. */
static inline const uint8_t *bytes_take(struct bytes *b, uint64_t n)
{
	const uint8_t *p = b->at;

	if (n > bytes_left(b)) {
		bytes_fail(b);
		return NULL;
	}
	b->at += n;
	return p;
}

#endif
