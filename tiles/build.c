#include "tiles/build.h"

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/event.h"
#include "parser/interval.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "parser/trace.h"
#include "tiles/blocks.h"
#include "tiles/build_goroutine.h"
#include "tiles/build_range.h"
#include "tiles/build_text.h"
#include "tiles/lane.h"
#include "tiles/landmark.h"
#include "tiles/pyramid.h"
#include "tiles/relay.h"
#include "tiles/snapshot.h"
#include "tiles/store.h"
#include "tiles/tables.h"

#define TICK_CHANGES 8192 /* changes between two looks at cancel and progress */

struct build {
	const struct build_options *options;
	struct source *source;
	struct trace *trace;
	struct interval *interval;
	struct store *store;
	struct relay *relay;   /* until everything but the pyramid is in the store */
	struct blocks *blocks; /* from the first Sync on */
	struct landmark_writer *landmarks;
	struct build_goroutines goroutines;
	struct build_ranges ranges;
	struct lane_rows procs, threads;
	struct tables tables;
	VEC(uint32_t) reason_of; /* by string of the trace: index into tables.reasons, 0 not yet */
	struct meta meta;
	double ns_per_tick;
	int64_t end_ns; /* greatest clock so far */
	uint64_t n_changes;
	struct err damage;
	struct snapshots snapshots;
	int64_t snapshot_ns; /* one is due behind this T; INT64_MAX: none */
	bool is_snapshot;    /* we are one */
	struct build_progress progress;
};

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot build the store: out of memory");
}

static int64_t page_time(const struct build *b, int64_t clock_ns)
{
	return clock_ns - b->meta.origin_ns;
}

/* The first Sync: the clock's origin is known, what hangs on it can be made. */
static int begin_trace(struct build *b, const struct change *c, struct err *e)
{
	b->meta.origin_ns = c->clock_ns;
	b->meta.origin_time_ns = c->time_ns;
	b->end_ns = c->clock_ns;
	b->blocks = blocks_create(b->store, c->clock_ns, c->ns_per_tick, e);
	if (!b->blocks)
		return -1;
	b->landmarks = landmark_writer_create(b->store, e);
	if (!b->landmarks)
		return -1;
	build_ranges_init(&b->ranges, b->store, b->blocks);
	build_goroutines_init(
		&b->goroutines, b->store, &b->ranges, b->landmarks, b->meta.origin_ns);
	return 0;
}

static int on_sync(struct build *b, const struct change *c, struct err *e)
{
	const struct generation_info g = {.number = c->gen,
		.t_ns = page_time(b, c->clock_ns),
		.time_ns = c->time_ns,
		.ns_per_tick = c->ns_per_tick};
	const struct wall_clock w = {
		.t_ns = page_time(b, c->snapshot_ns), .unix_ns = c->wall_ns, .mono_ns = c->mono_ns};

	if (c->ns_per_tick != b->ns_per_tick && blocks_set_rate(b->blocks, c->ns_per_tick, e) < 0)
		return -1;
	b->ns_per_tick = c->ns_per_tick;
	if (vec_push(&b->tables.generations, g) < 0)
		return no_memory(e);
	if (c->has_wall && vec_push(&b->tables.wall, w) < 0)
		return no_memory(e);
	return 0;
}

/* Index of a reason, given out by first appearance. */
static int reason_index(struct build *b, uint32_t string, uint32_t *index, struct err *e)
{
	while (b->reason_of.n <= string) {
		if (vec_push(&b->reason_of, 0u) < 0)
			return no_memory(e);
	}
	if (string != 0 && b->reason_of.at[string] == 0) {
		b->reason_of.at[string] = (uint32_t)b->tables.reasons.n;
		if (vec_push(&b->tables.reasons, build_text_string(string)) < 0)
			return no_memory(e);
	}
	*index = b->reason_of.at[string];
	return 0;
}

/* Row + 1 of a proc or thread, 0 for none. */
static int row_after(struct lane_rows *rows, int64_t id, uint32_t *row, struct err *e)
{
	*row = 0;
	if (id == NO_ID)
		return 0;
	if (lane_rows_get(rows, id, row, e) < 0)
		return -1;
	(*row)++;
	return 0;
}

