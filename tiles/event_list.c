#include "tiles/event_list.h"

#include <stdlib.h>

#include "parser/base/err.h"
#include "tiles/meta.h"
#include "tiles/row_set.h"

struct listing {
	struct tile_reader *reader;
	const struct event_query *q;
	const struct meta *meta;
	struct event_list *out;
};

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot list events: out of memory");
}

static int compare(const void *left, const void *right)
{
	const struct listed_event *a = left, *b = right;

	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	if (a->view != b->view) /* G, P, M: the goroutine speaks first */
		return (a->view + 1) % 3 < (b->view + 1) % 3 ? -1 : 1;
	if (a->block != b->block)
		return a->block < b->block ? -1 : 1;
	if (a->row != b->row)
		return (int)a->row - (int)b->row;
	return a->order < b->order ? -1 : a->order > b->order;
}

static unsigned class_of(const struct listed_event *ev)
{
	static const uint8_t marks[N_MARKS] = {
		[MARK_LOG] = CLASS_LOG,
		[MARK_LABEL] = CLASS_LABEL,
		[MARK_SAMPLE] = CLASS_SAMPLE,
		[MARK_REGION_BEGIN] = CLASS_REGION,
		[MARK_REGION_END] = CLASS_REGION,
		[MARK_RANGE_BEGIN] = CLASS_RANGE,
		[MARK_RANGE_END] = CLASS_RANGE,
	};

	switch (ev->kind) {
	case CHUNK_BORN:
		return CLASS_BORN;
	case CHUNK_GONE:
		return CLASS_GONE;
	case CHUNK_MARK:
		return marks[ev->mark];
	default:
		return CLASS_STATE;
	}
}

/* Does the goroutine's own row tell the same? */
static bool is_told_by_goroutine(const struct listed_event *ev)
{
	if (ev->view == VIEW_G || ev->kind == CHUNK_MARK)
		return false;
	return ev->view == VIEW_M || (ev->state != STATE_NONE && ev->from != STATE_NONE);
}

static bool matches(const struct listing *l, const struct listed_event *ev)
{
	const struct event_query *q = l->q;

	if (q->has_at ? ev->time_ns != q->at
		      : ev->t_ns < q->from || ev->t_ns >= q->to || ev->time_ns <= q->after)
		return false;
	if (q->set) {
		if (!row_set_has(q->set, ev->view, ev->block * BLOCK_ROWS + ev->row, ev->g))
			return false;
	} else if (q->has_place
			? !(q->rows >> ev->row & 1)
			: is_told_by_goroutine(ev) || ev->time_ns == l->meta->origin_time_ns)
		return false;
	if ((q->g && ev->g != q->g) || (q->p && ev->p != q->p) || (q->m && ev->m != q->m) ||
		(q->task && (ev->kind != CHUNK_MARK || ev->task != q->task)))
		return false;
	return (class_of(ev) & q->kinds) != 0;
}

/* An event with what its row was before it. */
static struct listed_event listed(
	const struct listing *l, const struct slab_event *sev, uint64_t order)
{
	const struct slabs *slabs = tile_reader_slabs(l->reader);
	const struct chunk_head *before = slabs_before(slabs);
	const struct chunk_event *ev = &sev->ev;
	int64_t clock_ns = chunk_clock(ev->ticks, slabs_rows(slabs)->ns_per_tick);
	struct listed_event out = {.time_ns = clock_ns + ev->corr_ns,
		.t_ns = clock_ns - l->meta->origin_ns,
		.order = order,
		.g = ev->g,
		.task = ev->task,
		.block = sev->row / BLOCK_ROWS,
		.reason = ev->reason,
		.stack = ev->stack,
		.text = ev->text,
		.text2 = ev->text2,
		.p = sev->view == VIEW_P ? sev->row + 1 : ev->p,
		.m = sev->view == VIEW_M ? sev->row + 1 : ev->m,
		.view = sev->view,
		.row = ev->row,
		.kind = ev->kind,
		.state = ev->kind == CHUNK_GONE ? (uint8_t)STATE_NONE : ev->state,
		.from = before->state,
		.mark = ev->mark};

	if (sev->view == VIEW_G && ev->kind == CHUNK_BORN) {
		out.other_g = ev->g2;
	} else if (sev->view == VIEW_G) {
		out.other_g = ev->kind == CHUNK_STATE ? ev->g : 0;
		out.g = before->occupant;
	}
	return out;
}

