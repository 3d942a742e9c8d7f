/* routes_search.c */
#include "server/routes_search.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "server/call.h"
#include "server/json_writer.h"
#include "server/place.h"
#include "server/reply.h"
#include "server/server.h"
#include "server/url.h"
#include "tiles/search.h"

#define DEFAULT_HITS 100

/* Both are large. */
struct search_call {
	struct search_query query;
	struct search_request request;
	struct search_result result;
};

/* "slab.event", as write_next() has it. */
static int parse_after(const struct call *c, struct search_place *place, struct err *e)
{
	const char *text = url_get(c->url, "after"), *dot = text ? strchr(text, '.') : NULL;
	char slab[24];

	if (!text)
		return 0;
	if (dot && (size_t)(dot - text) < sizeof(slab)) {
		memcpy(slab, text, (size_t)(dot - text));
		slab[dot - text] = '\0';
		if (url_u64(slab, UINT64_MAX >> 4, &place->slab) &&
			url_u64(dot + 1, UINT64_MAX, &place->event))
			return 0;
	}
	return err_set(e, ERR_USAGE, -1, "Cannot answer: after is not the next of a page before");
}

static int parse(struct call *c, struct reader *r, struct search_call *s, struct err *e)
{
	const char *q = url_get(c->url, "q");
	struct search_request *request = &s->request;
	uint64_t limit = DEFAULT_HITS, bins = 0;
	bool csv;

	/* What is entered with the last event lies at the very end. */
	request->to = tile_reader_meta(r->tiles)->span_ns + 1;
	request->q = &s->query;
	request->cancel = reader_cancel(c->work);
	if (!q)
		return err_set(e, ERR_USAGE, -1, "Cannot answer: q is missing");
	if (server_wants_csv(c, &csv, e) < 0)
		return -1;
	if (csv && url_get(c->url, "bins"))
		return err_set(e, ERR_USAGE, -1, "Cannot answer: bins are json");
	if (server_query_i64(c, "from", 0, PLACE_MAX_NS, &request->from, e) < 0 ||
		server_query_i64(c, "to", 0, PLACE_MAX_NS, &request->to, e) < 0 ||
		server_query_u64(c, "limit", SEARCH_MOST, &limit, e) < 0 ||
		server_query_u64(c, "bins", SEARCH_BINS, &bins, e) < 0 ||
		parse_after(c, &request->start, e) < 0)
		return -1;
	if (limit == 0 || (url_get(c->url, "bins") && bins == 0))
		return err_set(e, ERR_USAGE, -1, "Cannot answer: limit is 1 to %d, bins 1 to %d",
			SEARCH_MOST, SEARCH_BINS);
	if (request->from >= request->to)
		return err_set(e, ERR_USAGE, -1, "Cannot answer: from does not lie before to");
	request->limit = (uint32_t)limit;
	request->n_bins = (uint32_t)bins;
	return search_query_parse(&s->query, q, strlen(q), e);
}

static void write_resource(
	struct json_writer *w, const char *key, const int64_t *ids, size_t n, uint32_t row)
{
	if (row > 0 && row <= n)
		json_key_i64(w, key, ids[row - 1]);
}

static int write_name(
	struct json_writer *w, struct reader *r, const char *key, uint32_t name, struct err *e)
{
	json_key(w, key);
	return reader_write_name(r, w, name, e);
}

static int write_event(
	struct json_writer *w, struct reader *r, const struct search_thing *t, struct err *e)
{
	if (t->kind == HIT_STATE) {
		json_key_text(w, "state", state_name((enum state)t->state));
		json_key(w, "reason");
		if (reader_write_reason(r, w, t->reason, e) < 0)
			return -1;
	}
	if ((t->text && write_name(w, r, "text", t->text, e) < 0) ||
		(t->text2 && write_name(w, r, "message", t->text2, e) < 0))
		return -1;
	if (t->task)
		json_key_u64_text(w, "task", t->task);
	if (t->other_g)
		json_key_u64_text(w, t->kind == HIT_STATE ? "waker" : "creator", t->other_g);
	write_resource(w, "p", r->tables.procs.at, r->tables.procs.n, t->p);
	write_resource(w, "m", r->tables.threads.at, r->tables.threads.n, t->m);
	json_key_u64(w, "stack", t->stack);
	return 0;
}

static int write_hit(
	struct json_writer *w, struct reader *r, const struct search_thing *t, struct err *e)
{
	json_open(w, '{');
	json_key_text(w, "kind", search_kind_name((enum search_kind)t->kind));
	json_key(w, "view");
	json_text_n(w, (char[]){view_letter((enum view)t->view)}, 1);
	json_key_u64(w, "block", t->row / BLOCK_ROWS);
	json_key_u64(w, "row", t->row % BLOCK_ROWS);
	json_key_u64_text(w, "g", t->g);
	json_key_i64(w, "t0", t->t0);
	json_key_i64(w, "t1", t->t1);
	if (t->is_open) {
		json_key(w, "open");
		json_bool(w, true);
	}
	json_key_i64_text(w, "T", t->time_ns);
	if (write_name(w, r, "function", t->function, e) < 0 || write_event(w, r, t, e) < 0)
		return -1;
	json_close(w, '}');
	return 0;
}

static int write_list(
	struct json_writer *w, struct reader *r, const struct search_call *s, struct err *e)
{
	json_key(w, s->request.n_bins ? "bins" : "hits");
	json_open(w, '[');
	for (uint32_t i = 0; i < s->request.n_bins; i++)
		json_u64(w, s->result.bins[i]);
	for (size_t i = 0; !s->request.n_bins && i < s->result.hits.n; i++)
		if (write_hit(w, r, &s->result.hits.at[i].thing, e) < 0)
			return -1;
	json_close(w, ']');
	return 0;
}

static void write_next(struct json_writer *w, const struct search_result *result)
{
	char next[48];

	json_key(w, "next");
	if (!result->has_next) {
		json_null(w);
		return;
	}
	snprintf(next, sizeof(next), "%" PRIu64 ".%" PRIu64, result->next.slab, result->next.event);
	json_text(w, next);
}

static int search(struct call *c, struct reader *r, struct search_call *s, struct json_writer *w,
	struct err *e)
{
	struct search_source source = {
		r->tiles, &r->text, &r->tables, &r->goroutines, reader_cancel(c->work)};

	if (parse(c, r, s, e) < 0 || reader_tables(r, e) < 0 || reader_goroutines(r, e) < 0 ||
		search_get(&source, &s->request, &s->result, e) < 0)
		return -1;
	json_open(w, '{');
	json_key_i64(w, "from", s->request.from);
	json_key_i64(w, "to", s->request.to);
	json_key_u64(w, "n", s->result.n);
	if (write_list(w, r, s, e) < 0)
		return -1;
	json_key_i64(w, "done", s->result.done_ns);
	write_next(w, &s->result);
	json_close(w, '}');
	return 0;
}

void run_search(struct call *c)
{
	struct reader *r = server_reader(c);
	struct json_writer w = {0};
	struct err e = ERR_INIT;
	struct search_call *s;

	if (!r)
		return;
	s = mem_calloc(1, sizeof(*s));
	if (s) {
		server_reply_table(c, &w, search(c, r, s, &w, &e), &e, "hits",
			"kind,view,block,row,g,t0,t1,open,T,function,state,reason,text,message,"
			"task,"
			"waker,creator,p,m,stack");
		search_result_clear(&s->result);
	} else {
		err_set(&e, ERR_MEMORY, -1, "Cannot search: out of memory");
		server_reply(c, &w, -1, &e);
	}
	mem_free(s);
}
