#include "tiles/slab.h"

#include <assert.h>
#include <string.h>

#include "parser/base/err.h"

#define RECORD_BYTES \
	((size_t)3 * BUF_VARINT_MAX + 1) /* the most that a record puts in one column */
#define ROOM_RECORDS 16
#define ROWS_SHARE   8 /* records per row that make it worth the room to tell all rows again */

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot grow slab: out of memory");
}

void slab_writer_init(struct slab_writer *w, double ns_per_tick)
{
	memset(w, 0, sizeof(*w));
	w->rows.ns_per_tick = ns_per_tick;
	w->since_rows = UINT64_MAX;
}

void slab_writer_clear(struct slab_writer *w)
{
	slab_rows_clear(&w->rows);
	for (unsigned i = 0; i < SLAB_COLUMNS; i++)
		buf_clear(&w->column[i]);
	vec_clear(&w->code.born);
}

bool slab_is_full(const struct slab_writer *w)
{
	size_t n = 0;

	if (w->n_records >= SLAB_EVENTS)
		return true;
	if (w->n_records % ROOM_RECORDS)
		return false;
	for (unsigned i = COL_OP; i < SLAB_COLUMNS; i++)
		n += w->column[i].n;
	return n >= SLAB_BYTES;
}

static size_t n_rows(const struct slab_rows *r)
{
	return r->view[VIEW_P].n + r->view[VIEW_M].n + r->view[VIEW_G].n;
}

/* The first record of a slab: with the rows before it, where that is worth the room. */
static int begin(struct slab_writer *w, uint64_t ticks, struct err *e)
{
	for (unsigned i = 0; i < SLAB_COLUMNS; i++)
		w->column[i].n = 0;
	w->base = ticks;
	w->n_corr = w->corr_at = 0;
	slab_code_reset(&w->code, ticks);
	if (w->since_rows / ROWS_SHARE < n_rows(&w->rows)) {
		w->age++;
		return 0;
	}
	w->age = 0;
	w->since_rows = 0;
	return slab_rows_encode(&w->rows, ticks, &w->column[COL_ROWS], e);
}

static int ready(struct slab_writer *w, uint64_t ticks, struct err *e)
{
	if (w->n_records == 0 && begin(w, ticks, e) < 0)
		return -1;
	if (w->n_records % ROOM_RECORDS == 0)
		for (unsigned i = COL_OP; i < SLAB_COLUMNS; i++)
			if (buf_reserve(&w->column[i], ROOM_RECORDS * RECORD_BYTES) < 0)
				return no_memory(e);
	return 0;
}

static inline void put(struct slab_writer *w, unsigned column, uint64_t v)
{
	buf_put_varint(&w->column[column], v);
}

static inline void put_id(struct slab_writer *w, uint64_t id)
{
	put(w, COL_ID, zigzag_of(id - w->code.id));
	w->code.id = id;
}

static inline void fail_entailed(struct slab_writer *w, unsigned end)
{
	for (; w->next_entailed < end; w->next_entailed++)
		w->column[COL_OP].at[w->op_at] |= (uint8_t)(OP_FAILS << w->next_entailed);
}

static inline bool is_same(
	const struct slab_writer *w, const struct slab_state *a, const struct slab_event *b)
{
	const struct chunk_event *c = &b->ev;

	if (a->row != b->row || a->view != b->view || c->kind != CHUNK_STATE ||
		c->state != a->state || c->ticks != w->entailed_ticks ||
		c->corr_ns != w->entailed_corr_ns || c->g != a->g || c->stack != a->stack)
		return false;
	return a->view == VIEW_G || (c->p == a->p && c->m == a->m && c->reason == 0);
}

/* Is it one of those that the last record entails? */
static inline bool is_entailed(struct slab_writer *w, const struct slab_event *ev)
{
	for (unsigned i = w->next_entailed; i < w->n_entailed; i++) {
		if (!is_same(w, &w->entailed[i], ev))
			continue;
		fail_entailed(w, i);
		w->next_entailed = i + 1;
		return true;
	}
	fail_entailed(w, w->n_entailed);
	return false;
}

static inline void put_op(struct slab_writer *w, unsigned op, uint64_t ticks, int64_t corr_ns)
{
	w->op_at = w->column[COL_OP].n;
	buf_put_u8(&w->column[COL_OP], (uint8_t)op);
	put(w, COL_DT, zigzag_of(ticks - w->code.ticks));
	w->code.ticks = ticks;
	if (corr_ns) {
		put(w, COL_CORR, w->n_records - w->corr_at);
		put(w, COL_CORR, zigzag_of((uint64_t)corr_ns - w->code.corr));
		w->code.corr = (uint64_t)corr_ns;
		w->corr_at = w->n_records;
		w->n_corr++;
	}
	w->n_records++;
	w->since_rows++;
}

