/* routes_query.c */
#include "server/routes_query.h"

#include <string.h>

#include "parser/base/err.h"
#include "server/call.h"
#include "server/durations_json.h"
#include "server/json_writer.h"
#include "server/place.h"
#include "server/reply.h"
#include "server/server.h"
#include "server/summary_print.h"
#include "server/url.h"
#include "tiles/event_list.h"
#include "tiles/totals.h"

#define DEFAULT_EVENTS 100
#define MAX_EVENTS     1000

/* ---- summary ---- */

static int add_group(struct totals *t, struct reader *r, const struct place *p, struct err *e)
{
	if (reader_tables(r, e) < 0)
		return -1;
	if (p->group >= r->tables.groups.n)
		return err_set(e, ERR_NOT_FOUND, -1, "Cannot find the group");
	return totals_add_group(t, r->tiles, (uint32_t)p->group, p->from, p->to, e);
}

static int add_rows(
	struct call *c, struct totals *t, struct reader *r, const struct place *p, struct err *e)
{
	struct row_set set;
	bool has;
	int rc = place_rows(c, r, &set, &has, e);

	if (rc == 0)
		rc = totals_add_rows(t, r->tiles, &set, p->from, p->to, e);
	row_set_clear(&set);
	return rc;
}

static int add_place(
	struct call *c, struct totals *t, struct reader *r, const struct place *p, struct err *e)
{
	bool has_rows = url_get(c->url, "rows") != NULL;
	struct goroutine g;

	if (p->has_view + p->has_g + p->has_group + has_rows != 1)
		return err_set(e, ERR_USAGE, -1,
			"Cannot answer: one of view, view with block and row, g, group, or rows");
	if (has_rows)
		return add_rows(c, t, r, p, e);
	if (p->has_group)
		return add_group(t, r, p, e);
	if (p->has_g) {
		if (place_goroutine(r, p->g, &g, e) < 0)
			return -1;
		return totals_add_block(t, r->tiles, VIEW_G, g.block, UINT32_C(1) << g.row, p->g,
			p->from, p->end, e);
	}
	if (!p->has_row)
		return totals_add_view(t, r->tiles, p->view, p->from, p->end, e);
	if (place_check(r, p, e) < 0)
		return -1;
	return totals_add_block(t, r->tiles, p->view, (uint32_t)p->block, UINT32_C(1) << p->row, 0,
		p->from, p->end, e);
}

static void write_stay(struct json_writer *w, const struct totals_stay *s)
{
	json_open(w, '{');
	json_key_i64(w, "t0", s->t0);
	json_key_i64(w, "t1", s->t1);
	json_key_i64_text(w, "T", s->time_ns);
	json_key_u64_text(w, "g", s->g);
	json_key_u64(w, "block", s->block);
	json_key_u64(w, "row", s->row);
	json_close(w, '}');
}

static void write_durations(struct json_writer *w, const struct totals_entry *t)
{
	durations_write(w, &t->durations);
	json_key(w, "ten_longest");
	json_open(w, '[');
	for (unsigned i = 0; i < t->n_longest; i++)
		write_stay(w, &t->longest[i]);
	json_close(w, ']');
}

static int write_entry(
	struct json_writer *w, struct reader *r, const struct totals_entry *t, struct err *e)
{
	json_open(w, '{');
	json_key_text(w, "state", state_name((enum state)t->state));
	json_key(w, "reason");
	if (reader_write_reason(r, w, t->reason, e) < 0)
		return -1;
	json_key_u64(w, "ns", t->ns);
	json_key_u64(w, "n", t->n);
	json_key(w, "longest");
	write_stay(w, &t->longest[0]);
	if (t->durations.n)
		write_durations(w, t);
	json_close(w, '}');
	return 0;
}

static int write_summary(
	struct call *c, struct reader *r, struct json_writer *w, struct totals *t, struct err *e)
{
	struct place p = {0};
	uint64_t with_durations = 0;
	bool csv;
	size_t i;

	if (url_get(c->url, "clock"))
		return err_set(e, ERR_USAGE, -1, "Cannot answer: clock goes with by");
	if (server_wants_csv(c, &csv, e) < 0 ||
		server_query_u64(c, "durations", 1, &with_durations, e) < 0)
		return -1;
	t->with_durations = with_durations || csv;
	if (place_range(c, r, &p, e) < 0 || place_parse(c, &p, e) < 0 ||
		add_place(c, t, r, &p, e) < 0)
		return -1;
	totals_sort(t);
	json_open(w, '{');
	json_key_i64(w, "from", p.from);
	json_key_i64(w, "to", p.end);
	json_key_u64(w, "total", t->total_ns);
	json_key(w, "states");
	json_open(w, '[');
	for (i = 0; i < t->entries.n; i++) {
		if (write_entry(w, r, &t->entries.at[i], e) < 0)
			return -1;
	}
	json_close(w, ']');
	json_close(w, '}');
	return 0;
}

