#include "parser/order.h"

#include <inttypes.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/generation.h"
#include "parser/limits.h"
#include "parser/presume.h"
#include "parser/rule.h"
#include "parser/rule_sched.h"
#include "parser/rule_user.h"
#include "parser/spec.h"
#include "parser/wide.h"

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
	err_clear(&o->damage);
}

void order_clear(struct order *o)
{
	sched_clear(&o->sched);
	frontier_clear(&o->frontier);
}

static void lose_from(struct order *o, int64_t time_ns)
{
	o->lost_ns = time_ns < o->lost_ns ? time_ns : o->lost_ns;
}

int order_open(struct order *o, struct generation *g, bool skips_unknown, struct err *e)
{
	o->gen = g;
	o->next_sample = 0;
	err_clear(&o->damage);
	o->n_left_out = 0;
	o->takes_new_g = false;
	o->lost_ns = INT64_MAX;
	o->lacks_batches = g->is_torn || g->damage.kind == ERR_TRUNCATED;
	if (frontier_open(&o->frontier, g, skips_unknown,
		    o->lim->stops_at_damage ? NULL : &o->damage, e) < 0)
		return -1;
	if (o->damage.kind != ERR_NONE) /* threads that lack their first record */
		lose_from(o, generation_ns(g, g->min_ticks));
	if (o->first_gen == 0 && o->frontier.heap.n > 0)
		o->first_gen = g->number; /* the first with events, as in Go */
	return 0;
}

double order_share(const struct order *o)
{
	const struct frontier *f = &o->frontier;

	return f->n_all_bytes > 0 ? (double)f->n_bytes / (double)f->n_all_bytes : 1;
}

void order_restart(struct order *o)
{
	sched_clear(&o->sched);
	sched_init(&o->sched, o->lim);
	o->first_gen = 0;
	o->gc = GC_UNDETERMINED;
	o->gc_seq = 0;
	err_clear(&o->failed);
}

/* Leave out what the cursor at heap position i still has. */
static void leave_out(struct order *o, size_t i)
{
	struct cursor *c = &o->frontier.cursors.at[o->frontier.heap.at[i].value];

	lose_from(o, c->at < c->end ? c->at->time_ns : c->decoder.time_ns);
	do {
		o->n_left_out += (uint64_t)(c->end - c->at);
	} while (cursor_refill(&o->frontier, c, o->gen, NULL) > 0);
	frontier_drop(&o->frontier, i);
}

uint64_t order_abandon(struct order *o)
{
	while (o->frontier.heap.n > 0)
		leave_out(o, 0);
	return o->n_left_out;
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
	return err_set(e, ERR_DAMAGED, o->gen->offset,
		"Cannot read trace: it spans more than 104 days, up to time=%" PRId64
		", generation=%" PRIu64 ", from byte %" PRId64,
		time, o->gen->number, o->gen->offset);
}

/* The time of an event after one at `last`: its clock where that rises. */
static inline int64_t time_after(int64_t last, int64_t clock_ns)
{
	return clock_ns > last ? clock_ns : last + 1;
}

int order_stamp(struct order *o, struct event *ev, struct err *e)
{
	ev->time = time_after(o->last_time, ev->clock_ns);
	if (ev->time > o->end_time)
		return fail_span(o, ev->time, e);
	o->last_time = ev->time;
	return 0;
}

/* The record of the cursor's thread; it begins with the first try, as in Go. */
static struct sched_m *thread_of(struct order *o, struct cursor *c)
{
	int64_t id = c->decoder.m;

	if (id == NO_ID) {
		o->nobody = (struct sched_m){.id = NO_ID, .g = NO_ID, .p = NO_ID};
		return &o->nobody;
	}
	c->thread = sched_find_m(&o->sched, id);
	if (!c->thread)
		c->thread = sched_add_m(&o->sched, id, &o->failed);
	return c->thread;
}

