/* summary_test.c - sums in Go's words of random traces, on both clocks, against plain loops. */
#include "tests/unit/tile_scene.h"

#include "tiles/summary.h"
#include "tiles/tables.h"

/* Of the model: an interval in Go's words, as long as state and reason stay. */
struct span {
	int64_t id, t0, t1, last; /* last: page time or T where what is merged so far ends */
	uint32_t row, reason;
	uint8_t state;
};

struct model {
	VEC(struct span) spans;
	struct summary_entry sums[4096];
	size_t n_sums;
};

static int go_state(enum view view, unsigned state)
{
	if (state == STATE_NONE || (state == STATE_UNKNOWN && view == VIEW_G))
		return -1;
	if (view == VIEW_P)
		return SUMMARY_RUNNING;
	if (view == VIEW_M)
		return SUMMARY_THREAD + (int)state;
	if (state == STATE_RUNNING || state == STATE_GC || state == STATE_ASSIST)
		return SUMMARY_RUNNING;
	if (state == STATE_SYSCALL)
		return SUMMARY_SYSCALL;
	return state == STATE_RUNNABLE ? SUMMARY_RUNNABLE : SUMMARY_WAITING;
}

/* The intervals of a view, those that Go does not tell apart made one. */
static void merge(struct model *m, const struct scene *s, enum view view, enum stay_clock clock)
{
	VEC(size_t) open = {0}; /* by row: its last span + 1 */

	for (size_t i = 0; i < s->intervals.n; i++) {
		const struct scene_interval *iv = &s->intervals.at[i];
		int state = iv->view == view ? go_state(view, iv->state) : -1;
		struct span span = {.row = iv->row, .state = (uint8_t)state};
		struct span *before;

		if (iv->view != view)
			continue;
		while (open.n <= iv->row)
			assert_int_equal(vec_push(&open, 0), 0);
		span.id = view == VIEW_G ? (int64_t)iv->g : (int64_t)iv->row + 100;
		span.reason = state == SUMMARY_WAITING ? iv->reason : 0;
		span.t0 = clock == CLOCK_GO ? iv->time_ns : iv->t0;
		span.t1 = clock == CLOCK_GO ? iv->end_time_ns : iv->t1;
		span.last = iv->end_time_ns;
		before = open.at[iv->row] ? &m->spans.at[open.at[iv->row] - 1] : NULL;
		if (before && before->id == span.id && before->state == span.state &&
			before->reason == span.reason && before->last == iv->time_ns) {
			before->t1 = span.t1;
			before->last = span.last;
			continue;
		}
		open.at[iv->row] = 0;
		if (state < 0)
			continue;
		assert_int_equal(vec_push(&m->spans, span), 0);
		open.at[iv->row] = m->spans.n;
	}
	vec_clear(&open);
}

static void model_add(struct model *m, const struct summary_entry *add)
{
	for (size_t i = 0; i < m->n_sums; i++) {
		struct summary_entry *at = &m->sums[i];

		if (at->id == add->id && at->state == add->state && at->reason == add->reason) {
			at->ns += add->ns;
			at->n += add->n;
			return;
		}
	}
	assert_true(m->n_sums < sizeof(m->sums) / sizeof(m->sums[0]));
	m->sums[m->n_sums++] = *add;
}

static void model_sum(struct model *m, const struct summary_query *q)
{
	m->n_sums = 0;
	for (size_t i = 0; i < m->spans.n; i++) {
		const struct span *s = &m->spans.at[i];
		int64_t a = s->t0 > q->from ? s->t0 : q->from, b = s->t1 < q->to ? s->t1 : q->to;
		struct summary_entry add = {.n = 1, .state = s->state, .reason = s->reason};

		if (s->t0 >= q->to || (s->t0 < q->from && s->t1 <= q->from))
			continue;
		add.id = q->by == SUMMARY_BY_STATE || q->by == SUMMARY_BY_FUNCTION ? 0 : s->id;
		add.ns = b > a ? (uint64_t)(b - a) : 0;
		model_add(m, &add);
	}
}

static void check(const struct model *m, const struct summary *s, const struct summary_query *q)
{
	bool has_function = q->by == SUMMARY_BY_GOROUTINE || q->by == SUMMARY_BY_FUNCTION;
	size_t n = 0;

	for (size_t i = 0; i < s->entries.n; i++) {
		const struct summary_entry *got = &s->entries.at[i];

		if (got->state == SUMMARY_IDLE)
			continue;
		n++;
		assert_int_equal(got->function, has_function ? 9 : 0);
		for (size_t j = 0;; j++) {
			const struct summary_entry *want = &m->sums[j];

			assert_true(j < m->n_sums);
			if (want->id != got->id || want->state != got->state ||
				want->reason != got->reason)
				continue;
			assert_int_equal(got->ns, want->ns);
			assert_int_equal(got->n, want->n);
			break;
		}
	}
	assert_int_equal(n, m->n_sums);
}

/* Procs that are there are Running or Idle, all of the time. */
static void check_procs(const struct scene *s, const struct summary *sums)
{
	int64_t ns = 0, want = 0;

	for (size_t i = 0; i < sums->entries.n; i++)
		ns += (int64_t)sums->entries.at[i].ns;
	for (unsigned i = 0; i < 5; i++)
		want += s->span - s->first[i];
	assert_int_equal(ns, want);
}

