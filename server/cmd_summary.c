/* cmd_summary.c: a trace or its store ► exact sums over a range ► a table, CSV or JSON. */
#include "server/cmd.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/event_filter.h"
#include "server/config.h"
#include "server/flags.h"
#include "server/output.h"
#include "server/summary_print.h"
#include "server/trace_store.h"
#include "server/url.h"
#include "tiles/store.h"
#include "tiles/summary.h"
#include "tiles/tables.h"
#include "tiles/text_table.h"

static const char help[] =
	"Usage: tilescope summary [flags] FILE\n"
	"Adds up, exactly, how long goroutines, procs or threads were in each state,\n"
	"and how often. FILE is a trace, whose store is taken from the cache or made\n"
	"there, or a store.\n"
	"\n"
	"  -by WHAT         state (default): all goroutines together; goroutine;\n"
	"                   function: what goroutines were started with; proc; thread\n"
	"  -from, -to TIME  within [from, to): ns on the clock, or a duration since\n"
	"                   the first event: 1.5s, +250ms\n"
	"  -clock CLOCK     wire (default): what the records themselves say;\n"
	"                   go: the times T that Go's tools print, for their sums\n"
	"  -format FORMAT   table (default); csv: id,function,state,reason,ns,n; json\n"
	"  -cache-dir DIR   where stores are kept\n"
	"  -cache-dir-gib N what they may take there (default 32; 0: no bound)\n"
	"\n"
	"States and reasons have Go's names, those of threads the page's. n: intervals\n"
	"that begin in the range or reach into it; time is what lies inside. The exit\n"
	"code tells that a part of the trace is missing.\n";

struct request {
	const char *file, *by, *from, *to, *clock, *format, *cache_gib;
	struct trace_store_place place;
	bool help;
	struct summary_query q;
	enum summary_form form;
};

struct summary_run {
	struct store *store;
	struct tile_reader *tiles;
	struct text_reader strings;
	struct tables tables;
	struct summary sums;
	struct summary_printer printer;
	struct text text;
};

static int bad_value(const char *flag, const char *value, const char *known, struct err *e)
{
	return err_set(
		e, ERR_USAGE, -1, "Cannot sum: -%s=\"%s\" is none of %s", flag, value, known);
}

static int parse_room(struct request *r, struct err *e)
{
	uint64_t gib = CONFIG_CACHE_GIB;

	if (r->cache_gib && !url_u64(r->cache_gib, CONFIG_CACHE_MAX_GIB, &gib))
		return err_set(e, ERR_USAGE, -1,
			"Cannot sum: -cache-dir-gib=\"%s\" is not a number of GiB, 0 to %d",
			r->cache_gib, CONFIG_CACHE_MAX_GIB);
	r->place.most_bytes = (int64_t)gib << 30;
	return 0;
}

static int parse_args(struct request *r, int argc, char **argv, struct err *e)
{
	const struct flag_spec specs[] = {{.name = "by", .value = &r->by},
		{.name = "from", .value = &r->from}, {.name = "to", .value = &r->to},
		{.name = "clock", .value = &r->clock}, {.name = "format", .value = &r->format},
		{.name = "cache-dir", .value = &r->place.cache},
		{.name = "cache-dir-gib", .value = &r->cache_gib},
		{.name = "help", .is_set = &r->help}, {.name = "h", .is_set = &r->help}};

	*r = (struct request){.by = "state", .clock = "wire", .format = "table"};
	if (flags_parse(specs, sizeof(specs) / sizeof(specs[0]), argc, argv, &r->file, 1, e) < 0)
		return -1;
	if (r->help)
		return 0;
	if (!r->file || r->file[0] == '\0')
		return err_set(e, ERR_USAGE, -1,
			"Cannot sum: usage: tilescope summary [flags] FILE; see tilescope summary "
			"--help");
	if (summary_by_parse(r->by, &r->q.by) < 0)
		return bad_value("by", r->by, "state, goroutine, function, proc, thread", e);
	if (summary_form_parse(r->format, &r->form) < 0)
		return bad_value("format", r->format, "table, csv, json", e);
	if (strcmp(r->clock, "wire") != 0 && strcmp(r->clock, "go") != 0)
		return bad_value("clock", r->clock, "wire, go", e);
	r->q.clock = r->clock[0] == 'g' ? CLOCK_GO : CLOCK_WIRE;
	return parse_room(r, e);
}

/* A time as it was given, on the clock itself. */
static int64_t clock_time(const struct filter_time *t, int64_t first, int64_t otherwise)
{
	int64_t sum;

	if (!t->is_set)
		return otherwise;
	if (!t->is_relative)
		return t->ns;
	return __builtin_add_overflow(first, t->ns, &sum) ? INT64_MAX : sum;
}

