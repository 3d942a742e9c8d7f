#include "tiles/profile.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/err.h"
#include "tiles/block_index.h"
#include "tiles/row_set.h"
#include "tiles/stays.h"

void profile_init(struct profile *p)
{
	memset(p, 0, sizeof(*p));
	map_init(&p->known);
}

void profile_clear(struct profile *p)
{
	vec_clear(&p->entries);
	map_clear(&p->known);
	memset(p, 0, sizeof(*p));
}

static int add(struct profile *p, uint32_t stack, uint64_t ns, struct err *e)
{
	const struct profile_entry none = {.stack = stack};
	uint32_t at = map_get(&p->known, stack);

	if (at == MAP_NONE) {
		at = (uint32_t)p->entries.n;
		if (vec_push(&p->entries, none) < 0 || map_put(&p->known, stack, at) < 0)
			return err_set(e, ERR_MEMORY, -1, "Cannot grow profile: stacks=%u", at);
	}
	p->entries.at[at].ns += ns;
	p->entries.at[at].n++;
	p->ns += ns;
	p->n++;
	return 0;
}

/* ---- time in states ---- */

static int add_stay(struct profile *p, const struct profile_query *q, const struct stay *s,
	int64_t from, int64_t to, struct err *e)
{
	const struct chunk_head *h = s->head;

	if (h->state == STATE_NONE || !(q->states >> h->state & 1) ||
		!(q->rows >> s->row % BLOCK_ROWS & 1) || (q->g && h->occupant != q->g) ||
		(q->set && !row_set_has(q->set, VIEW_G, s->row, h->occupant)) ||
		!stay_touches(s->t0, s->t1, from, to))
		return 0;
	return add(p, h->stack, (uint64_t)stay_inside(s->t0, s->t1, from, to), e);
}

static int add_stays(
	struct profile *p, struct tile_reader *r, const struct profile_query *q, struct err *e)
{
	const struct stays_query query = {.view = VIEW_G,
		.block = q->block,
		.group = q->group,
		.clock = CLOCK_WIRE,
		.from = q->from,
		.to = q->to,
		.rows = q->set};
	struct stays stays;
	struct stay stay;
	int rc = stays_open(&stays, r, &query, e);

	while (rc >= 0 && (rc = stays_next(&stays, &stay, e)) > 0)
		rc = add_stay(p, q, &stay, stays.q.from, stays.q.to, e);
	stays_close(&stays);
	return rc;
}

/* ---- samples ---- */

static bool is_in_set(
	const struct profile_query *q, struct slabs *slabs, const struct slab_event *ev)
{
	uint64_t g = ev->view == VIEW_G ? slabs_before(slabs)->occupant : 0;

	return row_set_has(q->set, ev->view, ev->row, g) ||
		(ev->ev.p && row_set_has(q->set, VIEW_P, ev->ev.p - 1, 0)) ||
		(ev->ev.m && row_set_has(q->set, VIEW_M, ev->ev.m - 1, 0));
}

/* A sample lies in the row of its goroutine; without one, of the proc or thread it was taken on. */
static bool is_wanted(
	const struct profile_query *q, struct slabs *slabs, const struct slab_event *ev)
{
	uint32_t block = ev->row / BLOCK_ROWS;

	if (ev->ev.kind != CHUNK_MARK || ev->ev.mark != MARK_SAMPLE)
		return false;
	if (q->set)
		return is_in_set(q, slabs, ev);
	if (q->block == PROFILE_ANY && q->group == PROFILE_ANY)
		return true;
	if (ev->view != VIEW_G || (q->g && slabs_before(slabs)->occupant != q->g))
		return false;
	if (q->block != PROFILE_ANY &&
		(block != q->block || !(q->rows >> ev->row % BLOCK_ROWS & 1)))
		return false;
	return q->group == PROFILE_ANY || slabs_rows(slabs)->group_of.at[block] == q->group;
}

static int add_slab(struct profile *p, struct tile_reader *r, const struct profile_query *q,
	uint64_t number, struct err *e)
{
	int64_t origin = tile_reader_meta(r)->origin_ns;
	struct slabs *slabs = tile_reader_slabs(r);
	struct slab_change change;
	struct slab_event ev;
	int rc;

	if (slabs_seek(slabs, number, e) < 0)
		return -1;
	while ((rc = slabs_next(slabs, &ev, &change, e)) > 0) {
		int64_t t;

		if (!is_wanted(q, slabs, &ev))
			continue;
		t = chunk_clock(ev.ev.ticks, slabs_rows(slabs)->ns_per_tick) - origin;
		if (t >= q->from && t < q->to && add(p, ev.ev.stack, 0, e) < 0)
			return -1;
	}
	return rc;
}

/* The index of A tells which slabs touch the range. */
static int add_samples(
	struct profile *p, struct tile_reader *r, const struct profile_query *q, struct err *e)
{
	const struct block_index *ix = tile_get_index(r, VIEW_A, 0, e);

	if (!ix)
		return -1;
	for (uint32_t i = 0; i < ix->chunks.n; i++) {
		if (ix->chunks.at[i].t_lo >= q->to)
			break;
		if (ix->chunks.at[i].t_hi >= q->from &&
			add_slab(p, r, q, ix->chunks.at[i].seq, e) < 0)
			return -1;
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct profile_entry *x = a, *y = b;

	if (x->ns != y->ns)
		return x->ns > y->ns ? -1 : 1;
	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return x->stack < y->stack ? -1 : x->stack > y->stack;
}

int profile_make(
	struct profile *p, struct tile_reader *r, const struct profile_query *q, struct err *e)
{
	if ((q->states ? add_stays(p, r, q, e) : add_samples(p, r, q, e)) < 0)
		return -1;
	if (p->entries.n)
		qsort(p->entries.at, p->entries.n, sizeof(*p->entries.at), compare);
	return 0;
}
