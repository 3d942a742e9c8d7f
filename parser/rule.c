#include "parser/rule.h"

#include <inttypes.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/limits.h"

int rule_broken(const struct order *o, const struct step *s, const char *why)
{
	int64_t at = cursor_offset(s->c, o->gen);

	return err_set(s->e, ERR_DAMAGED, at,
		"Cannot order events: %s, event=%s, time=%" PRId64 ", thread=%" PRId64
		", proc=%" PRId64 ", goroutine=%" PRId64 ", arg=%" PRIu64 ", generation=%" PRIu64
		", before byte %" PRId64,
		why, spec_name(s->raw->type), s->raw->time_ns, s->ev->m, s->ev->p, s->ev->g,
		s->raw->args[0], o->gen->number, at);
}

int rule_spend(struct order *o, uint64_t tries, struct err *e)
{
	o->tries += tries;
	if (o->tries <= o->n_events * o->lim->order_tries + o->lim->order_tries_peak)
		return 0;
	return err_set(e, ERR_LIMIT, o->gen->offset,
		"Cannot order events: too many tries per event, tries=%" PRIu64 ", events=%" PRIu64
		", generation=%" PRIu64 ", from byte %" PRId64,
		o->tries, o->n_events, o->gen->number, o->gen->offset);
}

struct event *rule_queue(struct step *s, uint8_t type)
{
	struct event *ev = &s->ev[++s->n_more];

	memset(ev, 0, sizeof(*ev));
	ev->type = type;
	ev->clock_ns = s->raw->time_ns;
	ev->clock = s->raw->ticks;
	ev->g = s->ev->g;
	ev->p = s->ev->p;
	ev->m = s->ev->m;
	return ev;
}

int rule_find_stack(struct order *o, const struct step *s, uint64_t id, uint32_t *wide)
{
	int rc = generation_wide_stack(o->gen, o->strings, o->stacks, id, wide, s->e);

	return rc > 0 ? ADVANCED : rc < 0 ? BROKEN : rule_broken(o, s, "its stack does not exist");
}

int rule_find_string(struct order *o, const struct step *s, uint64_t id, uint32_t *wide)
{
	int rc = generation_wide_string(o->gen, o->strings, id, wide, s->e);

	return rc > 0 ? ADVANCED : rc < 0 ? BROKEN : rule_broken(o, s, "its string does not exist");
}
