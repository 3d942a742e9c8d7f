#include "parser/sched.h"

#include <inttypes.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/event.h"
#include "parser/limits.h"

const uint8_t sched_go_state[G_N_STATUSES] = {
	[G_BAD] = GO_UNDETERMINED,
	[G_RUNNABLE] = GO_RUNNABLE,
	[G_RUNNING] = GO_RUNNING,
	[G_SYSCALL] = GO_SYSCALL,
	[G_WAITING] = GO_WAITING,
};

const uint8_t sched_proc_state[P_N_STATUSES] = {
	[P_BAD] = PROC_UNDETERMINED,
	[P_RUNNING] = PROC_RUNNING,
	[P_IDLE] = PROC_IDLE,
	[P_SYSCALL] = PROC_RUNNING,
	[P_ABANDONED] = PROC_IDLE,
};

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot order events: out of memory");
}

static int over(const char *what, uint64_t limit, struct err *e)
{
	return err_set(
		e, ERR_LIMIT, -1, "Cannot order events: too many %s, limit=%" PRIu64, what, limit);
}

void sched_init(struct sched *s, const struct limits *lim)
{
	memset(s, 0, sizeof(*s));
	s->lim = lim;
	id_table_init(&s->g_of_id);
	map_init(&s->p_of_id);
	map_init(&s->m_of_id);
	map_init(&s->task_of_id);
}

void sched_clear(struct sched *s)
{
	size_t i;

	for (i = 0; i < s->gs.n; i++) {
		struct sched_g *g = paged_at(&s->gs, i, sizeof(*g));

		mem_free(g->ranges.at);
		vec_clear(&g->regions);
	}
	for (i = 0; i < s->ps.n; i++) {
		struct sched_p *p = paged_at(&s->ps, i, sizeof(*p));

		mem_free(p->ranges.at);
	}
	paged_clear(&s->gs);
	paged_clear(&s->ps);
	paged_clear(&s->ms);
	vec_clear(&s->tasks);
	vec_clear(&s->free_gs);
	vec_clear(&s->free_tasks);
	id_table_clear(&s->g_of_id);
	map_clear(&s->p_of_id);
	map_clear(&s->m_of_id);
	map_clear(&s->task_of_id);
}

/* A fresh or reused record; a reused one keeps the memory of its ranges and regions. */
static struct sched_g *g_slot(struct sched *s)
{
	struct sched_g *g;

	if (s->free_gs.n > 0)
		return paged_at(&s->gs, s->free_gs.at[--s->free_gs.n], sizeof(*g));
	g = paged_push(&s->gs, sizeof(*g));
	if (g)
		g->index = (uint32_t)s->gs.n - 1;
	return g;
}

struct sched_g *sched_add_g(
	struct sched *s, int64_t id, enum g_status status, uint64_t gen, struct err *e)
{
	struct sched_g *g;

	if (s->g_of_id.n >= s->lim->goroutines) {
		over("live goroutines", s->lim->goroutines, e);
		return NULL;
	}
	/* Room to free it later, so that removing cannot fail. */
	g = vec_reserve(&s->free_gs, s->gs.n + 1) < 0 ? NULL : g_slot(s);
	if (!g || id_table_put(&s->g_of_id, (uint64_t)id, g->index) < 0) {
		no_memory(e);
		return NULL;
	}
	g->id = id;
	g->status = (uint8_t)status;
	g->seq_gen = gen;
	g->seq = 0;
	g->ranges.n = 0;
	g->regions.n = 0;
	g->is_live = true;
	return g;
}

void sched_remove_g(struct sched *s, struct sched_g *g)
{
	id_table_remove(&s->g_of_id, (uint64_t)g->id);
	g->is_live = false;
	s->free_gs.at[s->free_gs.n++] = g->index;
}

struct sched_p *sched_add_p(
	struct sched *s, int64_t id, enum p_status status, uint64_t gen, struct err *e)
{
	struct sched_p *p;

