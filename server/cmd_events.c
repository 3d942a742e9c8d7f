/* cmd_events.c: a trace's events ► those that are asked for ► text, as it is asked for. */
#include "server/cmd.h"

#include <string.h>

#include "parser/base/err.h"
#include "parser/event.h"
#include "parser/event_filter.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "parser/trace.h"
#include "server/event_print.h"
#include "server/flags.h"
#include "server/helper.h"
#include "server/output.h"

#define DEFAULT_BASE "http://127.0.0.1:8453"

static const char help[] =
	"Usage: tilescope events [flags] FILE\n"
	"Prints the events of a Go execution trace in Go's own order.\n"
	"\n"
	"Which (an event is printed when every flag given takes it):\n"
	"  -g, -p, -m IDS   those on one of these goroutines, procs, threads, or that happen to "
	"it:\n"
	"                   12 or 12,17; -1 is none\n"
	"  -kind KINDS      Metric,Label,...: Sync, Metric, Label, StackSample, RangeBegin,\n"
	"                   RangeActive, RangeEnd, TaskBegin, TaskEnd, RegionBegin, RegionEnd, "
	"Log,\n"
	"                   StateTransition, Experimental\n"
	"  -from, -to TIME  those with from <= T < to: T in ns as it is printed, or a duration "
	"since\n"
	"                   the first event: 1.5s, +250ms\n"
	"  -match PATTERN   a kind or Any, then a regular expression for each frame of the stack,\n"
	"                   the outermost first; \"**\" is any run of frames:\n"
	"                   'StateTransition \"conn..serve\" \"**\" \"sync...Mutex..Lock\"'\n"
	"\n"
	"How:\n"
	"  -format FORMAT   go (default): byte for byte as go tool trace -d=parsed\n"
	"                   json: an object a line; csv: RFC 4180, with a header\n"
	"                   link: the address of the event in the page, a tab, one line about it\n"
	"  -strict          stop at the first damage, as Go does; else what can be saved of a "
	"damaged\n"
	"                   trace is printed, and behind the gap what follows\n"
	"  -base URL        where the page of -format=link is (default " DEFAULT_BASE ")\n"
	"\n"
	"Flags are -flag=value, --flag=value or -flag value. Patterns are POSIX extended regular\n"
	"expressions in Go's quotes, found anywhere in a function's name. The exit code tells that "
	"a\n"
	"trace is damaged, and `tilescope info` what is lost.\n";

struct request {
	const char *file;
	const char *filters[N_FILTERS];
	const char *format, *base;
	bool strict, help;
};

static int parse_args(struct request *q, int argc, char **argv, struct err *e)
{
	const struct flag_spec specs[] = {
		{.name = "g", .value = &q->filters[FILTER_G]},
		{.name = "p", .value = &q->filters[FILTER_P]},
		{.name = "m", .value = &q->filters[FILTER_M]},
		{.name = "kind", .value = &q->filters[FILTER_KIND]},
		{.name = "from", .value = &q->filters[FILTER_FROM]},
		{.name = "to", .value = &q->filters[FILTER_TO]},
		{.name = "match", .value = &q->filters[FILTER_MATCH]},
		{.name = "format", .value = &q->format},
		{.name = "base", .value = &q->base},
		{.name = "strict", .is_set = &q->strict},
		{.name = "help", .is_set = &q->help},
		{.name = "h", .is_set = &q->help},
	};

	*q = (struct request){.format = "go", .base = DEFAULT_BASE};
	if (flags_parse(specs, sizeof(specs) / sizeof(specs[0]), argc, argv, &q->file, 1, e) < 0)
		return -1;
	if (!q->help && (!q->file || q->file[0] == '\0'))
		return err_set(e, ERR_USAGE, -1,
			"Cannot print events: usage: tilescope events [flags] FILE; see tilescope "
			"events --help");
	return 0;
}

static int set_filters(struct event_filter *f, const struct request *q, struct err *e)
{
	unsigned i;

	for (i = 0; i < N_FILTERS; i++) {
		if (q->filters[i] && event_filter_set(f, (enum filter)i, q->filters[i], e) < 0)
			return -1;
	}
	return 0;
}

static int set_printer(struct event_printer *p, const struct request *q, struct err *e)
{
	struct trace_stamp stamp;

	if (event_form_parse(q->format, &p->form) < 0)
		return err_set(e, ERR_USAGE, -1,
			"Cannot print events: -format=\"%s\" is none of go, json, csv, link",
			q->format);
	p->base = q->base;
	return p->form == EVENT_FORM_LINK ? trace_id_of_file(q->file, p->id, &stamp, e) : 0;
}

/* All events that are asked for; an error of the trace waits in *e when they are printed. */
static enum output print_events(struct event_filter *f, struct event_printer *p, struct trace *tr,
	struct text *t, struct err *e)
{
	enum filter_answer answer = FILTER_LEAVES;
	enum output done = OUTPUT_WRITTEN;
	struct event ev;

	if (event_print_head(p, t) < 0)
		goto memory;
	while (done == OUTPUT_WRITTEN && trace_next(tr, &ev, e) > 0) {
		if (ev.kind == EVENT_SYNC && ev.sync.n == 1)
			p->origin_ns = ev.clock_ns;
		answer = event_filter_takes(f, tr, &ev);
		if (answer == FILTER_LEAVES)
			continue;
		if (answer == FILTER_ENDS)
			break;
		if (answer == FILTER_FAILED || event_print(p, tr, &ev, t) < 0)
			goto memory;
		done = output_maybe(t, e);
	}
	return done == OUTPUT_WRITTEN ? output_flush(t, e) : done;
memory:
	err_set(e, ERR_MEMORY, -1, "Cannot print events: out of memory");
	return OUTPUT_FAILED;
}

int cmd_events(int argc, char **argv)
{
	struct limits lim = LIMITS_DEFAULT;
	struct event_printer printer = {0};
	struct event_filter filter;
	struct source *src = NULL;
	struct trace *tr = NULL;
	struct text text = {0};
	struct err e = ERR_INIT;
	struct helper helper = {.n_max = helper_threads()};
	const struct crew crew = helper_crew(&helper);
	struct request q;

	event_filter_init(&filter);
	if (parse_args(&q, argc, argv, &e) < 0)
		goto out;
	if (q.help)
		return output_help(help);
	if (set_filters(&filter, &q, &e) < 0 || set_printer(&printer, &q, &e) < 0)
		goto out;
	lim.stops_at_damage = q.strict;
	output_begin();
	src = source_open(q.file, &lim, &e);
	tr = src ? trace_open(src, &lim, &e) : NULL;
	if (tr)
		trace_read_ahead(tr, &crew);
	if (tr && print_events(&filter, &printer, tr, &text, &e) == OUTPUT_CLOSED)
		err_clear(&e); /* the reader has gone: it has what it wanted */
out:
	trace_close(tr);
	source_close(src);
	text_clear(&text);
	event_printer_clear(&printer);
	event_filter_clear(&filter);
	return output_end(&e);
}
