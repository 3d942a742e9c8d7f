#include "tiles/chunk_reader.h"

#include <math.h>

#include "parser/base/err.h"

enum { HEADS, OP, DT, STATE, REASON, STACK, G, P, M, CORR, MARK };

static int damaged(const struct chunk_reader *r, const char *what, struct err *e)
{
	return err_set(e, ERR_DAMAGED, -1, "Cannot read chunk: block=%u, number=%u, what=\"%s\"",
		r->block, r->number, what);
}

static void read_heads(struct chunk_reader *r)
{
	struct bytes *b = &r->stream[HEADS];

	for (unsigned i = 0; i < r->n_rows; i++) {
		struct chunk_head *h = &r->head[i];
		uint64_t born;

		h->state = bytes_u8(b);
		if (h->state >= N_STATES)
			bytes_fail(b);
		h->ticks = r->base - zigzag_undo(bytes_uvarint(b));
		h->corr_ns = (int64_t)zigzag_undo(bytes_uvarint(b));
		h->reason = bytes_uvarint32(b);
		h->stack = bytes_uvarint32(b);
		h->g = bytes_uvarint(b);
		h->p = bytes_uvarint32(b);
		h->m = bytes_uvarint32(b);
		h->occupant = bytes_uvarint(b);
		born = zigzag_undo(bytes_uvarint(b));
		h->born_ticks = h->occupant ? r->base - born : 0;
	}
}

static void read_group_heads(struct chunk_reader *r)
{
	struct bytes *b = &r->stream[HEADS];

	for (unsigned i = 0; i < r->n_rows; i++)
		for (unsigned s = 0; s < N_STATES; s++)
			r->alive[i][s] = bytes_uvarint32(b);
}

static unsigned n_streams_of(enum view view)
{
	return view == VIEW_C ? COUNTER_STREAMS : view == VIEW_F ? GROUP_STREAMS : CHUNK_STREAMS;
}

/* The fixed part; leaves the streams' lengths and bytes in `b`. */
static int read_header(struct chunk_reader *r, struct bytes *b, struct err *e)
{
	const uint8_t *h = bytes_take(b, CHUNK_HEADER_BYTES);
	uint64_t rate;
	int view;

	if (!h || memcmp(h, "TSC1", 4) != 0 || h[5] != 0)
		return damaged(r, "no chunk", e);
	view = view_of_letter((char)h[4]);
	if (view < 0 || view == VIEW_A)
		return damaged(r, "view", e);
	r->view = (enum view)view;
	r->n_rows = (uint32_t)bytes_le(h + 6, 2);
	r->block = (uint32_t)bytes_le(h + 8, 4);
	r->number = (uint32_t)bytes_le(h + 12, 4);
	r->n_events = (uint32_t)bytes_le(h + 16, 4);
	r->base = bytes_le(h + 24, 8);
	rate = bytes_le(h + 32, 8);
	memcpy(&r->ns_per_tick, &rate, 8);
	if (r->n_rows > BLOCK_ROWS || (r->n_rows == 0) != (view == VIEW_C))
		return damaged(r, "rows", e);
	if (r->n_events == 0 || r->n_events > (view == VIEW_C ? COUNTER_SAMPLES : CHUNK_EVENTS))
		return damaged(r, "events", e);
	if (!isfinite(r->ns_per_tick) || r->ns_per_tick <= 0 || r->ns_per_tick > 1e9)
		return damaged(r, "clock rate", e);
	if (bytes_le(h + 20, 4) != n_streams_of(r->view))
		return damaged(r, "streams", e);
	return 0;
}

