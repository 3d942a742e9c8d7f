/* routes_table.c */
#include "server/routes_table.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/base/text.h"
#include "server/call.h"
#include "server/goroutine_match.h"
#include "server/json_writer.h"
#include "server/life_json.h"
#include "server/place.h"
#include "server/server.h"
#include "server/url.h"
#include "server/workers.h"
#include "tiles/goroutine_groups.h"
#include "tiles/quantiles.h"
#include "tiles/search_query.h"

#define DEFAULT_LINES 100
#define MAX_LINES     1000
#define MAX_SOUGHT    64 /* one by one in the table of goroutines */

/* ---- what is asked for ---- */

struct asked {
	struct reader *r;
	struct sums_query q;
	struct row_set rows;
	struct goroutine_match match;
	uint64_t limit;
	bool csv, is_descending;
};

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot list goroutines: out of memory");
}

static int parse_order(struct call *c, struct asked *a, struct err *e)
{
	const char *order = url_get(c->url, "order");

	a->is_descending = !order || strcmp(order, "desc") == 0;
	return a->is_descending || strcmp(order, "asc") == 0
		? 0
		: err_set(e, ERR_USAGE, -1, "Cannot answer: order is asc or desc");
}

static int parse_asked(struct call *c, struct asked *a, struct err *e)
{
	struct place p = {0};
	bool has_rows;

	a->limit = DEFAULT_LINES;
	a->q.group = STAYS_ANY;
	a->q.kept = &a->r->sums;
	if (server_wants_csv(c, &a->csv, e) < 0 || place_range(c, a->r, &p, e) < 0 ||
		parse_order(c, a, e) < 0 || reader_tables(a->r, e) < 0 ||
		place_rows(c, a->r, &a->rows, &has_rows, e) < 0 ||
		goroutine_match_parse(c, a->r, &a->match, &a->q, e) < 0 ||
		server_query_u64(c, "limit", a->csv ? RANK_MOST : MAX_LINES, &a->limit, e) < 0)
		return -1;
	if (a->limit == 0)
		return err_set(e, ERR_USAGE, -1, "Cannot answer: limit is at least 1");
	if (has_rows && !row_set_has_view(&a->rows, VIEW_G))
		return err_set(e, ERR_USAGE, -1, "Cannot answer: rows names none of goroutines");
	a->q.rows = has_rows ? &a->rows : NULL;
	a->q.from = p.from;
	a->q.to = p.end;
	return 0;
}

static void asked_clear(struct asked *a)
{
	row_set_clear(&a->rows);
	goroutine_match_clear(&a->match);
}

/* ---- by start function ---- */

#define BY_FUNCTION UINT_MAX
#define BY_NUMBER   (UINT_MAX - 1)

/* A group with what it is ordered by. */
struct line {
	const struct group_sums *sums;
	size_t name, n_name; /* in `names` */
	uint64_t value;
	const char *const *names; /* where that text is, once all are there */
};

static uint32_t function_of(const struct asked *a, uint32_t group)
{
	return group < a->r->tables.groups.n ? a->r->tables.groups.at[group].function : 0;
}

/* "function", "n", "execution", "execution.p99". */
static int parse_figure(struct call *c, unsigned *column, unsigned *figure, struct err *e)
{
	const char *sort = url_get(c->url, "sort");
	size_t n = sort ? strcspn(sort, ".") : 0;

	*column = SUM_TOTAL;
	*figure = GROUP_SUM;
	if (sort && strcmp(sort, "function") == 0)
		*column = BY_FUNCTION;
	else if (sort && strcmp(sort, "n") == 0)
		*column = BY_NUMBER;
	else if (sort &&
		(sums_column_parse(sort, n, column) < 0 ||
			(sort[n] &&
				group_figure_parse(sort + n + 1, strlen(sort + n + 1), figure) <
					0)))
		return err_set(e, ERR_USAGE, -1,
			"Cannot answer: sort is function, n, or a column such as execution or "
			"execution.p99");
	return 0;
}

static int by_value(const void *left, const void *right)
{
	const struct line *a = left, *b = right;

	if (a->value != b->value)
		return a->value < b->value ? -1 : 1;
	return a->sums->group < b->sums->group ? -1 : a->sums->group > b->sums->group;
}

static int by_value_down(const void *left, const void *right)
{
	const struct line *a = left, *b = right;

	if (a->value != b->value)
		return a->value > b->value ? -1 : 1;
	return a->sums->group < b->sums->group ? -1 : a->sums->group > b->sums->group;
}

