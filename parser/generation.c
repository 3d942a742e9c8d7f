#include "parser/generation.h"

#include <inttypes.h>
#include <string.h>

#include "parser/base/bytes.h"
#include "parser/base/err.h"
#include "parser/batch.h"
#include "parser/event.h"
#include "parser/limits.h"
#include "parser/spec.h"

#define NO_MEMORY(e) \
	err_set(e, ERR_MEMORY, -1, "Cannot read generation: out of memory or over the memory cap")

/* Where in the file the cursor into a batch's data stands. */
static int64_t offset_in(const struct batch *b, const uint8_t *at)
{
	return b->offset + (at - b->data);
}

static int fail_table(
	const struct batch *b, const struct bytes *in, const char *what, struct err *e)
{
	int64_t at = offset_in(b, in->bad ? in->bad_at : in->at);

	return err_set(e, ERR_DAMAGED, at, "Cannot read %s: bad or cut off number at byte %" PRId64,
		what, at);
}

int generation_over_limit(const char *name, uint64_t limit, int64_t at, struct err *e)
{
	return err_set(e, ERR_LIMIT, at,
		"Cannot read generation: too many %s, limit=%" PRIu64 ", at byte %" PRId64, name,
		limit, at);
}

void generation_init(struct generation *g, const struct limits *lim)
{
	memset(g, 0, sizeof(*g));
	arena_init(&g->bytes, (size_t)1 << 20);
	index_init(&g->string_index);
	index_init(&g->stack_index);
	map_init(&g->thread_of_m);
	map_init(&g->frame_of_pc);
	err_clear(&g->damage);
	g->lim = lim;
}

void generation_clear(struct generation *g)
{
	vec_clear(&g->batches);
	vec_clear(&g->threads);
	vec_clear(&g->strings);
	vec_clear(&g->stacks);
	vec_clear(&g->pcs);
	vec_clear(&g->frames);
	vec_clear(&g->samples);
	vec_clear(&g->sample_order);
	vec_clear(&g->wide_strings);
	vec_clear(&g->wide_stacks);
	index_clear(&g->string_index);
	index_clear(&g->stack_index);
	map_clear(&g->thread_of_m);
	map_clear(&g->frame_of_pc);
	arena_clear(&g->bytes);
}

static void reset(struct generation *g)
{
	g->number = 0;
	g->min_ticks = 0;
	g->ns_per_tick = 0;
	g->offset = -1;
	g->has_snapshot = false;
	g->is_ended = false;
	g->is_clock_assumed = false;
	g->is_torn = false;
	g->is_doubtful = false;
	g->no_string = 0;
	g->no_stack = 0;
	err_clear(&g->damage);
	g->batches.n = 0;
	g->threads.n = 0;
	g->strings.n = 0;
	g->stacks.n = 0;
	g->pcs.n = 0;
	g->frames.n = 0;
	g->samples.n = 0;
	g->sample_order.n = 0;
	map_reset(&g->thread_of_m);
	map_reset(&g->frame_of_pc);
	arena_reset(&g->bytes);
	g->n_experimental = 0;
	g->n_unknown = 0;
}

static int add_events(struct generation *g, const struct batch *b, struct err *e)
{
	struct generation_batch nb = {
		.time = b->time, .offset = b->offset, .size = b->size, .next = GENERATION_END};
	uint32_t at = (uint32_t)g->batches.n;
	uint32_t t = map_get(&g->thread_of_m, b->m);

	if (b->size == 0 && t != MAP_NONE)
		return 0;
	nb.data = arena_copy(&g->bytes, b->data, b->size, GENERATION_PAD);
	if (!nb.data || vec_push(&g->batches, nb) < 0)
		return NO_MEMORY(e);
	if (t != MAP_NONE) {
		g->batches.at[g->threads.at[t].last].next = at;
		g->threads.at[t].last = at;
		return 0;
	}
	if (g->threads.n >= g->lim->threads)
		return generation_over_limit("threads", g->lim->threads, b->offset, e);
	if (map_put(&g->thread_of_m, b->m, (uint32_t)g->threads.n) < 0 ||
		vec_push(&g->threads,
			((struct generation_thread){.m = (int64_t)b->m, .first = at, .last = at})) <
			0)
		return NO_MEMORY(e);
	return 0;
}

