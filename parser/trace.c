#include "parser/trace.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/base/intern.h"
#include "parser/base/mem.h"
#include "parser/base/vec.h"
#include "parser/ahead.h"
#include "parser/batch.h"
#include "parser/event.h"
#include "parser/gaps.h"
#include "parser/generation.h"
#include "parser/initial.h"
#include "parser/legacy.h"
#include "parser/legacy_spec.h"
#include "parser/limits.h"
#include "parser/order.h"
#include "parser/salvage.h"
#include "parser/source.h"
#include "parser/spec.h"

/* What belongs to who reads ahead: source, reader, and this. */
struct reading {
	double ns_per_tick;              /* of the generation read last; 0 before */
	atomic_int_fast64_t offset;      /* for progress: behind that generation */
	atomic_int_fast64_t done, total; /* of the source, as source_progress() */
	atomic_int_fast64_t size;        /* the same as source_size() */
};

#define READY        64 /* events ordered in one go */
#define HEADER_BYTES 16 /* "go 1.22 trace" and three zeroes */

struct trace {
	struct source *src;
	struct limits lim;
	struct intern strings, stacks;
	struct batch_reader reader;
	struct reading reading;
	struct ahead ahead;
	struct generation *gen; /* of `ahead`: the current one, or the last */
	struct order order;
	struct initial initial;
	struct legacy *legacy; /* version 1: reads instead of all of these; else NULL */
	struct err failed;     /* sticky: what every later call answers */
	struct err pending;    /* becomes `failed` after the Sync that closes the last generation */
	uint64_t generation;   /* number of the current one, or of the last */
	double ns_per_tick;    /* of that one */
	uint64_t n_generations, n_events, n_skipped, n_experimental;
	uint32_t n_syncs;
	int minor;
	struct gaps gaps;
	int64_t last_clock_ns; /* of the last event; -1 before */
	bool has_initial;      /* of this generation: read ahead, or not needed */
	bool is_open;          /* the generation still has events */
	bool is_done;
	size_t ready_at, ready_n; /* of ready: events that are ordered and not handed out yet */
	struct event ready[READY];
};

static int read_all(struct source *src, uint8_t *buf, size_t n, struct err *e)
{
	size_t done = 0;
	int64_t got;

	while (done < n && (got = source_read(src, buf + done, n - done, e)) != 0) {
		if (got < 0)
			return -1;
		done += (size_t)got;
	}
	return (int)done;
}

static int fail_format(const struct source *src, int n, struct err *e)
{
	if (n == 0)
		return err_set(
			e, ERR_FORMAT, 0, "Cannot read trace: \"%s\" is empty", source_name(src));
	return err_set(e, ERR_FORMAT, 0,
		"Cannot read trace: \"%s\" is not a Go execution trace (it does not begin with "
		"\"go 1.\")",
		source_name(src));
}

int trace_read_version(struct source *src, struct err *e)
{
	static const char tail[] = " trace\0\0"; /* and the literal's own zero */
	uint8_t h[HEADER_BYTES];
	int n = read_all(src, h, sizeof(h), e), minor;

	if (n < 0)
		return -1;
	if (n < HEADER_BYTES || memcmp(h, "go 1.", 5) != 0 || memcmp(h + 7, tail, 9) != 0 ||
		h[5] < '0' || h[5] > '9' || h[6] < '0' || h[6] > '9')
		return fail_format(src, n, e);
	minor = (h[5] - '0') * 10 + (h[6] - '0');
	if (minor < LEGACY_FIRST_MINOR) {
		return err_set(e, ERR_VERSION, 0,
			"Cannot read trace: written by Go 1.%d, and versions before Go 1.%d "
			"are not supported",
			minor, LEGACY_FIRST_MINOR);
	}
	return minor;
}

static int open_stages(struct trace *tr, struct err *e)
{
	int64_t size = source_size(tr->src);

	if (size > tr->lim.trace_bytes) {
		return err_set(e, ERR_LIMIT, -1,
			"Cannot read trace: too large, bytes=%" PRId64 ", limit=%" PRId64, size,
			tr->lim.trace_bytes);
	}
	tr->minor = trace_read_version(tr->src, e);
	if (tr->minor < 0)
		return -1;
	if (tr->minor < SPEC_FIRST_MINOR) {
		tr->legacy =
			legacy_open(tr->src, &tr->lim, tr->minor, &tr->strings, &tr->stacks, e);
		return tr->legacy ? 0 : -1;
	}
	return batch_reader_init(&tr->reader, tr->src, &tr->lim, tr->minor, e);
}

