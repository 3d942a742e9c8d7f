#include "parser/order.h"

#include <inttypes.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/generation.h"
#include "parser/limits.h"
#include "parser/rule.h"
#include "parser/rule_sched.h"
#include "parser/rule_user.h"
#include "parser/spec.h"

void order_init(
	struct order *o, struct intern *strings, struct intern *stacks, const struct limits *lim)
{
	memset(o, 0, sizeof(*o));
	sched_init(&o->sched, lim);
	o->strings = strings;
	o->stacks = stacks;
	o->lim = lim;
	o->end_time = INT64_MAX;
	err_clear(&o->failed);
}

void order_clear(struct order *o)
{
	sched_clear(&o->sched);
	frontier_clear(&o->frontier);
}

int order_open(struct order *o, struct generation *g, bool skips_unknown, struct err *e)
{
	o->gen = g;
	o->next_sample = 0;
	if (o->first_gen == 0)
		o->first_gen = g->number;
	return frontier_open(&o->frontier, g, skips_unknown, e);
}

uint64_t order_n_skipped(const struct order *o)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < o->frontier.cursors.n; i++)
		n += o->frontier.cursors.at[i].decoder.n_skipped;
	return n;
}

static int fail_span(const struct order *o, int64_t time, struct err *e)
{
	return err_set(e, ERR_LIMIT, o->gen->offset,
		"Cannot read trace: it spans more than 104 days, up to time=%" PRId64
		", generation=%" PRIu64 ", from byte %" PRId64,
		time, o->gen->number, o->gen->offset);
}

int order_stamp(struct order *o, struct event *ev, struct err *e)
{
	ev->time = ev->clock_ns > o->last_time ? ev->clock_ns : o->last_time + 1;
	if (ev->time > o->end_time)
		return fail_span(o, ev->time, e);
	o->last_time = ev->time;
	return 0;
}

/* The record of the cursor's thread; it begins with the first try, as in Go. */
static struct sched_m *thread_of(struct order *o, struct cursor *c, struct err *e)
{
	int64_t id = c->decoder.m;

	if (id == NO_ID) {
		o->nobody = (struct sched_m){.id = NO_ID, .g = NO_ID, .p = NO_ID};
		return &o->nobody;
	}
	c->thread = sched_find_m(&o->sched, id);
	if (!c->thread)
		c->thread = sched_add_m(&o->sched, id, e);
	return c->thread;
}

/* The rule of each type. A switch and not a table of pointers, so that the rules that nearly every
 * event passes through become one piece of code with the loop below. */
static inline __attribute__((always_inline)) int apply_rule(struct order *o, struct step *s)
{
	switch ((enum ev_type)s->raw->type) {
	case EV_PROCS_CHANGE:
		return rule_procs_change(o, s);
	case EV_PROC_START:
		return rule_proc_start(o, s);
	case EV_PROC_STOP:
		return rule_proc_stop(o, s);
	case EV_PROC_STEAL:
		return rule_proc_steal(o, s);
	case EV_PROC_STATUS:
		return rule_proc_status(o, s);
	case EV_GO_CREATE:
	case EV_GO_CREATE_BLOCKED:
		return rule_go_create(o, s);
	case EV_GO_CREATE_SYSCALL:
		return rule_go_create_syscall(o, s);
	case EV_GO_START:
		return rule_go_start(o, s);
	case EV_GO_DESTROY:
	case EV_GO_STOP:
	case EV_GO_BLOCK:
		return rule_go_stop(o, s);
	case EV_GO_DESTROY_SYSCALL:
		return rule_go_destroy_syscall(o, s);
	case EV_GO_UNBLOCK:
		return rule_go_unblock(o, s);
	case EV_GO_SYSCALL_BEGIN:
		return rule_syscall_begin(o, s);
	case EV_GO_SYSCALL_END:
		return rule_syscall_end(o, s);
	case EV_GO_SYSCALL_END_BLOCKED:
		return rule_syscall_end_blocked(o, s);
	case EV_GO_STATUS:
	case EV_GO_STATUS_STACK:
		return rule_go_status(o, s);
	case EV_STW_BEGIN:
	case EV_GC_MARK_ASSIST_BEGIN:
		return rule_range_begin(o, s);
	case EV_STW_END:
	case EV_GC_MARK_ASSIST_END:
		return rule_range_end(o, s);
	case EV_GC_ACTIVE:
		return rule_gc_active(o, s);
	case EV_GC_BEGIN:
		return rule_gc_begin(o, s);
	case EV_GC_END:
		return rule_gc_end(o, s);
	case EV_GC_SWEEP_ACTIVE:
		return rule_sweep_active(o, s);
	case EV_GC_SWEEP_BEGIN:
		return rule_sweep_begin(o, s);
	case EV_GC_SWEEP_END:
		return rule_sweep_end(o, s);
	case EV_GC_MARK_ASSIST_ACTIVE:
		return rule_assist_active(o, s);
	case EV_HEAP_ALLOC:
	case EV_HEAP_GOAL:
		return rule_heap(o, s);
	case EV_GO_LABEL:
		return rule_label(o, s);
	case EV_USER_TASK_BEGIN:
		return rule_task_begin(o, s);
	case EV_USER_TASK_END:
		return rule_task_end(o, s);
	case EV_USER_REGION_BEGIN:
		return rule_region_begin(o, s);
	case EV_USER_REGION_END:
		return rule_region_end(o, s);
	case EV_USER_LOG:
		return rule_log(o, s);
	case EV_GO_SWITCH:
	case EV_GO_SWITCH_DESTROY:
		return rule_go_switch(o, s);
	case EV_SPAN:
	case EV_SPAN_ALLOC:
	case EV_SPAN_FREE:
	case EV_HEAP_OBJECT:
	case EV_HEAP_OBJECT_ALLOC:
	case EV_HEAP_OBJECT_FREE:
	case EV_GOROUTINE_STACK:
	case EV_GOROUTINE_STACK_ALLOC:
	case EV_GOROUTINE_STACK_FREE:
		return rule_experimental(o, s);
	default:
		return rule_broken(o, s, "it has no rule");
	}
}

