#include "parser/initial.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/base/intern.h"
#include "parser/decode.h"
#include "parser/event.h"
#include "parser/generation.h"
#include "parser/sched.h"
#include "parser/wide.h"

struct scan {
	struct initial *in;
	struct generation *g;
	struct intern *strings, *stacks;
	struct err *e;
	int64_t m;            /* the thread that is being read */
	int64_t cur_g, cur_p; /* on it */
	int64_t min_created;  /* goroutine ids: if all that are created ... */
	int64_t max_known;    /* ... lie above all with a status, none can be in both */
	size_t n_nameless;    /* goroutines with a status and no start_func yet */
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
	map_clear(&in->of_g);
	map_clear(&in->of_p);
	map_clear(&in->of_m);
}

void initial_reset(struct initial *in)
{
	in->statuses.n = 0;
	map_reset(&in->of_g);
	map_reset(&in->of_p);
	map_reset(&in->of_m);
}

static struct map *map_of(struct initial *in, unsigned resource)
{
	return resource == RESOURCE_GOROUTINE ? &in->of_g
		: resource == RESOURCE_PROC   ? &in->of_p
					      : &in->of_m;
}

/* The record of a resource, new or known. A known one with an earlier status gives NULL and 0. */
static int status_of(
	struct scan *s, unsigned resource, int64_t id, uint64_t clock, struct initial_status **out)
{
	struct initial_status st = {.id = id,
		.m = NO_ID,
		.p = NO_ID,
		.g = NO_ID,
		.clock = clock,
		.resource = (uint8_t)resource};
	struct map *map = map_of(s->in, resource);
	uint32_t at = map_get(map, (uint64_t)id);

	*out = NULL;
	if (at != MAP_NONE) {
		if (s->in->statuses.at[at].clock <= clock)
			return 0;
		st.stack = s->in->statuses.at[at].stack;
		st.start_func = s->in->statuses.at[at].start_func;
		s->in->statuses.at[at] = st;
		*out = &s->in->statuses.at[at];
		return 0;
	}
	at = (uint32_t)s->in->statuses.n;
	if (vec_push(&s->in->statuses, st) < 0 || map_put(map, (uint64_t)id, at) < 0)
		return no_memory(s);
	*out = &s->in->statuses.at[at];
	return 0;
}

/* What a status says of the thread it speaks of. */
static int thread_status(struct scan *s, int64_t m, const struct initial_status *by)
{
	bool is_g = by->resource == RESOURCE_GOROUTINE, in_syscall = is_g && by->in_syscall;
	int64_t g = is_g ? by->id : NO_ID, p = is_g ? NO_ID : by->id;
	uint32_t at = map_get(&s->in->of_m, (uint64_t)m);
	struct initial_status *st;

	if (m == NO_ID)
		return 0;
	if (at == MAP_NONE) {
		if (status_of(s, RESOURCE_THREAD, m, by->clock, &st) < 0)
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

static int see_proc(struct scan *s, const struct raw *c)
{
	int64_t id = (int64_t)c->args[0];
	uint8_t status = (uint8_t)c->args[1];
	bool is_bound = status == P_RUNNING || status == P_SYSCALL;
	struct initial_status *st, copy;

	if (status >= P_N_STATUSES)
		return 0;
	if (is_bound)
		s->cur_p = id;
	if (status_of(s, RESOURCE_PROC, id, c->ticks, &st) < 0)
		return -1;
	if (!st)
		return 0;
	st->state = sched_proc_state[status];
	st->in_syscall = status == P_SYSCALL;
	st->m = is_bound ? s->m : NO_ID;
	copy = *st; /* the table may move */
	return thread_status(s, copy.m, &copy);
}

/* A stack that belongs to a goroutine: its outermost function is the one it started with. */
static int see_stack(struct scan *s, int64_t g, uint64_t stack_id, bool is_status)
{
	uint32_t at = map_get(&s->in->of_g, (uint64_t)g), index;
	const struct generation_frame *outer;
	const struct generation_stack *stack;
	struct initial_status *st;

	if (at == MAP_NONE)
		return 0;
	st = &s->in->statuses.at[at];
	if (st->start_func != 0 && !is_status)
		return 0;
	index = generation_find_stack(s->g, stack_id);
	if (index == 0 || index == INDEX_NONE)
		return 0;
	if (is_status && st->stack == 0 &&
		wide_stack(s->g, s->strings, s->stacks, stack_id, &st->stack, s->e) < 0)
		return -1;
	stack = &s->g->stacks.at[index - 1];
	if (stack->n == 0 || st->start_func != 0)
		return 0;
	outer = &s->g->frames.at[s->g->pcs.at[stack->first + stack->n - 1]];
	if (wide_string(s->g, s->strings, outer->func, &st->start_func, s->e) < 0)
		return -1;
	s->n_nameless -= st->start_func != 0;
	return 0;
}

static int see_goroutine(struct scan *s, const struct raw *c)
{
	int64_t id = (int64_t)c->args[0], m = (int64_t)c->args[1];
	bool is_new = map_get(&s->in->of_g, c->args[0]) == MAP_NONE;
	uint8_t status = (uint8_t)c->args[2];
	struct initial_status *st, copy;

	if (status >= G_N_STATUSES)
		return 0;
	if (status == G_RUNNING)
		m = s->m;
	else if (status != G_SYSCALL)
		m = NO_ID;
	if (status_of(s, RESOURCE_GOROUTINE, id, c->ticks, &st) < 0)
		return -1;
	s->n_nameless += is_new;
	s->max_known = id > s->max_known ? id : s->max_known;
	if (st) {
		st->state = sched_go_state[status];
		st->in_syscall = status == G_SYSCALL;
		st->m = m;
		st->p = m == s->m ? s->cur_p : NO_ID;
		copy = *st; /* the table may move */
		if (thread_status(s, m, &copy) < 0)
			return -1;
	}
	return c->type == EV_GO_STATUS_STACK ? see_stack(s, id, c->args[3], true) : 0;
}

/* First look: status records. */
static int see_status(struct scan *s, const struct raw *c)
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
	default: /* a creation */
		if ((int64_t)c->args[0] < s->min_created)
			s->min_created = (int64_t)c->args[0];
		return 0;
	}
}

