#include "parser/legacy.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/base/intern.h"
#include "parser/base/mem.h"
#include "parser/event.h"
#include "parser/initial.h"
#include "parser/legacy_convert.h"
#include "parser/legacy_index.h"
#include "parser/legacy_order.h"
#include "parser/legacy_spec.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "parser/trace.h"

struct legacy {
	struct legacy_index index;
	struct legacy_order order;
	struct legacy_convert convert;
	struct intern *strings, *stacks; /* borrowed */
	struct legacy_ordered *first;    /* read ahead of the Sync that comes before it, or NULL */
	VEC(struct initial_status) statuses;
	struct map status_of; /* goroutine -> status */
	int64_t last_time;
	uint32_t n_syncs;
	bool is_started, has_initial, is_done;
};

static int check_version(int minor, struct err *e)
{
	if (minor == LEGACY_FIRST_MINOR || minor == LEGACY_SECOND_MINOR ||
		minor == LEGACY_NEWEST_MINOR)
		return 0;
	return err_set(e, ERR_VERSION, 0,
		"Cannot read trace: its header says Go 1.%d, which no Go writes: it is 1.%d, 1.%d "
		"or 1.%d up to Go 1.21",
		minor, LEGACY_FIRST_MINOR, LEGACY_SECOND_MINOR, LEGACY_NEWEST_MINOR);
}

struct legacy *legacy_open(struct source *src, const struct limits *lim, int minor,
	struct intern *strings, struct intern *stacks, struct err *e)
{
	struct legacy *l;

	if (check_version(minor, e) < 0)
		return NULL;
	l = mem_calloc(1, sizeof(*l));
	if (!l) {
		err_set(e, ERR_MEMORY, -1, "Cannot read trace: out of memory");
		return NULL;
	}
	l->strings = strings;
	l->stacks = stacks;
	l->last_time = -2; /* so that the first Sync has -1, as in Go */
	legacy_index_init(&l->index, src, lim, minor, strings, stacks);
	legacy_order_init(&l->order, &l->index);
	legacy_convert_init(&l->convert, &l->index, 0);
	map_init(&l->status_of);
	return l;
}

void legacy_close(struct legacy *l)
{
	if (!l)
		return;
	vec_clear(&l->statuses);
	map_clear(&l->status_of);
	legacy_convert_clear(&l->convert);
	legacy_order_clear(&l->order);
	legacy_index_clear(&l->index);
	mem_free(l);
}

static int stamp(struct legacy *l, struct event *ev)
{
	if (ev->time <= l->last_time)
		ev->time = l->last_time + 1;
	l->last_time = ev->time;
	return 1;
}

static int sync_event(struct legacy *l, struct event *ev, bool is_last)
{
	memset(ev, 0, sizeof(*ev));
	ev->kind = EVENT_SYNC;
	ev->type = EV_SYNC_POINT;
	ev->g = ev->p = ev->m = NO_ID;
	ev->sync.n = ++l->n_syncs;
	ev->sync.is_last = is_last;
	ev->time = is_last ? l->last_time : -1;
	ev->clock_ns = is_last && l->last_time > 0 ? l->last_time : 0;
	return stamp(l, ev);
}

static int end(struct legacy *l, struct event *ev, struct err *e)
{
	const struct err *cut = &l->index.cut;
	bool has_clock = l->index.ticks_per_sec != 0;

	if (!l->is_done) {
		l->is_done = true;
		if (l->n_syncs == 0)
			l->last_time = -1; /* a trace without events ends at 0 */
		return sync_event(l, ev, true);
	}
	if (cut->kind == ERR_NONE)
		return 0;
	if (!has_clock) {
		return err_set(e, cut->kind, cut->offset,
			"Cannot read trace to its end: %s. Its end holds names, stacks and the "
			"clock: what is missing is empty, and times assume %d ticks a second",
			cut->msg, LEGACY_ASSUMED_HZ);
	}
	return err_set(e, cut->kind, cut->offset,
		"Cannot read trace to its end: %s. Its end holds names and stacks: what is missing "
		"is empty",
		cut->msg);
}

