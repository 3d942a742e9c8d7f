#include "tiles/lane.h"

#include "parser/base/err.h"

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot give out rows: out of memory");
}

void lane_packing_init(struct lane_packing *lp)
{
	*lp = (struct lane_packing){0};
	map_init(&lp->group_of_function);
}

void lane_packing_clear(struct lane_packing *lp)
{
	for (size_t i = 0; i < lp->groups.n; i++) {
		vec_clear(&lp->groups.at[i].blocks);
		vec_clear(&lp->groups.at[i].free);
	}
	vec_clear(&lp->groups);
	vec_clear(&lp->group_of_block);
	map_clear(&lp->group_of_function);
}

int lane_packing_group(struct lane_packing *lp, uint32_t function, uint32_t *group, struct err *e)
{
	const struct lane_group fresh = {.function = function};
	uint32_t n = map_get(&lp->group_of_function, function);

	if (n == MAP_NONE) {
		n = (uint32_t)lp->groups.n;
		if (vec_push(&lp->groups, fresh) < 0)
			return no_memory(e);
		if (map_put(&lp->group_of_function, function, n) < 0) {
			lp->groups.n--;
			return no_memory(e);
		}
	}
	*group = n;
	return 0;
}

static void heap_push(uint32_t *heap, size_t n, uint32_t row)
{
	size_t parent;

	while (n > 0) {
		parent = (n - 1) / 2;
		if (heap[parent] <= row)
			break;
		heap[n] = heap[parent];
		n = parent;
	}
	heap[n] = row;
}

/* Takes the top off a heap of n rows. */
static uint32_t heap_pop(uint32_t *heap, size_t n)
{
	uint32_t top = heap[0], last = heap[n - 1];
	size_t i = 0, child;

	for (n--; (child = 2 * i + 1) < n; i = child) {
		if (child + 1 < n && heap[child + 1] < heap[child])
			child++;
		if (last <= heap[child])
			break;
		heap[i] = heap[child];
	}
	heap[i] = last;
	return top;
}

/* One more row, and a block for it where the last one is full. */
static int add_row(struct lane_packing *lp, uint32_t group, struct err *e)
{
	struct lane_group *g = &lp->groups.at[group];

	/* Room in the free list now, so that giving back never fails. */
	if (vec_reserve(&g->free, (size_t)g->n_rows + 1) < 0)
		return no_memory(e);
	if (g->n_rows % LANE_BLOCK_ROWS == 0) {
		if (vec_reserve(&lp->group_of_block, lp->group_of_block.n + 1) < 0 ||
			vec_push(&g->blocks, (uint32_t)lp->group_of_block.n) < 0)
			return no_memory(e);
		lp->group_of_block.at[lp->group_of_block.n++] = group;
	}
	g->n_rows++;
	return 0;
}

int lane_packing_take(
	struct lane_packing *lp, uint32_t group, struct lane_place *place, struct err *e)
{
	struct lane_group *g = &lp->groups.at[group];

	place->group = group;
	if (g->free.n > 0) {
		place->row = heap_pop(g->free.at, g->free.n);
		g->free.n--;
	} else {
		place->row = g->n_rows;
		if (add_row(lp, group, e) < 0)
			return -1;
	}
	g->n_goroutines++;
	g->alive++;
	if (g->alive > g->alive_max)
		g->alive_max = g->alive;
	return 0;
}

void lane_packing_release(struct lane_packing *lp, struct lane_place place)
{
	struct lane_group *g = &lp->groups.at[place.group];

	heap_push(g->free.at, g->free.n, place.row);
	g->free.n++;
	g->alive--;
}

void lane_rows_init(struct lane_rows *lr)
{
	*lr = (struct lane_rows){0};
	map_init(&lr->row_of);
}

void lane_rows_clear(struct lane_rows *lr)
{
	vec_clear(&lr->ids);
	map_clear(&lr->row_of);
}

int lane_rows_look_up(struct lane_rows *lr, int64_t id, uint32_t *row, struct err *e)
{
	uint32_t n = map_get(&lr->row_of, (uint64_t)id);

	if (n == MAP_NONE) {
		n = (uint32_t)lr->ids.n;
		if (vec_push(&lr->ids, id) < 0)
			return no_memory(e);
		if (map_put(&lr->row_of, (uint64_t)id, n) < 0) {
			lr->ids.n--;
			return no_memory(e);
		}
	}
	lr->recent[(uint64_t)id % LANE_RECENT] = n;
	*row = n;
	return 0;
}
