#include "tiles/totals.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/err.h"
#include "tiles/chunk_reader.h"

/* What is being added: one block, row after row as its events come. */
struct sweep {
	struct totals *t;
	struct chunk_reader c;
	const struct meta *meta;
	int64_t from, to;
	uint64_t g; /* 0 = any occupant */
	uint32_t rows;
};

static struct totals_entry *entry_of(
	struct totals *t, uint8_t state, uint32_t reason, struct err *e)
{
	struct totals_entry entry = {.state = state, .reason = reason};

	for (size_t i = 0; i < t->entries.n; i++)
		if (t->entries.at[i].state == state && t->entries.at[i].reason == reason)
			return &t->entries.at[i];
	if (vec_push(&t->entries, entry) < 0) {
		err_set(e, ERR_MEMORY, -1, "Cannot grow totals: entries=%zu", t->entries.n);
		return NULL;
	}
	return &t->entries.at[t->entries.n - 1];
}

static bool is_longer(
	const struct totals_entry *entry, int64_t inside, int64_t before, int64_t time_ns)
{
	if (entry->n == 0 || inside != before)
		return entry->n == 0 || inside > before;
	return time_ns < entry->time_ns;
}

/* The row's state lasted until t1. */
static int add_interval(struct sweep *s, unsigned row, int64_t t1, struct err *e)
{
	const struct chunk_head *h = &s->c.head[row];
	int64_t clock = chunk_clock(h->ticks, s->c.ns_per_tick);
	int64_t t0 = clock - s->meta->origin_ns, a, b;
	int64_t time_ns = (int64_t)((uint64_t)clock + (uint64_t)h->corr_ns);
	struct totals_entry *entry;

	if (h->state == STATE_NONE || !(s->rows >> row & 1) || (s->g && h->occupant != s->g))
		return 0;
	if (t0 >= s->to || (t0 < s->from && t1 <= s->from))
		return 0;
	entry = entry_of(s->t, h->state, h->reason, e);
	if (!entry)
		return -1;
	a = t0 < s->from ? s->from : t0;
	b = t1 > s->to ? s->to : t1;
	b = b < a ? a : b;
	int64_t c = entry->t0 < s->from ? s->from : entry->t0;
	if (is_longer(entry, b - a, entry->t1 - c, time_ns)) {
		entry->t0 = t0;
		entry->t1 = b;
		entry->time_ns = time_ns;
		entry->g = s->c.view == VIEW_G ? h->occupant : h->g;
		entry->block = s->c.block;
		entry->row = (uint8_t)row;
	}
	entry->n++;
	entry->ns += (uint64_t)(b - a);
	s->t->total_ns += (uint64_t)(b - a);
	return 0;
}

static int sweep_chunk(struct sweep *s, struct err *e)
{
	struct chunk_event ev;
	int rc;

	while ((rc = chunk_next(&s->c, &ev, e)) > 0) {
		int64_t t;

		if (ev.kind == CHUNK_MARK)
			continue;
		t = chunk_clock(ev.ticks, s->c.ns_per_tick) - s->meta->origin_ns;
		if (add_interval(s, ev.row, t, e) < 0)
			return -1;
	}
	return rc;
}

int totals_add_block(struct totals *t, struct tile_reader *r, enum view view, uint32_t block,
	uint32_t rows, uint64_t g, int64_t from, int64_t to, struct err *e)
{
	struct sweep s = {
		.t = t, .meta = tile_reader_meta(r), .from = from, .to = to, .g = g, .rows = rows};
	const struct block_index *ix;
	struct block_range range;
	struct buf plain = {0};
	int rc = -1;

	if (s.from < 0)
		s.from = 0;
	if (s.to > s.meta->span_ns)
		s.to = s.meta->span_ns + 1; /* what is entered with the last event counts */
	if (s.from >= s.to)
		return 0;
	if (view > VIEW_G || block >= s.meta->n_blocks[view])
		return err_set(e, ERR_NOT_FOUND, -1, "Cannot find block: number=%u", block);
	ix = tile_get_index(r, view, block, e);
	if (!ix)
		return -1;
	range = block_index_range(ix, s.from, s.to);
	for (uint32_t n = range.first; n < range.end; n++) {
		if (tile_get_chunk_plain(r, view, block, n, &plain, e) < 0 ||
			chunk_open(&s.c, plain.at, plain.n, e) < 0)
			goto out;
		if (s.c.view != view) {
			err_set(e, ERR_DAMAGED, -1, "Cannot read chunk: block=%u, what=\"view\"",
				block);
			goto out;
		}
		if (sweep_chunk(&s, e) < 0)
			goto out;
	}
	for (unsigned i = 0; i < BLOCK_ROWS && range.first < range.end; i++)
		if (add_interval(&s, i, s.meta->span_ns, e) < 0)
			goto out;
	rc = 0;
out:
	buf_clear(&plain);
	return rc;
}

int totals_add_view(struct totals *t, struct tile_reader *r, enum view view, int64_t from,
	int64_t to, struct err *e)
{
	if (view == VIEW_A)
		view = VIEW_G;
	for (uint32_t i = 0; i < tile_reader_meta(r)->n_blocks[view]; i++)
		if (totals_add_block(t, r, view, i, UINT32_MAX, 0, from, to, e) < 0)
			return -1;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct totals_entry *x = a, *y = b;

	if (x->ns != y->ns)
		return x->ns > y->ns ? -1 : 1;
	if (x->state != y->state)
		return x->state < y->state ? -1 : 1;
	return x->reason < y->reason ? -1 : x->reason > y->reason;
}

void totals_sort(struct totals *t)
{
	if (t->entries.n)
		qsort(t->entries.at, t->entries.n, sizeof(*t->entries.at), compare);
}

void totals_clear(struct totals *t)
{
	vec_clear(&t->entries);
	memset(t, 0, sizeof(*t));
}
