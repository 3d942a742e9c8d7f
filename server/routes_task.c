/* routes_task.c */
#include "server/routes_task.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "parser/base/err.h"
#include "server/blob.h"
#include "server/call.h"
#include "server/durations_json.h"
#include "server/json_writer.h"
#include "server/place.h"
#include "server/reply.h"
#include "server/server.h"
#include "server/url.h"
#include "tiles/task_lane.h"
#include "tiles/task_list.h"

#define MAX_TYPES     1000
#define DEFAULT_TASKS 50
#define MAX_K         62

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
	uint64_t limit;
	int64_t from, to;
	bool csv;

	if (server_wants_csv(c, &csv, e) < 0 || parse_times(c, r, &from, &to, e) < 0 ||
		task_types_make(t, r->store, from, to, cancel, e) < 0)
		return -1;
	limit = csv ? t->types.n : MAX_TYPES;
	json_open(w, '{');
	json_key_u64(w, "n_types", t->types.n);
	json_key(w, "types");
	json_open(w, '[');
	for (size_t i = 0; i < t->types.n && i < limit; i++)
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
		server_reply_table(c, &w, write_types(c, r, &w, &types, &e), &e, "types",
			"type,name,n,open,ns,max");
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
	bool csv;

	if (server_wants_csv(c, &csv, e) < 0)
		return -1;
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

static void write_fields(struct json_writer *w, const struct range *t)
{
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
}

static void write_task(struct json_writer *w, const struct range *t)
{
	json_open(w, '{');
	write_fields(w, t);
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
		server_reply_table(c, &w, write_tasks(c, r, &w, &list, &e), &e, "tasks",
			"task,parent,t0,t1,T,g,begin_known,end_known");
	task_list_clear(&list);
}

/* ---- lanes ---- */

static int write_bar(
	struct reader *r, struct json_writer *w, const struct task_bar *b, struct err *e)
{
	json_open(w, '{');
	write_fields(w, &b->task);
	json_key_u64(w, "type", b->task.text);
	json_key(w, "name");
	if (reader_write_name(r, w, b->task.text, e) < 0)
		return -1;
	json_key(w, "row");
	if (b->row == TASK_NO_ROW)
		json_null(w);
	else
		json_u64(w, b->row);
	json_close(w, '}');
	return 0;
}

static void write_bins(struct json_writer *w, const struct task_bins *b)
{
	json_key_u64(w, "n", b->n);
	json_key(w, "ns");
	json_open(w, '[');
	for (size_t i = 0; i < TILE_BINS && b->n; i++)
		json_u64(w, b->ns[i]);
	json_close(w, ']');
	json_key(w, "begun");
	json_open(w, '[');
	for (size_t i = 0; i < TILE_BINS && b->n; i++)
		json_u64(w, b->begun[i]);
	json_close(w, ']');
}

static int parse_lane(struct call *c, struct reader *r, struct task_lane_query *q, struct err *e)
{
	const struct meta *meta = tile_reader_meta(r->tiles);
	struct tile_key key = {.view = VIEW_A};
	const char *types = url_get(c->url, "types");
	uint64_t ids[TASK_LANE_TYPES], k;
	int n = 0;

	if (!url_u64(c->params[1], MAX_K, &k) || !url_u64(c->params[2], INT64_MAX, &key.x))
		return err_set(e, ERR_USAGE, -1, "Cannot answer: bad tile in the address");
	key.k = (uint8_t)k;
	if (types)
		n = url_u64_list(types, ids, TASK_LANE_TYPES);
	if (n < 0 || (types && n == 0))
		return err_set(e, ERR_USAGE, -1, "Cannot answer: types are up to %d numbers",
			TASK_LANE_TYPES);
	if (!tile_key_is_valid(key, meta->levels))
		return err_set(
			e, ERR_NOT_FOUND, -1, "Cannot find tasks there: outside of the trace");
	q->k = key.k;
	q->from = (int64_t)(key.x * TILE_BINS << key.k);
	q->n_types = (unsigned)n;
	for (int i = 0; i < n; i++)
		q->types[i] = (uint32_t)(ids[i] <= UINT32_MAX ? ids[i] : UINT32_MAX);
	q->cancel = reader_cancel(c->work);
	return 0;
}

static int write_lane(
	struct call *c, struct reader *r, struct json_writer *w, struct task_lane *l, struct err *e)
{
	struct task_lane_query q = {0};

