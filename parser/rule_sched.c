#include "parser/rule_sched.h"

#include "parser/rule.h"

/* ---- procs ---- */

int rule_proc_status(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	int64_t id = (int64_t)raw->args[0];
	uint8_t status = (uint8_t)raw->args[1]; /* as Go cuts it */
	struct sched_p *p = sched_find_p(&o->sched, id);
	const struct sched_m *bound;
	unsigned from, to;
	size_t n_tried;

	if (status >= P_N_STATUSES)
		return rule_broken(o, raw, m, ev, "invalid status of a proc");
	from = to = sched_proc_state[status];
	if (p && status == P_ABANDONED && p->status == P_SYSCALL)
		from = to = PROC_RUNNING; /* what it lost is known here */
	else if (p && p->status != status)
		return rule_broken(o, raw, m, ev, "inconsistent status of a proc");
	if (!p) {
		from = o->gen->number == o->first_gen ? PROC_UNDETERMINED : PROC_NOT_EXIST;
		p = sched_add_p(&o->sched, id, (enum p_status)status, o->gen->number, &o->failed);
		if (!p)
			return BROKEN;
	}
	p->seq_gen = o->gen->number;
	p->seq = 0;
	if (status == P_RUNNING || status == P_SYSCALL)
		enter_p(m, p);
	if (status == P_ABANDONED && from == PROC_RUNNING) {
		/* Reported by a thread it is not on: show the one it is bound to. */
		bound = sched_m_with_p(&o->sched, id, &n_tried);
		if (rule_spend(o, n_tried) < 0)
			return BROKEN;
		if (!bound)
			return rule_broken(
				o, raw, m, ev, "no thread has the proc that is about to be stolen");
		ev->m = bound->id;
		ev->p = id;
		ev->g = bound->g;
	}
	transition(ev, RESOURCE_PROC, id, from, to);
	return ADVANCED;
}

int rule_proc_start(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	int64_t id = (int64_t)raw->args[0];
	struct sched_p *p = sched_find_p(&o->sched, id);

	if (!p || p->status != P_IDLE || !sched_follows(p, o->gen->number, raw->args[1]) ||
		ev->p != NO_ID)
		return NOT_YET;
	if (rule_context(o, raw, m, ev, NEED_NOP) < 0)
		return BROKEN;
	p->status = P_RUNNING;
	p->seq++;
	enter_p(m, p);
	transition(ev, RESOURCE_PROC, id, PROC_IDLE, PROC_RUNNING);
	return ADVANCED;
}

int rule_proc_stop(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	struct sched_p *p = sched_p_of(&o->sched, m);

	if (!p)
		return rule_broken(o, raw, m, ev, "the proc does not exist");
	if (p->status != P_RUNNING && p->status != P_SYSCALL)
		return rule_broken(o, raw, m, ev, "the proc is not running");
	if (rule_context(o, raw, m, ev, NEED_P) < 0)
		return BROKEN;
	p->status = P_IDLE;
	leave_p(m);
	transition(ev, RESOURCE_PROC, ev->p, PROC_RUNNING, PROC_IDLE);
	return ADVANCED;
}

/* Another thread, or this one, takes a P away from a system call. */
int rule_proc_steal(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	int64_t id = (int64_t)raw->args[0], from_m = (int64_t)raw->args[2];
	struct sched_p *p = sched_find_p(&o->sched, id);
	struct sched_m *from;
	bool was_lost;

	if (!p || (p->status != P_SYSCALL && p->status != P_ABANDONED) ||
		!sched_follows(p, o->gen->number, raw->args[1]))
		return NOT_YET;
	if (rule_context(o, raw, m, ev, 0) < 0)
		return BROKEN;
	was_lost = p->status == P_ABANDONED;
	if (!was_lost) { /* else its thread may have moved on: leave it alone */
		from = from_m == ev->m ? m : sched_find_m(&o->sched, from_m);
		if (from == m && m->p != id)
			return rule_broken(
				o, raw, m, ev, "the thread has another proc than the one it stops");
		if (!from || from->p != id)
			return rule_broken(
				o, raw, m, ev, "the proc is not on the thread it is stolen from");
		from->p = NO_ID;
	}
	p->status = P_IDLE;
	p->seq++;
	transition(ev, RESOURCE_PROC, id, was_lost ? PROC_IDLE : PROC_RUNNING, PROC_IDLE);
	return ADVANCED;
}

