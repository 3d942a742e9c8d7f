#include "tiles/slab.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "parser/base/err.h"
#include "tiles/chunk_reader.h"

enum { ROWS, OP, DT, ROW, P, M, ID, BORN, STACK, REASON, CORR, MARK };

/* A record's first byte: what it is, in its lower six bits, and which entailed events fail. */
enum {
	OP_G,                        /* + state: the row is told */
	OP_SEATED = OP_G + N_STATES, /* + state: the row is that of who ran on the proc told */
	OP_BORN = OP_SEATED + N_STATES,
	OP_GONE,
	OP_SEATED_GONE,
	OP_P,                            /* + state */
	OP_M = OP_P + N_STATES,          /* + state */
	OP_MARK = OP_M + N_STATES,       /* + view */
	OP_BLOCK = OP_MARK + SLAB_VIEWS, /* no event: one more block of G, of the group told */
	OP_ROW,                          /* + view P or M: no event: one more row */
	N_OPS = OP_ROW + 2,
	OP_FAILS = 0x40, /* << number of the entailed event */
};

/* Who woke, or bore: a code below, or 1 + the P row + 1 of the proc it ran on. */
enum { WHO_TOLD, WHO_NONE, WHO_ON };

#define RECORD_BYTES \
	((size_t)3 * BUF_VARINT_MAX + 1) /* the most that a record puts in one column */
#define ROOM_RECORDS 16
#define ROWS_SHARE   8 /* records per row that make it worth the room to tell all rows again */

static const char magic[4] = {'T', 'S', 'L', '1'};

static void code_reset(struct slab_code *code, uint64_t base)
{
	code->ticks = base;
	code->id = code->corr = 0;
	code->row = 0;
	code->born.n = 0;
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

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot grow slab: out of memory");
}

bool slab_is_full(const struct slab_writer *w)
{
	size_t n = 0;

	if (w->n_records >= SLAB_EVENTS)
		return true;
	if (w->n_records % ROOM_RECORDS)
		return false;
	for (unsigned i = OP; i < SLAB_COLUMNS; i++)
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
	code_reset(&w->code, ticks);
	slab_rows_begin(&w->rows);
	if (w->since_rows / ROWS_SHARE < n_rows(&w->rows)) {
		w->age++;
		return 0;
	}
	w->age = 0;
	w->since_rows = 0;
	return slab_rows_encode(&w->rows, ticks, &w->column[ROWS], e);
}

static int ready(struct slab_writer *w, uint64_t ticks, struct err *e)
{
	if (w->n_records == 0 && begin(w, ticks, e) < 0)
		return -1;
	if (w->n_records % ROOM_RECORDS == 0)
		for (unsigned i = OP; i < SLAB_COLUMNS; i++)
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
	put(w, ID, zigzag_of(id - w->code.id));
	w->code.id = id;
}

static void fail_entailed(struct slab_writer *w, unsigned end)
{
	for (; w->next_entailed < end; w->next_entailed++)
		w->column[OP].at[w->op_at] |= (uint8_t)(OP_FAILS << w->next_entailed);
}

static bool is_same(
	const struct slab_writer *w, const struct slab_state *a, const struct slab_event *b)
{
	const struct chunk_event *c = &b->ev;
	unsigned columns;

	if (a->view != b->view || a->row != b->row || c->kind != CHUNK_STATE ||
		c->state != a->state || c->ticks != w->entailed_ticks ||
		c->corr_ns != w->entailed_corr_ns)
		return false;
	columns = chunk_columns((enum view)a->view, CHUNK_STATE, a->state);
	return (!(columns & COLUMN_G) || c->g == a->g) && (!(columns & COLUMN_P) || c->p == a->p) &&
		(!(columns & COLUMN_M) || c->m == a->m) &&
		(!(columns & COLUMN_STACK) || c->stack == a->stack) &&
		(!(columns & COLUMN_REASON) || c->reason == 0);
}

/* Is it one of those that the last record entails? */
static bool is_entailed(struct slab_writer *w, const struct slab_event *ev)
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
	w->op_at = w->column[OP].n;
	buf_put_u8(&w->column[OP], (uint8_t)op);
	put(w, DT, zigzag_of(ticks - w->code.ticks));
	w->code.ticks = ticks;
	if (corr_ns) {
		put(w, CORR, w->n_records - w->corr_at);
		put(w, CORR, zigzag_of((uint64_t)corr_ns - w->code.corr));
		w->code.corr = (uint64_t)corr_ns;
		w->corr_at = w->n_records;
		w->n_corr++;
	}
	w->n_records++;
	w->since_rows++;
}

static inline void put_row(struct slab_writer *w, uint32_t row)
{
	put(w, ROW, zigzag_of((uint64_t)row - w->code.row));
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

	put(w, P, code);
	if (code == WHO_TOLD)
		put_id(w, g);
	return code;
}

