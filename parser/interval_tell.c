#include "parser/interval_tell.h"

#include <string.h>

#include "parser/legacy_spec.h"
#include "parser/trace.h"

/* Where the event at hand happened. In Go 1.11 to 1.21, what belongs to no proc lies on one that is none. */
static int64_t proc_of_event(const struct interval *iv)
{
	int64_t p = iv->ev->p;

	return p >= LEGACY_TIMER_P && lanes_find_proc(&iv->lanes, p) == NO_LANE ? NO_ID : p;
}

struct change *add_change(
	struct interval *iv, enum change_kind kind, enum lane_kind lane, uint32_t slot)
{
	const struct event *ev = iv->ev;
	struct change *c = &iv->queue[iv->queue_n++];
	uint64_t id = 0;

	if (lane == LANE_GOROUTINE)
		id = iv->lanes.goroutines.at[slot].id;
	else if (lane == LANE_PROC)
		id = (uint64_t)iv->lanes.procs.at[slot].id;
	else if (lane == LANE_THREAD)
		id = (uint64_t)iv->lanes.threads.at[slot].id;

	/* Field by field: this runs twice per event, and most changes need the first half only. */
	c->kind = (uint8_t)kind;
	c->lane = (uint8_t)lane;
	c->state = STATE_NONE;
	c->range = RANGE_OTHER;
	c->metric = 0;
	c->follows = 0;
	c->flag = false;
	c->has_wall = false;
	c->reason = 0;
	c->slot = slot;
	c->id = id;
	c->ticks = ev->clock;
	c->clock_ns = ev->clock_ns;
	c->time_ns = ev->time;
	c->stack = 0;
	c->g = ev->g == NO_ID ? 0 : (uint64_t)ev->g;
	c->p = proc_of_event(iv);
	c->m = ev->m;
	if (kind != CHANGE_STATE)
		memset(&c->text, 0, sizeof(*c) - offsetof(struct change, text));
	return c;
}

/* The state of a waiting goroutine, looked up once per reason. */
static enum state waiting_state(struct interval *iv, uint32_t reason)
{
	const char *text;
	size_t n;

	if (reason >= iv->reason_state.n) {
		if (vec_reserve(&iv->reason_state, (size_t)reason + 1) < 0) {
			iv->out_of_memory = true;
			return STATE_OTHER;
		}
		memset(iv->reason_state.at + iv->reason_state.n, 0,
			(size_t)reason + 1 - iv->reason_state.n);
		iv->reason_state.n = (size_t)reason + 1;
	}
	if (iv->reason_state.at[reason] == 0) {
		text = trace_string(iv->tr, reason, &n);
		iv->reason_state.at[reason] = (uint8_t)state_of_reason(text, n);
	}
	return iv->reason_state.at[reason];
}

static enum state goroutine_state(
	struct interval *iv, const struct goroutine_lane *g, uint32_t reason)
{
	switch (g->go) {
	case GO_RUNNING:
		if (g->in_assist)
			return STATE_ASSIST;
		return g->in_gc ? STATE_GC : STATE_RUNNING;
	case GO_RUNNABLE:
		return STATE_RUNNABLE;
	case GO_SYSCALL:
		return STATE_SYSCALL;
	case GO_WAITING:
		return waiting_state(iv, reason);
	default:
		return STATE_UNKNOWN;
	}
}

/* A gap must leave the lane. */
static void enlist(struct interval *iv, enum lane_kind lane, uint32_t i, bool *is_lively)
{
	if (*is_lively)
		return;
	if (vec_push(&iv->lively[lane], i) < 0)
		iv->out_of_memory = true;
	*is_lively = true;
}

void tell_goroutine(
	struct interval *iv, uint32_t i, uint32_t reason, uint32_t stack, uint64_t waker)
{
	struct goroutine_lane *g = &iv->lanes.goroutines.at[i];
	enum state state = goroutine_state(iv, g, reason);
	int64_t p = proc_of_event(iv), m = iv->ev->m;
	const struct thread_lane *on;
	struct change *c;

