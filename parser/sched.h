/* sched.h — what the ordering knows of Go's scheduler: every live G, every P and M.
 *
 * Flat tables with a hash map from id to index. A record never moves, but that of a goroutine is
 * used again for another one after its end.
 *
 * Statuses are those of the wire format, which is finer than what events show: a P in a system
 * call is "running", an abandoned one "idle".
 *
 * 1. A P or M that was seen once stays; a G leaves with its end.
 * 2. seq counts within generation seq_gen only; a status record starts it again at 0.
 * 3. The records that a thread names are hints: sched_g_of() and sched_p_of() check them.
 *
 * Memory: grows with what is alive at once. Threads: one table belongs to one thread. */
#ifndef PARSER_SCHED_H
#define PARSER_SCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/id_table.h"
#include "parser/base/map.h"
#include "parser/base/paged.h"
#include "parser/base/vec.h"

struct err;
struct limits;

enum g_status { G_BAD, G_RUNNABLE, G_RUNNING, G_SYSCALL, G_WAITING, G_N_STATUSES };
enum p_status { P_BAD, P_RUNNING, P_IDLE, P_SYSCALL, P_ABANDONED, P_N_STATUSES };

/* As enum go_state and enum proc_state. */
extern const uint8_t sched_go_state[G_N_STATUSES];
extern const uint8_t sched_proc_state[P_N_STATUSES];

struct sched_range {
	uint64_t reason; /* string id of the generation that began it; stop-the-world only */
	uint8_t begin;   /* enum ev_type of the event that begins such a range */
};

struct sched_ranges {
	struct sched_range *at;
	size_t n, cap;
};

struct sched_region {
	uint64_t task;
	uint32_t type; /* trace-wide string */
};

struct sched_g {
	int64_t id;
	uint64_t seq_gen, seq;
	uint8_t status; /* enum g_status */
	bool is_live;
	uint32_t index; /* of this record */
	struct sched_ranges ranges;
	VEC(struct sched_region) regions;
};

struct sched_p {
	int64_t id;
	uint64_t seq_gen, seq;
	struct sched_ranges ranges;
	uint8_t status; /* enum p_status */
};

struct sched_m {
	int64_t g; /* on it now, NO_ID = none */
	int64_t p; /* on it now, NO_ID = none */
	int64_t id;
	struct sched_g *g_rec; /* hint, may be NULL */
	struct sched_p *p_rec; /* hint, may be NULL */
};

struct sched_task {
	uint64_t id;
	uint64_t parent;
	uint32_t type; /* trace-wide string */
};

struct sched {
	const struct limits *lim;
	struct paged gs; /* struct sched_g */
	struct paged ps; /* struct sched_p */
	struct paged ms; /* struct sched_m */
	VEC(struct sched_task) tasks;
	VEC(uint32_t) free_gs;
	VEC(uint32_t) free_tasks;
	struct id_table g_of_id;
	struct map p_of_id, m_of_id, task_of_id;
};

void sched_init(struct sched *s, const struct limits *lim);
void sched_clear(struct sched *s);

/* The record of an id, or NULL. Inline, as the two below: several of them per event. */
static inline __attribute__((always_inline)) struct sched_g *sched_find_g(
	struct sched *s, int64_t id)
{
	uint32_t at = id_table_get(&s->g_of_id, (uint64_t)id);

	return at == MAP_NONE ? NULL : paged_at(&s->gs, at, sizeof(struct sched_g));
}

static inline struct sched_p *sched_find_p(const struct sched *s, int64_t id)
{
	uint32_t at = map_get(&s->p_of_id, (uint64_t)id);

	return at == MAP_NONE ? NULL : paged_at(&s->ps, at, sizeof(struct sched_p));
}

static inline struct sched_m *sched_find_m(const struct sched *s, int64_t id)
{
	uint32_t at = map_get(&s->m_of_id, (uint64_t)id);

	return at == MAP_NONE ? NULL : paged_at(&s->ms, at, sizeof(struct sched_m));
}

/* What runs on a thread, or NULL where that id is not known (any more). */
static inline __attribute__((always_inline)) struct sched_g *sched_g_of(
	struct sched *s, const struct sched_m *m)
{
	if (m->g_rec && m->g_rec->id == m->g && m->g_rec->is_live)
		return m->g_rec;
	return sched_find_g(s, m->g);
}

static inline struct sched_p *sched_p_of(const struct sched *s, const struct sched_m *m)
{
	if (m->p_rec && m->p_rec->id == m->p)
		return m->p_rec;
	return sched_find_p(s, m->p);
}

/* The thread that a P is on, or NULL; n_tried: how many were looked at. */
const struct sched_m *sched_m_with_p(const struct sched *s, int64_t p, size_t *n_tried);

/* A new record for an id that has none, sequence 0 of `gen`. NULL: memory, or a limit. */
struct sched_g *sched_add_g(
	struct sched *s, int64_t id, enum g_status status, uint64_t gen, struct err *e);
struct sched_p *sched_add_p(
	struct sched *s, int64_t id, enum p_status status, uint64_t gen, struct err *e);
struct sched_m *sched_add_m(struct sched *s, int64_t id, struct err *e);
void sched_remove_g(struct sched *s, struct sched_g *g);

/* User tasks: 1 added, 0 open already, -1 memory or a limit. */
int sched_add_task(struct sched *s, const struct sched_task *t, struct err *e);

/* Takes an open task out and into *t; false where there is none. */
bool sched_take_task(struct sched *s, uint64_t id, struct sched_task *t);

/* Ranges of a G or P. Has: begun and not ended. Add: 0 or -1. Take: the first one begun by
 * `begin` goes, its reason into *reason; false where there is none. */
bool sched_has_range(const struct sched_ranges *r, struct sched_range range);
int sched_add_range(
	struct sched *s, struct sched_ranges *r, struct sched_range range, struct err *e);
bool sched_take_range(struct sched_ranges *r, uint8_t begin, uint64_t *reason);

/* Regions of a G, properly nested. Add: 0 or -1. Take: false where the innermost open region is
 * another one; true with none open: it began before the trace. */
int sched_add_region(struct sched *s, struct sched_g *g, struct sched_region region, struct err *e);
bool sched_take_region(struct sched_g *g, struct sched_region region);

/* Is `seq` of generation `gen` the immediate successor of what the record stands at? */
#define sched_follows(record, gen, number) \
	((record)->seq_gen == (gen) && (number) == (record)->seq + 1)

#endif
