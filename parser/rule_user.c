#include "parser/rule_user.h"

#include <string.h>

#include "parser/rule.h"

static void range(struct event *ev, enum event_kind kind, enum range_name name, int64_t id)
{
	static const uint8_t scopes[RANGE_N_NAMES] = {
		[RANGE_STOP_THE_WORLD] = RESOURCE_GOROUTINE,
		[RANGE_GC_MARK] = RESOURCE_NONE,
		[RANGE_GC_SWEEP] = RESOURCE_PROC,
		[RANGE_MARK_ASSIST] = RESOURCE_GOROUTINE,
	};

	memset(&ev->range, 0, sizeof(ev->range));
	ev->kind = (uint8_t)kind;
	ev->range.name = (uint8_t)name;
	ev->range.resource = scopes[name];
	ev->range.id = id;
}

/* ---- ranges of goroutines and procs ---- */

static int begin(struct order *o, struct step *s, struct sched_ranges *r, uint64_t reason)
{
	struct sched_range new_range = {.reason = reason, .begin = s->raw->type};

	if (sched_has_range(r, new_range))
		return rule_broken(o, s, "the range has begun already");
	return sched_add_range(&o->sched, r, new_range, s->e) < 0 ? BROKEN : ADVANCED;
}

/* An active range: news in the first generation, a confirmation later. */
static int confirm(struct order *o, struct step *s, struct sched_ranges *r)
{
	struct sched_range old = {.begin = spec_table[s->raw->type].start};
	bool has = sched_has_range(r, old);

	if (o->gen->number != o->first_gen)
		return has ? ADVANCED : rule_broken(o, s, "the active range never began");
	if (has)
		return rule_broken(o, s, "the active range began already");
	return sched_add_range(&o->sched, r, old, s->e) < 0 ? BROKEN : ADVANCED;
}

int rule_range_begin(struct order *o, struct step *s)
{
	bool is_stw = s->raw->type == EV_STW_BEGIN;
	struct sched_g *g;

	if (rule_context(o, s, NEED_PG) < 0)
		return BROKEN;
	g = g_of(o, s);
	if (!g)
		return rule_broken(o, s, "the goroutine does not exist");
	if (begin(o, s, &g->ranges, is_stw ? s->raw->args[0] : 0) < 0)
		return BROKEN;
	range(s->ev, EVENT_RANGE_BEGIN, is_stw ? RANGE_STOP_THE_WORLD : RANGE_MARK_ASSIST,
		s->ev->g);
	if (is_stw && string_arg(o, s, 0, &s->ev->range.reason) < 0)
		return BROKEN;
	return stack_arg(o, s, is_stw ? 1 : 0, &s->ev->stack);
}

int rule_range_end(struct order *o, struct step *s)
{
	bool is_stw = s->raw->type == EV_STW_END;
	struct sched_g *g;
	uint64_t reason;

	if (rule_context(o, s, NEED_PG) < 0)
		return BROKEN;
	g = g_of(o, s);
	if (!g)
		return rule_broken(o, s, "the goroutine does not exist");
	if (!sched_take_range(&g->ranges, spec_table[s->raw->type].start, &reason))
		return rule_broken(o, s, "the range that ends never began");
	range(s->ev, EVENT_RANGE_END, is_stw ? RANGE_STOP_THE_WORLD : RANGE_MARK_ASSIST, s->ev->g);
	/* Go looks the begin's string up in this generation's table, even where the begin was in
	 * another; the runtime never lets a stop-the-world cross. */
	if (generation_wide_string(o->gen, o->strings, reason, &s->ev->range.reason, s->e) < 0)
		return BROKEN;
	return ADVANCED;
}

int rule_assist_active(struct order *o, struct step *s)
{
	int64_t id = (int64_t)s->raw->args[0];
	struct sched_g *g = sched_find_g(&o->sched, id);

	if (!g)
		return rule_broken(o, s, "the goroutine does not exist");
	if (confirm(o, s, &g->ranges) < 0)
		return BROKEN;
	range(s->ev, EVENT_RANGE_ACTIVE, RANGE_MARK_ASSIST, id);
	return ADVANCED;
}

