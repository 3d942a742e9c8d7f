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
	iv->gap_lane = 0;
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
	if (vec_push(&iv->left, i) < 0)
		iv->out_of_memory = true;
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

/* It is off the list from now on. */
static void leave_lane(struct interval *iv, enum lane_kind lane, uint32_t i)
{
	if (lane == LANE_GOROUTINE) {
		leave_goroutine(iv, i);
		iv->lanes.goroutines.at[i].is_lively = false;
	} else if (lane == LANE_PROC) {
		leave_proc(iv, i);
		iv->lanes.procs.at[i].is_lively = false;
	} else {
		tell_thread(iv, i);
		iv->lanes.threads.at[i].is_lively = false;
	}
}

bool gap_leave(struct interval *iv)
{
	while (iv->gap_lane < N_LANES && iv->gap_at == iv->lively[iv->gap_lane].n) {
		iv->lively[iv->gap_lane++].n = 0;
		iv->gap_at = 0;
	}
	if (iv->gap_lane < N_LANES) {
		leave_lane(
			iv, (enum lane_kind)iv->gap_lane, iv->lively[iv->gap_lane].at[iv->gap_at]);
		iv->gap_at++;
		return true;
	}
	iv->last = iv->sync;
	iv->gap = GAP_TAKING_UP;
	iv->gap_at = 0;
	return false;
}

bool gap_bury(struct interval *iv)
{
	struct goroutine_lane *g;
	uint32_t i;

	/* A damaged generation need not list all that live: they wait for the next gap. */
	if (iv->sync.sync.is_doubtful || iv->gap_at == iv->left.n) {
		if (!iv->sync.sync.is_doubtful)
			iv->left.n = 0;
		iv->gap = GAP_NONE;
		return false;
	}
	i = iv->left.at[iv->gap_at++];
	g = &iv->lanes.goroutines.at[i];
	if (g->go != GO_UNDETERMINED)
		return true;
	iv->last.g = iv->last.p = iv->last.m = NO_ID;
	g->go = GO_NOT_EXIST;
	add_change(iv, CHANGE_GONE, LANE_GOROUTINE, i);
	lanes_remove_goroutine(&iv->lanes, i);
	return true;
}
