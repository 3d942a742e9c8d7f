#include "tiles/chunk.h"

#include <assert.h>

#include "parser/base/err.h"

enum { HEADS, OP, DT, STATE, REASON, STACK, G, P, M, CORR, MARK };

/* The columns of an open chunk, grown as needed; a record of a column has at most 20 bytes. */
struct chunk_streams {
	struct chunk_streams *next; /* spare */
	struct buf column[CHUNK_STREAMS];
	uint64_t base, ticks; /* of the first and of the last event */
	uint64_t ticks_min, ticks_max;
	uint64_t g;    /* last value of column G */
	uint64_t corr; /* last value of column CORR */
	uint32_t n_events;
	uint32_t n_corr, corr_at; /* entries, event of the last one */
	uint32_t n_heads;         /* rows whose heads are written */
	bool failed;              /* out of memory; sticky */
};

#define COLUMN_SPARE 20 /* room for one record */
#define ROOM_EVENTS  8  /* how many events the columns are kept ready for */
#define ROOM_BYTES   (ROOM_EVENTS * 3 * BUF_VARINT_MAX) /* an event puts at most 3 numbers in one */
#define MAX_SPARE    64

/* clang-format off */
#define ALL_BUSY(c) [STATE_RUNNING] = (c), [STATE_GC] = (c), \
	[STATE_ASSIST] = (c) | COLUMN_STACK, [STATE_SYSCALL] = (c) | COLUMN_STACK
#define ALL_WAITING(c) [STATE_SYNC] = (c), [STATE_CHAN] = (c), [STATE_NET] = (c), [STATE_SLEEP] = (c)
#define WAITS (COLUMN_STACK | COLUMN_REASON)

const uint8_t chunk_state_columns[3][N_STATES] = {
	[VIEW_P] = { ALL_BUSY(COLUMN_G | COLUMN_M), ALL_WAITING(WAITS),
		[STATE_OTHER] = WAITS | COLUMN_M,
		[STATE_RUNNABLE] = COLUMN_STACK, [STATE_UNKNOWN] = COLUMN_STACK },
	[VIEW_M] = { ALL_BUSY(COLUMN_G | COLUMN_P), ALL_WAITING(WAITS),
		[STATE_OTHER] = WAITS | COLUMN_P,
		[STATE_RUNNABLE] = COLUMN_STACK, [STATE_UNKNOWN] = COLUMN_STACK },
	[VIEW_G] = { ALL_BUSY(COLUMN_P | COLUMN_M), ALL_WAITING(WAITS),
		[STATE_OTHER] = WAITS,
		[STATE_RUNNABLE] = COLUMN_STACK | COLUMN_G, [STATE_UNKNOWN] = COLUMN_STACK },
};
/* clang-format on */

void chunk_head_apply(struct chunk_head *head, const struct chunk_event *ev)
{
	if (ev->kind == CHUNK_MARK)
		return;
	head->state = ev->kind == CHUNK_STATE ? ev->state : (uint8_t)STATE_NONE;
	head->ticks = ev->ticks;
	head->corr_ns = ev->corr_ns;
	head->reason = ev->reason;
	head->p = ev->p;
	head->m = ev->m;
	if (ev->kind == CHUNK_STATE) {
		head->stack = ev->stack;
		head->g = ev->g;
		return;
	}
	head->stack = 0;
	head->g = 0;
	head->occupant = ev->kind == CHUNK_BORN ? ev->g : 0;
	head->born_ticks = ev->kind == CHUNK_BORN ? ev->ticks : 0;
}

static void streams_destroy(struct chunk_streams *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < CHUNK_STREAMS; i++)
		buf_clear(&s->column[i]);
	mem_free(s);
}

static struct chunk_streams *pool_take(struct chunk_pool *pool)
{
	struct chunk_streams *s = pool->spare;

	if (!s)
		return mem_calloc(1, sizeof(*s));
	pool->spare = s->next;
	pool->n_spare--;
	return s;
}

static void pool_give(struct chunk_pool *pool, struct chunk_streams *s)
{
	if (pool->n_spare >= MAX_SPARE) {
		streams_destroy(s);
		return;
	}
	s->next = pool->spare;
	pool->spare = s;
	pool->n_spare++;
}

