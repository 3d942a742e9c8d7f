#include "tiles/totals.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/err.h"
#include "tiles/stays.h"

/* What is being added. */
struct sweep {
	struct totals *t;
	struct stays stays;
	uint64_t g;    /* 0 = any occupant */
	uint32_t rows; /* bit per row of the block, of one block */
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

static int add_stay(struct sweep *s, const struct stay *stay, struct err *e)
{
	const struct stays_query *q = &s->stays.q;
	const struct chunk_head *h = stay->head;
	struct totals_entry *entry;
	int64_t inside, before, end, time_ns;

	if (h->state == STATE_NONE || !(s->rows >> stay->row % BLOCK_ROWS & 1) ||
		(s->g && h->occupant != s->g))
		return 0;
	if (!stay_touches(stay->t0, stay->t1, q->from, q->to))
		return 0;
	entry = entry_of(s->t, h->state, h->reason, e);
	if (!entry)
		return -1;
	inside = stay_inside(stay->t0, stay->t1, q->from, q->to);
	before = stay_inside(entry->t0, entry->t1, q->from, q->to);
	time_ns = (int64_t)((uint64_t)s->stays.meta->origin_ns + (uint64_t)stay->t0 +
		(uint64_t)h->corr_ns);
	if (is_longer(entry, inside, before, time_ns)) {
		end = stay->t1 > q->to ? q->to : stay->t1;
		entry->t0 = stay->t0;
		entry->t1 = end < stay->t0 ? stay->t0 : end;
		entry->time_ns = time_ns;
		entry->g = q->view == VIEW_G ? h->occupant : h->g;
		entry->block = stay->row / BLOCK_ROWS;
		entry->row = (uint8_t)(stay->row % BLOCK_ROWS);
	}
	entry->n++;
	entry->ns += (uint64_t)inside;
	s->t->total_ns += (uint64_t)inside;
	return 0;
}

static int add_stays(struct sweep *s, struct tile_reader *r, enum view view, uint32_t block,
	uint32_t group, int64_t from, int64_t to, struct err *e)
{
	const struct stays_query q = {.view = view,
		.block = block,
		.group = group,
		.clock = CLOCK_WIRE,
		.from = from,
		.to = to};
	struct stay stay;
	int rc = stays_open(&s->stays, r, &q, e);

	while (rc >= 0 && (rc = stays_next(&s->stays, &stay, e)) > 0)
		rc = add_stay(s, &stay, e);
	stays_close(&s->stays);
	return rc;
}

int totals_add_block(struct totals *t, struct tile_reader *r, enum view view, uint32_t block,
	uint32_t rows, uint64_t g, int64_t from, int64_t to, struct err *e)
{
	struct sweep s = {.t = t, .g = g, .rows = rows};

	return add_stays(&s, r, view, block, STAYS_ANY, from, to, e);
}

int totals_add_group(struct totals *t, struct tile_reader *r, uint32_t group, int64_t from,
	int64_t to, struct err *e)
{
	struct sweep s = {.t = t, .rows = UINT32_MAX};

	return add_stays(&s, r, VIEW_G, STAYS_ANY, group, from, to, e);
}

int totals_add_view(struct totals *t, struct tile_reader *r, enum view view, int64_t from,
	int64_t to, struct err *e)
{
	struct sweep s = {.t = t, .rows = UINT32_MAX};

	return add_stays(&s, r, view == VIEW_A ? VIEW_G : view, STAYS_ANY, STAYS_ANY, from, to, e);
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
