#include "parser/decode.h"

#include <endian.h>
#include <inttypes.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/generation.h"
#include "parser/limits.h"

/* Batch data is followed by GENERATION_PAD readable bytes, so these reads stay inside memory; that
 * they stayed inside the batch is checked once per record. */

/* Where a number without an end leads: readable, and outside of every batch. */
static const uint8_t no_end[GENERATION_PAD];

static const uint8_t *read_long(const uint8_t *p, uint64_t *v)
{
	unsigned shift;

	*v = 0;
	for (shift = 0; shift < 63; shift += 7, p++) {
		*v |= (uint64_t)(*p & 0x7f) << shift;
		if (*p < 0x80)
			return p + 1;
	}
	if (*p > 1)
		return no_end;
	*v |= (uint64_t)*p << 63;
	return p + 1;
}

/* Do the numbers of a record that begins at p, the last of them up to q, lie in its batch? */
static inline bool is_within(const uint8_t *p, const uint8_t *q, const uint8_t *end)
{
	return (uintptr_t)q - (uintptr_t)p <= (uintptr_t)end - (uintptr_t)p;
}

static inline uint64_t load8(const uint8_t *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return le64toh(w);
}

/* Plain tests, byte by byte: a loop that only decodes gives the predictor patterns it can learn.
 * Tricks without branches (masks, multiplication, pext) take more instructions and were slower by
 * a fifth to a half on every trace measured. */
static inline __attribute__((always_inline)) const uint8_t *read_number(
	const uint8_t *p, uint64_t *v)
{
	uint64_t x = p[0];

	if (x < 0x80) {
		*v = x;
		return p + 1;
	}
	x = (x & 0x7f) | (uint64_t)p[1] << 7;
	if (p[1] < 0x80) {
		*v = x;
		return p + 2;
	}
	x = (x & 0x3fff) | (uint64_t)p[2] << 14;
	if (p[2] < 0x80) {
		*v = x;
		return p + 3;
	}
	p = read_long(p, &x);
	*v = x;
	return p;
}

/* The arguments behind the time difference; `n` counts both. A switch, so that each argument has a
 * branch of its own to predict. */
static inline __attribute__((always_inline)) const uint8_t *read_args(
	const uint8_t *p, uint64_t *args, int n)
{
	switch (n) {
	case 5:
		p = read_number(p, args++);
		__attribute__((fallthrough));
	case 4:
		p = read_number(p, args++);
		__attribute__((fallthrough));
	case 3:
		p = read_number(p, args++);
		__attribute__((fallthrough));
	case 2:
		p = read_number(p, args++);
		break;
	default:
		break;
	}
	return p;
}

/* Step over n numbers. */
static inline const uint8_t *skip_numbers(const uint8_t *p, int n)
{
	uint64_t unused;

	while (n > 0) {
		uint64_t stops = ~load8(p) & 0x8080808080808080u;
		int found = __builtin_popcountll(stops);

		if (found == 0) {
			p = read_long(p, &unused);
			n--;
			continue;
		}
		if (found < n) {
			n -= found;
			p += 8 - __builtin_clzll(stops) / 8;
			continue;
		}
		while (--n > 0)
			stops &= stops - 1;
		return p + __builtin_ctzll(stops) / 8 + 1;
	}
	return p;
}

static void enter_batch(struct decoder *d, const struct generation *g)
{
	const struct generation_batch *b = &g->batches.at[d->batch];

	d->at = b->data;
	d->end = b->data + b->size;
	d->ticks = b->time;
	d->time_ns = generation_ns(g, b->time);
}

void decoder_init(struct decoder *d, const struct generation *g, size_t thread)
{
	memset(d, 0, sizeof(*d));
	d->m = g->threads.at[thread].m;
	d->batch = g->threads.at[thread].first;
	enter_batch(d, g);
}

/* Move on to the thread's next batch that has bytes. */
static int next_batch(struct decoder *d, const struct generation *g)
{
	while (d->at == d->end) {
		d->batch = g->batches.at[d->batch].next;
		if (d->batch == GENERATION_END)
			return 0;
		enter_batch(d, g);
	}
	return 1;
}