void chunk_pool_clear(struct chunk_pool *pool)
{
	while (pool->spare) {
		struct chunk_streams *s = pool->spare;

		pool->spare = s->next;
		streams_destroy(s);
	}
	pool->n_spare = 0;
}

void chunk_writer_init(struct chunk_writer *w, struct chunk_pool *pool, enum view view,
	uint32_t block, double ns_per_tick)
{
	memset(w, 0, sizeof(*w));
	w->pool = pool;
	w->view = (uint8_t)view;
	w->block = block;
	w->ns_per_tick = ns_per_tick;
}

void chunk_writer_clear(struct chunk_writer *w)
{
	streams_destroy(w->streams);
	w->streams = NULL;
}

uint32_t chunk_n_events(const struct chunk_writer *w)
{
	return w->streams ? w->streams->n_events : 0;
}

static struct buf *column_room(struct chunk_streams *s, unsigned column)
{
	struct buf *b = &s->column[column];

	if (b->cap - b->n >= COLUMN_SPARE || buf_grow(b, COLUMN_SPARE) == 0)
		return b;
	s->failed = true;
	return NULL;
}

static inline void put(struct chunk_streams *s, unsigned column, uint64_t v)
{
	struct buf *b = column_room(s, column);

	if (b)
		buf_put_varint(b, v);
}

static inline void put_u8(struct chunk_streams *s, unsigned column, unsigned v)
{
	struct buf *b = column_room(s, column);

	if (b)
		buf_put_u8(b, (uint8_t)v);
}

/* Room in all columns for the next ROOM_EVENTS events, so that those are put unchecked. */
static int make_room(struct chunk_streams *s, unsigned n_streams)
{
	for (unsigned i = OP; i < n_streams; i++)
		if (buf_reserve(&s->column[i], ROOM_BYTES) < 0)
			return -1;
	return 0;
}

static inline void put_ready(struct chunk_streams *s, unsigned column, uint64_t v)
{
	buf_put_varint(&s->column[column], v);
}

static inline void put_g(struct chunk_streams *s, uint64_t g)
{
	put_ready(s, G, zigzag_of(g - s->g));
	s->g = g;
}

static void put_head(struct chunk_streams *s, const struct chunk_head *h)
{
	put_u8(s, HEADS, h->state);
	put(s, HEADS, zigzag_of(s->base - h->ticks));
	put(s, HEADS, zigzag_of((uint64_t)h->corr_ns));
	put(s, HEADS, h->reason);
	put(s, HEADS, h->stack);
	put(s, HEADS, h->g);
	put(s, HEADS, h->p);
	put(s, HEADS, h->m);
	put(s, HEADS, h->occupant);
	put(s, HEADS, h->occupant ? zigzag_of(s->base - h->born_ticks) : 0);
}

/* Heads of the rows that have none yet: at the start those known, at the end those that came. */
static void put_heads(struct chunk_writer *w, struct chunk_streams *s, bool is_start)
{
	static const struct chunk_head none;

	for (; s->n_heads < w->n_rows; s->n_heads++) {
		struct chunk_head h = is_start ? w->head[s->n_heads] : none;

		if (!is_start)
			h.ticks = s->base;
		put_head(s, &h);
	}
}

static void put_group_heads(struct chunk_writer *w, struct chunk_streams *s, bool is_start)
{
	for (; s->n_heads < w->n_rows; s->n_heads++)
		for (unsigned i = 0; i < N_STATES; i++)
			put(s, HEADS, is_start ? w->alive[s->n_heads][i] : 0);
}

/* The streams that the next event goes to. */
static struct chunk_streams *chunk_begin(struct chunk_writer *w, uint64_t ticks, struct err *e)
{
	struct chunk_streams *s = pool_take(w->pool);

