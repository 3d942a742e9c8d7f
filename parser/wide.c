#include "parser/wide.h"

#include <inttypes.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/base/intern.h"
#include "parser/generation.h"
#include "parser/limits.h"
#include "parser/trace.h"

static int no_memory(struct err *e)
{
	return err_set(
		e, ERR_MEMORY, -1, "Cannot read generation: out of memory or over the memory cap");
}

/* The generation has no such entry. Go stops here: 0. Else that is damage as well, and what stands
 * in for the entry says so: 1. */
static int fail_missing(struct generation *g, const char *what, uint64_t id)
{
	if (g->lim->stops_at_damage)
		return 0;
	g->is_doubtful |= g->damage.kind == ERR_NONE;
	err_set(&g->damage, g->is_ended ? ERR_DAMAGED : ERR_TRUNCATED, g->offset,
		"Cannot find %s: %s, %s=%" PRIu64 ", generation=%" PRIu64 ", from byte %" PRId64,
		what,
		g->is_ended ? "its generation has none of that number"
			    : "the trace ends before its tables",
		what, id, g->number, g->offset);
	return 1;
}

/* A text of ours among those of the trace; *wide keeps its number. */
static int put_text(struct intern *strings, const char *text, uint32_t *wide, struct err *e)
{
	if (*wide == 0)
		*wide = intern_put(strings, text, (uint32_t)strlen(text));
	return *wide == 0 ? no_memory(e) : 1;
}

static int missing_string(
	struct generation *g, struct intern *strings, uint64_t id, uint32_t *wide, struct err *e)
{
	if (!fail_missing(g, "string", id))
		return 0;
	if (put_text(strings, g->is_ended ? WIDE_NO_TEXT_DAMAGED : WIDE_NO_TEXT_CUT, &g->no_string,
		    e) < 0)
		return -1;
	*wide = g->no_string;
	return 1;
}

/* One frame, so that every view shows it. */
static int missing_stack(struct generation *g, struct intern *strings, struct intern *stacks,
	uint64_t id, uint32_t *wide, struct err *e)
{
	struct trace_frame frame = {0};

	if (!fail_missing(g, "stack", id))
		return 0;
	*wide = g->no_stack;
	if (*wide != 0)
		return 1;
	if (put_text(strings, g->is_ended ? WIDE_NO_STACK_DAMAGED : WIDE_NO_STACK_CUT, &frame.func,
		    e) < 0)
		return -1;
	g->no_stack = intern_put(stacks, &frame, sizeof(frame));
	*wide = g->no_stack;
	return *wide == 0 ? no_memory(e) : 1;
}

int wide_string(
	struct generation *g, struct intern *strings, uint64_t id, uint32_t *wide, struct err *e)
{
	uint32_t index = generation_find_string(g, id), *met;
	const struct generation_string *s;

	*wide = 0;
	if (index == 0)
		return 1;
	if (index == INDEX_NONE)
		return missing_string(g, strings, id, wide, e);
	met = &g->wide_strings.at[id < g->n_direct_strings ? id : index];
	if (*met != GENERATION_NOT_MET) {
		*wide = *met;
		return 1;
	}
	s = &g->strings.at[index - 1];
	if (s->size > 0)
		*wide = intern_put(strings, s->bytes, s->size);
	if (*wide == 0 && s->size > 0)
		return no_memory(e);
	if (strings->total > g->lim->string_total)
		return generation_over_limit(
			"bytes of strings", g->lim->string_total, g->offset, e);
	if (strings->entries.n > g->lim->strings)
		return generation_over_limit("strings in all", g->lim->strings, g->offset, e);
	*met = *wide;
	return 1;
}

static int intern_stack(struct generation *g, const struct generation_stack *s,
	struct intern *strings, struct intern *stacks, uint32_t *wide, struct err *e)
{
	struct trace_frame frames[256];
	uint32_t i;

	if (s->n > sizeof(frames) / sizeof(*frames))
		return err_set(e, ERR_INTERNAL, -1, "Cannot read stack: frames=%" PRIu32, s->n);
	for (i = 0; i < s->n; i++) {
		const struct generation_frame *f = &g->frames.at[g->pcs.at[s->first + i]];

		frames[i].pc = f->pc;
		frames[i].line = f->line;
		if (wide_string(g, strings, f->func, &frames[i].func, e) < 0 ||
			wide_string(g, strings, f->file, &frames[i].file, e) < 0)
			return -1;
	}
	*wide = intern_put(stacks, frames, (uint32_t)(s->n * sizeof(*frames)));
	return *wide == 0 ? no_memory(e) : 0;
}

int wide_stack(struct generation *g, struct intern *strings, struct intern *stacks, uint64_t id,
	uint32_t *wide, struct err *e)
{
	uint32_t index = generation_find_stack(g, id), *met;

	*wide = 0;
	if (index == 0)
		return 1;
	if (index == INDEX_NONE)
		return missing_stack(g, strings, stacks, id, wide, e);
	met = &g->wide_stacks.at[id < g->n_direct_stacks ? id : index];
	if (*met != GENERATION_NOT_MET) {
		*wide = *met;
		return 1;
	}
	if (intern_stack(g, &g->stacks.at[index - 1], strings, stacks, wide, e) < 0)
		return -1;
	if (stacks->entries.n > g->lim->stacks)
		return generation_over_limit("stacks in all", g->lim->stacks, g->offset, e);
	if (stacks->total > UINT64_C(4) * g->lim->pcs * sizeof(struct trace_frame))
		return generation_over_limit(
			"stack frames in all", UINT64_C(4) * g->lim->pcs, g->offset, e);
	*met = *wide;
	return 1;
}
