#include "tiles/blocks.h"

#include "parser/base/err.h"
#include "parser/base/vec.h"
#include "tiles/block_index.h"
#include "tiles/block_set.h"
#include "tiles/relay.h"
#include "tiles/store.h"

#define DEFAULT_BUDGET ((size_t)64 << 20)
#define BATCH_BYTES    ((size_t)32 << 10)

struct counter {
	struct buf dt, values;
	uint64_t base, t, value;
	uint32_t n_events, n_chunks;
};

struct blocks {
	/* What the caller's thread works on. */
	struct store *st;
	struct relay *relay;
	double ns_per_tick;
	VEC(struct counter) counters;
	struct buf batch;  /* of events on their way */
	struct buf handed; /* a counter's chunk on its way */

	/* What runs on the relay works on. */
	int64_t origin_ns, last_ns;
	uint64_t n_chunks;
	struct block_set set;
	VEC(struct block_index) index[N_VIEWS];
	struct buf bytes;
};

/* A batch is a sequence of these, each with its tag first. */
enum { SENT_STATE, SENT_EVENT, SENT_GROUP, SENT_RATE };

struct sent_state { /* a STATE without a correction: nearly all events */
	uint8_t tag, view, state;
	uint32_t row;
	uint64_t ticks, g;
	uint32_t reason, stack, p, m;
};

struct sent_event {
	uint8_t tag, view;
	uint32_t row;
	struct chunk_event ev;
};

struct sent_group {
	uint8_t tag, left, entered;
	uint32_t group;
	uint64_t ticks;
};

struct sent_rate {
	uint8_t tag;
	double ns_per_tick;
};

/* A counter's chunk on its way is this, then its bytes. */
struct handed_chunk {
	enum view view;
	uint32_t block;
	struct chunk_span span;
};

static int put_chunk(void *context, enum view view, uint32_t block, const struct chunk_span *span,
	struct buf *bytes, struct err *e);
struct blocks *blocks_create(
	struct store *st, int64_t origin_ns, double ns_per_tick, size_t budget_bytes, struct err *e)
{
	struct blocks *b = mem_calloc(1, sizeof(*b));

	if (!b) {
		err_set(e, ERR_MEMORY, -1, "Cannot make blocks: bytes=%zu", sizeof(*b));
		return NULL;
	}
	b->st = st;
	b->relay = store_relay(st);
	b->origin_ns = origin_ns;
	b->ns_per_tick = ns_per_tick;
	block_set_init(&b->set, (struct chunk_sink){put_chunk, b}, ns_per_tick,
		budget_bytes ? budget_bytes : DEFAULT_BUDGET);
	return b;
}

void blocks_destroy(struct blocks *b)
{
	if (!b)
		return;
	block_set_clear(&b->set);
	for (unsigned v = 0; v < N_VIEWS; v++) {
		for (size_t i = 0; i < b->index[v].n; i++)
			block_index_clear(&b->index[v].at[i]);
		vec_clear(&b->index[v]);
	}
	for (size_t i = 0; i < b->counters.n; i++) {
		buf_clear(&b->counters.at[i].dt);
		buf_clear(&b->counters.at[i].values);
	}
	vec_clear(&b->counters);
	buf_clear(&b->batch);
	buf_clear(&b->handed);
	buf_clear(&b->bytes);
	mem_free(b);
}

/* On the relay: store a chunk, and note it in the index of its block. */
static int put_chunk(void *context, enum view view, uint32_t block, const struct chunk_span *span,
	struct buf *bytes, struct err *e)
{
	struct blocks *b = context;
	int64_t origin_ns = view == VIEW_C ? 0 : b->origin_ns, last = span->last_ns - origin_ns;

	while (b->index[view].n <= block)
		if (vec_push(&b->index[view], (struct block_index){0}) < 0)
			return err_set(e, ERR_MEMORY, -1, "Cannot make index: block=%u", block);
	if (store_put_here(b->st, blob_id(BLOB_CHUNK, b->n_chunks), bytes->at, bytes->n, e) < 0)
		return -1;
	if (last > b->last_ns)
		b->last_ns = last;
	return block_index_add(&b->index[view].at[block], span, origin_ns, b->n_chunks++, e);
}

