#include "parser/interval.h"

#include <string.h>

#include "parser/event.h"
#include "parser/interval_gap.h"
#include "parser/interval_lane.h"
#include "parser/interval_tell.h"
#include "parser/trace.h"

#define MAX_WALL_SEC \
	(INT64_MAX / 1000000000) /* the year 2262; a clock beyond is damage, not shown */

/* The function that a goroutine was started with: the outermost one of any stack of its own. */
static uint32_t start_function(const struct interval *iv, uint32_t stack)
{
	size_t n;
	const struct trace_frame *frames;

	if (stack == 0)
		return 0;
	frames = trace_stack(iv->tr, stack, &n);
	return n > 0 ? frames[n - 1].func : 0;
}

static uint32_t bear_goroutine(struct interval *iv, uint64_t id, uint32_t function, bool created)
{
	uint32_t i = lanes_add_goroutine(&iv->lanes, id);
	struct change *c;

	if (i == NO_LANE) {
		iv->out_of_memory = true;
		return i;
	}
	iv->lanes.goroutines.at[i].function = function;
	c = add_change(iv, CHANGE_BORN, LANE_GOROUTINE, i);
	c->text = function;
	c->flag = created;
	if (created)
		c->stack = iv->ev->stack;
	else
		c->g = 0;
	return i;
}

/* The thread of the event's context; NO_LANE where it has none. */
static uint32_t context_thread(struct interval *iv)
{
	uint32_t i;

	if (iv->ev->m == NO_ID)
		return NO_LANE;
	i = lanes_add_thread(&iv->lanes, iv->ev->m);
	if (i == NO_LANE)
		iv->out_of_memory = true;
	return i;
}

static bool is_executing(unsigned go)
{
	return go == GO_RUNNING || go == GO_SYSCALL;
}

/* The goroutine's own move; returns the thread whose lanes move with it. */
static uint32_t move_goroutine(struct interval *iv, uint32_t i, unsigned to)
{
	struct lanes *l = &iv->lanes;
	struct goroutine_lane *g = &l->goroutines.at[i];
	uint32_t thread = g->thread;
	bool starts =
		iv->ev->transition.from == GO_RUNNABLE; /* how it left its thread may be lost */

	if (is_executing(to) && (thread == NO_LANE || starts)) {
		thread = context_thread(iv);
		lanes_bind_goroutine(l, i, thread);
	} else if (!is_executing(to)) {
		lanes_unbind_goroutine(l, i);
	}
	if (g->go == GO_RUNNING && to == GO_SYSCALL && thread != NO_LANE &&
		l->threads.at[thread].proc != NO_LANE)
		l->procs.at[l->threads.at[thread].proc].held = true;
	if (to != GO_RUNNING)
		g->in_gc = false; /* a worker is labelled anew each time it starts to run */
	g->go = (uint8_t)to;
	return thread;
}

static void on_goroutine(struct interval *iv)
{
	const struct event_transition *t = &iv->ev->transition;
	uint32_t i = lanes_find_goroutine(&iv->lanes, (uint64_t)t->id);
	uint32_t function, thread, old;
	uint64_t waker = 0;
	uint32_t stack = t->to == GO_RUNNING ? 0 : iv->ev->stack;

	if (i == NO_LANE) {
		if (t->to == GO_NOT_EXIST)
			return;
		i = bear_goroutine(
			iv, (uint64_t)t->id, start_function(iv, t->stack), t->from == GO_NOT_EXIST);
		if (i == NO_LANE)
			return;
	} else if (iv->lanes.goroutines.at[i].function == 0) {
		function = start_function(iv, t->stack);
		if (function != 0) {
			iv->lanes.goroutines.at[i].function = function;
			add_change(iv, CHANGE_FUNCTION, LANE_GOROUTINE, i)->text = function;
		}
	}
	/* A status says nothing new where trace_initial() or the generation before said it. */
	if (t->from == t->to ||
		(t->from == GO_UNDETERMINED && iv->lanes.goroutines.at[i].go == t->to))
		return;
	if (t->to == GO_RUNNABLE && (t->from == GO_WAITING || t->from == GO_NOT_EXIST) &&
		iv->ev->g != NO_ID)
		waker = (uint64_t)iv->ev->g;
	old = iv->lanes.goroutines.at[i].thread;
	thread = move_goroutine(iv, i, t->to);
	if (t->to == GO_NOT_EXIST) {
		add_change(iv, CHANGE_GONE, LANE_GOROUTINE, i);
		lanes_remove_goroutine(&iv->lanes, i);
	} else {
		tell_goroutine(iv, i, t->reason, stack, waker);
	}
	tell_thread_and_proc(iv, thread);
	if (old != thread)
		tell_thread_and_proc(iv, old);
}

