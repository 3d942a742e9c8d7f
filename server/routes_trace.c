/* routes_trace.c */
#include "server/routes_trace.h"

#include <stdio.h>

#include "parser/base/err.h"
#include "server/call.h"
#include "server/catalog.h"
#include "server/json_writer.h"
#include "server/manifest.h"
#include "server/reply.h"
#include "server/server.h"
#include "server/tile_cache.h"
#include "server/url.h"
#include "server/workers.h"
#include "tiles/meta.h"
#include "tiles/store.h"

#define MAX_IDS 1000
#define LOOK_NS INT64_C(2000000000) /* to look into stores, for the list of traces */

int quick_ready(struct call *c)
{
	struct json_writer w = {0};

	json_open(&w, '{');
	json_key(&w, "ok");
	json_bool(&w, true);
	json_close(&w, '}');
	reply_json(c->reply, &w);
	return 1;
}

/* ---- the list ---- */

static void learn(struct server *s, const char *id, const struct meta *m, struct store *st)
{
	const struct trace_facts facts = {
		.go_minor = m->go_minor,
		.span_ns = m->span_ns,
		.bytes = (int64_t)m->trace_bytes,
		.store_bytes = store_bytes(st),
		.n_events = m->n_events,
	};

	catalog_set_facts(s->catalog, id, &facts);
}

/* Opens a store for its facts. One that is none of ours will never be. */
static void look_into(struct server *s, const struct trace_info *t)
{
	struct err e = ERR_INIT;
	struct store *st = store_open(t->store, &e);
	struct meta m;

	if (st && meta_get(st, &m, &e) == 0) {
		learn(s, t->id, &m, st);
	} else if (e.kind != ERR_MEMORY && e.kind != ERR_IO) {
		server_store_lost(&e);
		catalog_set_failed(s->catalog, t->id, &e);
	}
	store_close(st);
}

static void reply_traces(struct call *c)
{
	struct server *s = c->server;
	struct json_writer w = {0};
	struct trace_info t;
	size_t i;

	json_open(&w, '{');
	json_key(&w, "traces");
	json_open(&w, '[');
	for (i = 0; catalog_at(s->catalog, i, &t); i++)
		manifest_write_state(&w, &t);
	json_close(&w, ']');
	json_key_i64(&w, "cache_most_bytes", s->cache_most_bytes);
	json_close(&w, '}');
	reply_json(c->reply, &w);
}

int quick_traces(struct call *c)
{
	struct server *s = c->server;
	struct trace_info t;
	size_t i;

	for (i = 0; catalog_at(s->catalog, i, &t); i++) {
		if (t.state == TRACE_READY && !t.facts.is_known)
			return 0;
	}
	reply_traces(c);
	return 1;
}

/* What cannot be looked into in time is left to the next time. */
void run_traces(struct call *c)
{
	struct server *s = c->server;
	int64_t until_ns = work_now_ns() + LOOK_NS;
	struct trace_info t;
	size_t i;

	for (i = 0; catalog_at(s->catalog, i, &t) && !work_must_stop(c->work) &&
		work_now_ns() < until_ns;
		i++) {
		if (t.state == TRACE_READY && !t.facts.is_known)
			look_into(s, &t);
	}
	reply_traces(c);
}

/* ---- one trace ---- */

static size_t manifest_key(const struct call *c, char key[64])
{
	return (size_t)snprintf(key, 64, "manifest/%.32s", c->params[0]);
}

/* Whoever has the last snapshot already (?part=) is told how far the reading is, at once. */
int quick_manifest(struct call *c)
{
	struct server *s = c->server;
	struct json_writer w = {0};
	struct err e = ERR_INIT;
	struct trace_info t;
	uint64_t part = 0;
	char key[64];

	if (server_query_u64(c, "part", UINT32_MAX, &part, &e) < 0) {
		reply_err(c->reply, &e);
		return 1;
	}
	if (!catalog_find(s->catalog, c->params[0], &t))
		return server_check_trace(c);
	if (t.state == TRACE_READY)
		return tile_cache_get(s->cache, key, manifest_key(c, key), c->reply);
	if (t.state == TRACE_READING && t.part != part)
		return 0;
	manifest_write_state(&w, &t);
	reply_json(c->reply, &w);
	return 1;
}