static int run_chunk(void *context, const void *bytes, size_t n, struct err *e)
{
	struct handed_chunk h;
	struct buf rest;

	memcpy(&h, bytes, sizeof(h));
	rest = (struct buf){.at = (uint8_t *)bytes + sizeof(h), .n = n - sizeof(h)};
	return put_chunk(context, h.view, h.block, &h.span, &rest, e);
}

static int run_event(struct blocks *b, const uint8_t **p, struct err *e)
{
	struct sent_state s;
	struct sent_event f;
	struct sent_group g;
	struct sent_rate r;

	switch (**p) {
	case SENT_STATE:
		memcpy(&s, *p, sizeof(s));
		*p += sizeof(s);
		f.ev = (struct chunk_event){.ticks = s.ticks,
			.g = s.g,
			.reason = s.reason,
			.stack = s.stack,
			.p = s.p,
			.m = s.m,
			.kind = CHUNK_STATE,
			.state = s.state};
		return block_set_add(&b->set, (enum view)s.view, s.row, &f.ev, e);
	case SENT_EVENT:
		memcpy(&f, *p, sizeof(f));
		*p += sizeof(f);
		return block_set_add(&b->set, (enum view)f.view, f.row, &f.ev, e);
	case SENT_GROUP:
		memcpy(&g, *p, sizeof(g));
		*p += sizeof(g);
		return block_set_add_group(&b->set, g.group,
			&(struct group_event){
				.ticks = g.ticks, .left = g.left, .entered = g.entered},
			e);
	default:
		memcpy(&r, *p, sizeof(r));
		*p += sizeof(r);
		return block_set_rate(&b->set, r.ns_per_tick, e);
	}
}

static int run_batch(void *context, const void *bytes, size_t n, struct err *e)
{
	const uint8_t *p = bytes, *end = p + n;

	while (p < end)
		if (run_event(context, &p, e) < 0)
			return -1;
	return 0;
}

static int push_batch(struct blocks *b, struct err *e)
{
	return b->batch.n ? relay_push(b->relay, run_batch, b, &b->batch, e) : 0;
}

/* Room for one more event; what is there is handed over when it is enough. */
static inline void *event_room(struct blocks *b, size_t n, struct err *e)
{
	void *at;

	if (b->batch.n >= BATCH_BYTES && push_batch(b, e) < 0)
		return NULL;
	if (b->batch.n == 0 && buf_reserve(&b->batch, BATCH_BYTES + 256) < 0) {
		err_set(e, ERR_MEMORY, -1, "Cannot make batch: bytes=%zu", BATCH_BYTES);
		return NULL;
	}
	at = b->batch.at + b->batch.n;
	b->batch.n += n;
	return at;
}

int blocks_set_rate(struct blocks *b, double ns_per_tick, struct err *e)
{
	struct sent_rate *r;

	if (ns_per_tick == b->ns_per_tick)
		return 0;
	b->ns_per_tick = ns_per_tick;
	r = event_room(b, sizeof(*r), e);
	if (!r)
		return -1;
	*r = (struct sent_rate){.tag = SENT_RATE, .ns_per_tick = ns_per_tick};
	return 0;
}

int blocks_add(
	struct blocks *b, enum view view, uint32_t row, const struct chunk_event *ev, struct err *e)
{
	struct sent_state *s;
	struct sent_event *f;

	if (ev->kind == CHUNK_STATE && ev->corr_ns == 0) {
		s = event_room(b, sizeof(*s), e);
		if (!s)
			return -1;
		*s = (struct sent_state){.tag = SENT_STATE,
			.view = (uint8_t)view,
			.state = ev->state,
			.row = row,
			.ticks = ev->ticks,
			.g = ev->g,
			.reason = ev->reason,
			.stack = ev->stack,
			.p = ev->p,
			.m = ev->m};
		return 0;
	}
	f = event_room(b, sizeof(*f), e);
	if (!f)
		return -1;
	*f = (struct sent_event){.tag = SENT_EVENT, .view = (uint8_t)view, .row = row, .ev = *ev};
	return 0;
}

int blocks_add_group(struct blocks *b, uint32_t group, uint64_t ticks, enum state left,
	enum state entered, struct err *e)
{
	struct sent_group *g = event_room(b, sizeof(*g), e);

	if (!g)
		return -1;
	*g = (struct sent_group){.tag = SENT_GROUP,
		.left = (uint8_t)left,
		.entered = (uint8_t)entered,
		.group = group,
		.ticks = ticks};
	return 0;
}