/* ---- the same in Go's words, by what is asked for ---- */

static int parse_sums(struct call *c, struct reader *r, struct summary_printer *p, struct err *e)
{
	const char *by = url_get(c->url, "by"), *clock = url_get(c->url, "clock");
	const char *format = url_get(c->url, "format");
	struct summary_query *q = &p->q;
	int64_t min, max;

	if (url_get(c->url, "view") || url_get(c->url, "block") || url_get(c->url, "row") ||
		url_get(c->url, "g") || url_get(c->url, "group") || url_get(c->url, "rows") ||
		url_get(c->url, "durations"))
		return err_set(e, ERR_USAGE, -1, "Cannot answer: by sums up the whole trace");
	p->form = SUMMARY_JSON;
	if (summary_by_parse(by, &q->by) < 0)
		return err_set(e, ERR_USAGE, -1,
			"Cannot answer: by is state, goroutine, function, proc or thread");
	if (clock && strcmp(clock, "wire") != 0 && strcmp(clock, "go") != 0)
		return err_set(e, ERR_USAGE, -1, "Cannot answer: clock is wire or go");
	if (format && (summary_form_parse(format, &p->form) < 0 || p->form == SUMMARY_TABLE))
		return err_set(e, ERR_USAGE, -1, "Cannot answer: format is json or csv");
	q->clock = clock && *clock == 'g' ? CLOCK_GO : CLOCK_WIRE;
	q->from = INT64_MIN;
	q->to = INT64_MAX;
	min = q->clock == CLOCK_GO ? INT64_MIN : 0;
	max = q->clock == CLOCK_GO ? INT64_MAX : PLACE_MAX_NS;
	stays_cut(tile_reader_meta(r->tiles), q->clock, &q->from, &q->to);
	if (server_query_i64(c, "from", min, max, &q->from, e) < 0 ||
		server_query_i64(c, "to", min, max, &q->to, e) < 0)
		return -1;
	return q->from > q->to ? err_set(e, ERR_USAGE, -1, "Cannot answer: from lies after to") : 0;
}

static int print_sums(struct call *c, struct reader *r, struct summary *sums,
	struct summary_printer *p, struct text *out, struct err *e)
{
	if (parse_sums(c, r, p, e) < 0 || reader_tables(r, e) < 0)
		return -1;
	p->tables = &r->tables;
	p->strings = &r->text;
	if (summary_make(sums, r->tiles, &r->tables, &p->q, e) < 0 ||
		summary_print_head(p, sums, out, e) < 0)
		return -1;
	for (size_t i = 0; i < sums->entries.n; i++)
		if (summary_print(p, &sums->entries.at[i], out, e) < 0)
			return -1;
	return summary_print_tail(p, out, e);
}

static void run_sums(struct call *c, struct reader *r)
{
	struct summary_printer printer = {0};
	struct summary sums = {0};
	struct err e = ERR_INIT;
	struct text out = {0};

	if (print_sums(c, r, &sums, &printer, &out, &e) < 0) {
		server_fail(c, &e);
		text_clear(&out);
	} else {
		reply_text(c->reply, printer.form == SUMMARY_CSV ? TYPE_CSV : TYPE_JSON, &out);
	}
	summary_printer_clear(&printer);
	summary_clear(&sums);
}

void run_summary(struct call *c)
{
	static const char columns[] = "state,reason,n,ns,min,p50,p90,p99,max,exact,longest.g,"
				      "longest.t0,longest.t1,longest.T";
	struct reader *r = server_reader(c);
	struct json_writer w = {0};
	struct err e = ERR_INIT;
	struct totals t = {0};

	if (r && url_get(c->url, "by"))
		run_sums(c, r);
	else if (r)
		server_reply_table(c, &w, write_summary(c, r, &w, &t, &e), &e, "states", columns);
	totals_clear(&t);
}

/* ---- events ---- */

