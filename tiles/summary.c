#include "tiles/summary.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/err.h"
#include "tiles/goroutine_table.h"
#include "tiles/tables.h"

#define NO_STATE UINT8_MAX

/* Lists are searched from their begin: a few reasons. A trace may come with any number of them. */
#define LIST_FULL  256
#define FOLD_LEAST ((size_t)1 << 20)

typedef VEC(struct summary_entry) entries;

/* A row as its stays come. */
struct row {
	entries sums;  /* of the goroutine that lives there, or of the proc or thread */
	uint64_t g;    /* G: that goroutine */
	int64_t since; /* begin of the interval */
	uint32_t reason;
	uint8_t state; /* of the interval; NO_STATE: nothing that is summed */
	bool is_counted;
};

struct summing {
	struct summary *out;
	struct tile_reader *reader;
	const struct tables *tables;
	const struct summary_query *q;
	enum view view;
	int64_t from, to; /* cut to the trace */
	size_t fold_at;   /* entries that come out */
	uint32_t *
		functions; /* by block of G: that all its goroutines were started with; 0 not known */
	uint32_t n_functions;
	struct goroutine_table goroutines; /* only where some are not known by their block */
	bool has_goroutines;
	VEC(struct row) rows;
	entries common; /* sums of what has no id of its own */
};

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot sum: out of memory");
}

/* ---- names ---- */

static const char *const by_names[N_SUMMARY_BY] = {
	"state", "goroutine", "function", "proc", "thread"};

const char *summary_by_name(enum summary_by by)
{
	return by_names[by];
}

int summary_by_parse(const char *name, enum summary_by *by)
{
	for (unsigned i = 0; i < N_SUMMARY_BY; i++) {
		if (strcmp(name, by_names[i]) == 0) {
			*by = (enum summary_by)i;
			return 0;
		}
	}
	return -1;
}

const char *summary_state_name(unsigned state)
{
	static const char *const names[] = {"Runnable", "Running", "Waiting", "Syscall", "Idle"};

	return state < SUMMARY_THREAD ? names[state] : state_name(state - SUMMARY_THREAD);
}

/* ---- what Go calls it ---- */

static uint8_t goroutine_state(unsigned state)
{
	switch (state) {
	case STATE_RUNNING:
	case STATE_GC:
	case STATE_ASSIST:
		return SUMMARY_RUNNING;
	case STATE_SYSCALL:
		return SUMMARY_SYSCALL;
	case STATE_RUNNABLE:
		return SUMMARY_RUNNABLE;
	case STATE_NONE:
	case STATE_UNKNOWN:
		return NO_STATE;
	default:
		return SUMMARY_WAITING;
	}
}

static uint8_t go_state(const struct summing *s, const struct chunk_head *h)
{
	if (s->view == VIEW_G)
		return goroutine_state(h->state);
	if (s->view == VIEW_P)
		return h->state == STATE_NONE ? SUMMARY_IDLE : SUMMARY_RUNNING;
	return h->state == STATE_NONE ? NO_STATE : (uint8_t)(SUMMARY_THREAD + h->state);
}

/* ---- entries ---- */

static int compare(const void *left, const void *right)
{
	const struct summary_entry *a = left, *b = right;

	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	if (a->function != b->function)
		return a->function < b->function ? -1 : 1;
	if (a->state != b->state)
		return (int)a->state - (int)b->state;
	return a->reason < b->reason ? -1 : a->reason > b->reason;
}

/* Ordered, and one entry for each key. */
static void fold(struct summary *s)
{
	struct summary_entry *at = s->entries.at;
	size_t n = 0;

	if (s->entries.n == 0)
		return;
	qsort(at, s->entries.n, sizeof(*at), compare);
	for (size_t i = 1; i < s->entries.n; i++) {
		if (compare(&at[n], &at[i]) != 0) {
			at[++n] = at[i];
		} else {
			at[n].ns += at[i].ns;
			at[n].n += at[i].n;
		}
	}
	s->entries.n = n + 1;
}

/* ---- sums ---- */

static int add_entry(entries *list, const struct summary_entry *add, struct err *e)
{
	for (size_t i = 0; i < list->n; i++) {
		struct summary_entry *at = &list->at[i];

		if (at->state == add->state && at->reason == add->reason &&
			at->function == add->function && at->id == add->id) {
			at->ns += add->ns;
			at->n += add->n;
			return 0;
		}
	}
	return vec_push(list, *add) < 0 ? no_memory(e) : 0;
}

