#include "parser/presume.h"

#include "parser/rule.h"

/* Does the thread have records that are still to come? */
static bool has_records(const struct order *o, const struct sched_m *m)
{
	const struct frontier *f = &o->frontier;
	size_t i;

	for (i = 0; i < f->heap.n; i++) {
		if (f->cursors.at[f->heap.at[i].value].decoder.m == m->id)
			return true;
	}
	return false;
}

static bool has(const struct sched_m *m, int64_t g, int64_t p)
{
	return (g != NO_ID && m->g == g) || (p != NO_ID && m->p == p);
}

/* Take a goroutine or proc (NO_ID: none) off the threads that have it: ADVANCED; NOT_YET where one of
 * them is not at its end; BROKEN where that was tried too often. */
static int take_off(struct order *o, int64_t g, int64_t p)
{
	size_t i, n = o->sched.ms.n;

	if (rule_spend(o, n) < 0)
		return BROKEN;
	for (i = 0; i < n; i++) {
		const struct sched_m *m = paged_at(&o->sched.ms, i, sizeof(*m));

		if (!has(m, g, p))
			continue;
		if (rule_spend(o, o->frontier.heap.n) < 0)
			return BROKEN;
		if (has_records(o, m))
			return NOT_YET;
	}
	for (i = 0; i < n; i++) {
		struct sched_m *m = paged_at(&o->sched.ms, i, sizeof(*m));

		if (g != NO_ID && m->g == g)
			m->g = NO_ID;
		if (p != NO_ID && m->p == p)
			m->p = NO_ID;
	}
	return ADVANCED;
}

/* The goroutine in that status, one before that number. */
static int presume_g(struct order *o, const struct raw *raw, enum g_status status)
{
	int64_t id = (int64_t)raw->args[0];
	uint64_t seq = raw->args[1], gen = o->gen->number;
	struct sched_g *g = sched_find_g(&o->sched, id);
	int rc;

	if (id == NO_ID || seq == 0 || (g && g->seq_gen == gen && seq <= g->seq))
		return NOT_YET;
	rc = take_off(o, id, NO_ID);
	if (rc != ADVANCED)
		return rc;
	if (!g)
		g = sched_add_g(&o->sched, id, status, gen, &o->failed);
	if (!g)
		return BROKEN;
	g->status = (uint8_t)status;
	g->seq_gen = gen;
	g->seq = seq - 1;
	return ADVANCED;
}

/* A range ends that never began, or begins while it is under way: the other end of it is lost. */
static int presume_range(struct order *o, struct sched_ranges *r, const struct raw *raw)
{
	struct sched_range range = {.begin = spec_table[raw->type].start};
	uint64_t reason;

	if (range.begin != 0)
		return sched_add_range(&o->sched, r, range, &o->failed) < 0 ? BROKEN : ADVANCED;
	return sched_take_range(r, raw->type, &reason) ? ADVANCED : NOT_YET;
}

/* The goroutine that runs on the record's thread, NULL where none does. */
static struct sched_g *running(struct order *o, const struct sched_m *m)
{
	return m->g != NO_ID && m->p != NO_ID ? sched_g_of(&o->sched, m) : NULL;
}

static int presume_range_of_g(struct order *o, const struct raw *raw, struct sched_m *m)
{
	struct sched_g *g = running(o, m);

	return g ? presume_range(o, &g->ranges, raw) : NOT_YET;
}

/* A region ends that is not the innermost: ends of others, or its begin, are lost. */
static int presume_regions(struct order *o, const struct sched_m *m)
{
	struct sched_g *g = running(o, m);

	if (!g || g->regions.n == 0)
		return NOT_YET;
	g->regions.n = 0; /* it began before, as far as is known */
	return ADVANCED;
}

static int presume_range_of_p(struct order *o, const struct raw *raw, struct sched_m *m)
{
	struct sched_p *p = m->p != NO_ID ? sched_p_of(&o->sched, m) : NULL;

	return p ? presume_range(o, &p->ranges, raw) : NOT_YET;
}

