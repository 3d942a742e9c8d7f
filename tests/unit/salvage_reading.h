/* salvage_reading.h — all that is read of a trace, kept so that the reading of a damaged copy can be held to it.
 *
 * What a record says by itself is compared, whatever was known before it. Included behind cmocka.h. */
#ifndef TESTS_UNIT_SALVAGE_READING_H
#define TESTS_UNIT_SALVAGE_READING_H

#include <string.h>

#include "parser/base/err.h"
#include "parser/base/vec.h"
#include "parser/event.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "parser/trace.h"

static const struct limits limits = LIMITS_DEFAULT;

/* What a record says, whatever is known before it and whatever tables there are. */
struct said {
	uint64_t hash;
	int64_t m;
	int64_t time;
};

struct part { /* of one generation */
	uint64_t number;
	size_t first, n; /* of said, its Sync apart */
	uint32_t gap;
};

struct reading {
	VEC(struct said) said;
	VEC(struct part) parts;
	VEC(struct trace_gap) gaps;
	bool has_last_sync;
	struct err e;
};

static uint64_t mix(uint64_t h, uint64_t v)
{
	return (h ^ v) * UINT64_C(0x9e3779b97f4a7c15) ^ (h >> 29);
}

static uint64_t hash_of(const struct event *ev)
{
	uint64_t h = mix(mix(mix(1, (uint64_t)ev->m), ev->clock), ev->type);

	h = mix(h, ev->kind);
	switch (ev->kind) {
	case EVENT_STATE_TRANSITION:
		return mix(mix(h, (uint64_t)ev->transition.id), ev->transition.to);
	case EVENT_METRIC:
		return mix(h, ev->metric.value);
	case EVENT_RANGE_BEGIN:
	case EVENT_RANGE_ACTIVE:
	case EVENT_RANGE_END:
		return mix(mix(h, (uint64_t)ev->range.id), ev->range.name);
	case EVENT_TASK_BEGIN:
	case EVENT_TASK_END:
		return mix(h, ev->task.id);
	case EVENT_REGION_BEGIN:
	case EVENT_REGION_END:
		return mix(h, ev->region.task);
	case EVENT_LOG:
		return mix(h, ev->log.task);
	default:
		return h;
	}
}

static void add_event(struct reading *r, const struct trace *tr, const struct event *ev)
{
	const struct part part = {
		.number = trace_generation(tr), .first = r->said.n, .gap = ev->sync.gap};
	const struct said said = {hash_of(ev), ev->m, ev->time};

	if (ev->kind == EVENT_SYNC) {
		r->has_last_sync = ev->sync.is_last;
		assert_int_equal(vec_push(&r->parts, part), 0);
		return;
	}
	assert_true(r->parts.n > 0);
	if (ev->kind == EVENT_STACK_SAMPLE)
		return; /* stand in a table, in no thread's order */
	assert_int_equal(vec_push(&r->said, said), 0);
	r->parts.at[r->parts.n - 1].n++;
}

static void clear(struct reading *r)
{
	vec_clear(&r->said);
	vec_clear(&r->parts);
	vec_clear(&r->gaps);
	memset(r, 0, sizeof(*r));
}

static void read_bytes(struct reading *r, const uint8_t *bytes, size_t n)
{
	struct err e = ERR_INIT;
	struct source *src = source_open_memory(bytes, n, &e);
	struct trace *tr = trace_open(src, &limits, &r->e);
	const struct trace_gap *gaps;
	int64_t before = INT64_MIN;
	struct event ev;
	size_t i, n_gaps;

	r->said.n = r->parts.n = r->gaps.n = 0;
	r->has_last_sync = false;
	err_clear(&r->e);
	while (tr && trace_next(tr, &ev, &r->e) > 0) {
		assert_true(ev.time > before);
		before = ev.time;
		add_event(r, tr, &ev);
	}
	if (tr) {
		gaps = trace_gaps(tr, &n_gaps);
		for (i = 0; i < n_gaps; i++)
			assert_int_equal(vec_push(&r->gaps, gaps[i]), 0);
		if (!r->has_last_sync)
			fail_msg("no last Sync: %s", r->e.msg);
	}
	trace_close(tr);
	source_close(src);
}

/* Each gap names its byte and lies in the file, one behind another; an error is the first one's. */
static void check_gaps(const struct reading *r, size_t n_bytes)
{
	int64_t before = 0;
	size_t i;

	for (i = 0; i < r->gaps.n; i++) {
		const struct trace_gap *g = &r->gaps.at[i];

		assert_true(g->why.kind == ERR_DAMAGED || g->why.kind == ERR_TRUNCATED);
		assert_true(g->why.msg[0] != '\0');
		assert_true(g->end_byte >= before && g->end_byte <= (int64_t)n_bytes);
		assert_true(g->first_byte >= 0 && g->first_byte <= (int64_t)n_bytes);
		assert_true(g->first_gen <= g->last_gen);
		before = g->end_byte;
	}
	if (r->gaps.n > 0)
		assert_int_equal(r->e.kind, r->gaps.at[0].why.kind);
}

/* Parts a of `whole` and b of `r` are the same events in the same order. */
static bool same_part(const struct reading *whole, size_t a, const struct reading *r, size_t b)
{
	const struct part *x = &whole->parts.at[a], *y = &r->parts.at[b];
	size_t i;

	if (x->n != y->n || x->number != y->number)
		return false;
	for (i = 0; i < x->n; i++) {
		if (whole->said.at[x->first + i].hash != r->said.at[y->first + i].hash)
			return false;
	}
	return true;
}

/* Of each thread, what part b of `r` has is what part a of `whole` begins with. */
static bool is_part_of(const struct reading *whole, size_t a, const struct reading *r, size_t b)
{
	const struct part *x = &whole->parts.at[a], *y = &r->parts.at[b];
	const struct said *all = whole->said.at + x->first, *some = r->said.at + y->first;
	VEC(size_t)
	at = {0}; /* by event of `some`: where the thread's previous one was found, + 1 */
	bool holds = true;
	size_t i, k;

	for (i = 0; i < y->n && holds; i++) {
		for (k = i; k > 0 && some[k - 1].m != some[i].m; k--)
			;
		k = k > 0 ? at.at[k - 1] : 0;
		while (k < x->n && all[k].m != some[i].m)
			k++;
		holds = k < x->n && all[k].hash == some[i].hash;
		assert_int_equal(vec_push(&at, k + 1), 0);
	}
	vec_clear(&at);
	return holds;
}

#endif