static int parse_kinds(struct call *c, struct event_query *q, struct err *e)
{
	static const struct {
		const char *name;
		uint8_t bits;
	} kinds[] = {{"state", CLASS_STATE}, {"born", CLASS_BORN}, {"gone", CLASS_GONE},
		{"log", CLASS_LOG}, {"label", CLASS_LABEL}, {"sample", CLASS_SAMPLE},
		{"region", CLASS_REGION}, {"range", CLASS_RANGE}};
	const char *text = url_get(c->url, "kind");
	size_t i;

	q->kinds = text ? 0 : CLASS_ALL;
	while (text && *text) {
		size_t n = strcspn(text, ",");

		for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
			if (strlen(kinds[i].name) == n && strncmp(kinds[i].name, text, n) == 0)
				break;
		}
		if (i == sizeof(kinds) / sizeof(kinds[0]))
			return err_set(
				e, ERR_USAGE, -1, "Cannot answer: kind names no kind of event");
		q->kinds |= kinds[i].bits;
		text += n + (text[n] == ',');
	}
	if (!q->kinds)
		return err_set(e, ERR_USAGE, -1, "Cannot answer: kind names no kind of event");
	return 0;
}

/* Row + 1 of the proc or thread that the query names by its id. */
static int find_row(
	struct call *c, const char *key, const int64_t *ids, size_t n, uint32_t *row, struct err *e)
{
	int64_t id = 0;
	size_t i;

	if (!url_get(c->url, key))
		return 0;
	if (server_query_i64(c, key, INT64_MIN, INT64_MAX, &id, e) < 0)
		return -1;
	for (i = 0; i < n; i++) {
		if (ids[i] == id) {
			*row = (uint32_t)i + 1;
			return 0;
		}
	}
	return err_set(e, ERR_NOT_FOUND, -1, "Cannot find events: the trace has no such %s",
		*key == 'p' ? "processor" : "thread");
}

/* Without g, p and m alone name a row of their own view. */
static void place_row(struct event_query *q, enum view view, uint32_t row)
{
	q->has_place = true;
	q->view = view;
	q->block = row / BLOCK_ROWS;
	q->rows = UINT32_C(1) << (row % BLOCK_ROWS);
}

static int place_query(struct call *c, struct reader *r, struct event_query *q, struct err *e)
{
	struct place p = {0};
	struct goroutine g;

	if (place_parse(c, &p, e) < 0)
		return -1;
	if (p.has_view != p.has_row)
		return err_set(e, ERR_USAGE, -1, "Cannot answer: view goes with block and row");
	if (q->set && (p.has_row || p.has_g))
		return err_set(e, ERR_USAGE, -1, "Cannot answer: one of view, g, and rows");
	q->g = p.g;
	if (p.has_row) {
		place_row(q, p.view, 0);
		q->block = (uint32_t)p.block;
		q->rows = UINT32_C(1) << p.row;
		return place_check(r, &p, e);
	}
	if (p.has_g) {
		if (place_goroutine(r, p.g, &g, e) < 0)
			return -1;
		q->has_place = true;
		q->view = VIEW_G;
		q->block = g.block;
		q->rows = UINT32_C(1) << g.row;
	} else if (q->p && !q->m) {
		place_row(q, VIEW_P, q->p - 1);
	} else if (q->m && !q->p) {
		place_row(q, VIEW_M, q->m - 1);
	}
	return 0;
}

/* `rows` is what q->set points at, where it does. */
static int parse_query(struct call *c, struct reader *r, struct event_query *q,
	struct row_set *rows, struct err *e)
{
	uint64_t limit = DEFAULT_EVENTS;
	struct place range;
	bool csv, has_rows;

	*q = (struct event_query){.after = INT64_MIN};
	q->has_at = url_get(c->url, "at") != NULL;
	if (server_wants_csv(c, &csv, e) < 0 || place_range(c, r, &range, e) < 0 ||
		place_rows(c, r, rows, &has_rows, e) < 0 ||
		server_query_i64(c, "at", INT64_MIN, INT64_MAX, &q->at, e) < 0 ||
		server_query_i64(c, "after", INT64_MIN, INT64_MAX, &q->after, e) < 0 ||
		server_query_u64(c, "limit", csv ? EVENT_LIST_MAX : MAX_EVENTS, &limit, e) < 0 ||
		parse_kinds(c, q, e) < 0 || reader_tables(r, e) < 0)
		return -1;
	if (server_query_u64(c, "task", UINT64_MAX, &q->task, e) < 0)
		return -1;
	if (limit == 0)
		return err_set(e, ERR_USAGE, -1, "Cannot answer: limit is 1 to %d",
			csv ? EVENT_LIST_MAX : MAX_EVENTS);
	q->set = has_rows ? rows : NULL;
	q->limit = (uint32_t)limit;
	q->from = range.from;
	q->to = range.end;
	if (find_row(c, "p", r->tables.procs.at, r->tables.procs.n, &q->p, e) < 0 ||
		find_row(c, "m", r->tables.threads.at, r->tables.threads.n, &q->m, e) < 0)
		return -1;
	return place_query(c, r, q, e);
}