static void tell_progress(struct trace *tr)
{
	int64_t done, total;

	source_progress(tr->src, &done, &total);
	atomic_store_explicit(&tr->reading.done, done, memory_order_relaxed);
	atomic_store_explicit(&tr->reading.total, total, memory_order_relaxed);
	atomic_store_explicit(&tr->reading.size, source_size(tr->src), memory_order_relaxed);
	atomic_store_explicit(&tr->reading.offset,
		tr->legacy ? legacy_bytes_read(tr->legacy) : batch_offset(&tr->reader),
		memory_order_relaxed);
}

/* The next generation: on the thread that reads ahead, if there is one. */
static int read_next(void *context, struct generation *g, struct err *e)
{
	struct trace *tr = context;
	int64_t before = atomic_load_explicit(&tr->reading.done, memory_order_relaxed);
	int rc;

	g->last_ns_per_tick = tr->reading.ns_per_tick;
	rc = tr->lim.stops_at_damage ? generation_read(g, &tr->reader, e)
				     : salvage_read(g, &tr->reader, e);
	if (g->ns_per_tick != 0 && !g->is_clock_assumed)
		tr->reading.ns_per_tick = g->ns_per_tick;
	tell_progress(tr);
	g->done_before = before;
	g->done = atomic_load_explicit(&tr->reading.done, memory_order_relaxed);
	return rc;
}

struct trace *trace_open(struct source *src, const struct limits *lim, struct err *e)
{
	struct trace *tr = mem_calloc(1, sizeof(*tr));

	if (!tr) {
		err_set(e, ERR_MEMORY, -1, "Cannot read trace: out of memory");
		return NULL;
	}
	tr->src = src;
	tr->lim = *lim;
	tr->last_clock_ns = -1;
	err_clear(&tr->failed);
	err_clear(&tr->pending);
	intern_init(&tr->strings);
	intern_init(&tr->stacks);
	ahead_init(&tr->ahead, &tr->lim, read_next, tr);
	tr->gen = &tr->ahead.gens[0];
	order_init(&tr->order, &tr->strings, &tr->stacks, &tr->lim);
	initial_init(&tr->initial);
	if (open_stages(tr, e) < 0) {
		trace_close(tr);
		return NULL;
	}
	tell_progress(tr);
	return tr;
}

void trace_read_ahead(struct trace *tr, const struct crew *crew)
{
	if (!tr->legacy)
		ahead_start(&tr->ahead, crew);
}

void trace_close(struct trace *tr)
{
	if (!tr)
		return;
	source_stop(tr->src);
	ahead_stop(&tr->ahead);
	legacy_close(tr->legacy);
	initial_clear(&tr->initial);
	order_clear(&tr->order);
	ahead_clear(&tr->ahead);
	batch_reader_clear(&tr->reader);
	gaps_clear(&tr->gaps);
	intern_clear(&tr->stacks);
	intern_clear(&tr->strings);
	mem_free(tr);
}

/* Answer with the error that is kept from now on. */
static int fail(struct trace *tr, struct err *e)
{
	ahead_stop(&tr->ahead);
	if (tr->failed.kind == ERR_NONE)
		err_set(&tr->failed, ERR_INTERNAL, -1, "Cannot read trace: error without a reason");
	return err_set(e, tr->failed.kind, tr->failed.offset, "%s", tr->failed.msg);
}

/* ---- what is lost ---- */

/* Something is wrong with the current generation, or with what should have been the next. 0 or -1. */
static int open_gap(struct trace *tr, const struct err *why)
{
	uint64_t gen = tr->legacy ? 1 : tr->gen->number ? tr->gen->number : tr->generation + 1;
	int64_t at = why->offset >= 0 ? why->offset : tr->gen->offset;
	const struct trace_gap gap = {.why = *why,
		.first_gen = gen,
		.last_gen = gen,
		.first_byte = at,
		.end_byte = at,
		.begin_ns = tr->last_clock_ns,
		.end_ns = -1};

	if (gaps_open(&tr->gaps, &gap, tr->lim.gaps) < 0)
		return err_set(&tr->failed, ERR_MEMORY, -1, "Cannot read trace: out of memory");
	return 0;
}

