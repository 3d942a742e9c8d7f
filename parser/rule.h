/* rule.h — what the rules of the ordering have in common: one try of one record, its context.
 *
 * A rule looks at the next record of a thread and at the model of the scheduler, and answers how
 * many events the record gives (ADVANCED is one; the model is changed and they are filled), NOT_YET
 * (nothing changed) or BROKEN (order.failed is set). Before, the caller has set the first event's
 * context, clocks and type and cleared its stack; afterwards it makes the times rise. A rule sets
 * the kind and fills in the member of that kind.
 *
 *	o	the order, with all that is known
 *	raw	the record
 *	m	its thread, and what is on it after the event; where the batch names none, one that
 *		nobody looks at
 *	ev	room for RULE_EVENTS events; their g, p, m: the context that they show
 *
 * Four arguments and no struct: they stay in registers (a struct would be stored and loaded again
 * for every event). Inline because every event passes through two to five of these. */
#ifndef PARSER_RULE_H
#define PARSER_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/generation.h"
#include "parser/order.h"

enum { BROKEN = -1, NOT_YET = 0, ADVANCED = 1 };

#define RULE_EVENTS 3

#define NEED_P   1u
#define NEED_G   2u
#define NEED_NOP 4u
#define NEED_NOG 8u
#define NEED_PG  (NEED_P | NEED_G)

/* Note why no legal order exists. Returns BROKEN. */
__attribute__((cold)) int rule_broken(struct order *o, const struct raw *raw, struct sched_m *m,
	struct event *ev, const char *why);

/* Count `tries` against limits.order_tries. 0, or -1 where the trace costs more than any real one. */
int rule_spend(struct order *o, uint64_t tries);

/* The k-th event besides the first that the record gives; its details are the caller's to fill. */
struct event *rule_also(const struct raw *raw, struct event *ev, unsigned k, uint8_t type);

/* Every rule but two wants a thread; most want more. */
static inline int rule_context(
	struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev, unsigned need)
{
	if (ev->m == NO_ID)
		return rule_broken(o, raw, m, ev, "expected a thread");
	if ((need & NEED_P) && ev->p == NO_ID)
		return rule_broken(o, raw, m, ev, "expected a proc but didn't have one");
	if ((need & NEED_NOP) && ev->p != NO_ID)
		return rule_broken(o, raw, m, ev, "expected no proc but had one");
	if ((need & NEED_G) && ev->g == NO_ID)
		return rule_broken(o, raw, m, ev, "expected a goroutine but didn't have one");
	if ((need & NEED_NOG) && ev->g != NO_ID)
		return rule_broken(o, raw, m, ev, "expected no goroutine but had one");
	return ADVANCED;
}

/* The goroutine on this thread, in that status, or NULL after an error. */
static inline __attribute__((always_inline)) struct sched_g *g_in(struct order *o,
	const struct raw *raw, struct sched_m *m, struct event *ev, unsigned need,
	enum g_status status)
{
	struct sched_g *g;

	if (rule_context(o, raw, m, ev, need) < 0)
		return NULL;
	g = sched_g_of(&o->sched, m);
	if (!g) {
		rule_broken(o, raw, m, ev, "the goroutine does not exist");
		return NULL;
	}
	if (g->status != status) {
		rule_broken(o, raw, m, ev, "the goroutine is in another state");
		return NULL;
	}
	return g;
}

static inline void leave_g(struct sched_m *m)
{
	m->g = NO_ID;
}

static inline void leave_p(struct sched_m *m)
{
	m->p = NO_ID;
}

static inline void enter_g(struct sched_m *m, struct sched_g *g)
{
	m->g = g->id;
	m->g_rec = g;
}

static inline void enter_p(struct sched_m *m, struct sched_p *p)
{
	m->p = p->id;
	m->p_rec = p;
}

static inline void transition(
	struct event *ev, enum resource_kind resource, int64_t id, unsigned from, unsigned to)
{
	ev->kind = EVENT_STATE_TRANSITION;
	ev->transition.id = id;
	ev->transition.reason = 0;
	ev->transition.stack = 0;
	ev->transition.resource = (uint8_t)resource;
	ev->transition.from = (uint8_t)from;
	ev->transition.to = (uint8_t)to;
	ev->transition.has_stack = false;
}

/* The trace-wide stack or string that an id of the file means. The first asks the table of what has
 * been met in this generation, the others find out. */
__attribute__((cold)) int rule_find_stack(struct order *o, const struct raw *raw, struct sched_m *m,
	struct event *ev, uint64_t id, uint32_t *wide);
__attribute__((cold)) int rule_find_string(struct order *o, const struct raw *raw,
	struct sched_m *m, struct event *ev, uint64_t id, uint32_t *wide);

static inline int stack_arg(struct order *o, const struct raw *raw, struct sched_m *m,
	struct event *ev, unsigned arg, uint32_t *wide)
{
	uint64_t id = raw->args[arg];

	*wide = id < o->gen->n_direct_stacks ? o->gen->wide_stacks.at[id] : GENERATION_NOT_MET;
	return *wide != GENERATION_NOT_MET ? ADVANCED : rule_find_stack(o, raw, m, ev, id, wide);
}

static inline int string_arg(struct order *o, const struct raw *raw, struct sched_m *m,
	struct event *ev, unsigned arg, uint32_t *wide)
{
	uint64_t id = raw->args[arg];

	*wide = id < o->gen->n_direct_strings ? o->gen->wide_strings.at[id] : GENERATION_NOT_MET;
	return *wide != GENERATION_NOT_MET ? ADVANCED : rule_find_string(o, raw, m, ev, id, wide);
}

/* The stack of the context is also that of the resource that changes. */
static inline int own_stack(
	struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev, unsigned arg)
{
	if (stack_arg(o, raw, m, ev, arg, &ev->stack) < 0)
		return BROKEN;
	ev->transition.stack = ev->stack;
	ev->transition.has_stack = ev->stack != 0;
	return ADVANCED;
}

#endif
