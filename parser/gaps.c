#include "parser/gaps.h"

#include <inttypes.h>

#include "parser/generation.h"

void gaps_clear(struct gaps *gs)
{
	vec_clear(&gs->list);
}

struct trace_gap *gaps_last(struct gaps *gs)
{
	return &gs->list.at[gs->list.n - 1];
}

int gaps_open(struct gaps *gs, const struct trace_gap *gap, uint32_t limit)
{
	bool is_more = gs->is_open || (gs->list.n > 0 && gs->list.n >= limit);

	gs->n_met += !gs->is_open;
	gs->is_open = true;
	if (!is_more)
		return vec_push(&gs->list, *gap) < 0 ? -1 : 0;
	if (gap->last_gen > gaps_last(gs)->last_gen)
		gaps_last(gs)->last_gen = gap->last_gen;
	return 0;
}

void gaps_close(struct gaps *gs, const struct generation *next, int64_t end_byte)
{
	struct trace_gap *gap;

	if (!gs->is_open)
		return;
	gap = gaps_last(gs);
	gap->end_byte = next ? next->offset : end_byte;
	gap->end_ns = next ? generation_ns(next, next->min_ticks) : -1;
	if (next && next->number > gap->last_gen)
		gap->last_gen = next->number - 1;
	gs->is_open = false;
}

void gaps_break(struct gaps *gs)
{
	gs->broken = (uint32_t)gs->list.n;
	gaps_last(gs)->is_break = true;
}

void gaps_tell(const struct gaps *gs, struct err *e)
{
	const struct err *why = &gs->list.at[0].why;

	if (gs->n_met > 1)
		err_set(e, why->kind, why->offset, "%s (the first of %" PRIu64 " gaps)", why->msg,
			gs->n_met);
	else
		err_set(e, why->kind, why->offset, "%s", why->msg);
}
