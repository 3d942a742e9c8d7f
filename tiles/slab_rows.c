/* Encoded: per view its number of rows (P, M) or blocks (G: then per block its group and its number of
 * rows seen), then per row seen a head; then the number of groups and the last ticks of each. */
#include "tiles/slab_rows.h"

#include <string.h>

#include "parser/base/err.h"

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot keep the rows of a slab: out of memory");
}

void slab_rows_clear(struct slab_rows *r)
{
	for (unsigned v = 0; v < SLAB_VIEWS; v++)
		vec_clear(&r->view[v]);
	vec_clear(&r->n_rows_of);
	vec_clear(&r->group_of);
	vec_clear(&r->on_proc);
	vec_clear(&r->groups);
}

static int grow_view(struct slab_rows *r, enum view view, size_t n, struct err *e)
{
	size_t had = r->view[view].n;

	if (n <= had)
		return 0;
	if (vec_reserve(&r->view[view], n) < 0)
		return no_memory(e);
	memset(r->view[view].at + had, 0, (n - had) * sizeof(struct slab_row));
	r->view[view].n = n;
	return 0;
}

int slab_rows_add(struct slab_rows *r, enum view view, uint32_t row, struct err *e)
{
	if (view == VIEW_P) {
		while (r->on_proc.n <= row)
			if (vec_push(&r->on_proc, 0) < 0)
				return no_memory(e);
	}
	return grow_view(r, view, (size_t)row + 1, e);
}

int slab_rows_add_block(struct slab_rows *r, uint32_t group, struct err *e)
{
	const struct slab_group none = {0};

	while (r->groups.n <= group)
		if (vec_push(&r->groups, none) < 0)
			return no_memory(e);
	if (vec_reserve(&r->n_rows_of, r->group_of.n + 1) < 0 || vec_push(&r->group_of, group) < 0)
		return no_memory(e);
	r->n_rows_of.at[r->n_rows_of.n++] = 0;
	return grow_view(r, VIEW_G, r->group_of.n * BLOCK_ROWS, e);
}

/* Who runs on which proc, as the goroutines tell it. */
static inline void seat(struct slab_rows *r, uint32_t row, uint32_t from, uint32_t to)
{
	if (from && from <= r->on_proc.n && r->on_proc.at[from - 1] == row + 1)
		r->on_proc.at[from - 1] = 0;
	if (to && to <= r->on_proc.n)
		r->on_proc.at[to - 1] = row + 1;
}

static struct slab_change change_group(
	struct slab_rows *r, uint32_t row, unsigned left, unsigned entered, uint64_t ticks)
{
	uint32_t number = r->group_of.at[row / BLOCK_ROWS];
	struct slab_group *g = &r->groups.at[number];
	struct slab_change c = {
		.group = number, .left = (uint8_t)left, .entered = (uint8_t)entered};

	if (left == entered)
		return c;
	if (ticks > g->last_ticks)
		g->last_ticks = ticks;
	c.ticks = g->last_ticks;
	if (left != STATE_NONE)
		g->alive[left]--;
	if (entered != STATE_NONE)
		g->alive[entered]++;
	return c;
}

/* The time that a row is given. */
static inline uint64_t stamp(struct slab_row *to, uint64_t ticks)
{
	if (ticks < to->last_ticks)
		ticks = to->last_ticks;
	to->last_ticks = ticks;
	return ticks;
}

/* A row of P or M; returns the columns of its state. */
static inline unsigned move_lane(struct chunk_head *head, const struct slab_move *move)
{
	unsigned columns = chunk_columns((enum view)move->view, CHUNK_STATE, move->state);

	head->ticks = move->ticks;
	head->state = move->state;
	head->p = columns & COLUMN_P ? move->p : 0;
	head->m = columns & COLUMN_M ? move->m : 0;
	head->g = columns & COLUMN_G ? move->g : 0;
	return columns;
}

