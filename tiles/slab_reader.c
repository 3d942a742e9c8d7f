#include "tiles/slab_reader.h"

#include <math.h>
#include <string.h>

#include "parser/base/err.h"
#include "tiles/chunk_reader.h"

#define MAX_RECORDS (4 * SLAB_EVENTS) /* rows that are new come beside the events */

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot read slab: out of memory");
}

static int damaged(const char *what, struct err *e)
{
	return err_set(e, ERR_DAMAGED, -1, "Cannot read slab: what=\"%s\"", what);
}

int slab_age(const void *data, size_t n, uint32_t *age, struct err *e)
{
	const uint8_t *h = data;

	if (n < SLAB_HEADER_BYTES || memcmp(h, SLAB_MAGIC, 4) != 0)
		return damaged("no slab", e);
	*age = (uint32_t)bytes_le(h + 4, 4);
	return 0;
}

static void next_corr(struct slab_reader *r)
{
	if (r->corr_left == 0) {
		r->corr_gap = UINT32_MAX;
		return;
	}
	r->corr_left--;
	r->corr_gap += bytes_uvarint32(&r->column[COL_CORR]);
}

static int open_rows(struct slab_reader *r, uint64_t base, double rate, struct err *e)
{
	struct bytes *b = &r->column[COL_ROWS];

	if (r->age == 0) {
		r->rows->ns_per_tick = rate;
		if (slab_rows_decode(r->rows, base, b, e) < 0) {
			slab_rows_reset(r->rows);
			return -1;
		}
	}
	if (b->bad || bytes_left(b) != 0) {
		slab_rows_reset(r->rows);
		return damaged("rows", e);
	}
	if (r->rows->ns_per_tick != rate)
		return damaged("clock rate", e);
	return 0;
}

int slab_open(
	struct slab_reader *r, struct slab_rows *rows, const void *data, size_t n, struct err *e)
{
	struct bytes b = bytes_of(data, n);
	const uint8_t *h = bytes_take(&b, SLAB_HEADER_BYTES);
	uint64_t bits;
	double rate;

	if (slab_age(data, n, &r->age, e) < 0)
		return -1;
	r->rows = rows;
	r->n_records = (uint32_t)bytes_le(h + 8, 4);
	bits = bytes_le(h + 24, 8);
	memcpy(&rate, &bits, sizeof(rate));
	if (r->n_records > MAX_RECORDS)
		return damaged("records", e);
	if (bytes_le(h + 12, 4) != SLAB_COLUMNS)
		return damaged("columns", e);
	if (!isfinite(rate) || rate <= 0 || rate > 1e9)
		return damaged("clock rate", e);
	for (unsigned i = 0; i < SLAB_COLUMNS; i++) {
		uint64_t length = bytes_le(h + 32 + 4 * (size_t)i, 4);
		const uint8_t *at = bytes_take(&b, length);

		r->column[i] = bytes_of(at ? at : h, at ? length : 0);
	}
	if (b.bad || bytes_left(&b) != 0 || bytes_left(&r->column[COL_OP]) != r->n_records)
		return damaged("length", e);
	r->n_read = r->queue_at = r->queue_n = 0;
	slab_code_reset(&r->code, bytes_le(h + 16, 8));
	r->corr_gap = 0;
	r->corr_left = bytes_uvarint32(&r->column[COL_CORR]);
	if (r->corr_left > r->n_records)
		return damaged("corrections", e);
	next_corr(r);
	return open_rows(r, r->code.ticks, rate, e);
}

void slab_reader_clear(struct slab_reader *r)
{
	vec_clear(&r->code.born);
}

static inline uint64_t get_id(struct slab_reader *r)
{
	r->code.id += zigzag_undo(bytes_uvarint(&r->column[COL_ID]));
	return r->code.id;
}

/* A row of G; 0 and bad where there is none of that number. */
static inline uint32_t get_row(struct slab_reader *r)
{
	r->code.row += (uint32_t)zigzag_undo(bytes_uvarint(&r->column[COL_ROW]));
	if (r->code.row < r->rows->view[VIEW_G].n)
		return r->code.row;
	r->code.row = 0;
	return (uint32_t)bytes_fail(&r->column[COL_ROW]);
}