/* Second look, where the first may have found what was created: is there an earlier creation? */
static int see_create(struct scan *s, const struct raw *c)
{
	uint32_t at = map_get(&s->in->of_g, c->args[0]);

	if (at != MAP_NONE && c->ticks <= s->in->statuses.at[at].clock)
		s->in->statuses.at[at].resource = RESOURCE_NONE; /* taken out at the end */
	return 0;
}

/* Third look, while goroutines without a name are left: 1 when there are none. */
static int see_running(struct scan *s, const struct raw *c)
{
	int64_t g = s->cur_g;

	switch (c->type) {
	case EV_GO_START:
	case EV_GO_SWITCH:
	case EV_GO_SWITCH_DESTROY:
	case EV_GO_CREATE_SYSCALL:
		s->cur_g = (int64_t)c->args[0];
		return 0;
	case EV_GO_STATUS:
	case EV_GO_STATUS_STACK:
		if ((uint8_t)c->args[2] == G_RUNNING ||
			((uint8_t)c->args[2] == G_SYSCALL && (int64_t)c->args[1] == s->m))
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
	if (g != NO_ID && spec_table[c->type].stack != 0 &&
		see_stack(s, g, c->args[spec_table[c->type].stack - 1], false) < 0)
		return -1;
	return s->n_nameless == 0;
}

/* Show the wanted events of all threads to `see`, until it says 1 or -1. */
static int look(
	struct scan *s, const bool wanted[256], int (*see)(struct scan *s, const struct raw *c))
{
	struct decoder d;
	struct raw raw;
	size_t i;
	int n = 0;

	for (i = 0; i < s->g->threads.n && n == 0; i++) {
		uint32_t at;

		decoder_init(&d, s->g, i);
		s->m = d.m;
		at = map_get(&s->in->of_m, (uint64_t)d.m);
		s->cur_g = at == MAP_NONE ? NO_ID : s->in->statuses.at[at].g;
		s->cur_p = NO_ID;
		while (n == 0 && decoder_scan(&d, s->g, wanted, &raw, NULL) > 0)
			n = see(s, &raw);
	}
	return n < 0 ? -1 : 0;
}

static int look_for_statuses(struct scan *s)
{
	static const bool wanted[256] = {
		[EV_PROC_STATUS] = true,
		[EV_PROC_START] = true,
		[EV_PROC_STOP] = true,
		[EV_GO_STATUS] = true,
		[EV_GO_STATUS_STACK] = true,
		[EV_GO_CREATE] = true,
		[EV_GO_CREATE_BLOCKED] = true,
		[EV_GO_CREATE_SYSCALL] = true,
	};

	return look(s, wanted, see_status);
}

static int look_for_creations(struct scan *s)
{
	static const bool wanted[256] = {
		[EV_GO_CREATE] = true,
		[EV_GO_CREATE_BLOCKED] = true,
		[EV_GO_CREATE_SYSCALL] = true,
	};

	return s->min_created > s->max_known ? 0 : look(s, wanted, see_create);
}

static int look_for_names(struct scan *s)
{
	bool wanted[256] = {
		[EV_GO_START] = true,
		[EV_GO_SWITCH] = true,
		[EV_GO_SWITCH_DESTROY] = true,
		[EV_GO_CREATE_SYSCALL] = true,
		[EV_GO_STATUS] = true,
		[EV_GO_DESTROY] = true,
		[EV_GO_DESTROY_SYSCALL] = true,
		[EV_GO_SYSCALL_END_BLOCKED] = true,
	};
	size_t i;

	for (i = 0; i < s->g->samples.n && s->n_nameless > 0; i++) {
		const struct generation_sample *sm = &s->g->samples.at[i];

		if (see_stack(s, sm->g, sm->stack_id, false) < 0)
			return -1;
	}
	for (i = 0; i < 256; i++)
		wanted[i] |= spec_table[i].stack != 0;
	return s->n_nameless == 0 ? 0 : look(s, wanted, see_running);
}

static int compare(const void *a, const void *b)
{
	const struct initial_status *x = a, *y = b;

	if (x->resource != y->resource)
		return x->resource < y->resource ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

bool initial_is_system(const struct intern *strings, uint32_t func)
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
			initial_is_system(s->strings, st->start_func);
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
	struct scan s = {.in = in,
		.g = g,
		.strings = strings,
		.stacks = stacks,
		.e = e,
		.min_created = INT64_MAX,
		.max_known = INT64_MIN};

	initial_reset(in);
	if (look_for_statuses(&s) < 0 || look_for_creations(&s) < 0 || look_for_names(&s) < 0)
		return -1;
	finish(&s);
	return 0;
}
