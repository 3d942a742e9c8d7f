/* The table: slice, group, block, row, g, begin, length, T minus begin, reason, state, log2 of the slices'
 * width; sorted by slice, group. */
#include "tiles/landmark.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/base/map.h"

#define MAX_SLICES  1024
#define MAX_ENTRIES 262144
#define FIRST_WIDTH 20   /* log2 ns: 1 ms */
#define MAX_WIDTH   60   /* one slice: as many entries as groups */
#define MIN_ENTRIES 2048 /* kept whatever the number of events */
#define EVENTS_PER  400  /* events that pay for one entry: about 1 % of the trace */
#define MAX_TIME    (INT64_C(1) << 60)

static const uint8_t codes[] = {COLUMN_DELTA, COLUMN_DELTA, COLUMN_DELTA, COLUMN_PLAIN,
	COLUMN_DELTA, COLUMN_DELTA, COLUMN_PLAIN, COLUMN_DELTA, COLUMN_PLAIN, COLUMN_PLAIN,
	COLUMN_DELTA};
static const struct column_spec spec = {TABLE_LANDMARKS, sizeof(codes), codes};

struct entry {
	uint32_t slice;
	struct landmark l;
};

struct recent {
	uint32_t slice, at; /* entry of the group used last; slice UINT32_MAX none */
};

struct landmark_writer {
	struct store *st;
	unsigned width; /* log2 ns */
	VEC(struct entry) entries;
	struct map entry_of;       /* slice, group -> entry */
	VEC(struct recent) recent; /* by group */
};

struct landmark_writer *landmark_writer_create(struct store *st, struct err *e)
{
	struct landmark_writer *w = mem_calloc(1, sizeof(*w));

	if (!w) {
		err_set(e, ERR_MEMORY, -1, "Cannot make landmarks: bytes=%zu", sizeof(*w));
		return NULL;
	}
	w->st = st;
	w->width = FIRST_WIDTH;
	map_init(&w->entry_of);
	return w;
}

void landmark_writer_destroy(struct landmark_writer *w)
{
	if (!w)
		return;
	vec_clear(&w->entries);
	vec_clear(&w->recent);
	map_clear(&w->entry_of);
	mem_free(w);
}

static bool is_loud(unsigned state)
{
	return state >= STATE_RUNNING && state <= STATE_SYNC;
}

static bool is_longer(const struct landmark *a, const struct landmark *b)
{
	int64_t la = a->t1 - a->t0, lb = b->t1 - b->t0;

	return la != lb ? la > lb : a->time_ns < b->time_ns;
}

static uint64_t key_of(uint32_t slice, uint32_t group)
{
	return (uint64_t)slice << 32 | group;
}

/* Where the group's entry of the slice is, MAP_NONE where it has none. */
static uint32_t find(struct landmark_writer *w, uint32_t slice, uint32_t group)
{
	struct recent *recent = &w->recent.at[group];
	uint32_t at;

	if (recent->slice == slice)
		return recent->at;
	at = map_get(&w->entry_of, key_of(slice, group));
	if (at != MAP_NONE)
		*recent = (struct recent){slice, at};
	return at;
}

static int put(struct landmark_writer *w, uint32_t slice, const struct landmark *l)
{
	uint32_t at = find(w, slice, l->group);
	struct entry entry = {slice, *l};

	if (at != MAP_NONE) {
		if (is_longer(l, &w->entries.at[at].l))
			w->entries.at[at].l = *l;
		return 0;
	}
	at = (uint32_t)w->entries.n;
	if (vec_push(&w->entries, entry) < 0 ||
		map_put(&w->entry_of, key_of(slice, l->group), at) < 0)
		return -1;
	w->recent.at[l->group] = (struct recent){slice, at};
	return 0;
}