/* The row of G that ran on a proc; false and bad where none did. */
static inline bool get_seated(struct slab_reader *r, uint32_t p, uint32_t *row)
{
	if (p == 0 || p > r->rows->on_proc.n || r->rows->on_proc.at[p - 1] == 0) {
		bytes_fail(&r->column[COL_P]);
		return false;
	}
	*row = r->rows->on_proc.at[p - 1] - 1;
	return true;
}

static uint64_t get_who(struct slab_reader *r, uint32_t *code)
{
	uint32_t row;

	*code = bytes_uvarint32(&r->column[COL_P]);
	if (*code == WHO_TOLD)
		return get_id(r);
	if (*code == WHO_NONE || !get_seated(r, *code - WHO_ON + 1, &row))
		return 0;
	return r->rows->view[VIEW_G].at[row].head.occupant;
}

static bool get_goroutine(struct slab_reader *r, unsigned op, struct slab_move *mv)
{
	bool is_seated = op >= OP_SEATED && op != OP_GONE;
	uint32_t seat = 0, code, m;
	unsigned columns;

	mv->kind = op == OP_GONE || op == OP_SEATED_GONE ? CHUNK_GONE : CHUNK_STATE;
	if (mv->kind == CHUNK_STATE)
		mv->state = (uint8_t)(op - (is_seated ? OP_SEATED : OP_G));
	columns = chunk_columns(VIEW_G, mv->kind, mv->state);
	if (is_seated) {
		seat = bytes_uvarint32(&r->column[COL_P]);
		if (!get_seated(r, seat, &mv->row))
			return false;
	} else {
		if (r->rows->view[VIEW_G].n == 0)
			return false;
		mv->row = get_row(r);
	}
	if (columns & COLUMN_P) {
		mv->p = is_seated ? seat : bytes_uvarint32(&r->column[COL_P]);
		m = bytes_uvarint32(&r->column[COL_M]);
		mv->m = m == 0 ? slab_thread_of(r->rows, mv->p) : m - 1;
	}
	if (columns & COLUMN_G && !is_seated)
		mv->g = get_who(r, &code);
	return true;
}

static int get_born(struct slab_reader *r, struct slab_move *mv, struct err *e)
{
	uint32_t code;

	mv->kind = CHUNK_BORN;
	if (r->rows->view[VIEW_G].n == 0)
		return damaged("row", e);
	mv->row = get_row(r);
	r->creator = get_who(r, &code);
	if (code > r->rows->on_proc.n + WHO_ON)
		return damaged("birth", e);
	while (r->code.born.n <= code)
		if (vec_push(&r->code.born, 0) < 0)
			return no_memory(e);
	mv->g = r->code.born.at[code] += zigzag_undo(bytes_uvarint(&r->column[COL_BORN]));
	return 0;
}

/* Row of P or M. */
static int get_lane_row(struct slab_reader *r, struct slab_move *mv, struct err *e)
{
	mv->row = bytes_uvarint32(&r->column[mv->view == VIEW_P ? COL_P : COL_M]);
	return mv->row < r->rows->view[mv->view].n ? 0 : damaged("row", e);
}

static int get_lane(struct slab_reader *r, unsigned op, struct slab_move *mv, struct err *e)
{
	unsigned columns;

	mv->view = op < OP_M ? VIEW_P : VIEW_M;
	mv->kind = CHUNK_STATE;
	mv->state = (uint8_t)(op - (op < OP_M ? OP_P : OP_M));
	columns = chunk_columns((enum view)mv->view, CHUNK_STATE, mv->state);
	if (get_lane_row(r, mv, e) < 0)
		return -1;
	if (columns & COLUMN_P)
		mv->p = bytes_uvarint32(&r->column[COL_P]);
	if (columns & COLUMN_M)
		mv->m = bytes_uvarint32(&r->column[COL_M]);
	if (columns & COLUMN_G)
		mv->g = get_id(r);
	return 0;
}

