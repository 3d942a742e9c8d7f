/* trace_writer.h — makes the bytes of small traces in tests, event by event.
 *
 *	struct trace_writer w = { 0 };
 *	tw_header(&w, 26);
 *	tw_batch(&w, 1, 7, 100);             generation 1, thread 7, at tick 100
 *	TW(&w, EV_PROC_STATUS, 1, 0, 1);     type, time difference, arguments
 *	tw_end(&w);
 *	tw_clock(&w, 26, 1, 1000000000);     1 tick = 1 ns
 *	tw_end_generation(&w);               1.26 and later
 *	… w.bytes, w.n …
 *	tw_clear(&w);
 *
 * Checks nothing, so that broken traces can be made too; out of memory aborts the test. */
#ifndef TESTS_UNIT_TRACE_WRITER_H
#define TESTS_UNIT_TRACE_WRITER_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/spec.h"

struct trace_writer {
	uint8_t *bytes;
	size_t n, cap;
	uint8_t *data; /* of the open batch */
	size_t data_n, data_cap;
	uint64_t head[3]; /* of the open batch: generation, m, time */
};

static inline void tw_put(uint8_t **at, size_t *n, size_t *cap, const void *src, size_t size)
{
	if (*n + size > *cap) {
		*cap = (*n + size) * 2;
		*at = realloc(*at, *cap);
		if (!*at)
			abort();
	}
	if (size > 0)
		memcpy(*at + *n, src, size);
	*n += size;
}

static inline size_t tw_leb128(uint8_t *dst, uint64_t v)
{
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		dst[n++] = (uint8_t)(v | 0x80);
	dst[n++] = (uint8_t)v;
	return n;
}

/* Bytes and numbers outside any batch. */
static inline void tw_raw(struct trace_writer *w, const void *src, size_t size)
{
	tw_put(&w->bytes, &w->n, &w->cap, src, size);
}

static inline void tw_raw_number(struct trace_writer *w, uint64_t v)
{
	uint8_t buf[10];

	tw_raw(w, buf, tw_leb128(buf, v));
}

/* Bytes and numbers inside the open batch. */
static inline void tw_bytes(struct trace_writer *w, const void *src, size_t size)
{
	tw_put(&w->data, &w->data_n, &w->data_cap, src, size);
}

static inline void tw_byte(struct trace_writer *w, uint8_t b)
{
	tw_bytes(w, &b, 1);
}

static inline void tw_number(struct trace_writer *w, uint64_t v)
{
	uint8_t buf[10];

	tw_bytes(w, buf, tw_leb128(buf, v));
}

static inline void tw_header(struct trace_writer *w, int minor)
{
	char buf[32];
	int n = snprintf(buf, sizeof(buf), "go 1.%d trace", minor);

	tw_raw(w, buf, (size_t)n);
	tw_raw(w, "\0\0", 3);
}

static inline void tw_batch(struct trace_writer *w, uint64_t gen, uint64_t m, uint64_t time)
{
	w->head[0] = gen;
	w->head[1] = m;
	w->head[2] = time;
	w->data_n = 0;
}

static inline void tw_end(struct trace_writer *w)
{
	size_t i;

	tw_raw(w, "\x01", 1); /* EV_EVENT_BATCH */
	for (i = 0; i < 3; i++)
		tw_raw_number(w, w->head[i]);
	tw_raw_number(w, w->data_n);
	tw_raw(w, w->data, w->data_n);
}

static inline void tw_event(struct trace_writer *w, uint8_t type, const uint64_t *numbers, size_t n)
{
	size_t i;

	tw_byte(w, type);
	for (i = 0; i < n; i++)
		tw_number(w, numbers[i]);
}

/* An event: type, time difference, arguments. */
#define TW(w, type, ...) \
	tw_event((w), (type), (const uint64_t[]){__VA_ARGS__}, \
		sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

/* The batch with the clock: frequency, and from 1.25 a snapshot. */
static inline void tw_clock(struct trace_writer *w, int minor, uint64_t gen, uint64_t hz)
{
	tw_batch(w, gen, UINT64_MAX, 1);
	if (minor >= 25)
		tw_byte(w, EV_SYNC);
	TW(w, EV_FREQUENCY, hz);
	if (minor >= 25)
		TW(w, EV_CLOCK_SNAPSHOT, 0, 5, 1700000000, 500000000);
	tw_end(w);
}

/* Tables: open a batch, put EV_STRINGS or EV_STACKS, then these, then tw_end(). */
static inline void tw_string(struct trace_writer *w, uint64_t id, const char *s)
{
	tw_byte(w, EV_STRING);
	tw_number(w, id);
	tw_number(w, strlen(s));
	tw_bytes(w, s, strlen(s));
}

/* A stack of one frame. */
static inline void tw_stack(
	struct trace_writer *w, uint64_t id, uint64_t pc, uint64_t func, uint64_t file)
{
	TW(w, EV_STACK, id, 1, pc, func, file, 10);
}

static inline void tw_end_generation(struct trace_writer *w)
{
	tw_raw(w, "\x34", 1); /* EV_END_OF_GENERATION */
}

static inline void tw_clear(struct trace_writer *w)
{
	free(w->bytes);
	free(w->data);
	memset(w, 0, sizeof(*w));
}

#endif
