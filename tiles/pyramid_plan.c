#include "tiles/pyramid_plan.h"

#include "parser/base/err.h"
#include "tiles/hist.h"

#define UNITS        32                   /* about as many are made of all events */
#define JOINT_BYTES  ((uint64_t)96 << 20) /* of histograms, for 6 states in every row */
#define JOINT_STATES 6
#define SPARE_HISTS  6 /* upper levels, and what waits for its turn */

void plan_clear(struct plan *p)
{
	vec_clear(&p->families);
	vec_clear(&p->members);
	vec_clear(&p->steps);
}

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot plan the tiles: out of memory");
}

static struct tile_key half_of(struct tile_key key, unsigned half)
{
	key.k--;
	key.x = 2 * key.x + half;
	return key;
}

static struct tile_key root_of(struct tile_reader *r, enum view view, uint32_t y)
{
	return (struct tile_key){
		.view = (uint8_t)view, .y = y, .k = (uint8_t)(tile_reader_meta(r)->levels - 1)};
}

/* Levels that have a heavy tile, plus one; 0 where the tile is light. */
static int depth_of(struct tile_reader *r, struct tile_key key, unsigned *depth, struct err *e)
{
	struct block_range range;
	enum tile_source source;
	unsigned d[2] = {0, 0};

	if (tile_source(r, key, &range, &source, e) < 0)
		return -1;
	*depth = 0;
	if (source != TILE_IS_STORED)
		return 0;
	for (unsigned half = 0; half < 2 && key.k > 0; half++)
		if (depth_of(r, half_of(key, half), &d[half], e) < 0)
			return -1;
	*depth = 1 + (d[0] > d[1] ? d[0] : d[1]);
	return 0;
}

static int add_member(struct plan *p, enum view view, uint32_t y, struct err *e)
{
	const struct tile_key key = {.view = (uint8_t)view, .y = y};

	return vec_push(&p->members, key) < 0 ? no_memory(e) : 0;
}

/* The steps from a tile downwards. */
static int add_steps(
	struct plan *p, struct tile_reader *r, struct tile_key key, bool is_root, struct err *e)
{
	struct step step = {
		.x = key.x, .family = (uint32_t)p->families.n - 1, .k = key.k, .is_root = is_root};
	struct block_range range;
	enum tile_source source;

	if (tile_source(r, key, &range, &source, e) < 0)
		return -1;
	step.is_unit = source != TILE_IS_STORED || key.k == 0 || range.n_touch < p->unit_events;
	for (unsigned half = 0; half < 2 && !step.is_unit; half++) {
		struct tile_key child = half_of(key, half);

		if (tile_t0(child) <= tile_reader_meta(r)->span_ns &&
			add_steps(p, r, child, false, e) < 0)
			return -1;
	}
	return vec_push(&p->steps, step) < 0 ? no_memory(e) : 0;
}

static int add_family(struct plan *p, struct tile_reader *r, uint32_t first, struct err *e)
{
	const struct family f = {.first = first,
		.n = (uint32_t)p->members.n - first,
		.is_joint = p->members.n - first > 1};
	const struct tile_key *leader = &p->members.at[first];

	if (vec_push(&p->families, f) < 0)
		return no_memory(e);
	p->n_most = f.n > p->n_most ? f.n : p->n_most;
	return add_steps(p, r, root_of(r, (enum view)leader->view, leader->y), true, e);
}

/* A block with all its heavy tiles, if it has any. */
static int add_block(
	struct plan *p, struct tile_reader *r, enum view view, uint32_t y, struct err *e)
{
	uint32_t first = (uint32_t)p->members.n;
	struct block_range range;
	enum tile_source source;

	if (tile_source(r, root_of(r, view, y), &range, &source, e) < 0)
		return -1;
	if (source != TILE_IS_STORED)
		return 0;
	return add_member(p, view, y, e) < 0 ? -1 : add_family(p, r, first, e);
}

static const enum view summed[] = {VIEW_F, VIEW_M, VIEW_P};

/* Do the histograms of all blocks that A is the sum of fit at once, on two threads? */
static int can_join(struct tile_reader *r, unsigned depth, bool *can, struct err *e)
{
	const struct meta *m = tile_reader_meta(r);
	uint64_t rows = 0, bytes = JOINT_STATES * sizeof(struct hist_plane);

	*can = false;
	for (unsigned i = 0; i < 3; i++)
		for (uint32_t y = 0; y < m->n_blocks[summed[i]]; y++) {
			const struct block_index *ix = tile_get_index(r, summed[i], y, e);

			if (!ix)
				return -1;
			rows += ix->n_rows;
			if (rows * bytes * (2 * depth + SPARE_HISTS) > JOINT_BYTES)
				return 0;
		}
	*can = true;
	return 0;
}

/* All of A, F, M and P. */
static int add_joint(struct plan *p, struct tile_reader *r, struct err *e)
{
	const struct meta *m = tile_reader_meta(r);
	uint32_t first = (uint32_t)p->members.n;

	if (add_member(p, VIEW_A, 0, e) < 0)
		return -1;
	for (unsigned i = 0; i < 3; i++)
		for (uint32_t y = 0; y < m->n_blocks[summed[i]]; y++)
			if (add_member(p, summed[i], y, e) < 0)
				return -1;
	return add_family(p, r, first, e);
}

static int add_view(struct plan *p, struct tile_reader *r, enum view view, struct err *e)
{
	for (uint32_t y = 0; y < tile_reader_meta(r)->n_blocks[view]; y++)
		if (add_block(p, r, view, y, e) < 0)
			return -1;
	return 0;
}

int plan_make(struct plan *p, struct tile_reader *r, struct err *e)
{
	struct tile_key top = root_of(r, VIEW_A, 0);
	struct block_range range;
	enum tile_source source;
	unsigned depth;
	bool can;

	if (tile_source(r, top, &range, &source, e) < 0 || depth_of(r, top, &depth, e) < 0 ||
		can_join(r, depth, &can, e) < 0)
		return -1;
	p->unit_events = range.n_touch / UNITS;
	if (depth > 0 && can)
		return add_joint(p, r, e) < 0 ? -1 : add_view(p, r, VIEW_G, e);
	for (unsigned v = 0; v < VIEW_C; v++)
		if (add_view(p, r, (enum view)v, e) < 0)
			return -1;
	return 0;
}
