#include "parser/legacy_convert.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/legacy_index.h"
#include "parser/legacy_order.h"
#include "parser/legacy_spec.h"
#include "parser/limits.h"
#include "parser/spec.h"

#define FIRST_WITH_STOP_REASONS 21 /* older ones tell two */

static const char *const reason_texts[N_REASONS] = {
	[REASON_FOREVER] = "forever",
	[REASON_PREEMPTED] = "preempted",
	[REASON_GOSCHED] = "runtime.Gosched",
	[REASON_SLEEP] = "sleep",
	[REASON_SEND] = "chan send",
	[REASON_RECV] = "chan receive",
	[REASON_NET] = "network",
	[REASON_SYNC] = "sync",
	[REASON_COND] = "sync.(*Cond).Wait",
	[REASON_SELECT] = "select",
	[REASON_NONE] = "",
	[REASON_ASSIST] = "GC mark assist wait for work",
	[REASON_STOPS] = "",
	"GC mark termination",
	"GC sweep termination",
	"write heap dump",
	"goroutine profile",
	"goroutine profile cleanup",
	"all goroutine stack trace",
	"read mem stats",
	"AllThreadsSyscall",
	"GOMAXPROCS",
	"start trace",
	"stop trace",
	"CountPagesInUse (test)",
	"ReadMetricsSlow (test)",
	"ReadMemStatsSlow (test)",
	"PageCachePagesLeaked (test)",
	"ResetDebugLog (test)",
};

void legacy_convert_init(struct legacy_convert *c, struct legacy_index *x, double ns_per_tick)
{
	memset(c, 0, sizeof(*c));
	c->x = x;
	c->ns_per_tick = ns_per_tick;
	c->is_early = true;
	c->first_ticks = INT64_MIN;
	map_init(&c->proc_of);
	map_init(&c->created_of);
	map_init(&c->net);
	map_init(&c->task_of);
	legacy_nest_init(&c->nest, x->lim);
}

void legacy_convert_clear(struct legacy_convert *c)
{
	vec_clear(&c->procs);
	vec_clear(&c->created);
	vec_clear(&c->tasks);
	vec_clear(&c->free_tasks);
	map_clear(&c->proc_of);
	map_clear(&c->created_of);
	map_clear(&c->net);
	map_clear(&c->task_of);
	legacy_nest_clear(&c->nest);
}

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot read trace: out of memory");
}

static int reason_of(struct legacy_convert *c, unsigned reason, uint32_t *id, struct err *e)
{
	const char *text = reason_texts[reason];

	if (c->reasons[reason] == 0 &&
		legacy_table_put_string(
			&c->x->table, text, (uint32_t)strlen(text), &c->reasons[reason], e) < 0)
		return -1;
	*id = c->reasons[reason];
	return 0;
}

static struct legacy_convert_proc *proc_of(struct legacy_convert *c, int32_t id, struct err *e)
{
	struct legacy_convert_proc proc = {0};
	uint32_t at = map_get(&c->proc_of, (uint64_t)(int64_t)id);

	if (at == MAP_NONE) {
		at = (uint32_t)c->procs.n;
		if (vec_push(&c->procs, proc) < 0 ||
			map_put(&c->proc_of, (uint64_t)(int64_t)id, at) < 0) {
			no_memory(e);
			return NULL;
		}
	}
	return &c->procs.at[at];
}

/* Time and context of the event: `p` may be one that no file names. */
static int set_context(
	struct legacy_convert *c, const struct legacy_event *in, struct event *out, struct err *e)
{
	uint32_t at = map_get(&c->proc_of, (uint64_t)(int64_t)in->p);
	uint64_t ticks = (uint64_t)in->ticks - (uint64_t)c->first_ticks;
	double ns = (double)ticks * c->ns_per_tick;

	if (!(ns < (double)c->x->lim->span_ns)) {
		return err_set(e, ERR_LIMIT, in->offset,
			"Cannot read trace: it spans more than 104 days, at byte %" PRId64,
			in->offset);
	}
	out->clock = ticks;
	out->clock_ns = out->time = (int64_t)ns;
	out->g = in->g == 0 ? NO_ID : (int64_t)in->g;
	out->p = in->p;
	out->m = NO_ID;
	if (in->p != NO_ID && in->type != LEGACY_CPU_SAMPLE && at != MAP_NONE &&
		c->procs.at[at].is_running)
		out->m = c->procs.at[at].m;
	memset(&out->transition, 0, sizeof(*out) - offsetof(struct event, transition));
	return legacy_table_wide_stack(&c->x->table, in->stack, &out->stack, e);
}

