/* routes_profile.c */
#include "server/routes_profile.h"

#include <string.h>

#include "parser/base/err.h"
#include "parser/base/text.h"
#include "server/call.h"
#include "server/json_writer.h"
#include "server/place.h"
#include "server/pprof.h"
#include "server/reply.h"
#include "server/server.h"
#include "server/url.h"
#include "server/workers.h"
#include "tiles/call_tree.h"
#include "tiles/profile.h"

#define TYPE_PPROF    "application/gzip"
#define DEFAULT_NODES 8000
#define MAX_NODES     50000
#define MAX_STACKS    200  /* that are listed beside the tree */
#define MAX_LISTED    2000 /* of a page of the list */

/* States with a stack of their own, or all waits. */
static int parse_states(const char *of, uint32_t *states, struct err *e)
{
	*states = 0;
	if (strcmp(of, "samples") == 0)
		return 0;
	for (;; of++) {
		size_t n = strcspn(of, ","), s;

		for (s = STATE_GC; s < N_STATES; s++) {
			const char *name = state_name((enum state)s);

			if (strlen(name) == n && strncmp(name, of, n) == 0)
				break;
		}
		if (s == N_STATES)
			return err_set(e, ERR_USAGE, -1,
				"Cannot answer: of is samples, or states with commas between");
		*states |= UINT32_C(1) << s;
		of += n;
		if (!*of)
			return 0;
	}
}

/* `rows` is what q->set points at, where it does. */
static int parse_query(struct call *c, struct reader *r, struct profile_query *q,
	struct row_set *rows, struct err *e)
{
	const char *of = url_get(c->url, "of");
	struct place p = {0};
	struct goroutine g;
	bool has_rows;

	if (parse_states(of ? of : "samples", &q->states, e) < 0 || place_range(c, r, &p, e) < 0 ||
		place_parse(c, &p, e) < 0 || place_rows(c, r, rows, &has_rows, e) < 0)
		return -1;
	if (p.has_g + p.has_group + has_rows > 1)
		return err_set(e, ERR_USAGE, -1, "Cannot answer: one of g, group, and rows");
	q->set = has_rows ? rows : NULL;
	q->from = p.from;
	q->to = p.end;
	q->block = q->rows = q->group = PROFILE_ANY;
	if (p.has_g) {
		if (place_goroutine(r, p.g, &g, e) < 0)
			return -1;
		q->g = p.g;
		q->block = g.block;
		q->rows = UINT32_C(1) << g.row;
	}
	if (p.has_group) {
		if (reader_tables(r, e) < 0)
			return -1;
		if (p.group >= r->tables.groups.n)
			return err_set(e, ERR_NOT_FOUND, -1, "Cannot find the group");
		q->group = (uint32_t)p.group;
	}
	return 0;
}

static void write_stacks(struct json_writer *w, const struct profile *p)
{
	json_key(w, "stacks");
	json_open(w, '[');
	for (size_t i = 0; i < p->entries.n && i < MAX_STACKS; i++) {
		json_open(w, '{');
		json_key_u64(w, "id", p->entries.at[i].stack);
		json_key_u64(w, "ns", p->entries.at[i].ns);
		json_key_u64(w, "n", p->entries.at[i].n);
		json_close(w, '}');
	}
	json_close(w, ']');
}

/* Functions in the order of their first node, which `known` numbers. */
static int write_functions(struct json_writer *w, struct reader *r, const struct call_tree *t,
	struct map *known, struct err *e)
{
	json_key(w, "functions");
	json_open(w, '[');
	for (size_t i = 0; i < t->nodes.n; i++) {
		const struct call_node *node = &t->nodes.at[i];

		if (map_get(known, node->function) != MAP_NONE)
			continue;
		if (map_put(known, node->function, (uint32_t)known->n) < 0)
			return err_set(e, ERR_MEMORY, -1, "Cannot write functions: out of memory");
		json_open(w, '{');
		json_key(w, "name");
		if (reader_write_name(r, w, node->function, e) < 0)
			return -1;
		json_key(w, "file");
		if (reader_write_name(r, w, node->file, e) < 0)
			return -1;
		json_close(w, '}');
	}
	json_close(w, ']');
	return 0;
}

