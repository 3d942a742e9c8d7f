#include "tiles/goroutine_sums.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/base/map.h"
#include "tiles/row_set.h"

#define NO_SLOT UINT32_MAX

/* A goroutine that lives in a row. */
struct slot {
	struct goroutine_sums sums;
	bool is_wanted, is_touched;
};

struct summing {
	const struct sums_query *q;
	struct stays stays;
	VEC(uint32_t) slot_of; /* by row */
	VEC(struct slot) slots;
	VEC(uint32_t) spare; /* slots that nobody has */
	int (*each)(void *context, const struct goroutine_sums *s, struct err *e);
	void *context;
};

static const char *const names[N_SUMS] = {"total", "execution", "sched_wait", "syscall", "sync",
	"chan", "net", "sleep", "other", "unknown", "gc"};

const char *sums_column_name(unsigned column)
{
	return names[column];
}

int sums_column_parse(const char *name, size_t n, unsigned *column)
{
	for (unsigned i = 0; i < N_SUMS; i++) {
		if (strlen(names[i]) == n && memcmp(names[i], name, n) == 0) {
			*column = i;
			return 0;
		}
	}
	return -1;
}

static unsigned column_of(unsigned state)
{
	static const uint8_t columns[N_STATES] = {
		[STATE_RUNNING] = SUM_EXECUTION,
		[STATE_GC] = SUM_EXECUTION,
		[STATE_ASSIST] = SUM_EXECUTION,
		[STATE_SYSCALL] = SUM_SYSCALL,
		[STATE_RUNNABLE] = SUM_SCHED_WAIT,
		[STATE_SYNC] = SUM_SYNC,
		[STATE_CHAN] = SUM_CHAN,
		[STATE_OTHER] = SUM_OTHER,
		[STATE_NET] = SUM_NET,
		[STATE_SLEEP] = SUM_SLEEP,
		[STATE_UNKNOWN] = SUM_UNKNOWN,
	};

	return columns[state];
}

static bool is_wanted(const struct sums_query *q, uint32_t row, uint32_t group, uint64_t g)
{
	char digits[24];

	if (q->rows && !row_set_has(q->rows, VIEW_G, row, g))
		return false;
	if (!q->is_picky)
		return true;
	if (group < q->n_groups && (q->groups[group / 8] >> group % 8 & 1))
		return true;
	if (q->also && map_get(q->also, g) != MAP_NONE)
		return true;
	snprintf(digits, sizeof(digits), "%" PRIu64, g);
	return q->digits && strstr(digits, q->digits);
}

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot sum up goroutines: out of memory");
}

/* The row's slot; NULL where memory ran out. */
static struct slot *slot_of(struct summing *s, uint32_t row, struct err *e)
{
	const struct slot none = {.is_wanted = false};

	while (s->slot_of.n <= row)
		if (vec_push(&s->slot_of, NO_SLOT) < 0)
			goto no_memory;
	if (s->slot_of.at[row] != NO_SLOT)
		return &s->slots.at[s->slot_of.at[row]];
	if (s->spare.n > 0) {
		s->slot_of.at[row] = s->spare.at[--s->spare.n];
	} else {
		if (vec_push(&s->slots, none) < 0)
			goto no_memory;
		s->slot_of.at[row] = (uint32_t)s->slots.n - 1;
	}
	return &s->slots.at[s->slot_of.at[row]];
no_memory:
	no_memory(e);
	return NULL;
}

static int give_out(struct summing *s, struct slot *slot, struct err *e)
{
	int rc = slot->is_touched ? s->each(s->context, &slot->sums, e) : 0;

	memset(slot, 0, sizeof(*slot));
	return rc;
}

/* The goroutine that lived in the row does so no longer. */
static int leave(struct summing *s, uint32_t row, struct err *e)
{
	uint32_t slot = row < s->slot_of.n ? s->slot_of.at[row] : NO_SLOT;

	if (slot == NO_SLOT)
		return 0;
	s->slot_of.at[row] = NO_SLOT;
	if (vec_push(&s->spare, slot) < 0)
		return no_memory(e);
	return give_out(s, &s->slots.at[slot], e);
}