/* 04, then any number of: 05, id, length, bytes. */
static int add_strings(struct generation *g, const struct batch *b, struct err *e)
{
	const uint8_t *copy = arena_copy(&g->bytes, b->data, b->size, 0);
	struct bytes in = bytes_of(b->data, b->size);

	if (!copy)
		return NO_MEMORY(e);
	bytes_u8(&in);
	while (bytes_left(&in) > 0) {
		struct generation_string s = {0};
		int64_t at = offset_in(b, in.at);
		const uint8_t *p;
		uint64_t size;

		if (bytes_u8(&in) != EV_STRING) {
			return err_set(e, ERR_DAMAGED, at,
				"Cannot read strings: expected one at byte %" PRId64, at);
		}
		s.id = bytes_uvarint(&in);
		size = bytes_uvarint(&in);
		if (!in.bad && size > g->lim->string_bytes) {
			return err_set(e, ERR_DAMAGED, at,
				"Cannot read string: longer than the format's %" PRIu32
				" bytes, size=%" PRIu64 ", at byte %" PRId64,
				g->lim->string_bytes, size, at);
		}
		p = bytes_take(&in, size);
		if (in.bad)
			return fail_table(b, &in, "strings", e);
		s.bytes = copy + (p - b->data);
		s.size = (uint32_t)size;
		if (g->strings.n >= g->lim->strings)
			return generation_over_limit("strings", g->lim->strings, at, e);
		if (vec_push(&g->strings, s) < 0)
			return NO_MEMORY(e);
	}
	return 0;
}

/* One frame of a stack: pc, function, file, line. The first frame seen for a pc holds for all. */
static int add_frame(struct generation *g, struct bytes *in, struct err *e)
{
	struct generation_frame f;
	uint32_t index;

	f.pc = bytes_uvarint(in);
	f.func = bytes_uvarint(in);
	f.file = bytes_uvarint(in);
	f.line = bytes_uvarint(in);
	if (in->bad)
		return 0; /* the caller says so */
	index = map_get(&g->frame_of_pc, f.pc);
	if (index == MAP_NONE) {
		index = (uint32_t)g->frames.n;
		if (vec_push(&g->frames, f) < 0 || map_put(&g->frame_of_pc, f.pc, index) < 0)
			return NO_MEMORY(e);
	}
	return vec_push(&g->pcs, index) < 0 ? NO_MEMORY(e) : 0;
}

/* 02, then any number of: 03, id, number of frames, frames. */
static int add_stacks(struct generation *g, const struct batch *b, struct err *e)
{
	struct bytes in = bytes_of(b->data, b->size);

	bytes_u8(&in);
	while (bytes_left(&in) > 0) {
		struct generation_stack s = {.first = (uint32_t)g->pcs.n};
		int64_t at = offset_in(b, in.at);
		uint64_t n, i;

		if (bytes_u8(&in) != EV_STACK) {
			return err_set(e, ERR_DAMAGED, at,
				"Cannot read stacks: expected one at byte %" PRId64, at);
		}
		s.id = bytes_uvarint(&in);
		n = bytes_uvarint(&in);
		if (n > g->lim->stack_frames) {
			return err_set(e, ERR_DAMAGED, at,
				"Cannot read stack: more frames than the format's %" PRIu32
				", frames=%" PRIu64 ", at byte %" PRId64,
				g->lim->stack_frames, n, at);
		}
		for (i = 0; i < n && !in.bad; i++) {
			if (add_frame(g, &in, e) < 0)
				return -1;
		}
		if (in.bad)
			return fail_table(b, &in, "stacks", e);
		s.n = (uint32_t)n;
		if (g->stacks.n >= g->lim->stacks)
			return generation_over_limit("stacks", g->lim->stacks, at, e);
		if (g->pcs.n > g->lim->pcs)
			return generation_over_limit("stack frames", g->lim->pcs, at, e);
		if (vec_push(&g->stacks, s) < 0)
			return NO_MEMORY(e);
	}
	return 0;
}