static int set_type(struct event *out, unsigned type)
{
	out->type = (uint8_t)type;
	out->kind = spec_table[type].kind;
	return 1;
}

static int set_goroutine(
	struct event *out, unsigned type, uint64_t id, enum go_state from, enum go_state to)
{
	struct event_transition *t = &out->transition;

	t->resource = RESOURCE_GOROUTINE;
	t->id = (int64_t)id;
	t->from = (uint8_t)from;
	t->to = (uint8_t)to;
	return set_type(out, type);
}

/* A goroutine stops: the stack is where. */
static int set_stop(
	struct legacy_convert *c, struct event *out, unsigned type, unsigned reason, struct err *e)
{
	enum go_state to = type == EV_GO_STOP ? GO_RUNNABLE : GO_WAITING;

	out->transition.stack = out->stack;
	out->transition.has_stack = out->stack != 0;
	if (reason_of(c, reason, &out->transition.reason, e) < 0)
		return -1;
	return set_goroutine(out, type, (uint64_t)out->g, GO_RUNNING, to);
}

static int convert_proc(
	struct legacy_convert *c, const struct legacy_event *in, struct event *out, struct err *e)
{
	struct legacy_convert_proc *proc = proc_of(c, in->p, e);
	bool starts = in->type == LEGACY_PROC_START;
	bool is_status;

	if (!proc)
		return -1;
	is_status = !proc->is_known;
	proc->is_known = true;
	proc->is_running = starts;
	if (starts)
		out->m = proc->m = (int64_t)in->args[0];
	out->transition.resource = RESOURCE_PROC;
	out->transition.id = in->p;
	out->transition.to = starts ? PROC_RUNNING : PROC_IDLE;
	out->transition.from = starts ? PROC_IDLE : PROC_RUNNING;
	if (!is_status)
		return set_type(out, starts ? EV_PROC_START : EV_PROC_STOP);
	out->transition.from = PROC_UNDETERMINED;
	return set_type(out, EV_PROC_STATUS);
}

/* A goroutine that is there when the trace begins. */
static int convert_early_create(struct legacy_convert *c, uint64_t id, struct err *e)
{
	if (map_get(&c->created_of, id) != MAP_NONE)
		return 0;
	if (map_put(&c->created_of, id, 1) < 0 || vec_push(&c->created, id) < 0)
		return no_memory(e);
	return 0;
}

static int set_status(struct legacy_convert *c, struct event *out, uint64_t id, enum go_state state)
{
	map_remove(&c->created_of, id);
	return set_goroutine(out, EV_GO_STATUS, id, GO_UNDETERMINED, state);
}

