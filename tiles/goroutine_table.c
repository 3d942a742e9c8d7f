/* What a group's goroutines have in common (function, creator, its stack, block) is stored as the
 * difference to the last record of the page whose group is equal modulo 64. The times per state
 * add up to the life: the greatest is left out. */
#include "tiles/goroutine_table.h"

#include <string.h>

#include "parser/base/err.h"

enum {
	C_ID,
	C_GROUP,
	C_FUNCTION,
	C_BLOCK,
	C_ROW,
	C_CREATOR,
	C_CREATOR_STACK,
	C_FLAGS,
	C_GONE,
	C_LIFE,
	C_BORN_TIME,
	C_GONE_TIME,
	C_GREATEST,
	C_UNCOUNTED,
	C_STATES,
	N_COLUMNS = C_STATES + N_STATES
};

enum { FLAG_BORN_KNOWN = 1, FLAG_ALIVE = 2 };

static const uint8_t codes[N_COLUMNS] = {
	[C_ID] = COLUMN_DELTA,
	[C_GONE] = COLUMN_DELTA,
	[C_BORN_TIME] = COLUMN_DELTA, /* T minus page time: the origin, but for corrections */
	[C_GONE_TIME] = COLUMN_DELTA,
};

static const struct column_spec spec = {TABLE_GOROUTINES, N_COLUMNS, codes};

void goroutine_writer_init(struct goroutine_writer *w, struct store *st)
{
	memset(w->likely, 0, sizeof(w->likely));
	column_writer_init(&w->w, st, spec);
}

void goroutine_writer_clear(struct goroutine_writer *w)
{
	column_writer_clear(&w->w);
}

static void put_states(const struct goroutine *g, int64_t *v)
{
	unsigned greatest = 0;
	uint64_t sum = 0;

	for (unsigned s = 0; s < N_STATES; s++) {
		v[C_STATES + s] = (int64_t)g->time_ns[s];
		sum += g->time_ns[s];
		if (g->time_ns[s] > g->time_ns[greatest])
			greatest = s;
	}
	v[C_GREATEST] = greatest;
	v[C_STATES + greatest] = 0;
	v[C_UNCOUNTED] = (int64_t)((uint64_t)v[C_LIFE] - sum);
}

static int64_t difference(uint64_t value, uint64_t *likely)
{
	int64_t d = (int64_t)(value - *likely);

	*likely = value;
	return d;
}

int goroutine_writer_add(struct goroutine_writer *w, const struct goroutine *g, struct err *e)
{
	struct goroutine_likely *likely = &w->likely[g->group % GOROUTINE_LIKELY];
	int64_t v[N_COLUMNS];

	if (w->w.n_rows == 0)
		memset(w->likely, 0, sizeof(w->likely));
	v[C_ID] = (int64_t)g->id;
	v[C_GROUP] = g->group;
	v[C_FUNCTION] = difference(g->function, &likely->function);
	v[C_BLOCK] = difference(g->block, &likely->block);
	v[C_ROW] = g->row;
	v[C_CREATOR] = difference(g->creator, &likely->creator);
	v[C_CREATOR_STACK] = difference(g->creator_stack, &likely->creator_stack);
	v[C_FLAGS] = (g->born_known ? FLAG_BORN_KNOWN : 0) | (g->is_alive ? FLAG_ALIVE : 0);
	v[C_GONE] = g->gone_t;
	v[C_LIFE] = g->gone_t - g->born_t;
	v[C_BORN_TIME] = g->born_time_ns - g->born_t;
	v[C_GONE_TIME] = g->gone_time_ns - g->gone_t;
	put_states(g, v);
	return column_writer_add(&w->w, v, e);
}

int goroutine_writer_seal(struct goroutine_writer *w, struct err *e)
{
	return column_writer_seal(&w->w, e);
}

int goroutine_table_open(struct goroutine_table *t, struct store *st, struct err *e)
{
	t->page = UINT32_MAX;
	return column_table_open(&t->t, st, spec, e);
}

void goroutine_table_clear(struct goroutine_table *t)
{
	column_table_clear(&t->t);
}

static void undo(int64_t *v, uint64_t *likely)
{
	*likely += (uint64_t)*v;
	*v = (int64_t)*likely;
}

/* Make the page's records readable by record_of(). */
static int load_page(struct goroutine_table *t, uint32_t page, struct err *e)
{
	struct goroutine_likely likely[GOROUTINE_LIKELY] = {0};

	if (t->page == page && t->t.page == page)
		return 0;
	t->page = UINT32_MAX;
	if (column_table_page(&t->t, page, e) < 0)
		return -1;
	for (uint32_t i = 0; i < t->t.n_rows; i++) {
		uint32_t group = (uint32_t)t->t.at[C_GROUP][i];
		struct goroutine_likely *l = &likely[group % GOROUTINE_LIKELY];

		undo(&t->t.at[C_FUNCTION][i], &l->function);
		undo(&t->t.at[C_BLOCK][i], &l->block);
		undo(&t->t.at[C_CREATOR][i], &l->creator);
		undo(&t->t.at[C_CREATOR_STACK][i], &l->creator_stack);
	}
	t->page = page;
	return 0;
}

