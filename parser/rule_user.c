#include "parser/rule_user.h"

#include <string.h>

#include "parser/rule.h"
#include "parser/wide.h"

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

/* The kind of event that most types say by themselves. */
static void set_kind(const struct raw *raw, struct event *ev)
{
	ev->kind = spec_table[raw->type].kind;
}

/* ---- ranges of goroutines and procs ---- */

static int begin(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev,
	struct sched_ranges *open, uint64_t reason)
{
	struct sched_range new_range = {.reason = reason, .begin = raw->type};

	if (sched_has_range(open, new_range))
		return rule_broken(o, raw, m, ev, "the range has begun already");
	return sched_add_range(&o->sched, open, new_range, &o->failed) < 0 ? BROKEN : ADVANCED;
}

/* An active range: news in the first generation, a confirmation later. */
static int confirm(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev,
	struct sched_ranges *open)
{
	struct sched_range old = {.begin = spec_table[raw->type].start};
	bool has = sched_has_range(open, old);

	if (o->gen->number != o->first_gen)
		return has ? ADVANCED : rule_broken(o, raw, m, ev, "the active range never began");
	if (has)
		return rule_broken(o, raw, m, ev, "the active range began already");
	return sched_add_range(&o->sched, open, old, &o->failed) < 0 ? BROKEN : ADVANCED;
}

int rule_range_begin(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	bool is_stw = raw->type == EV_STW_BEGIN;
	struct sched_g *g;

	if (rule_context(o, raw, m, ev, NEED_PG) < 0)
		return BROKEN;
	g = sched_g_of(&o->sched, m);
	if (!g)
		return rule_broken(o, raw, m, ev, "the goroutine does not exist");
	if (begin(o, raw, m, ev, &g->ranges, is_stw ? raw->args[0] : 0) < 0)
		return BROKEN;
	range(ev, EVENT_RANGE_BEGIN, is_stw ? RANGE_STOP_THE_WORLD : RANGE_MARK_ASSIST, ev->g);
	if (is_stw && string_arg(o, raw, m, ev, 0, &ev->range.reason) < 0)
		return BROKEN;
	return stack_arg(o, raw, m, ev, is_stw ? 1 : 0, &ev->stack);
}

int rule_range_end(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	bool is_stw = raw->type == EV_STW_END;
	struct sched_g *g;
	uint64_t reason;

	if (rule_context(o, raw, m, ev, NEED_PG) < 0)
		return BROKEN;
	g = sched_g_of(&o->sched, m);
	if (!g)
		return rule_broken(o, raw, m, ev, "the goroutine does not exist");
	if (!sched_take_range(&g->ranges, spec_table[raw->type].start, &reason))
		return rule_broken(o, raw, m, ev, "the range that ends never began");
	range(ev, EVENT_RANGE_END, is_stw ? RANGE_STOP_THE_WORLD : RANGE_MARK_ASSIST, ev->g);
	/* Go looks the begin's string up in this generation's table, even where the begin was in
	 * another; the runtime never lets a stop-the-world cross. */
	if (wide_string(o->gen, o->strings, reason, &ev->range.reason, &o->failed) < 0)
		return BROKEN;
	return ADVANCED;
}

int rule_assist_active(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	int64_t id = (int64_t)raw->args[0];
	struct sched_g *g = sched_find_g(&o->sched, id);

	if (!g)
		return rule_broken(o, raw, m, ev, "the goroutine does not exist");
	if (confirm(o, raw, m, ev, &g->ranges) < 0)
		return BROKEN;
	range(ev, EVENT_RANGE_ACTIVE, RANGE_MARK_ASSIST, id);
	return ADVANCED;
}

int rule_sweep_begin(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	struct sched_p *p;

	if (rule_context(o, raw, m, ev, NEED_P) < 0)
		return BROKEN;
	p = sched_p_of(&o->sched, m);
	if (!p)
		return rule_broken(o, raw, m, ev, "the proc does not exist");
	if (begin(o, raw, m, ev, &p->ranges, 0) < 0)
		return BROKEN;
	range(ev, EVENT_RANGE_BEGIN, RANGE_GC_SWEEP, ev->p);
	return stack_arg(o, raw, m, ev, 0, &ev->stack);
}