/* Columns of a state; those without a column for it are not looked up. */
static int fill_state(struct build *b, const struct change *c, struct slab_event *to, struct err *e)
{
	bool is_executing = state_is_executing(c->state);
	struct chunk_event *ev = &to->ev;

	ev->kind = CHUNK_STATE;
	ev->state = c->state;
	ev->stack = c->stack;
	ev->g = c->g;
	if (is_executing || c->follows || c->lane != LANE_GOROUTINE) {
		if (row_after(&b->procs, c->p, &ev->p, e) < 0 ||
			row_after(&b->threads, c->m, &ev->m, e) < 0)
			return -1;
	} else if (c->state == STATE_RUNNABLE && c->g != 0) {
		return row_after(&b->procs, c->p, &ev->p, e);
	}
	return is_executing ? 0 : reason_index(b, c->reason, &ev->reason, e);
}

/* The mark of a change, false where it is none. */
static bool fill_mark(const struct change *c, struct slab_event *to)
{
	static const uint8_t marks[N_CHANGE_KINDS] = {
		[CHANGE_LOG] = MARK_LOG + 1,
		[CHANGE_LABEL] = MARK_LABEL + 1,
		[CHANGE_SAMPLE] = MARK_SAMPLE + 1,
		[CHANGE_REGION_BEGIN] = MARK_REGION_BEGIN + 1,
		[CHANGE_REGION_END] = MARK_REGION_END + 1,
		[CHANGE_RANGE_BEGIN] = MARK_RANGE_BEGIN + 1,
		[CHANGE_RANGE_END] = MARK_RANGE_END + 1,
	};

	struct chunk_event *ev = &to->ev;

	if (marks[c->kind] == 0)
		return false;
	ev->kind = CHUNK_MARK;
	ev->mark = (uint8_t)(marks[c->kind] - 1);
	ev->g = c->g;
	ev->stack = c->stack;
	ev->task = c->task;
	ev->text = c->range ? build_text_range(c->range) : build_text_string(c->text);
	ev->text2 = build_text_string(c->text2);
	return true;
}

static int on_goroutine(
	struct build *b, const struct change *c, struct slab_event *ev, struct err *e)
{
	ev->follows = c->follows;
	switch (c->kind) {
	case CHANGE_STATE:
		if (fill_state(b, c, ev, e) < 0)
			return -1;
		return build_goroutine_state(&b->goroutines, c, ev, e);
	case CHANGE_BORN:
		ev->ev.text = build_text_string(c->text);
		ev->ev.stack = c->stack;
		if (row_after(&b->procs, c->p, &ev->ev.p, e) < 0)
			return -1;
		return build_goroutine_born(&b->goroutines, c, ev, e);
	case CHANGE_GONE:
		if (c->follows &&
			(row_after(&b->procs, c->p, &ev->ev.p, e) < 0 ||
				row_after(&b->threads, c->m, &ev->ev.m, e) < 0))
			return -1;
		return build_goroutine_gone(&b->goroutines, c, ev, e);
	case CHANGE_FUNCTION:
		build_goroutine_name(&b->goroutines, c, build_text_string(c->text));
		return 0;
	default:
		return fill_mark(c, ev) ? build_goroutine_mark(&b->goroutines, c, ev, e) : 0;
	}
}

/* A proc or a thread. */
static int on_resource(
	struct build *b, const struct change *c, struct slab_event *ev, struct err *e)
{
	bool is_proc = c->lane == LANE_PROC;

	ev->view = is_proc ? VIEW_P : VIEW_M;
	if (lane_rows_get(is_proc ? &b->procs : &b->threads, (int64_t)c->id, &ev->row, e) < 0)
		return -1;
	if (c->kind == CHANGE_STATE) {
		if (fill_state(b, c, ev, e) < 0)
			return -1;
		*(is_proc ? &ev->ev.p : &ev->ev.m) = 0; /* itself */
	} else if (!fill_mark(c, ev)) {
		return 0;
	}
	return blocks_add(b->blocks, ev, e);
}

