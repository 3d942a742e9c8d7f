#include "tiles/tables.h"

#include <string.h>

#include "parser/base/err.h"
#include "tiles/store.h"

/* One more record of a table, from or to its integers. */
typedef void record_to(const struct tables *t, size_t i, int64_t *v);
typedef int record_of(struct tables *t, const int64_t *v);

struct kind {
	uint32_t table, n_columns;
	record_to *to;
	record_of *of;
	size_t (*count)(const struct tables *t);
};

static const uint8_t plain[COLUMN_MAX] = {0};

static int64_t bits_of(double v)
{
	int64_t i;

	memcpy(&i, &v, sizeof(i));
	return i;
}

static double of_bits(int64_t i)
{
	double v;

	memcpy(&v, &i, sizeof(v));
	return v;
}

static size_t n_procs(const struct tables *t)
{
	return t->procs.n;
}

static void proc_to(const struct tables *t, size_t i, int64_t *v)
{
	v[0] = t->procs.at[i];
}

static int proc_of(struct tables *t, const int64_t *v)
{
	return vec_push(&t->procs, v[0]);
}

static size_t n_threads(const struct tables *t)
{
	return t->threads.n;
}

static void thread_to(const struct tables *t, size_t i, int64_t *v)
{
	v[0] = t->threads.at[i];
}

static int thread_of(struct tables *t, const int64_t *v)
{
	return vec_push(&t->threads, v[0]);
}

static size_t n_reasons(const struct tables *t)
{
	return t->reasons.n;
}

static void reason_to(const struct tables *t, size_t i, int64_t *v)
{
	v[0] = t->reasons.at[i];
}

static int reason_of(struct tables *t, const int64_t *v)
{
	return vec_push(&t->reasons, (uint32_t)v[0]);
}

static size_t n_groups(const struct tables *t)
{
	return t->groups.n;
}

static void group_to(const struct tables *t, size_t i, int64_t *v)
{
	const struct group_info *g = &t->groups.at[i];

	v[0] = g->function;
	v[1] = g->rows;
	v[2] = (int64_t)g->goroutines;
	v[3] = g->alive_max;
	for (unsigned s = 0; s < N_STATES; s++)
		v[4 + s] = (int64_t)g->time_ns[s];
}

static int group_of(struct tables *t, const int64_t *v)
{
	struct group_info g = {.function = (uint32_t)v[0],
		.rows = (uint32_t)v[1],
		.goroutines = (uint64_t)v[2],
		.alive_max = (uint32_t)v[3]};

	for (unsigned s = 0; s < N_STATES; s++)
		g.time_ns[s] = (uint64_t)v[4 + s];
	return vec_push(&t->groups, g);
}

static size_t n_group_blocks(const struct tables *t)
{
	return t->group_blocks.n;
}

static void group_block_to(const struct tables *t, size_t i, int64_t *v)
{
	v[0] = t->group_blocks.at[i].group;
	v[1] = t->group_blocks.at[i].block;
}

static int group_block_of(struct tables *t, const int64_t *v)
{
	struct group_block b = {(uint32_t)v[0], (uint32_t)v[1]};

	return vec_push(&t->group_blocks, b);
}

static size_t n_counters(const struct tables *t)
{
	return t->counters.n;
}

static void counter_to(const struct tables *t, size_t i, int64_t *v)
{
	v[0] = t->counters.at[i].name;
	v[1] = (int64_t)t->counters.at[i].min;
	v[2] = (int64_t)t->counters.at[i].max;
	v[3] = (int64_t)t->counters.at[i].samples;
}

static int counter_of(struct tables *t, const int64_t *v)
{
	struct counter_info c = {(uint32_t)v[0], (uint64_t)v[1], (uint64_t)v[2], (uint64_t)v[3]};

	return vec_push(&t->counters, c);
}

static size_t n_wall(const struct tables *t)
{
	return t->wall.n;
}

static void wall_to(const struct tables *t, size_t i, int64_t *v)
{
	v[0] = t->wall.at[i].t_ns;
	v[1] = t->wall.at[i].unix_ns;
	v[2] = t->wall.at[i].mono_ns;
}

static int wall_of(struct tables *t, const int64_t *v)
{
	struct wall_clock w = {v[0], v[1], v[2]};

	return vec_push(&t->wall, w);
}