/* Try the record that step.raw points to. */
static inline __attribute__((always_inline)) int try_record(struct order *o, struct step *s)
{
	struct event *ev = s->ev;

	ev->clock_ns = s->raw->time_ns;
	ev->clock = s->raw->ticks;
	ev->g = s->m->g;
	ev->p = s->m->p;
	ev->m = s->m->id;
	ev->stack = 0;
	ev->type = s->raw->type;
	ev->kind = spec_table[s->raw->type].kind;
	s->n_more = 0;
	return apply_rule(o, s);
}

/* Stamp what a record gave. */
static inline int stamp_all(struct order *o, const struct step *s)
{
	unsigned k;

	for (k = 0; k <= s->n_more; k++) {
		if (order_stamp(o, &s->ev[k], s->e) < 0)
			return -1;
	}
	return 0;
}

static int fail_stuck(const struct order *o, struct err *e)
{
	const struct sort_item *first = &o->frontier.heap.at[0];
	const struct cursor *c = &o->frontier.cursors.at[first->value];
	int64_t at = cursor_offset(c, o->gen);

	return err_set(e, ERR_DAMAGED, at,
		"Cannot order events: none of the next events of %zu threads can come first; "
		"the earliest is %s, time=%" PRId64 ", thread=%" PRId64 ", arg=%" PRIu64
		", generation=%" PRIu64 ", before byte %" PRId64
		". The trace lacks events or is damaged",
		o->frontier.heap.n, spec_name(c->at->type), c->at->time_ns, c->decoder.m,
		c->at->args[0], o->gen->number, at);
}

/* Stand at the cursor of heap position i. 0 or -1. */
static int stand_at(struct order *o, struct step *s, size_t i)
{
	s->c = &o->frontier.cursors.at[o->frontier.heap.at[i].value];
	s->raw = s->c->at;
	s->m = s->c->thread ? s->c->thread : thread_of(o, s->c, s->e);
	return s->m ? 0 : -1;
}

/* The record tried must wait: on to the next candidate, in order of time. 0 or -1. */
static int next_candidate(struct order *o, struct step *s, size_t *i)
{
	struct frontier *f = &o->frontier;

	if (*i == 0) {
		s->c->at = s->raw;
		frontier_update(f, 0);
		if (rule_spend(o, f->heap.n, s->e) < 0)
			return -1;
		frontier_sort(f);
	}
	if (++*i >= f->heap.n)
		return fail_stuck(o, s->e);
	return rule_spend(o, 1, s->e) < 0 ? -1 : stand_at(o, s, *i);
}