/* 06, then any number of: 07, ticks, M, P, G, stack. */
static int add_samples(struct generation *g, const struct batch *b, struct err *e)
{
	struct bytes in = bytes_of(b->data, b->size);

	bytes_u8(&in);
	while (bytes_left(&in) > 0) {
		struct generation_sample s = {0};
		int64_t at = offset_in(b, in.at);

		if (bytes_u8(&in) != EV_CPU_SAMPLE) {
			return err_set(e, ERR_DAMAGED, at,
				"Cannot read CPU samples: expected one at byte %" PRId64, at);
		}
		s.ticks = bytes_uvarint(&in);
		s.m = (int64_t)bytes_uvarint(&in);
		s.p = (int64_t)bytes_uvarint(&in);
		s.g = (int64_t)bytes_uvarint(&in);
		s.stack_id = bytes_uvarint(&in);
		if (in.bad)
			return fail_table(b, &in, "CPU samples", e);
		if (s.g == 0)
			s.g = NO_ID;
		if (vec_push(&g->samples, s) < 0)
			return NO_MEMORY(e);
	}
	return 0;
}

void generation_set_rate(struct generation *g, double ns_per_tick)
{
	double ticks = (double)g->lim->time_ns / ns_per_tick;

	g->ns_per_tick = ns_per_tick;
	g->max_ticks = ticks < 0x1p62 ? (uint64_t)ticks : UINT64_C(1) << 62;
}

static int set_frequency(struct generation *g, uint64_t hz, int64_t at, struct err *e)
{
	if (g->ns_per_tick != 0) {
		return err_set(e, ERR_DAMAGED, at,
			"Cannot read clock: a second frequency at byte %" PRId64, at);
	}
	if (hz == 0 || hz > g->lim->frequency_hz) {
		return err_set(e, ERR_DAMAGED, at,
			"Cannot read clock: impossible frequency, hz=%" PRIu64 ", at byte %" PRId64,
			hz, at);
	}
	generation_set_rate(g, 1.0 / ((double)hz / 1e9));
	return 0;
}

/* From 1.25: 32 (hex), then 08 ticks-per-second, and 33 time-difference, mono, seconds, nanoseconds.
 * Before: 08 ticks-per-second alone. */
static int add_sync(struct generation *g, const struct batch *b, int minor, struct err *e)
{
	bool has_clocks = minor >= spec_table[EV_SYNC].since;
	struct bytes in = bytes_of(b->data, b->size);
	uint64_t ticks = b->time;

	if (has_clocks)
		bytes_u8(&in);
	while (bytes_left(&in) > 0) {
		int64_t at = offset_in(b, in.at);
		uint8_t type = bytes_u8(&in);

		if (type == EV_FREQUENCY) {
			uint64_t hz = bytes_uvarint(&in);

			if (!in.bad && set_frequency(g, hz, at, e) < 0)
				return -1;
		} else if (type == EV_CLOCK_SNAPSHOT && has_clocks && !g->has_snapshot) {
			g->has_snapshot = true;
			ticks += bytes_uvarint(&in);
			g->snapshot_ticks = ticks;
			g->snapshot_mono_ns = bytes_uvarint(&in);
			g->snapshot_sec = bytes_uvarint(&in);
			g->snapshot_nsec = bytes_uvarint(&in);
		} else {
			return err_set(e, ERR_DAMAGED, at,
				"Cannot read clock: unexpected event %u (%s) at byte %" PRId64,
				type, spec_name(type), at);
		}
		if (in.bad)
			return fail_table(b, &in, "clock", e);
	}
	return 0;
}

int generation_add(struct generation *g, const struct batch *b, int minor, struct err *e)
{
	if (g->batches.n >= g->lim->batches)
		return generation_over_limit("batches", g->lim->batches, b->offset, e);
	if (g->bytes.used > g->lim->generation_bytes)
		return generation_over_limit("bytes", g->lim->generation_bytes, b->offset, e);
	if (g->min_ticks == 0 || b->time < g->min_ticks)
		g->min_ticks = b->time;
	switch ((enum batch_kind)b->kind) {
	case BATCH_EVENTS:
		return add_events(g, b, e);
	case BATCH_STRINGS:
		return add_strings(g, b, e);
	case BATCH_STACKS:
		return add_stacks(g, b, e);
	case BATCH_CPU_SAMPLES:
		return add_samples(g, b, e);
	case BATCH_SYNC:
		return add_sync(g, b, minor, e);
	case BATCH_EXPERIMENTAL:
		g->n_experimental++;
		return 0;
	case BATCH_UNKNOWN:
		g->n_unknown++;
		return 0;
	case BATCH_END:
		break;
	}
	return err_set(e, ERR_INTERNAL, b->offset, "Cannot read generation: kind of batch");
}