static size_t n_generations(const struct tables *t)
{
	return t->generations.n;
}

static void generation_to(const struct tables *t, size_t i, int64_t *v)
{
	v[0] = (int64_t)t->generations.at[i].number;
	v[1] = t->generations.at[i].t_ns;
	v[2] = t->generations.at[i].time_ns;
	v[3] = bits_of(t->generations.at[i].ns_per_tick);
}

static int generation_of(struct tables *t, const int64_t *v)
{
	struct generation_info g = {(uint64_t)v[0], v[1], v[2], of_bits(v[3])};

	return vec_push(&t->generations, g);
}

static size_t n_warnings(const struct tables *t)
{
	return t->warnings.n;
}

static void warning_to(const struct tables *t, size_t i, int64_t *v)
{
	v[0] = t->warnings.at[i];
}

static int warning_of(struct tables *t, const int64_t *v)
{
	return vec_push(&t->warnings, (uint32_t)v[0]);
}

static size_t n_gaps(const struct tables *t)
{
	return t->gaps.n;
}

static void gap_to(const struct tables *t, size_t i, int64_t *v)
{
	const struct gap_info *g = &t->gaps.at[i];

	v[0] = g->t0;
	v[1] = g->t1;
	v[2] = g->first_byte;
	v[3] = g->end_byte;
	v[4] = (int64_t)g->first_gen;
	v[5] = (int64_t)g->last_gen;
	v[6] = (int64_t)g->n_unordered;
	v[7] = g->why;
}

static int gap_of(struct tables *t, const int64_t *v)
{
	struct gap_info g = {v[0], v[1], v[2], v[3], (uint64_t)v[4], (uint64_t)v[5], (uint64_t)v[6],
		(uint32_t)v[7]};

	return vec_push(&t->gaps, g);
}

static const struct kind kinds[] = {
	{TABLE_PROCS, 1, proc_to, proc_of, n_procs},
	{TABLE_THREADS, 1, thread_to, thread_of, n_threads},
	{TABLE_REASONS, 1, reason_to, reason_of, n_reasons},
	{TABLE_GROUPS, 4 + N_STATES, group_to, group_of, n_groups},
	{TABLE_GROUP_BLOCKS, 2, group_block_to, group_block_of, n_group_blocks},
	{TABLE_COUNTERS, 4, counter_to, counter_of, n_counters},
	{TABLE_WALL, 3, wall_to, wall_of, n_wall},
	{TABLE_GENERATIONS, 4, generation_to, generation_of, n_generations},
	{TABLE_WARNINGS, 1, warning_to, warning_of, n_warnings},
	{TABLE_GAPS, 8, gap_to, gap_of, n_gaps},
};

static int put_kind(
	struct store *st, const struct tables *t, const struct kind *kind, struct err *e)
{
	struct column_spec spec = {kind->table, kind->n_columns, plain};
	struct column_writer w;
	int64_t v[COLUMN_MAX];
	int rc = 0;

	column_writer_init(&w, st, spec);
	for (size_t i = 0; i < kind->count(t) && rc == 0; i++) {
		kind->to(t, i, v);
		rc = column_writer_add(&w, v, e);
	}
	if (rc == 0)
		rc = column_writer_seal(&w, e);
	column_writer_clear(&w);
	return rc;
}

int tables_put(struct store *st, const struct tables *t, struct err *e)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (put_kind(st, t, &kinds[i], e) < 0)
			return -1;
	return 0;
}

static int get_page(
	struct column_table *c, uint32_t page, struct tables *t, record_of *of, struct err *e)
{
	int64_t v[COLUMN_MAX];

	if (column_table_page(c, page, e) < 0)
		return -1;
	for (uint32_t row = 0; row < c->n_rows; row++) {
		for (uint32_t i = 0; i < c->spec.n_columns; i++)
			v[i] = c->at[i][row];
		if (of(t, v) < 0)
			return err_set(
				e, ERR_MEMORY, -1, "Cannot read table: table=%u", c->spec.table);
	}
	return 0;
}

static int get_kind(struct store *st, struct tables *t, const struct kind *kind, struct err *e)
{
	struct column_spec spec = {kind->table, kind->n_columns, plain};
	struct column_table c;
	int rc = 0;

	if (column_table_open(&c, st, spec, e) < 0)
		return -1;
	for (uint32_t page = 0; page < c.pages.n && rc == 0; page++)
		rc = get_page(&c, page, t, kind->of, e);
	column_table_clear(&c);
	return rc;
}

