#include "tiles/search.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/err.h"
#include "tiles/search_lives.h"
#include "tiles/tables.h"
#include "tiles/tile.h"

#define MAX_BLOCKS 64 /* whose indexes are looked into */

/* Of these none lies on a row of a processor or thread. */
#define ROWS_OF_G (HIT_BIT(HIT_STATE) | HIT_BIT(HIT_BORN) | HIT_BIT(HIT_GONE))

struct slab_entry {
	uint64_t number;
	int64_t t_lo, t_hi; /* as struct block_entry */
	bool is_wanted;     /* may have an event of a group that is left */
};

struct search {
	struct search_source s;
	const struct search_request *r;
	struct search_match *match;
	struct search_result *out;
	const struct meta *meta;
	VEC(struct slab_entry) slabs; /* of the trace */
	VEC(uint32_t) open_of;        /* by row of G: 1 + the hit that is open there, 0 none */
	size_t n_open;                /* of hits that are not decided */
	size_t n_yes;
	bool is_taking;            /* things that begin are looked at */
	struct search_place place; /* of the event at hand */
};

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot search: out of memory");
}

/* ---- which slabs ---- */

static int add_slabs(struct search *x, struct err *e)
{
	const struct block_index *ix = tile_get_index(x->s.tiles, VIEW_A, 0, e);

	if (!ix)
		return -1;
	for (uint32_t i = 0; i < ix->chunks.n; i++) {
		const struct block_entry *c = &ix->chunks.at[i];

		for (uint32_t k = 0; k < c->n_slabs; k++) {
			struct slab_entry entry = {c->seq + k, c->t_lo, c->t_hi, true};

			if (vec_push(&x->slabs, entry) < 0)
				return no_memory(e);
		}
	}
	return 0;
}

/* The slabs of a block become wanted. Both lists rise. */
static int want_block(struct search *x, uint32_t block, struct err *e)
{
	const struct block_index *ix = tile_get_index(x->s.tiles, VIEW_G, block, e);
	size_t at = 0;

	for (uint32_t i = 0; ix && i < ix->chunks.n; i++) {
		const struct block_entry *c = &ix->chunks.at[i];

		while (at < x->slabs.n && x->slabs.at[at].number < c->seq)
			at++;
		for (size_t k = at; k < x->slabs.n && x->slabs.at[k].number < c->seq + c->n_slabs;
			k++)
			x->slabs.at[k].is_wanted = true;
	}
	return ix ? 0 : -1;
}

static bool is_left(const struct search *x, const struct group_block *b)
{
	return search_match_group(x->match, b->group) && search_match_block(x->match, b->block);
}

static int want_slabs(struct search *x, struct err *e)
{
	const struct tables *tables = x->s.tables;
	uint32_t n = 0;

	if (x->r->q->finds & ~ROWS_OF_G)
		return 0;
	for (size_t i = 0; i < tables->group_blocks.n; i++)
		n += is_left(x, &tables->group_blocks.at[i]);
	if (n > MAX_BLOCKS || n == tables->group_blocks.n)
		return 0;
	for (size_t i = 0; i < x->slabs.n; i++)
		x->slabs.at[i].is_wanted = false;
	for (size_t i = 0; i < tables->group_blocks.n; i++)
		if (is_left(x, &tables->group_blocks.at[i]) &&
			want_block(x, tables->group_blocks.at[i].block, e) < 0)
			return -1;
	return 0;
}

/* ---- hits that are open ---- */

static void decide(struct search *x, struct search_hit *hit, enum search_answer answer)
{
	x->n_open -= hit->answer == MATCH_OPEN && answer != MATCH_OPEN;
	x->n_yes += hit->answer != MATCH_YES && answer == MATCH_YES;
	hit->answer = (uint8_t)answer;
}

static int ask(struct search *x, struct search_hit *hit, struct err *e)
{
	int answer = search_match_ask(x->match, &hit->thing, e);

	if (answer < 0)
		return -1;
	decide(x, hit, (enum search_answer)answer);
	return 0;
}