static int on_change(struct build *b, const struct change *c, struct err *e)
{
	struct slab_event ev = {
		.ev = {.ticks = c->ticks, .corr_ns = c->time_ns - c->clock_ns}, .view = VIEW_G};
	uint32_t text;

	if (c->clock_ns > b->end_ns)
		b->end_ns = c->clock_ns;
	if (ev.ev.corr_ns > b->meta.max_corr_ns)
		b->meta.max_corr_ns = ev.ev.corr_ns;
	if (c->lane == LANE_GOROUTINE)
		return on_goroutine(b, c, &ev, e);
	if (c->lane != LANE_TRACE)
		return on_resource(b, c, &ev, e);
	if (c->kind == CHANGE_SYNC)
		return on_sync(b, c, e);
	text = c->kind == CHANGE_METRIC ? build_text_metric(c->metric) : build_text_string(c->text);
	return build_range_change(&b->ranges, c, page_time(b, c->clock_ns), text, e);
}

/* In bytes of the trace as far as its events came; of compressed input, whose length tells nothing of that, in its own.
 * time_ns: T of the change handled last. */
static int look_up(struct build *b, int64_t time_ns, struct err *e)
{
	const struct build_options *o = b->options;
	struct build_progress *p = &b->progress;

	trace_progress(b->trace, &p->bytes, &p->total);
	p->events = trace_n_events(b->trace);
	if (snapshots_look(&b->snapshots, p->bytes, p->total) && b->snapshot_ns == INT64_MAX)
		b->snapshot_ns = time_ns;
	if (o->progress)
		o->progress(o->progress_context, p);
	if (o->cancel.is_cancelled && o->cancel.is_cancelled(o->cancel.context))
		return err_set(e, ERR_CANCELLED, -1, "Cannot finish the store: cancelled");
	return 0;
}

/* May what came before this error be kept? An error of the disk or of memory says nothing about
 * the trace, and a trace beyond a limit is refused as a whole. */
static bool is_damage(const struct build *b, const struct err *e)
{
	return (e->kind == ERR_DAMAGED || e->kind == ERR_TRUNCATED) && b->end_ns != 0 &&
		b->goroutines.n_total > 0;
}

static int finish_snapshot(void *context, struct err *e);

/* Between two events, when the relay has done all that came before. */
static int take_snapshot(struct build *b, struct err *e)
{
	b->snapshot_ns = INT64_MAX;
	if (relay_flush(b->relay, e) < 0)
		return -1;
	snapshots_take(&b->snapshots, b->store, finish_snapshot, b);
	return 0;
}

/* The loop: every change of the trace into its place. */
static int read_trace(struct build *b, struct err *e)
{
	struct err why = ERR_INIT;
	const struct change *c;
	int rc;

	while ((rc = interval_next(b->interval, &c, &why)) > 0) {
		if (!b->blocks && begin_trace(b, c, e) < 0)
			return -1;
		if (c->time_ns > b->snapshot_ns && take_snapshot(b, e) < 0)
			return -1;
		if (on_change(b, c, e) < 0)
			return -1;
		if (++b->n_changes % TICK_CHANGES == 0 && look_up(b, c->time_ns, e) < 0)
			return -1;
	}
	if (rc < 0 && is_damage(b, &why)) {
		b->damage = why;
		rc = 0;
	}
	if (rc < 0)
		return err_set(e, why.kind, why.offset, "%s", why.msg);
	if (!b->blocks)
		return err_set(e, ERR_TRUNCATED, trace_bytes_read(b->trace),
			"Cannot find any event in the trace");
	return look_up(b, INT64_MAX, e);
}

static int fill_groups(struct build *b, struct err *e)
{
	const struct lane_packing *lp = &b->goroutines.packing;

	for (uint32_t i = 0; i < lp->groups.n; i++) {
		const struct lane_group *g = &lp->groups.at[i];
		struct group_info info = {.function = g->function,
			.rows = g->n_rows,
			.goroutines = g->n_goroutines,
			.alive_max = g->alive_max};

		for (unsigned s = 0; s < N_STATES; s++)
			info.time_ns[s] = b->goroutines.groups.at[i].ns[s];
		if (vec_push(&b->tables.groups, info) < 0)
			return no_memory(e);
		for (size_t k = 0; k < g->blocks.n; k++) {
			const struct group_block block = {.group = i, .block = g->blocks.at[k]};

			if (vec_push(&b->tables.group_blocks, block) < 0)
				return no_memory(e);
		}
	}
	return 0;
}

