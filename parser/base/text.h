/* text.h — a growing buffer of text that is written out and emptied again and again.
 *
 *	if (text_room(&t, 64) < 0)
 *		…                       (out of memory: the text is unchanged)
 *	TEXT(&t, "G=");
 *	text_i64(&t, 17);
 *
 * text_room() is asked once for a stretch of bounded length; the writers behind it do not ask.
 * Numbers are formatted here and inline, because printing is most of the time of the commands
 * that print events.
 *
 * Memory: data grows by mem and is kept until text_clear(). Threads: one buffer belongs to one
 * thread. */
#ifndef PARSER_BASE_TEXT_H
#define PARSER_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct text {
	char *data;
	size_t len;
	size_t cap;
};

void text_clear(struct text *t);

/* Used by text_room(). */
int text_grow(struct text *t, size_t n);

/* Make room for n more bytes. 0 or -1. */
static inline int text_room(struct text *t, size_t n)
{
	return t->cap - t->len >= n ? 0 : text_grow(t, n);
}

/* snprintf of at most 1023 bytes; asks for room itself. 0 or -1. */
int text_printf(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The writers below append where text_room() has been asked for. */

static inline void text_bytes(struct text *t, const char *s, size_t n)
{
	memcpy(t->data + t->len, s, n);
	t->len += n;
}

#define TEXT(t, literal) text_bytes(t, literal, sizeof(literal) - 1)

static inline void text_name(struct text *t, const char *s)
{
	text_bytes(t, s, strlen(s));
}

static inline void text_u64(struct text *t, uint64_t v)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324"
				    "25262728293031323334353637383940414243444546474849"
				    "50515253545556575859606162636465666768697071727374"
				    "75767778798081828384858687888990919293949596979899";
	char buf[20], *p = buf + sizeof(buf);

	for (; v >= 100; v /= 100) {
		p -= 2;
		memcpy(p, pairs + v % 100 * 2, 2);
	}
	if (v >= 10) {
		p -= 2;
		memcpy(p, pairs + v * 2, 2);
	} else {
		*--p = (char)('0' + v);
	}
	text_bytes(t, p, (size_t)(buf + sizeof(buf) - p));
}

static inline void text_i64(struct text *t, int64_t v)
{
	if (v < 0)
		t->data[t->len++] = '-';
	text_u64(t, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

static inline void text_hex(struct text *t, uint64_t v)
{
	char buf[16], *p = buf + sizeof(buf);

	do {
		*--p = "0123456789abcdef"[v & 15];
		v >>= 4;
	} while (v != 0);
	text_bytes(t, p, (size_t)(buf + sizeof(buf) - p));
}

#endif
