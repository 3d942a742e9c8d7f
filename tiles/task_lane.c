#include "tiles/task_lane.h"

#include <string.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "tiles/store.h"

#define ASK_TASKS 4096

/* What a walk through the tasks, from the last to the first, knows. */
struct walk {
	struct task_lane *lane;
	const struct task_lane_query *q; /* NULL: only rows */
	int64_t to;                      /* end of the tile */
	uint64_t id;                     /* sought, where `found` is set */
	struct task_bar *found;
	struct cancel cancel;
	struct err *e;
	uint32_t until_asked;
};

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot place tasks: out of memory");
}

static bool must_stop(struct walk *w)
{
	if (w->until_asked-- > 0)
		return false;
	w->until_asked = ASK_TASKS;
	if (!w->cancel.is_cancelled || !w->cancel.is_cancelled(w->cancel.context))
		return false;
	err_set(w->e, ERR_CANCELLED, -1, "Cannot place tasks: cancelled");
	return true;
}

void task_lane_init(struct task_lane *l)
{
	memset(l, 0, sizeof(*l));
}

void task_lane_clear(struct task_lane *l)
{
	mem_free(l->rows);
	mem_free(l->bins);
	vec_clear(&l->bars);
	memset(l, 0, sizeof(*l));
}

/* ---- rows ---- */

static uint32_t row_below_parent(const struct task_rows *rows, const struct range *r)
{
	if (r->parent == 0)
		return 0;
	for (uint32_t i = 0; i < rows->n; i++)
		if (rows->id[i] == r->parent && rows->begin[i] < r->t1)
			return i + 1;
	return 0;
}

static uint32_t place(struct task_rows *rows, const struct range *r)
{
	uint32_t row = row_below_parent(rows, r);

	while (row < rows->n && rows->begin[row] < r->t1)
		row++;
	if (row >= TASK_ROWS) {
		rows->n_unplaced++;
		return TASK_NO_ROW;
	}
	if (row == rows->n)
		rows->n++;
	rows->begin[row] = r->t0;
	rows->id[row] = r->id;
	return row;
}

/* ---- bins ---- */

static struct task_bins *bins_of(struct walk *w, uint32_t type)
{
	unsigned i = 0;

	while (i < w->q->n_types && w->q->types[i] != type)
		i++;
	return &w->lane->bins[i];
}

static void add_time(struct task_bins *b, unsigned k, int64_t t0, int64_t t1)
{
	const uint64_t size = UINT64_C(1) << k;
	size_t first, last;

	if (t1 <= t0)
		return;
	first = (size_t)((uint64_t)t0 >> k);
	last = (size_t)((uint64_t)(t1 - 1) >> k);
	if (first == last) {
		b->ns[first] += (uint64_t)(t1 - t0);
		return;
	}
	b->ns[first] += (first + 1) * size - (uint64_t)t0;
	b->ns[last] += (uint64_t)t1 - last * size;
	b->change[first + 1]++;
	b->change[last]--;
}

static void count(struct walk *w, const struct range *r)
{
	const struct task_lane_query *q = w->q;
	struct task_bins *b = bins_of(w, r->text);
	int64_t t0 = r->t0 > q->from ? r->t0 : q->from, t1 = r->t1 < w->to ? r->t1 : w->to;

	b->n++;
	add_time(b, q->k, t0 - q->from, t1 - q->from);
	if (r->is_begin_known && r->t0 >= q->from)
		b->begun[(size_t)((uint64_t)(r->t0 - q->from) >> q->k)]++;
}

static void resolve(struct task_bins *b, unsigned k)
{
	int64_t whole = 0;

	for (size_t i = 0; i < TILE_BINS; i++) {
		whole += b->change[i];
		b->ns[i] += (uint64_t)whole << k;
	}
}

/* ---- the walk ---- */

static bool overlaps(const struct walk *w, const struct range *r)
{
	const int64_t from = w->q->from;

	return r->t0 < w->to && (r->t1 > from || (r->t1 == from && r->t0 == from));
}

static int step(void *context, const struct range *r)
{
	struct walk *w = context;
	struct task_lane *l = w->lane;
	struct task_bar bar = {.task = *r};

	if (must_stop(w))
		return -1;
	bar.row = place(l->rows, r);
	if (w->found && r->id == w->id) {
		*w->found = bar;
		return 1;
	}
	if (!w->q || !overlaps(w, r))
		return 0;
	count(w, r);
	l->n++;
	l->is_many = l->n > TASK_LANE_MOST;
	if (l->is_many)
		l->bars.n = 0;
	else if (vec_push(&l->bars, bar) < 0)
		return no_memory(w->e);
	return 0;
}

static int walk_from(struct walk *w, struct store *st, int64_t from)
{
	struct task_lane *l = w->lane;

	l->rows = mem_calloc(1, sizeof(*l->rows));
	if (!l->rows)
		return no_memory(w->e);
	return range_each_back(st, TABLE_TASKS, from, step, w, w->e);
}

int task_lane_make(
	struct task_lane *l, struct store *st, const struct task_lane_query *q, struct err *e)
{
	struct walk w = {.lane = l, .q = q, .cancel = q->cancel, .e = e};

	w.to = q->from + ((int64_t)TILE_BINS << q->k);
	l->bins = mem_calloc(q->n_types + 1, sizeof(*l->bins));
	if (!l->bins)
		return no_memory(e);
	if (walk_from(&w, st, q->from) != 0)
		return -1;
	for (unsigned i = 0; i <= q->n_types; i++)
		resolve(&l->bins[i], q->k);
	return 0;
}

int task_lane_count(struct task_lane *l, struct store *st, struct cancel cancel, struct err *e)
{
	struct walk w = {.lane = l, .cancel = cancel, .e = e};

	return walk_from(&w, st, INT64_MIN) != 0 ? -1 : 0;
}

int task_lane_find(struct task_lane *l, struct store *st, uint64_t id, struct cancel cancel,
	struct task_bar *out, struct err *e)
{
	struct walk w = {.lane = l, .id = id, .found = out, .cancel = cancel, .e = e};

	return walk_from(&w, st, INT64_MIN);
}
