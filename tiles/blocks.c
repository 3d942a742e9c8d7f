#include "tiles/blocks.h"

#include "parser/base/err.h"
#include "parser/base/vec.h"
#include "tiles/block_index.h"
#include "tiles/relay.h"
#include "tiles/samples.h"
#include "tiles/slab.h"
#include "tiles/store.h"

#define BATCH_BYTES ((size_t)32 << 10)

#define CHUNK_LEAST 64 /* with fewer a chunk goes on in the next slab, ... */
#define CHUNK_SLABS 16 /* ... but not over more than these */

/* The chunk of a block that is being counted. */
struct piece {
	uint64_t ticks_min, ticks_max;
	uint64_t seq;  /* slab that it begins in, and ... */
	uint32_t skip; /* ... events of the block before it there */
	uint32_t n_events;
	uint32_t n_in_slab; /* events of the block in the open slab */
	bool is_touched;    /* is on the list */
};

struct place {
	enum view view;
	uint32_t block;
};

struct blocks {
	/* What the caller's thread works on. */
	struct store *st;
	double ns_per_tick;
	VEC(struct samples) counters;
	struct buf batch;  /* of events on their way */
	struct buf handed; /* a counter's chunk on its way */

	/* What runs on the relay works on. */
	int64_t origin_ns, last_ns;
	uint64_t n_chunks, n_slabs, n_counter_chunks;
	uint64_t slab_ticks_min, slab_ticks_max; /* of the events in the open slab */
	struct slab_writer slab;
	struct slab_event event, follower; /* at hand; what a STATE does not have stays 0 */
	VEC(struct piece) pieces[N_VIEWS]; /* by block */
	VEC(struct place) touched; /* blocks with events in the open slab, or an open chunk */
	VEC(struct block_index) index[N_VIEWS];
	struct buf bytes;
};

/* A batch is a sequence of these, each with its tag first. */
enum { SENT_STATE, SENT_GONE, SENT_EVENT, SENT_BLOCK, SENT_RATE };

struct sent_state { /* STATE, GONE without a correction: nearly all events */
	uint8_t tag, view, state, follows;
	uint32_t row;
	uint64_t ticks, g;
	uint32_t reason, stack, p, m;
};

struct sent_event {
	uint8_t tag;
	struct slab_event event;
};

struct sent_block {
	uint8_t tag;
	uint32_t group;
	uint64_t ticks;
};

struct sent_rate {
	uint8_t tag;
	double ns_per_tick;
};

/* A counter's chunk on its way is this, then its bytes. */
struct handed_chunk {
	uint32_t counter;
	struct chunk_span span;
};

struct blocks *blocks_create(struct store *st, int64_t origin_ns, double ns_per_tick, struct err *e)
{
	struct blocks *b = mem_calloc(1, sizeof(*b));

	if (!b) {
		err_set(e, ERR_MEMORY, -1, "Cannot make blocks: bytes=%zu", sizeof(*b));
		return NULL;
	}
	b->st = st;
	b->origin_ns = origin_ns;
	b->ns_per_tick = ns_per_tick;
	b->slab_ticks_min = UINT64_MAX;
	slab_writer_init(&b->slab, ns_per_tick);
	return b;
}

void blocks_destroy(struct blocks *b)
{
	if (!b)
		return;
	slab_writer_clear(&b->slab);
	vec_clear(&b->touched);
	for (unsigned v = 0; v < N_VIEWS; v++) {
		for (size_t i = 0; i < b->index[v].n; i++)
			block_index_clear(&b->index[v].at[i]);
		vec_clear(&b->index[v]);
		vec_clear(&b->pieces[v]);
	}
	for (size_t i = 0; i < b->counters.n; i++)
		samples_clear(&b->counters.at[i]);
	vec_clear(&b->counters);
	buf_clear(&b->batch);
	buf_clear(&b->handed);
	buf_clear(&b->bytes);
	mem_free(b);
}

static int no_index(uint32_t block, struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot make index: block=%u", block);
}

/* A chunk more in the index of its block. */
static struct block_entry *add_chunk(struct blocks *b, struct place at,
	const struct chunk_span *span, int64_t origin_ns, uint64_t seq, struct err *e)
{
	struct block_index *ix;

	while (b->index[at.view].n <= at.block)
		if (vec_push(&b->index[at.view], (struct block_index){0}) < 0) {
			no_index(at.block, e);
			return NULL;
		}
	if (span->last_ns - origin_ns > b->last_ns)
		b->last_ns = span->last_ns - origin_ns;
	b->n_chunks++;
	ix = &b->index[at.view].at[at.block];
	if (block_index_add(ix, span, origin_ns, seq, e) < 0)
		return NULL;
	return &ix->chunks.at[ix->chunks.n - 1];
}