static void on_proc(struct interval *iv)
{
	const struct event_transition *t = &iv->ev->transition;
	uint32_t p, from, to = NO_LANE, robbed = NO_LANE;
	bool runs = t->to == PROC_RUNNING;

	if (t->from == t->to)
		return;
	p = lanes_add_proc(&iv->lanes, t->id);
	if (p == NO_LANE) {
		iv->out_of_memory = true;
		return;
	}
	if (t->from == PROC_UNDETERMINED && iv->lanes.procs.at[p].running == runs)
		return; /* trace_initial() said so */
	from = iv->lanes.procs.at[p].thread;
	if (runs) {
		to = context_thread(iv);
		if (to != NO_LANE)
			robbed = iv->lanes.threads.at[to].proc;
		lanes_bind_proc(&iv->lanes, p, to);
	} else {
		lanes_unbind_proc(&iv->lanes, p);
	}
	iv->lanes.procs.at[p].running = runs;
	iv->lanes.procs.at[p].held = false;
	tell_proc(iv, p);
	if (robbed != NO_LANE && robbed != p)
		tell_proc(iv, robbed);
	if (from != NO_LANE && from != to)
		tell_thread(iv, from);
	if (to != NO_LANE)
		tell_thread(iv, to);
}

static void on_label(struct interval *iv)
{
	const struct event_label *label = &iv->ev->label;
	uint32_t i = lanes_find_goroutine(&iv->lanes, (uint64_t)label->id);
	struct goroutine_lane *g;
	const char *text;
	size_t n;

	if (label->resource != RESOURCE_GOROUTINE || i == NO_LANE)
		return;
	add_change(iv, CHANGE_LABEL, LANE_GOROUTINE, i)->text = label->label;
	g = &iv->lanes.goroutines.at[i];
	text = trace_string(iv->tr, label->label, &n);
	if (g->go != GO_RUNNING || n < 4 || memcmp(text, "GC (", 4) != 0)
		return;
	g->in_gc = true;
	tell_goroutine(iv, i, g->reason, 0, g->waker);
	tell_thread_and_proc(iv, g->thread);
}

static void on_assist(struct interval *iv, enum change_kind kind, bool active)
{
	uint32_t i = lanes_find_goroutine(&iv->lanes, (uint64_t)iv->ev->range.id);
	struct goroutine_lane *g;
	struct change *c;

	if (i == NO_LANE)
		return;
	g = &iv->lanes.goroutines.at[i];
	if (active && g->in_assist)
		return;
	c = add_change(iv, kind, LANE_GOROUTINE, i);
	c->range = RANGE_ASSIST;
	c->flag = active;
	c->stack = iv->ev->stack;
	g->in_assist = kind == CHANGE_RANGE_BEGIN;
	if (g->go != GO_RUNNING)
		return;
	tell_goroutine(iv, i, g->reason, 0, g->waker);
	tell_thread_and_proc(iv, g->thread);
}

static void on_sweep(struct interval *iv, enum change_kind kind, bool active)
{
	uint32_t p = lanes_add_proc(&iv->lanes, iv->ev->range.id);
	struct change *c;

	if (p == NO_LANE) {
		iv->out_of_memory = true;
		return;
	}
	if (active && iv->lanes.procs.at[p].in_sweep)
		return;
	iv->lanes.procs.at[p].in_sweep = kind == CHANGE_RANGE_BEGIN;
	c = add_change(iv, kind, LANE_PROC, p);
	c->range = RANGE_SWEEP;
	c->flag = active;
	c->stack = iv->ev->stack;
	c->value = iv->ev->range.swept;
	c->value2 = iv->ev->range.reclaimed;
}

static void on_range(struct interval *iv)
{
	const struct event_range *r = &iv->ev->range;
	bool active = iv->ev->kind == EVENT_RANGE_ACTIVE;
	enum change_kind kind =
		iv->ev->kind == EVENT_RANGE_END ? CHANGE_RANGE_END : CHANGE_RANGE_BEGIN;
	struct change *c;

	switch (r->name) {
	case RANGE_MARK_ASSIST:
		on_assist(iv, kind, active);
		return;
	case RANGE_GC_SWEEP:
		on_sweep(iv, kind, active);
		return;
	case RANGE_GC_MARK:
		if (active && iv->gc_active)
			return;
		iv->gc_active = kind == CHANGE_RANGE_BEGIN;
		c = add_change(iv, kind, LANE_TRACE, 0);
		c->range = RANGE_GC;
		break;
	default:
		c = add_change(iv, kind, LANE_TRACE, 0);
		c->range = RANGE_STW;
		c->text = r->reason;
		c->g = r->id == NO_ID ? 0 : (uint64_t)r->id;
		iv->stw_active = kind == CHANGE_RANGE_BEGIN;
		iv->stw_reason = r->reason;
		iv->stw_g = c->g;
		break;
	}
	c->flag = active;
	c->stack = iv->ev->stack;
}

