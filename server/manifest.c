/* manifest.c */
#include "server/manifest.h"

#include <stdio.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/interval.h"
#include "server/catalog.h"
#include "server/json_writer.h"
#include "server/progress_line.h"
#include "server/readers.h"
#include "server/reply.h"

static const char *state_text(enum trace_state s)
{
	switch (s) {
	case TRACE_READY:
		return "ready";
	case TRACE_FAILED:
		return "failed";
	case TRACE_WAITING:
	case TRACE_READING:
		break;
	}
	return "ingesting";
}

static void write_progress(struct json_writer *w, const struct progress *p)
{
	json_key(w, "progress");
	json_open(w, '{');
	json_key_text(w, "phase", p->to_prepare > 0 ? "preparing" : "reading");
	json_key_i64(w, "bytes", p->bytes);
	json_key_i64(w, "total", p->total);
	json_key(w, "percent");
	json_double(w, progress_percent(p));
	json_key_u64(w, "events", p->events);
	json_key(w, "events_per_s");
	json_double(w, p->events_per_s);
	json_key(w, "left_s");
	if (p->left_s >= 0)
		json_double(w, p->left_s);
	else
		json_null(w);
	json_close(w, '}');
}

static void write_go(struct json_writer *w, uint32_t minor)
{
	char go[16];

	snprintf(go, sizeof(go), "1.%u", minor);
	json_key_text(w, "go", go);
}

/* Of one that is being read. */
static void write_reading(struct json_writer *w, const struct trace_info *t)
{
	if (t->part > 0)
		json_key_u64(w, "part", t->part);
	write_progress(w, &t->progress);
}

static void write_facts(struct json_writer *w, const struct trace_facts *f)
{
	write_go(w, f->go_minor);
	json_key_i64(w, "span_ns", f->span_ns);
	json_key_u64(w, "events", f->n_events);
	json_key_i64(w, "store_bytes", f->store_bytes);
}

static void write_common(struct json_writer *w, const struct trace_info *t)
{
	bool has_file = *t->path != '\0';

	json_key_text(w, "id", t->id);
	json_key_text(w, "name", t->name);
	json_key_text(w, "state", state_text(t->state));
	if (has_file || t->facts.is_known)
		json_key_i64(w, "bytes", has_file ? t->stamp.size : t->facts.bytes);
}

void manifest_write_state(struct json_writer *w, const struct trace_info *t)
{
	json_open(w, '{');
	write_common(w, t);
	if (t->state == TRACE_FAILED) {
		json_key(w, "error");
		reply_write_err(w, &t->error);
	} else if (t->state != TRACE_READY) {
		write_reading(w, t);
	} else if (t->facts.is_known) {
		write_facts(w, &t->facts);
	}
	json_close(w, '}');
}

static void write_numbers(struct json_writer *w, struct reader *r)
{
	const struct meta *m = tile_reader_meta(r->tiles);

	json_key_u64(w, "format", TILE_VERSION);
	json_key_text(w, "version", TILESCOPE_VERSION);
	write_go(w, m->go_minor);
	json_key_i64(w, "store_bytes", store_bytes(r->store));
	json_key_u64(w, "events", m->n_events);
	json_key_u64(w, "generations", m->n_generations);
	json_key_i64_text(w, "origin_ns", m->origin_ns);
	json_key_i64_text(w, "origin_T", m->origin_time_ns);
	json_key_i64(w, "span_ns", m->span_ns);
	json_key_i64_text(w, "end_T", m->end_time_ns);
	json_key_u64(w, "levels", m->levels);
	json_key(w, "totals");
	json_open(w, '{');
	json_key_u64(w, "goroutines", m->n_goroutines);
	json_key_u64(w, "gc", m->n_gc);
	json_key_u64(w, "stw", m->n_stw);
	json_key_u64(w, "tasks", m->n_tasks);
	json_key_u64(w, "chunks", m->n_chunks);
	json_key_u64(w, "strings", m->n_strings);
	json_key_u64(w, "stacks", m->n_stacks);
	json_close(w, '}');
}

static int write_names(struct json_writer *w, struct reader *r, struct err *e)
{
	size_t i;

	json_key(w, "states");
	json_open(w, '[');
	for (i = 0; i < N_STATES; i++)
		json_text(w, state_name((enum state)i));
	json_close(w, ']');
	json_key(w, "reasons");
	json_open(w, '[');
	for (i = 0; i < r->tables.reasons.n; i++) {
		if (reader_write_name(r, w, r->tables.reasons.at[i], e) < 0)
			return -1;
	}
	json_close(w, ']');
	return 0;
}

static void write_rows(struct json_writer *w, const char *key, const int64_t *ids, size_t n)
{
	size_t i;

	json_key(w, key);
	json_open(w, '[');
	for (i = 0; i < n; i++) {
		json_open(w, '{');
		json_key_u64(w, "row", i);
		json_key_i64(w, "id", ids[i]);
		json_close(w, '}');
	}
	json_close(w, ']');
}

/* Blocks of one group stand together: *next moves over them. */
static int write_group(
	struct json_writer *w, struct reader *r, size_t i, size_t *next, struct err *e)
{
	const struct group_info *g = &r->tables.groups.at[i];
	const struct group_block *blocks = r->tables.group_blocks.at;
	size_t s;

