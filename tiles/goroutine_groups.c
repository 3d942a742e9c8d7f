#include "tiles/goroutine_groups.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/base/map.h"
#include "tiles/quantiles.h"

struct grouping {
	struct goroutine_groups *out;
	struct map known;           /* group: place in groups */
	struct quantiles quantiles; /* set: place * N_SUMS + column */
};

static const char *const names[N_GROUP_FIGURES] = {"sum", "p50", "p90", "p99", "max"};

const char *group_figure_name(unsigned figure)
{
	return names[figure];
}

int group_figure_parse(const char *name, size_t n, unsigned *figure)
{
	for (unsigned i = 0; i < N_GROUP_FIGURES; i++) {
		if (strlen(names[i]) == n && memcmp(names[i], name, n) == 0) {
			*figure = i;
			return 0;
		}
	}
	return -1;
}

static int find_group(struct grouping *g, uint32_t group, uint32_t *at, struct err *e)
{
	const struct group_sums none = {.group = group};

	*at = map_get(&g->known, group);
	if (*at != MAP_NONE)
		return 0;
	*at = (uint32_t)g->out->groups.n;
	if (vec_push(&g->out->groups, none) < 0 || map_put(&g->known, group, *at) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot sum up groups: groups=%u", *at);
	return 0;
}

static int add_one(void *context, const struct goroutine_sums *s, struct err *e)
{
	struct grouping *g = context;
	struct group_sums *group;
	uint32_t at;

	if (find_group(g, s->group, &at, e) < 0)
		return -1;
	group = &g->out->groups.at[at];
	group->n++;
	g->out->n++;
	for (unsigned i = 0; i < N_SUMS; i++) {
		group->ns[GROUP_SUM][i] += s->ns[i];
		if (s->ns[i] > group->ns[GROUP_MAX][i])
			group->ns[GROUP_MAX][i] = s->ns[i];
		if (quantiles_add(&g->quantiles, (size_t)at * N_SUMS + i, s->ns[i], e) < 0)
			return -1;
	}
	return 0;
}

static void seal(struct grouping *g)
{
	static const unsigned permille[] = {
		[GROUP_P50] = 500, [GROUP_P90] = 900, [GROUP_P99] = 990};

	quantiles_seal(&g->quantiles);
	g->out->digits = g->quantiles.digits;
	for (size_t k = 0; k < g->out->groups.n; k++) {
		struct group_sums *group = &g->out->groups.at[k];

		for (unsigned f = GROUP_P50; f <= GROUP_P99; f++)
			for (unsigned i = 0; i < N_SUMS; i++)
				group->ns[f][i] = quantiles_at(
					&g->quantiles, k * N_SUMS + i, group->n, permille[f]);
	}
}

static int compare(const void *a, const void *b)
{
	const struct group_sums *x = a, *y = b;

	return x->group < y->group ? -1 : x->group > y->group;
}

int goroutine_groups_make(struct goroutine_groups *out, struct tile_reader *r,
	const struct sums_query *q, size_t most, struct err *e)
{
	struct grouping g = {.out = out};
	int rc;

	map_init(&g.known);
	quantiles_init(&g.quantiles, most ? most : (size_t)GROUPS_EXACT * N_SUMS);
	rc = goroutine_sums_each(r, q, add_one, &g, e);
	if (rc == 0)
		seal(&g);
	if (rc == 0 && out->groups.n > 0)
		qsort(out->groups.at, out->groups.n, sizeof(*out->groups.at), compare);
	map_clear(&g.known);
	quantiles_clear(&g.quantiles);
	return rc;
}

void goroutine_groups_clear(struct goroutine_groups *g)
{
	vec_clear(&g->groups);
	memset(g, 0, sizeof(*g));
}