static void record_of(const struct goroutine_table *t, uint32_t i, struct goroutine *g)
{
	int64_t *const *v = t->t.at;
	uint64_t life = (uint64_t)v[C_LIFE][i], rest = life - (uint64_t)v[C_UNCOUNTED][i];

	memset(g, 0, sizeof(*g));
	g->id = (uint64_t)v[C_ID][i];
	g->group = (uint32_t)v[C_GROUP][i];
	g->function = (uint32_t)v[C_FUNCTION][i];
	g->block = (uint32_t)v[C_BLOCK][i];
	g->row = (uint32_t)v[C_ROW][i];
	g->creator = (uint64_t)v[C_CREATOR][i];
	g->creator_stack = (uint32_t)v[C_CREATOR_STACK][i];
	g->born_known = v[C_FLAGS][i] & FLAG_BORN_KNOWN;
	g->is_alive = (v[C_FLAGS][i] & FLAG_ALIVE) != 0;
	g->gone_t = v[C_GONE][i];
	g->born_t = (int64_t)((uint64_t)g->gone_t - life);
	g->born_time_ns = (int64_t)((uint64_t)v[C_BORN_TIME][i] + (uint64_t)g->born_t);
	g->gone_time_ns = (int64_t)((uint64_t)v[C_GONE_TIME][i] + (uint64_t)g->gone_t);
	for (unsigned s = 0; s < N_STATES; s++) {
		g->time_ns[s] = (uint64_t)v[C_STATES + s][i];
		rest -= g->time_ns[s];
	}
	if (v[C_GREATEST][i] >= 0 && v[C_GREATEST][i] < N_STATES)
		g->time_ns[v[C_GREATEST][i]] = rest;
}

int goroutine_get(struct goroutine_table *t, uint64_t id, struct goroutine *g, struct err *e)
{
	for (uint32_t page = 0; page < t->t.pages.n; page++) {
		const struct column_page *p = &t->t.pages.at[page];

		if (id < (uint64_t)p->min || id > (uint64_t)p->max)
			continue;
		if (column_table_peek(&t->t, page, e) < 0)
			return -1;
		for (uint32_t i = 0; i < t->t.n_rows; i++) {
			if ((uint64_t)t->t.at[C_ID][i] != id)
				continue;
			if (load_page(t, page, e) < 0)
				return -1;
			record_of(t, i, g);
			return 1;
		}
	}
	return 0;
}

/* Put `g` at its place among the n smallest ids found so far. */
static size_t insert(struct goroutine *out, size_t n, size_t cap, const struct goroutine *g)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (out[mid].id < g->id)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == cap)
		return n;
	memmove(&out[lo + 1], &out[lo], ((n < cap ? n : cap - 1) - lo) * sizeof(*out));
	out[lo] = *g;
	return n < cap ? n + 1 : cap;
}

/* The page's records with after < id, into the sorted out[0..n). */
static int list_page(struct goroutine_table *t, uint32_t page, uint32_t group, uint64_t after,
	struct goroutine *out, size_t cap, size_t *n, struct err *e)
{
	if (column_table_peek(&t->t, page, e) < 0)
		return -1;
	for (uint32_t i = 0; i < t->t.n_rows; i++) {
		uint64_t id = (uint64_t)t->t.at[C_ID][i];
		struct goroutine g;

		if (id <= after || (*n == cap && id > out[cap - 1].id))
			continue;
		if (load_page(t, page, e) < 0)
			return -1;
		if (group != GOROUTINE_ANY_GROUP && (uint32_t)t->t.at[C_GROUP][i] != group)
			continue;
		record_of(t, i, &g);
		*n = insert(out, *n, cap, &g);
	}
	return 0;
}

int goroutine_list(struct goroutine_table *t, uint32_t group, uint64_t after, struct goroutine *out,
	size_t cap, struct err *e)
{
	size_t n = 0;

	for (uint32_t page = 0; page < t->t.pages.n && cap > 0; page++) {
		const struct column_page *p = &t->t.pages.at[page];

		if ((uint64_t)p->max <= after || (n == cap && (uint64_t)p->min > out[cap - 1].id))
			continue;
		if (list_page(t, page, group, after, out, cap, &n, e) < 0)
			return -1;
	}
	return (int)n;
}
