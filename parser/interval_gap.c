#include "parser/interval_gap.h"

#include "parser/interval_tell.h"

void gap_begin(struct interval *iv)
{
	iv->sync = *iv->ev;
	iv->ev = &iv->last;
	iv->last = (struct event){.clock = iv->before.clock,
		.clock_ns = iv->before.clock_ns,
		.time = iv->before.time_ns,
		.g = NO_ID,
		.p = NO_ID,
		.m = NO_ID};
	iv->gap = GAP_LEAVING;
	iv->gap_at = 0;
	if (iv->gc_active)
		add_change(iv, CHANGE_RANGE_END, LANE_TRACE, 0)->range = RANGE_GC;
	iv->gc_active = false;
	if (iv->stw_active) {
		struct change *c = add_change(iv, CHANGE_RANGE_END, LANE_TRACE, 0);

		c->range = RANGE_STW;
		c->text = iv->stw_reason;
		c->g = iv->stw_g;
	}
	iv->stw_active = false;
}

static void leave_goroutine(struct interval *iv, uint32_t i)
{
	struct goroutine_lane *g = &iv->lanes.goroutines.at[i];

	if (g->go == GO_NOT_EXIST)
		return;
	if (g->in_assist)
		add_change(iv, CHANGE_RANGE_END, LANE_GOROUTINE, i)->range = RANGE_ASSIST;
	g->in_assist = g->in_gc = false;
	g->go = GO_UNDETERMINED;
	lanes_unbind_goroutine(&iv->lanes, i);
	tell_goroutine(iv, i, 0, 0, 0);
}

static void leave_proc(struct interval *iv, uint32_t i)
{
	struct proc_lane *p = &iv->lanes.procs.at[i];

	if (p->in_sweep)
		add_change(iv, CHANGE_RANGE_END, LANE_PROC, i)->range = RANGE_SWEEP;
	p->in_sweep = p->running = p->held = false;
	lanes_unbind_proc(&iv->lanes, i);
	tell_proc(iv, i);
}

bool gap_leave(struct interval *iv)
{
	size_t n_g = iv->lanes.goroutines.n, n_p = iv->lanes.procs.n, at = iv->gap_at++;

	if (at < n_g) {
		leave_goroutine(iv, (uint32_t)at);
	} else if (at - n_g < n_p) {
		leave_proc(iv, (uint32_t)(at - n_g));
	} else if (at - n_g - n_p < iv->lanes.threads.n) {
		tell_thread(iv, (uint32_t)(at - n_g - n_p));
	} else {
		iv->last = iv->sync;
		iv->gap = GAP_TAKING_UP;
		iv->gap_at = 0;
		return false;
	}
	return true;
}

bool gap_bury(struct interval *iv)
{
	size_t i = iv->gap_at++;
	struct goroutine_lane *g;

	if (i >= iv->lanes.goroutines.n || iv->sync.sync.is_doubtful) {
		iv->gap = GAP_NONE;
		return false;
	}
	g = &iv->lanes.goroutines.at[i];
	if (g->go != GO_UNDETERMINED)
		return true;
	iv->last.g = iv->last.p = iv->last.m = NO_ID;
	g->go = GO_NOT_EXIST;
	add_change(iv, CHANGE_GONE, LANE_GOROUTINE, (uint32_t)i);
	lanes_remove_goroutine(&iv->lanes, (uint32_t)i);
	return true;
}