static int read_streams(struct chunk_reader *r, struct bytes *b, struct err *e)
{
	unsigned n = n_streams_of(r->view);
	const uint8_t *lengths = bytes_take(b, 4 * (uint64_t)n);

	for (unsigned i = 0; lengths && i < n; i++) {
		uint64_t length = bytes_le(lengths + 4 * (size_t)i, 4);
		const uint8_t *at = bytes_take(b, length);

		if (at)
			r->stream[i] = bytes_of(at, length);
	}
	if (b->bad || bytes_left(b) != 0)
		return damaged(r, "length", e);
	if (r->view == VIEW_C)
		return 0;
	if (bytes_left(&r->stream[OP]) != r->n_events)
		return damaged(r, "length of op", e);
	if (r->view == VIEW_F && bytes_left(&r->stream[STATE]) != r->n_events)
		return damaged(r, "length of states", e);
	return 0;
}

static void next_corr(struct chunk_reader *r)
{
	if (r->corr_left == 0) {
		r->corr_gap = UINT32_MAX;
		return;
	}
	r->corr_left--;
	r->corr_gap += bytes_uvarint32(&r->stream[CORR]);
}

int chunk_open(struct chunk_reader *r, const void *data, size_t n, struct err *e)
{
	struct bytes b = bytes_of(data, n);

	memset(r, 0, sizeof(*r));
	if (read_header(r, &b, e) < 0 || read_streams(r, &b, e) < 0)
		return -1;
	r->ticks = r->base;
	if (r->view == VIEW_C)
		return 0;
	if (r->view == VIEW_F)
		read_group_heads(r);
	else
		read_heads(r);
	if (r->stream[HEADS].bad || bytes_left(&r->stream[HEADS]) != 0)
		return damaged(r, "heads", e);
	if (r->view == VIEW_F)
		return 0;
	r->corr_left = bytes_uvarint32(&r->stream[CORR]);
	if (r->corr_left > r->n_events)
		return damaged(r, "corrections", e);
	next_corr(r);
	return 0;
}

static int read_end(const struct chunk_reader *r, struct err *e)
{
	unsigned n = n_streams_of(r->view);

	for (unsigned i = 0; i < n; i++)
		if (r->stream[i].bad || bytes_left(&r->stream[i]) != 0)
			return damaged(r, "column", e);
	if (n == CHUNK_STREAMS && (r->corr_left || r->corr_gap != UINT32_MAX))
		return damaged(r, "corrections", e);
	return 0;
}

static uint64_t read_g(struct chunk_reader *r)
{
	r->g += zigzag_undo(bytes_uvarint(&r->stream[G]));
	return r->g;
}

void chunk_get_mark(struct bytes *b, struct chunk_event *ev)
{
	if (ev->mark != MARK_SAMPLE)
		ev->text = bytes_uvarint32(b);
	if (ev->mark == MARK_LOG)
		ev->text2 = bytes_uvarint32(b);
	if (ev->mark == MARK_LOG || ev->mark == MARK_REGION_BEGIN || ev->mark == MARK_REGION_END)
		ev->task = bytes_uvarint(b);
}

/* Row, kind, state and ticks: what every reader of P, M and G needs. -1 when out of bounds. */
static inline int read_op(struct chunk_reader *r, struct chunk_event *ev)
{
	unsigned op = *r->stream[OP].at++; /* chunk_open() checked the length */

	ev->row = op & 31;
	ev->kind = (uint8_t)(op >> 5);
	if (ev->row >= r->n_rows || ev->kind > CHUNK_MARK)
		return -1;
	r->ticks += zigzag_undo(bytes_uvarint(&r->stream[DT]));
	ev->ticks = r->ticks;
	ev->state = 0;
	if (ev->kind == CHUNK_STATE || ev->kind == CHUNK_MARK) {
		ev->state = bytes_u8(&r->stream[STATE]);
		if (ev->state >= (ev->kind == CHUNK_MARK ? (unsigned)N_MARKS : N_STATES))
			return -1;
	}
	return r->stream[STATE].bad || r->stream[DT].bad ? -1 : 0;
}

static void read_corr(struct chunk_reader *r, struct chunk_event *ev)
{
	if (r->n_read != r->corr_gap)
		return;
	r->corr_ns = (int64_t)((uint64_t)r->corr_ns + zigzag_undo(bytes_uvarint(&r->stream[CORR])));
	ev->corr_ns = r->corr_ns;
	next_corr(r);
}

