#include "tiles/task_list.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/err.h"
#include "tiles/store.h"

#define ASK_TASKS 4096

/* What a look through all tasks knows. */
struct look {
	struct task_types *types;
	struct task_list *list;
	const struct task_query *q;
	struct cancel cancel;
	struct err *e;
	uint32_t until_asked;
};

static bool must_stop(struct look *l)
{
	if (l->until_asked-- > 0)
		return false;
	l->until_asked = ASK_TASKS;
	if (!l->cancel.is_cancelled || !l->cancel.is_cancelled(l->cancel.context))
		return false;
	err_set(l->e, ERR_CANCELLED, -1, "Cannot list tasks: cancelled");
	return true;
}

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot list tasks: out of memory");
}

/* ---- types ---- */

void task_types_init(struct task_types *t)
{
	memset(t, 0, sizeof(*t));
	map_init(&t->known);
}

void task_types_clear(struct task_types *t)
{
	vec_clear(&t->types);
	map_clear(&t->known);
	memset(t, 0, sizeof(*t));
}

static int add_type(void *context, const struct range *r)
{
	struct look *l = context;
	const struct task_type none = {.type = r->text};
	uint32_t at = map_get(&l->types->known, r->text);
	struct task_type *type;

	if (must_stop(l))
		return -1;
	if (at == MAP_NONE) {
		at = (uint32_t)l->types->types.n;
		if (vec_push(&l->types->types, none) < 0 ||
			map_put(&l->types->known, r->text, at) < 0)
			return no_memory(l->e);
	}
	type = &l->types->types.at[at];
	type->n++;
	type->n_open += !r->is_end_known;
	type->ns += (uint64_t)(r->t1 - r->t0);
	if (r->t1 - r->t0 > type->max_ns)
		type->max_ns = r->t1 - r->t0;
	return 0;
}

static int compare_types(const void *a, const void *b)
{
	const struct task_type *x = a, *y = b;

	if (x->ns != y->ns)
		return x->ns > y->ns ? -1 : 1;
	return x->type < y->type ? -1 : x->type > y->type;
}

int task_types_make(struct task_types *t, struct store *st, int64_t from, int64_t to,
	struct cancel cancel, struct err *e)
{
	struct look l = {.types = t, .cancel = cancel, .e = e};

	if (range_each(st, TABLE_TASKS, from, to, add_type, &l, e) != 0)
		return -1;
	if (t->types.n)
		qsort(t->types.at, t->types.n, sizeof(*t->types.at), compare_types);
	return 0;
}

/* ---- those of one type ---- */

void task_list_init(struct task_list *l)
{
	memset(l, 0, sizeof(*l));
	durations_init(&l->durations);
}

void task_list_clear(struct task_list *l)
{
	vec_clear(&l->tasks);
	durations_clear(&l->durations);
	memset(l, 0, sizeof(*l));
}

/* Does `a` come before `b` in the order that is asked for? */
static bool is_before(const struct task_query *q, const struct range *a, const struct range *b)
{
	int64_t x = a->t1 - a->t0, y = b->t1 - b->t0;

	if (!q->by_begin && x != y)
		return x > y;
	return a->t0 != b->t0 ? a->t0 < b->t0 : a->id < b->id;
}

/* Into its place among the first `limit` + 1. */
static int keep(struct task_list *l, const struct task_query *q, const struct range *r)
{
	size_t n = l->tasks.n, lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (is_before(q, r, &l->tasks.at[mid]))
			hi = mid;
		else
			lo = mid + 1;
	}
	if (lo > q->limit)
		return 0;
	if (n <= q->limit && vec_push(&l->tasks, *r) < 0)
		return -1;
	n = l->tasks.n - 1;
	memmove(l->tasks.at + lo + 1, l->tasks.at + lo, (n - lo) * sizeof(*r));
	l->tasks.at[lo] = *r;
	return 0;
}

static int add_task(void *context, const struct range *r)
{
	struct look *l = context;
	const struct task_query *q = l->q;
	const struct range after = {
		.t0 = q->after_t, .t1 = q->after_t + q->after_ns, .id = q->after_id};

	if (must_stop(l))
		return -1;
	if (r->text != q->type)
		return 0;
	if (durations_add(&l->list->durations, (uint64_t)(r->t1 - r->t0), l->e) < 0)
		return -1;
	if (q->has_after && !is_before(q, &after, r))
		return 0;
	return keep(l->list, q, r) < 0 ? no_memory(l->e) : 0;
}

int task_list_make(struct task_list *l, struct store *st, const struct task_query *q, struct err *e)
{
	struct look look = {.list = l, .q = q, .cancel = q->cancel, .e = e};

	if (range_each(st, TABLE_TASKS, q->from, q->to, add_task, &look, e) != 0)
		return -1;
	durations_sort(&l->durations);
	l->has_next = l->tasks.n > q->limit;
	if (l->has_next)
		l->tasks.n = q->limit;
	return 0;
}