static void fill_tables(struct tables *t, const struct tile_reader *r)
{
	struct group_info group = {.function = 9};

	assert_int_equal(vec_push(&t->groups, group), 0);
	for (uint32_t i = 0; i < tile_reader_meta(r)->n_blocks[VIEW_G]; i++) {
		struct group_block block = {.block = i};

		assert_int_equal(vec_push(&t->group_blocks, block), 0);
	}
	for (int64_t i = 0; i < SCENE_ROWS; i++) {
		assert_int_equal(vec_push(&t->procs, 100 + i), 0);
		assert_int_equal(vec_push(&t->threads, 100 + i), 0);
	}
}

static void test_sums_are_exact(void **state)
{
	static struct model models[2][3];
	struct err e = ERR_INIT;
	struct tables tables = {0};
	struct tile_reader *r;
	struct scene s;

	(void)state;
	scene_make(&s, STORE_IN_MEMORY, 17, 60000, 40, 15.625);
	r = tile_reader_create(s.st, &e);
	scene_ok(r != NULL, &e, __LINE__);
	fill_tables(&tables, r);
	for (unsigned i = 0; i < 6; i++)
		merge(&models[i / 3][i % 3], &s, (enum view)(i % 3), (enum stay_clock)(i / 3));
	for (unsigned i = 0; i < 200; i++) {
		struct summary_query q = {.by = (enum summary_by)(i % 5), .clock = i / 5 % 2};
		enum view view = q.by == SUMMARY_BY_PROC ? VIEW_P
			: q.by == SUMMARY_BY_THREAD      ? VIEW_M
							 : VIEW_G;
		struct model *m = &models[q.clock][view];
		struct summary sums = {0};

		q.from = (int64_t)scene_random(&s, (uint64_t)s.span);
		q.to = q.from + 1 + (int64_t)scene_random(&s, (uint64_t)s.span / 40);
		if (i % 3 == 0) { /* edges where intervals begin */
			const struct span *span = &m->spans.at[scene_random(&s, m->spans.n)];

			q.from = span->t0;
			q.to = span->t1 > span->t0 ? span->t1 : span->t0 + 1;
		} else if (q.clock == CLOCK_GO) {
			q.from += s.origin;
			q.to += s.origin;
		}
		if (q.by != SUMMARY_BY_GOROUTINE && i < 20) {
			q.from = q.clock == CLOCK_GO ? s.origin : 0;
			q.to = INT64_MAX;
		}
		ok(summary_make(&sums, r, &tables, &q, &e));
		model_sum(m, &q);
		check(m, &sums, &q);
		if (q.by == SUMMARY_BY_PROC && q.clock == CLOCK_WIRE && i < 20)
			check_procs(&s, &sums);
		summary_clear(&sums);
	}
	for (unsigned i = 0; i < 6; i++)
		vec_clear(&models[i / 3][i % 3].spans);
	tables_clear(&tables);
	tile_reader_destroy(r);
	scene_clear(&s);
}

static void test_procs_are_not_idle_in_gaps(void **state)
{
	struct summary_query q = {.by = SUMMARY_BY_PROC, .to = INT64_MAX};
	struct err e = ERR_INIT;
	struct summary whole = {0}, cut = {0};
	struct tables tables = {0};
	struct tile_reader *r;
	struct gap_info gap;
	uint64_t running[2] = {0}, idle[2] = {0}, inside = 0;
	struct scene s;

	(void)state;
	scene_make(&s, STORE_IN_MEMORY, 23, 9000, 40, 1);
	r = tile_reader_create(s.st, &e);
	scene_ok(r != NULL, &e, __LINE__);
	fill_tables(&tables, r);
	ok(summary_make(&whole, r, &tables, &q, &e));
	gap = (struct gap_info){.t0 = s.span / 3, .t1 = s.span / 2};
	assert_int_equal(vec_push(&tables.gaps, gap), 0);
	ok(summary_make(&cut, r, &tables, &q, &e));
	for (size_t i = 0; i < whole.entries.n; i++)
		*(whole.entries.at[i].state == SUMMARY_IDLE ? &idle[0] : &running[0]) +=
			whole.entries.at[i].ns;
	for (size_t i = 0; i < cut.entries.n; i++)
		*(cut.entries.at[i].state == SUMMARY_IDLE ? &idle[1] : &running[1]) +=
			cut.entries.at[i].ns;
	for (size_t i = 0; i < s.intervals.n; i++) {
		const struct scene_interval *iv = &s.intervals.at[i];

		if (iv->view == VIEW_P)
			inside += (uint64_t)stay_inside(iv->t0, iv->t1, gap.t0, gap.t1);
	}
	assert_int_equal(running[0], running[1]);
	assert_int_equal(idle[0] - idle[1], 5 * (uint64_t)(gap.t1 - gap.t0) - inside);
	summary_clear(&whole);
	summary_clear(&cut);
	tables_clear(&tables);
	tile_reader_destroy(r);
	scene_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums_are_exact),
		cmocka_unit_test(test_procs_are_not_idle_in_gaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