/* Field by field: a copy in wide pieces would wait for the narrow writes before it. */
static inline void keep_last(struct chunk_reader *r, const struct chunk_event *ev)
{
	struct chunk_event *last = &r->last;

	last->ticks = ev->ticks;
	last->corr_ns = ev->corr_ns;
	last->g = ev->g;
	last->reason = ev->reason;
	last->stack = ev->stack;
	last->p = ev->p;
	last->m = ev->m;
	last->row = ev->row;
	last->kind = ev->kind;
	last->state = ev->state;
	r->has_last = true;
}

int chunk_next(struct chunk_reader *r, struct chunk_event *ev, struct err *e)
{
	unsigned columns;

	if (r->has_last)
		chunk_head_apply(&r->head[r->last.row], &r->last);
	r->has_last = false;
	if (r->n_read == r->n_events)
		return read_end(r, e);
	memset(ev, 0, sizeof(*ev));
	if (read_op(r, ev) < 0)
		return damaged(r, "event", e);
	read_corr(r, ev);
	columns = chunk_columns(r->view, ev->kind, ev->state);
	if (columns & COLUMN_REASON)
		ev->reason = bytes_uvarint32(&r->stream[REASON]);
	if (columns & COLUMN_STACK)
		ev->stack = bytes_uvarint32(&r->stream[STACK]);
	if (columns & COLUMN_G)
		ev->g = read_g(r);
	if (ev->kind == CHUNK_BORN)
		ev->g2 = read_g(r);
	if (columns & COLUMN_P)
		ev->p = bytes_uvarint32(&r->stream[P]);
	if (columns & COLUMN_M)
		ev->m = bytes_uvarint32(&r->stream[M]);
	if (ev->kind == CHUNK_MARK) {
		ev->mark = ev->state;
		ev->state = 0;
		chunk_get_mark(&r->stream[MARK], ev);
	}
	r->n_read++;
	keep_last(r, ev);
	return 1;
}

int chunk_next_group(struct chunk_reader *r, struct group_event *ev, struct err *e)
{
	uint64_t *alive;
	unsigned states;

	if (r->n_read == r->n_events)
		return read_end(r, e);
	ev->row = *r->stream[OP].at++;
	states = *r->stream[STATE].at++;
	ev->left = states & 15;
	ev->entered = (uint8_t)(states >> 4);
	r->ticks += zigzag_undo(bytes_uvarint(&r->stream[DT]));
	ev->ticks = r->ticks;
	if (ev->row >= r->n_rows || ev->left >= N_STATES || ev->entered >= N_STATES ||
		r->stream[DT].bad)
		return damaged(r, "event", e);
	alive = r->alive[ev->row];
	if (ev->left != STATE_NONE && alive[ev->left]-- == 0)
		return damaged(r, "count below zero", e);
	if (ev->entered != STATE_NONE)
		alive[ev->entered]++;
	r->n_read++;
	return 1;
}

int chunk_read_counter(const struct chunk_reader *r, int64_t *t_ns, uint64_t *value, struct err *e)
{
	struct bytes dt = r->stream[0], values = r->stream[1];
	uint64_t t = r->base, v = 0, unit = (uint64_t)r->ns_per_tick;

	if (r->view != VIEW_C || (double)unit != r->ns_per_tick)
		return damaged(r, "no counter", e);
	for (uint32_t i = 0; i < r->n_events; i++) {
		t += bytes_uvarint(&dt) * unit;
		v += zigzag_undo(bytes_uvarint(&values));
		t_ns[i] = (int64_t)t;
		value[i] = v;
		if (t_ns[i] < 0 || (i > 0 && t_ns[i] < t_ns[i - 1]))
			return damaged(r, "time of a sample", e);
	}
	if (dt.bad || values.bad || bytes_left(&dt) || bytes_left(&values))
		return damaged(r, "column", e);
	return 0;
}