/* The open generation has come to its end, or as far as it orders: what of it is lost? 0 or -1. */
static int end_generation(struct trace *tr)
{
	const struct err *why = &tr->gen->damage;
	struct trace_gap *gap;
	bool is_break;

	tr->is_open = false;
	tr->n_skipped += order_n_skipped(&tr->order);
	if (tr->failed.kind == ERR_LIMIT && tr->gen->damage.kind != ERR_NONE)
		tr->failed.kind = ERR_DAMAGED; /* what is lost keeps the rest from being ordered */
	if (tr->lim.stops_at_damage ||
		(tr->failed.kind != ERR_NONE && !salvage_is_damage(&tr->failed)))
		return tr->failed.kind == ERR_NONE ? 0 : -1;
	if (why->kind == ERR_NONE)
		why = tr->order.damage.kind != ERR_NONE ? &tr->order.damage : &tr->failed;
	if (why->kind == ERR_NONE)
		return 0;
	is_break = tr->gen->is_torn || tr->gen->is_doubtful || tr->order.damage.kind != ERR_NONE ||
		tr->failed.kind != ERR_NONE;
	if (open_gap(tr, why) < 0)
		return -1;
	gap = gaps_last(&tr->gaps);
	gap->n_unordered += order_abandon(&tr->order);
	gap->begin_ns =
		tr->last_clock_ns < tr->order.lost_ns ? tr->last_clock_ns : tr->order.lost_ns;
	if (is_break)
		gaps_break(&tr->gaps);
	err_clear(&tr->failed);
	return 0;
}

/* ---- generations ---- */

static void set_snapshot(struct event_sync *sync, const struct generation *g)
{
	int64_t nsec = (int64_t)g->snapshot_nsec; /* below 0 in damage: as Go's time.Unix */
	int64_t sec = nsec / 1000000000, rest = nsec % 1000000000;

	if (rest < 0) {
		rest += 1000000000;
		sec--;
	}
	sync->has_snapshot = true;
	sync->trace_ns = generation_ns(g, g->snapshot_ticks);
	sync->mono_ns = g->snapshot_mono_ns;
	sync->wall_sec = (int64_t)(g->snapshot_sec + (uint64_t)sec);
	sync->wall_nsec = (uint32_t)rest;
}

/* The Sync that opens the generation just read, or with NULL the one that ends the trace. */
static int sync_event(struct trace *tr, struct event *ev, const struct generation *g)
{
	memset(ev, 0, sizeof(*ev));
	ev->kind = EVENT_SYNC;
	ev->type = EV_SYNC_POINT;
	ev->g = ev->p = ev->m = NO_ID;
	ev->sync.n = ++tr->n_syncs;
	ev->sync.is_last = g == NULL;
	ev->sync.gap = g ? tr->gaps.broken : 0;
	ev->sync.is_doubtful =
		g && (g->damage.kind != ERR_NONE || tr->order.damage.kind != ERR_NONE);
	tr->gaps.broken = 0;
	ev->clock_ns = tr->order.last_time;
	if (g) {
		ev->clock = g->min_ticks;
		ev->clock_ns = generation_ns(g, g->min_ticks);
		if (g->has_snapshot)
			set_snapshot(&ev->sync, g);
	}
	if (ev->sync.n == 1)
		tr->order.end_time = (ev->clock_ns > 0 ? ev->clock_ns : 1) + tr->lim.span_ns;
	tr->n_events++;
	tr->last_clock_ns = ev->clock_ns;
	return order_stamp(&tr->order, ev, &tr->failed) < 0 ? -1 : 1;
}

static int open_generation(struct trace *tr)
{
	bool is_new_version = tr->minor > SPEC_NEWEST_MINOR;

	if (++tr->n_generations > tr->lim.generations) {
		return err_set(&tr->failed, ERR_LIMIT, tr->gen->offset,
			"Cannot read trace: too many generations, limit=%" PRIu64,
			tr->lim.generations);
	}
	tr->generation = tr->gen->number;
	tr->ns_per_tick = tr->gen->ns_per_tick;
	tr->n_experimental += tr->gen->n_experimental;
	tr->n_skipped += tr->gen->n_unknown;
	if (tr->gaps.broken)
		order_restart(&tr->order);
	if (order_open(&tr->order, tr->gen, is_new_version, &tr->failed) < 0)
		return -1;
	initial_reset(&tr->initial);
	tr->has_initial = tr->n_generations > 1 && !tr->gaps.broken;
	tr->is_open = true;
	return 0;
}

