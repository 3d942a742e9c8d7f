#include "parser/rule.h"

#include <inttypes.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/limits.h"
#include "parser/wide.h"

int rule_broken(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev,
	const char *why)
{
	int64_t at = o->gen->batches.at[o->at->batch].offset + raw->end;
	uint64_t arg = spec_table[raw->type].n_args > 0 ? raw->args[0] : 0;

	return err_set(&o->failed, ERR_DAMAGED, at,
		"Cannot order events: %s, event=%s, time=%" PRId64 ", thread=%" PRId64
		", proc=%" PRId64 ", goroutine=%" PRId64 ", arg=%" PRIu64 ", generation=%" PRIu64
		", before byte %" PRId64,
		why, spec_name(raw->type), raw->time_ns, m->id, ev->p, ev->g, arg, o->gen->number,
		at);
}

int rule_spend(struct order *o, uint64_t tries)
{
	o->tries += tries;
	if (o->tries <= o->n_events * o->lim->order_tries + o->lim->order_tries_peak)
		return 0;
	return err_set(&o->failed, ERR_LIMIT, o->gen->offset,
		"Cannot order events: too many tries per event, tries=%" PRIu64 ", events=%" PRIu64
		", generation=%" PRIu64 ", from byte %" PRId64,
		o->tries, o->n_events, o->gen->number, o->gen->offset);
}

struct event *rule_also(const struct raw *raw, struct event *ev, unsigned k, uint8_t type)
{
	struct event *also = &ev[k];

	memset(also, 0, sizeof(*also));
	also->type = type;
	also->clock_ns = raw->time_ns;
	also->clock = raw->ticks;
	also->g = ev->g;
	also->p = ev->p;
	also->m = ev->m;
	return also;
}

int rule_find_stack(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev,
	uint64_t id, uint32_t *wide)
{
	int rc = wide_stack(o->gen, o->strings, o->stacks, id, wide, &o->failed);

	return rc > 0    ? ADVANCED
		: rc < 0 ? BROKEN
			 : rule_broken(o, raw, m, ev, "its stack does not exist");
}

int rule_find_string(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev,
	uint64_t id, uint32_t *wide)
{
	int rc = wide_string(o->gen, o->strings, id, wide, &o->failed);

	return rc > 0    ? ADVANCED
		: rc < 0 ? BROKEN
			 : rule_broken(o, raw, m, ev, "its string does not exist");
}