/* Up to the first Sync. */
static int start(struct legacy *l, struct event *ev, struct err *e)
{
	int64_t hz;
	int n;

	l->is_started = true;
	if (!source_is_seekable(l->index.src) && source_spool(l->index.src, NULL, e) < 0)
		return -1;
	if (legacy_index_read(&l->index, e) < 0)
		return -1;
	hz = l->index.ticks_per_sec != 0 ? l->index.ticks_per_sec : LEGACY_ASSUMED_HZ;
	l->convert.ns_per_tick = 1e9 / (double)hz;
	n = legacy_order_next(&l->order, &l->first, e);
	if (n <= 0) {
		l->first = NULL;
		return n < 0 ? -1 : end(l, ev, e);
	}
	return sync_event(l, ev, false);
}

int legacy_next(struct legacy *l, struct event *ev, struct err *e)
{
	struct legacy_ordered *ordered;
	int n;

	if (!l->is_started)
		return start(l, ev, e);
	if (l->is_done)
		return end(l, ev, e);
	do {
		if (legacy_convert_more(&l->convert, ev) > 0)
			return stamp(l, ev);
		ordered = l->first;
		l->first = NULL;
		n = ordered ? 1 : legacy_order_next(&l->order, &ordered, e);
		if (n == 0)
			return end(l, ev, e);
		if (n > 0)
			n = legacy_convert_event(&l->convert, ordered, ev, e);
	} while (n == 0);
	return n < 0 ? -1 : stamp(l, ev);
}

/* Initial statuses. */

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot read trace: out of memory");
}

static struct initial_status *add_status(
	struct legacy *l, enum resource_kind resource, int64_t id, struct err *e)
{
	struct initial_status s = {
		.id = id, .m = NO_ID, .p = NO_ID, .g = NO_ID, .resource = (uint8_t)resource};
	uint32_t at = MAP_NONE;

	if (resource == RESOURCE_GOROUTINE)
		at = map_get(&l->status_of, (uint64_t)id);
	if (at != MAP_NONE)
		return &l->statuses.at[at];
	if ((resource == RESOURCE_GOROUTINE &&
		    map_put(&l->status_of, (uint64_t)id, (uint32_t)l->statuses.n) < 0) ||
		vec_push(&l->statuses, s) < 0) {
		no_memory(e);
		return NULL;
	}
	return &l->statuses.at[l->statuses.n - 1];
}

/* The function that a goroutine begins with: the outermost of the stack. */
static int name_status(struct legacy *l, struct initial_status *s, uint32_t id, struct err *e)
{
	const struct trace_frame *frames;
	uint32_t wide;
	size_t n;

	if (legacy_table_wide_stack(&l->index.table, id, &wide, e) < 0)
		return -1;
	frames = intern_get(l->stacks, wide, &n);
	n /= sizeof(*frames);
	if (n > 0)
		s->start_func = frames[n - 1].func;
	s->is_system = initial_is_system(l->strings, s->start_func);
	return 0;
}

/* What the thread that started the trace was running. */
static int set_running(struct legacy *l, const struct legacy_event *ev, int64_t m, struct err *e)
{
	struct initial_status *s = add_status(l, RESOURCE_GOROUTINE, (int64_t)ev->g, e);

	if (!s)
		return -1;
	s->state = GO_RUNNING;
	s->p = ev->p;
	s->m = m;
	s = add_status(l, RESOURCE_PROC, ev->p, e);
	if (!s)
		return -1;
	s->state = PROC_RUNNING;
	s->m = m;
	s->g = (int64_t)ev->g;
	s = m == NO_ID ? s : add_status(l, RESOURCE_THREAD, m, e);
	if (!s)
		return -1;
	if (m != NO_ID) {
		s->p = ev->p;
		s->g = (int64_t)ev->g;
	}
	return 0;
}