/* Slices twice as wide. */
static int widen(struct landmark_writer *w)
{
	size_t n = w->entries.n;

	w->width++;
	w->entries.n = 0;
	map_reset(&w->entry_of);
	for (size_t i = 0; i < w->recent.n; i++)
		w->recent.at[i].slice = UINT32_MAX;
	for (size_t i = 0; i < n; i++) {
		struct entry entry = w->entries.at[i]; /* put() writes at or before i */

		if (put(w, entry.slice >> 1, &entry.l) < 0)
			return -1;
	}
	return 0;
}

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot keep landmarks");
}

int landmark_add(struct landmark_writer *w, const struct landmark *landmark, struct err *e)
{
	const struct recent none = {UINT32_MAX, 0};
	struct landmark l = *landmark;
	int64_t first, last;

	if (!is_loud(l.state) || l.t1 <= 0 || l.t1 <= l.t0 || l.t1 > MAX_TIME)
		return 0;
	if (l.t0 < 0)
		l.t0 = 0;
	while (w->recent.n <= l.group)
		if (vec_push(&w->recent, none) < 0)
			return no_memory(e);
	while ((l.t1 - 1) >> w->width >= MAX_SLICES ||
		(w->entries.n >= MAX_ENTRIES && w->width < MAX_WIDTH))
		if (widen(w) < 0)
			return no_memory(e);
	first = l.t0 >> w->width;
	last = (l.t1 - 1) >> w->width;
	for (int64_t slice = first; slice <= last; slice++)
		if (put(w, (uint32_t)slice, &l) < 0)
			return no_memory(e);
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->slice != y->slice)
		return x->slice < y->slice ? -1 : 1;
	return x->l.group < y->l.group ? -1 : x->l.group > y->l.group;
}

static int put_entries(struct landmark_writer *w, struct err *e)
{
	struct column_writer c;
	int rc = 0;

	column_writer_init(&c, w->st, spec);
	for (size_t i = 0; i < w->entries.n && rc == 0; i++) {
		const struct entry *entry = &w->entries.at[i];
		const struct landmark *l = &entry->l;
		int64_t v[] = {entry->slice, l->group, l->block, l->row, (int64_t)l->g, l->t0,
			l->t1 - l->t0, l->time_ns - l->t0, l->reason, l->state, w->width};

		rc = column_writer_add(&c, v, e);
	}
	if (rc == 0)
		rc = column_writer_seal(&c, e);
	column_writer_clear(&c);
	return rc;
}

int landmark_writer_seal(struct landmark_writer *w, uint64_t n_events, struct err *e)
{
	uint64_t most = n_events / EVENTS_PER;

	if (most < MIN_ENTRIES)
		most = MIN_ENTRIES;
	for (unsigned i = 0; (UINT64_C(1) << i) < MAX_SLICES && w->entries.n > most; i++)
		if (widen(w) < 0)
			return no_memory(e);
	if (w->entries.n)
		qsort(w->entries.at, w->entries.n, sizeof(*w->entries.at), compare);
	return put_entries(w, e);
}

/* The part of a query that is going on. */
struct query {
	struct landmarks *out;
	int64_t t0, t1;
	unsigned k;
	struct map place_of; /* group -> out->longest */
};

static int add_longest(struct query *q, const struct landmark *l)
{
	uint32_t at = map_get(&q->place_of, l->group);

	if (at != MAP_NONE) {
		if (is_longer(l, &q->out->longest.at[at]))
			q->out->longest.at[at] = *l;
		return 0;
	}
	if (vec_push(&q->out->longest, *l) < 0)
		return -1;
	return map_put(&q->place_of, l->group, (uint32_t)q->out->longest.n - 1);
}