static const char *kind_text(const struct listed_event *ev)
{
	static const char *const marks[N_MARKS] = {
		"log", "label", "sample", "region_begin", "region_end", "range_begin", "range_end"};

	switch (ev->kind) {
	case CHUNK_BORN:
		return "born";
	case CHUNK_GONE:
		return "gone";
	case CHUNK_MARK:
		return ev->mark < N_MARKS ? marks[ev->mark] : "mark";
	default:
		return "state";
	}
}

static void write_resource(
	struct json_writer *w, const char *key, const int64_t *ids, size_t n, uint32_t row)
{
	if (row > 0 && row <= n)
		json_key_i64(w, key, ids[row - 1]);
}

static int write_texts(
	struct json_writer *w, struct reader *r, const struct listed_event *ev, struct err *e)
{
	json_key(w, "text");
	if (reader_write_name(r, w, ev->text, e) < 0)
		return -1;
	if (ev->text2) {
		json_key(w, "message");
		if (reader_write_name(r, w, ev->text2, e) < 0)
			return -1;
	}
	if (ev->task)
		json_key_u64_text(w, "task", ev->task);
	return 0;
}

static int write_event(
	struct json_writer *w, struct reader *r, const struct listed_event *ev, struct err *e)
{
	json_open(w, '{');
	json_key_i64_text(w, "T", ev->time_ns);
	json_key_i64(w, "t", ev->t_ns);
	json_key_text(w, "kind", kind_text(ev));
	json_key(w, "view");
	json_text_n(w, (char[]){view_letter((enum view)ev->view)}, 1);
	json_key_u64(w, "block", ev->block);
	json_key_u64(w, "row", ev->row);
	json_key_u64_text(w, "g", ev->g);
	if (ev->kind == CHUNK_STATE) {
		json_key_text(w, "state", state_name((enum state)ev->state));
		json_key(w, "reason");
		if (reader_write_reason(r, w, ev->reason, e) < 0)
			return -1;
		json_key_text(w, "from", state_name((enum state)ev->from));
		if (ev->other_g)
			json_key_u64_text(w, "waker", ev->other_g);
	}
	if (ev->kind == CHUNK_BORN)
		json_key_u64_text(w, "creator", ev->other_g);
	write_resource(w, "m", r->tables.threads.at, r->tables.threads.n, ev->m);
	write_resource(w, "p", r->tables.procs.at, r->tables.procs.n, ev->p);
	json_key_u64(w, "stack", ev->stack);
	if (ev->kind == CHUNK_MARK && write_texts(w, r, ev, e) < 0)
		return -1;
	json_close(w, '}');
	return 0;
}

static int write_events(struct call *c, struct reader *r, struct json_writer *w,
	struct event_list *list, struct err *e)
{
	struct row_set rows = {.shared = NULL};
	struct event_query q;
	int rc = parse_query(c, r, &q, &rows, e);
	size_t i;

	q.cancel = reader_cancel(c->work);
	if (rc == 0)
		rc = event_list_get(r->tiles, &q, list, e);
	row_set_clear(&rows);
	if (rc < 0)
		return -1;
	json_open(w, '{');
	json_key(w, "events");
	json_open(w, '[');
	for (i = 0; i < list->events.n; i++) {
		if (write_event(w, r, &list->events.at[i], e) < 0)
			return -1;
	}
	json_close(w, ']');
	json_key(w, "next");
	if (list->has_next && list->events.n > 0)
		json_i64_text(w, list->events.at[list->events.n - 1].time_ns);
	else
		json_null(w);
	json_close(w, '}');
	return 0;
}

void run_events(struct call *c)
{
	static const char columns[] =
		"T,t,kind,view,block,row,g,state,reason,from,waker,creator,m,p,"
		"stack,text,message,task";
	struct reader *r = server_reader(c);
	struct event_list list = {0};
	struct json_writer w = {0};
	struct err e = ERR_INIT;

	if (r)
		server_reply_table(c, &w, write_events(c, r, &w, &list, &e), &e, "events", columns);
	event_list_clear(&list);
}