static void write_nodes(struct json_writer *w, const struct call_tree *t, const struct map *known)
{
	json_key(w, "nodes");
	json_open(w, '[');
	for (size_t i = 0; i < t->nodes.n; i++) {
		const struct call_node *node = &t->nodes.at[i];

		json_open(w, '[');
		json_u64(w, node->parent);
		json_u64(w, map_get(known, node->function));
		json_u64(w, node->ns);
		json_u64(w, node->n);
		json_u64(w, node->self_ns);
		json_u64(w, node->self_n);
		json_close(w, ']');
	}
	json_close(w, ']');
}

static int write_tree(struct call *c, struct reader *r, const struct profile_query *q,
	const struct profile *p, uint64_t max_nodes, struct err *e)
{
	const struct cancel cancel = reader_cancel(c->work);
	struct json_writer w = {0};
	struct call_tree tree;
	struct map known;
	int rc;

	map_init(&known);
	call_tree_init(&tree);
	rc = call_tree_make(&tree, &r->text, p, (uint32_t)max_nodes, cancel, e);
	json_open(&w, '{');
	json_key_i64(&w, "from", q->from);
	json_key_i64(&w, "to", q->to);
	json_key_u64(&w, "ns", p->ns);
	json_key_u64(&w, "n", p->n);
	json_key_u64(&w, "n_stacks", p->entries.n);
	json_key_u64(&w, "n_cut", tree.n_cut);
	write_stacks(&w, p);
	if (rc == 0)
		rc = write_functions(&w, r, &tree, &known, e);
	write_nodes(&w, &tree, &known);
	json_close(&w, '}');
	call_tree_clear(&tree);
	map_clear(&known);
	if (rc < 0)
		json_clear(&w);
	else
		reply_json(c->reply, &w);
	return rc;
}

/* Time of day at page time t; 0: the trace does not tell. */
static int64_t unix_time(const struct tables *t, int64_t t_ns)
{
	return t->wall.n ? t->wall.at[0].unix_ns + (t_ns - t->wall.at[0].t_ns) : 0;
}

static int write_pprof(struct call *c, struct reader *r, const struct profile_query *q,
	const struct profile *p, struct err *e)
{
	int64_t span = tile_reader_meta(r->tiles)->span_ns;
	int64_t to = q->to < span ? q->to : span;
	struct pprof_about about = {.samples = q->states == 0,
		.duration_ns = to > q->from ? to - q->from : 0,
		.cancel = reader_cancel(c->work)};
	struct text out = {0};

	if (reader_tables(r, e) < 0)
		return -1;
	about.unix_ns = unix_time(&r->tables, q->from);
	if (pprof_make(p, &about, &r->text, &out, e) < 0) {
		text_clear(&out);
		return -1;
	}
	reply_text(c->reply, TYPE_PPROF, &out);
	return 0;
}

/* ---- all stacks, one by one ---- */

/* Functions with semicolons between, innermost first, as stacks are told everywhere. */
static int write_calls(struct json_writer *w, struct reader *r, uint32_t stack, struct err *e)
{
	const struct trace_frame *frames = NULL;
	const char *name = "";
	struct text line = {0};
	size_t n = 0, n_name;
	int rc = text_get_stack(&r->text, stack, &frames, &n, e) < 0 ? -1 : 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		if (text_get_string(&r->text, frames[i].func, &name, &n_name, e) < 0)
			rc = -1;
		else if (text_room(&line, n_name + 1) < 0)
			rc = err_set(e, ERR_MEMORY, -1, "Cannot write stacks: out of memory");
		else if (i > 0)
			TEXT(&line, ";");
		if (rc == 0)
			text_bytes(&line, name, n_name);
	}
	if (rc == 0)
		json_text_n(w, line.data ? line.data : "", line.len);
	text_clear(&line);
	return rc;
}

