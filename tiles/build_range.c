#include "tiles/build_range.h"

#include "parser/base/err.h"
#include "parser/event.h"
#include "tiles/blocks.h"
#include "tiles/build_text.h"

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

/* The counter of a metric; NULL where memory ran out. */
static struct build_counter *counter_of(struct build_ranges *br, unsigned metric, uint32_t *number)
{
	const struct build_counter fresh = {
		.info.min = UINT64_MAX, .last_t = INT64_MIN, .metric = (uint8_t)metric};

	for (*number = 0; *number < br->counters.n; ++*number)
		if (br->counters.at[*number].metric == metric)
			return &br->counters.at[*number];
	return vec_push(&br->counters, fresh) < 0 ? NULL : &br->counters.at[*number];
}

static int add_sample(struct build_ranges *br, unsigned metric, uint32_t name, int64_t t,
	uint64_t value, struct err *e)
{
	uint32_t number;
	struct build_counter *counter = counter_of(br, metric, &number);

	if (!counter)
		return no_memory(e);
	if (t < counter->last_t)
		t = counter->last_t;
	counter->last_t = t;
	counter->info.name = name;
	counter->info.samples++;
	if (value < counter->info.min)
		counter->info.min = value;
	if (value > counter->info.max)
		counter->info.max = value;
	return blocks_add_counter(br->blocks, number, t, value, e);
}

static int add_alive(struct build_ranges *br, int64_t t, struct err *e)
{
	return add_sample(br, METRIC_ALIVE, build_text_alive(), t, br->alive.n, e);
}

/* Those that were there before the first birth or end, at once: they are no births. */
static int tell_first(struct build_ranges *br, struct err *e)
{
	struct build_alive *alive = &br->alive;

	if (alive->is_told || !alive->has_first)
		return 0;
	alive->is_told = true;
	return add_alive(br, alive->first_t, e);
}

/* Who shows up late was there before all the same. Where that was told already, it counts from here. */
int build_range_born(struct build_ranges *br, int64_t t, bool is_new, struct err *e)
{
	struct build_alive *alive = &br->alive;

	if (!alive->has_first)
		alive->first_t = t;
	alive->has_first = true;
	if (is_new && tell_first(br, e) < 0)
		return -1;
	alive->n++;
	return alive->is_told ? add_alive(br, t, e) : 0;
}

int build_range_gone(struct build_ranges *br, int64_t t, struct err *e)
{
	if (tell_first(br, e) < 0)
		return -1;
	br->alive.n--;
	return add_alive(br, t, e);
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
		return add_sample(br, c->metric, text, t, c->value, e);
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
	if (tell_first(br, e) < 0)
		return -1;
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