static int add_stay(struct summing *s, const struct stay *stay, struct err *e)
{
	const struct slab_rows *rows = slabs_rows(tile_reader_slabs(s->stays.reader));
	const struct chunk_head *h = stay->head;
	const struct stays_query *q = &s->stays.q;
	struct slot *slot;
	uint64_t ns;

	if (h->occupant == 0)
		return leave(s, stay->row, e);
	slot = slot_of(s, stay->row, e);
	if (!slot)
		return -1;
	if (slot->sums.g != h->occupant) {
		if (give_out(s, slot, e) < 0)
			return -1;
		slot->sums.g = h->occupant;
		slot->sums.group = rows->group_of.at[stay->row / BLOCK_ROWS];
		slot->is_wanted = is_wanted(s->q, stay->row, slot->sums.group, h->occupant);
	}
	if (!slot->is_wanted || h->state == STATE_NONE ||
		!stay_touches(stay->t0, stay->t1, q->from, q->to))
		return 0;
	ns = (uint64_t)stay_inside(stay->t0, stay->t1, q->from, q->to);
	slot->is_touched = true;
	slot->sums.ns[SUM_TOTAL] += ns;
	slot->sums.ns[column_of(h->state)] += ns;
	if (h->state == STATE_GC || h->state == STATE_ASSIST)
		slot->sums.ns[SUM_GC] += ns;
	return 0;
}

/* All of the query, from slabs. */
static int sum_up(struct tile_reader *r, const struct sums_query *q,
	int (*each)(void *context, const struct goroutine_sums *s, struct err *e), void *context,
	struct err *e)
{
	struct summing s = {.q = q, .each = each, .context = context};
	const struct stays_query query = {.view = VIEW_G,
		.block = STAYS_ANY,
		.group = q->group,
		.clock = CLOCK_WIRE,
		.from = q->from,
		.to = q->to,
		.rows = q->rows};
	struct stay stay;
	int rc = stays_open(&s.stays, r, &query, e);

	while (rc >= 0 && (rc = stays_next(&s.stays, &stay, e)) > 0)
		rc = add_stay(&s, &stay, e);
	for (size_t i = 0; rc >= 0 && i < s.slots.n; i++)
		rc = give_out(&s, &s.slots.at[i], e);
	stays_close(&s.stays);
	vec_clear(&s.slot_of);
	vec_clear(&s.slots);
	vec_clear(&s.spare);
	return rc < 0 ? -1 : 0;
}

/* ---- kept ---- */

/* What a query is summed up for: the next one of its range and group may be after others of them. */
struct keeping {
	const struct sums_query *q;
	int (*each)(void *context, const struct goroutine_sums *s, struct err *e);
	void *context;
	bool is_full;
};

void sums_kept_clear(struct sums_kept *k)
{
	vec_clear(&k->all);
	k->is_there = false;
}

static bool kept_has(const struct sums_kept *k, const struct sums_query *q)
{
	return k->is_there && k->from == q->from && k->to == q->to &&
		(k->group == STAYS_ANY || k->group == q->group);
}

/* Where memory for it runs out, the answer is given all the same. */
static int keep_one(void *context, const struct goroutine_sums *s, struct err *e)
{
	struct keeping *k = context;
	struct sums_kept *kept = k->q->kept;

	if (!k->is_full && (kept->all.n == SUMS_KEPT || vec_push(&kept->all, *s) < 0)) {
		k->is_full = true;
		vec_clear(&kept->all);
	}
	return is_wanted(k->q, 0, s->group, s->g) ? k->each(k->context, s, e) : 0;
}

static int keep_all(struct tile_reader *r, struct keeping *k, struct err *e)
{
	const struct sums_query all = {.from = k->q->from, .to = k->q->to, .group = k->q->group};
	struct sums_kept *kept = k->q->kept;

	sums_kept_clear(kept);
	if (sum_up(r, &all, keep_one, k, e) < 0) {
		sums_kept_clear(kept);
		return -1;
	}
	kept->is_there = !k->is_full;
	kept->from = all.from;
	kept->to = all.to;
	kept->group = all.group;
	return 0;
}