static int write_list(struct call *c, struct reader *r, const struct profile *p,
	struct json_writer *w, struct err *e)
{
	uint64_t limit = MAX_LISTED, first = 0, end;

	if (server_query_u64(c, "limit", MAX_LISTED, &limit, e) < 0 ||
		server_query_u64(c, "after", UINT32_MAX, &first, e) < 0)
		return -1;
	if (limit == 0)
		return err_set(e, ERR_USAGE, -1, "Cannot answer: limit is 1 to %d", MAX_LISTED);
	end = first + limit < p->entries.n ? first + limit : p->entries.n;
	json_open(w, '{');
	json_key_u64(w, "n_stacks", p->entries.n);
	json_key(w, "stacks");
	json_open(w, '[');
	for (uint64_t i = first; i < end; i++) {
		if (work_must_stop(c->work))
			return err_set(e, ERR_CANCELLED, -1, "Cannot write stacks: cancelled");
		json_open(w, '{');
		json_key_u64(w, "stack", p->entries.at[i].stack);
		json_key_u64(w, "ns", p->entries.at[i].ns);
		json_key_u64(w, "n", p->entries.at[i].n);
		json_key(w, "frames");
		if (write_calls(w, r, p->entries.at[i].stack, e) < 0)
			return -1;
		json_close(w, '}');
	}
	json_close(w, ']');
	json_key(w, "next");
	if (end > first && end < p->entries.n)
		json_u64_text(w, end);
	else
		json_null(w);
	json_close(w, '}');
	return 0;
}

enum profile_form { FORM_TREE, FORM_PPROF, FORM_LIST, FORM_CSV };

static int parse_form(const struct call *c, enum profile_form *form, struct err *e)
{
	static const char *const names[] = {"json", "pprof", "list", "csv"};
	const char *format = url_get(c->url, "format");

	*form = FORM_TREE;
	for (unsigned i = 0; format && i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(format, names[i]) == 0) {
			*form = (enum profile_form)i;
			return 0;
		}
	}
	return format
		? err_set(e, ERR_USAGE, -1, "Cannot answer: format is json, pprof, list or csv")
		: 0;
}

static int write_profile(struct call *c, struct reader *r, struct profile *p, struct err *e)
{
	uint64_t max_nodes = DEFAULT_NODES;
	struct row_set rows = {.shared = NULL};
	struct profile_query q = {0};
	struct json_writer w = {0};
	enum profile_form form;
	int rc;

	if (parse_form(c, &form, e) < 0 ||
		server_query_u64(c, "nodes", MAX_NODES, &max_nodes, e) < 0)
		return -1;
	if (max_nodes == 0)
		return err_set(e, ERR_USAGE, -1, "Cannot answer: nodes is 1 to %d", MAX_NODES);
	rc = parse_query(c, r, &q, &rows, e);
	if (rc == 0)
		rc = profile_make(p, r->tiles, &q, e);
	row_set_clear(&rows);
	if (rc < 0)
		return -1;
	if (form == FORM_TREE)
		return write_tree(c, r, &q, p, max_nodes, e);
	if (form == FORM_PPROF)
		return write_pprof(c, r, &q, p, e);
	if (write_list(c, r, p, &w, e) < 0) {
		json_clear(&w);
		return -1;
	}
	if (form == FORM_LIST)
		reply_json(c->reply, &w);
	else
		server_reply_table(c, &w, 0, e, "stacks", "ns,n,stack,frames");
	return 0;
}

void run_profile(struct call *c)
{
	struct reader *r = server_reader(c);
	struct err e = ERR_INIT;
	struct profile p;

	profile_init(&p);
	if (r && write_profile(c, r, &p, &e) < 0)
		server_fail(c, &e);
	profile_clear(&p);
}