/* told: its time before the row's last one took its place; the group has a last one of its own. */
static struct slab_change move_goroutine(
	struct slab_rows *r, struct slab_row *to, const struct slab_move *move, uint64_t told)
{
	unsigned in_block = move->row % BLOCK_ROWS, left = to->head.state, entered = STATE_NONE;
	uint8_t *seen = &r->n_rows_of.at[move->row / BLOCK_ROWS];
	struct chunk_head *head = &to->head;
	uint32_t seat_before = head->p;

	if (in_block >= *seen)
		*seen = (uint8_t)(in_block + 1);
	if (move->kind == CHUNK_MARK)
		return (struct slab_change){0};
	head->ticks = move->ticks;
	head->p = head->m = 0;
	if (move->kind != CHUNK_STATE) {
		head->occupant = move->kind == CHUNK_BORN ? move->g : 0;
	} else {
		entered = move->state;
		if (state_is_executing(entered)) {
			head->p = move->p;
			head->m = move->m;
		}
	}
	head->state = (uint8_t)entered;
	seat(r, move->row, seat_before, head->p);
	return change_group(r, move->row, left, entered, told);
}

struct slab_change slab_rows_move(struct slab_rows *r, struct slab_move *move)
{
	struct slab_row *to = &r->view[move->view].at[move->row];
	uint64_t told = move->ticks;

	move->ticks = stamp(to, told);
	if (move->view == VIEW_G)
		return move_goroutine(r, to, move, told);
	if (move->kind == CHUNK_STATE)
		move_lane(&to->head, move);
	return (struct slab_change){0};
}

/* What a move of G leaves out of the row's head. */
static void tell_goroutine(struct chunk_head *head, const struct chunk_event *c)
{
	bool is_state = c->kind == CHUNK_STATE;
	unsigned columns = is_state ? chunk_columns(VIEW_G, CHUNK_STATE, c->state) : 0;

	head->corr_ns = c->corr_ns;
	head->reason = columns & COLUMN_REASON ? c->reason : 0;
	head->stack = columns & COLUMN_STACK ? c->stack : 0;
	head->g = columns & COLUMN_G ? c->g : 0;
	if (!is_state)
		head->born_ticks = c->kind == CHUNK_BORN ? c->ticks : 0;
}

/* An event that is told later than it was keeps its T. */
static void put_off(const struct slab_rows *r, struct chunk_event *c, uint64_t ticks)
{
	c->corr_ns += chunk_clock(c->ticks, r->ns_per_tick);
	c->corr_ns -= chunk_clock(ticks, r->ns_per_tick);
	c->ticks = ticks;
}

static inline struct slab_move move_of(const struct slab_event *ev)
{
	return (struct slab_move){.ticks = ev->ev.ticks,
		.g = ev->ev.g,
		.row = ev->row,
		.p = ev->ev.p,
		.m = ev->ev.m,
		.view = ev->view,
		.kind = ev->ev.kind,
		.state = ev->ev.state};
}

static struct slab_change apply_goroutine(
	struct slab_rows *r, struct slab_row *to, const struct slab_event *ev, uint64_t told)
{
	const struct slab_move move = move_of(ev);
	struct slab_change change = move_goroutine(r, to, &move, told);

	if (ev->ev.kind != CHUNK_MARK)
		tell_goroutine(&to->head, &ev->ev);
	return change;
}

struct slab_change slab_rows_apply(struct slab_rows *r, struct slab_event *ev)
{
	struct slab_row *to = &r->view[ev->view].at[ev->row];
	struct chunk_event *c = &ev->ev;
	uint64_t told = c->ticks, ticks = stamp(to, told);

	if (ticks != told)
		put_off(r, c, ticks);
	if (ev->view == VIEW_G)
		return apply_goroutine(r, to, ev, told);
	if (c->kind == CHUNK_STATE) {
		const struct slab_move move = move_of(ev);
		unsigned columns = move_lane(&to->head, &move);

		to->head.corr_ns = c->corr_ns;
		to->head.reason = columns & COLUMN_REASON ? c->reason : 0;
		to->head.stack = columns & COLUMN_STACK ? c->stack : 0;
	}
	return (struct slab_change){0};
}

