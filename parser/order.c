#include "parser/order.h"

#include <inttypes.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/generation.h"
#include "parser/limits.h"
#include "parser/rule.h"
#include "parser/rule_sched.h"
#include "parser/rule_user.h"

/* clang-format off */
static int (*const rules[256])(struct order *o, struct step *s) = {
	[EV_PROCS_CHANGE] = rule_procs_change,
	[EV_PROC_START] = rule_proc_start,
	[EV_PROC_STOP] = rule_proc_stop,
	[EV_PROC_STEAL] = rule_proc_steal,
	[EV_PROC_STATUS] = rule_proc_status,
	[EV_GO_CREATE] = rule_go_create,
	[EV_GO_CREATE_SYSCALL] = rule_go_create_syscall,
	[EV_GO_START] = rule_go_start,
	[EV_GO_DESTROY] = rule_go_stop,
	[EV_GO_DESTROY_SYSCALL] = rule_go_destroy_syscall,
	[EV_GO_STOP] = rule_go_stop,
	[EV_GO_BLOCK] = rule_go_stop,
	[EV_GO_UNBLOCK] = rule_go_unblock,
	[EV_GO_SYSCALL_BEGIN] = rule_syscall_begin,
	[EV_GO_SYSCALL_END] = rule_syscall_end,
	[EV_GO_SYSCALL_END_BLOCKED] = rule_syscall_end_blocked,
	[EV_GO_STATUS] = rule_go_status,
	[EV_STW_BEGIN] = rule_range_begin,
	[EV_STW_END] = rule_range_end,
	[EV_GC_ACTIVE] = rule_gc_active,
	[EV_GC_BEGIN] = rule_gc_begin,
	[EV_GC_END] = rule_gc_end,
	[EV_GC_SWEEP_ACTIVE] = rule_sweep_active,
	[EV_GC_SWEEP_BEGIN] = rule_sweep_begin,
	[EV_GC_SWEEP_END] = rule_sweep_end,
	[EV_GC_MARK_ASSIST_ACTIVE] = rule_assist_active,
	[EV_GC_MARK_ASSIST_BEGIN] = rule_range_begin,
	[EV_GC_MARK_ASSIST_END] = rule_range_end,
	[EV_HEAP_ALLOC] = rule_heap,
	[EV_HEAP_GOAL] = rule_heap,
	[EV_GO_LABEL] = rule_label,
	[EV_USER_TASK_BEGIN] = rule_task_begin,
	[EV_USER_TASK_END] = rule_task_end,
	[EV_USER_REGION_BEGIN] = rule_region_begin,
	[EV_USER_REGION_END] = rule_region_end,
	[EV_USER_LOG] = rule_log,
	[EV_GO_SWITCH] = rule_go_switch,
	[EV_GO_SWITCH_DESTROY] = rule_go_switch,
	[EV_GO_CREATE_BLOCKED] = rule_go_create,
	[EV_GO_STATUS_STACK] = rule_go_status,
	[EV_SPAN] = rule_experimental,
	[EV_SPAN_ALLOC] = rule_experimental,
	[EV_SPAN_FREE] = rule_experimental,
	[EV_HEAP_OBJECT] = rule_experimental,
	[EV_HEAP_OBJECT_ALLOC] = rule_experimental,
	[EV_HEAP_OBJECT_FREE] = rule_experimental,
	[EV_GOROUTINE_STACK] = rule_experimental,
	[EV_GOROUTINE_STACK_ALLOC] = rule_experimental,
	[EV_GOROUTINE_STACK_FREE] = rule_experimental,
};
/* clang-format on */

void order_init(struct order *o, struct intern *strings, const struct limits *lim)
{
	memset(o, 0, sizeof(*o));
	sched_init(&o->sched, lim);
	o->strings = strings;
	o->lim = lim;
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
		n += o->frontier.cursors.at[i].n_skipped;
	return n;
}

/* The record of the cursor's thread; it begins with the first try, as in Go. */
static inline struct sched_m *thread_of(struct order *o, struct cursor *c, struct err *e)
{
	struct sched_m *m;

	if (c->m_index != CURSOR_NO_M)
		return &o->sched.ms.at[c->m_index];
	m = sched_find_m(&o->sched, c->m);
	if (!m)
		m = sched_add_m(&o->sched, c->m, e);
	if (m)
		c->m_index = (uint32_t)(m - o->sched.ms.at);
	return m;
}

