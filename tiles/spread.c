#include "tiles/spread.h"

#include <string.h>

#include "parser/base/err.h"

void spread_clear(struct spread *sp)
{
	for (unsigned v = 0; v <= VIEW_F; v++) {
		for (size_t i = 0; i < sp->buckets[v].n; i++)
			vec_clear(&sp->buckets[v].at[i].events);
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

static int make_bucket(struct spread *sp, enum view view, uint32_t block, struct err *e)
{
	while (sp->buckets[view].n <= block)
		if (vec_push(&sp->buckets[view], (struct bucket){0}) < 0)
			return no_memory(e);
	return 0;
}

/* An event more in its block's bucket. */
static inline int add_event(struct spread *sp, enum view view, uint32_t row, uint64_t ticks,
	uint64_t g, unsigned kind, unsigned state, struct err *e)
{
	uint32_t block = row / BLOCK_ROWS;
	struct slice_event *ev;
	struct bucket *b;

	if (block >= sp->buckets[view].n && make_bucket(sp, view, block, e) < 0)
		return -1;
	b = &sp->buckets[view].at[block];
	if (vec_reserve(&b->events, b->events.n + 1) < 0)
		return no_memory(e);
	ev = &b->events.at[b->events.n++];
	ev->ticks = ticks;
	ev->g = g;
	ev->row = row % BLOCK_ROWS;
	ev->kind = (uint8_t)kind;
	ev->state = (uint8_t)state;
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

			if (m->kind != CHUNK_MARK &&
				add_event(sp, (enum view)m->view, m->row, m->ticks, m->g, m->kind,
					m->state, e) < 0)
				return -1;
			if (c->left != c->entered &&
				add_event(sp, VIEW_F, c->group, c->ticks, 0, c->left, c->entered,
					e) < 0)
				return -1;
		}
	return n;
}

static void empty_buckets(struct spread *sp)
{
	for (unsigned v = 0; v <= VIEW_F; v++)
		for (size_t i = 0; i < sp->buckets[v].n; i++)
			sp->buckets[v].at[i].events.n = 0;
}

static size_t count_bytes(const struct spread *sp)
{
	size_t n = sp->groups.cap * sizeof(*sp->groups.at);

	for (unsigned v = 0; v <= VIEW_F; v++)
		for (size_t i = 0; i < sp->buckets[v].n; i++)
			n += sizeof(struct bucket) +
				sp->buckets[v].at[i].events.cap * sizeof(struct slice_event);
	for (unsigned v = 0; v < SLAB_VIEWS; v++)
		n += sp->heads[v].cap * sizeof(*sp->heads[v].at);
	return n;
}

int spread_fill(struct spread *sp, struct slab_reader *r, uint64_t number, struct err *e)
{
	sp->is_used = false;
	empty_buckets(sp);
	if (copy_heads(sp, r->rows, e) < 0 || fill_buckets(sp, r, e) < 0)
		return -1;
	sp->n_bytes = count_bytes(sp);
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
		out.n_events = sp->buckets[view].at[block].events.n;
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