static int compare_ids(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int convert_gomaxprocs(
	struct legacy_convert *c, const struct legacy_event *in, struct event *out)
{
	size_t i, n = 0;

	out->metric.name = METRIC_GOMAXPROCS;
	out->metric.value = in->args[0];
	set_type(out, EV_PROCS_CHANGE);
	if (!c->is_early)
		return 1;
	/* The list is complete. Whose state nobody told is runnable. */
	c->is_early = false;
	for (i = 0; i < c->created.n; i++) {
		if (map_get(&c->created_of, c->created.at[i]) != MAP_NONE)
			c->created.at[n++] = c->created.at[i];
	}
	c->created.n = n;
	if (n > 0)
		qsort(c->created.at, n, sizeof(*c->created.at), compare_ids);
	map_clear(&c->created_of);
	c->first = *out;
	return 0;
}

static int convert_create(
	struct legacy_convert *c, const struct legacy_event *in, struct event *out, struct err *e)
{
	if (c->is_early)
		return convert_early_create(c, in->args[0], e);
	out->transition.has_stack = true;
	if (legacy_table_wide_stack(
		    &c->x->table, (uint32_t)in->args[1], &out->transition.stack, e) < 0)
		return -1;
	return set_goroutine(out, EV_GO_CREATE, in->args[0], GO_NOT_EXIST, GO_RUNNABLE);
}

/* Go shows these with the goroutine 0 and the thread 0 where there is none. */
static void set_quirks(
	const struct legacy_convert *c, const struct legacy_event *in, struct event *out)
{
	uint32_t at = map_get(&c->proc_of, (uint64_t)(int64_t)in->p);

	out->g = (int64_t)in->g;
	out->m = at != MAP_NONE && c->procs.at[at].is_running ? c->procs.at[at].m : 0;
}

static int convert_start_label(
	struct legacy_convert *c, const struct legacy_event *in, struct event *out, struct err *e)
{
	set_quirks(c, in, out);
	c->extra = *out;
	c->extra.label.resource = RESOURCE_GOROUTINE;
	c->extra.label.id = out->g;
	set_type(&c->extra, EV_GO_LABEL);
	if (legacy_table_wide_string(&c->x->table, in->args[2], &c->extra.label.label, e) < 0)
		return -1;
	c->has_extra = true;
	return set_goroutine(out, EV_GO_START, in->args[0], GO_RUNNABLE, GO_RUNNING);
}

static int convert_syscall(
	struct legacy_convert *c, const struct legacy_ordered *in, struct event *out)
{
	if (!in->blocks) {
		set_quirks(c, &in->ev, out);
		c->extra = *out;
		c->extra.stack = 0;
		c->extra.time++;
		set_goroutine(
			&c->extra, EV_GO_SYSCALL_END, (uint64_t)out->g, GO_SYSCALL, GO_RUNNING);
		c->has_extra = true;
	}
	out->transition.stack = out->stack;
	out->transition.has_stack = out->stack != 0;
	return set_goroutine(out, EV_GO_SYSCALL_BEGIN, (uint64_t)out->g, GO_RUNNING, GO_SYSCALL);
}

static int convert_stop_the_world(
	struct legacy_convert *c, const struct legacy_event *in, struct event *out, struct err *e)
{
	uint64_t kind = in->args[0];

	if (in->type == LEGACY_STW_START) {
		if (c->x->minor < FIRST_WITH_STOP_REASONS)
			kind = kind < 2 ? kind + 1 : 0;
		else if (kind >= LEGACY_STOP_KINDS)
			kind = 0;
		if (reason_of(c, REASON_STOPS + (unsigned)kind, &c->stop_reason, e) < 0)
			return -1;
	}
	out->range.name = RANGE_STOP_THE_WORLD;
	out->range.resource = RESOURCE_GOROUTINE;
	out->range.id = out->g;
	out->range.reason = c->stop_reason;
	return set_type(out, in->type == LEGACY_STW_START ? EV_STW_BEGIN : EV_STW_END);
}

static int set_range(struct event *out, unsigned type, unsigned name, unsigned resource, int64_t id)
{
	out->range.name = (uint8_t)name;
	out->range.resource = (uint8_t)resource;
	out->range.id = id;
	return set_type(out, type);
}

static int convert_sweep_done(const struct legacy_event *in, struct event *out)
{
	out->range.swept = in->args[0];
	out->range.reclaimed = in->args[1];
	return set_range(out, EV_GC_SWEEP_END, RANGE_GC_SWEEP, RESOURCE_PROC, out->p);
}

static int set_heap(const struct legacy_event *in, struct event *out)
{
	bool is_goal = in->type == LEGACY_HEAP_GOAL;

	out->metric.name = is_goal ? METRIC_HEAP_GOAL : METRIC_HEAP_OBJECTS;
	out->metric.value = in->args[0];
	return set_type(out, is_goal ? EV_HEAP_GOAL : EV_HEAP_ALLOC);
}

static int convert_task_begin(
	struct legacy_convert *c, const struct legacy_event *in, struct event *out, struct err *e)
{
	struct legacy_convert_task task = {.parent = in->args[1]};
	uint32_t at = map_get(&c->task_of, in->args[0]);

	if (legacy_table_wide_string(&c->x->table, in->args[2], &task.type, e) < 0)
		return -1;
	if (at == MAP_NONE) {
		if (c->task_of.n >= c->x->lim->tasks) {
			return err_set(e, ERR_LIMIT, in->offset,
				"Cannot read trace: too many open tasks, limit=%" PRIu32
				", at byte %" PRId64,
				c->x->lim->tasks, in->offset);
		}
		at = c->free_tasks.n > 0 ? c->free_tasks.at[--c->free_tasks.n]
					 : (uint32_t)c->tasks.n;
		if ((at == c->tasks.n && vec_push(&c->tasks, task) < 0) ||
			map_put(&c->task_of, in->args[0], at) < 0)
			return no_memory(e);
	}
	c->tasks.at[at] = task;
	out->task.id = in->args[0];
	out->task.parent = task.parent == 0 ? NO_TASK : task.parent;
	out->task.type = task.type;
	return set_type(out, EV_USER_TASK_BEGIN);
}

/* The end repeats the begin, but for a parent that there is not: 0 here, as Go shows it. */
static int convert_task_end(
	struct legacy_convert *c, const struct legacy_event *in, struct event *out, struct err *e)
{
	uint32_t at = map_get(&c->task_of, in->args[0]);

	out->task.id = in->args[0];
	out->task.parent = NO_TASK;
	if (at != MAP_NONE) {
		out->task.parent = c->tasks.at[at].parent;
		out->task.type = c->tasks.at[at].type;
		map_remove(&c->task_of, in->args[0]);
		if (vec_push(&c->free_tasks, at) < 0)
			return no_memory(e);
	}
	return set_type(out, EV_USER_TASK_END);
}

static int convert_region(
	struct legacy_convert *c, const struct legacy_event *in, struct event *out, struct err *e)
{
	if (in->args[1] > 1) {
		return err_set(e, ERR_DAMAGED, in->offset,
			"Cannot read trace: a region neither begins nor ends, mode=%" PRIu64
			", at byte %" PRId64,
			in->args[1], in->offset);
	}
	out->region.task = in->args[0];
	if (legacy_table_wide_string(&c->x->table, in->args[2], &out->region.type, e) < 0)
		return -1;
	return set_type(out, in->args[1] == 0 ? EV_USER_REGION_BEGIN : EV_USER_REGION_END);
}

static int convert_log(
	struct legacy_convert *c, const struct legacy_event *in, struct event *out, struct err *e)
{
	out->log.task = in->args[0];
	out->log.message = (uint32_t)in->args[3];
	if (legacy_table_wide_string(&c->x->table, in->args[1], &out->log.category, e) < 0)
		return -1;
	return set_type(out, EV_USER_LOG);
}

/* Ps that no file names, for what happens on none. */
static void move_unblock(struct legacy_convert *c, struct legacy_event *in)
{
	if (map_get(&c->x->timers, in->g) != MAP_NONE)
		in->p = LEGACY_TIMER_P;
	if (map_get(&c->net, in->args[0]) != MAP_NONE) {
		in->p = LEGACY_NETPOLL_P;
		map_remove(&c->net, in->args[0]);
	}
}

static int convert_start(struct legacy_convert *c, const struct legacy_event *in, struct event *out)
{
	if (c->is_early)
		return set_status(c, out, in->args[0], GO_RUNNING);
	return set_goroutine(out, EV_GO_START, in->args[0], GO_RUNNABLE, GO_RUNNING);
}

static int convert_net(struct legacy_convert *c, struct event *out, struct err *e)
{
	if (map_put(&c->net, (uint64_t)out->g, 1) < 0)
		return no_memory(e);
	return set_stop(c, out, EV_GO_BLOCK, REASON_NET, e);
}

static int convert(struct legacy_convert *c, const struct legacy_ordered *ordered,
	struct event *out, struct err *e)
{
	const struct legacy_event *in = &ordered->ev;

	switch ((enum legacy_type)in->type) {
	case LEGACY_GOMAXPROCS:
		return convert_gomaxprocs(c, in, out);
	case LEGACY_PROC_START:
	case LEGACY_PROC_STOP:
		return convert_proc(c, in, out, e);
	case LEGACY_GC_START:
		return set_range(out, EV_GC_BEGIN, RANGE_GC_MARK, RESOURCE_NONE, 0);
	case LEGACY_GC_DONE:
		return set_range(out, EV_GC_END, RANGE_GC_MARK, RESOURCE_NONE, 0);
	case LEGACY_STW_START:
	case LEGACY_STW_DONE:
		return convert_stop_the_world(c, in, out, e);
	case LEGACY_GC_SWEEP_START:
		return set_range(out, EV_GC_SWEEP_BEGIN, RANGE_GC_SWEEP, RESOURCE_PROC, out->p);
	case LEGACY_GC_SWEEP_DONE:
		return convert_sweep_done(in, out);
	case LEGACY_GO_CREATE:
		return convert_create(c, in, out, e);
	case LEGACY_GO_START:
		return convert_start(c, in, out);
	case LEGACY_GO_START_LABEL:
		return convert_start_label(c, in, out, e);
	case LEGACY_GO_END:
		return set_goroutine(
			out, EV_GO_DESTROY, (uint64_t)out->g, GO_RUNNING, GO_NOT_EXIST);
	case LEGACY_GO_STOP:
		return set_stop(c, out, EV_GO_BLOCK, REASON_FOREVER, e);
	case LEGACY_GO_SCHED:
		return set_stop(c, out, EV_GO_STOP, REASON_GOSCHED, e);
	case LEGACY_GO_PREEMPT:
		return set_stop(c, out, EV_GO_STOP, REASON_PREEMPTED, e);
	case LEGACY_GO_SLEEP:
		return set_stop(c, out, EV_GO_BLOCK, REASON_SLEEP, e);
	case LEGACY_GO_BLOCK:
		return set_stop(c, out, EV_GO_BLOCK, REASON_NONE, e);
	case LEGACY_GO_UNBLOCK:
		return set_goroutine(out, EV_GO_UNBLOCK, in->args[0], GO_WAITING, GO_RUNNABLE);
	case LEGACY_GO_BLOCK_SEND:
		return set_stop(c, out, EV_GO_BLOCK, REASON_SEND, e);
	case LEGACY_GO_BLOCK_RECV:
		return set_stop(c, out, EV_GO_BLOCK, REASON_RECV, e);
	case LEGACY_GO_BLOCK_SELECT:
		return set_stop(c, out, EV_GO_BLOCK, REASON_SELECT, e);
	case LEGACY_GO_BLOCK_SYNC:
		return set_stop(c, out, EV_GO_BLOCK, REASON_SYNC, e);
	case LEGACY_GO_BLOCK_COND:
		return set_stop(c, out, EV_GO_BLOCK, REASON_COND, e);
	case LEGACY_GO_BLOCK_NET:
		return convert_net(c, out, e);
	case LEGACY_GO_BLOCK_GC:
		return set_stop(c, out, EV_GO_BLOCK, REASON_ASSIST, e);
	case LEGACY_GO_SYS_CALL:
		return convert_syscall(c, ordered, out);
	case LEGACY_GO_SYS_EXIT:
		return set_goroutine(
			out, EV_GO_SYSCALL_END_BLOCKED, (uint64_t)out->g, GO_SYSCALL, GO_RUNNABLE);
	case LEGACY_GO_SYS_BLOCK:
		return 0;
	case LEGACY_GO_WAITING:
		return set_status(c, out, in->args[0], GO_WAITING);
	case LEGACY_GO_IN_SYSCALL:
		return set_status(c, out, in->args[0], GO_SYSCALL);
	case LEGACY_HEAP_ALLOC:
	case LEGACY_HEAP_GOAL:
		return set_heap(in, out);
	case LEGACY_GC_MARK_ASSIST_START:
		return set_range(out, EV_GC_MARK_ASSIST_BEGIN, RANGE_MARK_ASSIST,
			RESOURCE_GOROUTINE, out->g);
	case LEGACY_GC_MARK_ASSIST_DONE:
		return set_range(
			out, EV_GC_MARK_ASSIST_END, RANGE_MARK_ASSIST, RESOURCE_GOROUTINE, out->g);
	case LEGACY_USER_TASK_CREATE:
		return convert_task_begin(c, in, out, e);
	case LEGACY_USER_TASK_END:
		return convert_task_end(c, in, out, e);
	case LEGACY_USER_REGION:
		return convert_region(c, in, out, e);
	case LEGACY_USER_LOG:
		return convert_log(c, in, out, e);
	case LEGACY_CPU_SAMPLE:
		out->kind = EVENT_STACK_SAMPLE;
		out->type = EV_CPU_SAMPLE;
		return 1;
	default:
		return err_set(e, ERR_DAMAGED, in->offset,
			"Cannot read trace: an event that means nothing, event=%s, at byte "
			"%" PRId64,
			legacy_spec_table[in->type].name, in->offset);
	}
}

int legacy_convert_event(
	struct legacy_convert *c, struct legacy_ordered *in, struct event *out, struct err *e)
{
	struct legacy_event *ev = &in->ev;

	if (c->x->cut.kind == ERR_NONE && legacy_nest_event(&c->nest, ev, e) < 0)
		return -1;
	if (c->first_ticks == INT64_MIN)
		c->first_ticks = ev->ticks;
	if (ev->type == LEGACY_GO_UNBLOCK)
		move_unblock(c, ev);
	else if (ev->type == LEGACY_GC_START)
		ev->p = LEGACY_GC_P;
	if (set_context(c, ev, out, e) < 0)
		return -1;
	return convert(c, in, out, e);
}

int legacy_convert_more(struct legacy_convert *c, struct event *out)
{
	if (c->has_extra) {
		c->has_extra = false;
		*out = c->extra;
		return 1;
	}
	if (c->is_early || c->next_created == c->created.n)
		return 0;
	*out = c->first;
	out->g = out->p = out->m = NO_ID;
	out->stack = 0;
	memset(&out->transition, 0, sizeof(out->transition));
	return set_goroutine(
		out, EV_GO_STATUS, c->created.at[c->next_created++], GO_UNDETERMINED, GO_RUNNABLE);
}