static int seal_counter(struct blocks *b, uint32_t number, struct err *e)
{
	struct counter *c = &b->counters.at[number];
	struct chunk_span span = {
		.first_ns = (int64_t)c->base, .last_ns = (int64_t)c->t, .n_events = c->n_events};
	struct handed_chunk h = {.view = VIEW_C, .block = number, .span = span};
	struct buf *out = &b->handed;

	if (c->n_events == 0)
		return 0;
	out->n = 0;
	if (buf_reserve(out, sizeof(h) + CHUNK_HEADER_BYTES + 8 + c->dt.n + c->values.n) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot seal counter: number=%u", number);
	buf_append(out, &h, sizeof(h));
	buf_append(out, "TSC1C\0\0\0", 8);
	buf_put_le(out, number, 4);
	buf_put_le(out, c->n_chunks, 4);
	buf_put_le(out, c->n_events, 4);
	buf_put_le(out, COUNTER_STREAMS, 4);
	buf_put_le(out, c->base, 8);
	buf_put_f64(out, 1.0);
	buf_put_le(out, c->dt.n, 4);
	buf_put_le(out, c->values.n, 4);
	buf_append(out, c->dt.at, c->dt.n);
	buf_append(out, c->values.at, c->values.n);
	c->n_chunks++;
	c->n_events = 0;
	c->dt.n = 0;
	c->values.n = 0;
	c->value = 0;
	return relay_push(b->relay, run_chunk, b, out, e);
}

int blocks_add_counter(
	struct blocks *b, uint32_t counter, int64_t t_ns, uint64_t value, struct err *e)
{
	uint64_t t = t_ns > 0 ? (uint64_t)t_ns : 0;
	struct counter *c;

	while (b->counters.n <= counter)
		if (vec_push(&b->counters, (struct counter){0}) < 0)
			return err_set(
				e, ERR_MEMORY, -1, "Cannot make counter: number=%u", counter);
	c = &b->counters.at[counter];
	if (buf_reserve(&c->dt, BUF_VARINT_MAX) < 0 || buf_reserve(&c->values, BUF_VARINT_MAX) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot grow counter: number=%u", counter);
	if (t < c->t)
		t = c->t;
	if (c->n_events == 0)
		c->base = c->t = t;
	buf_put_zigzag(&c->dt, t - c->t);
	buf_put_zigzag(&c->values, value - c->value);
	c->t = t;
	c->value = value;
	c->n_events++;
	return c->n_events == CHUNK_EVENTS ? seal_counter(b, counter, e) : 0;
}

static int put_index(struct blocks *b, enum view view, uint32_t number, struct err *e)
{
	struct block_index *ix = &b->index[view].at[number];

	if (view != VIEW_C)
		ix->n_rows = b->set.views[view].at[number]->n_rows;
	block_index_seal(ix);
	b->bytes.n = 0;
	if (block_index_encode(ix, &b->bytes, e) < 0)
		return -1;
	return store_put_plain(b->st, block_id(view, number), b->bytes.at, b->bytes.n, e);
}

static int run_seal(void *context, const void *bytes, size_t n, struct err *e)
{
	struct blocks *b = context;

	(void)bytes;
	(void)n;
	return block_set_seal(&b->set, e);
}

int blocks_seal(struct blocks *b, struct err *e)
{
	if (push_batch(b, e) < 0)
		return -1;
	for (uint32_t i = 0; i < b->counters.n; i++)
		if (seal_counter(b, i, e) < 0)
			return -1;
	if (relay_push(b->relay, run_seal, b, &b->batch, e) < 0 || relay_flush(b->relay, e) < 0)
		return -1;
	for (unsigned v = 0; v < N_VIEWS; v++)
		for (uint32_t i = 0; i < b->index[v].n; i++)
			if (b->index[v].at[i].chunks.n && put_index(b, (enum view)v, i, e) < 0)
				return -1;
	return 0;
}

uint32_t blocks_count(const struct blocks *b, enum view view)
{
	return view == VIEW_A ? 1 : (uint32_t)b->index[view].n;
}

uint64_t blocks_n_chunks(const struct blocks *b)
{
	return b->n_chunks;
}

int64_t blocks_last_ns(const struct blocks *b)
{
	return b->last_ns;
}