/* The rule of each type that can stand in an event batch. */
static int (*const rules[256])(
	struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev) = {
	[EV_PROCS_CHANGE] = rule_procs_change,
	[EV_PROC_START] = rule_proc_start,
	[EV_PROC_STOP] = rule_proc_stop,
	[EV_PROC_STEAL] = rule_proc_steal,
	[EV_PROC_STATUS] = rule_proc_status,
	[EV_GO_CREATE] = rule_go_create,
	[EV_GO_CREATE_BLOCKED] = rule_go_create,
	[EV_GO_CREATE_SYSCALL] = rule_go_create_syscall,
	[EV_GO_START] = rule_go_start,
	[EV_GO_DESTROY] = rule_go_stop,
	[EV_GO_STOP] = rule_go_stop,
	[EV_GO_BLOCK] = rule_go_stop,
	[EV_GO_DESTROY_SYSCALL] = rule_go_destroy_syscall,
	[EV_GO_UNBLOCK] = rule_go_unblock,
	[EV_GO_SYSCALL_BEGIN] = rule_syscall_begin,
	[EV_GO_SYSCALL_END] = rule_syscall_end,
	[EV_GO_SYSCALL_END_BLOCKED] = rule_syscall_end_blocked,
	[EV_GO_STATUS] = rule_go_status,
	[EV_GO_STATUS_STACK] = rule_go_status,
	[EV_STW_BEGIN] = rule_range_begin,
	[EV_GC_MARK_ASSIST_BEGIN] = rule_range_begin,
	[EV_STW_END] = rule_range_end,
	[EV_GC_MARK_ASSIST_END] = rule_range_end,
	[EV_GC_ACTIVE] = rule_gc_active,
	[EV_GC_BEGIN] = rule_gc_begin,
	[EV_GC_END] = rule_gc_end,
	[EV_GC_SWEEP_ACTIVE] = rule_sweep_active,
	[EV_GC_SWEEP_BEGIN] = rule_sweep_begin,
	[EV_GC_SWEEP_END] = rule_sweep_end,
	[EV_GC_MARK_ASSIST_ACTIVE] = rule_assist_active,
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

/* Try the record: how many events it gives, NOT_YET or BROKEN. */
static inline __attribute__((always_inline)) int try_record(
	struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	int64_t g = m->g, p = m->p, id = m->id, time_ns = raw->time_ns;
	uint64_t ticks = raw->ticks;

	ev->clock_ns = time_ns;
	ev->clock = ticks;
	ev->g = g;
	ev->p = p;
	ev->m = id;
	ev->stack = 0;
	ev->type = raw->type;
	if (__builtin_expect(!rules[raw->type], 0))
		return rule_broken(o, raw, m, ev, "it has no rule");
	return rules[raw->type](o, raw, m, ev);
}

static int fail_stuck(struct order *o)
{
	const struct cursor *c = &o->frontier.cursors.at[o->frontier.heap.at[0].value];
	uint64_t arg = spec_table[c->at->type].n_args > 0 ? c->at->args[0] : 0;
	int64_t at = cursor_offset(c, o->gen);

	return err_set(&o->failed, ERR_DAMAGED, at,
		"Cannot order events: none of the next events of %zu threads can come first; "
		"the earliest is %s, time=%" PRId64 ", thread=%" PRId64 ", arg=%" PRIu64
		", generation=%" PRIu64 ", before byte %" PRId64
		". The trace lacks events or is damaged",
		o->frontier.heap.n, spec_name(c->at->type), c->at->time_ns, c->decoder.m, arg,
		o->gen->number, at);
}

/* Stand at the cursor of heap position i: its thread, or NULL. */
static inline struct sched_m *stand_at(struct order *o, size_t i)
{
	o->at = &o->frontier.cursors.at[o->frontier.heap.at[i].value];
	return o->at->thread ? o->at->thread : thread_of(o, o->at);
}

/* The record at o->at, which must wait or is against the rules, where lost ones explain it: its events, as
 * try_record(). */
static int try_presume(struct order *o, struct sched_m *m, struct event *ev)
{
	int rc = presume(o, o->at->at, m);

	return rc == ADVANCED ? try_record(o, o->at->at, m, ev) : rc;
}

/* No record can come next. Where batches are lost: the earliest that they explain. Its events, or -1
 * and *i is behind the last one. */
static __attribute__((cold, noinline)) int presume_one(struct order *o, struct event *ev, size_t *i)
{
	for (*i = 0; o->lacks_batches && *i < o->frontier.heap.n; ++*i) {
		struct sched_m *m = rule_spend(o, o->frontier.heap.n) < 0 ? NULL : stand_at(o, *i);
		int n = m ? try_presume(o, m, ev) : BROKEN;

		if (n != NOT_YET)
			return n;
	}
	*i = o->frontier.heap.n;
	return fail_stuck(o);
}

/* The record at o->at is against the rules. A status tells more than what was before; where batches are
 * lost, they may explain it: its events, or -1. */
static __attribute__((cold, noinline)) int explain(struct order *o, struct event *ev)
{
	struct sched_m *m = o->at->thread ? o->at->thread : &o->nobody;
	struct err broken = o->failed;
	int n;

	if (o->lim->stops_at_damage || broken.kind != ERR_DAMAGED)
		return -1;
	err_clear(&o->failed);
	n = presume_status(o, o->at->at);
	if (n == ADVANCED) {
		err_set(&o->damage, broken.kind, broken.offset, "%s", broken.msg);
		n = try_record(o, o->at->at, m, ev);
	} else if (n == NOT_YET && o->lacks_batches) {
		n = try_presume(o, m, ev);
	}
	if (n == NOT_YET)
		o->failed = broken;
	return n > 0 ? n : -1;
}

/* The earliest record must wait: the first of the others, in order of time, that must not gives
 * its events. *i: its heap position. How many, or -1. */
static __attribute__((noinline)) int overtake(
	struct order *o, const struct raw *earliest, struct event *ev, size_t *i)
{
	struct sched_m *m;
	int n;

	o->at->at = earliest;
	frontier_update(&o->frontier, 0);
	if (rule_spend(o, o->frontier.heap.n) < 0)
		return -1;
	frontier_sort(&o->frontier);
	for (*i = 1; *i < o->frontier.heap.n; ++*i) {
		m = rule_spend(o, 1) < 0 ? NULL : stand_at(o, *i);
		if (!m)
			return -1;
		n = try_record(o, o->at->at, m, ev);
		if (n != NOT_YET)
			return n;
	}
	return presume_one(o, ev, i);
}

/* The records of heap position i are taken up to `raw`: restore the frontier. 0 or -1. */
static inline int settle(struct order *o, const struct raw *raw, size_t i)
{
	o->at->at = raw;
	if (raw == o->at->end) {
		bool stops = o->lim->stops_at_damage;
		int rc = frontier_refill(&o->frontier, i, o->gen, stops ? &o->failed : &o->damage);

		if (rc < 0) /* a batch that begins with nonsense has no time */
			lose_from(o,
				raw[-1].time_ns > o->at->decoder.time_ns ? raw[-1].time_ns
									 : o->at->decoder.time_ns);
		if (rc <= 0)
			return stops ? rc : 0;
	}
	frontier_update(&o->frontier, i);
	return 0;
}

static int sample(struct order *o, struct event *ev)
{
	uint32_t i = o->gen->sample_order.at[o->next_sample++].value;
	const struct generation_sample *s = &o->gen->samples.at[i];
	int rc = wide_stack(o->gen, o->strings, o->stacks, s->stack_id, &ev->stack, &o->failed);

	if (rc == 0) {
		return err_set(&o->failed, ERR_DAMAGED, o->gen->offset,
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
	return rc < 0 ? -1 : order_stamp(o, ev, &o->failed);
}

/* Until when the earliest record's thread may go on alone: the next event of another thread, or the
 * next sample. A batch without a thread has no context to go on with. */
static inline int64_t run_end(const struct order *o, const struct sched_m *m)
{
	const struct sort_item *h = o->frontier.heap.at;
	int64_t until = h[1].key < h[2].key ? h[1].key : h[2].key;

	if (m == &o->nobody)
		return INT64_MIN;
	if (o->next_sample < o->gen->sample_order.n &&
		o->gen->sample_order.at[o->next_sample].key < until)
		return o->gen->sample_order.at[o->next_sample].key;
	return until;
}

/* A record against the rules: its thread ends, where the others may go on. 0 or -1. */
__attribute__((cold, noinline)) static int end_thread(struct order *o, size_t i)
{
	if (o->lim->stops_at_damage || o->failed.kind != ERR_DAMAGED)
		return -1;
	err_set(&o->damage, o->failed.kind, o->failed.offset, "%s", o->failed.msg);
	err_clear(&o->failed);
	leave_out(o, i);
	return 0;
}

/* The trace is too long: events of a run up to the last that is not. -1. */
static int cut_span(struct order *o, const struct raw *raw, const struct event *out,
	const struct event *end, size_t *n_out)
{
	int64_t time = end[-1].time;

	o->at->at = raw;
	while (end > out && end[-1].time > o->end_time)
		end--;
	*n_out = (size_t)(end - out);
	if (end > out)
		o->last_time = end[-1].time;
	return fail_span(o, time, &o->failed);
}

/* The records of the earliest thread while they stay the earliest; if the first must wait, one
 * record that overtakes it. Events from `out` to below `end`, which have RULE_EVENTS - 1 more
 * places behind them: how many, or -1 and *n_out before the error.
 *
 * A block ends with a record at the end of time, so that one comparison ends the run there too. */
static inline __attribute__((always_inline)) int run(
	struct order *o, struct event *out, const struct event *end, size_t *n_out)
{
	int64_t until, last = o->last_time;
	struct sched_m *m = stand_at(o, 0);
	struct event *ev = out;
	const struct raw *raw;
	size_t i = 0;
	int n, k;

	*n_out = 0;
	if (!m)
		return -1;
	raw = o->at->at;
	until = run_end(o, m);
	do {
		n = try_record(o, raw, m, ev);
		if (__builtin_expect(n <= 0, 0)) {
			if (n == NOT_YET)
				n = overtake(o, raw, ev, &i);
			else
				o->at->at = raw;
			if (n < 0 && i < o->frontier.heap.n)
				n = explain(o, ev);
			if (n < 0)
				break;
			raw = o->at->at;
			until = INT64_MIN;
		}
		for (k = n; __builtin_expect(k > 1, 0); k--) {
			last = time_after(last, raw->time_ns);
			ev++->time = last;
		}
		last = time_after(last, raw->time_ns);
		ev++->time = last;
		raw++;
	} while (raw->time_ns <= until && ev < end);
	if (__builtin_expect(last > o->end_time, 0))
		return cut_span(o, raw, out, ev, n_out);
	o->last_time = last;
	if (n > 0 && settle(o, raw, i) < 0) {
		ev -= n; /* what was just taken is lost, as in Go */
		n = -1;
	}
	*n_out = (size_t)(ev - out);
	return n > 0 ? 0 : i < o->frontier.heap.n ? end_thread(o, i) : -1;
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
			n_taken = (rc = sample(o, out + n)) == 0;
		else
			rc = run(o, out + n, out + cap - RULE_EVENTS + 1, &n_taken);
		n += n_taken;
		o->n_events += n_taken;
	}
	return n > 0 || rc == 0 ? (int)n : tell_failure(o, e);
}