static int presume_p(struct order *o, const struct raw *raw, enum p_status status)
{
	int64_t id = (int64_t)raw->args[0];
	uint64_t seq = raw->args[1], gen = o->gen->number;
	struct sched_p *p = sched_find_p(&o->sched, id);
	int rc;

	if (id == NO_ID || seq == 0 || (p && p->seq_gen == gen && seq <= p->seq))
		return NOT_YET;
	rc = take_off(o, NO_ID, id);
	if (rc != ADVANCED)
		return rc;
	if (!p)
		p = sched_add_p(&o->sched, id, status, gen, &o->failed);
	if (!p)
		return BROKEN;
	p->status = (uint8_t)status;
	p->seq_gen = gen;
	p->seq = seq - 1;
	return ADVANCED;
}

/* The proc that the thread had in its system call was stolen, and who stole it is not recorded. */
static int presume_stolen(struct order *o, struct sched_m *m)
{
	struct sched_p *p = sched_p_of(&o->sched, m);

	if (!p)
		return NOT_YET;
	p->status = P_IDLE;
	p->seq++;
	m->p = NO_ID;
	return ADVANCED;
}

static int presume_gc(
	struct order *o, const struct raw *raw, struct sched_m *m, enum gc_state state)
{
	uint64_t seq = raw->args[0];

	if (seq <= o->gc_seq || m->p == NO_ID || m->g == NO_ID)
		return NOT_YET;
	o->gc = state;
	o->gc_seq = seq - 1;
	return ADVANCED;
}

static int correct_proc(struct order *o, int64_t id, uint8_t status)
{
	struct sched_p *p = sched_find_p(&o->sched, id);
	int rc = status < P_N_STATUSES ? take_off(o, NO_ID, id) : NOT_YET;

	if (rc == ADVANCED && p)
		p->status = status;
	return rc;
}

static int correct_goroutine(struct order *o, int64_t id, uint8_t status)
{
	struct sched_g *g = sched_find_g(&o->sched, id);
	int rc = status < G_N_STATUSES ? take_off(o, id, NO_ID) : NOT_YET;

	if (rc == ADVANCED && g)
		g->status = status;
	o->takes_new_g |= rc == ADVANCED; /* who is new may be so because of it */
	return rc;
}

int presume_status(struct order *o, const struct raw *raw)
{
	switch (raw->type) {
	case EV_PROC_STATUS:
		return correct_proc(o, (int64_t)raw->args[0], (uint8_t)raw->args[1]);
	case EV_GO_STATUS:
	case EV_GO_STATUS_STACK:
		return correct_goroutine(o, (int64_t)raw->args[0], (uint8_t)raw->args[2]);
	default:
		return NOT_YET;
	}
}

int presume(struct order *o, const struct raw *raw, struct sched_m *m)
{
	if (m->id == NO_ID && raw->type != EV_GO_UNBLOCK)
		return NOT_YET;
	switch (raw->type) {
	case EV_GO_START:
		if (m->p == NO_ID || m->g != NO_ID)
			return NOT_YET;
		return presume_g(o, raw, G_RUNNABLE);
	case EV_GO_UNBLOCK:
		return presume_g(o, raw, G_WAITING);
	case EV_GO_SWITCH:
	case EV_GO_SWITCH_DESTROY:
		return m->g == (int64_t)raw->args[0] ? NOT_YET : presume_g(o, raw, G_WAITING);
	case EV_PROC_START:
		return m->p != NO_ID ? NOT_YET : presume_p(o, raw, P_IDLE);
	case EV_PROC_STEAL:
		return presume_p(o, raw, P_ABANDONED);
	case EV_GO_SYSCALL_END_BLOCKED:
		return presume_stolen(o, m);
	case EV_USER_REGION_END:
		return presume_regions(o, m);
	case EV_STW_BEGIN:
	case EV_STW_END:
	case EV_GC_MARK_ASSIST_BEGIN:
	case EV_GC_MARK_ASSIST_END:
		return presume_range_of_g(o, raw, m);
	case EV_GC_SWEEP_BEGIN:
	case EV_GC_SWEEP_END:
		return presume_range_of_p(o, raw, m);
	case EV_GC_BEGIN:
		return presume_gc(o, raw, m, GC_IDLE);
	case EV_GC_ACTIVE:
	case EV_GC_END:
		return presume_gc(o, raw, m, GC_MARKING);
	default:
		return NOT_YET;
	}
}