static int build_indices(struct generation *g, struct err *e)
{
	uint64_t id = 0;
	const char *what = "strings";
	int rc = index_build(
		&g->string_index, g->strings.at, sizeof(*g->strings.at), g->strings.n, &id);

	if (rc > 0) {
		what = "stacks";
		rc = index_build(
			&g->stack_index, g->stacks.at, sizeof(*g->stacks.at), g->stacks.n, &id);
	}
	if (rc < 0)
		return NO_MEMORY(e);
	if (rc == 0) {
		return err_set(e, ERR_DAMAGED, g->offset,
			"Cannot read %s: an id is 0 or comes twice, id=%" PRIu64
			", generation=%" PRIu64 ", from byte %" PRId64,
			what, id, g->number, g->offset);
	}
	return 0;
}

/* Nothing has been met yet, but id 0, which means none. */
static int forget_met(struct generation *g, struct err *e)
{
	const struct index *strings = &g->string_index, *stacks = &g->stack_index;

	g->n_direct_strings = strings->is_dense ? strings->dense.n : 1;
	g->n_direct_stacks = stacks->is_dense ? stacks->dense.n : 1;
	g->wide_strings.n = strings->is_dense ? strings->dense.n : g->strings.n + 1;
	g->wide_stacks.n = stacks->is_dense ? stacks->dense.n : g->stacks.n + 1;
	if (vec_reserve(&g->wide_strings, g->wide_strings.n) < 0 ||
		vec_reserve(&g->wide_stacks, g->wide_stacks.n) < 0)
		return NO_MEMORY(e);
	memset(g->wide_strings.at, 0xff, g->wide_strings.n * sizeof(*g->wide_strings.at));
	memset(g->wide_stacks.at, 0xff, g->wide_stacks.n * sizeof(*g->wide_stacks.at));
	g->wide_strings.at[0] = 0;
	g->wide_stacks.at[0] = 0;
	return 0;
}

static int check_frames(const struct generation *g, struct err *e)
{
	size_t i;

	for (i = 0; i < g->frames.n; i++) {
		const struct generation_frame *f = &g->frames.at[i];

		if (generation_find_string(g, f->func) == INDEX_NONE ||
			generation_find_string(g, f->file) == INDEX_NONE) {
			return err_set(e, ERR_DAMAGED, g->offset,
				"Cannot read stacks: a frame names a string that does not "
				"exist, pc=0x%" PRIx64 ", func=%" PRIu64 ", file=%" PRIu64
				", generation=%" PRIu64,
				f->pc, f->func, f->file, g->number);
		}
	}
	return 0;
}

/* Times and stacks of the CPU samples, and their order. */
static int seal_samples(struct generation *g, struct err *e)
{
	size_t i;

	if (vec_reserve(&g->sample_order, g->samples.n) < 0)
		return NO_MEMORY(e);
	for (i = 0; i < g->samples.n; i++) {
		struct generation_sample *s = &g->samples.at[i];

		s->time_ns = generation_ns(g, s->ticks);
		if (s->time_ns < 0 || s->time_ns >= g->lim->time_ns) {
			return err_set(e, ERR_DAMAGED, g->offset,
				"Cannot read CPU samples: a time is out of range, ticks=%" PRIu64
				", generation=%" PRIu64,
				s->ticks, g->number);
		}
		g->sample_order.at[i].key = s->time_ns;
		g->sample_order.at[i].value = (uint32_t)i;
	}
	g->sample_order.n = g->samples.n;
	sort_like_go(g->sample_order.at, g->sample_order.n);
	return 0;
}

int generation_index(struct generation *g, struct err *e)
{
	if (generation_ns(g, g->min_ticks) < 0 ||
		generation_ns(g, g->min_ticks) >= g->lim->time_ns) {
		return err_set(e, ERR_DAMAGED, g->offset,
			"Cannot read generation: its time is out of range, ticks=%" PRIu64
			", generation=%" PRIu64 ", from byte %" PRId64,
			g->min_ticks, g->number, g->offset);
	}
	if (build_indices(g, e) < 0 || forget_met(g, e) < 0)
		return -1;
	return seal_samples(g, e);
}

