#include "parser/legacy_nest.h"

#include <inttypes.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/legacy_cursor.h"
#include "parser/legacy_spec.h"
#include "parser/limits.h"

void legacy_nest_init(struct legacy_nest *n, const struct limits *lim)
{
	memset(n, 0, sizeof(*n));
	n->lim = lim;
	map_init(&n->sweeps);
	map_init(&n->assists);
	map_init(&n->tasks);
	map_init(&n->top);
}

void legacy_nest_clear(struct legacy_nest *n)
{
	map_clear(&n->sweeps);
	map_clear(&n->assists);
	map_clear(&n->tasks);
	map_clear(&n->top);
	vec_clear(&n->regions);
	vec_clear(&n->free_regions);
}

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot read trace: out of memory");
}

static int broken(const struct legacy_event *ev, const char *why, struct err *e)
{
	return err_set(e, ERR_DAMAGED, ev->offset,
		"Cannot read trace: %s, event=%s, proc=%" PRId32 ", goroutine=%" PRIu64
		", at byte %" PRId64,
		why, legacy_spec_table[ev->type].name, ev->p, ev->g, ev->offset);
}

/* One of its kind in the whole program. */
static int toggle(bool *is_open, bool begins, const struct legacy_event *ev, struct err *e)
{
	if (*is_open == begins)
		return broken(ev,
			begins ? "the range has begun already" : "the range that ends never began",
			e);
	*is_open = begins;
	return 0;
}

static int begin(struct map *open, uint64_t id, const char *why, const struct legacy_event *ev,
	struct err *e)
{
	if (map_get(open, id) != MAP_NONE)
		return broken(ev, why, e);
	return map_put(open, id, 1) < 0 ? no_memory(e) : 0;
}

static int begin_region(struct legacy_nest *n, const struct legacy_event *ev, struct err *e)
{
	uint32_t below = map_get(&n->top, ev->g), at;
	struct legacy_region r = {.task = ev->args[0], .type = ev->args[2], .below = below};

	r.depth = below == MAP_NONE ? 1 : n->regions.at[below].depth + 1;
	if (r.depth > n->lim->region_depth) {
		return err_set(e, ERR_LIMIT, ev->offset,
			"Cannot read trace: too many open regions of a goroutine, limit=%" PRIu32
			", at byte %" PRId64,
			n->lim->region_depth, ev->offset);
	}
	if (n->free_regions.n > 0) {
		at = n->free_regions.at[--n->free_regions.n];
		n->regions.at[at] = r;
	} else {
		at = (uint32_t)n->regions.n;
		if (vec_push(&n->regions, r) < 0 || vec_reserve(&n->free_regions, n->regions.n) < 0)
			return no_memory(e);
	}
	return map_put(&n->top, ev->g, at) < 0 ? no_memory(e) : 0;
}

/* Take the innermost one away; there is room to note that its place is free. */
static int pop_region(struct legacy_nest *n, uint64_t g, uint32_t at, struct err *e)
{
	uint32_t below = n->regions.at[at].below;

	n->free_regions.at[n->free_regions.n++] = at;
	if (below == MAP_NONE)
		map_remove(&n->top, g);
	else if (map_put(&n->top, g, below) < 0)
		return no_memory(e);
	return 0;
}

static int end_region(struct legacy_nest *n, const struct legacy_event *ev, struct err *e)
{
	uint32_t at = map_get(&n->top, ev->g);

	if (at == MAP_NONE)
		return 0; /* began before the trace */
	if (n->regions.at[at].task != ev->args[0] || n->regions.at[at].type != ev->args[2])
		return broken(ev, "misuse of region: another one is the innermost", e);
	return pop_region(n, ev->g, at, e);
}

static int end_goroutine(struct legacy_nest *n, uint64_t g, struct err *e)
{
	uint32_t at;

	while ((at = map_get(&n->top, g)) != MAP_NONE) {
		if (pop_region(n, g, at, e) < 0)
			return -1;
	}
	return 0;
}

int legacy_nest_event(struct legacy_nest *n, const struct legacy_event *ev, struct err *e)
{
	switch (ev->type) {
	case LEGACY_GC_START:
	case LEGACY_GC_DONE:
		return toggle(&n->in_gc, ev->type == LEGACY_GC_START, ev, e);
	case LEGACY_STW_START:
	case LEGACY_STW_DONE:
		return toggle(&n->in_stop, ev->type == LEGACY_STW_START, ev, e);
	case LEGACY_GC_SWEEP_START:
		return begin(
			&n->sweeps, (uint64_t)(int64_t)ev->p, "the range has begun already", ev, e);
	case LEGACY_GC_SWEEP_DONE:
		if (map_get(&n->sweeps, (uint64_t)(int64_t)ev->p) == MAP_NONE)
			return broken(ev, "the range that ends never began", e);
		map_remove(&n->sweeps, (uint64_t)(int64_t)ev->p);
		return 0;
	case LEGACY_GC_MARK_ASSIST_START:
		return begin(&n->assists, ev->g, "the range has begun already", ev, e);
	case LEGACY_GC_MARK_ASSIST_DONE:
		map_remove(&n->assists, ev->g);
		return 0;
	case LEGACY_USER_TASK_CREATE:
		return begin(&n->tasks, ev->args[0], "the task is open already", ev, e);
	case LEGACY_USER_TASK_END:
		map_remove(&n->tasks, ev->args[0]);
		return 0;
	case LEGACY_USER_REGION:
		if (ev->args[1] > 1)
			return 0; /* refused where it is converted */
		return ev->args[1] == 0 ? begin_region(n, ev, e) : end_region(n, ev, e);
	case LEGACY_GO_END:
		return end_goroutine(n, ev->g, e);
	default:
		return 0;
	}
}