/* A state of P or M, unless the row is in it already. */
static inline unsigned add_state(const struct slab_rows *r, struct slab_state *out, enum view view,
	uint32_t row, unsigned state, uint64_t g, uint32_t p, uint32_t m)
{
	const struct chunk_head *head;

	if (row >= r->view[view].n)
		return 0;
	head = &r->view[view].at[row].head;
	if (head->state == state && head->g == g && head->p == p && head->m == m)
		return 0;
	out->g = g;
	out->row = row;
	out->p = p;
	out->m = m;
	out->stack = 0;
	out->view = (uint8_t)view;
	out->state = (uint8_t)state;
	return 1;
}

/* A goroutine executes, on a thread and perhaps a proc. */
static unsigned entailed_by_start(
	const struct slab_rows *r, const struct chunk_head *g, struct slab_state *out)
{
	unsigned n = 0;

	if (g->p)
		n += add_state(r, &out[n], VIEW_P, g->p - 1, g->state, g->occupant, 0, g->m);
	if (g->m)
		n += add_state(r, &out[n], VIEW_M, g->m - 1, g->state, g->occupant, g->p, 0);
	return n;
}

/* A goroutine has left its thread, which may hold a proc. */
static unsigned entailed_by_stop(const struct slab_rows *r, uint32_t m, struct slab_state *out)
{
	uint32_t p = m - 1 < r->view[VIEW_M].n ? r->view[VIEW_M].at[m - 1].head.p : 0;
	unsigned n = p ? add_state(r, out, VIEW_P, p - 1, STATE_OTHER, 0, 0, m) : 0;

	return n + add_state(r, &out[n], VIEW_M, m - 1, p ? STATE_OTHER : STATE_NONE, 0, p, 0);
}

/* A proc goes to a thread, or off the one that had it. */
static unsigned entailed_by_proc(
	const struct slab_rows *r, uint32_t row, uint32_t m_before, struct slab_state *out)
{
	const struct chunk_head *proc = &r->view[VIEW_P].at[row].head, *thread;
	uint32_t m = proc->state == STATE_NONE ? m_before : proc->m;
	uint32_t p = proc->state == STATE_NONE ? 0 : row + 1;

	if (m == 0 || m > r->view[VIEW_M].n)
		return 0;
	thread = &r->view[VIEW_M].at[m - 1].head;
	return add_state(r, out, VIEW_M, m - 1,
		thread->g   ? thread->state
			: p ? STATE_OTHER
			    : STATE_NONE,
		thread->g, p, 0);
}

unsigned slab_rows_entailed(const struct slab_rows *r, enum view view, uint32_t row, unsigned kind,
	unsigned state, uint32_t m_before, struct slab_state out[SLAB_ENTAILED])
{
	if (kind == CHUNK_MARK || view == VIEW_M)
		return 0;
	if (view == VIEW_P)
		return entailed_by_proc(r, row, m_before, out);
	if (kind == CHUNK_BORN) {
		out[0] = (struct slab_state){.row = row, .view = VIEW_G, .state = STATE_RUNNABLE};
		return 1;
	}
	if (kind == CHUNK_STATE && state_is_executing(state))
		return entailed_by_start(r, &r->view[VIEW_G].at[row].head, out);
	return m_before ? entailed_by_stop(r, m_before, out) : 0;
}

/* The first tick of the new rate that is not before the old one. */
static uint64_t ticks_in(uint64_t ticks, double from, double to)
{
	int64_t clock = chunk_clock(ticks, from);
	double guess = (double)clock / to;
	uint64_t t = guess < 1.8e19 ? (uint64_t)guess : 0;

	if (guess >= 1.8e19)
		return UINT64_MAX;
	while (t > 0 && chunk_clock(t - 1, to) >= clock)
		t--;
	while (chunk_clock(t, to) < clock)
		t++;
	return t;
}