static int see_early(struct legacy *l, const struct legacy_event *ev, int64_t m, struct err *e)
{
	struct initial_status *s;

	switch (ev->type) {
	case LEGACY_GO_CREATE:
	case LEGACY_GO_WAITING:
	case LEGACY_GO_IN_SYSCALL:
		s = add_status(l, RESOURCE_GOROUTINE, (int64_t)ev->args[0], e);
		if (!s)
			return -1;
		if (ev->type == LEGACY_GO_WAITING)
			s->state = GO_WAITING;
		else if (ev->type == LEGACY_GO_IN_SYSCALL)
			s->state = GO_SYSCALL;
		else
			s->state = GO_RUNNABLE;
		return ev->type == LEGACY_GO_CREATE ? name_status(l, s, (uint32_t)ev->args[1], e)
						    : 0;
	case LEGACY_GO_START:
		return set_running(l, ev, m, e);
	default:
		return 0;
	}
}

static int add_idle_procs(struct legacy *l, uint64_t n_procs, int64_t running, struct err *e)
{
	struct initial_status *s;
	size_t i;

	for (i = 0; i < l->index.procs.n; i++) {
		int32_t id = l->index.procs.at[i].id;

		if (id < 0 || (uint64_t)id >= n_procs || id == running)
			continue;
		s = add_status(l, RESOURCE_PROC, id, e);
		if (!s)
			return -1;
		s->state = PROC_IDLE;
	}
	return 0;
}

/* The order of the events once more, up to where the list of goroutines ends. */
static int scan(struct legacy *l, struct legacy_order *o, struct err *e)
{
	int64_t m = NO_ID, m_of = NO_ID, running = NO_ID;
	struct legacy_ordered *ordered;
	const struct legacy_event *ev = NULL;
	int n;

	while ((n = legacy_order_next(o, &ordered, e)) > 0) {
		ev = &ordered->ev;
		if (ev->type == LEGACY_GOMAXPROCS)
			break;
		if (ev->type == LEGACY_PROC_START) {
			m = (int64_t)ev->args[0];
			m_of = ev->p;
		}
		if (ev->type == LEGACY_GO_START && running != NO_ID)
			continue; /* one starts the trace; the others start later */
		if (ev->type == LEGACY_GO_START)
			running = ev->p;
		if (see_early(l, ev, ev->p == m_of ? m : NO_ID, e) < 0)
			return -1;
	}
	if (n < 0)
		return -1;
	return n == 0 ? 0 : add_idle_procs(l, ev->args[0], running, e);
}

static int compare(const void *a, const void *b)
{
	const struct initial_status *x = a, *y = b;

	if (x->resource != y->resource)
		return x->resource < y->resource ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

int legacy_initial(
	struct legacy *l, const struct initial_status **statuses, size_t *n, struct err *e)
{
	struct legacy_order o;
	int rc = 0;

	if (l->is_started && !l->has_initial && !l->is_done) {
		l->has_initial = true;
		legacy_order_init(&o, &l->index);
		rc = scan(l, &o, e);
		legacy_order_clear(&o);
		if (rc < 0)
			l->statuses.n = 0;
		if (l->statuses.n > 0)
			qsort(l->statuses.at, l->statuses.n, sizeof(*l->statuses.at), compare);
	}
	*statuses = l->statuses.at;
	*n = l->is_done ? 0 : l->statuses.n;
	return rc;
}

double legacy_ns_per_tick(const struct legacy *l)
{
	return l->convert.ns_per_tick;
}

int64_t legacy_bytes_read(const struct legacy *l)
{
	return l->index.n_bytes;
}

double legacy_share(const struct legacy *l)
{
	double share = (double)l->order.n_bytes / (double)(l->index.n_bytes + 1);

	return l->is_done || share > 1 ? 1 : share;
}
