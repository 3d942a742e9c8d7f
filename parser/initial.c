#include "parser/initial.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/base/intern.h"
#include "parser/cursor.h"
#include "parser/event.h"
#include "parser/generation.h"
#include "parser/sched.h"

struct scan {
	struct initial *in;
	struct generation *g;
	struct intern *strings, *stacks;
	struct err *e;
	int64_t cur_g, cur_p; /* on the thread that is being read */
};

static int no_memory(struct scan *s)
{
	return err_set(s->e, ERR_MEMORY, -1, "Cannot read generation: out of memory");
}

void initial_init(struct initial *in)
{
	memset(in, 0, sizeof(*in));
	map_init(&in->of_g);
	map_init(&in->of_p);
	map_init(&in->of_m);
}

void initial_clear(struct initial *in)
{
	vec_clear(&in->statuses);
	vec_clear(&in->stack_times);
	map_clear(&in->of_g);
	map_clear(&in->of_p);
	map_clear(&in->of_m);
}

void initial_reset(struct initial *in)
{
	in->statuses.n = 0;
	in->stack_times.n = 0;
	map_reset(&in->of_g);
	map_reset(&in->of_p);
	map_reset(&in->of_m);
}

static struct map *map_of(struct initial *in, unsigned resource)
{
	return resource == RESOURCE_GOROUTINE ? &in->of_g
	       : resource == RESOURCE_PROC    ? &in->of_p
					      : &in->of_m;
}

/* The record of a resource, new or known. A known one with an earlier status gives NULL and 0. */
static int status_of(struct scan *s, unsigned resource, int64_t id, int64_t time,
		     struct initial_status **out)
{
	struct initial_status st = { .id = id, .m = NO_ID, .p = NO_ID, .g = NO_ID,
				     .clock_ns = time, .resource = (uint8_t)resource };
	struct map *map = map_of(s->in, resource);
	uint32_t at = map_get(map, (uint64_t)id);

	*out = NULL;
	if (at != MAP_NONE) {
		if (s->in->statuses.at[at].clock_ns <= time)
			return 0;
		st.stack = s->in->statuses.at[at].stack;
		s->in->statuses.at[at] = st;
		*out = &s->in->statuses.at[at];
		return 0;
	}
	at = (uint32_t)s->in->statuses.n;
	if (vec_push(&s->in->statuses, st) < 0 || vec_push(&s->in->stack_times, INT64_MAX) < 0 ||
	    map_put(map, (uint64_t)id, at) < 0)
		return no_memory(s);
	*out = &s->in->statuses.at[at];
	return 0;
}

/* What a status says of the thread it speaks of. */
static int thread_status(struct scan *s, int64_t m, int64_t time, int64_t g, int64_t p,
			 bool in_syscall)
{
	struct initial_status *st;
	uint32_t at = map_get(&s->in->of_m, (uint64_t)m);

	if (m == NO_ID)
		return 0;
	if (at == MAP_NONE) {
		if (status_of(s, RESOURCE_THREAD, m, time, &st) < 0)
			return -1;
	} else {
		st = &s->in->statuses.at[at];
	}
	if (st && st->g == NO_ID && g != NO_ID) {
		st->g = g;
		st->in_syscall = in_syscall;
	}
	if (st && st->p == NO_ID && p != NO_ID)
		st->p = p;
	return 0;
}

static int see_proc(struct scan *s, const struct cursor *c)
{
	int64_t id = (int64_t)c->args[0];
	uint64_t status = c->args[1];
	struct initial_status *st;
	bool is_bound = status == P_RUNNING || status == P_SYSCALL;

	if (status >= P_N_STATUSES)
		return 0;
	if (status_of(s, RESOURCE_PROC, id, c->time_ns, &st) < 0)
		return -1;
	if (st) {
		st->state = sched_proc_state[status];
		st->in_syscall = status == P_SYSCALL;
		st->m = is_bound ? c->m : NO_ID;
	}
	if (!is_bound)
		return 0;
	s->cur_p = id;
	return thread_status(s, c->m, c->time_ns, NO_ID, id, false);
}

static int see_goroutine(struct scan *s, const struct cursor *c)
{
	int64_t id = (int64_t)c->args[0], m = (int64_t)c->args[1];
	uint64_t status = c->args[2];
	struct initial_status *st;

	if (status >= G_N_STATUSES)
		return 0;
	if (status == G_RUNNING)
		m = c->m;
	else if (status != G_SYSCALL)
		m = NO_ID;
	if (status_of(s, RESOURCE_GOROUTINE, id, c->time_ns, &st) < 0)
		return -1;
	if (st) {
		st->state = sched_go_state[status];
		st->in_syscall = status == G_SYSCALL;
		st->m = m;
		st->p = m == c->m ? s->cur_p : NO_ID;
	}
	if (m == NO_ID)
		return 0;
	return thread_status(s, m, c->time_ns, id, NO_ID, status == G_SYSCALL);
}

/* First look: status records. */
static int see_status(struct scan *s, const struct cursor *c)
{
	switch (c->type) {
	case EV_PROC_STATUS:
		return see_proc(s, c);
	case EV_PROC_START:
		s->cur_p = (int64_t)c->args[0];
		return 0;
	case EV_PROC_STOP:
		s->cur_p = NO_ID;
		return 0;
	case EV_GO_STATUS:
	case EV_GO_STATUS_STACK:
		return see_goroutine(s, c);
	default:
		return 0;
	}
}

