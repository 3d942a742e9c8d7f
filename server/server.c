/* server.c */
#include "server/server.h"

#include <string.h>

#include "parser/base/err.h"
#include "parser/base/log.h"
#include "parser/base/text.h"
#include "server/call.h"
#include "server/catalog.h"
#include "server/json_csv.h"
#include "server/json_writer.h"
#include "server/reply.h"
#include "server/url.h"

static int check_trace(struct call *c, struct trace_info *t)
{
	struct server *s = c->server;

	if (!catalog_find(s->catalog, c->params[0], t)) {
		reply_error(c->reply, 404, "not_found",
			"Cannot find this trace here: open it with tilescope FILE; its link stays "
			"the same");
		return 1;
	}
	switch (t->state) {
	case TRACE_READY:
		return 0;
	case TRACE_FAILED:
		reply_err(c->reply, &t->error);
		c->reply->status = 404;
		c->reply->retry_after_s = 0;
		return 1;
	case TRACE_WAITING:
		break;
	case TRACE_READING:
		if (t->part > 0)
			return 0;
		break;
	}
	reply_error(c->reply, 503, "ingesting", "Cannot answer yet: the trace is being read");
	return 1;
}

int server_check_trace(struct call *c)
{
	struct trace_info t;

	return check_trace(c, &t);
}

struct reader *server_reader(struct call *c)
{
	struct server *s = c->server;
	struct err e = ERR_INIT;
	struct trace_info t;
	struct reader *r;

	if (check_trace(c, &t))
		return NULL;
	r = readers_get(&s->readers[c->worker], &t, c->work, &e);
	if (!r && t.state == TRACE_READING) { /* it has ended meanwhile, and the snapshot is gone */
		err_clear(&e);
		if (check_trace(c, &t))
			return NULL;
		r = readers_get(&s->readers[c->worker], &t, c->work, &e);
	}
	if (!r && e.kind == ERR_NOT_FOUND)
		server_store_lost(&e);
	if (!r)
		server_fail(c, &e);
	return r;
}

void server_store_lost(struct err *e)
{
	enum err_kind kind = e->kind;

	log_error("store lost code=%s message=\"%s\"", err_kind_name(kind), e->msg);
	err_clear(e);
	err_set(e, kind, -1,
		"Cannot read the store of this trace: open it again with tilescope FILE; its link "
		"stays the same");
}

void server_fail(struct call *c, const struct err *e)
{
	switch (e->kind) {
	case ERR_USAGE:
	case ERR_NOT_FOUND:
	case ERR_LIMIT:
		reply_err(c->reply, e);
		return;
	case ERR_CANCELLED:
		reply_error(c->reply, 503, "busy", "Cannot answer in time: ask for less at once");
		return;
	case ERR_MEMORY:
		reply_error(c->reply, 503, "memory", "Cannot answer: out of memory");
		c->reply->lacks_memory = true;
		return;
	default:
		break;
	}
	log_error("store failed code=%s message=\"%s\"", err_kind_name(e->kind), e->msg);
	reply_error(c->reply, 500, err_kind_name(e->kind), "Cannot read the store of this trace");
}

void server_reply(struct call *c, struct json_writer *w, int rc, const struct err *e)
{
	if (rc < 0) {
		json_clear(w);
		server_fail(c, e);
	} else {
		reply_json(c->reply, w);
	}
}

int server_wants_csv(const struct call *c, bool *csv, struct err *e)
{
	const char *format = url_get(c->url, "format");

	*csv = format && strcmp(format, "csv") == 0;
	return !format || *csv || strcmp(format, "json") == 0
		? 0
		: err_set(e, ERR_USAGE, -1, "Cannot answer: format is json or csv");
}

void server_reply_table(struct call *c, struct json_writer *w, int rc, const struct err *e,
	const char *table, const char *columns)
{
	const struct json_csv how = {table, columns, !url_get(c->url, "after")};
	struct err why = *e;
	struct text out = {0};
	bool csv = false;

	if (rc < 0 || server_wants_csv(c, &csv, &why) < 0 || !csv) {
		server_reply(c, w, why.kind != ERR_NONE ? -1 : rc, &why);
		return;
	}
	if (w->failed)
		err_set(&why, ERR_MEMORY, -1, "Cannot write a table: out of memory");
	else
		json_csv(&how, w->data, w->n, &out, c->reply->next, &why);
	json_clear(w);
	if (why.kind != ERR_NONE) {
		text_clear(&out);
		server_fail(c, &why);
	} else {
		reply_text(c->reply, how.has_head ? TYPE_CSV : TYPE_LINES, &out);
	}
}

int server_query_i64(const struct call *c, const char *key, int64_t min, int64_t max,
	int64_t *value, struct err *e)
{
	const char *text = url_get(c->url, key);

	if (text && !url_i64(text, min, max, value))
		return err_set(
			e, ERR_USAGE, -1, "Cannot answer: %s is no number in its range", key);
	return 0;
}

int server_query_u64(
	const struct call *c, const char *key, uint64_t max, uint64_t *value, struct err *e)
{
	const char *text = url_get(c->url, key);

	if (text && !url_u64(text, max, value))
		return err_set(
			e, ERR_USAGE, -1, "Cannot answer: %s is no number in its range", key);
	return 0;
}
