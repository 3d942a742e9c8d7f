#include "parser/rule.h"

#include <inttypes.h>
#include <string.h>

#include "parser/base/err.h"

int rule_broken(const struct order *o, const struct step *s, const char *why)
{
	int64_t at = cursor_offset(s->c, o->gen);

	return err_set(s->e, ERR_DAMAGED, at,
		"Cannot order events: %s, event=%s, time=%" PRId64 ", thread=%" PRId64
		", proc=%" PRId64 ", goroutine=%" PRId64 ", arg=%" PRIu64 ", generation=%" PRIu64
		", before byte %" PRId64,
		why, spec_name(s->c->type), s->c->time_ns, s->ev->m, s->ev->p, s->ev->g,
		s->c->args[0], o->gen->number, at);
}

struct event *rule_queue(struct order *o, const struct step *s, uint8_t type)
{
	struct event *ev = &o->queue[o->queue_n++];

	memset(ev, 0, sizeof(*ev));
	ev->type = type;
	ev->time = s->c->time_ns;
	ev->clock_ns = s->c->time_ns;
	ev->clock = s->c->ticks;
	ev->g = s->ev->g;
	ev->p = s->ev->p;
	ev->m = s->ev->m;
	return ev;
}
