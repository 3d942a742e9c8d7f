#include "tiles/build_range.h"

#include "parser/base/err.h"
#include "parser/event.h"
#include "tiles/blocks.h"

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot keep the open ranges: out of memory");
}

void build_ranges_init(struct build_ranges *br, struct store *st, struct blocks *blocks)
{
	*br = (struct build_ranges){.blocks = blocks};
	range_writer_init(&br->gc, st, TABLE_GC);
	range_writer_init(&br->stw, st, TABLE_STW);
	range_writer_init(&br->tasks, st, TABLE_TASKS);
	map_init(&br->task_of);
}

void build_ranges_clear(struct build_ranges *br)
{
	range_writer_clear(&br->gc);
	range_writer_clear(&br->stw);
	range_writer_clear(&br->tasks);
	vec_clear(&br->open_stw);
	vec_clear(&br->open_tasks);
	vec_clear(&br->free_tasks);
	vec_clear(&br->counters);
	map_clear(&br->task_of);
}

/* `begun_before`: it was under way when the trace began. */
static struct range range_begin(const struct change *c, int64_t t, uint32_t text, bool begun_before)
{
	return (struct range){.t0 = begun_before ? 0 : t,
		.time_ns = begun_before ? 0 : c->time_ns,
		.g = c->g,
		.text = text,
		.is_begin_known = !begun_before};
}

static int range_end(struct range_writer *w, struct range *r, int64_t t, struct err *e)
{
	r->t1 = t > r->t0 ? t : r->t0;
	r->is_end_known = true;
	return range_writer_add(w, r, e);
}

static int change_gc(struct build_ranges *br, const struct change *c, int64_t t, struct err *e)
{
	bool begins = c->kind == CHANGE_RANGE_BEGIN;

	if (begins || !br->has_open_gc) {
		br->open_gc = range_begin(c, t, 0, begins ? c->flag : true);
		br->open_gc.id = ++br->n_gc;
		br->has_open_gc = true;
	}
	if (begins)
		return 0;
	br->has_open_gc = false;
	return range_end(&br->gc, &br->open_gc, t, e);
}

static int change_stw(
	struct build_ranges *br, const struct change *c, int64_t t, uint32_t text, struct err *e)
{
	struct range r;
	size_t i;

	if (c->kind == CHANGE_RANGE_BEGIN) {
		br->n_stw++;
		return vec_push(&br->open_stw, range_begin(c, t, text, c->flag)) < 0 ? no_memory(e)
										     : 0;
	}
	for (i = br->open_stw.n; i > 0; i--) {
		if (br->open_stw.at[i - 1].g == c->g)
			break;
	}
	if (i == 0) {
		br->n_stw++;
		r = range_begin(c, t, text, true);
		return range_end(&br->stw, &r, t, e);
	}
	r = br->open_stw.at[i - 1];
	br->open_stw.at[i - 1] = br->open_stw.at[--br->open_stw.n];
	return range_end(&br->stw, &r, t, e);
}

static int task_begin(struct build_ranges *br, const struct range *task, struct err *e)
{
	uint32_t place;

	if (vec_reserve(&br->free_tasks, br->open_tasks.n + 1) < 0)
		return no_memory(e);
	if (br->free_tasks.n > 0) {
		place = br->free_tasks.at[br->free_tasks.n - 1];
	} else {
		place = (uint32_t)br->open_tasks.n;
		if (vec_reserve(&br->open_tasks, br->open_tasks.n + 1) < 0)
			return no_memory(e);
	}
	if (map_put(&br->task_of, task->id, place) < 0)
		return no_memory(e);
	if (br->free_tasks.n > 0)
		br->free_tasks.n--;
	else
		br->open_tasks.n++;
	br->open_tasks.at[place] = *task;
	return 0;
}

static int change_task(
	struct build_ranges *br, const struct change *c, int64_t t, uint32_t text, struct err *e)
{
	uint32_t place = map_get(&br->task_of, c->task);
	bool begins = c->kind == CHANGE_TASK_BEGIN;
	struct range r = range_begin(c, t, text, !begins);

	r.id = c->task;
	r.parent = c->parent == NO_TASK ? 0 : c->parent;
	if (begins) {
		br->n_tasks++;
		return task_begin(br, &r, e);
	}
	if (place == MAP_NONE) {
		br->n_tasks++;
		return range_end(&br->tasks, &r, t, e);
	}
	map_remove(&br->task_of, c->task);
	br->free_tasks.at[br->free_tasks.n++] = place;
	br->open_tasks.at[place].is_end_known = true;
	return range_end(&br->tasks, &br->open_tasks.at[place], t, e);
}

static int change_metric(
	struct build_ranges *br, const struct change *c, int64_t t, uint32_t name, struct err *e)
{
	struct build_counter *counter;
	uint32_t i;

	for (i = 0; i < br->counters.n; i++) {
		if (br->counters.at[i].metric == c->metric)
			break;
	}
	if (i == br->counters.n) {
		const struct build_counter fresh = {
			.info = {.name = name, .min = c->value, .max = c->value},
			.last_t = t,
			.metric = c->metric};

		if (vec_push(&br->counters, fresh) < 0)
			return no_memory(e);
	}
	counter = &br->counters.at[i];
	if (t < counter->last_t)
		t = counter->last_t;
	counter->last_t = t;
	counter->info.samples++;
	if (c->value < counter->info.min)
		counter->info.min = c->value;
	if (c->value > counter->info.max)
		counter->info.max = c->value;
	return blocks_add_counter(br->blocks, i, t, c->value, e);
}

int build_range_change(
	struct build_ranges *br, const struct change *c, int64_t t, uint32_t text, struct err *e)
{
	switch (c->kind) {
	case CHANGE_RANGE_BEGIN:
	case CHANGE_RANGE_END:
		return c->range == RANGE_GC ? change_gc(br, c, t, e)
					    : change_stw(br, c, t, text, e);
	case CHANGE_TASK_BEGIN:
	case CHANGE_TASK_END:
		return change_task(br, c, t, text, e);
	case CHANGE_METRIC:
		return change_metric(br, c, t, text, e);
	default:
		return 0;
	}
}

static int write_open(struct range_writer *w, struct range *r, int64_t end_t, struct err *e)
{
	r->t1 = end_t > r->t0 ? end_t : r->t0;
	return range_writer_add(w, r, e);
}

int build_ranges_seal(struct build_ranges *br, int64_t end_t, struct err *e)
{
	if (br->has_open_gc && write_open(&br->gc, &br->open_gc, end_t, e) < 0)
		return -1;
	for (size_t i = 0; i < br->open_stw.n; i++) {
		if (write_open(&br->stw, &br->open_stw.at[i], end_t, e) < 0)
			return -1;
	}
	for (size_t i = 0; i < br->open_tasks.n; i++) {
		if (!br->open_tasks.at[i].is_end_known &&
			write_open(&br->tasks, &br->open_tasks.at[i], end_t, e) < 0)
			return -1;
	}
	if (range_writer_seal(&br->gc, e) < 0 || range_writer_seal(&br->stw, e) < 0)
		return -1;
	return range_writer_seal(&br->tasks, e);
}
