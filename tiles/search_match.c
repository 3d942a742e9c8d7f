#include "tiles/search_match.h"

#include <stdlib.h>

#include "parser/base/err.h"
#include "parser/base/map.h"
#include "parser/base/mem.h"
#include "parser/base/vec.h"
#include "tiles/goroutine_table.h"
#include "tiles/tables.h"
#include "tiles/text_table.h"
#include "tiles/tile.h"

/* By t0 (tasks: by goroutine, then t0); last: the greatest t1 up to this one (of the goroutine). */
struct span {
	int64_t t0, last;
	uint64_t g; /* of a task; else 0 */
};

struct spans {
	VEC(struct span) at;
};

#define ASK_RANGES 4096 /* tasks between two looks at cancel */

struct search_match {
	struct search_source s;
	const struct search_query *q;
	struct spans gc, stw;
	struct spans tasks[SEARCH_TERMS]; /* by term */
	struct map task_ids[SEARCH_TERMS];
	struct map known;     /* term << 32 | string: 1 holds, 0 not */
	struct map stacks;    /* term << 32 | stack: the same */
	struct map functions; /* goroutine: string */
	uint8_t *groups;      /* a bit per group that may have hits */
	uint32_t n_groups;
	uint32_t n_spans; /* of all terms */
	uint16_t states;  /* a bit each that an interval may be in */
	bool has_named;   /* goroutines are named by their number; they live in these blocks */
	uint32_t n_named, named[SEARCH_VALUES];
};

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot search: out of memory");
}

static int remember(struct map *map, uint64_t key, uint32_t value, struct err *e)
{
	if (map->n >= SEARCH_REMEMBERED)
		map_reset(map);
	return map_put(map, key, value) < 0 ? no_memory(e) : 0;
}

/* Is one of the term's values part of the string? 1, 0, -1. */
static int holds_string(
	struct search_match *m, const struct search_term *t, uint32_t string, struct err *e)
{
	uint64_t key = (uint64_t)(t - m->q->terms) << 32 | string;
	uint32_t known = map_get(&m->known, key);
	bool holds = false;
	const char *s;
	size_t n;

	if (known != MAP_NONE)
		return (int)known;
	if (text_get_string(m->s.text, string, &s, &n, e) < 0)
		return -1;
	for (uint32_t i = t->first; i < t->first + t->n && !holds; i++)
		holds = search_contains(s, n, m->q->values[i].text, m->q->values[i].n);
	return remember(&m->known, key, holds, e) < 0 ? -1 : holds;
}

static int holds_stack(
	struct search_match *m, const struct search_term *t, uint32_t stack, struct err *e)
{
	uint64_t key = (uint64_t)(t - m->q->terms) << 32 | stack;
	uint32_t known = map_get(&m->stacks, key);
	const struct trace_frame *frames;
	int holds = 0;
	size_t n;