static int get_mark(struct slab_reader *r, unsigned op, struct slab_move *mv, struct err *e)
{
	mv->view = (uint8_t)(op - OP_MARK);
	mv->kind = CHUNK_MARK;
	if (mv->view != VIEW_G && get_lane_row(r, mv, e) < 0)
		return -1;
	if (mv->view == VIEW_G && r->rows->view[VIEW_G].n == 0)
		return damaged("row", e);
	if (mv->view == VIEW_G)
		mv->row = get_row(r);
	mv->g = get_id(r);
	return 0;
}

/* A record that is no event. */
static int get_room(struct slab_reader *r, unsigned op, struct err *e)
{
	uint32_t group;

	if (op >= OP_ROW) {
		enum view view = (enum view)(op - OP_ROW);

		return slab_rows_add(r->rows, view, (uint32_t)r->rows->view[view].n, e);
	}
	group = bytes_uvarint32(&r->column[COL_ROW]);
	if (group > r->rows->groups.n)
		return damaged("group", e);
	return slab_rows_add_block(r->rows, group, e);
}

/* The next record that is an event, as far as it moves its row: 1, 0 at the end, -1. */
static int get_move(struct slab_reader *r, struct slab_move *mv, unsigned *fails, struct err *e)
{
	unsigned op;

	for (;;) {
		if (r->n_read == r->n_records)
			return 0;
		op = *r->column[COL_OP].at++; /* slab_open() checked the length */
		*fails = op / OP_FAILS;
		op %= OP_FAILS;
		r->code.ticks += zigzag_undo(bytes_uvarint(&r->column[COL_DT]));
		r->n_read++;
		if (op < OP_BLOCK)
			break;
		if (op >= N_OPS)
			return damaged("record", e);
		if (get_room(r, op, e) < 0)
			return -1;
	}
	*mv = (struct slab_move){.ticks = r->code.ticks, .view = VIEW_G};
	if (op >= OP_MARK)
		return get_mark(r, op, mv, e) < 0 ? -1 : 1;
	if (op >= OP_P)
		return get_lane(r, op, mv, e) < 0 ? -1 : 1;
	if (op == OP_BORN)
		return get_born(r, mv, e) < 0 ? -1 : 1;
	return get_goroutine(r, op, mv) ? 1 : damaged("row", e);
}

/* The move with all else that its record tells. */
static int get_event(
	struct slab_reader *r, const struct slab_move *mv, struct slab_event *ev, struct err *e)
{
	struct chunk_event *c = &ev->ev;
	unsigned columns = chunk_columns((enum view)mv->view, mv->kind, mv->state);

	*ev = (struct slab_event){.row = mv->row, .view = mv->view};
	c->ticks = mv->ticks;
	c->g = mv->g;
	c->p = mv->p;
	c->m = mv->m;
	c->row = mv->row % BLOCK_ROWS;
	c->kind = mv->kind;
	c->state = mv->state;
	if (r->n_read - 1 == r->corr_gap) {
		r->code.corr += zigzag_undo(bytes_uvarint(&r->column[COL_CORR]));
		c->corr_ns = (int64_t)r->code.corr;
		next_corr(r);
	}
	if (columns & COLUMN_STACK)
		c->stack = bytes_uvarint32(&r->column[COL_STACK]);
	if (columns & COLUMN_REASON)
		c->reason = bytes_uvarint32(&r->column[COL_REASON]);
	if (c->kind == CHUNK_BORN)
		c->g2 = r->creator;
	if (c->kind != CHUNK_MARK)
		return 0;
	c->mark = bytes_u8(&r->column[COL_MARK]);
	if (c->mark >= N_MARKS)
		return damaged("mark", e);
	chunk_get_mark(&r->column[COL_MARK], c);
	return 0;
}

/* Are the columns up to `last` used up, and no more? */
static int end_columns(const struct slab_reader *r, unsigned last, struct err *e)
{
	for (unsigned i = COL_OP; i <= last; i++)
		if (r->column[i].bad || bytes_left(&r->column[i]) != 0)
			return damaged("column", e);
	return 0;
}