void run_manifest(struct call *c)
{
	struct server *s = c->server;
	struct reader *r = server_reader(c);
	struct json_writer w = {0};
	struct err e = ERR_INIT;
	struct trace_info t;
	char key[64];

	if (!r)
		return;
	if (r->part == 0)
		learn(s, r->id, tile_reader_meta(r->tiles), r->store);
	if (!catalog_find(s->catalog, r->id, &t))
		return;
	t.state = r->part ? TRACE_READING : TRACE_READY; /* as it was when the reader was got */
	t.part = r->part;
	server_reply(c, &w, manifest_write(&w, &t, r, &e), &e);
	if (c->reply->status == 200 && r->part == 0)
		tile_cache_put(s->cache, key, manifest_key(c, key), c->reply);
}

/* ---- stacks and strings ---- */

static int parse_ids(struct call *c, uint64_t ids[MAX_IDS], struct err *e)
{
	const char *text = url_get(c->url, "ids");
	int i, n = text ? url_u64_list(text, ids, MAX_IDS) : -1;

	for (i = 0; i < n && ids[i] <= UINT32_MAX; i++)
		;
	if (n < 0 || i < n)
		return err_set(e, ERR_USAGE, -1,
			"Cannot answer: ids needs 1 to %d numbers below 2^32, separated by commas",
			MAX_IDS);
	return n;
}

static int write_frames(struct reader *r, struct json_writer *w, uint32_t id, struct err *e)
{
	const struct trace_frame *frames = NULL;
	size_t i, n = 0;

	if (text_get_stack(&r->text, id, &frames, &n, e) < 0)
		return -1;
	json_key(w, "frames");
	json_open(w, '[');
	for (i = 0; i < n; i++) {
		json_open(w, '{');
		json_key(w, "function");
		if (reader_write_name(r, w, frames[i].func, e) < 0)
			return -1;
		json_key(w, "file");
		if (reader_write_name(r, w, frames[i].file, e) < 0)
			return -1;
		json_key_u64(w, "line", frames[i].line);
		json_key(w, "pc");
		json_hex_text(w, frames[i].pc);
		json_close(w, '}');
	}
	json_close(w, ']');
	return 0;
}

static int write_by_ids(
	struct call *c, struct reader *r, struct json_writer *w, bool is_stacks, struct err *e)
{
	uint64_t ids[MAX_IDS];
	int i, n = parse_ids(c, ids, e);

	if (n < 0)
		return -1;
	json_open(w, '{');
	json_key(w, is_stacks ? "stacks" : "strings");
	json_open(w, '[');
	for (i = 0; i < n; i++) {
		uint32_t id = (uint32_t)ids[i];

		if (work_must_stop(c->work))
			return err_set(e, ERR_CANCELLED, -1, "Cannot answer in time");
		json_open(w, '{');
		json_key_u64(w, "id", ids[i]);
		if (!is_stacks)
			json_key(w, "text");
		if ((is_stacks ? write_frames(r, w, id, e) : reader_write_name(r, w, id, e)) < 0)
			return -1;
		json_close(w, '}');
	}
	json_close(w, ']');
	json_close(w, '}');
	return 0;
}

void run_stacks(struct call *c)
{
	struct reader *r = server_reader(c);
	struct json_writer w = {0};
	struct err e = ERR_INIT;

	if (r)
		server_reply(c, &w, write_by_ids(c, r, &w, true, &e), &e);
}

void run_strings(struct call *c)
{
	struct reader *r = server_reader(c);
	struct json_writer w = {0};
	struct err e = ERR_INIT;

	if (r)
		server_reply(c, &w, write_by_ids(c, r, &w, false, &e), &e);
}