/* What happened on the goroutine of the context. Samples and marks without one go to the thread. */
static void on_mark(struct interval *iv, enum change_kind kind)
{
	const struct event *ev = iv->ev;
	enum lane_kind lane = LANE_GOROUTINE;
	uint32_t i = NO_LANE;
	struct change *c;

	if (ev->g != NO_ID)
		i = lanes_find_goroutine(&iv->lanes, (uint64_t)ev->g);
	if (i == NO_LANE) {
		lane = LANE_THREAD;
		i = context_thread(iv);
	}
	if (i == NO_LANE)
		return;
	c = add_change(iv, kind, lane, i);
	c->stack = ev->stack;
	switch (kind) {
	case CHANGE_LOG:
		c->task = ev->log.task;
		c->text = ev->log.category;
		c->text2 = ev->log.message;
		break;
	case CHANGE_REGION_BEGIN:
	case CHANGE_REGION_END:
		c->task = ev->region.task;
		c->text = ev->region.type;
		break;
	default:
		break;
	}
}

static void on_task(struct interval *iv, enum change_kind kind)
{
	struct change *c = add_change(iv, kind, LANE_TRACE, 0);

	c->task = iv->ev->task.id;
	c->parent = iv->ev->task.parent;
	c->text = iv->ev->task.type;
	c->stack = iv->ev->stack;
}

static void on_metric(struct interval *iv)
{
	struct change *c = add_change(iv, CHANGE_METRIC, LANE_TRACE, 0);

	c->metric = iv->ev->metric.name;
	c->value = iv->ev->metric.value;
}

static void on_sync(struct interval *iv)
{
	const struct event_sync *s = &iv->ev->sync;
	struct change *c;

	if (s->is_last)
		return;
	iv->n_syncs++;
	iv->initial = trace_initial(iv->tr, &iv->initial_n);
	c = add_change(iv, CHANGE_SYNC, LANE_TRACE, 0);
	c->ns_per_tick = trace_ns_per_tick(iv->tr);
	c->gen = trace_generation(iv->tr);
	c->has_wall = s->has_snapshot && s->wall_sec >= 0 && s->wall_sec < MAX_WALL_SEC;
	if (c->has_wall) {
		c->wall_ns = s->wall_sec * 1000000000 + s->wall_nsec;
		c->mono_ns = (int64_t)s->mono_ns;
		c->snapshot_ns = s->trace_ns;
	}
}

static void on_event(struct interval *iv)
{
	switch (iv->ev->kind) {
	case EVENT_STATE_TRANSITION:
		if (iv->ev->transition.resource == RESOURCE_GOROUTINE)
			on_goroutine(iv);
		else if (iv->ev->transition.resource == RESOURCE_PROC)
			on_proc(iv);
		break;
	case EVENT_RANGE_BEGIN:
	case EVENT_RANGE_ACTIVE:
	case EVENT_RANGE_END:
		on_range(iv);
		break;
	case EVENT_LABEL:
		on_label(iv);
		break;
	case EVENT_STACK_SAMPLE:
		on_mark(iv, CHANGE_SAMPLE);
		break;
	case EVENT_REGION_BEGIN:
		on_mark(iv, CHANGE_REGION_BEGIN);
		break;
	case EVENT_REGION_END:
		on_mark(iv, CHANGE_REGION_END);
		break;
	case EVENT_LOG:
		on_mark(iv, CHANGE_LOG);
		break;
	case EVENT_TASK_BEGIN:
		on_task(iv, CHANGE_TASK_BEGIN);
		break;
	case EVENT_TASK_END:
		on_task(iv, CHANGE_TASK_END);
		break;
	case EVENT_METRIC:
		on_metric(iv);
		break;
	case EVENT_SYNC:
		on_sync(iv);
		break;
	default:
		break;
	}
}

/* `id` becomes the thread of the copied event. */
static uint32_t initial_thread(struct interval *iv, int64_t id)
{
	iv->last.m = id;
	return context_thread(iv);
}

/* So that goroutine and thread are told with the proc, whose own status comes after theirs. */
static void bind_initial_proc(struct interval *iv, int64_t id, uint32_t thread)
{
	uint32_t p;

	if (id == NO_ID)
		return;
	p = lanes_add_proc(&iv->lanes, id);
	if (p == NO_LANE)
		iv->out_of_memory = true;
	else
		lanes_bind_proc(&iv->lanes, p, thread);
}