/* A stack that belongs to a goroutine: its outermost function is a candidate for the start. */
static int see_stack(struct scan *s, int64_t g, int64_t time, uint64_t stack_id, bool is_status)
{
	uint32_t at = map_get(&s->in->of_g, (uint64_t)g);
	uint32_t index = generation_find_stack(s->g, stack_id), wide;
	const struct generation_stack *stack;
	struct initial_status *st;
	const struct generation_frame *outer;

	if (at == MAP_NONE || index == 0 || index == INDEX_NONE)
		return 0;
	st = &s->in->statuses.at[at];
	if (is_status && st->stack == 0) {
		if (generation_wide_stack(s->g, s->strings, s->stacks, index, &wide, s->e) < 0)
			return -1;
		st->stack = wide;
	}
	stack = &s->g->stacks.at[index - 1];
	if (stack->n == 0 || time >= s->in->stack_times.at[at])
		return 0;
	s->in->stack_times.at[at] = time;
	outer = &s->g->frames.at[s->g->pcs.at[stack->first + stack->n - 1]];
	return generation_wide_string(s->g, s->strings, generation_find_string(s->g, outer->func),
				      &st->start_func, s->e);
}

static void see_create(struct scan *s, const struct cursor *c)
{
	uint32_t at = map_get(&s->in->of_g, c->args[0]);

	if (at != MAP_NONE && c->time_ns <= s->in->statuses.at[at].clock_ns)
		s->in->statuses.at[at].resource = RESOURCE_NONE; /* taken out at the end */
}

/* Second look: creations and stacks. */
static int see_stacks(struct scan *s, const struct cursor *c)
{
	unsigned arg = spec_table[c->type].stack;
	int64_t g = s->cur_g;

	switch (c->type) {
	case EV_GO_START:
	case EV_GO_SWITCH:
	case EV_GO_SWITCH_DESTROY:
		s->cur_g = (int64_t)c->args[0];
		return 0;
	case EV_GO_STATUS_STACK:
		g = (int64_t)c->args[0];
		if (see_stack(s, g, c->time_ns, c->args[3], true) < 0)
			return -1;
		__attribute__((fallthrough));
	case EV_GO_STATUS:
		if (c->args[2] == G_RUNNING ||
		    (c->args[2] == G_SYSCALL && (int64_t)c->args[1] == c->m))
			s->cur_g = (int64_t)c->args[0];
		return 0;
	case EV_GO_CREATE:
	case EV_GO_CREATE_BLOCKED:
		see_create(s, c);
		break;
	case EV_GO_CREATE_SYSCALL:
		see_create(s, c);
		s->cur_g = (int64_t)c->args[0];
		return 0;
	case EV_GO_STOP:
	case EV_GO_BLOCK:
	case EV_GO_DESTROY:
	case EV_GO_DESTROY_SYSCALL:
	case EV_GO_SYSCALL_END_BLOCKED:
		s->cur_g = NO_ID;
		break;
	default:
		break;
	}
	if (arg == 0 || g == NO_ID)
		return 0;
	return see_stack(s, g, c->time_ns, c->args[arg - 1], false);
}

static int for_each_event(struct scan *s, int (*see)(struct scan *s, const struct cursor *c))
{
	struct cursor c;
	size_t i;

	for (i = 0; i < s->g->threads.n; i++) {
		uint32_t at;

		cursor_init(&c, s->g, i);
		at = map_get(&s->in->of_m, (uint64_t)c.m);
		s->cur_g = at == MAP_NONE ? NO_ID : s->in->statuses.at[at].g;
		s->cur_p = NO_ID;
		while (cursor_next(&c, s->g, NULL) > 0) {
			if (see(s, &c) < 0)
				return -1;
		}
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct initial_status *x = a, *y = b;

	if (x->resource != y->resource)
		return x->resource < y->resource ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

/* Names that begin with "runtime." are the runtime's own, but for the main goroutine. */
static bool is_system(const struct intern *strings, uint32_t func)
{
	static const char prefix[] = "runtime.", main_func[] = "runtime.main";
	size_t n;
	const char *name = intern_get(strings, func, &n);

	if (!name || n < sizeof(prefix) - 1 || memcmp(name, prefix, sizeof(prefix) - 1) != 0)
		return false;
	return n != sizeof(main_func) - 1 || memcmp(name, main_func, n) != 0;
}

/* Bind procs to their goroutines, leave out what was created, sort. */
static void finish(struct scan *s)
{
	struct initial *in = s->in;
	size_t i, n = 0;

	for (i = 0; i < in->statuses.n; i++) {
		struct initial_status *st = &in->statuses.at[i];
		uint32_t at;

		if (st->resource == RESOURCE_PROC && st->m != NO_ID) {
			at = map_get(&in->of_m, (uint64_t)st->m);
			st->g = at == MAP_NONE ? NO_ID : in->statuses.at[at].g;
		}
		st->is_system = st->resource == RESOURCE_GOROUTINE &&
				is_system(s->strings, st->start_func);
	}
	for (i = 0; i < in->statuses.n; i++) {
		if (in->statuses.at[i].resource != RESOURCE_NONE)
			in->statuses.at[n++] = in->statuses.at[i];
	}
	in->statuses.n = n;
	if (n > 0)
		qsort(in->statuses.at, n, sizeof(*in->statuses.at), compare);
}

int initial_scan(struct initial *in, struct generation *g, struct intern *strings,
		 struct intern *stacks, struct err *e)
{
	struct scan s = { .in = in, .g = g, .strings = strings, .stacks = stacks, .e = e };
	size_t i;

	initial_reset(in);
	if (for_each_event(&s, see_status) < 0 || for_each_event(&s, see_stacks) < 0)
		return -1;
	for (i = 0; i < g->samples.n; i++) {
		const struct generation_sample *sm = &g->samples.at[i];

		if (see_stack(&s, sm->g, sm->time_ns, sm->stack_id, false) < 0)
			return -1;
	}
	finish(&s);
	return 0;
}