/* A part of the row's interval. */
static int add_part(struct summing *s, struct row *row, int64_t t0, int64_t t1, struct err *e)
{
	struct summary_entry add = {.state = row->state, .reason = row->reason};

	add.ns = (uint64_t)stay_inside(t0, t1, s->from, s->to);
	add.n = !row->is_counted && stay_touches(row->since, t1, s->from, s->to);
	row->is_counted |= add.n;
	return add.n || add.ns ? add_entry(&row->sums, &add, e) : 0;
}

/* Nothing is known of an idle proc while a part of the trace is lost: what stands beside the gaps. */
static int add_idle(struct summing *s, struct row *row, int64_t t0, int64_t t1, struct err *e)
{
	int64_t base = s->q->clock == CLOCK_GO ? tile_reader_meta(s->reader)->origin_ns : 0;
	bool has_gap = false;

	for (size_t i = 0; i < s->tables->gaps.n; i++) {
		const struct gap_info *g = &s->tables->gaps.at[i];
		int64_t lost = g->t0 < 0 ? INT64_MIN : base + g->t0;
		int64_t found = g->t1 < 0 ? INT64_MAX : base + g->t1;

		if (lost >= t1 || found <= t0)
			continue;
		has_gap = true;
		if (lost > t0 && add_part(s, row, t0, lost, e) < 0)
			return -1;
		t0 = found < t1 ? found : t1;
		row->since = t0;
		row->is_counted = false;
	}
	return has_gap && t0 == t1 ? 0 : add_part(s, row, t0, t1, e);
}

/* The function that a goroutine was started with, which lives in this row. */
static int find_function(
	struct summing *s, uint32_t row, uint64_t g, uint32_t *function, struct err *e)
{
	struct goroutine record;
	int found;

	*function = row / BLOCK_ROWS < s->n_functions ? s->functions[row / BLOCK_ROWS] : 0;
	if (*function != 0)
		return 0;
	if (!s->has_goroutines) {
		s->has_goroutines = true;
		if (goroutine_table_open(&s->goroutines, tile_reader_store(s->reader), e) < 0)
			return -1;
	}
	found = goroutine_get(&s->goroutines, g, &record, e);
	if (found > 0)
		*function = record.function;
	return found < 0 ? -1 : 0;
}

static int64_t row_id(const struct summing *s, uint32_t row)
{
	if (s->view == VIEW_G)
		return (int64_t)s->rows.at[row].g;
	if (s->view == VIEW_P)
		return row < s->tables->procs.n ? s->tables->procs.at[row] : -1;
	return row < s->tables->threads.n ? s->tables->threads.at[row] : -1;
}

static int put_out(struct summing *s, const struct summary_entry *add, struct err *e)
{
	struct summary *out = s->out;

	if (out->entries.n >= s->fold_at) {
		fold(out);
		s->fold_at = 2 * out->entries.n + FOLD_LEAST;
	}
	return vec_push(&out->entries, *add) < 0 ? no_memory(e) : 0;
}

static int flush_common(struct summing *s, struct err *e)
{
	for (size_t i = 0; i < s->common.n; i++)
		if (put_out(s, &s->common.at[i], e) < 0)
			return -1;
	s->common.n = 0;
	return 0;
}

/* What a row has summed up goes where it belongs. */
static int flush_row(struct summing *s, uint32_t number, struct err *e)
{
	bool has_id = s->q->by != SUMMARY_BY_STATE && s->q->by != SUMMARY_BY_FUNCTION;
	struct row *row = &s->rows.at[number];
	uint32_t function = 0;

	if (row->sums.n > 0 && s->view == VIEW_G && s->q->by != SUMMARY_BY_STATE &&
		find_function(s, number, row->g, &function, e) < 0)
		return -1;
	for (size_t i = 0; i < row->sums.n; i++) {
		struct summary_entry add = row->sums.at[i];

		add.id = has_id ? row_id(s, number) : 0;
		add.function = function;
		if ((has_id ? put_out(s, &add, e) : add_entry(&s->common, &add, e)) < 0)
			return -1;
	}
	row->sums.n = 0;
	return s->common.n >= LIST_FULL ? flush_common(s, e) : 0;
}

