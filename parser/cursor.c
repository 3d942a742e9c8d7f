#include "parser/cursor.h"

#include <endian.h>
#include <inttypes.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/generation.h"
#include "parser/limits.h"

/* Batch data is padded with GENERATION_PAD zeroes, so these reads stay inside memory; that they
 * stayed inside the batch is checked once per event. NULL where a number has no end. */
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
		return NULL;
	*v |= (uint64_t)*p << 63;
	return p + 1;
}

static inline uint64_t load8(const uint8_t *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return le64toh(w);
}

/* Three numbers of four have one byte or two: no branch on which, for no predictor could guess
 * it. Up to four bytes are masked and squeezed together; more are rare. */
static inline const uint8_t *read_number(const uint8_t *p, uint64_t *v)
{
	uint64_t lo = p[0], hi = p[1], two = lo >> 7, w;

	if (__builtin_expect((lo & hi) < 0x80, 1)) {
		*v = (lo & 0x7f) | (hi << 7 & (0 - two));
		return p + 1 + two;
	}
	w = (lo & 0x7f) | (hi & 0x7f) << 7 | (uint64_t)(p[2] & 0x7f) << 14;
	if (p[2] < 0x80) {
		*v = w;
		return p + 3;
	}
	if (p[3] < 0x80) {
		*v = w | (uint64_t)p[3] << 21;
		return p + 4;
	}
	return read_long(p, v);
}

