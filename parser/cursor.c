#include "parser/cursor.h"

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

static inline const uint8_t *read_number(const uint8_t *p, uint64_t *v)
{
	uint64_t a = p[0], b = p[1];

	if (a < 0x80) {
		*v = a;
		return p + 1;
	}
	if (b < 0x80) {
		*v = (a & 0x7f) | b << 7;
		return p + 2;
	}
	return read_long(p, v);
}

void cursor_init(struct cursor *c, const struct generation *g, size_t thread)
{
	const struct generation_thread *t = &g->threads.at[thread];
	const struct generation_batch *b = &g->batches.at[t->first];

	memset(c, 0, sizeof(*c));
	c->m = t->m;
	c->m_index = CURSOR_NO_M;
	c->batch = t->first;
	c->at = b->data;
	c->end = b->data + b->size;
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
		const struct generation_batch *b;

		c->batch = g->batches.at[c->batch].next;
		if (c->batch == GENERATION_END)
			return 0;
		b = &g->batches.at[c->batch];
		c->at = b->data;
		c->end = b->data + b->size;
		c->time_ns = 0;
		c->ticks = 0;
	}
	return 1;
}

static int fail_event(const struct cursor *c, const struct generation *g, const char *what,
		      struct err *e)
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

int cursor_next(struct cursor *c, const struct generation *g, struct err *e)
{
	const uint8_t *p;
	uint64_t dt;
	int i, n;

	n = next_type(c, g, e);
	if (n <= 0)
		return n;
	/* Go's rule: a time of 0, not a new batch, asks for the batch's own time. */
	if (c->time_ns == 0)
		c->time_ns = generation_ns(g, g->batches.at[c->batch].time);
	if (c->ticks == 0)
		c->ticks = g->batches.at[c->batch].time;
	p = read_number(c->at + 1, &dt);
	for (i = 0; i < n - 1 && p; i++)
		p = read_number(p, &c->args[i]);
	if (!p || p > c->end)
		return fail_event(c, g, "a number is cut off or too long", e);
	c->ticks += dt;
	c->time_ns = (int64_t)((uint64_t)c->time_ns + (uint64_t)generation_ns(g, dt));
	if ((uint64_t)c->time_ns >= (uint64_t)g->lim->time_ns)
		return fail_event(c, g, "its time is out of range", e);
	c->type = *c->at;
	c->at = p;
	return 1;
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

static void sift_down(struct sort_item *h, size_t n, size_t i)
{
	size_t least, child;

	for (;; i = least) {
		least = i;
		for (child = 2 * i + 1; child <= 2 * i + 2 && child < n; child++) {
			if (h[child].key < h[least].key)
				least = child;
		}
		if (least == i)
			return;
		swap(h, i, least);
	}
}

void frontier_clear(struct frontier *f)
{
	vec_clear(&f->cursors);
	vec_clear(&f->heap);
}

int frontier_open(struct frontier *f, const struct generation *g, bool skips_unknown,
		  struct err *e)
{
	size_t i, n = g->threads.n;

	f->cursors.n = 0;
	f->heap.n = 0;
	if (vec_reserve(&f->cursors, n) < 0 || vec_reserve(&f->heap, n) < 0)
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
	return 0;
}

/* Go takes an element out by moving it up to the root, whatever the times, then shrinking. */
static void heap_remove(struct frontier *f, size_t i)
{
	for (; i > 0; i = (i - 1) / 2)
		swap(f->heap.at, i, (i - 1) / 2);
	f->heap.n--;
	f->heap.at[0] = f->heap.at[f->heap.n];
	sift_down(f->heap.at, f->heap.n, 0);
}

int frontier_advance(struct frontier *f, size_t i, const struct generation *g, struct err *e)
{
	struct cursor *c = &f->cursors.at[f->heap.at[i].value];
	int rc = cursor_next(c, g, e);

	if (rc < 0)
		return -1;
	if (rc == 0) {
		heap_remove(f, i);
		return 0;
	}
	f->heap.at[i].key = c->time_ns;
	if (sift_up(f->heap.at, i) == i)
		sift_down(f->heap.at, f->heap.n, i);
	return 0;
}

void frontier_sort(struct frontier *f)
{
	sort_like_go(f->heap.at, f->heap.n);
}
