/* cmd_info.c: what is in a trace, by reading it through, or in a store, by its own numbers. */
#include "server/cmd.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/base/text.h"
#include "parser/event_text.h"
#include "server/flags.h"
#include "server/json_writer.h"
#include "server/output.h"
#include "server/survey.h"
#include "server/trace_store.h"
#include "server/utc.h"
#include "tiles/meta.h"
#include "tiles/store.h"

static const char help[] =
	"Usage: tilescope info [-format=text|json] FILE\n"
	"Tells what is in a Go execution trace, or in a store that was made of one: versions, "
	"span,\n"
	"clock, generations, counts of events and of what they are about, the bytes that each "
	"type\n"
	"of record takes (as -d=footprint; not of standard input, which can be read only once),\n"
	"and what is damaged.\n"
	"json: one object; its numbers that may pass 2^53 are decimal strings.\n";

/* A table of names and numbers; after a failed allocation nothing is added. */
struct page {
	struct text text;
	bool failed;
};

#define ROW(p, ...) \
	do { \
		if (text_printf(&(p)->text, __VA_ARGS__) < 0) \
			(p)->failed = true; \
	} while (0)

static void put_count(struct page *p, const char *name, uint64_t n)
{
	ROW(p, "%-13s %" PRIu64 "\n", name, n);
}

static void put_some(struct page *p, const char *name, uint64_t n)
{
	if (n > 0)
		put_count(p, name, n);
}

static void put_span(struct page *p, int64_t ns)
{
	ROW(p, "%-13s %" PRId64 ".%09" PRId64 " s\n", "span", ns / 1000000000, ns % 1000000000);
}

static void put_clock(struct page *p, const struct survey *s)
{
	char text[UTC_MAX];

	put_span(p, s->last_ns - s->first_ns);
	ROW(p, "%-13s %" PRId64 " to %" PRId64 " ns\n", "T", s->first_ns, s->last_ns);
	ROW(p, "%-13s %" PRId64 " to %" PRId64 " ns, %.9g ns per tick\n", "clock", s->min_clock_ns,
		s->max_clock_ns, s->ns_per_tick);
	if (!s->snapshot.has_snapshot)
		return;
	ROW(p, "%-13s %s\n", "began", utc_format(text, s->snapshot.wall_sec, survey_began_nsec(s)));
	ROW(p, "%-13s %s at clock %" PRId64 "\n", "wall clock",
		utc_format(text, s->snapshot.wall_sec, s->snapshot.wall_nsec),
		s->snapshot.trace_ns);
}

static double percent(uint64_t part, uint64_t whole)
{
	return whole > 0 ? (double)part / (double)whole * 100 : 0;
}

static void put_footprint(struct page *p, const struct footprint *f)
{
	uint8_t order[WIRE_N_TYPES];
	unsigned i;

	footprint_order(f, order);
	ROW(p, "\n%-22s %12s %7s %12s %7s\n", "record", "bytes", "%", "count", "%");
	for (i = 0; i < WIRE_N_TYPES && f->count[order[i]] > 0; i++) {
		uint64_t bytes = f->bytes[order[i]], count = f->count[order[i]];

		ROW(p, "%-22s %12" PRIu64 " %7.2f %12" PRIu64 " %7.2f\n", wire_name(order[i]),
			bytes, percent(bytes, f->file_bytes), count, percent(count, f->n_events));
	}
}

static void put_damage(struct page *p, const struct err *damage)
{
	if (damage->kind == ERR_NONE)
		return;
	if (damage->offset >= 0)
		ROW(p, "%-13s at byte %" PRId64 ": %s\n", "damage", damage->offset, damage->msg);
	else
		ROW(p, "%-13s %s\n", "damage", damage->msg);
}

static void put_gap(struct page *p, const struct trace_gap *g)
{
	ROW(p, "%-13s bytes %" PRId64 " to %" PRId64 ", generations %" PRIu64 " to %" PRIu64, "gap",
		g->first_byte, g->end_byte, g->first_gen, g->last_gen);
	if (g->begin_ns >= 0 && g->end_ns >= 0)
		ROW(p, ", clock %" PRId64 " to %" PRId64 " ns", g->begin_ns, g->end_ns);
	else if (g->begin_ns >= 0)
		ROW(p, ", from clock %" PRId64 " ns to the end", g->begin_ns);
	if (g->n_unordered > 0)
		ROW(p, ", %" PRIu64 " records without an order", g->n_unordered);
	ROW(p, ": %s\n", g->why.msg);
}

