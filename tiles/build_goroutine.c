#include "tiles/build_goroutine.h"

#include <string.h>

#include "parser/base/err.h"
#include "tiles/blocks.h"
#include "tiles/build_range.h"
#include "tiles/landmark.h"

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot keep the live goroutines: out of memory");
}

void build_goroutines_init(struct build_goroutines *bg, struct store *st,
	struct build_ranges *ranges, struct landmark_writer *landmarks, int64_t origin_ns)
{
	*bg = (struct build_goroutines){.blocks = ranges->blocks,
		.ranges = ranges,
		.landmarks = landmarks,
		.origin_ns = origin_ns};
	goroutine_writer_init(&bg->records, st);
	lane_packing_init(&bg->packing);
}

void build_goroutines_clear(struct build_goroutines *bg)
{
	goroutine_writer_clear(&bg->records);
	lane_packing_clear(&bg->packing);
	vec_clear(&bg->live);
	vec_clear(&bg->row_last);
	vec_clear(&bg->groups);
}

/* Row of the whole view. */
static uint32_t row_of(const struct live_goroutine *g)
{
	return g->record.block * BLOCK_ROWS + g->record.row;
}

/* Page time of a change in its row. */
static int64_t row_time(
	struct build_goroutines *bg, const struct live_goroutine *g, const struct change *c)
{
	int64_t t = c->clock_ns - bg->origin_ns;
	int64_t *last = &bg->row_last.at[row_of(g)];

	if (t < *last)
		t = *last;
	*last = t;
	return t;
}

static int add_event(struct build_goroutines *bg, const struct live_goroutine *g,
	struct slab_event *ev, enum chunk_kind kind, struct err *e)
{
	ev->ev.kind = (uint8_t)kind;
	ev->row = row_of(g);
	return blocks_add(bg->blocks, ev, e);
}

/* Room for a slot, and for the rows of a block that is new. */
static int make_room(struct build_goroutines *bg, uint32_t slot, uint64_t ticks, struct err *e)
{
	const struct group_time no_time = {{0}};

	while (bg->live.n <= slot) {
		if (vec_reserve(&bg->live, bg->live.n + 1) < 0)
			return no_memory(e);
		bg->live.at[bg->live.n++].is_used = false;
	}
	while (bg->row_last.n < bg->packing.group_of_block.n * BLOCK_ROWS) {
		uint32_t group = bg->packing.group_of_block.at[bg->row_last.n / BLOCK_ROWS];

		if (bg->row_last.n % BLOCK_ROWS == 0 &&
			blocks_add_block(bg->blocks, group, ticks, e) < 0)
			return -1;
		if (vec_push(&bg->row_last, INT64_MIN) < 0)
			return no_memory(e);
	}
	while (bg->groups.n < bg->packing.groups.n) {
		if (vec_push(&bg->groups, no_time) < 0)
			return no_memory(e);
	}
	return 0;
}

int build_goroutine_born(
	struct build_goroutines *bg, const struct change *c, struct slab_event *ev, struct err *e)
{
	struct lane_place place;
	struct live_goroutine *g;
	uint32_t group;

	if (lane_packing_group(&bg->packing, ev->ev.text, &group, e) < 0 ||
		lane_packing_take(&bg->packing, group, &place, e) < 0 ||
		make_room(bg, c->slot, c->ticks, e) < 0)
		return -1;
	g = &bg->live.at[c->slot];
	memset(&g->record, 0, sizeof(g->record));
	g->place = place;
	g->reason = 0;
	g->state = STATE_NONE;
	g->is_used = true;
	g->record.id = c->id;
	g->record.creator = c->g;
	g->record.function = ev->ev.text;
	g->record.group = group;
	g->record.block = lane_block(&bg->packing, place);
	g->record.row = place.row % BLOCK_ROWS;
	g->record.creator_stack = c->stack;
	g->record.born_known = c->flag;
	g->since_t = row_time(bg, g, c);
	g->since_time_ns = c->time_ns;
	g->record.born_t = g->since_t;
	g->record.born_time_ns = c->time_ns;
	bg->n_total++;
	ev->ev.g = c->id;
	ev->ev.g2 = c->g;
	if (build_range_born(bg->ranges, g->since_t, c->flag, e) < 0)
		return -1;
	return add_event(bg, g, ev, CHUNK_BORN, e);
}

/* Ends the open interval at t. */
static int end_interval(
	struct build_goroutines *bg, struct live_goroutine *g, int64_t t, struct err *e)
{
	uint64_t ns = (uint64_t)(t - g->since_t);
	struct landmark l;

	if (g->state == STATE_NONE)
		return 0;
	g->record.time_ns[g->state] += ns;
	bg->groups.at[g->record.group].ns[g->state] += ns;
	l = (struct landmark){.t0 = g->since_t,
		.t1 = t,
		.time_ns = g->since_time_ns,
		.g = g->record.id,
		.group = g->record.group,
		.block = g->record.block,
		.row = g->record.row,
		.reason = g->reason,
		.state = g->state};
	return landmark_add(bg->landmarks, &l, e);
}

int build_goroutine_state(
	struct build_goroutines *bg, const struct change *c, struct slab_event *ev, struct err *e)
{
	struct live_goroutine *g = &bg->live.at[c->slot];
	int64_t t = row_time(bg, g, c);

	if (end_interval(bg, g, t, e) < 0)
		return -1;
	g->since_t = t;
	g->since_time_ns = c->time_ns;
	g->state = c->state;
	g->reason = ev->ev.reason;
	return add_event(bg, g, ev, CHUNK_STATE, e);
}

int build_goroutine_gone(
	struct build_goroutines *bg, const struct change *c, struct slab_event *ev, struct err *e)
{
	struct live_goroutine *g = &bg->live.at[c->slot];
	int64_t t = row_time(bg, g, c);

	if (end_interval(bg, g, t, e) < 0)
		return -1;
	g->record.gone_t = t;
	g->record.gone_time_ns = c->time_ns;
	g->is_used = false;
	lane_packing_release(&bg->packing, g->place);
	if (goroutine_writer_add(&bg->records, &g->record, e) < 0 ||
		build_range_gone(bg->ranges, t, e) < 0)
		return -1;
	return add_event(bg, g, ev, CHUNK_GONE, e);
}

int build_goroutine_mark(
	struct build_goroutines *bg, const struct change *c, struct slab_event *ev, struct err *e)
{
	struct live_goroutine *g = &bg->live.at[c->slot];

	row_time(bg, g, c);
	return add_event(bg, g, ev, CHUNK_MARK, e);
}

void build_goroutine_name(struct build_goroutines *bg, const struct change *c, uint32_t function)
{
	bg->live.at[c->slot].record.function = function;
}

int build_goroutines_seal(
	struct build_goroutines *bg, int64_t end_t, int64_t end_time_ns, struct err *e)
{
	struct live_goroutine *g;

	for (size_t i = 0; i < bg->live.n; i++) {
		g = &bg->live.at[i];
		if (!g->is_used)
			continue;
		if (end_interval(bg, g, end_t, e) < 0)
			return -1;
		g->record.is_alive = true;
		g->record.gone_t = end_t;
		g->record.gone_time_ns = end_time_ns;
		if (goroutine_writer_add(&bg->records, &g->record, e) < 0)
			return -1;
	}
	return goroutine_writer_seal(&bg->records, e);
}