static inline bool is_executing(unsigned state)
{
	return state >= STATE_RUNNING && state <= STATE_SYSCALL;
}

static uint32_t thread_of(const struct slab_rows *r, uint32_t p)
{
	return p && p <= r->view[VIEW_P].n ? r->view[VIEW_P].at[p - 1].head.m : 0;
}

/* The proc that a row of G is known to be on, 0 where that is not the whole truth of the event. */
static uint32_t seat_of(const struct slab_rows *r, const struct slab_event *ev)
{
	uint32_t p = r->view[VIEW_G].at[ev->row].head.p;

	if (!p || p > r->on_proc.n || r->on_proc.at[p - 1] != ev->row + 1)
		return 0;
	if (ev->ev.kind == CHUNK_GONE)
		return p;
	if (is_executing(ev->ev.state) ? ev->ev.p != p
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
		put(w, P, seat);
	else
		put_row(w, ev->row);
	if (columns & COLUMN_P) {
		uint32_t m = thread_of(&w->rows, c->p);

		if (!seat)
			put(w, P, c->p);
		put(w, M, c->m == m ? 0 : c->m + 1);
	}
	if (columns & COLUMN_G && !seat)
		put_who(w, c->g, c->p);
	if (columns & COLUMN_STACK)
		put(w, STACK, c->stack);
	if (columns & COLUMN_REASON)
		put(w, REASON, c->reason);
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
	put(w, BORN, zigzag_of(ev->ev.g - w->code.born.at[code]));
	w->code.born.at[code] = ev->ev.g;
	put(w, STACK, ev->ev.stack);
	return 0;
}

/* A state of P or M. */
static void put_lane(struct slab_writer *w, const struct slab_event *ev)
{
	const struct chunk_event *c = &ev->ev;
	unsigned columns = chunk_columns((enum view)ev->view, CHUNK_STATE, c->state);

	put_op(w, (ev->view == VIEW_P ? OP_P : OP_M) + (unsigned)c->state, c->ticks, c->corr_ns);
	put(w, ev->view == VIEW_P ? P : M, ev->row);
	if (columns & COLUMN_P)
		put(w, P, c->p);
	if (columns & COLUMN_M)
		put(w, M, c->m);
	if (columns & COLUMN_G)
		put_id(w, c->g);
	if (columns & COLUMN_STACK)
		put(w, STACK, c->stack);
	if (columns & COLUMN_REASON)
		put(w, REASON, c->reason);
}

static void put_mark(struct slab_writer *w, const struct slab_event *ev)
{
	const struct chunk_event *c = &ev->ev;

	put_op(w, OP_MARK + (unsigned)ev->view, c->ticks, c->corr_ns);
	if (ev->view == VIEW_G)
		put_row(w, ev->row);
	else
		put(w, ev->view == VIEW_P ? P : M, ev->row);
	put_id(w, c->g);
	put(w, STACK, c->stack);
	buf_put_u8(&w->column[MARK], c->mark);
	chunk_put_mark(&w->column[MARK], c);
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
	put(w, ROW, group);
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
	if (ev->view != VIEW_G && add_rows(w, ev, e) < 0)
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
	buf_append(out, magic, sizeof(magic));
	buf_put_le(out, w->age, 4);
	buf_put_le(out, w->n_records, 4);
	buf_put_le(out, SLAB_COLUMNS, 4);
	buf_put_le(out, w->base, 8);
	buf_put_f64(out, w->rows.ns_per_tick);
	for (unsigned i = 0; i < SLAB_COLUMNS; i++)
		buf_put_le(out, w->column[i].n + (i == CORR ? count.n : 0), 4);
	for (unsigned i = 0; i < SLAB_COLUMNS; i++) {
		if (i == CORR)
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

static int damaged(const char *what, struct err *e)
{
	return err_set(e, ERR_DAMAGED, -1, "Cannot read slab: what=\"%s\"", what);
}

static uint64_t le(const uint8_t *p, unsigned n)
{
	uint64_t v = 0;

	while (n)
		v = v << 8 | p[--n];
	return v;
}

static uint32_t varint32(struct bytes *b)
{
	uint64_t v = bytes_uvarint(b);

	return v <= UINT32_MAX ? (uint32_t)v : (uint32_t)bytes_fail(b);
}

int slab_age(const void *data, size_t n, uint32_t *age, struct err *e)
{
	const uint8_t *h = data;

	if (n < SLAB_HEADER_BYTES || memcmp(h, magic, sizeof(magic)) != 0)
		return damaged("no slab", e);
	*age = (uint32_t)le(h + 4, 4);
	return 0;
}

static void next_corr(struct slab_reader *r)
{
	if (r->corr_left == 0) {
		r->corr_gap = UINT32_MAX;
		return;
	}
	r->corr_left--;
	r->corr_gap += varint32(&r->column[CORR]);
}

static int open_rows(struct slab_reader *r, uint64_t base, double rate, struct err *e)
{
	struct bytes *b = &r->column[ROWS];

	if (r->age == 0) {
		r->rows->ns_per_tick = rate;
		if (slab_rows_decode(r->rows, base, b, e) < 0)
			return -1;
	}
	if (b->bad || bytes_left(b) != 0)
		return damaged("rows", e);
	if (r->rows->ns_per_tick != rate)
		return damaged("clock rate", e);
	slab_rows_begin(r->rows);
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
	r->n_records = (uint32_t)le(h + 8, 4);
	bits = le(h + 24, 8);
	memcpy(&rate, &bits, sizeof(rate));
	if (le(h + 12, 4) != SLAB_COLUMNS)
		return damaged("columns", e);
	if (!isfinite(rate) || rate <= 0 || rate > 1e9)
		return damaged("clock rate", e);
	for (unsigned i = 0; i < SLAB_COLUMNS; i++) {
		uint64_t length = le(h + 32 + 4 * (size_t)i, 4);
		const uint8_t *at = bytes_take(&b, length);

		r->column[i] = bytes_of(at ? at : h, at ? length : 0);
	}
	if (b.bad || bytes_left(&b) != 0 || bytes_left(&r->column[OP]) != r->n_records)
		return damaged("length", e);
	r->n_read = r->queue_at = r->queue_n = 0;
	code_reset(&r->code, le(h + 16, 8));
	r->corr_gap = 0;
	r->corr_left = varint32(&r->column[CORR]);
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
	r->code.id += zigzag_undo(bytes_uvarint(&r->column[ID]));
	return r->code.id;
}

/* A row of G; 0 and bad where there is none of that number. */
static inline uint32_t get_row(struct slab_reader *r)
{
	r->code.row += (uint32_t)zigzag_undo(bytes_uvarint(&r->column[ROW]));
	if (r->code.row < r->rows->view[VIEW_G].n)
		return r->code.row;
	r->code.row = 0;
	return (uint32_t)bytes_fail(&r->column[ROW]);
}

/* The row of G that ran on a proc; MAP_NONE-like and bad where none did. */
static inline bool get_seated(struct slab_reader *r, uint32_t p, uint32_t *row)
{
	if (p == 0 || p > r->rows->on_proc.n || r->rows->on_proc.at[p - 1] == 0) {
		bytes_fail(&r->column[P]);
		return false;
	}
	*row = r->rows->on_proc.at[p - 1] - 1;
	return true;
}

static uint64_t get_who(struct slab_reader *r, uint32_t *code)
{
	uint32_t row;

	*code = varint32(&r->column[P]);
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
		seat = varint32(&r->column[P]);
		if (!get_seated(r, seat, &mv->row))
			return false;
	} else {
		if (r->rows->view[VIEW_G].n == 0)
			return false;
		mv->row = get_row(r);
	}
	if (columns & COLUMN_P) {
		mv->p = is_seated ? seat : varint32(&r->column[P]);
		m = varint32(&r->column[M]);
		mv->m = m == 0 ? thread_of(r->rows, mv->p) : m - 1;
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
	mv->g = r->code.born.at[code] += zigzag_undo(bytes_uvarint(&r->column[BORN]));
	return 0;
}

/* Row of P or M. */
static int get_lane_row(struct slab_reader *r, struct slab_move *mv, struct err *e)
{
	mv->row = varint32(&r->column[mv->view == VIEW_P ? P : M]);
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
		mv->p = varint32(&r->column[P]);
	if (columns & COLUMN_M)
		mv->m = varint32(&r->column[M]);
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
	group = varint32(&r->column[ROW]);
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
		op = *r->column[OP].at++; /* slab_open() checked the length */
		*fails = op / OP_FAILS;
		op %= OP_FAILS;
		r->code.ticks += zigzag_undo(bytes_uvarint(&r->column[DT]));
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
		r->code.corr += zigzag_undo(bytes_uvarint(&r->column[CORR]));
		c->corr_ns = (int64_t)r->code.corr;
		next_corr(r);
	}
	if (columns & COLUMN_STACK)
		c->stack = varint32(&r->column[STACK]);
	if (columns & COLUMN_REASON)
		c->reason = varint32(&r->column[REASON]);
	if (c->kind == CHUNK_BORN)
		c->g2 = r->creator;
	if (c->kind != CHUNK_MARK)
		return 0;
	c->mark = bytes_u8(&r->column[MARK]);
	if (c->mark >= N_MARKS)
		return damaged("mark", e);
	chunk_get_mark(&r->column[MARK], c);
	return 0;
}

static int read_end(const struct slab_reader *r, struct err *e)
{
	for (unsigned i = OP; i < SLAB_COLUMNS; i++)
		if (r->column[i].bad || bytes_left(&r->column[i]) != 0)
			return damaged("column", e);
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
		return rc;
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