int tables_get(struct store *st, struct tables *t, struct err *e)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (get_kind(st, t, &kinds[i], e) < 0) {
			tables_clear(t);
			return -1;
		}
	return 0;
}

void tables_clear(struct tables *t)
{
	vec_clear(&t->procs);
	vec_clear(&t->threads);
	vec_clear(&t->reasons);
	vec_clear(&t->groups);
	vec_clear(&t->group_blocks);
	vec_clear(&t->counters);
	vec_clear(&t->wall);
	vec_clear(&t->generations);
	vec_clear(&t->warnings);
	vec_clear(&t->gaps);
}

/* Columns of a range: end, length, T minus begin, id, g, parent, text, what is known. */
static const uint8_t range_codes[] = {COLUMN_DELTA, COLUMN_PLAIN, COLUMN_DELTA, COLUMN_DELTA,
	COLUMN_DELTA, COLUMN_DELTA, COLUMN_PLAIN, COLUMN_PLAIN};

static struct column_spec range_spec(enum table_number table)
{
	return (struct column_spec){table, sizeof(range_codes), range_codes};
}

void range_writer_init(struct range_writer *w, struct store *st, enum table_number table)
{
	column_writer_init(&w->w, st, range_spec(table));
}

void range_writer_clear(struct range_writer *w)
{
	column_writer_clear(&w->w);
}

int range_writer_add(struct range_writer *w, const struct range *r, struct err *e)
{
	int64_t v[] = {r->t1, r->t1 - r->t0, r->time_ns - r->t0, (int64_t)r->id, (int64_t)r->g,
		(int64_t)r->parent, r->text, r->is_begin_known | r->is_end_known << 1};

	return column_writer_add(&w->w, v, e);
}

int range_writer_seal(struct range_writer *w, struct err *e)
{
	return column_writer_seal(&w->w, e);
}

static void range_of(const struct column_table *c, uint32_t i, struct range *r)
{
	r->t1 = c->at[0][i];
	r->t0 = (int64_t)((uint64_t)r->t1 - (uint64_t)c->at[1][i]);
	r->time_ns = (int64_t)((uint64_t)r->t0 + (uint64_t)c->at[2][i]);
	r->id = (uint64_t)c->at[3][i];
	r->g = (uint64_t)c->at[4][i];
	r->parent = (uint64_t)c->at[5][i];
	r->text = (uint32_t)c->at[6][i];
	r->is_begin_known = c->at[7][i] & 1;
	r->is_end_known = c->at[7][i] >> 1 & 1;
}

int range_each(struct store *st, enum table_number table, int64_t t0, int64_t t1,
	int (*each)(void *context, const struct range *r), void *context, struct err *e)
{
	struct column_table c;
	int rc = 0;

	if (column_table_open(&c, st, range_spec(table), e) < 0)
		return -1;
	for (uint32_t page = 0; page < c.pages.n && rc == 0; page++) {
		if (c.pages.at[page].max < t0)
			continue;
		rc = column_table_page(&c, page, e);
		for (uint32_t i = 0; i < c.n_rows && rc == 0; i++) {
			struct range r;

			range_of(&c, i, &r);
			if (r.t0 < t1 && (r.t1 > t0 || (r.t1 == t0 && r.t0 == t0)))
				rc = each(context, &r);
		}
	}
	column_table_clear(&c);
	return rc;
}

int range_each_back(struct store *st, enum table_number table, int64_t t0,
	int (*each)(void *context, const struct range *r), void *context, struct err *e)
{
	struct column_table c;
	size_t first = 0;
	int rc = 0;

	if (column_table_open(&c, st, range_spec(table), e) < 0)
		return -1;
	while (first < c.pages.n && c.pages.at[first].max < t0)
		first++;
	for (size_t page = c.pages.n; page-- > first && rc == 0;) {
		rc = column_table_page(&c, (uint32_t)page, e);
		for (uint32_t i = c.n_rows; i-- > 0 && rc == 0;) {
			struct range r;

			range_of(&c, i, &r);
			rc = each(context, &r);
		}
	}
	column_table_clear(&c);
	return rc;
}