/* The records of heap position i are taken up to step.raw: restore the frontier. 0 or -1. */
static int settle(struct order *o, const struct step *s, size_t i)
{
	s->c->at = s->raw;
	if (s->raw == s->c->end) {
		int rc = frontier_refill(&o->frontier, i, o->gen, s->e);

		if (rc <= 0)
			return rc;
	}
	frontier_update(&o->frontier, i);
	return 0;
}

static int sample(struct order *o, struct event *ev, struct err *e)
{
	uint32_t i = o->gen->sample_order.at[o->next_sample++].value;
	const struct generation_sample *s = &o->gen->samples.at[i];
	int rc = generation_wide_stack(o->gen, o->strings, o->stacks, s->stack_id, &ev->stack, e);

	if (rc == 0) {
		return err_set(e, ERR_DAMAGED, o->gen->offset,
			"Cannot read CPU sample: its stack does not exist, stack=%" PRIu64
			", generation=%" PRIu64,
			s->stack_id, o->gen->number);
	}
	ev->type = EV_CPU_SAMPLE;
	ev->kind = EVENT_STACK_SAMPLE;
	ev->clock_ns = s->time_ns;
	ev->clock = s->ticks;
	ev->g = s->g;
	ev->p = s->p;
	ev->m = s->m;
	return rc < 0 ? -1 : order_stamp(o, ev, e);
}

/* Until when the earliest record's thread may go on alone: the next event of another thread, or the
 * next sample. A batch without a thread has no context to go on with. */
static int64_t run_end(const struct order *o, const struct step *s)
{
	const struct sort_item *h = o->frontier.heap.at;
	int64_t until = h[1].key < h[2].key ? h[1].key : h[2].key;

	if (s->m == &o->nobody)
		return INT64_MIN;
	if (o->next_sample < o->gen->sample_order.n &&
		o->gen->sample_order.at[o->next_sample].key < until)
		return o->gen->sample_order.at[o->next_sample].key;
	return until;
}

/* The records of the earliest thread while they stay the earliest; if the first must wait, one
 * record that overtakes it. Events from `out` to below `end`, which have RULE_EVENTS - 1 more
 * places behind them: how many, or -1 and *n_out before the error. */
static int run(struct order *o, struct event *out, const struct event *end, size_t *n_out)
{
	struct step s = {.ev = out, .e = &o->failed};
	size_t i = 0;
	int64_t until;
	int rc;

	*n_out = 0;
	if (stand_at(o, &s, 0) < 0)
		return -1;
	until = run_end(o, &s);
	for (;;) {
		rc = try_record(o, &s);
		if (__builtin_expect(rc != ADVANCED, 0)) {
			if (rc != NOT_YET || next_candidate(o, &s, &i) < 0)
				break;
			until = INT64_MIN;
			continue;
		}
		s.raw++;
		if (stamp_all(o, &s) < 0)
			break;
		if (s.raw == s.c->end || s.raw->time_ns > until || s.ev + s.n_more + 1 >= end) {
			if (settle(o, &s, i) < 0)
				break; /* and what was just taken is lost, as in Go */
			*n_out = (size_t)(s.ev - out) + s.n_more + 1;
			return 0;
		}
		s.ev += s.n_more + 1;
	}
	*n_out = (size_t)(s.ev - out);
	return -1;
}

static int tell_failure(const struct order *o, struct err *e)
{
	return err_set(e, o->failed.kind, o->failed.offset, "%s", o->failed.msg);
}

int order_next(struct order *o, struct event *out, size_t cap, struct err *e)
{
	const struct sort_item *samples = o->gen->sample_order.at;
	size_t n = 0, n_taken;
	int rc = 0;

	if (o->failed.kind != ERR_NONE)
		return tell_failure(o, e);
	while (rc == 0 && n + RULE_EVENTS <= cap) {
		bool has_sample = o->next_sample < o->gen->sample_order.n;
		bool has_record = o->frontier.heap.n > 0;

		if (!has_sample && !has_record)
			break;
		if (has_sample &&
			(!has_record || samples[o->next_sample].key < o->frontier.heap.at[0].key))
			n_taken = (rc = sample(o, out + n, &o->failed)) == 0;
		else
			rc = run(o, out + n, out + cap - RULE_EVENTS + 1, &n_taken);
		n += n_taken;
		o->n_events += n_taken;
	}
	return n > 0 || rc == 0 ? (int)n : tell_failure(o, e);
}