/* ---- goroutines ---- */

/* A status may speak of a goroutine that sits in a system call on another thread. */
static int status_in_syscall(struct order *o, const struct raw *raw, struct sched_m *m,
	struct event *ev, struct sched_g *g)
{
	int64_t mid = (int64_t)raw->args[1];
	struct sched_m *on;

	if (mid == NO_ID)
		return rule_broken(o, raw, m, ev, "a goroutine in a system call without a thread");
	if (mid == ev->m) {
		if (o->gen->number != o->first_gen && ev->g != g->id)
			return rule_broken(o, raw, m, ev, "the thread has another goroutine");
		enter_g(m, g);
		return ADVANCED;
	}
	on = sched_find_m(&o->sched, mid);
	if (on && on->g != g->id)
		return rule_broken(o, raw, m, ev, "the thread has another goroutine");
	if (on) {
		ev->g = on->g;
	} else {
		on = sched_add_m(&o->sched, mid, &o->failed);
		if (!on)
			return BROKEN;
		on->g = g->id;
		on->g_rec = g;
	}
	ev->m = mid;
	return ADVANCED;
}

int rule_go_status(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	int64_t id = (int64_t)raw->args[0];
	uint8_t status = (uint8_t)raw->args[2]; /* as Go cuts it */
	struct sched_g *g = sched_find_g(&o->sched, id);
	unsigned from;

	if (status >= G_N_STATUSES)
		return rule_broken(o, raw, m, ev, "invalid status of a goroutine");
	from = sched_go_state[status];
	if (g && g->status != status)
		return rule_broken(o, raw, m, ev, "inconsistent status of a goroutine");
	if (!g) {
		if (o->gen->number != o->first_gen && !o->takes_new_g)
			return rule_broken(
				o, raw, m, ev, "a new goroutine after the first generation");
		from = GO_UNDETERMINED;
		g = sched_add_g(&o->sched, id, (enum g_status)status, o->gen->number, &o->failed);
		if (!g)
			return BROKEN;
	}
	g->seq_gen = o->gen->number;
	g->seq = 0;
	if (status == G_RUNNING)
		enter_g(m, g);
	else if (status == G_SYSCALL && status_in_syscall(o, raw, m, ev, g) < 0)
		return BROKEN;
	transition(ev, RESOURCE_GOROUTINE, id, from, sched_go_state[status]);
	return raw->type == EV_GO_STATUS_STACK ? own_stack(o, raw, m, ev, 3) : ADVANCED;
}

int rule_go_create(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	bool is_blocked = raw->type == EV_GO_CREATE_BLOCKED;
	int64_t id = (int64_t)raw->args[0];
	struct sched_g *g;

	if (rule_context(o, raw, m, ev, NEED_P) < 0)
		return BROKEN;
	g = sched_g_of(&o->sched, m);
	if (g && g->status != G_RUNNING)
		return rule_broken(o, raw, m, ev, "the creator is not running");
	if (sched_find_g(&o->sched, id))
		return rule_broken(
			o, raw, m, ev, "tried to create a goroutine that already exists");
	if (!sched_add_g(
		    &o->sched, id, is_blocked ? G_WAITING : G_RUNNABLE, o->gen->number, &o->failed))
		return BROKEN;
	transition(ev, RESOURCE_GOROUTINE, id, GO_NOT_EXIST, is_blocked ? GO_WAITING : GO_RUNNABLE);
	ev->transition.has_stack = true; /* even where it is empty */
	if (stack_arg(o, raw, m, ev, 1, &ev->transition.stack) < 0)
		return BROKEN;
	return stack_arg(o, raw, m, ev, 2, &ev->stack);
}