/* Step over n numbers. */
static inline const uint8_t *skip_numbers(const uint8_t *p, int n)
{
	uint64_t unused;

	while (n > 0 && p) {
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

static void enter_batch(struct cursor *c, const struct generation *g)
{
	const struct generation_batch *b = &g->batches.at[c->batch];

	c->at = b->data;
	c->end = b->data + b->size;
	c->ticks = b->time;
	c->time_ns = generation_ns(g, b->time);
}

void cursor_init(struct cursor *c, const struct generation *g, size_t thread)
{
	const struct generation_thread *t = &g->threads.at[thread];

	memset(c, 0, sizeof(*c));
	c->m = t->m;
	c->m_index = CURSOR_NO_M;
	c->batch = t->first;
	enter_batch(c, g);
}

int64_t cursor_offset(const struct cursor *c, const struct generation *g)
{
	const struct generation_batch *b;

	if (c->batch == GENERATION_END)
		return -1;
	b = &g->batches.at[c->batch];
	return b->offset + (c->at - b->data);
}

/* Move on to the thread's next batch that has bytes. */
static int next_batch(struct cursor *c, const struct generation *g)
{
	while (c->at == c->end) {
		c->batch = g->batches.at[c->batch].next;
		if (c->batch == GENERATION_END)
			return 0;
		enter_batch(c, g);
	}
	return 1;
}

static int fail_event(
	const struct cursor *c, const struct generation *g, const char *what, struct err *e)
{
	int64_t at = cursor_offset(c, g);

	return err_set(e, ERR_DAMAGED, at,
		"Cannot read event: %s, type=%u (%s), thread=%" PRId64 ", generation=%" PRIu64
		", at byte %" PRId64,
		what, *c->at, spec_name(*c->at), c->m, g->number, at);
}

/* The next type byte that can be decoded: how many numbers follow it, 0 at the end, -1. */
static int next_type(struct cursor *c, const struct generation *g, struct err *e)
{
	for (;;) {
		if (c->batch == GENERATION_END || (c->at == c->end && !next_batch(c, g)))
			return 0;
		if (spec_numbers[*c->at] != 0)
			return spec_numbers[*c->at];
		if (!c->skips_unknown || spec_table[*c->at].name)
			return fail_event(c, g, "it cannot stand in an event batch", e);
		c->n_skipped++;
		c->at = c->end; /* how long it is cannot be known: the batch is lost from here */
	}
}

static inline const uint8_t *read_args(const uint8_t *p, uint64_t *args, int n)
{
	for (; n > 0 && p; n--)
		p = read_number(p, args++);
	return p;
}

/* Go adds the batch's time whenever its clock stands at 0 ns; that is the same as once at the
 * start, because the clock can stand at 0 only where the batch's time is 0 ns as well. */
static inline __attribute__((always_inline)) int decode(
	struct cursor *c, const struct generation *g, struct err *e)
{
	int n = c->at != c->end ? spec_numbers[*c->at] : 0;
	const uint8_t *p;
	int64_t time_ns;
	uint64_t dt;

	if (__builtin_expect(n == 0, 0)) {
		n = next_type(c, g, e);
		if (n <= 0)
			return n;
	}
	c->type = *c->at;
	p = read_number(c->at + 1, &dt);
	if (p)
		p = read_args(p, c->args, n - 1);
	if (__builtin_expect(!p || p > c->end, 0))
		return fail_event(c, g, "a number is cut off or too long", e);
	if (__builtin_expect(dt > g->max_ticks, 0))
		return fail_event(c, g, "its time is out of range", e);
	/* Unsigned: a batch's own time may be beyond any bound, and the sum is looked at next. */
	time_ns = (int64_t)((uint64_t)c->time_ns +
		(uint64_t)(int64_t)((double)(int64_t)dt * g->ns_per_tick));
	if (__builtin_expect((uint64_t)time_ns >= (uint64_t)g->lim->time_ns, 0))
		return fail_event(c, g, "its time is out of range", e);
	c->ticks += dt;
	c->time_ns = time_ns;
	c->at = p;
	return 1;
}

int cursor_next(struct cursor *c, const struct generation *g, struct err *e)
{
	return decode(c, g, e);
}

int cursor_scan(struct cursor *c, const struct generation *g, const bool wanted[256], struct err *e)
{
	int n;

	while ((n = next_type(c, g, e)) > 0) {
		const uint8_t *p;
		uint64_t dt;

		c->type = *c->at;
		p = read_number(c->at + 1, &dt);
		if (p && wanted[c->type])
			p = read_args(p, c->args, n - 1);
		else if (p)
			p = skip_numbers(p, n - 1);
		if (!p || p > c->end)
			return fail_event(c, g, "a number is cut off or too long", e);
		c->ticks += dt;
		c->at = p;
		if (wanted[c->type])
			return 1;
	}
	return n;
}

static void swap(struct sort_item *h, size_t i, size_t j)
{
	struct sort_item t = h[i];

	h[i] = h[j];
	h[j] = t;
}

static size_t sift_up(struct sort_item *h, size_t i)
{
	while (i > 0 && h[(i - 1) / 2].key > h[i].key) {
		swap(h, i, (i - 1) / 2);
		i = (i - 1) / 2;
	}
	return i;
}

/* Behind the heap stand two items at the end of time, so that every item has two children. */
static void fence(struct frontier *f)
{
	f->heap.at[f->heap.n].key = INT64_MAX;
	f->heap.at[f->heap.n + 1].key = INT64_MAX;
}

static void sift_down(struct sort_item *h, size_t n, size_t i)
{
	while (2 * i + 1 < n) {
		size_t left = 2 * i + 1, least = i;

		if (h[left].key < h[least].key)
			least = left;
		if (h[left + 1].key < h[least].key)
			least = left + 1;
		if (least == i)
			return;
		swap(h, i, least);
		i = least;
	}
}

void frontier_clear(struct frontier *f)
{
	vec_clear(&f->cursors);
	vec_clear(&f->heap);
}

int frontier_open(struct frontier *f, const struct generation *g, bool skips_unknown, struct err *e)
{
	size_t i, n = g->threads.n;

	f->cursors.n = 0;
	f->heap.n = 0;
	if (vec_reserve(&f->cursors, n) < 0 || vec_reserve(&f->heap, n + 2) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot order events: out of memory");
	for (i = 0; i < n; i++) {
		struct cursor *c = &f->cursors.at[i];
		int rc;

		cursor_init(c, g, i);
		c->skips_unknown = skips_unknown;
		f->cursors.n++;
		rc = cursor_next(c, g, e);
		if (rc < 0)
			return -1;
		if (rc == 0)
			continue;
		f->heap.at[f->heap.n].key = c->time_ns;
		f->heap.at[f->heap.n].value = (uint32_t)i;
		sift_up(f->heap.at, f->heap.n++);
	}
	fence(f);
	return 0;
}

/* Go takes an element out by moving it up to the root, whatever the times, then shrinking. */
static void heap_remove(struct frontier *f, size_t i)
{
	for (; i > 0; i = (i - 1) / 2)
		swap(f->heap.at, i, (i - 1) / 2);
	f->heap.n--;
	f->heap.at[0] = f->heap.at[f->heap.n];
	fence(f);
	sift_down(f->heap.at, f->heap.n, 0);
}

int frontier_advance(struct frontier *f, size_t i, const struct generation *g, struct err *e)
{
	struct sort_item *h = f->heap.at;
	struct cursor *c = &f->cursors.at[h[i].value];
	int rc = decode(c, g, e);

	if (__builtin_expect(rc <= 0, 0)) {
		if (rc == 0)
			heap_remove(f, i);
		return rc;
	}
	h[i].key = c->time_ns;
	if (i == 0 && c->time_ns <= h[1].key && c->time_ns <= h[2].key)
		return 0; /* still the earliest: most events follow one of their own thread */
	if (sift_up(h, i) == i)
		sift_down(h, f->heap.n, i);
	return 0;
}

void frontier_sort(struct frontier *f)
{
	sort_like_go(f->heap.at, f->heap.n);
}
