#include "tiles/stays.h"

#include <string.h>

#include "parser/base/err.h"
#include "tiles/row_set.h"

/* Numbers of a store may be any: what wraps is wrong, and defined. */
static inline int64_t minus(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a - (uint64_t)b);
}

void stays_cut(const struct meta *m, enum stay_clock clock, int64_t *from, int64_t *to)
{
	int64_t begin = clock == CLOCK_GO ? m->origin_time_ns : 0;
	int64_t end = clock == CLOCK_GO ? m->end_time_ns : m->span_ns;

	if (*from < begin)
		*from = begin;
	if (*to > end && end < INT64_MAX)
		*to = end + 1; /* what is entered with the last event counts */
}

/* The slabs of an index that touch the range; on Go's clock from the first that may hold such a T on, as
 * far as it goes. */
static struct block_range range_of(const struct stays *s, const struct block_index *ix)
{
	const struct meta *m = s->meta;

	if (s->q.clock == CLOCK_WIRE)
		return block_index_range(ix, s->q.from, s->q.to);
	return block_index_range(
		ix, minus(minus(s->q.from, m->origin_ns), m->max_corr_ns), INT64_MAX);
}

static int add_slab(struct stays *s, uint64_t number, struct err *e)
{
	if (s->slabs.n > 0 && number <= s->slabs.at[s->slabs.n - 1])
		return 0;
	return vec_push(&s->slabs, number) < 0
		? err_set(e, ERR_MEMORY, -1, "Cannot read stays: slabs=%zu", s->slabs.n)
		: 0;
}

/* The first slab of the range tells what every row is; of one block only its own follow. */
static int find_slabs(struct stays *s, struct err *e)
{
	const struct block_index *ix = tile_get_index(s->reader, VIEW_A, 0, e);
	struct block_range range;

	if (!ix)
		return -1;
	range = range_of(s, ix);
	if (range.first == range.end)
		return 0;
	if (add_slab(s, ix->chunks.at[range.first].seq, e) < 0)
		return -1;
	if (s->q.block != STAYS_ANY) {
		ix = tile_get_index(s->reader, s->q.view, s->q.block, e);
		if (!ix)
			return -1;
		range = range_of(s, ix);
	}
	for (uint32_t i = range.first; i < range.end; i++)
		for (uint32_t k = 0; k < ix->chunks.at[i].n_slabs; k++)
			if (add_slab(s, ix->chunks.at[i].seq + k, e) < 0)
				return -1;
	return 0;
}

int stays_open(struct stays *s, struct tile_reader *r, const struct stays_query *q, struct err *e)
{
	memset(s, 0, sizeof(*s));
	s->reader = r;
	s->meta = tile_reader_meta(r);
	s->q = *q;
	s->end = q->clock == CLOCK_GO ? s->meta->end_time_ns : s->meta->span_ns;
	if (q->view > VIEW_G || (q->block != STAYS_ANY && q->block >= s->meta->n_blocks[q->view]))
		return err_set(e, ERR_NOT_FOUND, -1, "Cannot find block: number=%u", q->block);
	stays_cut(s->meta, q->clock, &s->q.from, &s->q.to);
	return s->q.from >= s->q.to ? 0 : find_slabs(s, e);
}

void stays_close(struct stays *s)
{
	vec_clear(&s->slabs);
	vec_clear(&s->is_there);
	memset(s, 0, sizeof(*s));
}

static inline int64_t time_of(const struct stays *s, uint64_t ticks, int64_t corr_ns)
{
	double rate = slabs_rows(tile_reader_slabs(s->reader))->ns_per_tick;
	int64_t clock = chunk_clock(ticks, rate);

	if (s->q.clock == CLOCK_WIRE)
		return minus(clock, s->meta->origin_ns);
	return minus(clock, minus(0, corr_ns));
}

/* Which procs are there. What a row is does not tell one that is not there yet from an idle one, but
 * one that has had an event is not all zero. */