/* Try the cursor's event: 1 and *ev filled, 0 not yet, -1 broken. */
static inline int try_cursor(struct order *o, struct cursor *c, struct event *ev, struct err *e)
{
	struct step s;
	struct sched_m *m;
	int n;

	s.c = c;
	s.ev = ev;
	s.e = e;
	s.moves = 0;
	ev->m = c->m;
	if (c->m != NO_ID) {
		m = thread_of(o, c, e);
		if (!m)
			return BROKEN;
		ev->g = m->g;
		ev->p = m->p;
		s.g_at = m->g_at;
		s.p_at = m->p_at;
	} else {
		ev->g = ev->p = NO_ID;
		s.g_at = s.p_at = SCHED_NONE;
	}
	ev->type = c->type;
	ev->kind = spec_table[c->type].kind;
	ev->stack = 0;
	n = rules[c->type] ? rules[c->type](o, &s) : rule_broken(o, &s, "it has no rule");
	if (n != ADVANCED)
		return n;
	ev->time = c->time_ns;
	ev->clock_ns = c->time_ns;
	ev->clock = c->ticks;
	if (s.moves == 0 || c->m == NO_ID)
		return ADVANCED;
	m = &o->sched.ms.at[c->m_index]; /* a status may have added threads */
	if (s.moves & MOVES_G) {
		m->g = s.new_g;
		m->g_at = s.g_at;
	}
	if (s.moves & MOVES_P) {
		m->p = s.new_p;
		m->p_at = s.p_at;
	}
	return ADVANCED;
}

/* Try the event at heap position i, and move its cursor on where it advanced. */
static inline int try_at(struct order *o, size_t i, struct event *ev, struct err *e)
{
	struct cursor *c = &o->frontier.cursors.at[o->frontier.heap.at[i].value];
	int n = try_cursor(o, c, ev, e);

	if (n == ADVANCED && frontier_advance(&o->frontier, i, o->gen, e) < 0)
		return BROKEN;
	return n;
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
		o->frontier.heap.n, spec_name(c->type), c->time_ns, c->m, c->args[0],
		o->gen->number, at);
}

/* The earliest event must wait: try the others in order of time. */
static int try_others(struct order *o, struct event *ev, struct err *e)
{
	size_t i;
	int n;

	if (rule_spend(o, o->frontier.heap.n, e) < 0)
		return BROKEN;
	frontier_sort(&o->frontier);
	for (i = 1; i < o->frontier.heap.n; i++) {
		if (rule_spend(o, 1, e) < 0)
			return BROKEN;
		n = try_at(o, i, ev, e);
		if (n != NOT_YET)
			return n;
	}
	return fail_stuck(o, e);
}

static int sample(struct order *o, struct event *ev, struct err *e)
{
	uint32_t i = o->gen->sample_order.at[o->next_sample++].value;
	const struct generation_sample *s = &o->gen->samples.at[i];

	if (s->stack == INDEX_NONE) {
		return err_set(e, ERR_DAMAGED, o->gen->offset,
			"Cannot read CPU sample: its stack does not exist, stack=%" PRIu64
			", generation=%" PRIu64,
			s->stack_id, o->gen->number);
	}
	ev->type = EV_CPU_SAMPLE;
	ev->kind = EVENT_STACK_SAMPLE;
	ev->stack = s->stack;
	ev->time = s->time_ns;
	ev->clock_ns = s->time_ns;
	ev->clock = s->ticks;
	ev->g = s->g;
	ev->p = s->p;
	ev->m = s->m;
	return ADVANCED;
}

int order_next(struct order *o, struct event *ev, struct err *e)
{
	const struct sort_item *samples = o->gen->sample_order.at;
	size_t n_samples = o->gen->sample_order.n;
	int n;

	if (o->queue_at < o->queue_n) {
		*ev = o->queue[o->queue_at++];
		return 1;
	}
	o->queue_at = o->queue_n = 0;
	if (o->next_sample < n_samples &&
		(o->frontier.heap.n == 0 ||
			samples[o->next_sample].key < o->frontier.heap.at[0].key))
		return sample(o, ev, e);
	if (o->frontier.heap.n == 0)
		return 0;
	o->n_events++;
	n = try_at(o, 0, ev, e);
	return n == NOT_YET ? try_others(o, ev, e) : n;
}
