/* routes_task.c */
#include "server/routes_task.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "parser/base/err.h"
#include "server/call.h"
#include "server/durations_json.h"
#include "server/json_writer.h"
#include "server/place.h"
#include "server/server.h"
#include "server/url.h"
#include "tiles/task_list.h"

#define MAX_TYPES     1000
#define DEFAULT_TASKS 50

static int parse_times(struct call *c, struct reader *r, int64_t *from, int64_t *to, struct err *e)
{
	struct place p = {0};

	if (place_range(c, r, &p, e) < 0)
		return -1;
	*from = p.from;
	*to = p.end;
	return 0;
}

/* ---- types ---- */

static int write_type(
	struct json_writer *w, struct reader *r, const struct task_type *t, struct err *e)
{
	json_open(w, '{');
	json_key_u64(w, "type", t->type);
	json_key(w, "name");
	if (reader_write_name(r, w, t->type, e) < 0)
		return -1;
	json_key_u64(w, "n", t->n);
	json_key_u64(w, "open", t->n_open);
	json_key_u64(w, "ns", t->ns);
	json_key_i64(w, "max", t->max_ns);
	json_close(w, '}');
	return 0;
}

static int write_types(struct call *c, struct reader *r, struct json_writer *w,
	struct task_types *t, struct err *e)
{
	const struct cancel cancel = reader_cancel(c->work);
	int64_t from, to;

	if (parse_times(c, r, &from, &to, e) < 0 ||
		task_types_make(t, r->store, from, to, cancel, e) < 0)
		return -1;
	json_open(w, '{');
	json_key_u64(w, "n_types", t->types.n);
	json_key(w, "types");
	json_open(w, '[');
	for (size_t i = 0; i < t->types.n && i < MAX_TYPES; i++)
		if (write_type(w, r, &t->types.at[i], e) < 0)
			return -1;
	json_close(w, ']');
	json_close(w, '}');
	return 0;
}

void run_task_types(struct call *c)
{
	struct reader *r = server_reader(c);
	struct json_writer w = {0};
	struct task_types types;
	struct err e = ERR_INIT;

	task_types_init(&types);
	if (r)
		server_reply(c, &w, write_types(c, r, &w, &types, &e), &e);
	task_types_clear(&types);
}

/* ---- those of one type ---- */

/* Its length, its begin and its id, with dots between; in an order by begin the length is 0. */
static int parse_after(struct call *c, struct task_query *q, struct err *e)
{
	const char *text = url_get(c->url, "after");
	char part[3][24] = {"", "", ""};
	size_t k = 0, n = 0;

	q->has_after = text != NULL;
	for (; text && *text; text++) {
		if (*text == '.' && k < 2) {
			k++;
			n = 0;
		} else if (n < sizeof(part[0]) - 1) {
			part[k][n++] = *text;
			part[k][n] = 0;
		} else {
			k = 3;
			break;
		}
	}
	if (q->has_after &&
		(k != 2 || !url_i64(part[0], 0, PLACE_MAX_NS, &q->after_ns) ||
			!url_i64(part[1], 0, PLACE_MAX_NS, &q->after_t) ||
			!url_u64(part[2], UINT64_MAX, &q->after_id)))
		return err_set(
			e, ERR_USAGE, -1, "Cannot answer: after is not the next of a page before");
	return 0;
}

static int parse_tasks(struct call *c, struct reader *r, struct task_query *q, struct err *e)
{
	const char *sort = url_get(c->url, "sort");
	uint64_t type = 0, limit = DEFAULT_TASKS;

	if (!url_get(c->url, "type"))
		return err_set(e, ERR_USAGE, -1, "Cannot answer: type is the number of one");
	if (sort && strcmp(sort, "longest") != 0 && strcmp(sort, "begin") != 0)
		return err_set(e, ERR_USAGE, -1, "Cannot answer: sort is longest or begin");
	q->by_begin = sort && *sort == 'b';
	if (server_query_u64(c, "type", UINT32_MAX, &type, e) < 0 ||
		server_query_u64(c, "limit", TASK_LIST_MAX, &limit, e) < 0 ||
		parse_times(c, r, &q->from, &q->to, e) < 0 || parse_after(c, q, e) < 0)
		return -1;
	if (limit == 0)
		return err_set(e, ERR_USAGE, -1, "Cannot answer: limit is 1 to %d", TASK_LIST_MAX);
	q->type = (uint32_t)type;
	q->limit = (uint32_t)limit;
	q->cancel = reader_cancel(c->work);
	return 0;
}

static void write_task(struct json_writer *w, const struct range *t)
{
	json_open(w, '{');
	json_key_u64_text(w, "task", t->id);
	json_key_u64_text(w, "parent", t->parent);
	json_key_i64(w, "t0", t->t0);
	json_key_i64(w, "t1", t->t1);
	json_key_i64_text(w, "T", t->time_ns);
	json_key_u64_text(w, "g", t->g);
	json_key(w, "begin_known");
	json_bool(w, t->is_begin_known);
	json_key(w, "end_known");
	json_bool(w, t->is_end_known);
	json_close(w, '}');
}

static void write_next(struct json_writer *w, const struct task_query *q, const struct task_list *l)
{
	const struct range *last = l->tasks.n ? &l->tasks.at[l->tasks.n - 1] : NULL;
	char next[72];

	json_key(w, "next");
	if (!l->has_next || !last) {
		json_null(w);
		return;
	}
	snprintf(next, sizeof(next), "%" PRId64 ".%" PRId64 ".%" PRIu64,
		q->by_begin ? 0 : last->t1 - last->t0, last->t0, last->id);
	json_text(w, next);
}

static int write_tasks(
	struct call *c, struct reader *r, struct json_writer *w, struct task_list *l, struct err *e)
{
	struct task_query q = {0};

	if (parse_tasks(c, r, &q, e) < 0 || task_list_make(l, r->store, &q, e) < 0)
		return -1;
	json_open(w, '{');
	json_key_u64(w, "n", l->durations.n);
	durations_write(w, &l->durations);
	json_key(w, "tasks");
	json_open(w, '[');
	for (size_t i = 0; i < l->tasks.n; i++)
		write_task(w, &l->tasks.at[i]);
	json_close(w, ']');
	write_next(w, &q, l);
	json_close(w, '}');
	return 0;
}

void run_tasks(struct call *c)
{
	struct reader *r = server_reader(c);
	struct json_writer w = {0};
	struct task_list list;
	struct err e = ERR_INIT;

	task_list_init(&list);
	if (r)
		server_reply(c, &w, write_tasks(c, r, &w, &list, &e), &e);
	task_list_clear(&list);
}
