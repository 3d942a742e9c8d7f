/* rule.h — what the rules of the ordering have in common: one try of one event, its context.
 *
 * A rule looks at the next event of a thread and at the model of the scheduler, and answers
 * ADVANCED (the model is changed and step.ev filled), NOT_YET (nothing changed) or BROKEN (the
 * error is set). Before, the caller has set step.ev's context, clocks, type and kind and cleared its
 * stack; after ADVANCED it makes the time rise. A rule fills in the member of its kind.
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
 * what is on the thread after it goes into *m. */
struct step {
	const struct raw *raw;
	struct event *ev;  /* room for RULE_EVENTS of them */
	struct sched_m *m; /* of the thread; where the batch names none, one that nobody looks at */
	struct err *e;
	unsigned n_more;  /* events given besides the first */
	struct cursor *c; /* that the record comes from */
};

#define RULE_EVENTS 3

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
struct event *rule_queue(struct step *s, uint8_t type);

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

static inline struct sched_g *g_of(struct order *o, const struct step *s)
{
	return sched_g_of(&o->sched, s->m);
}

static inline struct sched_p *p_of(const struct order *o, const struct step *s)
{
	return sched_p_of(&o->sched, s->m);
}

/* The goroutine on this thread, in that status, or NULL after an error. */
static inline struct sched_g *g_in(
	struct order *o, const struct step *s, unsigned need, enum g_status status)
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

static inline void leave_g(const struct step *s)
{
	s->m->g = NO_ID;
}

static inline void leave_p(const struct step *s)
{
	s->m->p = NO_ID;
}

static inline void enter_g(const struct step *s, struct sched_g *g)
{
	s->m->g = g->id;
	s->m->g_rec = g;
}

static inline void enter_p(const struct step *s, struct sched_p *p)
{
	s->m->p = p->id;
	s->m->p_rec = p;
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
int rule_find_stack(struct order *o, const struct step *s, uint64_t id, uint32_t *wide);
int rule_find_string(struct order *o, const struct step *s, uint64_t id, uint32_t *wide);

static inline int stack_arg(struct order *o, const struct step *s, unsigned arg, uint32_t *wide)
{
	uint64_t id = s->raw->args[arg];

	*wide = id < o->gen->n_direct_stacks ? o->gen->wide_stacks.at[id] : GENERATION_NOT_MET;
	return *wide != GENERATION_NOT_MET ? ADVANCED : rule_find_stack(o, s, id, wide);
}

static inline int string_arg(struct order *o, const struct step *s, unsigned arg, uint32_t *wide)
{
	uint64_t id = s->raw->args[arg];

	*wide = id < o->gen->n_direct_strings ? o->gen->wide_strings.at[id] : GENERATION_NOT_MET;
	return *wide != GENERATION_NOT_MET ? ADVANCED : rule_find_string(o, s, id, wide);
}

/* The stack of the context is also that of the resource that changes. */
static inline int own_stack(struct order *o, const struct step *s, unsigned arg)
{
	if (stack_arg(o, s, arg, &s->ev->stack) < 0)
		return BROKEN;
	s->ev->transition.stack = s->ev->stack;
	s->ev->transition.has_stack = s->ev->stack != 0;
	return ADVANCED;
}

#endif