	if (known != MAP_NONE)
		return (int)known;
	if (text_get_stack(m->s.text, stack, &frames, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n && holds == 0; i++)
		holds = frames[i].func ? holds_string(m, t, frames[i].func, e) : 0;
	if (holds < 0)
		return -1;
	return remember(&m->stacks, key, (uint32_t)holds, e) < 0 ? -1 : holds;
}

static bool holds_number(const struct search_match *m, const struct search_term *t, uint64_t number)
{
	for (uint32_t i = t->first; i < t->first + t->n; i++)
		if (m->q->values[i].number == number)
			return true;
	return false;
}

/* A processor or thread, by its id. */
static bool holds_id(const struct search_match *m, const struct search_term *t, const int64_t *ids,
	size_t n, uint32_t row)
{
	return row > 0 && row <= n && ids[row - 1] >= 0 &&
		holds_number(m, t, (uint64_t)ids[row - 1]);
}

/* ---- time ---- */

/* None is longer than the rest of the trace. */
static enum search_answer holds_bounds(
	const struct search_match *m, const struct search_term *t, const struct search_thing *thing)
{
	int64_t ns = thing->t1 - thing->t0;
	int64_t rest = tile_reader_meta(m->s.tiles)->span_ns - thing->t0;

	if (!thing->is_open)
		return ns > t->more_ns && ns < t->less_ns ? MATCH_YES : MATCH_NO;
	if (ns >= t->less_ns || rest <= t->more_ns)
		return MATCH_NO;
	return ns > t->more_ns && t->less_ns == INT64_MAX ? MATCH_YES : MATCH_OPEN;
}

static enum search_answer overlaps_range(
	const struct search_value *v, const struct search_thing *thing)
{
	if (thing->t0 >= v->to_ns)
		return MATCH_NO;
	if (thing->t0 >= v->from_ns || thing->t1 > v->from_ns)
		return MATCH_YES;
	return thing->is_open ? MATCH_OPEN : MATCH_NO;
}

/* The number of spans of goroutines before g, and of g with t0 <= t. */
static size_t spans_until(const struct spans *s, uint64_t g, int64_t t)
{
	size_t low = 0, high = s->at.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct span *at = &s->at.at[middle];

		if (at->g < g || (at->g == g && at->t0 <= t))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static enum search_answer overlaps_spans(
	const struct spans *s, uint64_t g, const struct search_thing *thing)
{
	int64_t until = thing->t1 > thing->t0 ? thing->t1 - 1 : thing->t0;
	size_t n = spans_until(s, g, until);

	if (n > 0 && s->at.at[n - 1].g == g && s->at.at[n - 1].last > thing->t0)
		return MATCH_YES;
	return thing->is_open && n < s->at.n && s->at.at[n].g == g ? MATCH_OPEN : MATCH_NO;
}

static enum search_answer either(enum search_answer a, enum search_answer b)
{
	if (a == MATCH_YES || b == MATCH_YES)
		return MATCH_YES;
	return a == MATCH_OPEN || b == MATCH_OPEN ? MATCH_OPEN : MATCH_NO;
}

static enum search_answer holds_overlaps(
	const struct search_match *m, const struct search_term *t, const struct search_thing *thing)
{
	enum search_answer answer = MATCH_NO;

	for (uint32_t i = t->first; i < t->first + t->n; i++) {
		const struct search_value *v = &m->q->values[i];

		if (v->number == OVERLAP_RANGE)
			answer = either(answer, overlaps_range(v, thing));
		else
			answer = either(answer,
				overlaps_spans(
					v->number == OVERLAP_GC ? &m->gc : &m->stw, 0, thing));
	}
	return answer;
}

/* ---- terms ---- */

static int holds_text(struct search_match *m, const struct search_term *t,
	const struct search_thing *thing, struct err *e)
{
	int holds = thing->text ? holds_string(m, t, thing->text, e) : 0;

	return holds == 0 && thing->text2 ? holds_string(m, t, thing->text2, e) : holds;
}

static int holds_task(
	struct search_match *m, const struct search_term *t, const struct search_thing *thing)
{
	size_t i = (size_t)(t - m->q->terms);

	if (thing->task && map_get(&m->task_ids[i], thing->task) != MAP_NONE)
		return MATCH_YES;
	return thing->g ? (int)overlaps_spans(&m->tasks[i], thing->g, thing) : MATCH_NO;
}

static int holds_reason(struct search_match *m, const struct search_term *t,
	const struct search_thing *thing, struct err *e)
{
	const struct tables *tables = m->s.tables;

	if (thing->kind != HIT_STATE || !thing->reason || thing->reason >= tables->reasons.n)
		return 0;
	return holds_string(m, t, tables->reasons.at[thing->reason], e);
}

static int holds(struct search_match *m, const struct search_term *t,
	const struct search_thing *thing, struct err *e)
{
	switch (t->key) {
	case SEARCH_FUNC:
		return thing->function ? holds_string(m, t, thing->function, e) : 0;
	case SEARCH_G:
		return thing->g && holds_number(m, t, thing->g);
	case SEARCH_STATE:
		if (thing->kind != HIT_STATE || !(t->states >> thing->state & 1))
			return 0;
		return (int)holds_bounds(m, t, thing);
	case SEARCH_DUR:
		return thing->kind == HIT_STATE || thing->kind == HIT_GOROUTINE
			? (int)holds_bounds(m, t, thing)
			: 0;
	case SEARCH_REASON:
		return holds_reason(m, t, thing, e);
	case SEARCH_OVERLAPS:
		return (int)holds_overlaps(m, t, thing);
	case SEARCH_TASK:
		return holds_task(m, t, thing);
	case SEARCH_REGION:
		return thing->kind == HIT_REGION ? holds_text(m, t, thing, e) : 0;
	case SEARCH_LOG:
		return thing->kind == HIT_LOG ? holds_text(m, t, thing, e) : 0;
	case SEARCH_LABEL:
		return thing->kind == HIT_LABEL ? holds_text(m, t, thing, e) : 0;
	case SEARCH_FRAME:
		return thing->stack ? holds_stack(m, t, thing->stack, e) : 0;
	case SEARCH_WITH:
		return thing->other_g &&
			(holds_number(m, t, thing->other_g) || holds_number(m, t, thing->g));
	case SEARCH_P:
		return holds_id(m, t, m->s.tables->procs.at, m->s.tables->procs.n, thing->p);
	case SEARCH_M:
		return holds_id(m, t, m->s.tables->threads.at, m->s.tables->threads.n, thing->m);
	case SEARCH_KIND:
		return (t->kinds >> thing->kind & 1) != 0;
	case N_SEARCH_KEYS:
		break;
	}
	return 0;
}

int search_match_ask(struct search_match *m, const struct search_thing *thing, struct err *e)
{
	int all = MATCH_YES;

	for (uint32_t i = 0; i < m->q->n_terms; i++) {
		const struct search_term *t = &m->q->terms[i];
		int answer = holds(m, t, thing, e);

		if (answer < 0)
			return -1;
		if (t->is_not && answer != MATCH_OPEN)
			answer = answer == MATCH_YES ? MATCH_NO : MATCH_YES;
		if (answer == MATCH_NO)
			return MATCH_NO;
		if (answer == MATCH_OPEN)
			all = MATCH_OPEN;
	}
	return all;
}

int search_match_function(
	struct search_match *m, uint32_t group, uint64_t g, uint32_t *function, struct err *e)
{
	const struct tables *tables = m->s.tables;
	struct goroutine record;
	int found;

	*function = group < tables->groups.n ? tables->groups.at[group].function : 0;
	if (*function || !g)
		return 0;
	*function = map_get(&m->functions, g);
	if (*function != MAP_NONE)
		return 0;
	found = goroutine_get(m->s.goroutines, g, &record, e);
	if (found < 0)
		return -1;
	*function = found ? record.function : 0;
	return remember(&m->functions, g, *function, e);
}

/* ---- what cannot be ---- */

bool search_match_group(const struct search_match *m, uint32_t group)
{
	return group >= m->n_groups || (m->groups[group / 8] >> group % 8 & 1);
}

const uint8_t *search_match_groups(const struct search_match *m)
{
	return m->groups;
}

bool search_match_block(const struct search_match *m, uint32_t block)
{
	if (!m->has_named)
		return true;
	for (uint32_t i = 0; i < m->n_named; i++)
		if (m->named[i] == block)
			return true;
	return false;
}

int64_t search_match_until(const struct search_match *m)
{
	int64_t span = tile_reader_meta(m->s.tiles)->span_ns, until = INT64_MAX;

	for (uint32_t i = 0; i < m->q->n_terms; i++) {
		const struct search_term *t = &m->q->terms[i];

		if (!t->is_not && t->more_ns >= 0 && span - t->more_ns < until)
			until = span - t->more_ns;
	}
	return until;
}

bool search_match_may(
	const struct search_match *m, uint32_t group, enum search_kind kind, unsigned state)
{
	if (!(m->q->finds >> kind & 1) || (kind == HIT_STATE && !(m->states >> state & 1)))
		return false;
	return search_match_group(m, group);
}

/* Has the group ever been so long, in sum, in a state that such an interval would have to be in? */
static bool group_was_so_long(
	const struct search_match *m, const struct search_term *t, const struct group_info *g)
{
	uint64_t sum = 0;

	if (t->is_not || t->more_ns < 0 || m->q->finds != HIT_BIT(HIT_STATE))
		return true;
	for (unsigned s = 0; s < N_STATES; s++)
		if (t->key == SEARCH_DUR || t->states >> s & 1)
			sum += g->time_ns[s];
	return sum > (uint64_t)t->more_ns;
}

/* 1, 0, -1. Of a group without a function each goroutine may have one. */
static int group_may(struct search_match *m, const struct group_info *g, struct err *e)
{
	for (uint32_t i = 0; i < m->q->n_terms; i++) {
		const struct search_term *t = &m->q->terms[i];
		int is_in;

		if ((t->key == SEARCH_STATE || t->key == SEARCH_DUR) && !group_was_so_long(m, t, g))
			return 0;
		if (t->key != SEARCH_FUNC || !g->function)
			continue;
		is_in = holds_string(m, t, g->function, e);
		if (is_in < 0 || is_in == t->is_not)
			return is_in < 0 ? -1 : 0;
	}
	return 1;
}

/* Where the goroutines live that are named by their number. */
static int find_named(struct search_match *m, const struct search_term *t, struct err *e)
{
	m->has_named = true;
	for (uint32_t i = t->first; i < t->first + t->n; i++) {
		struct goroutine g;
		int found = goroutine_get(m->s.goroutines, m->q->values[i].number, &g, e);

		if (found < 0)
			return -1;
		if (found)
			m->named[m->n_named++] = g.block;
	}
	return 0;
}

static int find_groups(struct search_match *m, struct err *e)
{
	m->n_groups = (uint32_t)m->s.tables->groups.n;
	m->groups = mem_calloc(m->n_groups / 8 + 1, 1);
	if (!m->groups)
		return no_memory(e);
	for (uint32_t i = 0; i < m->n_groups; i++) {
		int may = group_may(m, &m->s.tables->groups.at[i], e);

		if (may < 0)
			return -1;
		m->groups[i / 8] |= (uint8_t)(may << i % 8);
	}
	for (uint32_t i = 0; i < m->q->n_terms; i++)
		if (m->q->terms[i].key == SEARCH_G && !m->q->terms[i].is_not &&
			find_named(m, &m->q->terms[i], e) < 0)
			return -1;
	return 0;
}

static void find_states(struct search_match *m)
{
	m->states = (uint16_t)((1u << N_STATES) - 1);
	m->states &= (uint16_t) ~(1u << STATE_NONE);
	for (uint32_t i = 0; i < m->q->n_terms; i++)
		if (m->q->terms[i].key == SEARCH_STATE && !m->q->terms[i].is_not)
			m->states &= m->q->terms[i].states;
}

/* ---- where GC, pauses and tasks lie ---- */

static int by_time(const void *left, const void *right)
{
	const struct span *a = left, *b = right;

	if (a->g != b->g)
		return a->g < b->g ? -1 : 1;
	if (a->t0 != b->t0)
		return a->t0 < b->t0 ? -1 : 1;
	return a->last < b->last ? -1 : a->last > b->last;
}

static void spans_sort(struct spans *s)
{
	if (s->at.n > 0)
		qsort(s->at.at, s->at.n, sizeof(*s->at.at), by_time);
	for (size_t i = 1; i < s->at.n; i++) {
		const struct span *before = &s->at.at[i - 1];

		if (s->at.at[i].g == before->g && s->at.at[i].last < before->last)
			s->at.at[i].last = before->last;
	}
}

struct gathering {
	struct search_match *m;
	struct spans *spans;
	const struct search_term *task; /* NULL: none */
	struct err *e;
	uint32_t n; /* looked at */
};

static int gather(void *context, const struct range *r)
{
	struct gathering *x = context;
	struct span span = {r->t0, r->t1 > r->t0 ? r->t1 : r->t0 + 1, x->task ? r->g : 0};
	const struct cancel *c = &x->m->s.cancel;
	int is_in;

	if (x->n++ % ASK_RANGES == 0 && c->is_cancelled && c->is_cancelled(c->context))
		return err_set(x->e, ERR_CANCELLED, -1, "Cannot search: cancelled");
	is_in = x->task ? (r->text ? holds_string(x->m, x->task, r->text, x->e) : 0) : 1;
	if (is_in <= 0)
		return is_in;
	if (x->m->n_spans++ == SEARCH_TASKS)
		return err_set(x->e, ERR_LIMIT, x->task ? (int64_t)x->task->at : -1,
			"Cannot search: more than %u tasks or pauses are of this kind",
			SEARCH_TASKS);
	if (vec_push(&x->spans->at, span) < 0 ||
		(x->task && map_put(&x->m->task_ids[x->task - x->m->q->terms], r->id, 1) < 0))
		return no_memory(x->e);
	return 0;
}

static int gather_all(struct search_match *m, enum table_number table, struct spans *spans,
	const struct search_term *task, struct err *e)
{
	struct gathering x = {m, spans, task, e, 0};

	if (spans->at.n > 0)
		return 0;
	if (range_each(tile_reader_store(m->s.tiles), table, INT64_MIN, INT64_MAX, gather, &x, e) <
		0)
		return -1;
	spans_sort(spans);
	return 0;
}

static int find_spans(struct search_match *m, struct err *e)
{
	for (uint32_t i = 0; i < m->q->n_terms; i++) {
		const struct search_term *t = &m->q->terms[i];
		int rc = 0;

		if (t->key == SEARCH_TASK)
			rc = gather_all(m, TABLE_TASKS, &m->tasks[i], t, e);
		for (uint32_t k = t->first; t->key == SEARCH_OVERLAPS && k < t->first + t->n; k++) {
			uint64_t what = m->q->values[k].number;

			if (rc == 0 && what != OVERLAP_RANGE)
				rc = what == OVERLAP_GC
					? gather_all(m, TABLE_GC, &m->gc, NULL, e)
					: gather_all(m, TABLE_STW, &m->stw, NULL, e);
		}
		if (rc < 0)
			return -1;
	}
	return 0;
}

struct search_match *search_match_create(
	const struct search_source *s, const struct search_query *q, struct err *e)
{
	struct search_match *m = mem_calloc(1, sizeof(*m));

	if (!m) {
		no_memory(e);
		return NULL;
	}
	m->s = *s;
	m->q = q;
	map_init(&m->known);
	map_init(&m->stacks);
	map_init(&m->functions);
	for (unsigned i = 0; i < SEARCH_TERMS; i++)
		map_init(&m->task_ids[i]);
	find_states(m);
	if (find_groups(m, e) < 0 || find_spans(m, e) < 0) {
		search_match_destroy(m);
		return NULL;
	}
	return m;
}

void search_match_destroy(struct search_match *m)
{
	if (!m)
		return;
	for (unsigned i = 0; i < SEARCH_TERMS; i++) {
		vec_clear(&m->tasks[i].at);
		map_clear(&m->task_ids[i]);
	}
	vec_clear(&m->gc.at);
	vec_clear(&m->stw.at);
	map_clear(&m->known);
	map_clear(&m->stacks);
	map_clear(&m->functions);
	mem_free(m->groups);
	mem_free(m);
}