	if (!s) {
		err_set(e, ERR_MEMORY, -1, "Cannot begin chunk: block=%u", w->block);
		return NULL;
	}
	for (unsigned i = 0; i < CHUNK_STREAMS; i++)
		s->column[i].n = 0;
	s->base = s->ticks = s->ticks_min = s->ticks_max = ticks;
	s->g = s->corr = 0;
	s->n_events = s->n_corr = s->corr_at = s->n_heads = 0;
	s->failed = false;
	if (w->view == VIEW_F)
		put_group_heads(w, s, true);
	else
		put_heads(w, s, true);
	w->streams = s;
	return s;
}

static inline void put_time(struct chunk_streams *s, uint64_t ticks)
{
	put_ready(s, DT, zigzag_of(ticks - s->ticks));
	s->ticks = ticks;
	if (ticks < s->ticks_min)
		s->ticks_min = ticks;
	if (ticks > s->ticks_max)
		s->ticks_max = ticks;
}

static void put_corr(struct chunk_streams *s, int64_t corr_ns)
{
	struct buf *b = &s->column[CORR];

	buf_put_varint(b, s->n_events - s->corr_at);
	buf_put_zigzag(b, (uint64_t)corr_ns - s->corr);
	s->corr = (uint64_t)corr_ns;
	s->corr_at = s->n_events;
	s->n_corr++;
}

void chunk_put_mark(struct buf *b, const struct chunk_event *ev)
{
	bool has_task = ev->mark == MARK_LOG || ev->mark == MARK_REGION_BEGIN ||
		ev->mark == MARK_REGION_END;

	if (ev->mark != MARK_SAMPLE)
		buf_put_varint(b, ev->text);
	if (ev->mark == MARK_LOG)
		buf_put_varint(b, ev->text2);
	if (has_task)
		buf_put_varint(b, ev->task);
}

static inline void put_columns(
	struct chunk_streams *s, const struct chunk_event *ev, unsigned columns)
{
	if (ev->kind == CHUNK_STATE)
		buf_put_u8(&s->column[STATE], ev->state);
	else if (ev->kind == CHUNK_MARK)
		buf_put_u8(&s->column[STATE], ev->mark);
	if (columns & COLUMN_REASON)
		put_ready(s, REASON, ev->reason);
	if (columns & COLUMN_STACK)
		put_ready(s, STACK, ev->stack);
	if (columns & COLUMN_G)
		put_g(s, ev->g);
	if (ev->kind == CHUNK_BORN)
		put_g(s, ev->g2);
	if (columns & COLUMN_P)
		put_ready(s, P, ev->p);
	if (columns & COLUMN_M)
		put_ready(s, M, ev->m);
	if (ev->kind == CHUNK_MARK)
		chunk_put_mark(&s->column[MARK], ev);
}

static int chunk_added(struct chunk_writer *w, struct chunk_streams *s, unsigned row, struct err *e)
{
	s->n_events++;
	w->last_ticks[row] = s->ticks;
	if (row >= w->n_rows)
		w->n_rows = (uint8_t)(row + 1);
	if (s->failed)
		return err_set(e, ERR_MEMORY, -1, "Cannot grow chunk: block=%u", w->block);
	return 0;
}

/* The streams of the open chunk, ready for one more event. */
static inline struct chunk_streams *streams_ready(
	struct chunk_writer *w, uint64_t ticks, unsigned n_streams, struct err *e)
{
	struct chunk_streams *s = w->streams ? w->streams : chunk_begin(w, ticks, e);

	if (!s)
		return NULL;
	assert(s->n_events < CHUNK_EVENTS);
	if (s->n_events % ROOM_EVENTS == 0 && make_room(s, n_streams) < 0) {
		err_set(e, ERR_MEMORY, -1, "Cannot grow chunk: block=%u", w->block);
		return NULL;
	}
	return s;
}

