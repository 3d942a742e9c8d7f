#include "tiles/blocks.h"

#include "parser/base/err.h"
#include "parser/base/vec.h"
#include "tiles/block_index.h"
#include "tiles/store.h"

#define DEFAULT_BUDGET ((size_t)64 << 20)
#define CHECK_EVERY    65536 /* events between two looks at the budget */

struct block {
	struct chunk_writer writer;
	struct block_index index;
};

struct counter {
	struct block_index index;
	struct buf dt, values;
	uint64_t base, t, value;
	uint32_t n_events;
};

struct blocks {
	struct store *st;
	int64_t origin_ns, last_ns;
	double ns_per_tick;
	size_t budget;
	uint32_t until_check;
	uint64_t n_chunks;
	VEC(struct block *) views[VIEW_F + 1]; /* NULL where a block has had no event */
	VEC(struct counter) counters;
	struct chunk_pool pool;
	struct buf bytes;
};

struct blocks *blocks_create(
	struct store *st, int64_t origin_ns, double ns_per_tick, size_t budget_bytes, struct err *e)
{
	struct blocks *b = mem_calloc(1, sizeof(*b));

	if (!b) {
		err_set(e, ERR_MEMORY, -1, "Cannot make blocks: bytes=%zu", sizeof(*b));
		return NULL;
	}
	b->st = st;
	b->origin_ns = origin_ns;
	b->ns_per_tick = ns_per_tick;
	b->budget = budget_bytes ? budget_bytes : DEFAULT_BUDGET;
	b->until_check = CHECK_EVERY;
	return b;
}

void blocks_destroy(struct blocks *b)
{
	if (!b)
		return;
	for (unsigned v = 0; v <= VIEW_F; v++) {
		for (size_t i = 0; i < b->views[v].n; i++) {
			struct block *block = b->views[v].at[i];

			if (!block)
				continue;
			chunk_writer_clear(&block->writer);
			block_index_clear(&block->index);
			mem_free(block);
		}
		vec_clear(&b->views[v]);
	}
	for (size_t i = 0; i < b->counters.n; i++) {
		block_index_clear(&b->counters.at[i].index);
		buf_clear(&b->counters.at[i].dt);
		buf_clear(&b->counters.at[i].values);
	}
	vec_clear(&b->counters);
	chunk_pool_clear(&b->pool);
	buf_clear(&b->bytes);
	mem_free(b);
}

/* Store b->bytes as the next chunk of an index. */
static int put_chunk(struct blocks *b, struct block_index *ix, const struct chunk_span *span,
	int64_t origin_ns, struct err *e)
{
	int64_t last = span->last_ns - origin_ns;

	if (store_put_plain(b->st, blob_id(BLOB_CHUNK, b->n_chunks), b->bytes.at, b->bytes.n, e) <
		0)
		return -1;
	if (last > b->last_ns)
		b->last_ns = last;
	return block_index_add(ix, span, origin_ns, b->n_chunks++, e);
}

static int seal(struct blocks *b, struct block *block, struct err *e)
{
	struct chunk_span span;

	if (chunk_n_events(&block->writer) == 0)
		return 0;
	b->bytes.n = 0;
	if (chunk_seal(&block->writer, &b->bytes, &span, e) < 0)
		return -1;
	return put_chunk(b, &block->index, &span, b->origin_ns, e);
}

/* Seal every open chunk of at least `least` bytes. */
static int seal_all(struct blocks *b, size_t least, struct err *e)
{
	for (unsigned v = 0; v <= VIEW_F; v++)
		for (size_t i = 0; i < b->views[v].n; i++) {
			struct block *block = b->views[v].at[i];

			if (block && chunk_n_bytes(&block->writer) >= least &&
				seal(b, block, e) < 0)
				return -1;
		}
	return 0;
}

static int keep_budget(struct blocks *b, struct err *e)
{
	size_t sum = 0, most = 0;

	b->until_check = CHECK_EVERY;
	for (unsigned v = 0; v <= VIEW_F; v++)
		for (size_t i = 0; i < b->views[v].n; i++) {
			struct block *block = b->views[v].at[i];
			size_t n = block ? chunk_n_bytes(&block->writer) : 0;

			sum += n;
			most = n > most ? n : most;
		}
	return sum > b->budget ? seal_all(b, most / 2, e) : 0;
}

int blocks_set_rate(struct blocks *b, double ns_per_tick, struct err *e)
{
	if (ns_per_tick == b->ns_per_tick)
		return 0;
	if (seal_all(b, 0, e) < 0)
		return -1;
	b->ns_per_tick = ns_per_tick;
	for (unsigned v = 0; v <= VIEW_F; v++)
		for (size_t i = 0; i < b->views[v].n; i++)
			if (b->views[v].at[i])
				chunk_set_rate(&b->views[v].at[i]->writer, ns_per_tick);
	return 0;
}