static int fail_record(
	const struct decoder *d, const struct generation *g, const char *what, struct err *e)
{
	const struct generation_batch *b = &g->batches.at[d->batch];
	int64_t at = b->offset + (d->at - b->data);

	return err_set(e, ERR_DAMAGED, at,
		"Cannot read event: %s, type=%u (%s), thread=%" PRId64 ", generation=%" PRIu64
		", at byte %" PRId64,
		what, *d->at, spec_name(*d->at), d->m, g->number, at);
}

/* Stand at a type byte that can be decoded: how many numbers follow it, 0 at the end, -1. */
static int next_type(struct decoder *d, const struct generation *g, struct err *e)
{
	for (;;) {
		if (d->batch == GENERATION_END || (d->at == d->end && !next_batch(d, g)))
			return 0;
		if (spec_numbers[*d->at] != 0)
			return spec_numbers[*d->at];
		if (!d->skips_unknown || spec_table[*d->at].name)
			return fail_record(d, g, "it cannot stand in an event batch", e);
		d->n_skipped++;
		d->at = d->end; /* how long it is cannot be known: the batch is lost from here */
	}
}

/* What is wrong with the record at d->at, where the loop of decoder_read() came to a halt. */
static int fail_numbers(const struct decoder *d, const struct generation *g, struct err *e)
{
	uint64_t args[SPEC_MAX_ARGS], dt;
	const uint8_t *p = read_number(d->at + 1, &dt);

	if (!is_within(d->at, read_args(p, args, spec_numbers[*d->at]), d->end))
		return fail_record(d, g, "a number is cut off or too long", e);
	return fail_record(d, g, "its time is out of range", e);
}

/* Records of the current batch up to its end, to `cap`, or to one that is not sound.
 *
 * Go adds the batch's time whenever its clock stands at 0 ns; that is the same as once at the
 * start, because the clock can stand at 0 only where the batch's time is 0 ns as well. */
static size_t decode(struct decoder *d, const struct generation *g, struct raw *out, size_t cap)
{
	const uint8_t *p = d->at, *end = d->end, *start = g->batches.at[d->batch].data, *q;
	const double ns_per_tick = g->ns_per_tick;
	const uint64_t max_ticks = g->max_ticks, max_ns = (uint64_t)g->lim->time_ns;
	uint64_t ticks = d->ticks, time_ns = (uint64_t)d->time_ns, dt;
	struct raw *r = out;

	while (r < out + cap && p < end) {
		int numbers = spec_numbers[*p];

		if (__builtin_expect(numbers == 0, 0))
			break;
		q = read_args(read_number(p + 1, &dt), r->args, numbers);
		if (__builtin_expect(!is_within(p, q, end) || dt > max_ticks, 0))
			break;
		/* Unsigned: a batch's own time may be beyond any bound; the sum is looked at. */
		time_ns += (uint64_t)(int64_t)((double)(int64_t)dt * ns_per_tick);
		if (__builtin_expect(time_ns >= max_ns, 0))
			break;
		ticks += dt;
		r->time_ns = (int64_t)time_ns;
		r->ticks = ticks;
		r->end = (uint32_t)(q - start);
		r->type = *p;
		r++;
		p = q;
	}
	d->at = p;
	if (r > out) {
		d->ticks = r[-1].ticks;
		d->time_ns = r[-1].time_ns;
	}
	return (size_t)(r - out);
}

int decoder_read(
	struct decoder *d, const struct generation *g, struct raw *out, size_t cap, struct err *e)
{
	int rc = next_type(d, g, e);
	size_t n;

	if (rc <= 0)
		return rc;
	n = decode(d, g, out, cap);
	return n > 0 ? (int)n : fail_numbers(d, g, e);
}

int decoder_scan(struct decoder *d, const struct generation *g, const bool wanted[256],
	struct raw *out, struct err *e)
{
	int n;

	while ((n = next_type(d, g, e)) > 0) {
		const uint8_t *p;
		uint64_t dt;

		out->type = *d->at;
		p = read_number(d->at + 1, &dt);
		if (wanted[out->type])
			p = read_args(p, out->args, n);
		else
			p = skip_numbers(p, n - 1);
		if (!is_within(d->at, p, d->end))
			return fail_record(d, g, "a number is cut off or too long", e);
		d->ticks += dt;
		d->at = p;
		out->ticks = d->ticks;
		if (wanted[out->type])
			return 1;
	}
	return n;
}