/* A generation whose clock is nonsense beside the first one's has nothing to show. */
static void check_span(struct trace *tr)
{
	struct generation *g = tr->gen;
	int64_t time = generation_ns(g, g->min_ticks);

	if (time <= tr->order.end_time)
		return;
	err_set(&g->damage, ERR_DAMAGED, g->offset,
		"Cannot read trace: it spans more than 104 days, up to time=%" PRId64
		", generation=%" PRIu64 ", from byte %" PRId64,
		time, g->number, g->offset);
	g->threads.n = 0;
}

/* The next generation with something to order: 1, 0 at the end of the trace, -1 and `pending` or
 * `failed` says why. */
static int read_generation(struct trace *tr)
{
	int n;

	for (;;) {
		n = ahead_next(&tr->ahead, &tr->gen, &tr->pending);
		if (n > 0 && !tr->lim.stops_at_damage)
			check_span(tr);
		if (n > 0 && tr->gen->threads.n > 0)
			gaps_close(&tr->gaps, tr->gen, -1);
		if (n >= 0 && tr->gen->damage.kind != ERR_NONE &&
			open_gap(tr, &tr->gen->damage) < 0)
			return -1;
		if (n <= 0 || tr->gen->threads.n > 0 || tr->gen->damage.kind == ERR_NONE)
			break;
		gaps_break(&tr->gaps);
	}
	if (n == 0 && tr->gaps.n_met > 0) {
		gaps_close(&tr->gaps, NULL, batch_offset(&tr->reader));
		gaps_tell(&tr->gaps, &tr->pending);
	}
	return n;
}

/* Between generations: the next one's Sync, or the last Sync and then the error, if any. */
static int next_generation(struct trace *tr, struct event *ev)
{
	int n;

	if (tr->pending.kind != ERR_NONE) {
		tr->failed = tr->pending;
		return -1;
	}
	n = read_generation(tr);
	if (tr->failed.kind != ERR_NONE)
		return -1;
	if (n > 0) {
		if (open_generation(tr) < 0)
			return -1;
		return sync_event(tr, ev, tr->gen);
	}
	initial_reset(&tr->initial);
	if (n == 0 && tr->n_generations == 0 &&
		tr->minor < spec_table[EV_END_OF_GENERATION].since) {
		err_set(&tr->pending, ERR_TRUNCATED, batch_offset(&tr->reader),
			"Cannot read trace: it ends before its first generation, at byte %" PRId64,
			batch_offset(&tr->reader));
	}
	tr->is_done = tr->pending.kind == ERR_NONE;
	return sync_event(tr, ev, NULL);
}

/* Version 1. */

/* Events into `ready`, a Sync at the end: 1, 0 at the end of the trace, -1. */
static int fill_legacy(struct trace *tr)
{
	int n;

	tr->ready_at = tr->ready_n = 0;
	do {
		n = legacy_next(tr->legacy, &tr->ready[tr->ready_n], &tr->failed);
		tr->ready_n += n > 0;
	} while (n > 0 && tr->ready_n < READY && tr->ready[tr->ready_n - 1].kind != EVENT_SYNC);
	if (tr->ready_n > 0)
		tr->last_clock_ns = tr->ready[tr->ready_n - 1].clock_ns;
	tr->generation = 1;
	tr->ns_per_tick = legacy_ns_per_tick(tr->legacy);
	tr->n_events += tr->ready_n;
	tr->is_done = n == 0;
	tell_progress(tr);
	if (n < 0 && salvage_is_damage(&tr->failed) && open_gap(tr, &tr->failed) == 0)
		gaps_last(&tr->gaps)->end_byte = legacy_bytes_read(tr->legacy);
	return tr->ready_n > 0 ? 1 : n;
}

static const struct initial_status *initial_legacy(struct trace *tr, size_t *n)
{
	const struct initial_status *statuses = NULL;

	*n = 0;
	if (tr->failed.kind == ERR_NONE)
		legacy_initial(tr->legacy, &statuses, n, &tr->failed);
	return statuses;
}

/* Events of the open generation into `ready`: 1, 0 at its end, -1. */
static int fill(struct trace *tr)
{
	int n = order_next(&tr->order, tr->ready, READY, &tr->failed);

	tr->ready_at = 0;
	tr->ready_n = n > 0 ? (size_t)n : 0;
	tr->n_events += tr->ready_n;
	if (n <= 0)
		return end_generation(tr);
	tr->last_clock_ns = tr->ready[tr->ready_n - 1].clock_ns;
	return 1;
}

