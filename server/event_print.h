/* event_print.h: one event of a trace in each of the forms that `tilescope events` prints.
 *
 * | form | an event is |
 * |---|---|
 * | go | what `go tool trace -d=parsed` prints (parser/event_text.h) |
 * | json | one object on one line |
 * | csv | one record of RFC 4180, after a header that names the columns |
 * | link | the address of its place in the page, a tab, the first line of its Go text |
 *
 * json and csv use the same words: `time` is T; `g`, `p`, `m` is where it happened, left out
 * (empty) where there is none; `resource` and `id` is whom it happened to.
 *
 * | kind | also has |
 * |---|---|
 * | StateTransition | resource, id, from, to, reason; transition_stack where it is another stack |
 * | Metric | name, value |
 * | Label | resource, id, name (the label) |
 * | Range… | name, resource, id; a sweep's end: swept, reclaimed (csv: both in value) |
 * | Task… | task, parent where known, name (its type) |
 * | Region… | task, name (its type) |
 * | Log | task, name (its category), message |
 * | Sync | value: its number; json also clock, mono, wall where the file has them |
 * | Experimental | name; args, in csv in value as a=1 b=2 |
 *
 * Numbers that may pass 2^53 are decimal strings in json. `stack`: innermost frame first; json:
 * objects with func, file, line, pc; csv: "func (file:line); …". Bytes that are no UTF-8 become
 * U+FFFD in json and csv. csv has no transition_stack.
 *
 * Memory: scratch from mem. Threads: one printer belongs to one thread. */
#ifndef SERVER_EVENT_PRINT_H
#define SERVER_EVENT_PRINT_H

#include "parser/base/text.h"
#include "server/json_writer.h"
#include "server/trace_id.h"

struct err;
struct event;
struct trace;

enum event_form { EVENT_FORM_GO, EVENT_FORM_JSON, EVENT_FORM_CSV, EVENT_FORM_LINK };

struct event_printer {
	enum event_form form;
	const char *base; /* link: before "/t/", borrowed */
	char id[TRACE_ID_LENGTH + 1];
	int64_t origin_ns; /* link: clock of the first event */
	struct json_writer json;
	struct text scratch;
};

/* The form with this name. 0, or -1: there is none. */
int event_form_parse(const char *name, enum event_form *form);

/* What stands before all events. 0, or -1 where memory ran out. */
int event_print_head(struct event_printer *p, struct text *out);

/* 0, or -1 where memory ran out (the text may hold a part of the event then). */
int event_print(
	struct event_printer *p, const struct trace *tr, const struct event *ev, struct text *out);
void event_printer_clear(struct event_printer *p);

/* The forms that have a file of their own. */
int event_json_write(
	struct event_printer *p, const struct trace *tr, const struct event *ev, struct text *out);
int event_csv_head(struct text *out);
int event_csv_write(
	struct event_printer *p, const struct trace *tr, const struct event *ev, struct text *out);
int event_link_write(
	struct event_printer *p, const struct trace *tr, const struct event *ev, struct text *out);

/* A range's name, of a stop-the-world with its reason; in scratch, -1 where memory ran out. */
int event_print_range_name(struct text *scratch, const struct trace *tr, const struct event *ev);

#endif