static void put_survey(struct page *p, const struct survey *s)
{
	unsigned k;
	size_t i;

	ROW(p, "%-13s 1.%d\n", "go", s->go_minor);
	if (s->file_bytes >= 0)
		put_count(p, "bytes", (uint64_t)s->file_bytes);
	ROW(p, "%-13s %" PRIu64, "generations", s->n_generations);
	if (s->n_generations > 0)
		ROW(p, " (%" PRIu64 " to %" PRIu64 ")", s->first_generation, s->last_generation);
	ROW(p, "\n");
	put_clock(p, s);
	put_count(p, "events", s->n_events);
	for (k = 0; k < EVENT_N_KINDS; k++) {
		if (s->kinds[k] > 0)
			ROW(p, "  %-18s %" PRIu64 "\n", event_kind_name(k), s->kinds[k]);
	}
	put_count(p, "goroutines", s->n_goroutines);
	put_count(p, "procs", s->n_procs);
	put_count(p, "threads", s->n_threads);
	put_count(p, "strings", s->n_strings);
	put_count(p, "stacks", s->n_stacks);
	put_some(p, "cpu samples", s->kinds[EVENT_STACK_SAMPLE]);
	put_some(p, "experimental", s->n_experimental_batches);
	put_some(p, "skipped", s->n_skipped);
	put_damage(p, &s->damage);
	for (i = 0; i < s->gaps.n; i++)
		put_gap(p, &s->gaps.at[i]);
	if (s->has_footprint)
		put_footprint(p, &s->footprint);
}

/* ---- the same as JSON ---- */

static void json_kinds(struct json_writer *w, const struct survey *s)
{
	unsigned k;

	json_key(w, "kinds");
	json_open(w, '{');
	for (k = 0; k < EVENT_N_KINDS; k++) {
		if (s->kinds[k] > 0)
			json_key_u64(w, event_kind_name(k), s->kinds[k]);
	}
	json_close(w, '}');
}

static void json_snapshot(struct json_writer *w, const struct survey *s)
{
	char text[UTC_MAX];

	if (!s->snapshot.has_snapshot)
		return;
	json_key_text(w, "began", utc_format(text, s->snapshot.wall_sec, survey_began_nsec(s)));
	json_key(w, "snapshot");
	json_open(w, '{');
	json_key_i64_text(w, "clock", s->snapshot.trace_ns);
	json_key_u64_text(w, "mono", s->snapshot.mono_ns);
	json_key_text(w, "wall", utc_format(text, s->snapshot.wall_sec, s->snapshot.wall_nsec));
	json_close(w, '}');
}