int rule_sweep_begin(struct order *o, struct step *s)
{
	struct sched_p *p;

	if (rule_context(o, s, NEED_P) < 0)
		return BROKEN;
	p = p_of(o, s);
	if (!p)
		return rule_broken(o, s, "the proc does not exist");
	if (begin(o, s, &p->ranges, 0) < 0)
		return BROKEN;
	range(s->ev, EVENT_RANGE_BEGIN, RANGE_GC_SWEEP, s->ev->p);
	return stack_arg(o, s, 0, &s->ev->stack);
}

int rule_sweep_active(struct order *o, struct step *s)
{
	int64_t id = (int64_t)s->raw->args[0];
	struct sched_p *p = sched_find_p(&o->sched, id);

	if (!p)
		return rule_broken(o, s, "the proc does not exist");
	if (confirm(o, s, &p->ranges) < 0)
		return BROKEN;
	range(s->ev, EVENT_RANGE_ACTIVE, RANGE_GC_SWEEP, id);
	return ADVANCED;
}

int rule_sweep_end(struct order *o, struct step *s)
{
	struct sched_p *p;
	uint64_t reason;

	if (rule_context(o, s, NEED_P) < 0)
		return BROKEN;
	p = p_of(o, s);
	if (!p)
		return rule_broken(o, s, "the proc does not exist");
	if (!sched_take_range(&p->ranges, EV_GC_SWEEP_BEGIN, &reason))
		return rule_broken(o, s, "the range that ends never began");
	range(s->ev, EVENT_RANGE_END, RANGE_GC_SWEEP, s->ev->p);
	s->ev->range.swept = s->raw->args[0];
	s->ev->range.reclaimed = s->raw->args[1];
	return ADVANCED;
}

/* ---- the GC's mark phase: one at a time, numbered at both ends ---- */

int rule_gc_active(struct order *o, struct step *s)
{
	uint64_t seq = s->raw->args[0];

	if (o->gen->number == o->first_gen) {
		if (o->gc != GC_UNDETERMINED)
			return rule_broken(o, s, "not the first event of the GC");
		o->gc = GC_MARKING;
	} else {
		if (seq != o->gc_seq + 1)
			return NOT_YET;
		if (o->gc != GC_MARKING)
			return rule_broken(o, s, "the GC is not marking");
		if (rule_context(o, s, NEED_PG) < 0)
			return BROKEN;
	}
	o->gc_seq = seq;
	range(s->ev, EVENT_RANGE_ACTIVE, RANGE_GC_MARK, 0);
	return ADVANCED;
}

int rule_gc_begin(struct order *o, struct step *s)
{
	uint64_t seq = s->raw->args[0];

	if (o->gc != GC_UNDETERMINED) {
		if (seq != o->gc_seq + 1)
			return NOT_YET;
		if (o->gc == GC_MARKING)
			return rule_broken(o, s, "the GC is marking already");
		if (rule_context(o, s, NEED_PG) < 0)
			return BROKEN;
	}
	o->gc_seq = seq;
	o->gc = GC_MARKING;
	range(s->ev, EVENT_RANGE_BEGIN, RANGE_GC_MARK, 0);
	return stack_arg(o, s, 1, &s->ev->stack);
}

int rule_gc_end(struct order *o, struct step *s)
{
	uint64_t seq = s->raw->args[0];

	if (seq != o->gc_seq + 1)
		return NOT_YET;
	if (o->gc != GC_MARKING)
		return rule_broken(o, s, "the GC is not marking");
	o->gc_seq = seq;
	o->gc = GC_IDLE;
	if (rule_context(o, s, NEED_PG) < 0)
		return BROKEN;
	range(s->ev, EVENT_RANGE_END, RANGE_GC_MARK, 0);
	return ADVANCED;
}

/* ---- tasks, regions, logs, labels ---- */