static int make_row(struct summing *s, uint32_t row, struct err *e)
{
	const struct row fresh = {.state = NO_STATE};

	while (s->rows.n <= row)
		if (vec_push(&s->rows, fresh) < 0)
			return no_memory(e);
	return 0;
}

static int sum_stay(struct summing *s, const struct stay *stay, struct row *row, struct err *e)
{
	const struct chunk_head *h = stay->head;
	uint8_t state = go_state(s, h);
	uint32_t reason = state == SUMMARY_WAITING ? h->reason : 0;

	if (row->sums.n >= LIST_FULL && flush_row(s, stay->row, e) < 0)
		return -1;
	if (s->view == VIEW_G && h->occupant != row->g) {
		if (flush_row(s, stay->row, e) < 0)
			return -1;
		row->g = h->occupant;
		row->state = NO_STATE;
	}
	if (state != row->state || reason != row->reason) {
		row->state = state;
		row->reason = reason;
		row->since = stay->t0;
		row->is_counted = false;
	}
	if (state == NO_STATE)
		return 0;
	if (state == SUMMARY_IDLE)
		return add_idle(s, row, stay->t0, stay->t1, e);
	return add_part(s, row, stay->t0, stay->t1, e);
}

static int add_stay(struct summing *s, const struct stay *stay, struct err *e)
{
	if (stay->row >= s->rows.n && make_row(s, stay->row, e) < 0)
		return -1;
	return sum_stay(s, stay, &s->rows.at[stay->row], e);
}

static int flush_all(struct summing *s, struct err *e)
{
	for (uint32_t i = 0; i < s->rows.n; i++)
		if (flush_row(s, i, e) < 0)
			return -1;
	return flush_common(s, e);
}

static int add_stays(struct summing *s, struct err *e)
{
	const struct stays_query q = {.view = s->view,
		.block = STAYS_ANY,
		.group = STAYS_ANY,
		.clock = s->q->clock,
		.from = s->from,
		.to = s->to};
	struct stays stays;
	struct stay stay;
	int rc = stays_open(&stays, s->reader, &q, e);

	while (rc >= 0 && (rc = stays_next(&stays, &stay, e)) > 0)
		rc = add_stay(s, &stay, e);
	stays_close(&stays);
	return rc < 0 ? -1 : flush_all(s, e);
}

/* Function by block, as the groups have it; from mem, NULL where memory ran out. */
static uint32_t *functions_of_blocks(const struct tables *t, uint32_t n_blocks, struct err *e)
{
	uint32_t *function = mem_calloc((size_t)n_blocks + 1, sizeof(*function));

	if (!function)
		no_memory(e);
	for (size_t i = 0; function && i < t->group_blocks.n; i++) {
		const struct group_block *b = &t->group_blocks.at[i];

		if (b->block < n_blocks && b->group < t->groups.n)
			function[b->block] = t->groups.at[b->group].function;
	}
	return function;
}

int summary_make(struct summary *out, struct tile_reader *r, const struct tables *t,
	const struct summary_query *q, struct err *e)
{
	const struct meta *m = tile_reader_meta(r);
	struct summing s = {.out = out, .reader = r, .tables = t, .q = q, .fold_at = FOLD_LEAST};
	int rc = -1;

	s.view = q->by == SUMMARY_BY_PROC ? VIEW_P : q->by == SUMMARY_BY_THREAD ? VIEW_M : VIEW_G;
	s.from = q->from;
	s.to = q->to;
	stays_cut(m, q->clock, &s.from, &s.to);
	s.n_functions = m->n_blocks[VIEW_G];
	s.functions = functions_of_blocks(t, s.n_functions, e);
	if (s.functions)
		rc = add_stays(&s, e);
	if (rc == 0)
		fold(out);
	for (size_t i = 0; i < s.rows.n; i++)
		vec_clear(&s.rows.at[i].sums);
	vec_clear(&s.rows);
	vec_clear(&s.common);
	if (s.has_goroutines)
		goroutine_table_clear(&s.goroutines);
	mem_free(s.functions);
	return rc;
}

void summary_clear(struct summary *s)
{
	vec_clear(&s->entries);
}