static int fill_tables(struct build *b, struct err *e)
{
	for (size_t i = 0; i < b->procs.ids.n; i++) {
		if (vec_push(&b->tables.procs, b->procs.ids.at[i]) < 0)
			return no_memory(e);
	}
	for (size_t i = 0; i < b->threads.ids.n; i++) {
		if (vec_push(&b->tables.threads, b->threads.ids.at[i]) < 0)
			return no_memory(e);
	}
	for (size_t i = 0; i < b->ranges.counters.n; i++) {
		if (vec_push(&b->tables.counters, b->ranges.counters.at[i].info) < 0)
			return no_memory(e);
	}
	return fill_groups(b, e);
}

/* What no event was made of is read for it too: how long a trace is that comes compressed shows
 * only at its end. Where that cannot be read, nothing is known of the whole: zero. */
static void hash_trace(struct build *b)
{
	uint8_t hash[SOURCE_HASH_BYTES] = {0};
	struct err e = ERR_INIT;

	source_hash(b->source, hash, &e);
	for (unsigned i = 0; i < 8; i++) {
		b->meta.hash_hi = b->meta.hash_hi << 8 | hash[i];
		b->meta.hash_lo = b->meta.hash_lo << 8 | hash[8 + i];
	}
}

static void fill_meta(struct build *b)
{
	struct meta *m = &b->meta;
	int64_t total = trace_bytes_total(b->trace);

	m->span_ns = page_time(b, b->end_ns);
	m->levels = tile_levels(m->span_ns);
	m->go_minor = (uint32_t)trace_go_minor(b->trace);
	for (unsigned v = 0; v < N_VIEWS; v++)
		m->n_blocks[v] = blocks_count(b->blocks, (enum view)v);
	m->n_blocks[VIEW_A] = 1;
	m->n_blocks[VIEW_C] = (uint32_t)b->tables.counters.n;
	m->n_events = trace_n_events(b->trace);
	m->n_chunks = blocks_n_chunks(b->blocks);
	m->n_goroutines = b->goroutines.n_total;
	m->n_gc = b->ranges.n_gc;
	m->n_stw = b->ranges.n_stw;
	m->n_tasks = b->ranges.n_tasks;
	m->n_generations = b->tables.generations.n;
	m->trace_bytes = (uint64_t)(total >= 0 ? total : trace_bytes_read(b->trace));
	m->n_skipped = trace_n_skipped(b->trace);
	m->n_experimental = trace_n_experimental_batches(b->trace);
}

/* Everything but the pyramid: open chunks, open states, tables. */
static int seal(struct build *b, struct err *e)
{
	uint64_t ticks;
	int64_t clock_ns;

	interval_end(b->interval, &ticks, &clock_ns, &b->meta.end_time_ns);
	if (clock_ns > b->end_ns)
		b->end_ns = clock_ns;
	if (relay_flush(b->relay, e) < 0 || store_begin(b->store, e) < 0)
		return -1;
	if (blocks_seal(b->blocks, e) < 0 ||
		build_goroutines_seal(
			&b->goroutines, page_time(b, b->end_ns), b->meta.end_time_ns, e) < 0 ||
		build_ranges_seal(&b->ranges, page_time(b, b->end_ns), e) < 0 ||
		fill_tables(b, e) < 0)
		return -1;
	if (!b->is_snapshot) /* reading goes on elsewhere */
		hash_trace(b);
	fill_meta(b);
	if (landmark_writer_seal(b->landmarks, b->meta.n_events, e) < 0 ||
		build_text_write(b->store, b->trace, &b->damage, &b->tables, &b->meta, e) < 0 ||
		tables_put(b->store, &b->tables, e) < 0)
		return -1;
	return meta_put(b->store, &b->meta, e);
}

/* What the relay has at hand is done, then the store is this thread's again. */
static int end_relay(struct build *b, struct err *e)
{
	int rc = relay_flush(b->relay, e);

	relay_destroy(b->relay);
	b->relay = NULL;
	store_set_relay(b->store, NULL);
	return rc;
}