/* A C thread calls into Go: the goroutine appears inside a system call. */
int rule_go_create_syscall(
	struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	int64_t id = (int64_t)raw->args[0];
	struct sched_g *g;

	if (rule_context(o, raw, m, ev, NEED_NOG) < 0)
		return BROKEN;
	if (sched_find_g(&o->sched, id))
		return rule_broken(
			o, raw, m, ev, "tried to create a goroutine that already exists");
	g = sched_add_g(&o->sched, id, G_SYSCALL, o->gen->number, &o->failed);
	if (!g)
		return BROKEN;
	enter_g(m, g);
	transition(ev, RESOURCE_GOROUTINE, id, GO_NOT_EXIST, GO_SYSCALL);
	return ADVANCED;
}

int rule_go_start(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	int64_t id = (int64_t)raw->args[0];
	struct sched_g *g = sched_find_g(&o->sched, id);

	if (!g || g->status != G_RUNNABLE || !sched_follows(g, o->gen->number, raw->args[1]))
		return NOT_YET;
	if (rule_context(o, raw, m, ev, NEED_P | NEED_NOG) < 0)
		return BROKEN;
	g->status = G_RUNNING;
	g->seq++;
	enter_g(m, g);
	transition(ev, RESOURCE_GOROUTINE, id, GO_RUNNABLE, GO_RUNNING);
	return ADVANCED;
}

/* GoDestroy, GoStop, GoBlock: the running goroutine leaves its thread. */
int rule_go_stop(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	struct sched_g *g = g_in(o, raw, m, ev, NEED_PG, G_RUNNING);
	unsigned to;

	if (!g)
		return BROKEN;
	leave_g(m);
	if (raw->type == EV_GO_DESTROY) {
		sched_remove_g(&o->sched, g);
		transition(ev, RESOURCE_GOROUTINE, ev->g, GO_RUNNING, GO_NOT_EXIST);
		return ADVANCED;
	}
	g->status = raw->type == EV_GO_STOP ? G_RUNNABLE : G_WAITING;
	to = sched_go_state[g->status];
	transition(ev, RESOURCE_GOROUTINE, ev->g, GO_RUNNING, to);
	if (string_arg(o, raw, m, ev, 0, &ev->transition.reason) < 0)
		return BROKEN;
	return own_stack(o, raw, m, ev, 1);
}

int rule_go_unblock(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	int64_t id = (int64_t)raw->args[0];
	struct sched_g *g = sched_find_g(&o->sched, id);

	if (!g || g->status != G_WAITING || !sched_follows(g, o->gen->number, raw->args[1]))
		return NOT_YET;
	g->status = G_RUNNABLE;
	g->seq++;
	transition(ev, RESOURCE_GOROUTINE, id, GO_WAITING, GO_RUNNABLE);
	return stack_arg(o, raw, m, ev, 2, &ev->stack);
}

/* Coroutine switch: unblock the next goroutine, block or end this one, start the next. */
int rule_go_switch(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	struct sched_g *g = g_in(o, raw, m, ev, NEED_PG, G_RUNNING), *next;
	int64_t id = (int64_t)raw->args[0];
	bool ends = raw->type == EV_GO_SWITCH_DESTROY;
	struct event *also;

	if (!g)
		return BROKEN;
	next = sched_find_g(&o->sched, id);
	if (!next || next->status != G_WAITING ||
		!sched_follows(next, o->gen->number, raw->args[1]))
		return NOT_YET;
	transition(ev, RESOURCE_GOROUTINE, id, GO_WAITING, GO_RUNNABLE);
	also = rule_also(raw, ev, 1, ends ? EV_GO_DESTROY : EV_GO_BLOCK);
	transition(also, RESOURCE_GOROUTINE, ev->g, GO_RUNNING, ends ? GO_NOT_EXIST : GO_WAITING);
	if (ends)
		sched_remove_g(&o->sched, g);
	else
		g->status = G_WAITING;
	next->status = G_RUNNING;
	next->seq++;
	enter_g(m, next);
	also = rule_also(raw, ev, 2, EV_GO_START);
	also->g = NO_ID;
	transition(also, RESOURCE_GOROUTINE, id, GO_RUNNABLE, GO_RUNNING);
	return 3;
}