int trace_take(struct trace *tr, const struct event **events, size_t *n, struct err *e)
{
	int rc;

	if (tr->ready_at == tr->ready_n) {
		if (tr->is_open && fill(tr) < 0)
			return fail(tr, e);
		if (tr->failed.kind != ERR_NONE)
			return fail(tr, e);
		if (tr->legacy && !tr->is_done && fill_legacy(tr) < 0)
			return fail(tr, e);
	}
	if (tr->ready_at == tr->ready_n) {
		if (tr->is_done)
			return 0;
		rc = next_generation(tr, &tr->ready[0]);
		if (rc < 0) {
			tr->is_open = false; /* its Sync may be what failed */
			return fail(tr, e);
		}
		tr->ready_at = 0;
		tr->ready_n = 1;
	}
	*events = &tr->ready[tr->ready_at];
	*n = tr->ready_n - tr->ready_at;
	if (*n > 1 && tr->ready[tr->ready_n - 1].kind == EVENT_SYNC)
		(*n)--;
	tr->ready_at += *n;
	return 1;
}

int trace_next(struct trace *tr, struct event *ev, struct err *e)
{
	const struct event *events;
	size_t n;
	int rc;

	if (tr->ready_at < tr->ready_n) {
		*ev = tr->ready[tr->ready_at++];
		return 1;
	}
	rc = trace_take(tr, &events, &n, e);
	if (rc > 0) {
		*ev = events[0];
		tr->ready_at = (size_t)(events - tr->ready) + 1; /* the rest waits */
	}
	return rc;
}

const struct initial_status *trace_initial(struct trace *tr, size_t *n)
{
	if (tr->legacy)
		return initial_legacy(tr, n);
	if (tr->is_open && !tr->has_initial && tr->failed.kind == ERR_NONE) {
		tr->has_initial = true;
		if (initial_scan(&tr->initial, tr->gen, &tr->strings, &tr->stacks, &tr->failed) < 0)
			initial_reset(&tr->initial);
	}
	*n = tr->initial.statuses.n;
	return tr->initial.statuses.at;
}

const struct trace_gap *trace_gaps(const struct trace *tr, size_t *n)
{
	*n = tr->gaps.list.n;
	return tr->gaps.list.at;
}

const char *trace_string(const struct trace *tr, uint32_t id, size_t *len)
{
	const char *s = intern_get(&tr->strings, id, len);

	return s ? s : "";
}

const struct trace_frame *trace_stack(const struct trace *tr, uint32_t id, size_t *n_frames)
{
	const struct trace_frame *frames = intern_get(&tr->stacks, id, n_frames);

	*n_frames /= sizeof(*frames);
	return frames;
}

uint32_t trace_n_strings(const struct trace *tr)
{
	return (uint32_t)tr->strings.entries.n;
}

uint32_t trace_n_stacks(const struct trace *tr)
{
	return (uint32_t)tr->stacks.entries.n;
}

int trace_go_minor(const struct trace *tr)
{
	return tr->minor;
}

double trace_ns_per_tick(const struct trace *tr)
{
	return tr->ns_per_tick;
}

uint64_t trace_generation(const struct trace *tr)
{
	return tr->generation;
}

int64_t trace_bytes_read(const struct trace *tr)
{
	return atomic_load_explicit(&tr->reading.offset, memory_order_relaxed);
}

void trace_progress(const struct trace *tr, int64_t *done, int64_t *total)
{
	const struct generation *g = tr->gen; /* what is read may be two further */
	double share = tr->is_open ? order_share(&tr->order) : 1;

	*total = atomic_load_explicit(&tr->reading.total, memory_order_relaxed);
	*done = g->done_before + (int64_t)((double)(g->done - g->done_before) * share);
	if (tr->legacy)
		*done = (int64_t)((double)(*total < 0 ? trace_bytes_read(tr) : *total) *
			legacy_share(tr->legacy));
}

int64_t trace_bytes_total(const struct trace *tr)
{
	return atomic_load_explicit(&tr->reading.size, memory_order_relaxed);
}

uint64_t trace_n_events(const struct trace *tr)
{
	return tr->n_events;
}

uint64_t trace_n_skipped(const struct trace *tr)
{
	return tr->n_skipped;
}

uint64_t trace_n_experimental_batches(const struct trace *tr)
{
	return tr->n_experimental;
}
