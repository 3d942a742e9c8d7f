/* rule.h — what the rules of the ordering have in common: one try of one event, its context.
 *
 * A rule looks at the next event of a thread and at the model of the scheduler, and answers
 * ADVANCED (the model is changed and step.ev filled), NOT_YET (nothing changed) or BROKEN (the
 * error is set). Before, the caller has set step.ev's context, type and kind and cleared its
 * stack; after ADVANCED it fills in the times. A rule fills in the member of its kind.
 *
 * Inline because every event passes through two to five of these. */
#ifndef PARSER_RULE_H
#define PARSER_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/generation.h"
#include "parser/order.h"

enum { BROKEN = -1, NOT_YET = 0, ADVANCED = 1 };

/* One try of one event. ev->g, p, m: the context that the event will show, set before the rule;
 * new_g, new_p: what is on the thread after it, where `moves` says so. */
struct step {
	const struct cursor *c;
	struct event *ev;
	struct err *e;
	uint32_t g_at, p_at; /* hints for ev->g, ev->p; then for new_g, new_p */
	int64_t new_g;
	unsigned moves; /* MOVES_G, MOVES_P */
	int64_t new_p;
};

#define MOVES_G 1u
#define MOVES_P 2u

#define NEED_P   1u
#define NEED_G   2u
#define NEED_NOP 4u
#define NEED_NOG 8u
#define NEED_PG  (NEED_P | NEED_G)

/* Note why no legal order exists. Returns BROKEN. */
int rule_broken(const struct order *o, const struct step *s, const char *why);

/* Count `tries` against limits.order_tries. 0, or -1 where the trace costs more than any real one. */
int rule_spend(struct order *o, uint64_t tries, struct err *e);

/* An event that one raw event gives besides its first; its details are the caller's to fill. */
struct event *rule_queue(struct order *o, const struct step *s, uint8_t type);

/* Every rule but two wants a thread; most want more. */
static inline int rule_context(const struct order *o, const struct step *s, unsigned need)
{
	if (s->ev->m == NO_ID)
		return rule_broken(o, s, "expected a thread");
	if ((need & NEED_P) && s->ev->p == NO_ID)
		return rule_broken(o, s, "expected a proc but didn't have one");
	if ((need & NEED_NOP) && s->ev->p != NO_ID)
		return rule_broken(o, s, "expected no proc but had one");
	if ((need & NEED_G) && s->ev->g == NO_ID)
		return rule_broken(o, s, "expected a goroutine but didn't have one");
	if ((need & NEED_NOG) && s->ev->g != NO_ID)
		return rule_broken(o, s, "expected no goroutine but had one");
	return ADVANCED;
}

static inline struct sched_g *g_of(const struct order *o, const struct step *s)
{
	return sched_g_of(&o->sched, s->ev->g, s->g_at);
}

static inline struct sched_p *p_of(const struct order *o, const struct step *s)
{
	return sched_p_of(&o->sched, s->ev->p, s->p_at);
}

/* The goroutine on this thread, in that status, or NULL after an error. */
static inline struct sched_g *g_in(
	const struct order *o, const struct step *s, unsigned need, enum g_status status)
{
	struct sched_g *g;

	if (rule_context(o, s, need) < 0)
		return NULL;
	g = g_of(o, s);
	if (!g) {
		rule_broken(o, s, "the goroutine does not exist");
		return NULL;
	}
	if (g->status != status) {
		rule_broken(o, s, "the goroutine is in another state");
		return NULL;
	}
	return g;
}

static inline void leave_g(struct step *s)
{
	s->new_g = NO_ID;
	s->g_at = SCHED_NONE;
	s->moves |= MOVES_G;
}

static inline void leave_p(struct step *s)
{
	s->new_p = NO_ID;
	s->p_at = SCHED_NONE;
	s->moves |= MOVES_P;
}

static inline void enter_g(const struct order *o, struct step *s, const struct sched_g *g)
{
	s->new_g = g->id;
	s->moves |= MOVES_G;
	s->g_at = (uint32_t)(g - o->sched.gs.at);
}

static inline void enter_p(const struct order *o, struct step *s, const struct sched_p *p)
{
	s->new_p = p->id;
	s->moves |= MOVES_P;
	s->p_at = (uint32_t)(p - o->sched.ps.at);
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

/* The stack an argument names, as an index. */
static inline int stack_arg(
	const struct order *o, const struct step *s, unsigned arg, uint32_t *index)
{
	*index = generation_find_stack(o->gen, s->c->args[arg]);
	if (*index == INDEX_NONE) {
		*index = 0;
		return rule_broken(o, s, "its stack does not exist");
	}
	return ADVANCED;
}

static inline int string_arg(
	const struct order *o, const struct step *s, unsigned arg, uint32_t *index)
{
	*index = generation_find_string(o->gen, s->c->args[arg]);
	if (*index == INDEX_NONE) {
		*index = 0;
		return rule_broken(o, s, "its string does not exist");
	}
	return ADVANCED;
}

/* The stack of the context is also that of the resource that changes. */
static inline int own_stack(const struct order *o, struct step *s, unsigned arg)
{
	if (stack_arg(o, s, arg, &s->ev->stack) < 0)
		return BROKEN;
	s->ev->transition.stack = s->ev->stack;
	s->ev->transition.has_stack = s->ev->stack != 0;
	return ADVANCED;
}

#endif