int chunk_add(struct chunk_writer *w, const struct chunk_event *ev, struct err *e)
{
	unsigned columns = chunk_columns((enum view)w->view, ev->kind, ev->state), row = ev->row;
	uint64_t ticks = ev->ticks;
	int64_t corr_ns = ev->corr_ns;
	struct chunk_streams *s;

	assert(row < BLOCK_ROWS && ev->kind <= CHUNK_MARK && ev->state < N_STATES);
	if (ticks < w->last_ticks[row]) {
		corr_ns += chunk_clock(ticks, w->ns_per_tick);
		ticks = w->last_ticks[row];
		corr_ns -= chunk_clock(ticks, w->ns_per_tick);
	}
	s = streams_ready(w, ticks, CHUNK_STREAMS, e);
	if (!s)
		return -1;
	buf_put_u8(&s->column[OP], (uint8_t)(row | (unsigned)ev->kind << 5));
	put_time(s, ticks);
	if (corr_ns)
		put_corr(s, corr_ns);
	put_columns(s, ev, columns);
	chunk_head_set(&w->head[row], ev, ticks, corr_ns, columns);
	return chunk_added(w, s, row, e);
}

int chunk_add_group(struct chunk_writer *w, const struct group_event *ev, struct err *e)
{
	uint64_t ticks = ev->ticks;
	struct chunk_streams *s;
	uint64_t *alive = w->alive[ev->row];

	assert(ev->row < BLOCK_ROWS && ev->left < N_STATES && ev->entered < N_STATES);
	if (ticks < w->last_ticks[ev->row])
		ticks = w->last_ticks[ev->row];
	s = streams_ready(w, ticks, GROUP_STREAMS, e);
	if (!s)
		return -1;
	buf_put_u8(&s->column[OP], ev->row);
	put_time(s, ticks);
	buf_put_u8(&s->column[STATE], (uint8_t)(ev->left | (unsigned)ev->entered << 4));
	if (ev->left != STATE_NONE) {
		assert(alive[ev->left] > 0);
		alive[ev->left]--;
	}
	if (ev->entered != STATE_NONE)
		alive[ev->entered]++;
	return chunk_added(w, s, ev->row, e);
}

static unsigned n_streams_of(enum view view)
{
	return view == VIEW_F ? GROUP_STREAMS : CHUNK_STREAMS;
}

static int put_bytes(struct chunk_writer *w, struct chunk_streams *s, struct buf *out)
{
	unsigned n_streams = n_streams_of((enum view)w->view);
	struct buf count = {0};
	uint8_t count_bytes[BUF_VARINT_MAX];
	size_t total = CHUNK_HEADER_BYTES + 4 * CHUNK_STREAMS + BUF_VARINT_MAX;

	count.at = count_bytes;
	count.cap = sizeof(count_bytes);
	buf_put_varint(&count, s->n_corr);
	for (unsigned i = 0; i < n_streams; i++)
		total += s->column[i].n;
	if (buf_reserve(out, total) < 0)
		return -1;
	buf_append(out, "TSC1", 4);
	buf_put_u8(out, (uint8_t)view_letter((enum view)w->view));
	buf_put_u8(out, 0);
	buf_put_le(out, w->n_rows, 2);
	buf_put_le(out, w->block, 4);
	buf_put_le(out, w->number, 4);
	buf_put_le(out, s->n_events, 4);
	buf_put_le(out, n_streams, 4);
	buf_put_le(out, s->base, 8);
	buf_put_f64(out, w->ns_per_tick);
	for (unsigned i = 0; i < n_streams; i++)
		buf_put_le(out, s->column[i].n + (i == CORR ? count.n : 0), 4);
	for (unsigned i = 0; i < n_streams; i++) {
		if (i == CORR)
			buf_append(out, count.at, count.n);
		buf_append(out, s->column[i].at, s->column[i].n);
	}
	return 0;
}

int chunk_seal(struct chunk_writer *w, struct buf *out, struct chunk_span *span, struct err *e)
{
	struct chunk_streams *s = w->streams;

	assert(s && s->n_events > 0);
	if (w->view == VIEW_F)
		put_group_heads(w, s, false);
	else
		put_heads(w, s, false);
	if (s->failed || put_bytes(w, s, out) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot seal chunk: block=%u", w->block);
	span->first_ns = chunk_clock(s->ticks_min, w->ns_per_tick);
	span->last_ns = chunk_clock(s->ticks_max, w->ns_per_tick);
	span->n_events = s->n_events;
	w->streams = NULL;
	w->number++;
	pool_give(w->pool, s);
	return 0;
}