int rule_syscall_begin(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	struct sched_g *g = g_in(o, raw, m, ev, NEED_PG, G_RUNNING);
	struct sched_p *p;

	if (!g)
		return BROKEN;
	p = sched_p_of(&o->sched, m);
	if (!p)
		return rule_broken(o, raw, m, ev, "the proc does not exist");
	if (!sched_follows(p, o->gen->number, raw->args[0]))
		return rule_broken(o, raw, m, ev, "the proc's sequence number does not follow");
	g->status = G_SYSCALL;
	p->status = P_SYSCALL;
	p->seq++;
	transition(ev, RESOURCE_GOROUTINE, ev->g, GO_RUNNING, GO_SYSCALL);
	return own_stack(o, raw, m, ev, 1);
}

int rule_syscall_end(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	struct sched_g *g = g_in(o, raw, m, ev, NEED_PG, G_SYSCALL);
	struct sched_p *p;

	if (!g)
		return BROKEN;
	p = sched_p_of(&o->sched, m);
	if (!p || p->status != P_SYSCALL)
		return rule_broken(o, raw, m, ev, "the proc is not in a system call");
	g->status = G_RUNNING;
	p->status = P_RUNNING;
	transition(ev, RESOURCE_GOROUTINE, ev->g, GO_SYSCALL, GO_RUNNING);
	return ADVANCED;
}

/* Waits until the P is gone: by ProcStop here or ProcSteal elsewhere. */
int rule_syscall_end_blocked(
	struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	struct sched_g *g;

	if (ev->p != NO_ID) {
		const struct sched_p *p = sched_p_of(&o->sched, m);

		if (!p)
			return rule_broken(o, raw, m, ev, "the proc does not exist");
		if (p->status == P_SYSCALL)
			return NOT_YET;
	}
	g = g_in(o, raw, m, ev, NEED_G, G_SYSCALL);
	if (!g)
		return BROKEN;
	g->status = G_RUNNABLE;
	leave_g(m);
	transition(ev, RESOURCE_GOROUTINE, ev->g, GO_SYSCALL, GO_RUNNABLE);
	return ADVANCED;
}

/* The C thread returns from Go. Its P, if it still has one, is as good as stolen: the thread's
 * number may be used again by the system. */
int rule_go_destroy_syscall(
	struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev)
{
	struct sched_g *g = g_in(o, raw, m, ev, NEED_G, G_SYSCALL);
	struct event *last = ev;
	int n = 1;

	if (!g)
		return BROKEN;
	sched_remove_g(&o->sched, g);
	leave_g(m);
	if (ev->p != NO_ID) {
		struct sched_p *p = sched_p_of(&o->sched, m);

		if (!p || p->status != P_SYSCALL)
			return rule_broken(o, raw, m, ev, "the proc is not in a system call");
		p->status = P_ABANDONED;
		leave_p(m);
		transition(ev, RESOURCE_PROC, ev->p, PROC_RUNNING, PROC_IDLE);
		ev->type = EV_PROC_STEAL;
		last = rule_also(raw, ev, 1, raw->type);
		n = 2;
	}
	transition(last, RESOURCE_GOROUTINE, ev->g, GO_SYSCALL, GO_NOT_EXIST);
	return n;
}
