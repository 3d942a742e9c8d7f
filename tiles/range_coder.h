/* range_coder.h - numbers as bits of adaptive binary models, in arithmetic code.
 *
 * What is likely costs less than a bit. One function codes both ways, so that a format is written
 * down once: coding, it puts the value that it is given; decoding, it ignores that value and
 * returns what was put.
 *
 *	range_coder_init_put(&c, &buf)   … v = range_number(&c, &model, v) …   range_coder_end(&c)
 *	range_coder_init_get(&c, bytes)  … v = range_number(&c, &model, 0) …   range_coder_end(&c)
 *
 * The code is LZMA's: 32 bits of range, carries put off (Martin 1979). A model starts even, learns
 * fast at first and then by a 16th of what was wrong. A number is its bit length in unary, and the
 * bits below the leading one: the first three by models, the rest as they are.
 *
 * 1. The bytes depend on the values alone; a decoder that got all values has read all bytes.
 * 2. Any bytes decode to some values: numbers need the checks of their meaning.
 *
 * Memory: none; the buffer grows. Threads: none. Errors: sticky, told by range_coder_end(). */
#ifndef TILES_RANGE_CODER_H
#define TILES_RANGE_CODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/bytes.h"
#include "tiles/buf.h"

#define RANGE_TOP   (1u << 24) /* the range stays above */
#define RANGE_FLUSH 5          /* bytes that end a code */
#define RANGE_SLOW  4          /* shift of a model's learning in the end */
#define RANGE_BITS  65         /* bit lengths of a number */
#define RANGE_HEAD  3          /* modelled bits below the leading one */
#define RANGE_STEP  16         /* bits without a model at once */

struct range_bit {
	uint16_t p; /* of 65,536 that the bit is 0; 0 = new: even */
	uint16_t n; /* bits seen, up to RANGE_SLOW */
};

/* All zero when new. */
struct range_number {
	struct range_bit length[RANGE_BITS];
	struct range_bit head[RANGE_BITS][1 << RANGE_HEAD];
	struct range_bit sign[RANGE_BITS];
};

struct range_coder {
	struct buf *out; /* NULL decoding */
	struct bytes in;
	uint64_t low; /* coding: with the carry in bit 32 */
	uint64_t n_held;
	uint32_t range, code;
	uint8_t held; /* last byte that a carry can still change, then n_held - 1 times FF */
	bool no_memory;
};

static inline void range_coder_init_put(struct range_coder *c, struct buf *out)
{
	*c = (struct range_coder){.out = out, .range = UINT32_MAX, .n_held = 1};
}

static inline void range_coder_init_get(struct range_coder *c, struct bytes in)
{
	*c = (struct range_coder){.in = in, .range = UINT32_MAX};
	for (unsigned i = 0; i < RANGE_FLUSH; i++)
		c->code = c->code << 8 | bytes_u8(&c->in);
}

static inline void range_shift_low(struct range_coder *c)
{
	uint8_t carry = (uint8_t)(c->low >> 32), byte = c->held;

	if ((uint32_t)c->low >= 0xff000000u && !carry) {
		c->n_held++;
		c->low = (c->low & 0xffffff) << 8;
		return;
	}
	if (buf_reserve(c->out, c->n_held) < 0) {
		c->no_memory = true;
		c->out->n = 0;
		c->n_held = 0;
	}
	for (; c->n_held > 0; c->n_held--, byte = 0xff)
		buf_put_u8(c->out, (uint8_t)(byte + carry));
	c->held = (uint8_t)(c->low >> 24);
	c->n_held = 1;
	c->low = (c->low & 0xffffff) << 8;
}

static inline void range_normalize(struct range_coder *c)
{
	while (c->range < RANGE_TOP) {
		c->range <<= 8;
		if (c->out)
			range_shift_low(c);
		else
			c->code = c->code << 8 | bytes_u8(&c->in);
	}
}

/* Take the lower part of the range, up to `bound`, for 0, the upper for 1. */
static inline unsigned range_split(struct range_coder *c, uint32_t bound, unsigned bit)
{
	if (!c->out)
		bit = c->code >= bound;
	if (!bit) {
		c->range = bound;
	} else {
		c->low += bound;
		c->code -= bound;
		c->range -= bound;
	}
	range_normalize(c);
	return bit;
}

static inline unsigned range_bit(struct range_coder *c, struct range_bit *m, unsigned bit)
{
	uint32_t p = m->p ? m->p : 0x8000;

	bit = range_split(c, (c->range >> 16) * p, bit);
	if (m->n < RANGE_SLOW)
		m->n++;
	/* within 32 .. 65,504: neither can become impossible */
	m->p = (uint16_t)(bit ? p - ((p - 32) >> m->n) : p + ((65504 - p) >> m->n));
	return bit;
}

/* `n` bits that no model knows anything of, up to 16 at once: a branch per bit would be guessed
 * wrong half of the time. */
static inline uint64_t range_plain(struct range_coder *c, unsigned n, uint64_t value)
{
	uint64_t v = 0;

	while (n > 0) {
		unsigned step = n < RANGE_STEP ? n : RANGE_STEP;
		uint32_t most = (1u << step) - 1, part;

		n -= step;
		c->range >>= step;
		part = c->out ? (uint32_t)(value >> n) & most : c->code / c->range;
		if (part > most)
			part = most; /* damaged */
		c->low += (uint64_t)part * c->range;
		c->code -= part * c->range;
		range_normalize(c);
		v = v << step | part;
	}
	return v;
}

static inline unsigned range_length(uint64_t value)
{
	return value ? 64 - (unsigned)__builtin_clzll(value) : 0;
}

static inline uint64_t range_number(struct range_coder *c, struct range_number *m, uint64_t value)
{
	unsigned length = range_length(value), n = 0, node = 1;
	uint64_t v = 1;

	while (n < RANGE_BITS - 1 && range_bit(c, &m->length[n], n < length))
		n++;
	if (n < 2)
		return n;
	length = n--; /* bits to come: n */
	while (n > 0 && node < 1 << RANGE_HEAD) {
		unsigned bit = range_bit(c, &m->head[length][node], value >> --n & 1);

		node = node << 1 | bit;
		v = v << 1 | bit;
	}
	return n ? v << n | range_plain(c, n, value) : v;
}

/* The number as a difference to what is expected: its size, then its sign. */
static inline uint64_t range_near(
	struct range_coder *c, struct range_number *m, uint64_t expected, uint64_t value)
{
	uint64_t difference = value - expected, size;
	unsigned is_less = (unsigned)(difference >> 63);

	size = range_number(c, m, is_less ? 0 - difference : difference);
	if (size == 0)
		return expected;
	is_less = range_bit(c, &m->sign[range_length(size)], is_less);
	return is_less ? expected - size : expected + size;
}

/* 0 when all is well: coding, there was memory and the bytes are complete; decoding, they were. */
static inline int range_coder_end(struct range_coder *c)
{
	if (!c->out)
		return c->in.bad || bytes_left(&c->in) ? -1 : 0;
	for (unsigned i = 0; i < RANGE_FLUSH; i++)
		range_shift_low(c);
	return c->no_memory ? -1 : 0;
}

#endif