int goroutine_sums_each(struct tile_reader *r, const struct sums_query *q,
	int (*each)(void *context, const struct goroutine_sums *s, struct err *e), void *context,
	struct err *e)
{
	struct keeping keeping = {.q = q, .each = each, .context = context};
	const struct sums_kept *kept = q->kept;

	if (!kept || q->rows)
		return sum_up(r, q, each, context, e);
	if (!kept_has(kept, q))
		return keep_all(r, &keeping, e);
	for (size_t i = 0; i < kept->all.n; i++) {
		const struct goroutine_sums *s = &kept->all.at[i];

		if ((q->group == STAYS_ANY || s->group == q->group) &&
			is_wanted(q, 0, s->group, s->g) && each(context, s, e) < 0)
			return -1;
	}
	return 0;
}

/* ---- in an order ---- */

struct ranking {
	struct goroutine_rank *out;
	const struct rank_query *q;
};

uint64_t rank_value(const struct goroutine_sums *s, unsigned by)
{
	return by == RANK_BY_ID ? s->g : s->ns[by];
}

/* Does (value, g) come behind (other value, other g)? */
static bool is_behind(
	const struct rank_query *q, uint64_t value, uint64_t g, uint64_t other, uint64_t other_g)
{
	if (value != other)
		return q->is_descending ? value < other : value > other;
	return q->by == RANK_BY_ID ? false : g > other_g;
}

static bool line_is_behind(
	const struct rank_query *q, const struct goroutine_sums *a, const struct goroutine_sums *b)
{
	return is_behind(q, rank_value(a, q->by), a->g, rank_value(b, q->by), b->g);
}

static void swap(struct goroutine_sums *a, struct goroutine_sums *b)
{
	struct goroutine_sums was = *a;

	*a = *b;
	*b = was;
}

/* lines are a heap with the last of the order on top. */
static void sink(const struct ranking *r, size_t i, size_t n)
{
	struct goroutine_sums *at = r->out->lines.at;

	for (;;) {
		size_t last = i, left = 2 * i + 1;

		for (size_t k = left; k < left + 2 && k < n; k++)
			if (line_is_behind(r->q, &at[k], &at[last]))
				last = k;
		if (last == i)
			return;
		swap(&at[i], &at[last]);
		i = last;
	}
}

static void rise(const struct ranking *r, size_t i)
{
	struct goroutine_sums *at = r->out->lines.at;

	for (; i > 0 && line_is_behind(r->q, &at[i], &at[(i - 1) / 2]); i = (i - 1) / 2)
		swap(&at[i], &at[(i - 1) / 2]);
}

static int rank_one(void *context, const struct goroutine_sums *s, struct err *e)
{
	struct ranking *r = context;
	const struct rank_query *q = r->q;
	struct goroutine_rank *out = r->out;

	out->n++;
	for (unsigned i = 0; i < N_SUMS; i++)
		out->ns[i] += s->ns[i];
	if (s->ns[SUM_TOTAL] > out->longest)
		out->longest = s->ns[SUM_TOTAL];
	if (q->has_after && !is_behind(q, rank_value(s, q->by), s->g, q->after_value, q->after_g))
		return 0;
	if (out->lines.n < q->limit) {
		if (vec_push(&out->lines, *s) < 0)
			return no_memory(e);
		rise(r, out->lines.n - 1);
		return 0;
	}
	out->has_next = true;
	if (line_is_behind(q, &out->lines.at[0], s)) {
		out->lines.at[0] = *s;
		sink(r, 0, out->lines.n);
	}
	return 0;
}

int goroutine_rank_make(struct goroutine_rank *out, struct tile_reader *r,
	const struct rank_query *q, struct err *e)
{
	struct ranking ranking = {.out = out, .q = q};

	out->lines.n = 0;
	out->has_next = false;
	out->n = out->longest = 0;
	memset(out->ns, 0, sizeof(out->ns));
	if (goroutine_sums_each(r, &q->of, rank_one, &ranking, e) < 0)
		return -1;
	for (size_t n = out->lines.n; n > 1; n--) { /* the last of the order goes to the end */
		swap(&out->lines.at[0], &out->lines.at[n - 1]);
		sink(&ranking, 0, n - 1);
	}
	return 0;
}

void goroutine_rank_clear(struct goroutine_rank *l)
{
	vec_clear(&l->lines);
}