	json_open(w, '{');
	json_key_u64(w, "group", i);
	json_key(w, "function");
	if (reader_write_name(r, w, g->function, e) < 0)
		return -1;
	json_key_u64(w, "goroutines", g->goroutines);
	json_key_u64(w, "rows", g->rows);
	json_key_u64(w, "alive_max", g->alive_max);
	json_key(w, "blocks");
	json_open(w, '[');
	for (; *next < r->tables.group_blocks.n && blocks[*next].group == i; ++*next)
		json_u64(w, blocks[*next].block);
	json_close(w, ']');
	json_key(w, "time");
	json_open(w, '[');
	for (s = 0; s < N_STATES; s++)
		json_u64(w, g->time_ns[s]);
	json_close(w, ']');
	json_close(w, '}');
	return 0;
}

static int write_groups(struct json_writer *w, struct reader *r, struct err *e)
{
	size_t i, next = 0;

	json_key(w, "groups");
	json_open(w, '[');
	for (i = 0; i < r->tables.groups.n; i++) {
		if (write_group(w, r, i, &next, e) < 0)
			return -1;
	}
	json_close(w, ']');
	return 0;
}

/* "/memory/classes/heap/objects:bytes" has its unit behind the last colon. */
static void write_unit(struct json_writer *w, const char *name, size_t n)
{
	const char *colon = n ? memrchr(name, ':', n) : NULL;

	json_key(w, "unit");
	if (colon)
		json_text_n(w, colon + 1, n - (size_t)(colon + 1 - name));
	else
		json_text(w, "");
}

static int write_counters(struct json_writer *w, struct reader *r, struct err *e)
{
	size_t i;

	json_key(w, "counters");
	json_open(w, '[');
	for (i = 0; i < r->tables.counters.n; i++) {
		const struct counter_info *c = &r->tables.counters.at[i];
		const char *name = "";
		size_t n = 0;

		if (text_get_string(&r->text, c->name, &name, &n, e) < 0)
			return -1;
		json_open(w, '{');
		json_key_u64(w, "c", i);
		json_key(w, "name");
		json_text_n(w, name, n);
		write_unit(w, name, n);
		json_key(w, "min");
		json_double(w, (double)c->min);
		json_key(w, "max");
		json_double(w, (double)c->max);
		json_key_u64(w, "samples", c->samples);
		json_close(w, '}');
	}
	json_close(w, ']');
	return 0;
}

/* What is lost of a damaged trace; t0 or t1 is left out where the trace's own end is meant. */
static int write_gaps(struct json_writer *w, struct reader *r, struct err *e)
{
	size_t i;

	json_key(w, "gaps");
	json_open(w, '[');
	for (i = 0; i < r->tables.gaps.n; i++) {
		const struct gap_info *g = &r->tables.gaps.at[i];

		json_open(w, '{');
		if (g->t0 >= 0)
			json_key_i64(w, "t0", g->t0);
		if (g->t1 >= 0)
			json_key_i64(w, "t1", g->t1);
		json_key_i64(w, "first_byte", g->first_byte);
		json_key_i64(w, "end_byte", g->end_byte);
		json_key_u64_text(w, "first_generation", g->first_gen);
		json_key_u64_text(w, "last_generation", g->last_gen);
		json_key_u64(w, "unordered", g->n_unordered);
		json_key(w, "why");
		if (reader_write_name(r, w, g->why, e) < 0)
			return -1;
		json_close(w, '}');
	}
	json_close(w, ']');
	return 0;
}

static int write_ends(struct json_writer *w, struct reader *r, struct err *e)
{
	size_t i;

	json_key(w, "wall");
	json_open(w, '[');
	for (i = 0; i < r->tables.wall.n; i++) {
		json_open(w, '{');
		json_key_i64(w, "t", r->tables.wall.at[i].t_ns);
		json_key_i64_text(w, "unix_ns", r->tables.wall.at[i].unix_ns);
		json_close(w, '}');
	}
	json_close(w, ']');
	json_key(w, "warnings");
	json_open(w, '[');
	for (i = 0; i < r->tables.warnings.n; i++) {
		if (reader_write_name(r, w, r->tables.warnings.at[i], e) < 0)
			return -1;
	}
	json_close(w, ']');
	return write_gaps(w, r, e);
}

int manifest_write(
	struct json_writer *w, const struct trace_info *t, struct reader *r, struct err *e)
{
	if (reader_tables(r, e) < 0)
		return -1;
	json_open(w, '{');
	write_common(w, t);
	if (r->part > 0)
		write_reading(w, t);
	write_numbers(w, r);
	if (write_names(w, r, e) < 0)
		return -1;
	write_rows(w, "procs", r->tables.procs.at, r->tables.procs.n);
	write_rows(w, "threads", r->tables.threads.at, r->tables.threads.n);
	if (write_groups(w, r, e) < 0 || write_counters(w, r, e) < 0 || write_ends(w, r, e) < 0)
		return -1;
	json_close(w, '}');
	return 0;
}
