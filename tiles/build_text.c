#include "tiles/build_text.h"

#include <stdio.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/event.h"
#include "parser/interval.h"
#include "parser/trace.h"
#include "tiles/meta.h"
#include "tiles/tables.h"
#include "tiles/text_table.h"

#define N_FIXED (N_RANGES + METRIC_N_NAMES) /* RANGE_OTHER has no name, the goroutines have one */

static const char alive_name[] = "/sched/goroutines:goroutines";

uint32_t build_text_string(uint32_t string)
{
	return string ? string + N_FIXED : 0;
}

uint32_t build_text_range(unsigned range)
{
	return range;
}

uint32_t build_text_metric(unsigned metric)
{
	return N_RANGES + metric;
}

uint32_t build_text_alive(void)
{
	return N_FIXED;
}

static int add_fixed(struct text_writer *w, struct err *e)
{
	const char *s;

	for (unsigned i = 1; i <= N_FIXED; i++) {
		s = i < N_RANGES      ? range_kind_name((enum range_kind)i)
			: i < N_FIXED ? change_metric_name(i - N_RANGES)
				      : alive_name;
		if (text_writer_add_string(w, s, strlen(s), e) < 0)
			return -1;
	}
	return 0;
}

/* One more string, which is a warning. */
static int add_warning(
	struct text_writer *w, struct tables *t, struct meta *m, const char *s, struct err *e)
{
	m->n_strings++;
	if (vec_push(&t->warnings, (uint32_t)m->n_strings) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot keep the warnings: out of memory");
	return text_writer_add_string(w, s, strlen(s), e);
}

/* What is lost in one gap, in words and in numbers. */
static int add_gap(struct text_writer *w, const struct trace_gap *gap, struct tables *t,
	struct meta *m, struct err *e)
{
	struct gap_info g = {.t0 = gap->begin_ns < 0 ? -1 : gap->begin_ns - m->origin_ns,
		.t1 = gap->end_ns < 0 ? -1 : gap->end_ns - m->origin_ns,
		.first_byte = gap->first_byte,
		.end_byte = gap->end_byte,
		.first_gen = gap->first_gen,
		.last_gen = gap->last_gen,
		.n_unordered = gap->n_unordered};
	char s[1024], unordered[64] = "";

	if (gap->n_unordered > 0)
		snprintf(unordered, sizeof(unordered), "; %llu records could not be ordered",
			(unsigned long long)gap->n_unordered);
	snprintf(s, sizeof(s),
		"%s is missing: generation %llu%s is not whole from byte %lld to byte %lld%s. %s",
		gap->end_ns < 0 ? "The end of the trace" : "A part of the trace",
		(unsigned long long)gap->first_gen,
		gap->last_gen > gap->first_gen ? " and those after it" : "",
		(long long)gap->first_byte, (long long)gap->end_byte, unordered, gap->why.msg);
	if (add_warning(w, t, m, s, e) < 0)
		return -1;
	g.why = (uint32_t)m->n_strings;
	if (g.t0 >= 0 && g.t1 >= 0 && g.t1 < g.t0)
		g.t1 = g.t0; /* clocks of two threads */
	return vec_push(&t->gaps, g) < 0
		? err_set(e, ERR_MEMORY, -1, "Cannot keep the gaps: out of memory")
		: 0;
}

static int add_warnings(struct text_writer *w, const struct trace *tr, const struct err *damage,
	struct tables *t, struct meta *m, struct err *e)
{
	const struct trace_gap *gaps;
	size_t i, n;
	char s[1024];

	gaps = trace_gaps(tr, &n);
	if (damage->kind != ERR_NONE) {
		m->damage = (uint32_t)m->n_strings + 1;
		m->damage_offset = damage->offset;
	}
	for (i = 0; i < n; i++) {
		if (add_gap(w, &gaps[i], t, m, e) < 0)
			return -1;
	}
	if (damage->kind != ERR_NONE && n == 0 && add_warning(w, t, m, damage->msg, e) < 0)
		return -1;
	if (m->n_skipped > 0) {
		snprintf(s, sizeof(s),
			"%llu batches hold events that this version does not know; they are not "
			"shown.",
			(unsigned long long)m->n_skipped);
		if (add_warning(w, t, m, s, e) < 0)
			return -1;
	}
	return 0;
}

static int write_strings(struct text_writer *w, const struct trace *tr, const struct err *damage,
	struct tables *t, struct meta *m, struct err *e)
{
	const char *s;
	size_t n;

	if (add_fixed(w, e) < 0)
		return -1;
	for (uint32_t i = 1; i <= trace_n_strings(tr); i++) {
		s = trace_string(tr, i, &n);
		if (text_writer_add_string(w, s, n, e) < 0)
			return -1;
	}
	m->n_strings = N_FIXED + (uint64_t)trace_n_strings(tr);
	if (add_warnings(w, tr, damage, t, m, e) < 0)
		return -1;
	return text_writer_seal_strings(w, e);
}

static int write_stacks(
	struct text_writer *w, const struct trace *tr, struct meta *m, struct err *e)
{
	struct trace_frame frames[TEXT_MAX_FRAMES];
	const struct trace_frame *from;
	size_t n;

	for (uint32_t i = 1; i <= trace_n_stacks(tr); i++) {
		from = trace_stack(tr, i, &n);
		if (n > TEXT_MAX_FRAMES)
			n = TEXT_MAX_FRAMES;
		for (size_t k = 0; k < n; k++) {
			frames[k] = from[k];
			frames[k].func = build_text_string(from[k].func);
			frames[k].file = build_text_string(from[k].file);
		}
		if (text_writer_add_stack(w, frames, n, e) < 0)
			return -1;
	}
	m->n_stacks = trace_n_stacks(tr);
	return text_writer_seal_stacks(w, e);
}

int build_text_write(struct store *st, const struct trace *tr, const struct err *damage,
	struct tables *t, struct meta *m, struct err *e)
{
	struct text_writer strings, stacks;
	int rc = -1;

	text_writer_init(&strings, st);
	text_writer_init(&stacks, st);
	if (write_strings(&strings, tr, damage, t, m, e) == 0)
		rc = write_stacks(&stacks, tr, m, e);
	text_writer_clear(&strings);
	text_writer_clear(&stacks);
	return rc;
}