/* All that was needed to read the trace: it is much where goroutines are many. */
static void end_reading(struct build *b)
{
	relay_destroy(b->relay);
	b->relay = NULL;
	if (b->blocks) {
		build_goroutines_clear(&b->goroutines);
		build_ranges_clear(&b->ranges);
	}
	landmark_writer_destroy(b->landmarks);
	b->landmarks = NULL;
	blocks_destroy(b->blocks);
	b->blocks = NULL;
	lane_rows_clear(&b->procs);
	lane_rows_clear(&b->threads);
	tables_clear(&b->tables);
	vec_clear(&b->reason_of);
	interval_destroy(b->interval);
	b->interval = NULL;
	trace_close(b->trace);
	b->trace = NULL;
}

/* Asked on this thread alone. */
static bool is_cancelled(void *context)
{
	struct build *b = context;
	const struct cancel *c = &b->options->cancel;

	snapshots_look(&b->snapshots, 1, 1); /* one may be under way */
	return c->is_cancelled && c->is_cancelled(c->context);
}

static void on_prepared(void *context, uint64_t done, uint64_t total)
{
	struct build *b = context;
	const struct build_options *o = b->options;

	b->progress.prepared = done;
	b->progress.to_prepare = total;
	if (o->progress)
		o->progress(o->progress_context, &b->progress);
}

static int build_pyramid(struct build *b, struct err *e)
{
	const struct pyramid_options o = {
		.cancel = {is_cancelled, b}, .progress = on_prepared, .context = b};

	if (look_up(b, INT64_MAX, e) < 0)
		return -1;
	on_prepared(b, 0, 1);
	end_reading(b);
	return pyramid_build(b->store, b->options->crew, &o, e);
}

/* In a process of its own. What it has of the ingest's memory is left as it is: to free it would
 * copy it first. */
static int finish_snapshot(void *context, struct err *e)
{
	struct err lost = ERR_INIT;
	struct pyramid_options o = {0};
	struct build *b = context;

	b->is_snapshot = true;
	b->relay = NULL;
	if (b->snapshots.n_published > 0) /* nobody may have removed it; if so, without */
		o.before = store_open(b->options->snapshots.path, &lost);
	if (seal(b, e) < 0 || pyramid_build(b->store, NULL, &o, e) < 0)
		return -1;
	return store_publish(b->store, e);
}

/* Opens both ends of the pipeline. */
static int start(struct build *b, struct source *src, const char *path, struct err *e)
{
	const struct limits defaults = LIMITS_DEFAULT;
	const struct limits *limits = b->options->limits ? b->options->limits : &defaults;

	lane_rows_init(&b->procs);
	lane_rows_init(&b->threads);
	if (vec_push(&b->tables.reasons, 0u) < 0)
		return no_memory(e);
	b->source = src;
	b->trace = trace_open(src, limits, e);
	if (!b->trace)
		return -1;
	b->interval = interval_create(b->trace, e);
	if (!b->interval)
		return -1;
	b->store = store_create(path, e);
	if (!b->store)
		return -1;
	b->relay = relay_create(b->options->crew, e);
	if (!b->relay)
		return -1;
	store_set_relay(b->store, b->relay);
	if (b->options->crew) /* last: where threads are few, the relay gains more from one */
		trace_read_ahead(b->trace, b->options->crew);
	return 0;
}

int build_run(
	struct source *src, const char *store_path, const struct build_options *o, struct err *e)
{
	static const struct build_options no_options;
	struct build *b = mem_calloc(1, sizeof(*b));
	int rc = -1;

	if (!b)
		return no_memory(e);
	b->options = o ? o : &no_options;
	b->damage = (struct err)ERR_INIT;
	b->snapshot_ns = INT64_MAX;
	snapshots_init(&b->snapshots, &b->options->snapshots);
	if (start(b, src, store_path, e) < 0 || read_trace(b, e) < 0 || seal(b, e) < 0 ||
		end_relay(b, e) < 0 || build_pyramid(b, e) < 0 || store_publish(b->store, e) < 0)
		goto out;
	if (b->damage.kind != ERR_NONE && b->options->damage)
		*b->options->damage = b->damage;
	rc = 0;
out:
	snapshots_clear(&b->snapshots);
	end_reading(b);
	store_close(b->store);
	mem_free(b);
	return rc;
}