static int find_procs(struct stays *s, bool at_begin, struct err *e)
{
	const struct slab_rows *rows = slabs_rows(tile_reader_slabs(s->reader));

	while (s->q.view == VIEW_P && s->is_there.n < rows->view[VIEW_P].n) {
		const struct slab_row *row = &rows->view[VIEW_P].at[s->is_there.n];
		uint8_t is_there = at_begin && (row->last_ticks || row->head.corr_ns);

		if (vec_push(&s->is_there, is_there) < 0)
			return err_set(e, ERR_MEMORY, -1, "Cannot read stays: out of memory");
	}
	return 0;
}

static bool is_wanted(const struct stays *s, uint32_t row)
{
	const struct slab_rows *rows = slabs_rows(tile_reader_slabs(s->reader));
	uint32_t block = row / BLOCK_ROWS;

	if (s->q.block != STAYS_ANY && block != s->q.block)
		return false;
	if (s->q.rows && !row_set_has_row(s->q.rows, s->q.view, row))
		return false;
	return s->q.view != VIEW_G || s->q.group == STAYS_ANY ||
		rows->group_of.at[block] == s->q.group;
}

/* The row's state, as `head` has it, lasted until t1. False: it had none yet. */
static inline bool end_stay(const struct stays *s, uint32_t row, const struct chunk_head *head,
	int64_t t1, struct stay *out)
{
	out->head = head;
	out->t0 = time_of(s, head->ticks, head->corr_ns);
	out->t1 = t1;
	out->row = row;
	return s->q.view != VIEW_P || s->is_there.at[row];
}

/* What no event ended. */
static int next_open(struct stays *s, struct stay *out)
{
	const struct slab_rows *rows = slabs_rows(tile_reader_slabs(s->reader));

	while (s->slabs.n > 0 && s->row < rows->view[s->q.view].n) {
		uint32_t row = s->row++;

		if (is_wanted(s, row) &&
			end_stay(s, row, &rows->view[s->q.view].at[row].head, s->end, out))
			return 1;
	}
	return 0;
}

/* The next event of a row that is wanted: 1, 0 at the end, -1. */
static int next_event(struct stays *s, struct slab_event *ev, struct err *e)
{
	struct slabs *slabs = tile_reader_slabs(s->reader);
	struct slab_change change;
	int rc;

	while (s->is_open || (!s->is_past && s->at < s->slabs.n)) {
		if (!s->is_open) {
			if (slabs_seek(slabs, s->slabs.at[s->at], e) < 0 ||
				find_procs(s, s->at == 0, e) < 0)
				return -1;
			s->at++;
			s->is_open = true;
		}
		rc = slabs_next(slabs, ev, &change, e);
		if (rc < 0 || find_procs(s, false, e) < 0)
			return -1;
		s->is_open = rc > 0;
		if (rc > 0 && ev->view == s->q.view && ev->ev.kind != CHUNK_MARK &&
			is_wanted(s, ev->row))
			return 1;
	}
	return 0;
}

int stays_next(struct stays *s, struct stay *out, struct err *e)
{
	const struct slabs *slabs = tile_reader_slabs(s->reader);
	struct slab_event ev;
	bool has_ended;
	int64_t t;
	int rc;

	while ((rc = next_event(s, &ev, e)) > 0) {
		t = time_of(s, ev.ev.ticks, ev.ev.corr_ns);
		has_ended = end_stay(s, ev.row, slabs_before(slabs), t, out);
		if (s->q.view == VIEW_P)
			s->is_there.at[ev.row] = 1;
		if (s->q.clock == CLOCK_GO && t >= s->q.to) {
			s->is_open = false; /* other rows are what they are at `to` */
			s->is_past = true;
		}
		if (has_ended)
			return 1;
	}
	return rc < 0 ? -1 : next_open(s, out);
}
