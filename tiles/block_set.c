#include "tiles/block_set.h"

#include "parser/base/err.h"

#define CHECK_EVERY 65536 /* events between two looks at the budget */

void block_set_init(
	struct block_set *s, struct chunk_sink sink, double ns_per_tick, size_t budget_bytes)
{
	*s = (struct block_set){.sink = sink,
		.ns_per_tick = ns_per_tick,
		.budget = budget_bytes,
		.until_check = CHECK_EVERY};
}

void block_set_clear(struct block_set *s)
{
	for (unsigned v = 0; v <= VIEW_F; v++) {
		for (size_t i = 0; i < s->views[v].n; i++) {
			if (s->views[v].at[i])
				chunk_writer_clear(s->views[v].at[i]);
			mem_free(s->views[v].at[i]);
		}
		vec_clear(&s->views[v]);
	}
	chunk_pool_clear(&s->pool);
	buf_clear(&s->bytes);
}

static int seal(struct block_set *s, struct chunk_writer *w, struct err *e)
{
	struct chunk_span span;

	if (chunk_n_events(w) == 0)
		return 0;
	s->bytes.n = 0;
	if (chunk_seal(w, &s->bytes, &span, e) < 0)
		return -1;
	return s->sink.put(s->sink.context, (enum view)w->view, w->block, &span, &s->bytes, e);
}

/* Seal every open chunk of at least `least` bytes. */
static int seal_all(struct block_set *s, size_t least, struct err *e)
{
	for (unsigned v = 0; v <= VIEW_F; v++)
		for (size_t i = 0; i < s->views[v].n; i++) {
			struct chunk_writer *w = s->views[v].at[i];

			if (w && chunk_n_bytes(w) >= least && seal(s, w, e) < 0)
				return -1;
		}
	return 0;
}

int block_set_seal(struct block_set *s, struct err *e)
{
	return seal_all(s, 0, e);
}

static int keep_budget(struct block_set *s, struct err *e)
{
	size_t sum = 0, most = 0;

	s->until_check = CHECK_EVERY;
	for (unsigned v = 0; v <= VIEW_F; v++)
		for (size_t i = 0; i < s->views[v].n; i++) {
			struct chunk_writer *w = s->views[v].at[i];
			size_t n = w ? chunk_n_bytes(w) : 0;

			sum += n;
			most = n > most ? n : most;
		}
	return sum > s->budget ? seal_all(s, most / 2, e) : 0;
}

int block_set_rate(struct block_set *s, double ns_per_tick, struct err *e)
{
	if (ns_per_tick == s->ns_per_tick)
		return 0;
	if (seal_all(s, 0, e) < 0)
		return -1;
	s->ns_per_tick = ns_per_tick;
	for (unsigned v = 0; v <= VIEW_F; v++)
		for (size_t i = 0; i < s->views[v].n; i++)
			if (s->views[v].at[i])
				chunk_set_rate(s->views[v].at[i], ns_per_tick);
	return 0;
}

static struct chunk_writer *block_make(
	struct block_set *s, enum view view, uint32_t number, struct err *e)
{
	struct chunk_writer *w = NULL;

	while (s->views[view].n <= number)
		if (vec_push(&s->views[view], NULL) < 0)
			goto failed;
	w = mem_alloc(sizeof(*w));
	if (!w)
		goto failed;
	chunk_writer_init(w, &s->pool, view, number, s->ns_per_tick);
	s->views[view].at[number] = w;
	return w;
failed:
	err_set(e, ERR_MEMORY, -1, "Cannot make block: number=%u", number);
	return NULL;
}

static inline struct chunk_writer *block_of(
	struct block_set *s, enum view view, uint32_t number, struct err *e)
{
	if (number < s->views[view].n && s->views[view].at[number])
		return s->views[view].at[number];
	return block_make(s, view, number, e);
}

static inline int added(struct block_set *s, struct chunk_writer *w, struct err *e)
{
	if (chunk_is_full(w) && seal(s, w, e) < 0)
		return -1;
	return --s->until_check == 0 ? keep_budget(s, e) : 0;
}

int block_set_add(
	struct block_set *s, enum view view, uint32_t row, struct chunk_event *ev, struct err *e)
{
	struct chunk_writer *w = block_of(s, view, row / BLOCK_ROWS, e);

	ev->row = row % BLOCK_ROWS;
	if (!w || chunk_add(w, ev, e) < 0)
		return -1;
	return added(s, w, e);
}

int block_set_add_group(struct block_set *s, uint32_t group, struct group_event *ev, struct err *e)
{
	struct chunk_writer *w = block_of(s, VIEW_F, group / BLOCK_ROWS, e);

	ev->row = group % BLOCK_ROWS;
	if (!w || chunk_add_group(w, ev, e) < 0)
		return -1;
	return added(s, w, e);
}