static void row_set_rate(struct slab_row *row, double old, double rate)
{
	struct chunk_head *head = &row->head;
	int64_t clock = chunk_clock(head->ticks, old);

	row->last_ticks = ticks_in(row->last_ticks, old, rate);
	head->ticks = ticks_in(head->ticks, old, rate);
	head->corr_ns += clock - chunk_clock(head->ticks, rate);
	head->born_ticks = ticks_in(head->born_ticks, old, rate);
}

void slab_rows_set_rate(struct slab_rows *r, double ns_per_tick)
{
	double old = r->ns_per_tick;

	r->ns_per_tick = ns_per_tick;
	for (unsigned v = 0; v < SLAB_VIEWS; v++)
		for (size_t i = 0; i < r->view[v].n; i++)
			row_set_rate(&r->view[v].at[i], old, ns_per_tick);
	for (size_t i = 0; i < r->groups.n; i++)
		r->groups.at[i].last_ticks = ticks_in(r->groups.at[i].last_ticks, old, ns_per_tick);
}

#define HEAD_BYTES (1 + 10 * BUF_VARINT_MAX)

static void put_row(struct buf *out, const struct slab_row *row, uint64_t base, enum view view)
{
	const struct chunk_head *h = &row->head;

	buf_put_u8(out, h->state);
	buf_put_zigzag(out, base - h->ticks);
	buf_put_zigzag(out, (uint64_t)h->corr_ns);
	buf_put_varint(out, h->reason);
	buf_put_varint(out, h->stack);
	buf_put_varint(out, h->g);
	buf_put_varint(out, h->p);
	buf_put_varint(out, h->m);
	buf_put_varint(out, row->last_ticks - h->ticks);
	if (view != VIEW_G)
		return;
	buf_put_varint(out, h->occupant);
	if (h->occupant)
		buf_put_zigzag(out, h->ticks - h->born_ticks);
}

static int put_rows(struct buf *out, const struct slab_row *rows, size_t n, uint64_t base,
	enum view view, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		if (buf_reserve(out, HEAD_BYTES) < 0)
			return no_memory(e);
		put_row(out, &rows[i], base, view);
	}
	return 0;
}

static int put_blocks(const struct slab_rows *r, uint64_t base, struct buf *out, struct err *e)
{
	const struct slab_row *rows = r->view[VIEW_G].at;

	if (buf_reserve(out, (1 + 2 * r->group_of.n) * BUF_VARINT_MAX) < 0)
		return no_memory(e);
	buf_put_varint(out, r->group_of.n);
	for (size_t i = 0; i < r->group_of.n; i++) {
		buf_put_varint(out, r->group_of.at[i]);
		buf_put_u8(out, r->n_rows_of.at[i]);
	}
	for (size_t i = 0; i < r->group_of.n; i++)
		if (put_rows(out, rows + i * BLOCK_ROWS, r->n_rows_of.at[i], base, VIEW_G, e) < 0)
			return -1;
	return 0;
}

int slab_rows_encode(const struct slab_rows *r, uint64_t base, struct buf *out, struct err *e)
{
	for (unsigned v = VIEW_P; v <= VIEW_M; v++) {
		if (buf_reserve(out, BUF_VARINT_MAX) < 0)
			return no_memory(e);
		buf_put_varint(out, r->view[v].n);
		if (put_rows(out, r->view[v].at, r->view[v].n, base, (enum view)v, e) < 0)
			return -1;
	}
	if (buf_reserve(out, r->on_proc.n * BUF_VARINT_MAX) < 0)
		return no_memory(e);
	for (size_t i = 0; i < r->on_proc.n; i++)
		buf_put_varint(out, r->on_proc.at[i]);
	if (put_blocks(r, base, out, e) < 0 ||
		buf_reserve(out, (1 + r->groups.n) * BUF_VARINT_MAX) < 0)
		return no_memory(e);
	buf_put_varint(out, r->groups.n);
	for (size_t i = 0; i < r->groups.n; i++)
		buf_put_zigzag(out, base - r->groups.at[i].last_ticks);
	return 0;
}

