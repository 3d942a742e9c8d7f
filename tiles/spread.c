#include "tiles/spread.h"

#include <string.h>

#include "parser/base/err.h"

#define EVENT_BYTES 18 /* the most, and behind the last of a block some that are read */

void spread_clear(struct spread *sp)
{
	for (unsigned v = 0; v <= VIEW_F; v++) {
		for (size_t i = 0; i < sp->buckets[v].n; i++)
			buf_clear(&sp->buckets[v].at[i].events);
		vec_clear(&sp->buckets[v]);
	}
	for (unsigned v = 0; v < SLAB_VIEWS; v++)
		vec_clear(&sp->heads[v]);
	vec_clear(&sp->groups);
	memset(sp, 0, sizeof(*sp));
}

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot spread slab: out of memory");
}

static int copy_heads(struct spread *sp, const struct slab_rows *rows, struct err *e)
{
	sp->ns_per_tick = rows->ns_per_tick;
	for (unsigned v = 0; v < SLAB_VIEWS; v++) {
		if (vec_reserve(&sp->heads[v], rows->view[v].n) < 0)
			return no_memory(e);
		sp->heads[v].n = rows->view[v].n;
		for (size_t i = 0; i < rows->view[v].n; i++) {
			const struct chunk_head *h = &rows->view[v].at[i].head;

			sp->heads[v].at[i] = (struct slice_head){
				.ticks = h->ticks, .occupant = h->occupant, .state = h->state};
		}
	}
	if (vec_reserve(&sp->groups, rows->groups.n) < 0)
		return no_memory(e);
	sp->groups.n = rows->groups.n;
	for (size_t i = 0; i < rows->groups.n; i++)
		sp->groups.at[i] = rows->groups.at[i];
	return 0;
}

/* A bucket for the block. */
static int grow(struct spread *sp, enum view view, uint32_t block, struct err *e)
{
	while (sp->buckets[view].n <= block)
		if (vec_push(&sp->buckets[view], (struct bucket){0}) < 0)
			return no_memory(e);
	return 0;
}

/* An event more in its block's bucket. */
static inline int add_event(struct spread *sp, enum view view, uint32_t row,
	const struct slice_event *ev, struct err *e)
{
	uint32_t block = row / BLOCK_ROWS;
	struct bucket *b;
	uint16_t head;
	unsigned n;
	uint8_t *to;
	uint64_t d;

	if (block >= sp->buckets[view].n && grow(sp, view, block, e) < 0)
		return -1;
	b = &sp->buckets[view].at[block];
	if (b->events.cap - b->events.n < EVENT_BYTES && buf_reserve(&b->events, EVENT_BYTES) < 0)
		return no_memory(e);
	d = zigzag_of(ev->ticks - b->ticks);
	b->ticks = ev->ticks;
	n = (unsigned)(71 - __builtin_clzll(d | 1)) / 8;
	to = b->events.at + b->events.n;
	b->events.n += sizeof(head) + n;
	head = (uint16_t)(row % BLOCK_ROWS | (unsigned)ev->kind << 5 | (unsigned)ev->state << 9 |
		(n - 1) << 13);
	memcpy(to, &head, sizeof(head));
	memcpy(to + sizeof(head), &d,
		sizeof(d)); /* little-endian: the n bytes that count come first */
	if (ev->kind != CHUNK_BORN || view == VIEW_F)
		return 0;
	memcpy(to + sizeof(head) + n, &ev->g, sizeof(ev->g));
	b->events.n += sizeof(ev->g);
	return 0;
}

/* All events of the open slab into the buckets. */
static int fill_buckets(struct spread *sp, struct slab_reader *r, struct err *e)
{
	struct slab_change change[1 + SLAB_ENTAILED];
	struct slab_move move[1 + SLAB_ENTAILED];
	int n;

	while ((n = slab_next_moves(r, move, change, e)) > 0)
		for (int i = 0; i < n; i++) {
			const struct slab_move *m = &move[i];
			const struct slab_change *c = &change[i];
			const struct slice_event ev = {
				.ticks = m->ticks, .g = m->g, .kind = m->kind, .state = m->state};
			const struct slice_event group = {
				.ticks = c->ticks, .kind = c->left, .state = c->entered};

			if (m->kind != CHUNK_MARK &&
				add_event(sp, (enum view)m->view, m->row, &ev, e) < 0)
				return -1;
			if (c->left != c->entered && add_event(sp, VIEW_F, c->group, &group, e) < 0)
				return -1;
		}
	return n;
}

static void empty(struct spread *sp)
{
	sp->is_used = false;
	for (unsigned v = 0; v <= VIEW_F; v++)
		for (size_t i = 0; i < sp->buckets[v].n; i++)
			sp->buckets[v].at[i].events.n = sp->buckets[v].at[i].ticks = 0;
}

static size_t bytes_held(const struct spread *sp)
{
	size_t n = sp->groups.cap * sizeof(*sp->groups.at);

	for (unsigned v = 0; v <= VIEW_F; v++)
		for (size_t i = 0; i < sp->buckets[v].n; i++)
			n += sizeof(struct bucket) + sp->buckets[v].at[i].events.cap;
	for (unsigned v = 0; v < SLAB_VIEWS; v++)
		n += sp->heads[v].cap * sizeof(*sp->heads[v].at);
	return n;
}

int spread_fill(struct spread *sp, struct slab_reader *r, uint64_t number, struct err *e)
{
	empty(sp);
	if (copy_heads(sp, r->rows, e) < 0 || fill_buckets(sp, r, e) < 0)
		return -1;
	sp->n_bytes = bytes_held(sp);
	sp->number = number;
	sp->is_used = true;
	return 0;
}

struct slice spread_slice(const struct spread *sp, enum view view, uint32_t block)
{
	size_t first_row = (size_t)block * BLOCK_ROWS, n_rows;
	struct slice out = {.ns_per_tick = sp->ns_per_tick};

	if (block < sp->buckets[view].n) {
		out.events = sp->buckets[view].at[block].events.at;
		out.n_bytes = sp->buckets[view].at[block].events.n;
	}
	n_rows = view == VIEW_F ? sp->groups.n : sp->heads[view].n;
	if (n_rows <= first_row)
		return out;
	n_rows -= first_row;
	out.n_rows = n_rows < BLOCK_ROWS ? (uint32_t)n_rows : BLOCK_ROWS;
	if (view == VIEW_F)
		out.groups = sp->groups.at + first_row;
	else
		out.heads = sp->heads[view].at + first_row;
	return out;
}