static struct block *block_make(struct blocks *b, enum view view, uint32_t number, struct err *e)
{
	struct block *block = NULL;

	while (b->views[view].n <= number)
		if (vec_push(&b->views[view], NULL) < 0)
			goto failed;
	block = mem_calloc(1, sizeof(*block));
	if (!block)
		goto failed;
	chunk_writer_init(&block->writer, &b->pool, view, number, b->ns_per_tick);
	b->views[view].at[number] = block;
	return block;
failed:
	err_set(e, ERR_MEMORY, -1, "Cannot make block: number=%u", number);
	return NULL;
}

static inline struct block *block_of(
	struct blocks *b, enum view view, uint32_t number, struct err *e)
{
	if (number < b->views[view].n && b->views[view].at[number])
		return b->views[view].at[number];
	return block_make(b, view, number, e);
}

static int added(struct blocks *b, struct block *block, struct err *e)
{
	if (chunk_is_full(&block->writer) && seal(b, block, e) < 0)
		return -1;
	return --b->until_check == 0 ? keep_budget(b, e) : 0;
}

int blocks_add(
	struct blocks *b, enum view view, uint32_t row, struct chunk_event *ev, struct err *e)
{
	struct block *block = block_of(b, view, row / BLOCK_ROWS, e);

	ev->row = row % BLOCK_ROWS;
	if (!block || chunk_add(&block->writer, ev, e) < 0)
		return -1;
	return added(b, block, e);
}

int blocks_add_group(struct blocks *b, uint32_t group, uint64_t ticks, enum state left,
	enum state entered, struct err *e)
{
	struct block *block = block_of(b, VIEW_F, group / BLOCK_ROWS, e);
	struct group_event ev = {.ticks = ticks,
		.row = group % BLOCK_ROWS,
		.left = (uint8_t)left,
		.entered = (uint8_t)entered};

	if (!block || chunk_add_group(&block->writer, &ev, e) < 0)
		return -1;
	return added(b, block, e);
}

static int seal_counter(struct blocks *b, uint32_t number, struct err *e)
{
	struct counter *c = &b->counters.at[number];
	struct chunk_span span = {
		.first_ns = (int64_t)c->base, .last_ns = (int64_t)c->t, .n_events = c->n_events};
	struct buf *out = &b->bytes;

	if (c->n_events == 0)
		return 0;
	out->n = 0;
	if (buf_reserve(out, CHUNK_HEADER_BYTES + 8 + c->dt.n + c->values.n) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot seal counter: number=%u", number);
	buf_append(out, "TSC1C\0\0\0", 8);
	buf_put_le(out, number, 4);
	buf_put_le(out, c->index.chunks.n, 4);
	buf_put_le(out, c->n_events, 4);
	buf_put_le(out, COUNTER_STREAMS, 4);
	buf_put_le(out, c->base, 8);
	buf_put_f64(out, 1.0);
	buf_put_le(out, c->dt.n, 4);
	buf_put_le(out, c->values.n, 4);
	buf_append(out, c->dt.at, c->dt.n);
	buf_append(out, c->values.at, c->values.n);
	c->n_events = 0;
	c->dt.n = 0;
	c->values.n = 0;
	c->value = 0;
	return put_chunk(b, &c->index, &span, 0, e);
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

static int put_index(
	struct blocks *b, enum view view, size_t number, struct block_index *ix, struct err *e)
{
	block_index_seal(ix);
	b->bytes.n = 0;
	if (block_index_encode(ix, &b->bytes, e) < 0)
		return -1;
	return store_put_plain(b->st, block_id(view, (uint32_t)number), b->bytes.at, b->bytes.n, e);
}

int blocks_seal(struct blocks *b, struct err *e)
{
	if (seal_all(b, 0, e) < 0)
		return -1;
	for (unsigned v = 0; v <= VIEW_F; v++)
		for (size_t i = 0; i < b->views[v].n; i++) {
			struct block *block = b->views[v].at[i];

			if (!block)
				continue;
			block->index.n_rows = block->writer.n_rows;
			if (put_index(b, (enum view)v, i, &block->index, e) < 0)
				return -1;
		}
	for (uint32_t i = 0; i < b->counters.n; i++)
		if (seal_counter(b, i, e) < 0 ||
			put_index(b, VIEW_C, i, &b->counters.at[i].index, e) < 0)
			return -1;
	return 0;
}

uint32_t blocks_count(const struct blocks *b, enum view view)
{
	if (view == VIEW_A)
		return 1;
	return (uint32_t)(view == VIEW_C ? b->counters.n : b->views[view].n);
}

uint64_t blocks_n_chunks(const struct blocks *b)
{
	return b->n_chunks;
}

int64_t blocks_last_ns(const struct blocks *b)
{
	return b->last_ns;
}