int rule_sweep_active(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	int64_t id = (int64_t)raw->args[0];
	struct sched_p *p = sched_find_p(&o->sched, id);

	if (!p)
		return rule_broken(o, raw, m, ev, "the proc does not exist");
	if (confirm(o, raw, m, ev, &p->ranges) < 0)
		return BROKEN;
	range(ev, EVENT_RANGE_ACTIVE, RANGE_GC_SWEEP, id);
	return ADVANCED;
}

int rule_sweep_end(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	struct sched_p *p;
	uint64_t reason;

	if (rule_context(o, raw, m, ev, NEED_P) < 0)
		return BROKEN;
	p = sched_p_of(&o->sched, m);
	if (!p)
		return rule_broken(o, raw, m, ev, "the proc does not exist");
	if (!sched_take_range(&p->ranges, EV_GC_SWEEP_BEGIN, &reason))
		return rule_broken(o, raw, m, ev, "the range that ends never began");
	range(ev, EVENT_RANGE_END, RANGE_GC_SWEEP, ev->p);
	ev->range.swept = raw->args[0];
	ev->range.reclaimed = raw->args[1];
	return ADVANCED;
}

/* ---- the GC's mark phase: one at a time, numbered at both ends ---- */

int rule_gc_active(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	uint64_t seq = raw->args[0];

	if (o->gen->number == o->first_gen) {
		if (o->gc != GC_UNDETERMINED)
			return rule_broken(o, raw, m, ev, "not the first event of the GC");
		o->gc = GC_MARKING;
	} else {
		if (seq != o->gc_seq + 1)
			return NOT_YET;
		if (o->gc != GC_MARKING)
			return rule_broken(o, raw, m, ev, "the GC is not marking");
		if (rule_context(o, raw, m, ev, NEED_PG) < 0)
			return BROKEN;
	}
	o->gc_seq = seq;
	range(ev, EVENT_RANGE_ACTIVE, RANGE_GC_MARK, 0);
	return ADVANCED;
}

int rule_gc_begin(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	uint64_t seq = raw->args[0];

	if (o->gc != GC_UNDETERMINED) {
		if (seq != o->gc_seq + 1)
			return NOT_YET;
		if (o->gc == GC_MARKING)
			return rule_broken(o, raw, m, ev, "the GC is marking already");
		if (rule_context(o, raw, m, ev, NEED_PG) < 0)
			return BROKEN;
	}
	o->gc_seq = seq;
	o->gc = GC_MARKING;
	range(ev, EVENT_RANGE_BEGIN, RANGE_GC_MARK, 0);
	return stack_arg(o, raw, m, ev, 1, &ev->stack);
}

int rule_gc_end(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	uint64_t seq = raw->args[0];

	if (seq != o->gc_seq + 1)
		return NOT_YET;
	if (o->gc != GC_MARKING)
		return rule_broken(o, raw, m, ev, "the GC is not marking");
	o->gc_seq = seq;
	o->gc = GC_IDLE;
	if (rule_context(o, raw, m, ev, NEED_PG) < 0)
		return BROKEN;
	range(ev, EVENT_RANGE_END, RANGE_GC_MARK, 0);
	return ADVANCED;
}

/* ---- tasks, regions, logs, labels ---- */

int rule_task_begin(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	struct sched_task t = {.id = raw->args[0], .parent = raw->args[1]};
	int added;

	if (t.parent == 0)
		t.parent = NO_TASK; /* here 0 is "none", not the background task */
	if (string_arg(o, raw, m, ev, 2, &t.type) < 0)
		return BROKEN;
	added = sched_add_task(&o->sched, &t, &o->failed);
	if (added < 0)
		return BROKEN;
	if (added == 0)
		return rule_broken(o, raw, m, ev, "the task is open already");
	if (rule_context(o, raw, m, ev, NEED_PG) < 0)
		return BROKEN;
	set_kind(raw, ev);
	ev->task.id = t.id;
	ev->task.parent = t.parent;
	ev->task.type = t.type;
	return stack_arg(o, raw, m, ev, 3, &ev->stack);
}