static void json_footprint(struct json_writer *w, const struct footprint *f)
{
	uint8_t order[WIRE_N_TYPES];
	unsigned i;

	footprint_order(f, order);
	json_key(w, "records");
	json_open(w, '[');
	for (i = 0; i < WIRE_N_TYPES && f->count[order[i]] > 0; i++) {
		json_open(w, '{');
		json_key_text(w, "name", wire_name(order[i]));
		json_key_u64(w, "bytes", f->bytes[order[i]]);
		json_key_u64(w, "count", f->count[order[i]]);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void json_damage(struct json_writer *w, const struct err *damage)
{
	if (damage->kind == ERR_NONE)
		return;
	json_key(w, "damage");
	json_open(w, '{');
	json_key_text(w, "code", err_kind_name(damage->kind));
	json_key_text(w, "message", damage->msg);
	if (damage->offset >= 0)
		json_key_i64(w, "offset", damage->offset);
	json_close(w, '}');
}

static void json_gaps(struct json_writer *w, const struct survey *s)
{
	size_t i;

	json_key(w, "gaps");
	json_open(w, '[');
	for (i = 0; i < s->gaps.n; i++) {
		const struct trace_gap *g = &s->gaps.at[i];

		json_open(w, '{');
		json_key_text(w, "code", err_kind_name(g->why.kind));
		json_key_text(w, "message", g->why.msg);
		json_key_i64(w, "first_byte", g->first_byte);
		json_key_i64(w, "end_byte", g->end_byte);
		json_key_u64_text(w, "first_generation", g->first_gen);
		json_key_u64_text(w, "last_generation", g->last_gen);
		if (g->begin_ns >= 0)
			json_key_i64_text(w, "begin_clock", g->begin_ns);
		if (g->end_ns >= 0)
			json_key_i64_text(w, "end_clock", g->end_ns);
		json_key_u64(w, "unordered", g->n_unordered);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void json_survey(struct json_writer *w, const struct survey *s)
{
	char version[16];

	snprintf(version, sizeof(version), "1.%d", s->go_minor);
	json_key_text(w, "go", version);
	if (s->file_bytes >= 0)
		json_key_i64(w, "bytes", s->file_bytes);
	json_key_u64(w, "generations", s->n_generations);
	json_key_i64(w, "span_ns", s->last_ns - s->first_ns);
	json_key_i64_text(w, "first", s->first_ns);
	json_key_i64_text(w, "last", s->last_ns);
	json_key_i64_text(w, "min_clock", s->min_clock_ns);
	json_key_i64_text(w, "max_clock", s->max_clock_ns);
	json_key(w, "ns_per_tick");
	json_double(w, s->ns_per_tick);
	json_snapshot(w, s);
	json_key_u64(w, "events", s->n_events);
	json_kinds(w, s);
	json_key_u64(w, "goroutines", s->n_goroutines);
	json_key_u64(w, "procs", s->n_procs);
	json_key_u64(w, "threads", s->n_threads);
	json_key_u64(w, "strings", s->n_strings);
	json_key_u64(w, "stacks", s->n_stacks);
	json_key_u64(w, "cpu_samples", s->kinds[EVENT_STACK_SAMPLE]);
	json_key_u64(w, "experimental_batches", s->n_experimental_batches);
	json_key_u64(w, "skipped", s->n_skipped);
	if (s->has_footprint)
		json_footprint(w, &s->footprint);
	json_damage(w, &s->damage);
	if (s->gaps.n > 0)
		json_gaps(w, s);
}

/* ---- stores ---- */

/* Whole numbers of a store: name in text, key in JSON. */
struct figure {
	const char *name, *key;
	uint64_t n;
};

static void put_meta(struct page *p, struct json_writer *w, const struct meta *m, int64_t bytes)
{
	const struct figure figures[] = {{"bytes", "bytes", m->trace_bytes},
		{"store bytes", "store_bytes", (uint64_t)bytes},
		{"generations", "generations", m->n_generations}, {"events", "events", m->n_events},
		{"goroutines", "goroutines", m->n_goroutines}, {"gc cycles", "gc_cycles", m->n_gc},
		{"stops", "stops", m->n_stw}, {"tasks", "tasks", m->n_tasks},
		{"strings", "strings", m->n_strings}, {"stacks", "stacks", m->n_stacks},
		{"chunks", "chunks", m->n_chunks}};
	char version[16];
	size_t i;

	snprintf(version, sizeof(version), "1.%u", (unsigned)m->go_minor);
	ROW(p, "%-13s %s\n", "go", version);
	json_key_text(w, "go", version);
	for (i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		if (strcmp(figures[i].key, "events") == 0)
			put_span(p, m->span_ns);
		put_count(p, figures[i].name, figures[i].n);
		json_key_u64(w, figures[i].key, figures[i].n);
	}
	json_key_i64(w, "span_ns", m->span_ns);
	if (!m->damage)
		return;
	ROW(p, "%-13s at byte %" PRId64 "\n", "damage", m->damage_offset);
	json_key(w, "damage");
	json_open(w, '{');
	json_key_i64(w, "offset", m->damage_offset);
	json_close(w, '}');
}

static int info_store(const char *path, struct page *p, struct json_writer *w, struct err *e)
{
	struct store *st = store_open(path, e);
	struct meta m;
	int rc = st ? meta_get(st, &m, e) : -1;

	if (rc == 0)
		put_meta(p, w, &m, store_bytes(st));
	store_close(st);
	return rc;
}

/* A damaged trace tells what is whole, then what is wrong with it: *e, for the exit code. */
static int info_trace(const char *path, struct page *p, struct json_writer *w, struct err *e)
{
	struct survey *s = mem_alloc(sizeof(*s));
	int rc = -1;

	if (!s) {
		err_set(e, ERR_MEMORY, -1, "Cannot tell: out of memory");
	} else if (survey_read(s, path, e) == 0) {
		put_survey(p, s);
		json_survey(w, s);
		*e = s->damage;
		survey_clear(s);
		rc = 0;
	}
	mem_free(s);
	return rc;
}

static enum output print(struct page *p, struct json_writer *w, bool as_json, struct err *e)
{
	enum output done = OUTPUT_FAILED;

	if (as_json && !w->failed) {
		p->text.len = 0;
		p->failed = text_room(&p->text, w->n + 1) < 0;
		if (!p->failed) {
			text_bytes(&p->text, w->data, w->n);
			TEXT(&p->text, "\n");
		}
	}
	if (p->failed || (as_json && w->failed))
		err_set(e, ERR_MEMORY, -1, "Cannot tell: out of memory");
	else
		done = output_flush(&p->text, e);
	return done;
}

static void info(const char *path, bool as_json, struct err *e)
{
	struct json_writer w = {0};
	struct page page = {0};
	struct err failed = ERR_INIT; /* of the output: says more than damage of the trace */
	int rc = trace_store_is(path, e);

	json_open(&w, '{');
	if (rc >= 0)
		rc = rc ? info_store(path, &page, &w, e) : info_trace(path, &page, &w, e);
	json_close(&w, '}');
	if (rc == 0 && print(&page, &w, as_json, &failed) == OUTPUT_FAILED)
		*e = failed;
	json_clear(&w);
	text_clear(&page.text);
}

int cmd_info(int argc, char **argv)
{
	const char *file = NULL, *format = "text";
	bool wants_help = false;
	const struct flag_spec specs[] = {{.name = "format", .value = &format},
		{.name = "help", .is_set = &wants_help}, {.name = "h", .is_set = &wants_help}};
	struct err e = ERR_INIT;

	if (flags_parse(specs, sizeof(specs) / sizeof(specs[0]), argc, argv, &file, 1, &e) < 0)
		return output_end(&e);
	if (wants_help)
		return output_help(help);
	output_begin();
	if (!file || file[0] == '\0')
		err_set(&e, ERR_USAGE, -1,
			"Cannot tell: usage: tilescope info [-format=text|json] FILE");
	else if (strcmp(format, "text") != 0 && strcmp(format, "json") != 0)
		err_set(&e, ERR_USAGE, -1, "Cannot tell: -format=\"%s\" is none of text, json",
			format);
	else
		info(file, strcmp(format, "json") == 0, &e);
	return output_end(&e);
}