/* What was counted is a chunk; it ends in slab `last`. */
static int end_chunk(struct blocks *b, struct place at, uint64_t last, struct err *e)
{
	struct piece *p = &b->pieces[at.view].at[at.block];
	double rate = b->slab.rows.ns_per_tick;
	const struct chunk_span span = {.first_ns = chunk_clock(p->ticks_min, rate),
		.last_ns = chunk_clock(p->ticks_max, rate),
		.n_events = p->n_events};
	struct block_entry *entry = add_chunk(b, at, &span, b->origin_ns, p->seq, e);

	if (!entry)
		return -1;
	entry->skip = p->skip;
	entry->n_slabs = (uint32_t)(last - p->seq + 1);
	p->n_events = 0;
	return 0;
}

/* The first event of a chunk. */
static int begin_chunk(struct blocks *b, struct place at, uint64_t ticks, struct err *e)
{
	struct piece *p;

	while (b->pieces[at.view].n <= at.block)
		if (vec_push(&b->pieces[at.view], (struct piece){0}) < 0)
			return no_index(at.block, e);
	p = &b->pieces[at.view].at[at.block];
	if (!p->is_touched && vec_push(&b->touched, at) < 0)
		return no_index(at.block, e);
	p->is_touched = true;
	p->ticks_min = p->ticks_max = ticks;
	p->seq = b->n_slabs;
	p->skip = p->n_in_slab;
	return 0;
}

/* One more event of a block. */
static inline int count_event(
	struct blocks *b, enum view view, uint32_t block, uint64_t ticks, struct err *e)
{
	struct piece *p;

	if ((block >= b->pieces[view].n || b->pieces[view].at[block].n_events == 0) &&
		begin_chunk(b, (struct place){view, block}, ticks, e) < 0)
		return -1;
	p = &b->pieces[view].at[block];
	if (ticks < p->ticks_min)
		p->ticks_min = ticks;
	if (ticks > p->ticks_max)
		p->ticks_max = ticks;
	p->n_in_slab++;
	if (++p->n_events < CHUNK_EVENTS)
		return 0;
	return end_chunk(b, (struct place){view, block}, b->n_slabs, e);
}

/* The index of A tells of slabs: what touches a range of time in any block. */
static int end_slab(struct blocks *b, struct err *e)
{
	double rate = b->slab.rows.ns_per_tick;
	struct chunk_span span = {.first_ns = chunk_clock(b->slab_ticks_min, rate),
		.last_ns = chunk_clock(b->slab_ticks_max, rate),
		.n_events = b->slab.n_records};

	while (b->index[VIEW_A].n == 0)
		if (vec_push(&b->index[VIEW_A], (struct block_index){0}) < 0)
			return no_index(0, e);
	if (b->slab_ticks_min > b->slab_ticks_max) /* no event: rows and blocks only */
		span.first_ns = span.last_ns = b->origin_ns;
	b->slab_ticks_min = UINT64_MAX;
	b->slab_ticks_max = 0;
	return block_index_add(&b->index[VIEW_A].at[0], &span, b->origin_ns, b->n_slabs, e);
}

/* The chunks that are long enough end with slab `last`; or all of them. */
static int end_chunks(struct blocks *b, uint64_t last, bool all, struct err *e)
{
	size_t n = 0;

	for (size_t i = 0; i < b->touched.n; i++) {
		struct place at = b->touched.at[i];
		struct piece *p = &b->pieces[at.view].at[at.block];
		bool ends = all || p->n_events >= CHUNK_LEAST || last - p->seq + 1 >= CHUNK_SLABS;

		p->n_in_slab = 0;
		if (p->n_events && ends && end_chunk(b, at, last, e) < 0)
			return -1;
		p->is_touched = p->n_events > 0;
		if (p->is_touched)
			b->touched.at[n++] = at;
	}
	b->touched.n = n;
	return 0;
}

/* all: no chunk goes on in the next slab. */
static int seal_slab(struct blocks *b, bool all, struct err *e)
{
	if (slab_is_empty(&b->slab))
		return all && b->n_slabs ? end_chunks(b, b->n_slabs - 1, true, e) : 0;
	if (end_chunks(b, b->n_slabs, all, e) < 0 || end_slab(b, e) < 0)
		return -1;
	b->bytes.n = 0;
	if (slab_seal(&b->slab, &b->bytes, e) < 0)
		return -1;
	return store_put_here(b->st, blob_id(BLOB_SLAB, b->n_slabs++), b->bytes.at, b->bytes.n, e);
}