int rule_task_begin(struct order *o, struct step *s)
{
	struct sched_task t = {.id = s->raw->args[0], .parent = s->raw->args[1]};
	int added;

	if (t.parent == 0)
		t.parent = NO_TASK; /* here 0 is "none", not the background task */
	if (string_arg(o, s, 2, &t.type) < 0)
		return BROKEN;
	added = sched_add_task(&o->sched, &t, s->e);
	if (added < 0)
		return BROKEN;
	if (added == 0)
		return rule_broken(o, s, "the task is open already");
	if (rule_context(o, s, NEED_PG) < 0)
		return BROKEN;
	s->ev->task.id = t.id;
	s->ev->task.parent = t.parent;
	s->ev->task.type = t.type;
	return stack_arg(o, s, 3, &s->ev->stack);
}

int rule_task_end(struct order *o, struct step *s)
{
	struct sched_task t = {.parent = NO_TASK};

	sched_take_task(&o->sched, s->raw->args[0], &t); /* may have begun before the trace */
	if (rule_context(o, s, NEED_PG) < 0)
		return BROKEN;
	s->ev->task.id = s->raw->args[0];
	s->ev->task.parent = t.parent;
	s->ev->task.type = t.type;
	return stack_arg(o, s, 1, &s->ev->stack);
}

static int region(struct order *o, struct step *s, struct sched_g **g, struct sched_region *r)
{
	if (rule_context(o, s, NEED_PG) < 0)
		return BROKEN;
	r->task = s->raw->args[0];
	if (string_arg(o, s, 1, &r->type) < 0)
		return BROKEN;
	*g = g_of(o, s);
	if (!*g)
		return rule_broken(o, s, "the goroutine does not exist");
	s->ev->region.task = r->task;
	s->ev->region.type = r->type;
	return stack_arg(o, s, 2, &s->ev->stack);
}

int rule_region_begin(struct order *o, struct step *s)
{
	struct sched_region r;
	struct sched_g *g;

	if (region(o, s, &g, &r) < 0)
		return BROKEN;
	return sched_add_region(&o->sched, g, r, s->e) < 0 ? BROKEN : ADVANCED;
}

int rule_region_end(struct order *o, struct step *s)
{
	struct sched_region r;
	struct sched_g *g;

	if (region(o, s, &g, &r) < 0)
		return BROKEN;
	if (!sched_take_region(g, r))
		return rule_broken(o, s, "misuse of region: another one is the innermost");
	return ADVANCED;
}

int rule_log(struct order *o, struct step *s)
{
	if (rule_context(o, s, NEED_PG) < 0)
		return BROKEN;
	s->ev->log.task = s->raw->args[0];
	if (string_arg(o, s, 1, &s->ev->log.category) < 0 ||
		string_arg(o, s, 2, &s->ev->log.message) < 0)
		return BROKEN;
	return stack_arg(o, s, 3, &s->ev->stack);
}

int rule_label(struct order *o, struct step *s)
{
	if (rule_context(o, s, NEED_PG) < 0)
		return BROKEN;
	s->ev->label.id = s->ev->g;
	s->ev->label.resource = RESOURCE_GOROUTINE;
	return string_arg(o, s, 0, &s->ev->label.label);
}

/* ---- metrics, experiments ---- */

int rule_procs_change(struct order *o, struct step *s)
{
	if (rule_context(o, s, NEED_PG) < 0)
		return BROKEN;
	s->ev->metric.name = METRIC_GOMAXPROCS;
	s->ev->metric.value = s->raw->args[0];
	return stack_arg(o, s, 1, &s->ev->stack);
}

int rule_heap(struct order *o, struct step *s)
{
	if (rule_context(o, s, NEED_P) < 0)
		return BROKEN;
	s->ev->metric.name = s->raw->type == EV_HEAP_ALLOC ? METRIC_HEAP_OBJECTS : METRIC_HEAP_GOAL;
	s->ev->metric.value = s->raw->args[0];
	return ADVANCED;
}

int rule_experimental(struct order *o, struct step *s)
{
	if (rule_context(o, s, 0) < 0)
		return BROKEN;
	s->ev->experimental.n_args = spec_table[s->raw->type].n_args;
	memcpy(s->ev->experimental.args, s->raw->args, sizeof(s->ev->experimental.args));
	return ADVANCED;
}