static inline void put_row(struct slab_writer *w, uint32_t row)
{
	put(w, COL_ROW, zigzag_of((uint64_t)row - w->code.row));
	w->code.row = row;
}

static inline bool runs_on(const struct slab_rows *r, uint32_t p, uint64_t g)
{
	return p && p <= r->on_proc.n && r->on_proc.at[p - 1] &&
		r->view[VIEW_G].at[r->on_proc.at[p - 1] - 1].head.occupant == g;
}

/* Who woke or bore a goroutine, most likely on proc `hint`; returns the code. */
static unsigned put_who(struct slab_writer *w, uint64_t g, uint32_t hint)
{
	unsigned code = !g ? WHO_NONE : runs_on(&w->rows, hint, g) ? WHO_ON - 1 + hint : WHO_TOLD;

	put(w, COL_P, code);
	if (code == WHO_TOLD)
		put_id(w, g);
	return code;
}

/* The proc that a row of G is known to be on, 0 where that is not the whole truth of the event. */
static uint32_t seat_of(const struct slab_rows *r, const struct slab_event *ev)
{
	uint32_t p = r->view[VIEW_G].at[ev->row].head.p;

	if (!p || p > r->on_proc.n || r->on_proc.at[p - 1] != ev->row + 1)
		return 0;
	if (ev->ev.kind == CHUNK_GONE)
		return p;
	if (state_is_executing(ev->ev.state) ? ev->ev.p != p
					     : ev->ev.state == STATE_RUNNABLE && ev->ev.g != 0)
		return 0;
	return p;
}

static void put_goroutine(struct slab_writer *w, const struct slab_event *ev)
{
	const struct chunk_event *c = &ev->ev;
	uint32_t seat = seat_of(&w->rows, ev);
	unsigned columns = chunk_columns(VIEW_G, c->kind, c->state);

	if (c->kind == CHUNK_GONE)
		put_op(w, seat ? OP_SEATED_GONE : OP_GONE, c->ticks, c->corr_ns);
	else
		put_op(w, (seat ? OP_SEATED : OP_G) + (unsigned)c->state, c->ticks, c->corr_ns);
	if (seat)
		put(w, COL_P, seat);
	else
		put_row(w, ev->row);
	if (columns & COLUMN_P) {
		uint32_t m = slab_thread_of(&w->rows, c->p);

		if (!seat)
			put(w, COL_P, c->p);
		put(w, COL_M, c->m == m ? 0 : c->m + 1);
	}
	if (columns & COLUMN_G && !seat)
		put_who(w, c->g, c->p);
	if (columns & COLUMN_STACK)
		put(w, COL_STACK, c->stack);
	if (columns & COLUMN_REASON)
		put(w, COL_REASON, c->reason);
}

static int put_born(struct slab_writer *w, const struct slab_event *ev, struct err *e)
{
	unsigned code;

	put_op(w, OP_BORN, ev->ev.ticks, ev->ev.corr_ns);
	put_row(w, ev->row);
	code = put_who(w, ev->ev.g2, ev->ev.p);
	while (w->code.born.n <= code)
		if (vec_push(&w->code.born, 0) < 0)
			return no_memory(e);
	put(w, COL_BORN, zigzag_of(ev->ev.g - w->code.born.at[code]));
	w->code.born.at[code] = ev->ev.g;
	put(w, COL_STACK, ev->ev.stack);
	return 0;
}

/* A state of P or M. */
static void put_lane(struct slab_writer *w, const struct slab_event *ev)
{
	const struct chunk_event *c = &ev->ev;
	unsigned columns = chunk_columns((enum view)ev->view, CHUNK_STATE, c->state);

	put_op(w, (ev->view == VIEW_P ? OP_P : OP_M) + (unsigned)c->state, c->ticks, c->corr_ns);
	put(w, ev->view == VIEW_P ? COL_P : COL_M, ev->row);
	if (columns & COLUMN_P)
		put(w, COL_P, c->p);
	if (columns & COLUMN_M)
		put(w, COL_M, c->m);
	if (columns & COLUMN_G)
		put_id(w, c->g);
	if (columns & COLUMN_STACK)
		put(w, COL_STACK, c->stack);
	if (columns & COLUMN_REASON)
		put(w, COL_REASON, c->reason);
}

static void put_mark(struct slab_writer *w, const struct slab_event *ev)
{
	const struct chunk_event *c = &ev->ev;

	put_op(w, OP_MARK + (unsigned)ev->view, c->ticks, c->corr_ns);
	if (ev->view == VIEW_G)
		put_row(w, ev->row);
	else
		put(w, ev->view == VIEW_P ? COL_P : COL_M, ev->row);
	put_id(w, c->g);
	put(w, COL_STACK, c->stack);
	buf_put_u8(&w->column[COL_MARK], c->mark);
	chunk_put_mark(&w->column[COL_MARK], c);
}