static int by_name(const void *left, const void *right)
{
	const struct line *a = left, *b = right;
	size_t n = a->n_name < b->n_name ? a->n_name : b->n_name;
	int order = n ? memcmp(*a->names + a->name, *b->names + b->name, n) : 0;

	if (order == 0 && a->n_name != b->n_name)
		order = a->n_name < b->n_name ? -1 : 1;
	if (order == 0)
		order = a->sums->group < b->sums->group ? -1 : a->sums->group > b->sums->group;
	return order;
}

static int by_name_down(const void *left, const void *right)
{
	return by_name(right, left);
}

static int add_name(struct asked *a, struct line *line, struct text *names, struct err *e)
{
	const char *name;

	if (text_get_string(
		    &a->r->text, function_of(a, line->sums->group), &name, &line->n_name, e) < 0)
		return -1;
	line->name = names->len;
	if (text_room(names, line->n_name + 1) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot list functions: out of memory");
	text_bytes(names, name, line->n_name);
	return 0;
}

/* The groups as lines, in their order; from mem. NULL on error. */
static struct line *order_groups(struct call *c, struct asked *a, const struct goroutine_groups *g,
	struct text *names, struct err *e)
{
	struct line *lines = mem_calloc(g->groups.n + 1, sizeof(*lines));
	unsigned column, figure;

	if (!lines) {
		err_set(e, ERR_MEMORY, -1, "Cannot list functions: out of memory");
		return NULL;
	}
	if (parse_figure(c, &column, &figure, e) < 0)
		goto failed;
	for (size_t i = 0; i < g->groups.n; i++) {
		struct line *line = &lines[i];

		line->sums = &g->groups.at[i];
		line->names = (const char *const *)&names->data;
		if (column == BY_FUNCTION) {
			if (add_name(a, line, names, e) < 0)
				goto failed;
			continue;
		}
		line->value = column == BY_NUMBER ? line->sums->n : line->sums->ns[figure][column];
	}
	qsort(lines, g->groups.n, sizeof(*lines),
		column == BY_FUNCTION ? (a->is_descending ? by_name_down : by_name)
				      : (a->is_descending ? by_value_down : by_value));
	return lines;
failed:
	mem_free(lines);
	return NULL;
}

static int write_function(
	struct json_writer *w, const struct asked *a, const struct group_sums *s, struct err *e)
{
	json_open(w, '{');
	json_key_u64(w, "group", s->group);
	json_key(w, "function");
	if (reader_write_name(a->r, w, function_of(a, s->group), e) < 0)
		return -1;
	json_key_u64(w, "n", s->n);
	for (unsigned i = 0; i < N_SUMS; i++) {
		json_key(w, sums_column_name(i));
		json_open(w, '{');
		for (unsigned f = 0; f < N_GROUP_FIGURES; f++)
			json_key_u64(w, group_figure_name(f), s->ns[f][i]);
		json_close(w, '}');
	}
	json_close(w, '}');
	return 0;
}

static void write_range(struct json_writer *w, const struct asked *a)
{
	json_key_i64(w, "from", a->q.from);
	json_key_i64(w, "to", a->q.to);
}

static int write_functions(struct call *c, struct asked *a, struct json_writer *w,
	const struct goroutine_groups *g, const struct line *lines, struct err *e)
{
	uint64_t first = 0, end;

	if (server_query_u64(c, "after", UINT32_MAX, &first, e) < 0)
		return -1;
	end = first + a->limit < g->groups.n ? first + a->limit : g->groups.n;
	json_open(w, '{');
	write_range(w, a);
	json_key_u64(w, "n", g->n);
	json_key_u64(w, "n_functions", g->groups.n);
	json_key(w, "low");
	json_double(w, g->digits == QUANTILES_EXACT ? 0 : 2.0 / (double)(1u << g->digits));
	json_key(w, "functions");
	json_open(w, '[');
	for (uint64_t i = first; i < end; i++)
		if (write_function(w, a, lines[i].sums, e) < 0)
			return -1;
	json_close(w, ']');
	json_key(w, "next");
	if (end < g->groups.n && end > first)
		json_u64_text(w, end);
	else
		json_null(w);
	json_close(w, '}');
	return 0;
}

static int list_functions(struct call *c, struct asked *a, struct json_writer *w, struct err *e)
{
	struct goroutine_groups groups = {.n = 0};
	struct line *lines = NULL;
	struct text names = {0};
	unsigned column, figure;
	int rc = -1;

	if (parse_asked(c, a, e) < 0 || parse_figure(c, &column, &figure, e) < 0)
		return -1;
	if (goroutine_groups_make(&groups, a->r->tiles, &a->q, 0, e) == 0)
		lines = order_groups(c, a, &groups, &names, e);
	if (lines)
		rc = write_functions(c, a, w, &groups, lines, e);
	mem_free(lines);
	text_clear(&names);
	goroutine_groups_clear(&groups);
	return rc;
}

/* clang-format off */
#define FIGURES(column) "," column ".sum," column ".p50," column ".p90," column ".p99," column ".max"
#define FUNCTION_COLUMNS \
	"function,n" FIGURES("total") FIGURES("execution") FIGURES("sched_wait") FIGURES("syscall") FIGURES("sync") \
	FIGURES("chan") FIGURES("net") FIGURES("sleep") FIGURES("other") FIGURES("unknown") FIGURES("gc")
/* clang-format on */

void run_goroutine_functions(struct call *c)
{
	struct asked a = {.r = server_reader(c)};
	struct json_writer w = {0};
	struct err e = ERR_INIT;

	if (a.r)
		server_reply_table(
			c, &w, list_functions(c, &a, &w, &e), &e, "functions", FUNCTION_COLUMNS);
	asked_clear(&a);
}

/* ---- one by one ---- */

/* A line's record, found by id. */
struct found {
	struct goroutine record;
	bool is_there;
};

/* A value and an id, with a dot between. */
static int parse_after(const struct call *c, struct rank_query *q, struct err *e)
{
	const char *text = url_get(c->url, "after"), *dot = text ? strchr(text, '.') : NULL;
	char value[24];

	q->has_after = text != NULL;
	if (!text)
		return 0;
	if (dot && (size_t)(dot - text) < sizeof(value)) {
		memcpy(value, text, (size_t)(dot - text));
		value[dot - text] = '\0';
		if (url_u64(value, UINT64_MAX, &q->after_value) &&
			url_u64(dot + 1, UINT64_MAX, &q->after_g))
			return 0;
	}
	return err_set(e, ERR_USAGE, -1, "Cannot answer: after is not the next of a page before");
}

static int parse_times(struct call *c, struct asked *a, struct rank_query *q, struct err *e)
{
	const char *sort = url_get(c->url, "sort");
	uint64_t group = 0;

	if (parse_asked(c, a, e) < 0 || parse_after(c, q, e) < 0 ||
		server_query_u64(c, "group", UINT32_MAX - 1, &group, e) < 0)
		return -1;
	if (url_get(c->url, "group") && group >= a->r->tables.groups.n)
		return err_set(e, ERR_NOT_FOUND, -1, "Cannot find the group");
	if (url_get(c->url, "group"))
		a->q.group = (uint32_t)group;
	q->by = SUM_TOTAL;
	if (sort && strcmp(sort, "g") == 0)
		q->by = RANK_BY_ID;
	else if (sort && sums_column_parse(sort, strlen(sort), &q->by) < 0)
		return err_set(e, ERR_USAGE, -1,
			"Cannot answer: sort is g, or a column such as execution");
	q->of = a->q;
	q->is_descending = a->is_descending;
	q->limit = (uint32_t)a->limit;
	return 0;
}

static int by_id(const void *left, const void *right)
{
	const struct goroutine_sums *const *a = left, *const *b = right;

	return (*a)->g < (*b)->g ? -1 : (*a)->g > (*b)->g;
}

/* Lines by id, whose records are sought. */
struct seeking {
	const struct goroutine_rank *rank;
	const struct goroutine_sums **lines;
	struct found *found; /* by line of the rank */
	struct work *work;
};

static bool seeking_is_cancelled(void *context)
{
	const struct seeking *s = context;

	return work_must_stop(s->work);
}

/* Keeps the record where a line is of it; none is listed. */
static int keep_record(void *context, const struct goroutine *g, struct err *e)
{
	const struct goroutine_sums wanted = {.g = g->id}, *key = &wanted;
	const struct seeking *s = context;
	const struct goroutine_sums **line = s->rank->lines.n
		? bsearch(&key, s->lines, s->rank->lines.n, sizeof(*s->lines), by_id)
		: NULL;

	(void)e;
	if (line)
		s->found[*line - s->rank->lines.at] = (struct found){*g, true};
	return 0;
}

/* One by one where they are few; else in one pass over the table. */
static int seek_records(struct asked *a, struct seeking *s, struct err *e)
{
	const struct goroutine_query all = {.group = GOROUTINE_ANY_GROUP,
		.is_sought = keep_record,
		.is_cancelled = seeking_is_cancelled,
		.context = s};
	struct goroutine none;

	if (s->rank->lines.n > MAX_SOUGHT)
		return goroutine_search(&a->r->goroutines, &all, &none, 1, e) < 0 ? -1 : 0;
	for (size_t i = 0; i < s->rank->lines.n; i++) {
		struct found *one = &s->found[s->lines[i] - s->rank->lines.at];
		int rc = seeking_is_cancelled(s)
			? err_set(e, ERR_CANCELLED, -1, "Cannot list goroutines: cancelled")
			: goroutine_get(&a->r->goroutines, s->lines[i]->g, &one->record, e);

		if (rc < 0)
			return -1;
		one->is_there = rc > 0;
	}
	return 0;
}

/* The record of each line. Sought by id, since neighbours often share a page of the table. */
static int find_records(struct call *c, struct asked *a, const struct goroutine_rank *rank,
	struct found *found, struct err *e)
{
	struct seeking s = {.rank = rank, .found = found, .work = c->work};
	int rc = reader_goroutines(a->r, e);

	if (rc < 0)
		return -1;
	s.lines = mem_calloc(rank->lines.n + 1, sizeof(const struct goroutine_sums *));
	if (!s.lines)
		return no_memory(e);
	for (size_t i = 0; i < rank->lines.n; i++)
		s.lines[i] = &rank->lines.at[i];
	qsort(s.lines, rank->lines.n, sizeof(const struct goroutine_sums *), by_id);
	rc = seek_records(a, &s, e);
	mem_free(s.lines);
	return rc;
}

static int write_line(struct json_writer *w, const struct asked *a, const struct goroutine_sums *s,
	const struct found *found, struct err *e)
{
	uint32_t function = function_of(a, s->group);

	if (function == 0 && found->is_there)
		function = found->record.function; /* learnt later than its row */
	json_open(w, '{');
	json_key_u64_text(w, "g", s->g);
	json_key(w, "function");
	if (reader_write_name(a->r, w, function, e) < 0)
		return -1;
	json_key_u64(w, "group", s->group);
	if (found->is_there)
		life_write(w, &found->record);
	for (unsigned i = 0; i < N_SUMS; i++)
		json_key_u64(w, sums_column_name(i), s->ns[i]);
	json_close(w, '}');
	return 0;
}

static void write_next(
	struct json_writer *w, const struct rank_query *q, const struct goroutine_rank *rank)
{
	const struct goroutine_sums *last =
		rank->lines.n ? &rank->lines.at[rank->lines.n - 1] : NULL;
	char next[48];

	json_key(w, "next");
	if (!rank->has_next || !last) {
		json_null(w);
		return;
	}
	snprintf(next, sizeof(next), "%" PRIu64 ".%" PRIu64, rank_value(last, q->by), last->g);
	json_text(w, next);
}

static int write_times(struct json_writer *w, const struct asked *a, const struct rank_query *q,
	const struct goroutine_rank *rank, const struct found *found, struct err *e)
{
	json_open(w, '{');
	write_range(w, a);
	json_key_u64(w, "n", rank->n);
	json_key_u64(w, "longest", rank->longest);
	json_key(w, "sums");
	json_open(w, '{');
	for (unsigned i = 0; i < N_SUMS; i++)
		json_key_u64(w, sums_column_name(i), rank->ns[i]);
	json_close(w, '}');
	json_key(w, "goroutines");
	json_open(w, '[');
	for (size_t i = 0; i < rank->lines.n; i++)
		if (write_line(w, a, &rank->lines.at[i], &found[i], e) < 0)
			return -1;
	json_close(w, ']');
	write_next(w, q, rank);
	json_close(w, '}');
	return 0;
}

static int list_times(struct call *c, struct asked *a, struct json_writer *w, struct err *e)
{
	struct goroutine_rank rank = {.n = 0};
	struct rank_query q = {.by = SUM_TOTAL};
	struct found *found = NULL;
	int rc = -1;

	if (parse_times(c, a, &q, e) < 0)
		return -1;
	if (goroutine_rank_make(&rank, a->r->tiles, &q, e) < 0)
		goto out;
	found = mem_calloc(rank.lines.n + 1, sizeof(*found));
	if (!found)
		no_memory(e);
	else if (find_records(c, a, &rank, found, e) == 0)
		rc = write_times(w, a, &q, &rank, found, e);
out:
	mem_free(found);
	goroutine_rank_clear(&rank);
	return rc;
}

void run_goroutine_times(struct call *c)
{
	static const char columns[] =
		"g,function,born.t,born.known,gone.t,total,execution,sched_wait,syscall,sync,chan,"
		"net,sleep,other,unknown,gc";
	struct asked a = {.r = server_reader(c)};
	struct json_writer w = {0};
	struct err e = ERR_INIT;

	if (a.r)
		server_reply_table(c, &w, list_times(c, &a, &w, &e), &e, "goroutines", columns);
	asked_clear(&a);
}