/* Is the page full, with all events of its last T? Events come in the order of T. */
static bool is_full(const struct listing *l, int64_t time_ns)
{
	size_t n = l->out->events.n;

	return n > l->q->limit && l->out->events.at[n - 1].time_ns != time_ns;
}

/* The matches of one slab: 1, 0 when the page is full, -1. */
static int list_slab(struct listing *l, uint64_t number, struct err *e)
{
	struct slabs *slabs = tile_reader_slabs(l->reader);
	struct slab_change change;
	struct listed_event out;
	struct slab_event ev;
	uint32_t n = 0;
	int rc;

	if (l->q->cancel.is_cancelled && l->q->cancel.is_cancelled(l->q->cancel.context))
		return err_set(e, ERR_CANCELLED, -1, "Cannot list events: cancelled");
	if (slabs_seek(slabs, number, e) < 0)
		return -1;
	while ((rc = slabs_next(slabs, &ev, &change, e)) > 0) {
		if (l->q->has_place &&
			(ev.view != l->q->view || ev.row / BLOCK_ROWS != l->q->block))
			continue;
		if (l->q->set && !row_set_has_row(l->q->set, ev.view, ev.row))
			continue;
		out = listed(l, &ev, number << 32 | n++);
		if (!matches(l, &out))
			continue;
		if (is_full(l, out.time_ns)) {
			l->out->has_next = true;
			return 0;
		}
		if (vec_push(&l->out->events, out) < 0)
			return no_memory(e);
	}
	return rc < 0 ? -1 : 1;
}

/* Slab by slab of those that may hold a match. T is never before the clock, and never more than
 * meta.max_corr_ns after it. */
static int list_slabs(struct listing *l, struct err *e)
{
	const struct event_query *q = l->q;
	const struct block_index *ix = tile_get_index(
		l->reader, q->has_place ? q->view : VIEW_A, q->has_place ? q->block : 0, e);
	int64_t origin = l->meta->origin_ns, late = l->meta->max_corr_ns;
	int64_t from = q->from, to = q->to;
	uint64_t next = 0; /* slabs before are done */
	int rc = 1;

	if (!ix)
		return -1;
	if (q->has_at) {
		from = q->at - origin - late;
		to = q->at - origin + 1;
	} else if (q->after != INT64_MIN && q->after - origin - late > from) {
		from = q->after - origin - late;
	}
	for (uint32_t i = 0; i < ix->chunks.n && rc > 0; i++) {
		const struct block_entry *c = &ix->chunks.at[i];

		if (c->t_lo >= to)
			break;
		if (c->t_hi < from)
			continue;
		if (next < c->seq)
			next = c->seq;
		for (; next < c->seq + c->n_slabs && rc > 0; next++)
			rc = list_slab(l, next, e);
	}
	return rc < 0 ? -1 : 0;
}

/* Cut to the limit: back to where a T ends; where one T is all there is, all of it. */
static void cut_page(struct listing *l)
{
	const struct listed_event *at = l->out->events.at;
	size_t n = l->out->events.n, limit = l->q->limit;

	if (n <= limit)
		return;
	for (n = limit; n > 0; n--)
		if (at[n].time_ns != at[n - 1].time_ns)
			break;
	if (n == 0)
		for (n = limit; n < l->out->events.n && at[n].time_ns == at[0].time_ns;)
			n++;
	l->out->has_next |= n < l->out->events.n;
	l->out->events.n = n;
}

int event_list_get(
	struct tile_reader *r, const struct event_query *q, struct event_list *out, struct err *e)
{
	struct listing l = {.reader = r, .q = q, .meta = tile_reader_meta(r), .out = out};

	out->events.n = 0;
	out->has_next = false;
	if (q->limit < 1 || q->limit > EVENT_LIST_MAX)
		return err_set(e, ERR_USAGE, -1, "Cannot list events: limit=%u is not 1 to %d",
			q->limit, EVENT_LIST_MAX);
	if (list_slabs(&l, e) < 0)
		return -1;
	if (out->events.n > 0)
		qsort(out->events.at, out->events.n, sizeof(*out->events.at), compare);
	cut_page(&l);
	return 0;
}

void event_list_clear(struct event_list *l)
{
	vec_clear(&l->events);
}