/* It ends at t, or goes on at least until then. */
static int move_end(struct search *x, struct search_hit *hit, int64_t t, bool is_end, struct err *e)
{
	if (t > hit->thing.t1)
		hit->thing.t1 = t;
	hit->thing.is_open = !is_end;
	return hit->answer == MATCH_OPEN ? ask(x, hit, e) : 0;
}

static int close_row(struct search *x, uint32_t row, int64_t t, struct err *e)
{
	uint32_t open = row < x->open_of.n ? x->open_of.at[row] : 0;

	if (!open)
		return 0;
	x->open_of.at[row] = 0;
	return move_end(x, &x->out->hits.at[open - 1], t, true, e);
}

static int open_row(struct search *x, uint32_t row, size_t hit, struct err *e)
{
	while (x->open_of.n <= row)
		if (vec_push(&x->open_of, 0u) < 0)
			return no_memory(e);
	x->open_of.at[row] = (uint32_t)hit + 1;
	return 0;
}

/* Drops what is no hit, and what is counted. */
static void sift(struct search *x)
{
	struct search_hit *hits = x->out->hits.at;
	size_t n = 0;

	for (size_t i = 0; i < x->out->hits.n; i++) {
		const struct search_hit *hit = &hits[i];
		bool is_counted = x->r->n_bins && hit->answer == MATCH_YES;
		bool is_kept = hit->answer != MATCH_NO && !is_counted;
		uint32_t row = hit->thing.row;

		if (is_counted)
			search_count(x->out, x->r, &hit->thing);
		if (hit->thing.is_open)
			x->open_of.at[row] = is_kept ? (uint32_t)n + 1 : 0;
		if (is_kept)
			hits[n++] = *hit;
	}
	x->out->hits.n = n;
}

/* ---- events ---- */

static int64_t page_time(const struct search *x, const struct chunk_event *ev, int64_t *time_ns)
{
	int64_t clock =
		chunk_clock(ev->ticks, slabs_rows(tile_reader_slabs(x->s.tiles))->ns_per_tick);

	*time_ns = (int64_t)((uint64_t)clock + (uint64_t)ev->corr_ns);
	return (int64_t)((uint64_t)clock - (uint64_t)x->meta->origin_ns);
}

static int kind_of(const struct slab_event *sev)
{
	static const int8_t marks[N_MARKS] = {
		[MARK_LOG] = HIT_LOG,
		[MARK_LABEL] = HIT_LABEL,
		[MARK_SAMPLE] = HIT_SAMPLE,
		[MARK_REGION_BEGIN] = HIT_REGION,
		[MARK_REGION_END] = -1,
		[MARK_RANGE_BEGIN] = HIT_RANGE,
		[MARK_RANGE_END] = -1,
	};

	if (sev->ev.kind == CHUNK_MARK)
		return marks[sev->ev.mark];
	if (sev->view != VIEW_G)
		return -1;
	if (sev->ev.kind == CHUNK_BORN)
		return HIT_BORN;
	return sev->ev.kind == CHUNK_GONE ? HIT_GONE : HIT_STATE;
}

static uint32_t group_of(const struct search *x, const struct slab_event *sev)
{
	const struct slab_rows *rows = slabs_rows(tile_reader_slabs(x->s.tiles));
	uint32_t block = sev->row / BLOCK_ROWS;

	return sev->view == VIEW_G && block < rows->group_of.n ? rows->group_of.at[block]
							       : UINT32_MAX;
}

/* An event with what its row was before it. */
static int fill(struct search *x, const struct slab_event *sev, uint32_t group, int kind,
	struct search_thing *out, struct err *e)
{
	const struct chunk_head *before = slabs_before(tile_reader_slabs(x->s.tiles));
	const struct chunk_event *ev = &sev->ev;
	bool is_born = ev->kind == CHUNK_BORN;

