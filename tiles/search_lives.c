#include "tiles/search_lives.h"

#include <stdlib.h>

#include "parser/base/err.h"
#include "tiles/goroutine_table.h"
#include "tiles/search.h"
#include "tiles/tables.h"
#include "tiles/tile.h"

struct lives {
	const struct search_source *s;
	const struct search_request *r;
	struct search_match *match;
	struct search_result *out;
	const struct meta *meta;
};

static int compare(const void *left, const void *right)
{
	const struct search_place *a = &((const struct search_hit *)left)->place;
	const struct search_place *b = &((const struct search_hit *)right)->place;

	return search_is_before(*a, *b) ? -1 : search_is_before(*b, *a);
}

/* Where there are twice as many as asked for, those behind go. */
static int keep(struct lives *x, const struct search_hit *hit, struct err *e)
{
	struct search_result *out = x->out;
	size_t most = (size_t)x->r->limit + 1;

	if (out->hits.n >= 2 * most) {
		qsort(out->hits.at, out->hits.n, sizeof(*hit), compare);
		out->hits.n = most;
	}
	return vec_push(&out->hits, *hit) < 0
		? err_set(e, ERR_MEMORY, -1, "Cannot search: out of memory")
		: 0;
}

static bool is_cancelled(void *context)
{
	const struct lives *x = context;

	return x->r->cancel.is_cancelled && x->r->cancel.is_cancelled(x->r->cancel.context);
}

/* Never "yes" to the table: what fits is kept here. */
static int on_goroutine(void *context, const struct goroutine *g, struct err *e)
{
	struct lives *x = context;
	struct search_hit hit = {
		.thing = {.t0 = g->born_t,
			.t1 = g->is_alive ? x->meta->span_ns : g->gone_t,
			.time_ns = g->born_time_ns,
			.g = g->id,
			.other_g = g->creator,
			.row = g->block * BLOCK_ROWS + g->row,
			.function = g->function,
			.stack = g->creator_stack,
			.view = VIEW_G,
			.kind = HIT_GOROUTINE},
		.place = {(uint64_t)g->born_t, g->id},
		.answer = MATCH_YES,
	};
	int answer;

	if (g->born_t < x->r->from || g->born_t >= x->r->to ||
		search_is_before(hit.place, x->r->start))
		return 0;
	answer = search_match_ask(x->match, &hit.thing, e);
	if (answer != MATCH_YES)
		return answer < 0 ? -1 : 0;
	if (!x->r->n_bins)
		return keep(x, &hit, e);
	search_count(x->out, x->r, &hit.thing);
	return 0;
}

int search_lives(const struct search_source *s, const struct search_request *r,
	struct search_match *match, struct search_result *out, struct err *e)
{
	struct lives x = {s, r, match, out, tile_reader_meta(s->tiles)};
	struct goroutine_query q = {.group = GOROUTINE_ANY_GROUP,
		.n_groups = (uint32_t)s->tables->groups.n,
		.groups = search_match_groups(match),
		.is_sought = on_goroutine,
		.is_cancelled = is_cancelled,
		.context = &x};
	struct goroutine none;

	if (goroutine_search(s->goroutines, &q, &none, 1, e) < 0)
		return -1;
	if (out->hits.n > 0)
		qsort(out->hits.at, out->hits.n, sizeof(*out->hits.at), compare);
	return 0;
}