static void get_row(struct bytes *b, struct slab_row *row, uint64_t base, enum view view)
{
	struct chunk_head *h = &row->head;

	h->state = bytes_u8(b);
	if (h->state >= N_STATES)
		h->state = (uint8_t)bytes_fail(b);
	h->ticks = base - zigzag_undo(bytes_uvarint(b));
	h->corr_ns = (int64_t)zigzag_undo(bytes_uvarint(b));
	h->reason = bytes_uvarint32(b);
	h->stack = bytes_uvarint32(b);
	h->g = bytes_uvarint(b);
	h->p = bytes_uvarint32(b);
	h->m = bytes_uvarint32(b);
	row->last_ticks = h->ticks + bytes_uvarint(b);
	if (view != VIEW_G)
		return;
	h->occupant = bytes_uvarint(b);
	if (h->occupant)
		h->born_ticks = h->ticks - zigzag_undo(bytes_uvarint(b));
}

static int decode_lanes(
	struct slab_rows *r, enum view view, uint64_t base, struct bytes *b, struct err *e)
{
	uint64_t n = bytes_uvarint(b);

	if (n > bytes_left(b)) {
		bytes_fail(b);
		return 0;
	}
	if (n > 0 && slab_rows_add(r, view, (uint32_t)n - 1, e) < 0)
		return -1;
	for (uint64_t i = 0; i < n; i++)
		get_row(b, &r->view[view].at[i], base, view);
	return 0;
}

static int decode_blocks(struct slab_rows *r, struct bytes *b, struct err *e)
{
	uint64_t n = bytes_uvarint(b);

	if (n > bytes_left(b) / 2)
		bytes_fail(b);
	for (uint64_t i = 0; i < n && !b->bad; i++) {
		uint32_t group = bytes_uvarint32(b);

		if (group > r->groups.n) /* numbered by first appearance */
			bytes_fail(b);
		else if (slab_rows_add_block(r, group, e) < 0)
			return -1;
		if (!b->bad)
			r->n_rows_of.at[i] = bytes_u8(b);
		if (!b->bad && r->n_rows_of.at[i] > BLOCK_ROWS)
			bytes_fail(b);
	}
	return 0;
}

static void count_groups(struct slab_rows *r)
{
	for (uint32_t i = 0; i < r->view[VIEW_G].n; i++) {
		const struct chunk_head *h = &r->view[VIEW_G].at[i].head;

		if (h->state != STATE_NONE)
			r->groups.at[r->group_of.at[i / BLOCK_ROWS]].alive[h->state]++;
	}
}

void slab_rows_reset(struct slab_rows *r)
{
	for (unsigned v = 0; v < SLAB_VIEWS; v++)
		r->view[v].n = 0;
	r->n_rows_of.n = r->group_of.n = r->on_proc.n = r->groups.n = 0;
}

int slab_rows_decode(struct slab_rows *r, uint64_t base, struct bytes *b, struct err *e)
{
	slab_rows_reset(r);
	if (decode_lanes(r, VIEW_P, base, b, e) < 0 || decode_lanes(r, VIEW_M, base, b, e) < 0)
		return -1;
	for (size_t i = 0; i < r->on_proc.n; i++)
		r->on_proc.at[i] = bytes_uvarint32(b);
	if (decode_blocks(r, b, e) < 0)
		return -1;
	for (size_t i = 0; i < r->on_proc.n; i++)
		if (r->on_proc.at[i] > r->view[VIEW_G].n)
			bytes_fail(b);
	for (size_t i = 0; i < r->n_rows_of.n && !b->bad; i++)
		for (unsigned k = 0; k < r->n_rows_of.at[i]; k++)
			get_row(b, &r->view[VIEW_G].at[i * BLOCK_ROWS + k], base, VIEW_G);
	if (bytes_uvarint(b) != r->groups.n)
		bytes_fail(b);
	for (size_t i = 0; i < r->groups.n; i++)
		r->groups.at[i].last_ticks = base - zigzag_undo(bytes_uvarint(b));
	if (!b->bad)
		count_groups(r);
	return 0;
}