static int query_page(struct query *q, const struct column_table *t)
{
	for (uint32_t i = 0; i < t->n_rows; i++) {
		struct landmark l = {
			.group = (uint32_t)t->at[1][i],
			.block = (uint32_t)t->at[2][i],
			.row = (uint32_t)t->at[3][i],
			.g = (uint64_t)t->at[4][i],
			.t0 = t->at[5][i],
			.t1 = (int64_t)((uint64_t)t->at[5][i] + (uint64_t)t->at[6][i]),
			.time_ns = (int64_t)((uint64_t)t->at[5][i] + (uint64_t)t->at[7][i]),
			.reason = (uint32_t)t->at[8][i],
			.state = (uint8_t)t->at[9][i],
		};

		if (!is_loud(l.state) || l.t0 < 0 || l.t1 < l.t0)
			continue; /* not written by us */
		if (l.t0 < q->t1 && l.t1 > q->t0 && add_longest(q, &l) < 0)
			return -1;
	}
	return 0;
}

static int query_longest(struct query *q, struct store *st, struct err *e)
{
	unsigned width = 0; /* the first page tells */
	struct column_table t;
	int rc = 0;

	if (column_table_open(&t, st, spec, e) < 0)
		return -1;
	for (uint32_t page = 0; page < t.pages.n && rc == 0; page++) {
		const struct column_page *p = &t.pages.at[page];

		if (page > 0 && (p->min > (q->t1 - 1) >> width || p->max < q->t0 >> width))
			continue;
		rc = column_table_page(&t, page, e);
		if (rc == 0 && t.n_rows)
			width = (unsigned)t.at[10][0] & 63;
		if (rc == 0 && query_page(q, &t) < 0)
			rc = no_memory(e);
	}
	column_table_clear(&t);
	return rc;
}

static int is_short(const struct query *q, const struct range *r)
{
	return r->t1 - r->t0 < INT64_C(1) << q->k;
}

/* Ranges shorter than a bin share one entry with those before of the same bin. */
static int add_range(struct query *q, struct landmark_range *last, const struct range *r)
{
	if (!last || !is_short(q, r) || !is_short(q, &last->r) ||
		last->r.t0 >> q->k != r->t0 >> q->k)
		return 0;
	last->n++;
	if (r->t1 - r->t0 > last->r.t1 - last->r.t0)
		last->r = *r;
	return 1;
}

static int each_gc(void *context, const struct range *r)
{
	struct query *q = context;
	struct landmarks *out = q->out;
	struct landmark_range one = {*r, 1};

	if (add_range(q, out->gc.n ? &out->gc.at[out->gc.n - 1] : NULL, r))
		return 0;
	return vec_push(&out->gc, one);
}

static int each_stw(void *context, const struct range *r)
{
	struct query *q = context;
	struct landmarks *out = q->out;
	struct landmark_range one = {*r, 1};

	if (add_range(q, out->stw.n ? &out->stw.at[out->stw.n - 1] : NULL, r))
		return 0;
	return vec_push(&out->stw, one);
}

static int compare_groups(const void *a, const void *b)
{
	const struct landmark *x = a, *y = b;

	return x->group < y->group ? -1 : x->group > y->group;
}

int landmarks_get(struct store *st, unsigned k, uint64_t x, struct landmarks *out, struct err *e)
{
	struct tile_key key = {.k = (uint8_t)k, .x = x};
	struct query q = {.out = out, .t0 = tile_t0(key), .t1 = tile_t1(key), .k = k};
	int rc = -1;

	out->gc.n = out->stw.n = out->longest.n = 0;
	map_init(&q.place_of);
	if (query_longest(&q, st, e) < 0)
		goto out;
	if (range_each(st, TABLE_GC, q.t0, q.t1, each_gc, &q, e) < 0 ||
		range_each(st, TABLE_STW, q.t0, q.t1, each_stw, &q, e) < 0) {
		no_memory(e); /* unless something else came first */
		goto out;
	}
	if (out->longest.n)
		qsort(out->longest.at, out->longest.n, sizeof(*out->longest.at), compare_groups);
	rc = 0;
out:
	map_clear(&q.place_of);
	return rc;
}

void landmarks_clear(struct landmarks *l)
{
	vec_clear(&l->gc);
	vec_clear(&l->stw);
	vec_clear(&l->longest);
}
