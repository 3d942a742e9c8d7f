#include "tiles/event_list.h"

#include <stdlib.h>

#include "parser/base/err.h"
#include "tiles/chunk_reader.h"
#include "tiles/meta.h"

/* More than one event of the trace can put into rows, so that an incomplete last T is seen. */
#define SPARE 128

/* A chunk to read. */
struct piece {
	int64_t t_lo;
	uint32_t block, number;
	uint8_t view;
};

struct listing {
	struct tile_reader *reader;
	const struct event_query *q;
	const struct meta *meta;
	VEC(struct piece) pieces;
	VEC(struct listed_event) heap; /* the last in order on top */
	size_t cap;
	bool is_cut; /* something that matches was left out */
	struct buf bytes;
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

static int compare_pieces(const void *left, const void *right)
{
	const struct piece *a = left, *b = right;

	if (a->t_lo != b->t_lo)
		return a->t_lo < b->t_lo ? -1 : 1;
	if (a->view != b->view)
		return (int)a->view - (int)b->view;
	if (a->block != b->block)
		return a->block < b->block ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

static void sift_down(struct listing *l)
{
	struct listed_event *heap = l->heap.at, moving = heap[0];
	size_t i = 0, child;

	while ((child = 2 * i + 1) < l->heap.n) {
		if (child + 1 < l->heap.n && compare(&heap[child + 1], &heap[child]) > 0)
			child++;
		if (compare(&moving, &heap[child]) >= 0)
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = moving;
}

static void sift_up(struct listing *l)
{
	struct listed_event *heap = l->heap.at, moving = heap[l->heap.n - 1];
	size_t i = l->heap.n - 1, parent;

	while (i > 0) {
		parent = (i - 1) / 2;
		if (compare(&heap[parent], &moving) >= 0)
			break;
		heap[i] = heap[parent];
		i = parent;
	}
	heap[i] = moving;
}

/* Keeps an event if it is among the first `cap` so far. */
static int keep(struct listing *l, const struct listed_event *ev, struct err *e)
{
	if (l->heap.n < l->cap) {
		if (vec_push(&l->heap, *ev) < 0)
			return no_memory(e);
		sift_up(l);
		return 0;
	}
	l->is_cut = true;
	if (compare(ev, &l->heap.at[0]) < 0) {
		l->heap.at[0] = *ev;
		sift_down(l);
	}
	return 0;
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
	if (q->has_place ? !(q->rows >> ev->row & 1)
			 : is_told_by_goroutine(ev) || ev->time_ns == l->meta->origin_time_ns)
		return false;
	if ((q->g && ev->g != q->g) || (q->p && ev->p != q->p) || (q->m && ev->m != q->m))
		return false;
	return (class_of(ev) & q->kinds) != 0;
}

/* An event of a chunk with what the row was before it. */
static struct listed_event listed(
	const struct listing *l, const struct chunk_reader *cr, const struct chunk_event *ev)
{
	const struct chunk_head *head = &cr->head[ev->row];
	int64_t clock_ns = chunk_clock(ev->ticks, cr->ns_per_tick);
	uint32_t row = cr->block * BLOCK_ROWS + ev->row;
	struct listed_event out = {.time_ns = clock_ns + ev->corr_ns,
		.t_ns = clock_ns - l->meta->origin_ns,
		.order = (uint64_t)cr->number << 32 | cr->n_read,
		.g = ev->g,
		.task = ev->task,
		.block = cr->block,
		.reason = ev->reason,
		.stack = ev->stack,
		.text = ev->text,
		.text2 = ev->text2,
		.p = cr->view == VIEW_P ? row + 1 : ev->p,
		.m = cr->view == VIEW_M ? row + 1 : ev->m,
		.view = (uint8_t)cr->view,
		.row = ev->row,
		.kind = ev->kind,
		.state = ev->kind == CHUNK_GONE ? (uint8_t)STATE_NONE : ev->state,
		.from = head->state,
		.mark = ev->mark};

	if (cr->view == VIEW_G && ev->kind == CHUNK_BORN) {
		out.other_g = ev->g2;
	} else if (cr->view == VIEW_G) {
		out.other_g = ev->kind == CHUNK_STATE ? ev->g : 0;
		out.g = head->occupant;
	}
	return out;
}

static int read_piece(struct listing *l, const struct piece *p, struct err *e)
{
	struct chunk_reader cr;
	struct chunk_event ev;
	struct listed_event out;
	int rc;

	if (l->q->cancel.is_cancelled && l->q->cancel.is_cancelled(l->q->cancel.context))
		return err_set(e, ERR_CANCELLED, -1, "Cannot list events: cancelled");
	if (tile_get_chunk_plain(l->reader, (enum view)p->view, p->block, p->number, &l->bytes, e) <
			0 ||
		chunk_open(&cr, l->bytes.at, l->bytes.n, e) < 0)
		return -1;
	while ((rc = chunk_next(&cr, &ev, e)) > 0) {
		out = listed(l, &cr, &ev);
		if (matches(l, &out) && keep(l, &out, e) < 0)
			return -1;
	}
	return rc;
}

/* The chunks of a block that may hold a match. T is never before the clock, and never more than
 * meta.max_corr_ns after it. */
static int add_block(struct listing *l, enum view view, uint32_t block, struct err *e)
{
	const struct event_query *q = l->q;
	const struct block_index *ix = tile_get_index(l->reader, view, block, e);
	int64_t origin = l->meta->origin_ns, late = l->meta->max_corr_ns;
	int64_t from = q->from, to = q->to;

	if (!ix)
		return -1;
	if (q->has_at) {
		from = q->at - origin - late;
		to = q->at - origin + 1;
	} else if (q->after != INT64_MIN && q->after - origin - late > from) {
		from = q->after - origin - late;
	}
	for (uint32_t i = 0; i < ix->chunks.n; i++) {
		const struct block_entry *c = &ix->chunks.at[i];
		const struct piece piece = {c->t_lo, block, i, (uint8_t)view};

		if (c->t_lo >= to)
			break;
		if (c->t_hi >= from && vec_push(&l->pieces, piece) < 0)
			return no_memory(e);
	}
	return 0;
}

static int add_blocks(struct listing *l, struct err *e)
{
	static const enum view views[] = {VIEW_G, VIEW_P, VIEW_M};
	const struct event_query *q = l->q;

	if (q->has_place)
		return add_block(l, q->view, q->block, e);
	for (unsigned i = 0; i < 3; i++) {
		for (uint32_t block = 0; block < l->meta->n_blocks[views[i]]; block++) {
			if (add_block(l, views[i], block, e) < 0)
				return -1;
		}
	}
	return 0;
}

/* The page: sorted, cut to whole Ts. */
static int take_page(struct listing *l, struct event_list *out, struct err *e)
{
	size_t n = l->heap.n, limit = l->q->limit;

	if (n > 0)
		qsort(l->heap.at, n, sizeof(*l->heap.at), compare);
	/* Past the limit, back to where a T ends; where one T is all there is, all of it. */
	if (n > limit) {
		for (n = limit; n > 0; n--) {
			if (l->heap.at[n].time_ns != l->heap.at[n - 1].time_ns)
				break;
		}
		if (n == 0) {
			n = limit;
			while (n < l->heap.n && l->heap.at[n].time_ns == l->heap.at[0].time_ns)
				n++;
		}
	}
	out->has_next = n < l->heap.n || l->is_cut;
	if (vec_reserve(&out->events, n + 1) < 0)
		return no_memory(e);
	for (size_t i = 0; i < n; i++)
		out->events.at[i] = l->heap.at[i];
	out->events.n = n;
	return 0;
}

/* Reads the pieces in order of time until none can hold an event of the page. */
static int read_pieces(struct listing *l, struct err *e)
{
	if (l->pieces.n > 0)
		qsort(l->pieces.at, l->pieces.n, sizeof(*l->pieces.at), compare_pieces);
	for (size_t i = 0; i < l->pieces.n; i++) {
		const struct piece *p = &l->pieces.at[i];

		if (l->heap.n == l->cap && l->heap.at[0].time_ns < p->t_lo + l->meta->origin_ns) {
			l->is_cut = true;
			break;
		}
		if (read_piece(l, p, e) < 0)
			return -1;
	}
	return 0;
}

int event_list_get(
	struct tile_reader *r, const struct event_query *q, struct event_list *out, struct err *e)
{
	struct listing l = {.reader = r, .q = q, .meta = tile_reader_meta(r)};
	int rc = -1;

	out->events.n = 0;
	out->has_next = false;
	if (q->limit < 1 || q->limit > EVENT_LIST_MAX)
		return err_set(e, ERR_USAGE, -1, "Cannot list events: limit=%u is not 1 to %d",
			q->limit, EVENT_LIST_MAX);
	l.cap = (size_t)q->limit + SPARE;
	if (add_blocks(&l, e) == 0 && read_pieces(&l, e) == 0)
		rc = take_page(&l, out, e);
	vec_clear(&l.pieces);
	vec_clear(&l.heap);
	buf_clear(&l.bytes);
	return rc;
}

void event_list_clear(struct event_list *l)
{
	vec_clear(&l->events);
}