/* From and to on the clock: what the caller gave, else all of the trace. */
static int set_range(struct request *r, const struct meta *m, struct err *e)
{
	int64_t base = r->q.clock == CLOCK_GO ? 0 : m->origin_ns;
	int64_t from = INT64_MIN, to = INT64_MAX;
	struct event_filter f;
	int rc = 0;

	stays_cut(m, r->q.clock, &from, &to);
	event_filter_init(&f);
	if ((r->from && event_filter_set(&f, FILTER_FROM, r->from, e) < 0) ||
		(r->to && event_filter_set(&f, FILTER_TO, r->to, e) < 0))
		rc = -1;
	r->q.from = clock_time(&f.from, base + from, base + from);
	r->q.to = clock_time(&f.to, base + from, base + to);
	event_filter_clear(&f);
	if (rc == 0 && r->q.from > r->q.to)
		return err_set(e, ERR_USAGE, -1, "Cannot sum: -from lies after -to");
	return rc;
}

static int add_up(struct summary_run *run, struct request *r, struct err *e)
{
	const struct meta *m;
	struct summary_query q;

	run->store = trace_store_open(r->file, &r->place, e);
	run->tiles = run->store ? tile_reader_create(run->store, e) : NULL;
	if (!run->tiles || tables_get(run->store, &run->tables, e) < 0)
		return -1;
	m = tile_reader_meta(run->tiles);
	if (set_range(r, m, e) < 0)
		return -1;
	q = r->q;
	if (q.clock == CLOCK_WIRE) { /* a store counts from the first event */
		q.from = q.from < m->origin_ns ? 0 : q.from - m->origin_ns;
		q.to = q.to < m->origin_ns ? 0 : q.to - m->origin_ns;
	}
	return summary_make(&run->sums, run->tiles, &run->tables, &q, e);
}

static enum output print(struct summary_run *run, const struct request *r, struct err *e)
{
	struct summary_printer *p = &run->printer;
	enum output done = OUTPUT_WRITTEN;

	text_reader_init(&run->strings, run->store);
	*p = (struct summary_printer){
		.form = r->form, .q = r->q, .tables = &run->tables, .strings = &run->strings};
	if (summary_print_head(p, &run->sums, &run->text, e) < 0)
		return OUTPUT_FAILED;
	for (size_t i = 0; i < run->sums.entries.n && done == OUTPUT_WRITTEN; i++) {
		if (summary_print(p, &run->sums.entries.at[i], &run->text, e) < 0)
			return OUTPUT_FAILED;
		done = output_maybe(&run->text, e);
	}
	if (done != OUTPUT_WRITTEN || summary_print_tail(p, &run->text, e) < 0)
		return done == OUTPUT_WRITTEN ? OUTPUT_FAILED : done;
	if (r->form == SUMMARY_JSON) {
		if (text_printf(&run->text, "\n") < 0) {
			err_set(e, ERR_MEMORY, -1, "Cannot print sums: out of memory");
			return OUTPUT_FAILED;
		}
	}
	return output_flush(&run->text, e);
}

/* What is missing of the trace has no part in the sums. */
static void tell_damage(struct summary_run *run, struct err *e)
{
	const struct meta *m = tile_reader_meta(run->tiles);
	const char *s = "";
	size_t n = 0;

	if ((!m->damage && run->tables.gaps.n == 0) || run->tables.warnings.n == 0)
		return;
	if (text_get_string(&run->strings, run->tables.warnings.at[0], &s, &n, e) >= 0)
		err_set(e, ERR_DAMAGED, m->damage ? m->damage_offset : -1, "%.*s",
			n < 400 ? (int)n : 400, s);
}

int cmd_summary(int argc, char **argv)
{
	struct summary_run run = {0};
	struct err e = ERR_INIT;
	struct request r;

	if (parse_args(&r, argc, argv, &e) < 0)
		return output_end(&e);
	if (r.help)
		return output_help(help);
	output_begin();
	if (add_up(&run, &r, &e) == 0 && print(&run, &r, &e) == OUTPUT_WRITTEN)
		tell_damage(&run, &e);
	summary_printer_clear(&run.printer);
	text_clear(&run.text);
	if (run.strings.st)
		text_reader_clear(&run.strings);
	summary_clear(&run.sums);
	tables_clear(&run.tables);
	tile_reader_destroy(run.tiles);
	store_close(run.store);
	return output_end(&e);
}