	*out = (struct search_thing){.kind = (uint8_t)kind,
		.view = sev->view,
		.row = sev->row,
		.state = kind == HIT_STATE ? ev->state : (uint8_t)STATE_NONE,
		.is_open = kind == HIT_STATE,
		.g = sev->view != VIEW_G || is_born ? ev->g : before->occupant,
		.other_g = is_born          ? ev->g2
			: kind == HIT_STATE ? ev->g
					    : 0,
		.task = ev->task,
		.reason = ev->reason,
		.stack = ev->stack,
		.text = ev->text,
		.text2 = ev->text2,
		.p = ev->p,
		.m = ev->m};
	out->t0 = out->t1 = page_time(x, ev, &out->time_ns);
	if (ev->kind == CHUNK_MARK || ev->kind == CHUNK_GONE) {
		out->p = sev->view == VIEW_P ? sev->row + 1 : before->p;
		out->m = sev->view == VIEW_M ? sev->row + 1 : before->m;
	}
	return search_match_function(x->match, group, out->g, &out->function, e);
}

/* Something begins. */
static int take(struct search *x, const struct slab_event *sev, struct err *e)
{
	int kind = kind_of(sev);
	uint32_t group = group_of(x, sev);
	struct search_hit hit = {.place = x->place};
	int answer;

	if (kind < 0 || !search_match_may(x->match, group, (enum search_kind)kind, sev->ev.state))
		return 0;
	if (fill(x, sev, group, kind, &hit.thing, e) < 0)
		return -1;
	if (hit.thing.t0 < x->r->from || hit.thing.t0 >= x->r->to)
		return 0;
	answer = search_match_ask(x->match, &hit.thing, e);
	if (answer <= MATCH_NO)
		return answer;
	hit.answer = (uint8_t)answer;
	x->n_open += answer == MATCH_OPEN;
	x->n_yes += answer == MATCH_YES;
	if (vec_push(&x->out->hits, hit) < 0)
		return no_memory(e);
	return hit.thing.is_open ? open_row(x, sev->row, x->out->hits.n - 1, e) : 0;
}

static bool is_full(const struct search *x)
{
	return x->n_open >= SEARCH_PENDING || (!x->r->n_bins && x->n_yes > x->r->limit);
}

static void stop_at(struct search *x, struct search_place place)
{
	x->is_taking = false;
	x->out->has_next = true;
	x->out->next = place;
}

static int on_event(struct search *x, const struct slab_event *sev, struct err *e)
{
	int64_t time_ns;

	if (sev->view == VIEW_G && sev->ev.kind != CHUNK_MARK &&
		close_row(x, sev->row, page_time(x, &sev->ev, &time_ns), e) < 0)
		return -1;
	if (x->is_taking && is_full(x))
		stop_at(x, x->place);
	if (!x->is_taking || search_is_before(x->place, x->r->start))
		return 0;
	return take(x, sev, e);
}

static int read_slab(struct search *x, uint64_t number, struct err *e)
{
	struct slabs *slabs = tile_reader_slabs(x->s.tiles);
	struct slab_change change;
	struct slab_event ev;
	int rc;

	if (slabs_seek(slabs, number, e) < 0)
		return -1;
	x->place = (struct search_place){number, 0};
	while ((rc = slabs_next(slabs, &ev, &change, e)) > 0) {
		if (on_event(x, &ev, e) < 0)
			return -1;
		x->place.event++;
	}
	return rc;
}

/* What is open goes on at least until t. */
static int look_at_open(struct search *x, int64_t t, bool is_end, struct err *e)
{
	for (size_t i = 0; i < x->out->hits.n; i++) {
		struct search_hit *hit = &x->out->hits.at[i];

		if (hit->thing.is_open && move_end(x, hit, t, is_end, e) < 0)
			return -1;
	}
	return 0;
}

static bool has_open_end(const struct search *x)
{
	for (size_t i = 0; i < x->out->hits.n; i++)
		if (x->out->hits.at[i].thing.is_open)
			return true;
	return false;
}

static bool is_sought(const struct search *x, const struct slab_entry *slab)
{
	return slab->is_wanted && slab->t_hi >= x->r->from && slab->number >= x->r->start.slab;
}

