#include "parser/salvage.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/base/map.h"
#include "parser/batch.h"
#include "parser/generation.h"
#include "parser/limits.h"
#include "parser/spec.h"

bool salvage_is_damage(const struct err *e)
{
	return e->kind == ERR_DAMAGED || e->kind == ERR_TRUNCATED;
}

/* A batch of the damaged generation, behind the place of the damage. 0, or -1 where it is not damage
 * that keeps it out. */
static int add(struct generation *g, const struct batch *b, int minor, struct err *e)
{
	struct err why = ERR_INIT;

	if (g->offset < 0)
		g->offset = b->start;
	if (g->number == 0)
		g->number = b->generation;
	if (g->is_torn && b->kind == BATCH_EVENTS)
		return 0;
	if (generation_add(g, b, minor, &why) == 0)
		return 0;
	if (!salvage_is_damage(&why))
		return err_set(e, why.kind, why.offset, "%s", why.msg);
	err_set(&g->damage, why.kind, why.offset, "%s", why.msg);
	return 0;
}

/* Does the batch belong to the next generation? A single one with another number is damage. */
static bool begins_next(const struct generation *g, const struct batch *b, struct batch_reader *r)
{
	return g->number != 0 && b->generation != g->number && batch_begins_chain(r);
}

/* The rest of the generation, up to its end, the next one, or the end of the trace. 0 or -1. */
static int read_rest(struct generation *g, struct batch_reader *r, struct err *e)
{
	struct batch b;
	int n = 1;

	while (!g->is_ended && n != 0) {
		struct err why = ERR_INIT;

		n = batch_next(r, &b, &why);
		if (n < 0) {
			if (!salvage_is_damage(&why))
				return err_set(e, why.kind, why.offset, "%s", why.msg);
			err_set(&g->damage, why.kind, why.offset, "%s", why.msg);
			g->is_torn = true;
			n = batch_seek(r);
		} else if (n > 0 && b.kind == BATCH_END) {
			g->is_ended = true;
		} else if (n > 0 && begins_next(g, &b, r)) {
			batch_unread(r);
			g->is_ended = true;
		} else if (n > 0 &&
			(b.generation == 0 || (g->number != 0 && b.generation != g->number))) {
			g->is_torn = true;
		} else if (n > 0 && add(g, &b, r->minor, e) < 0) {
			return -1;
		}
	}
	return 0;
}

/* Take out what has the id of another one, or none. Records begin with their id. 0 or -1. */
static int drop_twins(void *records, size_t stride, size_t *n_records, struct err *e)
{
	uint8_t *to = records, *from = records;
	size_t i, n = *n_records;
	struct map seen;
	uint64_t id;
	int rc = 0;

	map_init(&seen);
	for (i = 0; i < n && rc == 0; i++) {
		memcpy(&id, from + i * stride, sizeof(id));
		rc = map_put(&seen, id, map_get(&seen, id) == MAP_NONE ? 1 : 2);
	}
	for (i = 0; i < n && rc == 0; i++) {
		memcpy(&id, from + i * stride, sizeof(id));
		if (id == 0 || map_get(&seen, id) != 1)
			continue;
		memmove(to, from + i * stride, stride);
		to += stride;
	}
	map_clear(&seen);
	*n_records = (size_t)(to - from) / stride;
	return rc == 0 ? 0 : err_set(e, ERR_MEMORY, -1, "Cannot read generation: out of memory");
}

static void drop_impossible_samples(struct generation *g)
{
	size_t i, n = 0;

	for (i = 0; i < g->samples.n; i++) {
		int64_t ns = generation_ns(g, g->samples.at[i].ticks);

		if (ns >= 0 && ns < g->lim->time_ns)
			g->samples.at[n++] = g->samples.at[i];
	}
	g->samples.n = n;
}

static void assume_clock(struct generation *g)
{
	bool is_known = g->last_ns_per_tick != 0;
	double ns = is_known ? g->last_ns_per_tick : SALVAGE_NS_PER_TICK;
	size_t n = strlen(g->damage.msg);

	generation_set_rate(g, ns);
	g->is_clock_assumed = true;
	snprintf(g->damage.msg + n, sizeof(g->damage.msg) - n,
		"; its clock is not known, %s: ns_per_tick=%.9g",
		is_known ? "that of the generation before is taken" : "64 ns a tick are assumed",
		ns);
}

/* Make what is there fit for ordering; of a generation whose time is nonsense nothing is. */
static int seal(struct generation *g, struct err *e)
{
	struct err why = ERR_INIT;

	if (g->ns_per_tick == 0)
		assume_clock(g);
	drop_impossible_samples(g);
	if (drop_twins(g->strings.at, sizeof(*g->strings.at), &g->strings.n, e) < 0 ||
		drop_twins(g->stacks.at, sizeof(*g->stacks.at), &g->stacks.n, e) < 0)
		return -1;
	if (generation_index(g, &why) == 0)
		return 0;
	if (!salvage_is_damage(&why))
		return err_set(e, why.kind, why.offset, "%s", why.msg);
	g->threads.n = 0;
	return 0;
}

int salvage_read(struct generation *g, struct batch_reader *r, struct err *e)
{
	struct err why = ERR_INIT;
	int rc = generation_read(g, r, &why);

	if (!g->is_ended &&
		(rc > 0 ? salvage_is_damage(&r->failed) : r->failed.kind == ERR_DAMAGED)) {
		why = r->failed; /* up to Go 1.25 it waits there */
		rc = -1;
	}
	if (rc >= 0)
		return rc;
	if (!salvage_is_damage(&why))
		return err_set(e, why.kind, why.offset, "%s", why.msg);
	g->damage = why;
	if (read_rest(g, r, e) < 0 || (g->offset >= 0 && seal(g, e) < 0))
		return -1;
	return g->offset >= 0;
}