/* A record that is no event. */
static int put_room(struct slab_writer *w, unsigned op, uint64_t ticks, struct err *e)
{
	fail_entailed(w, w->n_entailed);
	w->n_entailed = w->next_entailed = 0;
	if (ready(w, ticks, e) < 0)
		return -1;
	put_op(w, op, w->code.ticks, 0);
	return 0;
}

int slab_add_block(struct slab_writer *w, uint32_t group, uint64_t ticks, struct err *e)
{
	if (put_room(w, OP_BLOCK, ticks, e) < 0)
		return -1;
	put(w, COL_ROW, group);
	return slab_rows_add_block(&w->rows, group, e);
}

static int add_rows(struct slab_writer *w, const struct slab_event *ev, struct err *e)
{
	while (w->rows.view[ev->view].n <= ev->row) {
		if (put_room(w, OP_ROW + ev->view, ev->ev.ticks, e) < 0 ||
			slab_rows_add(&w->rows, (enum view)ev->view,
				(uint32_t)w->rows.view[ev->view].n, e) < 0)
			return -1;
	}
	return 0;
}

int slab_add(
	struct slab_writer *w, struct slab_event *ev, struct slab_change *change, struct err *e)
{
	const struct chunk_event *c = &ev->ev;
	uint64_t ticks = c->ticks;
	int64_t corr_ns = c->corr_ns;
	uint32_t m_before;

	assert(c->kind <= CHUNK_MARK && c->state < N_STATES && ev->view < SLAB_VIEWS);
	assert(ev->view != VIEW_G || ev->row < w->rows.view[VIEW_G].n);
	if (ev->row >= w->rows.view[ev->view].n && add_rows(w, ev, e) < 0)
		return -1;
	ev->ev.row = ev->row % BLOCK_ROWS;
	if (is_entailed(w, ev)) {
		*change = slab_rows_apply(&w->rows, ev);
		return 0;
	}
	if (ready(w, ticks, e) < 0)
		return -1;
	if (c->kind == CHUNK_MARK)
		put_mark(w, ev);
	else if (ev->view != VIEW_G)
		put_lane(w, ev);
	else if (c->kind != CHUNK_BORN)
		put_goroutine(w, ev);
	else if (put_born(w, ev, e) < 0)
		return -1;
	m_before = w->rows.view[ev->view].at[ev->row].head.m;
	*change = slab_rows_apply(&w->rows, ev);
	w->next_entailed = 0;
	w->entailed_ticks = ticks;
	w->entailed_corr_ns = corr_ns;
	w->n_entailed = slab_rows_entailed(
		&w->rows, (enum view)ev->view, ev->row, c->kind, c->state, m_before, w->entailed);
	if (c->kind == CHUNK_BORN) {
		w->entailed[0].g = c->g2;
		w->entailed[0].stack = c->stack;
	}
	return 0;
}

int slab_seal(struct slab_writer *w, struct buf *out, struct err *e)
{
	struct buf count = {0};
	uint8_t count_bytes[BUF_VARINT_MAX];
	size_t total = SLAB_HEADER_BYTES + sizeof(count_bytes);

	fail_entailed(w, w->n_entailed);
	w->n_entailed = w->next_entailed = 0;
	count.at = count_bytes;
	count.cap = sizeof(count_bytes);
	buf_put_varint(&count, w->n_corr);
	for (unsigned i = 0; i < SLAB_COLUMNS; i++)
		total += w->column[i].n;
	if (buf_reserve(out, total) < 0)
		return no_memory(e);
	buf_append(out, SLAB_MAGIC, 4);
	buf_put_le(out, w->age, 4);
	buf_put_le(out, w->n_records, 4);
	buf_put_le(out, SLAB_COLUMNS, 4);
	buf_put_le(out, w->base, 8);
	buf_put_f64(out, w->rows.ns_per_tick);
	for (unsigned i = 0; i < SLAB_COLUMNS; i++)
		buf_put_le(out, w->column[i].n + (i == COL_CORR ? count.n : 0), 4);
	for (unsigned i = 0; i < SLAB_COLUMNS; i++) {
		if (i == COL_CORR)
			buf_append(out, count.at, count.n);
		buf_append(out, w->column[i].at, w->column[i].n);
	}
	w->n_records = 0;
	return 0;
}

void slab_set_rate(struct slab_writer *w, double ns_per_tick)
{
	assert(w->n_records == 0);
	slab_rows_set_rate(&w->rows, ns_per_tick);
	w->since_rows = UINT64_MAX; /* a slab without rows goes on in the rate of the one before */
}
