/* event_filter.h — which events are asked for: by goroutine, proc, thread, kind, time and stack.
 *
 *	struct event_filter f = {0};
 *	event_filter_init(&f);
 *	event_filter_set(&f, FILTER_G, "12,17", &e); …
 *	while (trace_next(tr, &ev, &e) > 0 && (n = event_filter_takes(&f, tr, &ev)) >= 0) …
 *	event_filter_clear(&f);
 *
 * | filter | value | takes |
 * |---|---|---|
 * | G, P, M | ids: 12,17 | events that happened on one of them, or happened to it |
 * | KIND | names as Go prints them: Metric,Label; either case | events of one of these kinds |
 * | FROM, TO | T in ns, or a duration since the first event: 1.5s, +250ms | FROM <= T < TO |
 * | MATCH | a kind or Any, then a pattern of stack_pattern.h | its kind, and its stack looks so |
 *
 * "Happened to it": the goroutine or proc that changes its state, has a range or gets a label.
 * An event is taken when every filter that is set takes it.
 *
 * Memory: the ids, and what stack_pattern.h says. Threads: one filter belongs to one thread. */
#ifndef PARSER_EVENT_FILTER_H
#define PARSER_EVENT_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/map.h"

struct err;
struct event;
struct stack_pattern;
struct trace;

enum filter {
	FILTER_G,
	FILTER_P,
	FILTER_M,
	FILTER_KIND,
	FILTER_FROM,
	FILTER_TO,
	FILTER_MATCH,
	N_FILTERS
};

/* A time as it was given: T itself, or ns since the first event. */
struct filter_time {
	int64_t ns;
	bool is_set;
	bool is_relative;
};

struct event_filter {
	struct map ids[FILTER_M + 1]; /* empty: any */
	uint32_t kinds;               /* bit per enum event_kind; 0: any */
	uint32_t match_kinds;         /* those of FILTER_MATCH */
	struct filter_time from, to;
	struct stack_pattern *pattern; /* NULL: any */
	int64_t first_ns;              /* T of the first event */
	bool has_first;
};

/* What event_filter_takes() answers. */
enum filter_answer {
	FILTER_FAILED = -1, /* out of memory */
	FILTER_LEAVES,
	FILTER_TAKES,
	FILTER_ENDS /* neither this event nor any later one */
};

void event_filter_init(struct event_filter *f);
void event_filter_clear(struct event_filter *f);

/* Set again: the last value holds. 0, or -1 with ERR_USAGE. */
int event_filter_set(struct event_filter *f, enum filter which, const char *value, struct err *e);

/* To be asked of every event of the trace, in order. */
enum filter_answer event_filter_takes(
	struct event_filter *f, const struct trace *tr, const struct event *ev);

/* "1h2m3.5s", "250ms", "-1us": a duration as Go writes it, in ns. False: it is none. */
bool duration_parse(const char *text, int64_t *ns);

#endif