int rule_task_end(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	struct sched_task t = {.parent = NO_TASK};

	sched_take_task(&o->sched, raw->args[0], &t); /* may have begun before the trace */
	if (rule_context(o, raw, m, ev, NEED_PG) < 0)
		return BROKEN;
	set_kind(raw, ev);
	ev->task.id = raw->args[0];
	ev->task.parent = t.parent;
	ev->task.type = t.type;
	return stack_arg(o, raw, m, ev, 1, &ev->stack);
}

static int region(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev,
	struct sched_g **g, struct sched_region *r)
{
	if (rule_context(o, raw, m, ev, NEED_PG) < 0)
		return BROKEN;
	r->task = raw->args[0];
	if (string_arg(o, raw, m, ev, 1, &r->type) < 0)
		return BROKEN;
	*g = sched_g_of(&o->sched, m);
	if (!*g)
		return rule_broken(o, raw, m, ev, "the goroutine does not exist");
	set_kind(raw, ev);
	ev->region.task = r->task;
	ev->region.type = r->type;
	return stack_arg(o, raw, m, ev, 2, &ev->stack);
}

int rule_region_begin(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	struct sched_region r;
	struct sched_g *g;

	if (region(o, raw, m, ev, &g, &r) < 0)
		return BROKEN;
	return sched_add_region(&o->sched, g, r, &o->failed) < 0 ? BROKEN : ADVANCED;
}

int rule_region_end(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	struct sched_region r;
	struct sched_g *g;

	if (region(o, raw, m, ev, &g, &r) < 0)
		return BROKEN;
	if (r.type != 0 && r.type == o->gen->no_string && g->regions.n > 0)
		r = g->regions
			    .at[g->regions.n - 1]; /* the name is lost, the order of ends is not */
	if (!sched_take_region(g, r))
		return rule_broken(o, raw, m, ev, "misuse of region: another one is the innermost");
	return ADVANCED;
}

int rule_log(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	if (rule_context(o, raw, m, ev, NEED_PG) < 0)
		return BROKEN;
	set_kind(raw, ev);
	ev->log.task = raw->args[0];
	if (string_arg(o, raw, m, ev, 1, &ev->log.category) < 0 ||
		string_arg(o, raw, m, ev, 2, &ev->log.message) < 0)
		return BROKEN;
	return stack_arg(o, raw, m, ev, 3, &ev->stack);
}

int rule_label(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	if (rule_context(o, raw, m, ev, NEED_PG) < 0)
		return BROKEN;
	set_kind(raw, ev);
	ev->label.id = ev->g;
	ev->label.resource = RESOURCE_GOROUTINE;
	return string_arg(o, raw, m, ev, 0, &ev->label.label);
}

/* ---- metrics, experiments ---- */

int rule_procs_change(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	if (rule_context(o, raw, m, ev, NEED_PG) < 0)
		return BROKEN;
	set_kind(raw, ev);
	ev->metric.name = METRIC_GOMAXPROCS;
	ev->metric.value = raw->args[0];
	return stack_arg(o, raw, m, ev, 1, &ev->stack);
}

int rule_heap(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	if (rule_context(o, raw, m, ev, NEED_P) < 0)
		return BROKEN;
	set_kind(raw, ev);
	ev->metric.name = raw->type == EV_HEAP_ALLOC ? METRIC_HEAP_OBJECTS : METRIC_HEAP_GOAL;
	ev->metric.value = raw->args[0];
	return ADVANCED;
}

int rule_experimental(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	if (rule_context(o, raw, m, ev, 0) < 0)
		return BROKEN;
	set_kind(raw, ev);
	ev->experimental.n_args = spec_table[raw->type].n_args;
	memcpy(ev->experimental.args, raw->args, sizeof(ev->experimental.args));
	return ADVANCED;
}
