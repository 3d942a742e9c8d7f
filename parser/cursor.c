#include "parser/cursor.h"

#include <string.h>

#include "parser/base/err.h"
#include "parser/generation.h"

#define BLOCK_MAX  64
#define BLOCKS_ALL 65536 /* records of all blocks together, where threads are many */

int64_t cursor_offset(const struct cursor *c, const struct generation *g)
{
	return c->at == c->end ? -1 : g->batches.at[c->batch].offset + c->at->end;
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

static void fence(struct frontier *f)
{
	f->heap.at[f->heap.n].key = CURSOR_LAST;
	f->heap.at[f->heap.n + 1].key = CURSOR_LAST;
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
	vec_clear(&f->blocks);
}

int cursor_refill(struct frontier *f, struct cursor *c, const struct generation *g, struct err *e)
{
	int n = decoder_read(&c->decoder, g, c->block, f->block_cap, e);

	if (n > 0) {
		uint32_t before = c->batch == c->decoder.batch ? c->batch_bytes : 0;

		c->batch_bytes = c->block[n - 1].end;
		f->n_bytes += c->batch_bytes - before;
	}

	c->at = c->block;
	c->end = c->block + (n > 0 ? n : 0);
	c->block[n > 0 ? n : 0].time_ns = CURSOR_END;
	c->batch = c->decoder.batch;
	return n > 0 ? 1 : n;
}

static void init_cursor(struct frontier *f, const struct generation *g, size_t i, bool skips)
{
	struct cursor *c = &f->cursors.at[i];

	memset(c, 0, sizeof(*c));
	decoder_init(&c->decoder, g, i);
	c->decoder.skips_unknown = skips;
	c->batch = GENERATION_END;
	c->block = f->blocks.at + i * (f->block_cap + 1);
}

int frontier_open(struct frontier *f, const struct generation *g, bool skips_unknown,
	struct err *lost, struct err *e)
{
	size_t i, n = g->threads.n, cap = n == 0 ? 1 : BLOCKS_ALL / n;

	f->cursors.n = 0;
	f->heap.n = 0;
	f->n_bytes = f->n_all_bytes = 0;
	for (i = 0; i < g->batches.n; i++)
		f->n_all_bytes += g->batches.at[i].size;
	f->block_cap = cap > BLOCK_MAX ? BLOCK_MAX : cap < 1 ? 1 : cap;
	if (vec_reserve(&f->cursors, n) < 0 || vec_reserve(&f->heap, n + 2) < 0 ||
		vec_reserve(&f->blocks, n * (f->block_cap + 1)) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot order events: out of memory");
	for (i = 0; i < n; i++) {
		struct cursor *c = &f->cursors.at[i];
		int rc;

		init_cursor(f, g, i, skips_unknown);
		f->cursors.n++;
		rc = cursor_refill(f, c, g, lost ? lost : e);
		if (rc < 0 && !lost)
			return -1;
		if (rc <= 0)
			continue;
		f->heap.at[f->heap.n].key = c->at->time_ns;
		f->heap.at[f->heap.n].value = (uint32_t)i;
		sift_up(f->heap.at, f->heap.n++);
	}
	fence(f);
	return 0;
}

/* Go takes an element out by moving it up to the root, whatever the times, then shrinking. */
void frontier_drop(struct frontier *f, size_t i)
{
	for (; i > 0; i = (i - 1) / 2)
		swap(f->heap.at, i, (i - 1) / 2);
	f->heap.n--;
	f->heap.at[0] = f->heap.at[f->heap.n];
	fence(f);
	sift_down(f->heap.at, f->heap.n, 0);
}

int frontier_refill(struct frontier *f, size_t i, const struct generation *g, struct err *e)
{
	int rc = cursor_refill(f, &f->cursors.at[f->heap.at[i].value], g, e);

	if (rc <= 0)
		frontier_drop(f, i);
	return rc;
}

void frontier_update(struct frontier *f, size_t i)
{
	f->heap.at[i].key = f->cursors.at[f->heap.at[i].value].at->time_ns;
	if (sift_up(f->heap.at, i) == i)
		sift_down(f->heap.at, f->heap.n, i);
}

void frontier_sort(struct frontier *f)
{
	sort_like_go(f->heap.at, f->heap.n);
}