	if (s->ps.n >= s->lim->procs) {
		over("procs", s->lim->procs, e);
		return NULL;
	}
	p = paged_push(&s->ps, sizeof(*p));
	if (!p || map_put(&s->p_of_id, (uint64_t)id, (uint32_t)s->ps.n - 1) < 0) {
		no_memory(e);
		return NULL;
	}
	p->id = id;
	p->seq_gen = gen;
	p->status = (uint8_t)status;
	return p;
}

struct sched_m *sched_add_m(struct sched *s, int64_t id, struct err *e)
{
	struct sched_m *m;

	if (s->ms.n >= s->lim->threads_ever) {
		over("threads", s->lim->threads_ever, e);
		return NULL;
	}
	m = paged_push(&s->ms, sizeof(*m));
	if (!m || map_put(&s->m_of_id, (uint64_t)id, (uint32_t)s->ms.n - 1) < 0) {
		no_memory(e);
		return NULL;
	}
	m->id = id;
	m->g = NO_ID;
	m->p = NO_ID;
	return m;
}

const struct sched_m *sched_m_with_p(const struct sched *s, int64_t p, size_t *n_tried)
{
	size_t i;

	for (i = 0; i < s->ms.n; i++) {
		const struct sched_m *m = paged_at(&s->ms, i, sizeof(*m));

		if (m->p == p) {
			*n_tried = i;
			return m;
		}
	}
	*n_tried = i;
	return NULL;
}

int sched_add_task(struct sched *s, const struct sched_task *t, struct err *e)
{
	uint32_t at;

	if (map_get(&s->task_of_id, t->id) != MAP_NONE)
		return 0;
	if (s->task_of_id.n >= s->lim->tasks)
		return over("open tasks", s->lim->tasks, e);
	if (vec_reserve(&s->free_tasks, s->tasks.n + 1) < 0)
		return no_memory(e);
	if (s->free_tasks.n > 0) {
		at = s->free_tasks.at[--s->free_tasks.n];
		s->tasks.at[at] = *t;
	} else {
		at = (uint32_t)s->tasks.n;
		if (vec_push(&s->tasks, *t) < 0)
			return no_memory(e);
	}
	return map_put(&s->task_of_id, t->id, at) < 0 ? no_memory(e) : 1;
}

bool sched_take_task(struct sched *s, uint64_t id, struct sched_task *t)
{
	uint32_t at = map_get(&s->task_of_id, id);

	if (at == MAP_NONE)
		return false;
	*t = s->tasks.at[at];
	map_remove(&s->task_of_id, id);
	s->free_tasks.at[s->free_tasks.n++] = at;
	return true;
}

bool sched_has_range(const struct sched_ranges *r, struct sched_range range)
{
	size_t i;

	for (i = 0; i < r->n; i++) {
		if (r->at[i].begin == range.begin && r->at[i].reason == range.reason)
			return true;
	}
	return false;
}

int sched_add_range(
	struct sched *s, struct sched_ranges *r, struct sched_range range, struct err *e)
{
	if (r->n >= s->lim->range_depth)
		return over("open ranges", s->lim->range_depth, e);
	return vec_push(r, range) < 0 ? no_memory(e) : 0;
}

bool sched_take_range(struct sched_ranges *r, uint8_t begin, uint64_t *reason)
{
	size_t i;

	for (i = 0; i < r->n && r->at[i].begin != begin; i++)
		;
	if (i == r->n)
		return false;
	*reason = r->at[i].reason;
	r->at[i] = r->at[--r->n]; /* the last takes its place, as in Go */
	return true;
}

int sched_add_region(struct sched *s, struct sched_g *g, struct sched_region region, struct err *e)
{
	if (g->regions.n >= s->lim->region_depth)
		return over("open regions of one goroutine", s->lim->region_depth, e);
	return vec_push(&g->regions, region) < 0 ? no_memory(e) : 0;
}

bool sched_take_region(struct sched_g *g, struct sched_region region)
{
	const struct sched_region *top;

	if (g->regions.n == 0)
		return true;
	top = &g->regions.at[g->regions.n - 1];
	if (top->task != region.task || top->type != region.type)
		return false;
	g->regions.n--;
	return true;
}