/* One resource that status records introduce later on, in the first generation or behind a gap. The
 * event is a copy of the Sync, at whose moment the state holds. */
static void on_initial(struct interval *iv, const struct initial_status *s)
{
	struct lanes *l = &iv->lanes;
	uint32_t i, thread;

	iv->last = *iv->ev;
	iv->ev = &iv->last;
	iv->last.p = s->p;
	iv->last.g = NO_ID;
	thread = initial_thread(iv, s->m);
	if (s->resource == RESOURCE_GOROUTINE) {
		i = lanes_find_goroutine(l, (uint64_t)s->id); /* there from before a gap */
		if (i == NO_LANE)
			i = bear_goroutine(iv, (uint64_t)s->id, s->start_func, false);
		if (i == NO_LANE)
			return;
		l->goroutines.at[i].go = s->state;
		if (is_executing(s->state)) {
			lanes_bind_goroutine(l, i, thread);
			bind_initial_proc(iv, s->p, thread);
		}
		tell_goroutine(iv, i, 0, s->state == GO_RUNNING ? 0 : s->stack, 0);
	} else if (s->resource == RESOURCE_PROC) {
		i = lanes_add_proc(l, s->id);
		if (i == NO_LANE) {
			iv->out_of_memory = true;
			return;
		}
		l->procs.at[i].running = s->state == PROC_RUNNING;
		l->procs.at[i].held = s->in_syscall;
		if (l->procs.at[i].running)
			lanes_bind_proc(l, i, thread);
		tell_proc(iv, i);
	} else {
		thread = initial_thread(iv, s->id);
	}
	if (thread != NO_LANE)
		tell_thread(iv, thread);
}

struct interval *interval_create(struct trace *tr, struct err *e)
{
	struct interval *iv = mem_calloc(1, sizeof(*iv));

	if (!iv) {
		err_set(e, ERR_MEMORY, -1, "Cannot start reading intervals: out of memory");
		return NULL;
	}
	iv->tr = tr;
	iv->ev = &iv->last;
	lanes_init(&iv->lanes);
	return iv;
}

void interval_destroy(struct interval *iv)
{
	if (!iv)
		return;
	lanes_clear(&iv->lanes);
	vec_clear(&iv->reason_state);
	vec_clear(&iv->left);
	for (unsigned lane = 0; lane < N_LANES; lane++)
		vec_clear(&iv->lively[lane]);
	mem_free(iv);
}

/* Stand at the next event: as trace_take(). */
static int next_event(struct interval *iv, struct err *e)
{
	const struct event *events;
	int rc;

	if (iv->n_more > 0) {
		iv->ev++;
		iv->n_more--;
		return 1;
	}
	iv->last = *iv->ev;
	iv->ev = &iv->last;
	rc = trace_take(iv->tr, &events, &iv->n_more, e);
	if (rc > 0) {
		iv->ev = events;
		iv->n_more--;
	}
	return rc;
}

/* Fills the empty queue from the next event: as trace_take(), and 1 may leave it empty. */
static int read_event(struct interval *iv, struct err *e)
{
	int n;

	iv->queue_at = 0;
	iv->queue_n = 0;
	if (iv->initial_n > 0) {
		/* Later generations introduce procs only, and those did not exist before. */
		if (iv->n_syncs == 1 || iv->gap == GAP_TAKING_UP)
			on_initial(iv, iv->initial);
		iv->initial++;
		iv->initial_n--;
	} else if (iv->gap == GAP_LEAVING) {
		if (!gap_leave(iv))
			on_sync(iv);
	} else if (iv->gap == GAP_NONE || !gap_bury(iv)) {
		iv->before.clock = iv->ev->clock;
		iv->before.clock_ns = iv->ev->clock_ns;
		iv->before.time_ns = iv->ev->time;
		n = next_event(iv, e);
		if (n <= 0)
			return n;
		if (iv->ev->kind == EVENT_SYNC && iv->ev->sync.gap != 0 && iv->n_syncs > 0)
			gap_begin(iv);
		else
			on_event(iv);
	}
	if (iv->out_of_memory)
		return err_set(e, ERR_MEMORY, -1, "Cannot follow the goroutines: out of memory");
	return 1;
}

int interval_next(struct interval *iv, const struct change **c, struct err *e)
{
	int n;

	while (iv->queue_at == iv->queue_n) {
		n = read_event(iv, e);
		if (n <= 0)
			return n;
	}
	*c = &iv->queue[iv->queue_at++];
	return 1;
}

void interval_end(const struct interval *iv, uint64_t *ticks, int64_t *clock_ns, int64_t *time_ns)
{
	*ticks = iv->ev->clock;
	*clock_ns = iv->ev->clock_ns;
	*time_ns = iv->ev->time;
}