	if (parse_lane(c, r, &q, e) < 0 || task_lane_make(l, r->store, &q, e) < 0)
		return -1;
	json_open(w, '{');
	json_key_u64(w, "k", q.k);
	json_key_i64(w, "t0", q.from);
	json_key_u64(w, "n", l->n);
	json_key(w, "types");
	json_open(w, '[');
	for (unsigned i = 0; i <= q.n_types; i++) {
		json_open(w, '{');
		json_key(w, "type");
		if (i == q.n_types)
			json_null(w);
		else
			json_u64(w, q.types[i]);
		write_bins(w, &l->bins[i]);
		json_close(w, '}');
	}
	json_close(w, ']');
	json_key(w, "tasks");
	if (l->is_many) {
		json_null(w);
	} else {
		json_open(w, '[');
		for (size_t i = 0; i < l->bars.n; i++)
			if (write_bar(r, w, &l->bars.at[i], e) < 0)
				return -1;
		json_close(w, ']');
	}
	json_close(w, '}');
	return 0;
}

/* A tile's address names its bytes, once all of the trace is read. */
static int check_version(struct call *c, struct err *e)
{
	uint64_t version = TILE_VERSION, part = 0;

	if (server_query_u64(c, "v", UINT32_MAX, &version, e) < 0)
		return -1;
	if (version != TILE_VERSION)
		return err_set(e, ERR_USAGE, -1, "Cannot answer: v is not %d", TILE_VERSION);
	return server_query_u64(c, "part", UINT32_MAX, &part, e);
}

void run_task_lane(struct call *c)
{
	struct reader *r = server_reader(c);
	struct json_writer w = {0};
	struct task_lane lane;
	struct err e = ERR_INIT;
	int rc = -1;

	if (!r)
		return;
	task_lane_init(&lane);
	if (check_version(c, &e) == 0)
		rc = write_lane(c, r, &w, &lane, &e);
	server_reply(c, &w, rc, &e);
	task_lane_clear(&lane);
	if (c->reply->status != 200 || r->part > 0 || url_get(c->url, "part"))
		return;
	reply_set_etag(c->reply, c->reply->body->bytes, c->reply->body->n);
	c->reply->keep = url_get(c->url, "v") ? KEEP_FOR_EVER : KEEP_REVALIDATE;
}

static int write_lanes(struct call *c, struct reader *r, struct json_writer *w, struct err *e)
{
	const struct cancel cancel = reader_cancel(c->work);
	struct task_types types;
	struct task_lane lane;
	int rc = -1;

	task_types_init(&types);
	task_lane_init(&lane);
	if (task_types_make(&types, r->store, 0, INT64_MAX, cancel, e) < 0 ||
		task_lane_count(&lane, r->store, cancel, e) < 0)
		goto out;
	json_open(w, '{');
	json_key_u64(w, "rows", lane.rows->n);
	json_key_u64(w, "unplaced", lane.rows->n_unplaced);
	json_key_u64(w, "n_types", types.types.n);
	json_key(w, "types");
	json_open(w, '[');
	for (size_t i = 0; i < types.types.n && i < TASK_LANE_TYPES; i++)
		if (write_type(w, r, &types.types.at[i], e) < 0)
			goto out;
	json_close(w, ']');
	json_close(w, '}');
	rc = 0;
out:
	task_lane_clear(&lane);
	task_types_clear(&types);
	return rc;
}

void run_task_lanes(struct call *c)
{
	struct reader *r = server_reader(c);
	struct json_writer w = {0};
	struct err e = ERR_INIT;

	if (r)
		server_reply(c, &w, write_lanes(c, r, &w, &e), &e);
}

/* ---- one ---- */

static int write_one(struct call *c, struct reader *r, struct json_writer *w, struct err *e)
{
	struct task_lane lane;
	struct task_bar bar;
	uint64_t id;
	int rc;

	if (!url_u64(c->params[1], UINT64_MAX, &id))
		return err_set(e, ERR_USAGE, -1, "Cannot answer: bad task in the address");
	task_lane_init(&lane);
	rc = task_lane_find(&lane, r->store, id, reader_cancel(c->work), &bar, e);
	task_lane_clear(&lane);
	if (rc == 0)
		return err_set(e, ERR_NOT_FOUND, -1, "Cannot find the task in this trace");
	return rc < 0 ? -1 : write_bar(r, w, &bar, e);
}

void run_task(struct call *c)
{
	struct reader *r = server_reader(c);
	struct json_writer w = {0};
	struct err e = ERR_INIT;

	if (r)
		server_reply(c, &w, write_one(c, r, &w, &e), &e);
}