/* All batches are in: check what Go checks, build the indices. 1 or -1. */
static int seal(struct generation *g, int minor, struct err *e)
{
	if (g->ns_per_tick == 0) {
		return err_set(e, ERR_DAMAGED, g->offset,
			"Cannot read generation: it has no clock frequency, generation=%" PRIu64
			", from byte %" PRId64,
			g->number, g->offset);
	}
	if (!g->has_snapshot && minor >= spec_table[EV_SYNC].since) {
		return err_set(e, ERR_DAMAGED, g->offset,
			"Cannot read generation: it has no clock snapshot, generation=%" PRIu64
			", from byte %" PRId64,
			g->number, g->offset);
	}
	if (generation_index(g, e) < 0 || check_frames(g, e) < 0)
		return -1;
	return 1;
}

static int fail_order(
	const struct generation *g, struct batch_reader *r, const struct batch *b, struct err *e)
{
	batch_unread(r); /* for who salvages */
	if (b->generation == 0) {
		return err_set(e, ERR_DAMAGED, b->start,
			"Cannot read batch: generation number 0, at byte %" PRId64, b->start);
	}
	return err_set(e, ERR_DAMAGED, b->start,
		"Cannot read generation %" PRIu64 ": a batch of generation %" PRIu64
		" stands inside it, at byte %" PRId64,
		g->number, b->generation, b->start);
}

/* The trace ends, or breaks off, before this generation's end mark. */
static int fail_unfinished(const struct generation *g, struct batch_reader *r, struct err *e)
{
	int64_t at = r->failed.kind != ERR_NONE && r->failed.offset >= 0 ? r->failed.offset
									 : batch_offset(r);

	if (r->cut.kind != ERR_NONE) /* the trace may well be whole, but for how it came */
		return err_set(e, r->cut.kind, r->cut.offset, "%s", r->cut.msg);
	return err_set(e, ERR_TRUNCATED, at,
		"Cannot read generation %" PRIu64 ": the trace ends inside it, at byte "
		"%" PRId64 "; %s before byte %" PRId64 ", where it begins. Let the program "
		"call trace.Stop, or finish the download, and try again",
		g->number, at,
		g->offset > r->first ? "whole is only what stands" : "nothing is whole", g->offset);
}

/* Go 1.26 and later: up to the end mark. */
static int read_marked(struct generation *g, struct batch_reader *r, struct err *e)
{
	struct batch b;
	int n;

	while ((n = batch_next(r, &b, NULL)) > 0) {
		if (g->offset < 0)
			g->offset = b.start;
		if (g->number == 0)
			g->number = b.generation;
		if (b.kind == BATCH_END) {
			g->is_ended = true;
			return seal(g, r->minor, e);
		}
		if (b.generation == 0 || b.generation != g->number)
			return fail_order(g, r, &b, e);
		if (generation_add(g, &b, r->minor, e) < 0)
			return -1;
	}
	if (n == 0 && g->offset < 0)
		return 0;
	if (n == 0 || (r->failed.kind == ERR_TRUNCATED && g->offset >= 0))
		return fail_unfinished(g, r, e);
	return err_set(e, r->failed.kind, r->failed.offset, "%s", r->failed.msg);
}

/* Up to Go 1.25: up to the first batch of the next generation, or the end of the file. */
static int read_unmarked(struct generation *g, struct batch_reader *r, struct err *e)
{
	struct batch b;
	int n;

	while ((n = batch_next(r, &b, NULL)) > 0) {
		if (g->offset < 0)
			g->offset = b.start;
		if (b.generation == 0)
			return fail_order(g, r, &b, e);
		if (g->number == 0)
			g->number = b.generation;
		if (b.generation == g->number + 1) {
			batch_unread(r);
			g->is_ended = true;
			return seal(g, r->minor, e);
		}
		if (b.generation != g->number)
			return fail_order(g, r, &b, e);
		if (generation_add(g, &b, r->minor, e) < 0)
			return -1;
	}
	if (n == 0 && g->number == 0)
		return 0;
	if (g->number != 0 && g->ns_per_tick == 0 &&
		(n == 0 || r->failed.kind == ERR_TRUNCATED || r->cut.kind != ERR_NONE))
		return fail_unfinished(g, r, e); /* cut off before its clock was written */
	if (g->number != 0)
		return seal(g, r->minor, e); /* an error waits in the reader */
	return err_set(e, r->failed.kind, r->failed.offset, "%s", r->failed.msg);
}

int generation_read(struct generation *g, struct batch_reader *r, struct err *e)
{
	reset(g);
	if (r->minor >= spec_table[EV_END_OF_GENERATION].since)
		return read_marked(g, r, e);
	return read_unmarked(g, r, e);
}