static int add_event(struct blocks *b, struct slab_event *ev, struct err *e)
{
	struct slab_change change;

	if (slab_is_full(&b->slab) && seal_slab(b, false, e) < 0)
		return -1;
	if (slab_add(&b->slab, ev, &change, e) < 0 ||
		count_event(b, (enum view)ev->view, ev->row / BLOCK_ROWS, ev->ev.ticks, e) < 0)
		return -1;
	if (ev->ev.ticks < b->slab_ticks_min)
		b->slab_ticks_min = ev->ev.ticks;
	if (ev->ev.ticks > b->slab_ticks_max)
		b->slab_ticks_max = ev->ev.ticks;
	if (change.left == change.entered)
		return 0;
	if (change.ticks < b->slab_ticks_min)
		b->slab_ticks_min = change.ticks;
	if (change.ticks > b->slab_ticks_max)
		b->slab_ticks_max = change.ticks;
	return count_event(b, VIEW_F, change.group / BLOCK_ROWS, change.ticks, e);
}

/* What an event of G brings its proc or thread: change_follower() in terms of rows. */
static int add_follower(struct blocks *b, enum view view, struct slab_event *f, struct err *e)
{
	const struct slab_event *g = &b->event;
	bool is_on = g->ev.kind == CHUNK_STATE && state_is_executing(g->ev.state);

	f->view = (uint8_t)view;
	f->row = (view == VIEW_P ? g->ev.p : g->ev.m) - 1;
	f->ev.p = view == VIEW_M ? g->ev.p : 0;
	f->ev.m = view == VIEW_P ? g->ev.m : 0;
	f->ev.g = is_on ? b->slab.rows.view[VIEW_G].at[g->row].head.occupant : 0;
	f->ev.state = is_on ? g->ev.state : view == VIEW_M && !g->ev.p ? STATE_NONE : STATE_OTHER;
	return add_event(b, f, e);
}

/* The event at hand, and what follows it. */
static int add_told(struct blocks *b, struct err *e)
{
	struct slab_event *f = &b->follower;
	uint64_t ticks = b->event.ev.ticks;
	int64_t corr_ns = b->event.ev.corr_ns;

	if (add_event(b, &b->event, e) < 0)
		return -1;
	f->ev.ticks = ticks;
	f->ev.corr_ns = corr_ns;
	if (b->event.follows & FOLLOWS_PROC && add_follower(b, VIEW_P, f, e) < 0)
		return -1;
	f->ev.ticks = ticks;
	f->ev.corr_ns = corr_ns;
	return b->event.follows & FOLLOWS_THREAD ? add_follower(b, VIEW_M, f, e) : 0;
}

static int add_block(struct blocks *b, const struct sent_block *s, struct err *e)
{
	if (slab_is_full(&b->slab) && seal_slab(b, false, e) < 0)
		return -1;
	return slab_add_block(&b->slab, s->group, s->ticks, e);
}

static int set_rate(struct blocks *b, double ns_per_tick, struct err *e)
{
	if (seal_slab(b, true, e) < 0)
		return -1;
	slab_set_rate(&b->slab, ns_per_tick);
	return 0;
}

/* On the relay: store a counter's chunk, and note it in its index. */
static int run_chunk(void *context, const void *bytes, size_t n, struct err *e)
{
	struct blocks *b = context;
	struct handed_chunk h;

	memcpy(&h, bytes, sizeof(h));
	if (store_put_here(b->st, blob_id(BLOB_COUNTER, b->n_counter_chunks),
		    (const uint8_t *)bytes + sizeof(h), n - sizeof(h), e) < 0)
		return -1;
	return add_chunk(b, (struct place){VIEW_C, h.counter}, &h.span, 0, b->n_counter_chunks++, e)
		? 0
		: -1;
}

static int run_state(struct blocks *b, const uint8_t *at, struct err *e)
{
	struct slab_event *ev = &b->event;
	struct sent_state s;

	memcpy(&s, at, sizeof(s));
	ev->ev.ticks = s.ticks;
	ev->ev.corr_ns = 0;
	ev->ev.g = s.g;
	ev->ev.reason = s.reason;
	ev->ev.stack = s.stack;
	ev->ev.p = s.p;
	ev->ev.m = s.m;
	ev->ev.kind = s.tag == SENT_STATE ? CHUNK_STATE : CHUNK_GONE;
	ev->ev.state = s.state;
	ev->row = s.row;
	ev->view = s.view;
	ev->follows = s.follows;
	return add_told(b, e);
}

/* Any other event. */
static int run_sent(struct blocks *b, const uint8_t *at, struct err *e)
{
	static const struct chunk_event nothing;
	struct sent_event sent;
	int rc;

	memcpy(&sent, at, sizeof(sent));
	b->event = sent.event;
	rc = add_told(b, e);
	b->event.ev = nothing;
	return rc;
}