	if (g->thread != NO_LANE) {
		on = &iv->lanes.threads.at[g->thread];
		m = on->id;
		p = on->proc == NO_LANE ? NO_ID : iv->lanes.procs.at[on->proc].id;
	}
	if (g->state == state && g->reason == reason && g->waker == waker && g->p == p && g->m == m)
		return;
	g->state = (uint8_t)state;
	g->reason = reason;
	g->waker = waker;
	g->p = p;
	g->m = m;
	enlist(iv, LANE_GOROUTINE, i, &g->is_lively);
	c = add_change(iv, CHANGE_STATE, LANE_GOROUTINE, i);
	c->state = (uint8_t)state;
	c->reason = reason;
	c->stack = stack;
	c->g = waker;
	c->p = p;
	c->m = m;
}

/* Is it told with the goroutine's change before it? Order is kept: nothing follows over another change. */
static bool follows(struct interval *iv, enum lane_kind lane, enum state state, uint64_t g,
	int64_t p, int64_t m)
{
	struct change *c = iv->queue_n ? &iv->queue[iv->queue_n - 1] : NULL;
	uint64_t follower_g;

	if (!c || c->lane != LANE_GOROUTINE || c->p != p || c->m != m ||
		(c->kind != CHANGE_STATE && c->kind != CHANGE_GONE) ||
		c->follows >= (lane == LANE_PROC ? FOLLOWS_PROC : FOLLOWS_THREAD) ||
		change_follower(c, lane, &follower_g) != state || follower_g != g)
		return false;
	c->follows |= lane == LANE_PROC ? FOLLOWS_PROC : FOLLOWS_THREAD;
	return true;
}

void tell_proc(struct interval *iv, uint32_t i)
{
	struct proc_lane *p = &iv->lanes.procs.at[i];
	int64_t m = p->thread == NO_LANE ? NO_ID : iv->lanes.threads.at[p->thread].id;
	uint64_t g;
	enum state state = lanes_proc_state(&iv->lanes, i, &g);
	struct change *c;

	if (state == STATE_NONE)
		m = NO_ID;
	if (p->state == state && p->g == g && p->m == m)
		return;
	p->state = (uint8_t)state;
	p->g = g;
	p->m = m;
	enlist(iv, LANE_PROC, i, &p->is_lively);
	if (follows(iv, LANE_PROC, state, g, p->id, m))
		return;
	c = add_change(iv, CHANGE_STATE, LANE_PROC, i);
	c->state = (uint8_t)state;
	c->g = g;
	c->p = p->id;
	c->m = m;
}

void tell_thread(struct interval *iv, uint32_t i)
{
	struct thread_lane *t = &iv->lanes.threads.at[i];
	int64_t p = t->proc == NO_LANE ? NO_ID : iv->lanes.procs.at[t->proc].id;
	uint64_t g;
	enum state state = lanes_thread_state(&iv->lanes, i, &g);
	struct change *c;

	if (t->state == state && t->g == g && t->p == p)
		return;
	t->state = (uint8_t)state;
	t->g = g;
	t->p = p;
	enlist(iv, LANE_THREAD, i, &t->is_lively);
	if (follows(iv, LANE_THREAD, state, g, p, t->id))
		return;
	c = add_change(iv, CHANGE_STATE, LANE_THREAD, i);
	c->state = (uint8_t)state;
	c->g = g;
	c->p = p;
	c->m = t->id;
}

void tell_thread_and_proc(struct interval *iv, uint32_t thread)
{
	if (thread == NO_LANE)
		return;
	if (iv->lanes.threads.at[thread].proc != NO_LANE)
		tell_proc(iv, iv->lanes.threads.at[thread].proc);
	tell_thread(iv, thread);
}
