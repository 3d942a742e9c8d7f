#include "tiles/totals.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/err.h"
#include "tiles/row_set.h"
#include "tiles/stays.h"

/* What is being added. */
struct sweep {
	struct totals *t;
	struct stays stays;
	uint64_t g;                /* 0 = any occupant */
	uint32_t rows;             /* bit per row of the block, of one block */
	const struct row_set *set; /* NULL: any */
};

static struct totals_entry *entry_of(
	struct totals *t, uint8_t state, uint32_t reason, struct err *e)
{
	struct totals_entry entry = {.state = state, .reason = reason};
	uint64_t key = (uint64_t)reason << 8 | state;
	uint32_t at;

	if (t->entries.n == 0)
		map_init(&t->known);
	at = map_get(&t->known, key);
	if (at != MAP_NONE)
		return &t->entries.at[at];
	durations_init(&entry.durations);
	if (vec_reserve(&t->entries, t->entries.n + 1) < 0 ||
		map_put(&t->known, key, (uint32_t)t->entries.n) < 0) {
		err_set(e, ERR_MEMORY, -1, "Cannot grow totals: entries=%zu", t->entries.n);
		return NULL;
	}
	t->entries.at[t->entries.n] = entry;
	return &t->entries.at[t->entries.n++];
}

static bool is_longer(const struct totals_stay *a, const struct totals_stay *b)
{
	return a->inside != b->inside ? a->inside > b->inside : a->time_ns < b->time_ns;
}

/* Among the longest, in its place, where it is one of them. */
static void keep_longest(struct totals_entry *entry, const struct totals_stay *stay)
{
	struct totals_stay *at = entry->longest;
	size_t n = entry->n_longest;

	if (n == TOTALS_LONGEST && !is_longer(stay, &at[n - 1]))
		return;
	if (n < TOTALS_LONGEST)
		entry->n_longest++;
	else
		n--;
	for (; n > 0 && is_longer(stay, &at[n - 1]); n--)
		at[n] = at[n - 1];
	at[n] = *stay;
}

static int add_stay(struct sweep *s, const struct stay *stay, struct err *e)
{
	const struct stays_query *q = &s->stays.q;
	const struct chunk_head *h = stay->head;
	struct totals_entry *entry;
	struct totals_stay one;

	if (h->state == STATE_NONE || !(s->rows >> stay->row % BLOCK_ROWS & 1) ||
		(s->g && h->occupant != s->g) ||
		(s->set && !row_set_has(s->set, q->view, stay->row, h->occupant)))
		return 0;
	if (!stay_touches(stay->t0, stay->t1, q->from, q->to))
		return 0;
	entry = entry_of(s->t, h->state, h->reason, e);
	if (!entry)
		return -1;
	one = (struct totals_stay){.inside = stay_inside(stay->t0, stay->t1, q->from, q->to),
		.t0 = stay->t0,
		.t1 = stay->t1 > q->to ? q->to : stay->t1,
		.time_ns = (int64_t)((uint64_t)s->stays.meta->origin_ns + (uint64_t)stay->t0 +
			(uint64_t)h->corr_ns),
		.g = q->view == VIEW_G ? h->occupant : h->g,
		.block = stay->row / BLOCK_ROWS,
		.row = (uint8_t)(stay->row % BLOCK_ROWS)};
	if (one.t1 < one.t0)
		one.t1 = one.t0;
	keep_longest(entry, &one);
	entry->n++;
	entry->ns += (uint64_t)one.inside;
	s->t->total_ns += (uint64_t)one.inside;
	return s->t->with_durations ? durations_add(&entry->durations, (uint64_t)one.inside, e) : 0;
}

static int add_stays(struct sweep *s, struct tile_reader *r, enum view view, uint32_t block,
	uint32_t group, int64_t from, int64_t to, struct err *e)
{
	const struct stays_query q = {.view = view,
		.block = block,
		.group = group,
		.clock = CLOCK_WIRE,
		.from = from,
		.to = to,
		.rows = s->set};
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

int totals_add_rows(struct totals *t, struct tile_reader *r, const struct row_set *rows,
	int64_t from, int64_t to, struct err *e)
{
	for (unsigned view = VIEW_P; view <= VIEW_G; view++) {
		struct sweep s = {.t = t, .rows = UINT32_MAX, .set = rows};

		if (row_set_has_view(rows, view) &&
			add_stays(&s, r, (enum view)view, STAYS_ANY, STAYS_ANY, from, to, e) < 0)
			return -1;
	}
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
	for (size_t i = 0; i < t->entries.n; i++)
		durations_sort(&t->entries.at[i].durations);
}

void totals_clear(struct totals *t)
{
	for (size_t i = 0; i < t->entries.n; i++)
		durations_clear(&t->entries.at[i].durations);
	vec_clear(&t->entries);
	map_clear(&t->known);
	memset(t, 0, sizeof(*t));
}