/* Those that hits may begin in; *at: the first behind them. */
static int read_sought(struct search *x, size_t *at, struct err *e)
{
	int64_t until = search_match_until(x->match);
	unsigned left = SEARCH_SLABS;

	for (*at = 0; *at < x->slabs.n && x->is_taking; (*at)++) {
		const struct slab_entry *slab = &x->slabs.at[*at];

		if (slab->t_lo >= x->r->to || slab->t_lo >= until)
			break;
		if (!is_sought(x, slab))
			continue;
		if (left-- == 0) {
			stop_at(x, (struct search_place){slab->number, 0});
			break;
		}
		if (look_at_open(x, slab->t_lo, false, e) < 0 || read_slab(x, slab->number, e) < 0)
			return -1;
		sift(x);
	}
	return 0;
}

/* Those behind, for ends. */
static int read_beyond(struct search *x, size_t at, struct err *e)
{
	unsigned left = SEARCH_BEYOND;

	x->is_taking = false;
	for (; at < x->slabs.n; at++) {
		const struct slab_entry *slab = &x->slabs.at[at];

		if (look_at_open(x, slab->t_lo, false, e) < 0)
			return -1;
		if (x->n_open == 0 && (x->r->n_bins || left == 0 || !has_open_end(x)))
			break;
		if (!slab->is_wanted)
			continue;
		left -= left > 0;
		if (read_slab(x, slab->number, e) < 0)
			return -1;
		sift(x);
	}
	if (at == x->slabs.n && look_at_open(x, x->meta->span_ns, true, e) < 0)
		return -1;
	sift(x);
	return 0;
}

static int search_slabs(struct search *x, struct err *e)
{
	size_t at;

	if (add_slabs(x, e) < 0 || want_slabs(x, e) < 0 || read_sought(x, &at, e) < 0)
		return -1;
	return read_beyond(x, at, e);
}

/* Back to the limit. */
static void cut(struct search *x)
{
	if (x->r->n_bins)
		return;
	if (x->out->hits.n > x->r->limit) {
		x->out->has_next = true;
		x->out->next = x->out->hits.at[x->r->limit].place;
		x->out->hits.n = x->r->limit;
	}
	x->out->n = x->out->hits.n;
}

static void find_done(struct search *x)
{
	x->out->done_ns = x->r->to;
	if (x->out->has_next && x->r->q->finds == HIT_BIT(HIT_GOROUTINE))
		x->out->done_ns = (int64_t)x->out->next.slab;
	for (size_t i = 0; x->out->has_next && i < x->slabs.n; i++)
		if (x->slabs.at[i].number == x->out->next.slab)
			x->out->done_ns = x->slabs.at[i].t_lo;
	if (x->out->done_ns < x->r->from)
		x->out->done_ns = x->r->from;
	if (x->out->done_ns > x->r->to)
		x->out->done_ns = x->r->to;
}

int search_get(const struct search_source *s, const struct search_request *r,
	struct search_result *out, struct err *e)
{
	struct search x = {
		.s = *s, .r = r, .out = out, .meta = tile_reader_meta(s->tiles), .is_taking = true};
	int rc = -1;

	out->hits.n = 0;
	out->n = 0;
	out->has_next = false;
	memset(out->bins, 0, sizeof(out->bins));
	if (r->from >= r->to || r->n_bins > SEARCH_BINS ||
		(!r->n_bins && (r->limit < 1 || r->limit > SEARCH_MOST)))
		return err_set(
			e, ERR_USAGE, -1, "Cannot search: limit=%u, bins=%u", r->limit, r->n_bins);
	x.match = search_match_create(s, r->q, e);
	if (!x.match ||
		(r->q->finds == HIT_BIT(HIT_GOROUTINE) ? search_lives(s, r, x.match, out, e)
						       : search_slabs(&x, e)) < 0)
		goto out;
	cut(&x);
	find_done(&x);
	rc = 0;
out:
	vec_clear(&x.slabs);
	vec_clear(&x.open_of);
	search_match_destroy(x.match);
	return rc;
}

void search_result_clear(struct search_result *out)
{
	vec_clear(&out->hits);
}