static int read_end(const struct slab_reader *r, struct err *e)
{
	if (end_columns(r, COL_MARK, e) < 0)
		return -1;
	return r->corr_left || r->corr_gap != UINT32_MAX ? damaged("corrections", e) : 0;
}

/* The states that the event just applied entails, without those that fail. */
static void queue_entailed(
	struct slab_reader *r, const struct slab_event *ev, uint32_t m_before, unsigned fails)
{
	struct slab_state all[SLAB_ENTAILED];
	unsigned n = slab_rows_entailed(
		r->rows, (enum view)ev->view, ev->row, ev->ev.kind, ev->ev.state, m_before, all);

	r->queue_at = r->queue_n = 0;
	if (ev->ev.kind == CHUNK_BORN) {
		all[0].g = ev->ev.g2;
		all[0].stack = ev->ev.stack;
	}
	for (unsigned i = 0; i < n; i++)
		if (!(fails >> i & 1))
			r->queue[r->queue_n++] = all[i];
}

static void take_entailed(struct slab_reader *r, struct slab_event *ev)
{
	const struct slab_state *s = &r->queue[r->queue_at++];
	unsigned columns = chunk_columns((enum view)s->view, CHUNK_STATE, s->state);

	*ev = (struct slab_event){.row = s->row, .view = s->view};
	ev->ev.ticks = r->queue_ticks;
	ev->ev.corr_ns = r->queue_corr_ns;
	ev->ev.g = columns & COLUMN_G ? s->g : 0;
	ev->ev.stack = columns & COLUMN_STACK ? s->stack : 0;
	ev->ev.p = columns & COLUMN_P ? s->p : 0;
	ev->ev.m = columns & COLUMN_M ? s->m : 0;
	ev->ev.row = s->row % BLOCK_ROWS;
	ev->ev.kind = CHUNK_STATE;
	ev->ev.state = s->state;
}

int slab_next(
	struct slab_reader *r, struct slab_event *ev, struct slab_change *change, struct err *e)
{
	struct slab_move mv;
	unsigned fails;
	int rc;

	if (r->queue_at < r->queue_n) {
		take_entailed(r, ev);
		r->before = r->rows->view[ev->view].at[ev->row].head;
		*change = slab_rows_apply(r->rows, ev);
		return 1;
	}
	rc = get_move(r, &mv, &fails, e);
	if (rc <= 0)
		return rc < 0 ? -1 : read_end(r, e);
	if (get_event(r, &mv, ev, e) < 0)
		return -1;
	r->before = r->rows->view[ev->view].at[ev->row].head;
	r->queue_ticks = ev->ev.ticks;
	r->queue_corr_ns = ev->ev.corr_ns;
	*change = slab_rows_apply(r->rows, ev);
	queue_entailed(r, ev, r->before.m, fails);
	return 1;
}

int slab_next_moves(struct slab_reader *r, struct slab_move out[1 + SLAB_ENTAILED],
	struct slab_change change[1 + SLAB_ENTAILED], struct err *e)
{
	struct slab_state entailed[SLAB_ENTAILED];
	unsigned fails, n_entailed;
	uint32_t m_before;
	uint64_t ticks;
	int rc = get_move(r, &out[0], &fails, e), n = 1;

	if (rc <= 0)
		return rc < 0 ? -1 : end_columns(r, COL_BORN, e);
	ticks = out[0].ticks;
	m_before = r->rows->view[out[0].view].at[out[0].row].head.m;
	change[0] = slab_rows_move(r->rows, &out[0]);
	n_entailed = slab_rows_entailed(r->rows, (enum view)out[0].view, out[0].row, out[0].kind,
		out[0].state, m_before, entailed);
	for (unsigned i = 0; i < n_entailed; i++) {
		if (fails >> i & 1)
			continue;
		out[n] = (struct slab_move){.ticks = ticks,
			.g = entailed[i].g,
			.row = entailed[i].row,
			.p = entailed[i].p,
			.m = entailed[i].m,
			.view = entailed[i].view,
			.kind = CHUNK_STATE,
			.state = entailed[i].state};
		change[n] = slab_rows_move(r->rows, &out[n]);
		n++;
	}
	return n;
}