static int run_event(struct blocks *b, const uint8_t **p, struct err *e)
{
	const uint8_t *at = *p;
	struct sent_block g;
	struct sent_rate r;

	switch (*at) {
	case SENT_STATE:
	case SENT_GONE:
		*p += sizeof(struct sent_state);
		return run_state(b, at, e);
	case SENT_EVENT:
		*p += sizeof(struct sent_event);
		return run_sent(b, at, e);
	case SENT_BLOCK:
		memcpy(&g, at, sizeof(g));
		*p += sizeof(g);
		return add_block(b, &g, e);
	default:
		memcpy(&r, at, sizeof(r));
		*p += sizeof(r);
		return set_rate(b, r.ns_per_tick, e);
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
	return b->batch.n ? relay_push(store_relay(b->st), run_batch, b, &b->batch, e) : 0;
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

int blocks_add(struct blocks *b, const struct slab_event *ev, struct err *e)
{
	const struct chunk_event *c = &ev->ev;
	struct sent_state *s;
	struct sent_event *f;

	if ((c->kind == CHUNK_STATE || c->kind == CHUNK_GONE) && c->corr_ns == 0) {
		s = event_room(b, sizeof(*s), e);
		if (!s)
			return -1;
		s->tag = c->kind == CHUNK_STATE ? SENT_STATE : SENT_GONE;
		s->view = ev->view;
		s->state = c->state;
		s->follows = ev->follows;
		s->row = ev->row;
		s->ticks = c->ticks;
		s->g = c->g;
		s->reason = c->reason;
		s->stack = c->stack;
		s->p = c->p;
		s->m = c->m;
		return 0;
	}
	f = event_room(b, sizeof(*f), e);
	if (!f)
		return -1;
	*f = (struct sent_event){.tag = SENT_EVENT, .event = *ev};
	return 0;
}

int blocks_add_block(struct blocks *b, uint32_t group, uint64_t ticks, struct err *e)
{
	struct sent_block *g = event_room(b, sizeof(*g), e);

	if (!g)
		return -1;
	*g = (struct sent_block){.tag = SENT_BLOCK, .group = group, .ticks = ticks};
	return 0;
}

static int seal_counter(struct blocks *b, uint32_t number, struct err *e)
{
	struct samples *c = &b->counters.at[number];
	struct handed_chunk h = {.counter = number, .span = samples_span(c)};

	if (h.span.n_events == 0)
		return 0;
	b->handed.n = 0;
	if (buf_append(&b->handed, &h, sizeof(h)) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot seal counter: number=%u", number);
	if (samples_seal(c, number, &b->handed, e) < 0)
		return -1;
	return relay_push(store_relay(b->st), run_chunk, b, &b->handed, e);
}

int blocks_add_counter(
	struct blocks *b, uint32_t counter, int64_t t_ns, uint64_t value, struct err *e)
{
	while (b->counters.n <= counter)
		if (vec_push(&b->counters, (struct samples){0}) < 0)
			return err_set(
				e, ERR_MEMORY, -1, "Cannot make counter: number=%u", counter);
	if (samples_add(&b->counters.at[counter], t_ns, value, e) < 0)
		return -1;
	return samples_are_full(&b->counters.at[counter]) ? seal_counter(b, counter, e) : 0;
}

static uint32_t n_rows_of(const struct blocks *b, enum view view, uint32_t block)
{
	const struct slab_rows *rows = &b->slab.rows;
	size_t n = view == VIEW_F ? rows->groups.n : view < VIEW_G ? rows->view[view].n : 0;

	if (view == VIEW_A)
		return 3;
	if (view == VIEW_G)
		return rows->n_rows_of.at[block];
	n -= view == VIEW_C ? 0 : (size_t)block * BLOCK_ROWS;
	return n < BLOCK_ROWS ? (uint32_t)n : BLOCK_ROWS;
}

static int put_index(struct blocks *b, enum view view, uint32_t number, struct err *e)
{
	struct block_index *ix = &b->index[view].at[number];

	ix->n_rows = n_rows_of(b, view, number);
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
	return seal_slab(b, true, e);
}

int blocks_seal(struct blocks *b, struct err *e)
{
	if (push_batch(b, e) < 0)
		return -1;
	for (uint32_t i = 0; i < b->counters.n; i++)
		if (seal_counter(b, i, e) < 0)
			return -1;
	if (relay_push(store_relay(b->st), run_seal, b, &b->batch, e) < 0 ||
		relay_flush(store_relay(b->st), e) < 0)
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
